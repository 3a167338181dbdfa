/** Serves the gateway over `node:http`. Sends its port. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import { GatewayServer } from "effect-tencentcloud/NodeGateway"
import { layer } from "../gateway.js"
import { serving } from "../processes.js"

const main = Effect.flatMap(GatewayServer, ({ address }) => {
  serving(address.port)
  return Effect.never
})

Effect.runFork(Effect.provide(main, Layer.provide(NodeGateway.layer(), layer)))
