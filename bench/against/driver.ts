/** Drives two builds turn by turn. In each round both measure, one after the other. Every other round swaps their order. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Pace, Skipped, Wrong } from "../harness.js"
import { runningFile } from "../processes.js"
import type { Ports } from "../programs/service.js"
import type { Build } from "./builds.js"
import { formatOrder, type Problem, type Ready, type Taken } from "./protocol.js"
import type { Row } from "./rows.js"
import { type Comparison, compare, type Pair } from "./statistics.js"

/** Short turns, so that other work on the machine affects both builds alike. */
const pace: Pace = { rounds: 1, warmUp: 1000, turn: 100, share: 1 }

const roundsPerPair = 10

/** An interval needs some pairs, even if there are few rounds. */
const leastPairs = 3

export const defaultRounds = 100

interface Plan {
  readonly pairs: number
  readonly rounds: number
}

/** The number of pairs of processes, and the number of rounds of each pair. */
export const planOf = (rounds: number, isFixed = false): Plan => {
  if (isFixed) return { pairs: 1, rounds: 1 }
  const pairs = Math.max(leastPairs, Math.round(rounds / roundsPerPair))
  return { pairs, rounds: Math.ceil(rounds / pairs) }
}

const problemOf = (problem: Problem, { label }: Build): Skipped | Wrong =>
  problem._tag === "Skipped"
    ? new Skipped({ reason: `${label}: ${problem.reason}` })
    : new Wrong({ contender: label, reason: `${problem.contender}: ${problem.reason}` })

interface Subject {
  readonly work: string
  /** What a turn measures. */
  readonly turn: Effect.Effect<number, Skipped | Wrong>
}

const subject = (build: Build, row: Row, ports: Ports): Effect.Effect<Subject, Skipped | Wrong, Scope.Scope> =>
  Effect.gen(function* () {
    const args = [...build.args, ...formatOrder({ ...row, pace })]
    const variables = { BENCH_SERVICE: JSON.stringify(ports) }
    const child = yield* runningFile<Ready | Problem>(build.subject, { args, variables })
    if (child.said._tag !== "Ready") return yield* problemOf(child.said, build)
    const turn = Effect.tryPromise({
      try: () => child.ask<Taken | Problem>("turn"),
      catch: (cause) => new Wrong({ contender: build.label, reason: String(cause) })
    }).pipe(
      Effect.flatMap((answer): Effect.Effect<number, Skipped | Wrong> => {
        if (answer._tag !== "Taken") return Effect.fail(problemOf(answer, build))
        const value = answer.measured[row.compares]
        return value === undefined
          ? new Wrong({ contender: build.label, reason: `it measures no ${row.compares}` })
          : Effect.succeed(row.unit === "ms" ? value / 1000 : value)
      })
    )
    return { work: child.said.work, turn }
  })

/** Measures with a fresh process of each build. */
const measurePair = (
  builds: readonly [working: Build, other: Build],
  row: Row,
  ports: Ports,
  { rounds }: Plan,
  index: number
): Effect.Effect<Pair, Skipped | Wrong> =>
  Effect.scoped(
    Effect.gen(function* () {
      const both = { concurrency: 2 } as const
      const [working, other] = yield* Effect.all([subject(builds[0], row, ports), subject(builds[1], row, ports)], both)
      if (working.work !== other.work) {
        return yield* new Wrong({ contender: builds[1].label, reason: "it measures with another request or answer" })
      }
      // The first turn warms up.
      if (!row.isFixed) yield* Effect.all([working.turn, other.turn], both)
      const pair = { working: [] as number[], other: [] as number[] }
      const takeWorking = Effect.map(working.turn, (value) => pair.working.push(value))
      const takeOther = Effect.map(other.turn, (value) => pair.other.push(value))
      for (let round = 0; round < rounds; round++) {
        const isForward = (index + round) % 2 === 0
        yield* isForward ? takeWorking : takeOther
        yield* isForward ? takeOther : takeWorking
      }
      return pair
    })
  )

/** Compares two builds by one row. */
export const compareBuilds = (
  builds: readonly [working: Build, other: Build],
  row: Row,
  ports: Ports,
  rounds: number
): Effect.Effect<Comparison, Skipped | Wrong> => {
  const plan = planOf(rounds, row.isFixed)
  const pairs = Array.from({ length: plan.pairs }, (_, index) => measurePair(builds, row, ports, plan, index))
  return Effect.map(Effect.all(pairs), compare)
}
