/**
 * By which limits calls are counted.
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

export { type Bucket, type Call, defaultActionLimit, type Kind, type Limits } from "../../domain/rules/RateLimit.js"
export * from "../../services/gateway/RateLimiter.js"

const defaultLimits: RateLimit.Limits = { action: RateLimit.defaultActionLimit }

/**
 * Counts in whatever store is given.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  limits: RateLimit.Limits = defaultLimits
): Layer.Layer<RateLimiter.RateLimiter, never, Experimental.RateLimiterStore> =>
  Layer.effect(RateLimiter.RateLimiter, RateLimiter.make(limits))

/**
 * Counts in memory. Without limits given, those are 20 calls a second of one action, from one region, by one sub-account.
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
 * Counts in memory, by limits that configuration gives.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  limits: Config.Config.Wrap<RateLimit.Limits>
): Layer.Layer<RateLimiter.RateLimiter, ConfigError.ConfigError> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(limits), (given) => layerMemory(given)))

/**
 * Counts nothing, and lets everything pass.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerUnlimited: Layer.Layer<RateLimiter.RateLimiter> = Layer.succeed(
  RateLimiter.RateLimiter,
  RateLimiter.unlimited
)
