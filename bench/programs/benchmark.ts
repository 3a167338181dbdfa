/** Runs one benchmark, in a process of its own: what another one has left in the compiler and on the heap is not measured. */
import * as Effect from "effect/Effect"
import { benchmarks } from "../benchmarks.js"
import { paces, type Result, run } from "../harness.js"

/** What is told of a benchmark. */
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
