/** A small product, and a gateway for it on a port of its own: what the official client is let loose on. */
import { createRequire } from "node:module"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import { ApiError } from "effect-tencentcloud/ApiError"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import { ResourceNotFound } from "effect-tencentcloud/CommonError"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import type { Handlers } from "effect-tencentcloud/Gateway"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import type { GatewayServer } from "effect-tencentcloud/NodeGateway"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import * as Product from "effect-tencentcloud/Product"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import { hash } from "effect-tencentcloud/Signature"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import type { CommonClient } from "tencentcloud-sdk-nodejs-common"
import * as Json from "../../src/domain/wire/Json.js"

/** The official signing functions. The package is CommonJS, and its deep modules have no names that ESM could import. */
export const {
  default: Sign
}: typeof import("tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js", { with: {
  "resolution-mode": "require"
}}) = createRequire(import.meta.url)("tencentcloud-sdk-nodejs-common/tencentcloud/common/sign.js")

/** What the official client makes of nested parameters for a query or a form. */
export const flattenOfficially = (client: CommonClient, parameters: object): Record<string, unknown> =>
  // biome-ignore lint/complexity/useLiteralKeys: a private method, which only brackets reach
  client["mergeData"](parameters)

/** The text that the official client signs with version 1. */
export const sourceOfficially = (client: CommonClient, parameters: object): string =>
  // biome-ignore lint/complexity/useLiteralKeys: a private method, which only brackets reach
  client["formatSignString"](parameters)

const ebs = { product: "ebs", version: "2026-01-01" }

class VolumeAttached extends ApiError("ResourceInUse.VolumeAttached") {}

const CreateVolume = Action.make("CreateVolume", {
  ...ebs,
  request: Schema.Struct({
    Size: Schema.Int.pipe(Schema.between(10, 1000)),
    Type: Schema.optional(Schema.Literal("SSD", "HDD")),
    DryRun: Schema.optional(Schema.Boolean)
  }),
  response: Schema.Struct({ VolumeId: Schema.String }),
  regions: ["ap-guangzhou", "ap-shanghai"],
  errors: []
})

const DeleteVolume = Action.make("DeleteVolume", {
  ...ebs,
  request: Schema.Struct({ VolumeId: Schema.String }),
  response: Schema.Struct({}),
  errors: [VolumeAttached]
})

/** No call of it is within its limit, so that no second of real time decides whether one is. */
const DescribeQuota = Action.make("DescribeQuota", {
  ...ebs,
  request: Schema.Struct({}),
  response: Schema.Struct({}),
  rateLimit: 0,
  errors: []
})

const DescribeDisks = Action.make("DescribeDisks", {
  ...ebs,
  request: Schema.Struct({}),
  response: Schema.Struct({}),
  offline: true,
  errors: []
})

const UploadImage = Action.make("UploadImage", {
  ...ebs,
  request: Schema.Struct({ Name: Schema.String, Content: Schema.Uint8ArrayFromSelf }),
  response: Schema.Struct({ Name: Schema.String, Sha256: Schema.String }),
  binary: ["Content"],
  errors: []
})

/** Answers with what the handler was given, as JSON in a text: the official client's own reader would round its integers. */
const Echo = Action.make("Echo", {
  ...ebs,
  request: Schema.Struct({
    Text: Schema.optional(Schema.String),
    Count: Schema.optional(Schema.Number),
    Uin: Schema.optional(Schema.BigIntFromSelf),
    Enabled: Schema.optional(Schema.Boolean),
    Names: Schema.optional(Schema.Array(Schema.NullOr(Schema.String))),
    Filters: Schema.optional(
      Schema.Array(Schema.Struct({ Name: Schema.String, Values: Schema.optional(Schema.Array(Schema.String)) }))
    ),
    Options: Schema.optional(
      Schema.Struct({ Snapshot: Schema.optional(Schema.Struct({ Days: Schema.optional(Schema.Number) })) })
    )
  }),
  response: Schema.Struct({ Received: Schema.String }),
  errors: []
})

const Ebs = Product.make([CreateVolume, DeleteVolume, DescribeQuota, DescribeDisks, UploadImage, Echo])

const HandlersLive: Layer.Layer<Handlers> = Gateway.handlers(Ebs, {
  CreateVolume: ({ Size, Type = "HDD" }) => Effect.succeed({ VolumeId: `vol-${Type}-${Size}` }),
  DeleteVolume: ({ VolumeId }) => {
    switch (VolumeId) {
      case "vol-attached":
        return Effect.fail(new VolumeAttached({ message: "卷 vol-attached is attached." }))
      case "vol-broken":
        return Effect.die(new Error("a defect that must not be told"))
      default:
        return Effect.fail(new ResourceNotFound({ message: `There is no volume ${VolumeId}.` }))
    }
  },
  DescribeQuota: () => Effect.succeed({}),
  DescribeDisks: () => Effect.succeed({}),
  UploadImage: ({ Content, Name }) => Effect.succeed({ Name, Sha256: hash(Content) }),
  Echo: (request) => Effect.succeed({ Received: Either.getOrThrow(Json.stringify(request)) })
})

const [future, past] = [4_000_000_000, 1_000_000_000]

/** Every key that the gateway knows. `stranger` is a sub-account that no policy speaks of. */
export const keys = {
  owner: { secretId: "AKIDOWNER", secretKey: "owner-key" },
  temporary: { secretId: "AKIDTEMPORARY", secretKey: "temporary-key", token: "temporary-token" },
  expired: { secretId: "AKIDEXPIRED", secretKey: "expired-key", token: "expired-token" },
  disabled: { secretId: "AKIDDISABLED", secretKey: "disabled-key" },
  mfa: { secretId: "AKIDMFA", secretKey: "mfa-key" },
  stranger: { secretId: "AKIDSTRANGER", secretKey: "stranger-key" }
} as const

const KeysLive = KeyStore.layerMemory([
  keys.owner,
  { ...keys.temporary, session: { token: keys.temporary.token, expiresAt: future } },
  { ...keys.expired, session: { token: keys.expired.token, expiresAt: past } },
  { ...keys.disabled, enabled: false },
  { ...keys.mfa, mfa: "required" },
  { ...keys.stranger, identity: "200000000002" }
])

const serverWith = (clock: Layer.Layer<TimestampValidator.TimestampValidator>): Layer.Layer<GatewayServer> =>
  NodeGateway.layer().pipe(
    Layer.provide(Gateway.layer()),
    Layer.provide(CredentialValidator.layer),
    Layer.provide([
      KeysLive,
      clock,
      HandlersLive,
      Authorizer.layerPolicies({}),
      RateLimiter.layerMemory({ action: 10_000 })
    ]),
    // A handler that dies is one of the cases: what the gateway logs of it is not for the reader of the tests.
    Layer.provide(Logger.remove(Logger.defaultLogger)),
    Layer.orDie
  )

/** The gateway, on a free port. */
export const ServerLive = serverWith(TimestampValidator.layer)

/** The same, with a clock that is wrong. */
export const serverOff = (...by: Parameters<typeof TimestampValidator.layerSkewed>): Layer.Layer<GatewayServer> =>
  serverWith(TimestampValidator.layerSkewed(...by))
