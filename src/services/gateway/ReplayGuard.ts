/**
 * Detects signed requests that arrive twice.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { BoundedMap } from "../internal/boundedMap.js"
import * as Step from "../internal/runtime/step.js"

/**
 * Remembers requests. The default remembers none, so a gateway does not need this service: the protocol itself allows a client to
 * send a request twice.
 *
 * @since 0.1.0
 * @category tags
 */
export class ReplayGuard extends Context.Reference<ReplayGuard>()("effect-tencentcloud/ReplayGuard", {
  defaultValue: (): {
    /** Remembers a request by its signature. Returns false if it was remembered already. */
    readonly remember: (signature: string) => Effect.Effect<boolean>
  } => noop
}) {}

/**
 * Remembers no request. A gateway then skips the check.
 *
 * @since 0.1.0
 * @category constructors
 */
export const noop: ReplayGuard["Type"] = { remember: () => Effect.succeed(true) }

/**
 * How many requests a guard remembers, and for how long.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * How long. Default: 10 minutes and a second, because a timestamp may be 5 minutes ahead, and is valid for the whole second in which
   * it is 5 minutes old.
   */
  readonly window?: Duration.DurationInput | undefined
  /** How many. Beyond it the guard forgets the oldest request. Default: 100,000. */
  readonly capacity?: number | undefined
}

/**
 * Makes a guard that remembers requests in memory.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<ReplayGuard["Type"]> =>
  Effect.sync(() => {
    const window = Duration.toMillis(options.window ?? "601 seconds")
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
          const before = seen.get(signature)
          if (before !== undefined && now - before <= window) return Effect.succeed(false)
          forgetDue(now)
          seen.set(signature, now)
          return Effect.succeed(true)
        })
    }
  })
