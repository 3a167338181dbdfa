/**
 * Runs every attack against every adapter, and prints a table.
 * Usage: tsx test/attacks/main.ts [--long] [--seconds=10] [--shared] [--parts] [part of a row or a name].
 * Each attack takes 3 seconds, or 20 with `--long`. `--shared` runs them one after another on one gateway of each adapter. `--parts`
 * adds what the memory is made of.
 */
import { attacks } from "./attacks.js"
import { type AdapterName, attack, type Result, start, type Victim } from "./runner.js"

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
const wantedAttacks = attacks.filter(({ name, row }) => `${row} ${name}`.includes(wanted))

const runOne = async (each: (typeof attacks)[number], adapter: AdapterName, victim: Victim): Promise<void> => {
  console.log(line(await attack(each, victim, adapter, millis)))
}

/** All on one gateway of each adapter. Those that need a server with other options have one of their own. */
const runShared = async (): Promise<void> => {
  for (const adapter of ["node", "platform", "web"] as const) {
    const victim = await start({ adapter, journal: true })
    for (const each of wantedAttacks) {
      if (each.adapters.includes(adapter) && each.node === undefined) await runOne(each, adapter, victim)
    }
    victim.stop()
  }
}

const runApart = async (): Promise<void> => {
  for (const each of wantedAttacks) {
    for (const adapter of each.adapters) {
      const victim = await start({ ...each, adapter })
      await runOne(each, adapter, victim).finally(victim.stop)
    }
  }
}

await (words.includes("--shared") ? runShared() : runApart())
process.exit()
