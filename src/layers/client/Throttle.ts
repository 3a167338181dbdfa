/**
 * The ways to throttle a client: not at all, by limits that it learns, or by limits that you give.
 *
 * @since 0.1.0
 */
import type * as Experimental from "@effect/experimental/RateLimiter"
import type * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimit from "../../domain/rules/RateLimit.js"
import * as Environment from "../../services/client/internal/environment.js"
import * as Throttle from "../../services/client/Throttle.js"

export * from "../../services/client/Throttle.js"

const defaultLimits: RateLimit.Limits = { action: RateLimit.defaultActionLimit }

/**
 * Never waits.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerUnlimited: Layer.Layer<Throttle.Throttle> = /* #__PURE__ */ Layer.succeed(
  Throttle.Throttle,
  Throttle.unlimited
)

/**
 * Learns the limits of the service from its answers: nothing waits until the service rejects a call. See `makeLearning`. Each
 * client that you provide it to learns for itself.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerLearning: Layer.Layer<Throttle.Throttle> = /* #__PURE__ */ Layer.fresh(
  /* #__PURE__ */ Layer.effect(Throttle.Throttle, Throttle.makeLearning)
)

/**
 * Keeps to fixed limits, and counts in memory. Default: 20 calls per second of one action at one host.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory = (
  limits: RateLimit.Limits = defaultLimits,
  options?: Throttle.MemoryOptions
): Layer.Layer<Throttle.Throttle> => Layer.effect(Throttle.Throttle, Throttle.makeMemory(limits, options))

/**
 * Keeps to fixed limits that several processes share: it counts in the store that you provide.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerStore = (
  limits: RateLimit.Limits = defaultLimits
): Layer.Layer<Throttle.Throttle, never, Experimental.RateLimiterStore> =>
  Layer.effect(Throttle.Throttle, Throttle.make(limits))

/**
 * Keeps to fixed limits from configuration, and counts in memory.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  limits: Config.Config.Wrap<RateLimit.Limits>
): Layer.Layer<Throttle.Throttle, ConfigError.ConfigError> =>
  Layer.unwrapEffect(Effect.map(Environment.unwrap(limits), (limits) => layerMemory(limits)))
