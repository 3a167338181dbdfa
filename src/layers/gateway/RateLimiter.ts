/**
 * The ways to limit the calls of a gateway: in memory, in a store that several gateways share, or not at all.
 *
 * @since 0.1.0
 */
import type * as Experimental from "@effect/experimental/RateLimiter"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimit from "../../domain/rules/RateLimit.js"
import * as RateLimiter from "../../services/gateway/RateLimiter.js"
import * as rateLimiterStore from "./internal/rateLimiterStore.js"

export { type Bucket, type Call, defaultActionLimit, type Kind, type Limits } from "../../domain/rules/RateLimit.js"
export * from "../../services/gateway/RateLimiter.js"

const defaultLimits: RateLimit.Limits = { action: RateLimit.defaultActionLimit }

/**
 * Counts calls in memory. Default: 20 calls per second of one action, from one region, by one sub-account.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory = (
  limits: RateLimit.Limits = defaultLimits,
  options?: RateLimiter.MemoryOptions
): Layer.Layer<RateLimiter.RateLimiter> =>
  Layer.effect(RateLimiter.RateLimiter, RateLimiter.makeMemory(limits, options))

/**
 * Counts calls in memory, with limits from configuration.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  limits: Config.Config.Wrap<RateLimit.Limits>
): Layer.Layer<RateLimiter.RateLimiter, ConfigError.ConfigError> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(limits), (limits) => layerMemory(limits)))

/**
 * Accepts every call.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerUnlimited: Layer.Layer<RateLimiter.RateLimiter> = /* #__PURE__ */ Layer.succeed(
  RateLimiter.RateLimiter,
  RateLimiter.unlimited
)

/**
 * Counts calls in the store that you provide, so that several gateways can share their limits. `layerStore` of
 * `@effect/experimental/RateLimiter/Redis` is such a store. Default: 20 calls per second, as above.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerStore = (
  limits: RateLimit.Limits = defaultLimits
): Layer.Layer<RateLimiter.RateLimiter, never, Experimental.RateLimiterStore> =>
  Layer.effect(RateLimiter.RateLimiter, RateLimiter.make(limits))

/**
 * A store in memory: for tests of what counts in a store. It holds at most `capacity` keys, and forgets the oldest beyond. Default:
 * 100,000.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerStoreMemory = (options?: {
  readonly capacity?: number | undefined
}): Layer.Layer<Experimental.RateLimiterStore> =>
  Layer.sync(RateLimiter.Store, () => rateLimiterStore.make(options?.capacity ?? 100_000))
