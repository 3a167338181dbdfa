/** A gateway with all checks on, its stores in memory, and a handler that does nothing. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as AddressList from "effect-tencentcloud/AddressList"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as Gateway from "effect-tencentcloud/Gateway"
import type { KeyStore as Keys } from "effect-tencentcloud/KeyStore"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as Product from "effect-tencentcloud/Product"
import { DescribeInstances } from "effect-tencentcloud/products/cvm"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as ReplayGuard from "effect-tencentcloud/ReplayGuard"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import { key } from "./instances.js"
import { account, identity, limits, networks, policy } from "./served.js"

const handlers = Gateway.handlers(Product.make([DescribeInstances]), {
  DescribeInstances: () => Effect.succeed({ TotalCount: 0, InstanceSet: [] })
})

export const layerWith = (keys: Layer.Layer<Keys>, remembered?: number): Layer.Layer<Gateway.Gateway> =>
  Gateway.layer().pipe(
    Layer.provide(CredentialValidator.layer),
    Layer.provide([
      handlers,
      keys,
      Authorizer.layerPolicies({ [identity]: [policy] }),
      RateLimiter.layerMemory(limits),
      ReplayGuard.layerMemory({ capacity: remembered }),
      AddressList.layer(networks),
      TimestampValidator.layer
    ]),
    Layer.orDie
  )

export const layer = layerWith(KeyStore.layerMemory([{ ...key, account, identity }]))
