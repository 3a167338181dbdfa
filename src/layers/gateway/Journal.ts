/**
 * Where a gateway writes down what it saw.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import * as Journal from "../../services/gateway/Journal.js"

export * from "../../services/gateway/Journal.js"

/**
 * Nowhere; this is the default, too.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerNoop: Layer.Layer<Journal.Journal> = Layer.succeed(Journal.Journal, Journal.noop)

/**
 * In memory: the last `capacity` calls (default 1,000), and of each body the first `bodyLimit` characters (default 4,096).
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory = (options?: Journal.Options): Layer.Layer<Journal.Journal> =>
  Layer.effect(Journal.Journal, Journal.make(options))
