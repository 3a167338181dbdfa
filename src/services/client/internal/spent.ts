import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** What a call took until it failed. */
export interface Spent {
  readonly attempts: number
  readonly elapsed: Duration.Duration
}

/** Beside the errors, and not in them: two errors that say the same are equal, however long they took. */
const spent = new WeakMap<object, Spent>()

/** How far a call has come. */
export interface Progress {
  attempts: number
  /** The host of the latest attempt; of the first, before it. */
  host: string
  /** In milliseconds. */
  readonly startedAt: number
}

/** Writes down beside an error what its call took. */
export const note = (error: object, { attempts, startedAt }: Progress): Effect.Effect<void> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    spent.set(error, { attempts, elapsed: Duration.millis(now - startedAt) })
  })

/** The same for the failure that a call ended with, where it is one. */
export const noteCause = (cause: Cause.Cause<object>, progress: Progress): Effect.Effect<void> =>
  Option.match(Cause.failureOption(cause), { onNone: () => Effect.void, onSome: (error) => note(error, progress) })

export const of = (error: unknown): Option.Option<Spent> =>
  typeof error === "object" && error !== null ? Option.fromNullable(spent.get(error)) : Option.none()
