/** How many attempts a failed call made, and how long it took: kept beside its error. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { setNote } from "../../../domain/errors/internal/printedError.js"

/**
 * How many attempts a failed call made, and how long it took, pauses included.
 *
 * @since 0.1.0
 * @category models
 */
export interface CallStats {
  readonly attempts: number
  readonly elapsed: Duration.Duration
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
}

/** Keeps the statistics of a call beside the error that it failed with. */
export const record = (error: object, { attempts, startedAt }: CallProgress): Effect.Effect<void> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    if (attempts > 1) setNote(error, `after ${attempts} attempts`)
    statsOf.set(error, { attempts, elapsed: Duration.millis(now - startedAt) })
  })

/** The same for a cause, if it holds an error. */
export const recordCause = (cause: Cause.Cause<object>, progress: CallProgress): Effect.Effect<void> =>
  Option.match(Cause.failureOption(cause), { onNone: () => Effect.void, onSome: (error) => record(error, progress) })

/** Finds the statistics of the call that failed with an error. */
export const find = (error: unknown): Option.Option<CallStats> =>
  typeof error === "object" && error !== null ? Option.fromNullable(statsOf.get(error)) : Option.none()
