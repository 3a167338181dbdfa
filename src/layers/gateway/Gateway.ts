/**
 * Answers requests as the real service does. Its adapters are `NodeGateway`, `HttpGateway` and `WebGateway`.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import * as Gateway from "../../services/gateway/Gateway.js"
import type { Services } from "../../services/gateway/GatewayCheck.js"
import type { Handlers } from "../../services/gateway/Handlers.js"

export * from "../../services/gateway/Gateway.js"

/**
 * A gateway with the default checks, or with your own.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = <R = Services>(options?: Gateway.Options<R>): Layer.Layer<Gateway.Gateway, never, R | Handlers> =>
  Layer.effect(Gateway.Gateway, Gateway.make<R>(options))
