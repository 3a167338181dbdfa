/**
 * Limits how many calls a gateway accepts per second.
 *
 * @since 0.1.0
 */
import type * as Experimental from "@effect/experimental/RateLimiter"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as RateLimit from "../../domain/rules/RateLimit.js"
import * as countMemory from "../internal/counting/countMemory.js"
import { countStore, Store as ExperimentalStore } from "../internal/counting/countStore.js"
import * as Step from "../internal/runtime/step.js"
import { PortError } from "./internal/portFailure.js"

export type {
  /**
   * A call, as a limit sees it.
   *
   * @since 0.1.0
   * @category models
   */
  Call,
  /**
   * The limits: of an action, of an account in one region or in all, and of an address.
   *
   * @since 0.1.0
   * @category models
   */
  Kind,
  /**
   * Limits, in calls per second.
   *
   * @since 0.1.0
   * @category models
   */
  Limits
} from "../../domain/rules/RateLimit.js"

/**
 * How much a limiter in memory remembers.
 *
 * @since 0.1.0
 * @category models
 */
export type MemoryOptions = countMemory.MemoryOptions

/**
 * A call exceeds a limit: `calls` is its number in this second, and `limit` how many are allowed.
 *
 * @since 0.1.0
 * @category errors
 */
export class Exceeded {
  readonly _tag = "Exceeded"
  readonly kind: RateLimit.Kind
  readonly calls: number
  readonly limit: number

  constructor(props: { readonly kind: RateLimit.Kind; readonly calls: number; readonly limit: number }) {
    this.kind = props.kind
    this.calls = props.calls
    this.limit = props.limit
  }
}

/**
 * A limiter could not do its work. A gateway answers `InternalError`, and logs the kind of failure without its message.
 *
 * @since 0.1.0
 * @category errors
 */
export class RateLimiterError extends PortError {
  readonly _tag = "RateLimiterError"
}

/**
 * Counts the calls of each second, and rejects those that exceed a limit.
 *
 * @since 0.1.0
 * @category tags
 */
export class RateLimiter extends Context.Tag("effect-tencentcloud/RateLimiter")<
  RateLimiter,
  {
    /** Counts a call in this second. Fails if it exceeds a limit, or if it cannot be counted. */
    readonly take: (call: RateLimit.Call) => Effect.Effect<void, Exceeded | RateLimiterError>
  }
>() {}

/**
 * Accepts every call.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unlimited: RateLimiter["Type"] = { take: () => Effect.void }

/**
 * The store that counts calls: the port of `@effect/experimental`, so that its Redis store serves, as does any other.
 *
 * @since 0.1.0
 * @category tags
 */
export const Store: Context.Tag<Experimental.RateLimiterStore, Experimental.RateLimiterStore["Type"]> =
  ExperimentalStore

/** Calls are counted up to this many times the limit, for the number in `Exceeded`. */
const countedBeyond = 10

const exceed = (kind: RateLimit.Kind, calls: number, limit: number): Effect.Effect<never, Exceeded> =>
  Exit.fail(new Exceeded({ kind, calls, limit }))

/**
 * Makes the service over a store. A second is a whole second of Effect's `Clock`. If the store fails, the call passes and a
 * warning is logged.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  limits: RateLimit.Limits
): Effect.Effect<RateLimiter["Type"], never, Experimental.RateLimiterStore> =>
  Effect.map(Store, (store) => {
    const count = countStore(store)

    const takeOne = (bucket: RateLimit.Bucket, second: number) =>
      Effect.flatMap(count(bucket, second, second, bucket.limit * countedBeyond), (calls) =>
        calls <= bucket.limit ? Effect.void : exceed(bucket.kind, calls, bucket.limit)
      )

    return {
      take: (call) =>
        Effect.flatMap(Clock.currentTimeMillis, (millis) => {
          const second = Math.floor(millis / 1000)
          return Effect.forEach(RateLimit.buckets(call, limits), (bucket) => takeOne(bucket, second), { discard: true })
        })
    }
  })

/**
 * Makes the service, counting in memory, for a gateway of one process. It does what `make` does over a store, at a fraction of
 * the cost.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeMemory = (limits: RateLimit.Limits, options?: MemoryOptions): Effect.Effect<RateLimiter["Type"]> =>
  Effect.map(countMemory.make(options), ({ count, hash }) => {
    const takeIn = (second: number, call: RateLimit.Call): Effect.Effect<void, Exceeded> => {
      const hashes = hash(call)
      for (const kind of RateLimit.kinds) {
        const limit = RateLimit.limitOf(kind, call, limits)
        if (limit === undefined) continue
        const calls = count(hashes[kind], second, second, limit * countedBeyond)
        if (!(calls <= limit)) return exceed(kind, calls, limit)
      }
      return Effect.void
    }
    return { take: (call) => Step.withMillis((millis) => takeIn(Math.floor(millis / 1000), call)) }
  })
