/**
 * Usage: npm run bench -- [--json] [--short] [name…]
 *        npm run bench -- --against <commit> [--rounds <number>] [--json] [name…]
 *
 * A name means the benchmark of that name, or all that begin with it. With `--json` there is one object a line; the short mode
 * takes seconds instead of minutes, for CI. It ends with 1 where an answer is wrong, and, in the short mode, where a ratio is off
 * its goal by more than a third, or off what is held where the goal is not reached. What is off is measured once more before it
 * counts: these machines are shared.
 *
 * With `--against` it compares the processor time of the working tree with that of another commit, and ends with 1 where the
 * 95 % interval of any ratio lies wholly above 1.03. Wrong use ends with 2.
 */
import * as Effect from "effect/Effect"
import { reportAgainst } from "./against/report.js"
import { rows } from "./against/rows.js"
import { benchmarks } from "./benchmarks.js"
import { readCommand, select } from "./command.js"
import { type Benchmark, formatGoal, type Spread, type Unit } from "./harness.js"
import { running } from "./processes.js"
import type { Report } from "./programs/benchmark.js"
import { type Cells, number, round, table } from "./table.js"

const refuse = (reason: string): never => {
  console.error(reason)
  process.exit(2)
}

const ratio = (value: Spread | undefined): string => (value === undefined ? "–" : `${number(value.median)} ×`)

const width = (value: Spread, unit = ""): string =>
  `${number(value.median)}${unit} (${number(value.low)}–${number(value.high)})`

const measure = ({ name }: Benchmark, short: boolean): Effect.Effect<Report> =>
  Effect.scoped(running<Report>("benchmark", { args: [name, short ? "short" : "full"] })).pipe(
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

const row = ({ goals, name, unit }: Benchmark, report: Report): Cells => {
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

const head = ["benchmark", "ours", "theirs", "floor", "unit", "to theirs", "to floor", "goal", "met"]

const isBad = (report: Report, short: boolean): boolean =>
  report._tag === "Wrong" || (short && report._tag === "Measured" && report.result.off)

/** Measures each benchmark, prints it, and returns whether any misses its goal. */
const reportAll = (selected: ReadonlyArray<Benchmark>, json: boolean, short: boolean): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    const cells: Array<Cells> = []
    let bad = false
    for (const benchmark of selected) {
      const first = yield* measure(benchmark, short)
      const report = short && isBad(first, short) ? yield* measure(benchmark, short) : first
      bad ||= isBad(report, short)
      cells.push(row(benchmark, report))
      console.log(json ? toJson(benchmark, report) : details(benchmark, report))
    }
    if (!json) console.log(`\n${table(head, cells)}`)
    return bad
  })

const main = (): Effect.Effect<boolean> => {
  const command = readCommand(process.argv.slice(2))
  if ("reason" in command) return refuse(command.reason)
  const { against, json, names, short } = command
  if (against === undefined) {
    const selected = select(benchmarks, names)
    return "reason" in selected ? refuse(selected.reason) : reportAll(selected, json, short)
  }
  const selected = select(rows, names)
  if ("reason" in selected) return refuse(selected.reason)
  const rounds = command.rounds === undefined ? {} : { rounds: command.rounds }
  return reportAgainst({ against, rows: selected, json, ...rounds }).pipe(
    Effect.catchTag("Unusable", ({ reason }) => Effect.sync(() => refuse(reason))),
    Effect.catchTag("Wrong", ({ contender, reason }) => Effect.sync(() => refuse(`${contender}: ${reason}`)))
  )
}

Effect.runPromise(main()).then((isBad) => {
  process.exitCode = isBad ? 1 : 0
})
