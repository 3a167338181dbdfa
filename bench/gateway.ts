/** A gateway with all checks on, its stores in memory, and a handler that does nothing. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Product from "effect-tencentcloud/domain/Product"
import * as AddressList from "effect-tencentcloud/layers/AddressList"
import * as Authorizer from "effect-tencentcloud/layers/Authorizer"
import * as ClockSync from "effect-tencentcloud/layers/ClockSync"
import * as CredentialValidator from "effect-tencentcloud/layers/CredentialValidator"
import * as GatewayLayers from "effect-tencentcloud/layers/Gateway"
import * as KeyStore from "effect-tencentcloud/layers/KeyStore"
import * as RateLimiter from "effect-tencentcloud/layers/RateLimiter"
import * as ReplayGuard from "effect-tencentcloud/layers/ReplayGuard"
import { DescribeInstances } from "effect-tencentcloud/products/cvm"
import * as Gateway from "effect-tencentcloud/services/Gateway"
import type { KeyStore as Keys } from "effect-tencentcloud/services/KeyStore"
import { key } from "./instances.js"
import { account, identity, limits, networks, policy } from "./served.js"

const handlers = Gateway.handlers(Product.make([DescribeInstances]), {
  DescribeInstances: () => Effect.succeed({ TotalCount: 0, InstanceSet: [] })
})

export const layerWith = (keys: Layer.Layer<Keys>, remembered?: number): Layer.Layer<Gateway.Gateway> =>
  GatewayLayers.layer().pipe(
    Layer.provide(CredentialValidator.layer),
    Layer.provide([
      handlers,
      keys,
      Authorizer.layerPolicies({ [identity]: [policy] }),
      RateLimiter.layerMemory(limits),
      ReplayGuard.layerMemory({ capacity: remembered }),
      AddressList.layer(networks),
      ClockSync.layerSystem
    ]),
    Layer.orDie
  )

export const layer = layerWith(KeyStore.layerMemory([{ ...key, account, identity }]))
