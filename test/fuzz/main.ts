/**
 * Runs the fuzzer by hand, and prints a table.
 * Usage: npm run fuzz -- [--minutes N] [--seed S] [part of a target's name]. Without `--minutes`, each target runs for 10 seconds.
 */
import { parseArgs } from "node:util"
import { describe, findGrowth, fuzz } from "./runner.js"
import { targets } from "./targets/index.js"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: "string" }, seed: { type: "string" } }
})
const [wanted = ""] = positionals
const seed = Number(values.seed ?? Date.now() % 1_000_000)
const millis = values.minutes === undefined ? 10_000 : Number(values.minutes) * 60_000

let faults = 0
console.log(`Seed ${seed}, ${millis / 1000} seconds for each target.\n`)
console.log("| readers | inputs | faults | growth |")
console.log("| --- | --- | --- | --- |")
for (const target of targets.filter(({ name }) => name.includes(wanted))) {
  const { fault, inputs } = await fuzz(target, { millis, seed })
  const growth = await findGrowth(target)
  await target.close?.()
  faults += (fault === undefined ? 0 : 1) + growth.length
  const grown = growth.map(({ millis, ratio, what }) => `${what}: ${ratio.toFixed(1)}, ${millis.toFixed(0)} ms`)
  console.log(
    `| ${target.name} | ${inputs} | ${fault === undefined ? "none" : "1"} | ${grown.join("; ") || "linear"} |`
  )
  if (fault !== undefined) console.error(describe(target, seed, fault))
}
process.exit(faults === 0 ? 0 : 1)
