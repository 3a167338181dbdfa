/**
 * Runs every attack against every adapter, and prints a table.
 * Usage: tsx test/attacks/main.ts [--long] [part of a row or a name]. `--long` takes 20 seconds for each, otherwise 3.
 */
import { attacks } from "./attacks.js"
import { attack, type Result, start } from "./runner.js"

const words = process.argv.slice(2)
const seconds = words.find((word) => word.startsWith("--seconds="))?.slice("--seconds=".length)
const millis = seconds !== undefined ? Number(seconds) * 1000 : words.includes("--long") ? 20_000 : 3000
const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0)
const [wanted = ""] = words.filter((word) => !word.startsWith("--"))

const line = (result: Result): string => {
  const { adapter, growth, honest, isAlive, longest, name, quiet, row } = result
  const fault = isAlive ? (result.fault ?? honest.failures[0] ?? "none") : "the gateway has died"
  const cells = [
    row,
    name,
    adapter,
    `${growth.toFixed(0)} MB`,
    `${longest.toFixed(0)} ms`,
    `${quiet.p99.toFixed(1)} ms`,
    `${honest.p99.toFixed(1)} ms`,
    `${honest.calls - honest.failures.length} of ${honest.calls}`,
    fault
  ]
  const { arrayBuffers, external, heapTotal, heapUsed, rss } = result.parts
  if (words.includes("--parts")) {
    const parts = { rss, heapTotal, heapUsed, external, arrayBuffers }
    cells.push(
      Object.entries(parts)
        .map(([part, bytes]) => `${part} ${megabytes(bytes)}`)
        .join(", "),
      `cpu ${result.cpu.toFixed(0)}`
    )
  }
  return `| ${cells.join(" | ")} |`
}

console.log("| row | attack | adapter | memory | longest turn | quiet p99 | p99 | honest calls answered | fault |")
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
for (const each of attacks) {
  if (!`${each.row} ${each.name}`.includes(wanted)) continue
  for (const adapter of each.adapters) {
    const victim = await start({ ...each, adapter })
    try {
      console.log(line(await attack(each, victim, adapter, millis)))
    } finally {
      victim.stop()
    }
  }
}
process.exit()
