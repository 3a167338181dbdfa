/**
 * Measures contenders side by side. Each round measures all of them, one after the other, and every other round backwards, so
 * that other work on the machine affects them alike. The result is the median of the ratios.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** A contender returns a wrong answer, or does not work at all. Its speed does not matter then. */
export class Wrong extends Data.TaggedError("Wrong")<{ readonly contender: string; readonly reason: string }> {}

/** A benchmark cannot run on this machine. */
export class Skipped extends Data.TaggedError("Skipped")<{ readonly reason: string }> {}

/** How long it may take. */
export interface Pace {
  readonly rounds: number
  /** The shortest warm-up of a contender, in milliseconds. */
  readonly warmUp: number
  /** The length of a contender's turn, in milliseconds. */
  readonly turn: number
  /** The part of a fixed amount of work to do. */
  readonly share: number
}

export const paces = {
  full: { rounds: 25, warmUp: 2000, turn: 250, share: 1 },
  short: { rounds: 7, warmUp: 500, turn: 100, share: 0.1 }
} as const satisfies Record<string, Pace>

/** The result of a contender's turn. */
export interface Measured {
  /** In the benchmark's unit. */
  readonly value: number
  /** The processor time of one operation, in microseconds. On a busy machine it says more than elapsed time. */
  readonly cost?: number
}

export type Turn = () => Promise<Measured>

/** A higher rate is better. Of everything else, a lower value is better. */
export type Unit = "ns" | "µs" | "ms" | "KB" | "MB" | "calls/s"

/** A ratio to a contender or, for a limit, a value in the benchmark's unit. */
export interface Goal {
  readonly against: "theirs" | "floor" | "limit"
  readonly is: "at least" | "at most"
  readonly value: number
  /** The value reached so far if the goal is not met. The short mode checks this one, so that it finds regressions. */
  readonly held?: number
}

export interface Suite {
  readonly turns: Readonly<Record<string, Turn>>
  /** The number of rounds, if it is less than the pace's: for slow benchmarks, and for values that do not vary. */
  readonly rounds?: number
  /** Which contender to compare instead of another. Default: each with itself. */
  readonly roles?: (samples: Samples) => Partial<Record<Role, string>>
}

export interface Benchmark {
  readonly name: string
  readonly what: string
  readonly unit: Unit
  readonly goals: ReadonlyArray<Goal>
  /** Sets the contenders up and checks that their answers are right. */
  readonly prepare: (pace: Pace) => Effect.Effect<Suite, Wrong | Skipped, Scope.Scope>
  /**
   * This library's turn in a process without other contenders, for a comparison of builds. It exists if the contenders share code
   * whose call sites the compiler specializes for one of them, such as undici's.
   */
  readonly alone?: (pace: Pace) => Effect.Effect<Turn, Wrong | Skipped, Scope.Scope>
}

export type Role = "ours" | "theirs" | "floor"

/** The measurements of each contender, round by round. */
export type Samples = Readonly<Record<string, ReadonlyArray<number>>>

/** The quartiles of some values. */
export interface Spread {
  readonly low: number
  readonly median: number
  readonly high: number
}

export interface Result {
  readonly name: string
  readonly unit: Unit
  readonly goal: string
  readonly values: Readonly<Partial<Record<Role, number>>>
  /** Ratios to the floor and to theirs: of speed if the goal is a minimum, of cost if it is a maximum. */
  readonly ratios: Readonly<Partial<Record<Role, Spread>>>
  /** All contenders, also those without a goal. */
  readonly contenders: Readonly<Record<string, Spread>>
  /** The processor time of one operation, in microseconds. */
  readonly costs: Readonly<Record<string, Spread>>
  readonly met: boolean
  /** Whether a goal, or the value checked in its place, is missed by more than a third. */
  readonly off: boolean
}

const quantile = (sorted: ReadonlyArray<number>, part: number): number => {
  const place = (sorted.length - 1) * part
  const [below, above] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0]
  return below + (above - below) * (place % 1)
}

export const spread = (values: ReadonlyArray<number>): Spread => {
  const sorted = [...values].sort((one, other) => one - other)
  return { low: quantile(sorted, 0.25), median: quantile(sorted, 0.5), high: quantile(sorted, 0.75) }
}

export const formatGoal = (goals: ReadonlyArray<Goal>, unit: Unit): string =>
  goals
    .map(({ against, is, value }) => {
      const sign = is === "at least" ? "≥" : "≤"
      return against === "limit" ? `${sign} ${value} ${unit}` : `${sign} ${value} × ${against}`
    })
    .join(", ")

const isRate = (unit: Unit): boolean => unit === "calls/s"

const spreads = (samples: Samples): Readonly<Record<string, Spread>> =>
  Object.fromEntries(Object.entries(samples).map(([label, values]) => [label, spread(values)]))

const judge = (benchmark: Benchmark, suite: Suite, samples: Samples, costs: Samples): Result => {
  const { goals, name, unit } = benchmark
  const own = { ours: "ours", theirs: "theirs", floor: "floor" }
  const roles: Partial<Record<Role, string>> = suite.roles?.(samples) ?? own
  const of = (role: Role): ReadonlyArray<number> | undefined => samples[roles[role] ?? ""]
  const ours = of("ours") ?? []

  /** Compares round by round, so that a slow round counts as much as any other. */
  const ratioTo = (role: Role): Spread | undefined => {
    const theirs = of(role)
    if (role === "ours" || theirs === undefined) return undefined
    const is = goals.find(({ against }) => against === role)?.is ?? (isRate(unit) ? "at least" : "at most")
    const upright = isRate(unit) === (is === "at least")
    return spread(ours.map((value, round) => (upright ? value / (theirs[round] ?? 0) : (theirs[round] ?? 0) / value)))
  }
  const ratios = { theirs: ratioTo("theirs"), floor: ratioTo("floor") }

  /** The part by which a goal is missed: 0 or less if it is met. */
  const missed = ({ against, is }: Goal, value: number): number => {
    const found = against === "limit" ? spread(ours).median : (ratios[against]?.median ?? Number.NaN)
    return is === "at least" ? 1 - found / value : found / value - 1
  }
  const valueOf = (role: Role) => {
    const values = of(role)
    return values === undefined ? {} : { [role]: spread(values).median }
  }
  return {
    name,
    unit,
    goal: formatGoal(goals, unit),
    values: { ...valueOf("ours"), ...valueOf("theirs"), ...valueOf("floor") },
    ratios: {
      ...(ratios.theirs === undefined ? {} : { theirs: ratios.theirs }),
      ...(ratios.floor === undefined ? {} : { floor: ratios.floor })
    },
    contenders: spreads(samples),
    costs: spreads(costs),
    met: goals.every((goal) => missed(goal, goal.value) <= 0),
    off: goals.some((goal) => !(missed(goal, goal.held ?? goal.value) <= 1 / 3))
  }
}

/** Measures a benchmark. The first turn of each contender is a warm-up and does not count. */
export const run = (benchmark: Benchmark, pace: Pace): Effect.Effect<Result, Wrong | Skipped> =>
  Effect.scoped(
    Effect.gen(function* () {
      const suite = yield* benchmark.prepare(pace)
      const contenders = Object.entries(suite.turns)
      const rounds = Math.min(suite.rounds ?? pace.rounds, pace.rounds)
      const samples: Record<string, Array<number>> = {}
      const costs: Record<string, Array<number>> = {}
      const turn = ([label, measure]: readonly [string, Turn]) =>
        Effect.tryPromise({ try: measure, catch: (cause) => new Wrong({ contender: label, reason: String(cause) }) })
      const note = (notes: Record<string, Array<number>>, label: string, value: number): void => {
        notes[label] = [...(notes[label] ?? []), value]
      }

      if (rounds > 1) yield* Effect.forEach(contenders, turn, { discard: true })
      for (let round = 0; round < rounds; round++) {
        for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
          const { cost, value } = yield* turn(contender)
          note(samples, contender[0], value)
          if (cost !== undefined) note(costs, contender[0], cost)
        }
      }
      return judge(benchmark, suite, samples, costs)
    })
  )

/** Runs something a number of times, one after the other or several at once. */
export type Repeat = (times: number) => void | Promise<void>

/** The elapsed nanoseconds. */
const passed = (): number => Number(process.hrtime.bigint())

/** A warm-up ends after this many batches in a row without a gain, and after enough runs for the compiler. */
const settled = { batches: 6, times: 5000 }

const longestWarmUp = 15_000

/**
 * Runs something in batches until it gets no faster, and returns how many times it then runs in a turn. `batch` runs it a number
 * of times, and returns the elapsed nanoseconds.
 */
export const warmUp = async (batch: (times: number) => Promise<number>, pace: Pace): Promise<number> => {
  const begin = Date.now()
  const perBatch = Math.min(pace.turn, 200) * 1e6
  let times = 1
  let done = 0
  let best = Number.POSITIVE_INFINITY
  for (let inVain = 0; ; ) {
    const each = Math.max(await batch(times), 1) / times
    done += times
    inVain = each < best * 0.97 ? 0 : inVain + 1
    best = Math.min(best, each)
    const took = Date.now() - begin
    if ((took >= pace.warmUp && done >= settled.times && inVain >= settled.batches) || took >= longestWarmUp) {
      return Math.max(1, Math.round((pace.turn * 1e6) / best))
    }
    times = Math.max(1, Math.min(times * 2, Math.round(perBatch / each)))
  }
}

/** The processor time since a start, per operation, in microseconds. */
export const costBetween = (before: NodeJS.CpuUsage, after: NodeJS.CpuUsage, times: number): number =>
  (after.user + after.system - before.user - before.system) / times

const repeated = (
  pace: Pace,
  repeat: Repeat,
  measured: (took: number, times: number, cost: number) => Measured
): Turn => {
  let times: number | undefined
  return async () => {
    times ??= await warmUp(async (times) => {
      const begin = passed()
      await repeat(times)
      return passed() - begin
    }, pace)
    const before = process.cpuUsage()
    const begin = passed()
    await repeat(times)
    const took = passed() - begin
    return measured(took, times, costBetween(before, process.cpuUsage(), times))
  }
}

/** The time of one operation, in microseconds. */
export const timeOf = (pace: Pace, repeat: Repeat): Turn =>
  repeated(pace, repeat, (took, times, cost) => ({ value: took / times / 1000, cost }))

/** The number of operations in a second. */
export const rateOf = (pace: Pace, repeat: Repeat): Turn =>
  repeated(pace, repeat, (took, times, cost) => ({ value: (times * 1e9) / took, cost }))

/** The processor time of one operation, in microseconds. Waiting costs nothing. */
export const costOf = (pace: Pace, repeat: Repeat): Turn =>
  repeated(pace, repeat, (_took, _times, cost) => ({ value: cost }))

/** Checks an answer before anything is timed. */
export const verify = (contender: string, holds: boolean, reason: string): Effect.Effect<void, Wrong> =>
  holds ? Effect.void : Effect.fail(new Wrong({ contender, reason }))
