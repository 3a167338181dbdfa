/** Runs one benchmark in its own process, so that another one does not affect its compiler and its heap. */
import * as Effect from "effect/Effect"
import { benchmarks } from "../benchmarks.js"
import { paces, type Result, run } from "../harness.js"

/** The report of a benchmark. */
export type Report =
  | { readonly _tag: "Measured"; readonly result: Result }
  | { readonly _tag: "Skipped"; readonly reason: string }
  | { readonly _tag: "Wrong"; readonly contender: string; readonly reason: string }

const [, , name, pace] = process.argv
const benchmark = benchmarks.find((each) => each.name === name)
if (benchmark === undefined) throw new Error(`no benchmark ${name}`)

const report: Effect.Effect<Report> = run(benchmark, paces[pace === "short" ? "short" : "full"]).pipe(
  Effect.map((result): Report => ({ _tag: "Measured", result })),
  Effect.catchAll((problem): Effect.Effect<Report> => Effect.succeed({ ...problem }))
)

Effect.runPromise(report).then((report) => {
  process.send?.(report, () => process.exit())
})
