/**
 * Usage: npm run bench -- [--json] [--short] [name…]
 *
 * A name means the benchmark of that name, or all that begin with it. With `--json` there is one object a line; the short mode
 * takes seconds instead of minutes, for CI. It ends with 1 where an answer is wrong, and, in the short mode, where a ratio is off
 * its goal by more than a third, or off what is held where the goal is not reached. What is off is measured once more before it
 * counts: these machines are shared.
 */
import * as Effect from "effect/Effect"
import { benchmarks } from "./benchmarks.js"
import { type Benchmark, formatGoal, type Spread, type Unit } from "./harness.js"
import { running } from "./processes.js"
import type { Report } from "./programs/benchmark.js"

const options = process.argv.slice(2).filter((argument) => argument.startsWith("--"))
const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"))
const [json, short] = [options.includes("--json"), options.includes("--short")]

const chosen = (name: string): ReadonlyArray<Benchmark> => {
  const exact = benchmarks.filter((benchmark) => benchmark.name === name)
  return exact.length > 0 ? exact : benchmarks.filter((benchmark) => benchmark.name.startsWith(`${name}-`))
}

const unknown = [
  ...options.filter((option) => option !== "--json" && option !== "--short"),
  ...names.filter((name) => chosen(name).length === 0)
]
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(", ")}; there are ${benchmarks.map(({ name }) => name).join(", ")}`)
  process.exit(2)
}

const round = (value: number): number => Number(value.toPrecision(3))

const number = (value: number | undefined): string =>
  value === undefined ? "–" : value >= 1000 ? Math.round(value).toLocaleString("en-US") : String(round(value))

const ratio = (value: Spread | undefined): string => (value === undefined ? "–" : `${number(value.median)} ×`)

const width = (value: Spread, unit = ""): string =>
  `${number(value.median)}${unit} (${number(value.low)}–${number(value.high)})`

const measure = ({ name }: Benchmark): Effect.Effect<Report> =>
  Effect.scoped(running<Report>("benchmark", [name, short ? "short" : "full"])).pipe(
    Effect.map(({ said }) => said),
    Effect.catchAll((wrong): Effect.Effect<Report> => Effect.succeed({ ...wrong }))
  )

const toJson = ({ goals, name, unit }: Benchmark, report: Report): string => {
  if (report._tag !== "Measured") return JSON.stringify({ name, ...report })
  const { goal, met, ratios, values } = report.result
  const rounded = (value: number | undefined) => (value === undefined ? null : round(value))
  return JSON.stringify({
    ...{ name, ours: rounded(values.ours), theirs: rounded(values.theirs), floor: rounded(values.floor), unit },
    ...{ vsTheirs: rounded(ratios.theirs?.median), vsFloor: rounded(ratios.floor?.median) },
    ...(goals.length === 0 ? { goal: null, met: null } : { goal, met })
  })
}

const details = ({ name }: Benchmark, report: Report): string => {
  switch (report._tag) {
    case "Skipped":
      return `${name}: skipped: ${report.reason}`
    case "Wrong":
      return `${name}: WRONG: ${report.contender}: ${report.reason}`
    case "Measured": {
      const { contenders, costs, ratios, unit } = report.result
      const each = Object.entries(contenders).map(([label, value]) => `${label} ${width(value)}`)
      const against = Object.entries(ratios).map(([role, value]) => `${width(value, " ×")} against ${role}`)
      const used = Object.entries(costs).map(([label, value]) => `${label} ${width(value)}`)
      const processor = used.length === 0 ? [] : [`of the processor ${used.join(", ")} µs`]
      return `${name}: ${[`${each.join(", ")} ${unit}`, ...against, ...processor].join("; ")}`
    }
  }
}

type Row = readonly [name: string, ...cells: ReadonlyArray<string>]

const row = ({ goals, name, unit }: Benchmark, report: Report): Row => {
  const goal = formatGoal(goals, unit)
  if (report._tag !== "Measured") return [name, "", "", "", "", "", "", goal, report._tag.toLowerCase()]
  const { met, ratios, values } = report.result
  const cells = [number(values.ours), number(values.theirs), number(values.floor), unit satisfies Unit]
  return [
    name,
    ...cells,
    ratio(ratios.theirs),
    ratio(ratios.floor),
    goal,
    goals.length === 0 ? "–" : met ? "yes" : "no"
  ]
}

const table = (rows: ReadonlyArray<Row>): string => {
  const head: Row = ["benchmark", "ours", "theirs", "floor", "unit", "to theirs", "to floor", "goal", "met"]
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)))
  const line = (cells: Row): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)].join("\n")
}

const isBad = (report: Report): boolean =>
  report._tag === "Wrong" || (short && report._tag === "Measured" && report.result.off)

const selected =
  names.length === 0 ? benchmarks : benchmarks.filter((each) => names.some((name) => chosen(name).includes(each)))

const main = Effect.gen(function* () {
  const rows: Array<Row> = []
  let bad = false
  for (const benchmark of selected) {
    const first = yield* measure(benchmark)
    const report = short && isBad(first) ? yield* measure(benchmark) : first
    bad ||= isBad(report)
    rows.push(row(benchmark, report))
    console.log(json ? toJson(benchmark, report) : details(benchmark, report))
  }
  if (!json) console.log(`\n${table(rows)}`)
  process.exitCode = bad ? 1 : 0
})

Effect.runPromise(main)
