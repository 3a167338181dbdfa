/**
 * Whether a signed request has been here before.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { BoundedMap } from "../internal/boundedMap.js"
import * as Step from "../internal/runtime/step.js"

/**
 * Remembers requests. It has a default that remembers none, so a gateway does not have to be given one: the protocol itself
 * lets a request be sent twice.
 *
 * @since 0.1.0
 * @category tags
 */
export class ReplayGuard extends Context.Reference<ReplayGuard>()("effect-tencentcloud/ReplayGuard", {
  defaultValue: (): {
    /** Remembers a request by its signature; false where it was remembered already. */
    readonly remember: (signature: string) => Effect.Effect<boolean>
  } => noop
}) {}

/**
 * Remembers none. A gateway does not even ask.
 *
 * @since 0.1.0
 * @category constructors
 */
export const noop: ReplayGuard["Type"] = { remember: () => Effect.succeed(true) }

/**
 * How much is remembered.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Default: 10 minutes, since a timestamp may be 5 minutes ahead and holds until it is 5 minutes old. */
  readonly window?: Duration.DurationInput | undefined
  /** The requests that are remembered; beyond them the oldest is forgotten. Default: 100,000. */
  readonly capacity?: number | undefined
}

/**
 * Remembers in memory.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<ReplayGuard["Type"]> =>
  Effect.sync(() => {
    const window = Duration.toMillis(options.window ?? "10 minutes")
    const capacity = options.capacity ?? 100_000
    const seen = new BoundedMap<string, number>(capacity)

    const isDue = (at: number, now: number): boolean => seen.size >= capacity || now - at > window

    const forgetDue = (now: number): void => {
      for (let oldest = seen.oldest(); oldest !== undefined && isDue(oldest[1], now); oldest = seen.oldest()) {
        seen.takeOldest()
      }
    }

    return {
      remember: (signature) =>
        Step.withMillis((now) => {
          forgetDue(now)
          if (seen.get(signature) !== undefined) return Effect.succeed(false)
          seen.set(signature, now)
          return Effect.succeed(true)
        })
    }
  })
