/**
 * The gateway, over whatever services are given.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import * as Gateway from "../../services/gateway/Gateway.js"
import type { Services } from "../../services/gateway/GatewayCheck.js"
import type { Handlers } from "../../services/gateway/Handlers.js"

export * from "../../services/gateway/Gateway.js"

/**
 * With the default checks, or with others.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = <R = Services>(options?: Gateway.Options<R>): Layer.Layer<Gateway.Gateway, never, R | Handlers> =>
  Layer.effect(Gateway.Gateway, Gateway.make<R>(options))
