/** How many attempts a failed call made, how long it took, and whether a retry was left: kept beside its error. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { setNote } from "../../../domain/errors/internal/printedError.js"

/**
 * Why a call failed although another attempt could have helped.
 *
 * - `retries`: the policy had no retry left for this call
 * - `budget`: the host had too few tokens left: see the option `retryBudget`
 * - `throttling`: the service kept on throttling the call
 *
 * @since 0.1.0
 * @category models
 */
export type Exhausted = "retries" | "budget" | "throttling"

/**
 * How many attempts a failed call made, and how long it took, pauses included.
 *
 * @since 0.1.0
 * @category models
 */
export interface CallStats {
  readonly attempts: number
  readonly elapsed: Duration.Duration
  /** Why there was no further retry. `undefined` where a retry could not have helped, or could have done harm. */
  readonly exhausted: Exhausted | undefined
}

/** Beside the errors, and not in them: two errors with the same fields stay equal, however long their calls took. */
const statsOf = new WeakMap<object, CallStats>()

/** How far a call has come. */
export interface CallProgress {
  attempts: number
  /** The host of the latest attempt. Before the first attempt: the first host of the plan. */
  host: string
  /** In milliseconds since the epoch. */
  readonly startedAt: number
  /** Why no retry is left. */
  exhausted: Exhausted | undefined
}

/** Keeps the statistics of a call beside the error that it failed with. */
export const record = (error: object, { attempts, exhausted, startedAt }: CallProgress): Effect.Effect<void> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const stats = { attempts, elapsed: Duration.millis(now - startedAt), exhausted }
    const note = explainExhausted(stats) ?? (attempts > 1 ? `after ${attempts} attempts` : undefined)
    if (note !== undefined) setNote(error, note)
    statsOf.set(error, stats)
  })

/** The same for a cause, if it holds an error. */
export const recordCause = (cause: Cause.Cause<object>, progress: CallProgress): Effect.Effect<void> =>
  Option.match(Cause.failureOption(cause), { onNone: () => Effect.void, onSome: (error) => record(error, progress) })

const reasons: Readonly<Record<Exhausted, string>> = {
  retries: "its policy had no retry left",
  budget: "the retry budget of its host was empty",
  throttling: "the service kept on throttling it"
}

/** Says why a call failed although another attempt could have helped: a clause for a printed error. */
export const explainExhausted = ({ attempts, exhausted }: CallStats): string | undefined =>
  exhausted === undefined
    ? undefined
    : `no retry was left after ${attempts} ${attempts === 1 ? "attempt" : "attempts"}: ${reasons[exhausted]}`

/** Finds the statistics of the call that failed with an error. */
export const find = (error: unknown): Option.Option<CallStats> =>
  typeof error === "object" && error !== null ? Option.fromNullable(statsOf.get(error)) : Option.none()
