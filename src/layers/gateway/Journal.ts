/**
 * The ways to keep a journal of the calls of a gateway.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import * as Journal from "../../services/gateway/Journal.js"

export * from "../../services/gateway/Journal.js"

/**
 * Keeps nothing, like the default.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerNoop: Layer.Layer<Journal.Journal> = Layer.succeed(Journal.Journal, Journal.noop)

/**
 * Keeps the last calls in memory: `capacity` of them (default: 1,000), and the first `bodyLimit` characters of each body (default:
 * 4,096).
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory = (options?: Journal.Options): Layer.Layer<Journal.Journal> =>
  Layer.effect(Journal.Journal, Journal.make(options))
