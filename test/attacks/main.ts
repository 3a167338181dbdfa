/**
 * Runs every attack against every adapter, and prints a table.
 * Usage: tsx test/attacks/main.ts [--long] [part of a row or a name]. `--long` takes 20 seconds for each, otherwise 3.
 */
import { attacks } from "./attacks.js"
import { attack, type Result, start } from "./runner.js"

const words = process.argv.slice(2)
const millis = words.includes("--long") ? 20_000 : 3000
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
