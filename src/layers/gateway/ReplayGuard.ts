/**
 * The ways to remember signed requests.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import * as ReplayGuard from "../../services/gateway/ReplayGuard.js"

export * from "../../services/gateway/ReplayGuard.js"

/**
 * Remembers no request, like the default.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerNoop: Layer.Layer<ReplayGuard.ReplayGuard> = Layer.succeed(ReplayGuard.ReplayGuard, ReplayGuard.noop)

/**
 * Remembers requests in memory, up to a capacity.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory = (options?: ReplayGuard.Options): Layer.Layer<ReplayGuard.ReplayGuard> =>
  Layer.effect(ReplayGuard.ReplayGuard, ReplayGuard.make(options))
