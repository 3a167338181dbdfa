/**
 * Where it is remembered which signed requests have been seen.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import * as ReplayGuard from "../../services/gateway/ReplayGuard.js"

export * from "../../services/gateway/ReplayGuard.js"

/**
 * Nowhere; this is the default, too.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerNoop: Layer.Layer<ReplayGuard.ReplayGuard> = Layer.succeed(ReplayGuard.ReplayGuard, ReplayGuard.noop)

/**
 * In memory, which is bounded.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory = (options?: ReplayGuard.Options): Layer.Layer<ReplayGuard.ReplayGuard> =>
  Layer.effect(ReplayGuard.ReplayGuard, ReplayGuard.make(options))
