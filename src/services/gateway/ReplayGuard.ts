/**
 * Whether a signed request has been here before.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
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
  } => off
}) {}

/**
 * Remembers none. A gateway does not even ask.
 *
 * @since 0.1.0
 * @category constructors
 */
export const off: ReplayGuard["Type"] = { remember: () => Effect.succeed(true) }

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
    const seen = new Map<string, number>()
    // Oldest first, since none is ever put in again while it is remembered. One iterator for good: each new one would have to pass over
    // all that was taken out before it. It must never come to the end, where it would stay.
    const inOrder = seen.entries()
    let oldest: readonly [signature: string, at: number] | undefined

    const next = (): void => {
      oldest = seen.size === 0 ? undefined : inOrder.next().value
    }

    const isDue = (at: number, now: number): boolean => seen.size >= capacity || now - at > window

    return {
      remember: (signature) =>
        Step.withMillis((now) => {
          while (oldest !== undefined && isDue(oldest[1], now)) {
            seen.delete(oldest[0])
            next()
          }
          if (seen.has(signature)) return Effect.succeed(false)
          seen.set(signature, now)
          if (oldest === undefined) next()
          return Effect.succeed(true)
        })
    }
  })
