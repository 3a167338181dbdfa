/**
 * The world of the tour: a gateway on its own port, its keys, and a cloud with enough faults.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import type * as ConfigError from "effect/ConfigError"
import * as Layer from "effect/Layer"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import type { GatewayServer, ListenError } from "effect-tencentcloud/NodeGateway"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import { EbsLive } from "../volumes/handlers.js"
import * as State from "../volumes/state.js"
import * as Storage from "../volumes/storage.js"

/** The keys of the callers. They are invented, and valid only in this world. */
export const keys = {
  owner: { secretId: "AKIDOWNER", secretKey: "made-up-1" },
  neighbour: { secretId: "AKIDNEIGHBOUR", secretKey: "made-up-2" },
  auditor: { secretId: "AKIDAUDITOR", secretKey: "made-up-3" },
  disabled: { secretId: "AKIDDISABLED", secretKey: "made-up-4" },
  guarded: { secretId: "AKIDGUARDED", secretKey: "made-up-5" },
  expired: { secretId: "AKIDEXPIRED", secretKey: "made-up-6", token: "made-up-7" }
}

const auditor = "100000000011"

const KeyStoreLive = KeyStore.layerMemory([
  keys.owner,
  { ...keys.neighbour, account: "100000000002" },
  { ...keys.auditor, identity: auditor },
  { ...keys.disabled, enabled: false },
  { ...keys.guarded, mfa: "required" },
  { ...keys.expired, session: { token: keys.expired.token, expiresAt: Date.UTC(2020, 0, 1) / 1000 } }
])

/** The owner's auditor may read everything and change nothing. */
const AuthorizerLive = Authorizer.layerPolicies({
  [auditor]: [{ version: "2.0", statement: [{ effect: "allow", action: "ebs:Describe*", resource: "*" }] }]
})

export const zones = {
  roomy: "ap-guangzhou-3",
  soldOut: "ap-guangzhou-4",
  nearlyFull: "ap-guangzhou-6",
  unpriced: "ap-guangzhou-7"
}

export const instances = { web: "ins-web", hung: "ins-hung", elsewhere: "ins-elsewhere" }

const StorageLive = Storage.layer(
  State.make({
    quota: 10,
    zones: {
      [zones.roomy]: { free: 100_000, price: 0.002 },
      [zones.soldOut]: { free: 0, price: 0.002 },
      [zones.nearlyFull]: { free: 100, price: 0.003 },
      [zones.unpriced]: { free: 100_000, price: undefined }
    },
    instances: {
      [instances.web]: { zone: zones.roomy, hangs: false },
      [instances.hung]: { zone: zones.roomy, hangs: true },
      [instances.elsewhere]: { zone: zones.nearlyFull, hangs: false }
    }
  })
)

/** The gateway, and what its clients need to call it. */
export type World = GatewayServer | HttpClient.HttpClient

export const layer: Layer.Layer<World, ListenError | ConfigError.ConfigError> = NodeGateway.layer({
  shutdownGrace: "1 second"
}).pipe(
  Layer.provide(Gateway.layer()),
  Layer.provide(EbsLive),
  Layer.provide(CredentialValidator.layer),
  Layer.provide([StorageLive, KeyStoreLive, AuthorizerLive, RateLimiter.layerMemory(), TimestampValidator.layer]),
  Layer.merge(FetchHttpClient.layer)
)
