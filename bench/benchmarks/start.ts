import { join } from "node:path"
import * as Effect from "effect/Effect"
import { folder } from "../files.js"
import { type Benchmark, type Turn, verify } from "../harness.js"
import { key } from "../instances.js"
import { bareEffect, bareNode, ours, theirs, variables } from "../programs.js"
import { printsUsage, starter } from "../starter.js"

export const start: Benchmark = {
  name: "start",
  what: "from the start of the process to its first call",
  unit: "ms",
  goals: [{ against: "theirs", is: "at most", value: 1, held: 4 }],
  prepare: () =>
    Effect.gen(function* () {
      const starts = yield* starter
      const path = yield* folder({
        "ours.mjs": ours + printsUsage,
        "theirs.cjs": theirs + printsUsage,
        "floor.mjs": bareNode + printsUsage,
        "effect.mjs": bareEffect + printsUsage
      })

      const run = (program: string) => starts.run(join(path, program), variables(starts.host, key))

      const turn =
        (program: string): Turn =>
        async () => {
          const { cost, took } = await run(program)
          return { value: took, cost }
        }

      for (const [contender, program] of [
        ["ours", "ours.mjs"],
        ["theirs", "theirs.cjs"]
      ] as const) {
        const { isSigned } = yield* Effect.promise(() => run(program))
        yield* verify(contender, isSigned, "the signature is wrong")
      }
      return {
        rounds: 15,
        turns: {
          ours: turn("ours.mjs"),
          theirs: turn("theirs.cjs"),
          floor: turn("floor.mjs"),
          "Effect alone": turn("effect.mjs")
        }
      }
    })
}
