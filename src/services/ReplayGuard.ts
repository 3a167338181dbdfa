/**
 * Whether a signed request has been here before.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Step from "./internal/step.js"

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
    const seen = new Set<string>()
    // The same in the order in which they came, with their times. A Set keeps that order too, but from its first entry on it passes
    // over those that were taken out.
    let signatures: Array<string> = []
    let times: Array<number> = []
    let first = 0

    const forget = (now: number): void => {
      while (first < times.length && (seen.size >= capacity || now - (times[first] ?? now) > window)) {
        seen.delete(signatures[first] ?? "")
        first += 1
      }
      if (first * 2 < times.length) return
      signatures = signatures.slice(first)
      times = times.slice(first)
      first = 0
    }

    return {
      remember: (signature) =>
        Step.atMillis((now) => {
          forget(now)
          const before = seen.size
          if (seen.add(signature).size === before) return Effect.succeed(false)
          signatures.push(signature)
          times.push(now)
          return Effect.succeed(true)
        })
    }
  })
