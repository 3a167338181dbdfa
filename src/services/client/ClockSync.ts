/**
 * Estimates the service's time, for the timestamps that a client signs.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Timestamp from "../../domain/wire/Timestamp.js"
import * as Step from "../internal/runtime/step.js"

/**
 * The time of the service, in UNIX seconds.
 *
 * @since 0.1.0
 * @category tags
 */
export class ClockSync extends Context.Tag("effect-tencentcloud/ClockSync")<
  ClockSync,
  {
    /** The client's best estimate of the service's time. */
    readonly now: Effect.Effect<Timestamp.Timestamp>
    /** Learns from the `Date` header of an answer. A clock that does not learn ignores it. */
    readonly observe: (date: string) => Effect.Effect<void>
  }
>() {}

/** A `Date` header counts whole seconds and takes time to arrive: a smaller difference says nothing. */
const toleranceMillis = 2000

/**
 * Makes a clock for a client.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: {
  /** Milliseconds since the epoch. Default: Effect's `Clock`. */
  readonly millis?: Effect.Effect<number> | undefined
  /** Milliseconds to add to it at first. Default: 0. */
  readonly offset?: number | undefined
  /** Whether the offset follows the `Date` headers of answers. Default: false. */
  readonly learns?: boolean | undefined
}): Effect.Effect<ClockSync["Type"]> =>
  Effect.sync(() => {
    let offset = options.offset ?? 0
    const clock = options.millis ?? Clock.currentTimeMillis
    const estimate = (millis: number) => Effect.succeed(Timestamp.fromMillis(millis + offset))
    const now = options.millis === undefined ? Step.withMillis(estimate) : Effect.flatMap(options.millis, estimate)
    const learn = (date: string): Effect.Effect<void> =>
      Option.match(Timestamp.fromHttpDate(date), {
        onNone: () => Effect.void,
        onSome: (seconds) =>
          Effect.map(clock, (millis) => {
            const observed = seconds * 1000 + 500 - millis
            if (Math.abs(observed - offset) > toleranceMillis) offset = observed
          })
      })
    return { now, observe: options.learns === true ? learn : () => Effect.void }
  })
