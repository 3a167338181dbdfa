/**
 * Decides whether the timestamp of a request is near enough to the gateway's time.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Timestamp from "../../domain/wire/Timestamp.js"
import * as Step from "../internal/runtime/step.js"

/**
 * A timestamp is outside the window. `now` is the gateway's time. Both are UNIX seconds.
 *
 * @since 0.1.0
 * @category errors
 */
export class Expired {
  readonly _tag = "Expired"
  readonly timestamp: Timestamp.Timestamp
  readonly now: Timestamp.Timestamp

  constructor(props: { readonly timestamp: Timestamp.Timestamp; readonly now: Timestamp.Timestamp }) {
    this.timestamp = props.timestamp
    this.now = props.now
  }
}

/**
 * Validates the timestamps of requests.
 *
 * @since 0.1.0
 * @category tags
 */
export class TimestampValidator extends Context.Tag("effect-tencentcloud/TimestampValidator")<
  TimestampValidator,
  {
    /** Fails if a timestamp is too old, or too far ahead. */
    readonly validate: (timestamp: Timestamp.Timestamp) => Effect.Effect<void, Expired>
  }
>() {}

/**
 * How a validator measures time.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** How old a timestamp may be, and how far ahead. The bound itself passes. Default: 5 minutes. */
  readonly window?: Duration.DurationInput | undefined
  /** The gateway's time, in UNIX milliseconds. Default: Effect's `Clock`. */
  readonly millis?: Effect.Effect<number> | undefined
}

/**
 * Makes the service.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = ({ millis, window }: Options = {}): TimestampValidator["Type"] => {
  const seconds = window === undefined ? Timestamp.maxSkewSeconds : Duration.toSeconds(window)
  const judge = (timestamp: Timestamp.Timestamp, millis: number): Effect.Effect<void, Expired> => {
    const now = Timestamp.fromMillis(millis)
    return Math.abs(timestamp - now) <= seconds ? Effect.void : Exit.fail(new Expired({ timestamp, now }))
  }
  return {
    validate:
      millis === undefined
        ? (timestamp) => Step.withMillis((millis) => judge(timestamp, millis))
        : (timestamp) => Step.flatMap(millis, (millis) => judge(timestamp, millis))
  }
}
