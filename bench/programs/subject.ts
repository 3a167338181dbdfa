/** Measures one contender of one benchmark, a turn at a time, for a driver that may belong to another commit: see `against/protocol.ts`. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { parseOrder, serveTurns } from "../against/protocol.js"
import { benchmarks } from "../benchmarks.js"
import { type Benchmark, Skipped, type Turn, type Wrong } from "../harness.js"
import * as instances from "../instances.js"

const { benchmark, contender, pace } = parseOrder(process.argv.slice(2))
const found = benchmarks.find(({ name }) => name === benchmark)
const missing = new Skipped({ reason: `there is no ${contender} of ${benchmark}` })

const prepare = ({ alone, prepare }: Benchmark): Effect.Effect<Turn, Skipped | Wrong, Scope.Scope> =>
  alone !== undefined && contender === "ours"
    ? alone(pace)
    : Effect.flatMap(prepare(pace), ({ turns }) => {
        const turn = turns[contender]
        return turn === undefined ? missing : Effect.succeed(turn)
      })

serveTurns(instances, found === undefined ? missing : prepare(found))
