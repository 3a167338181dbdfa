/** An action that is called without a signature, from our client through to the handler. */
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as GatewayCheck from "effect-tencentcloud/GatewayCheck"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import { GatewayServer } from "effect-tencentcloud/NodeGateway"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import * as Product from "effect-tencentcloud/Product"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Signer from "effect-tencentcloud/Signer"
import * as Throttle from "effect-tencentcloud/Throttle"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import type * as Wire from "effect-tencentcloud/Wire"
import { now } from "../../fixtures/Signed.js"

const at = { product: "login", version: "2026-01-01", errors: [] } as const
const who = Schema.Struct({ Token: Schema.String, Account: Schema.String, Identity: Schema.String })

const exchange = Action.make("ExchangeToken", {
  ...at,
  request: Schema.Struct({ Token: Schema.String }),
  response: who,
  unsigned: true
})

const revoke = { ...at, request: Schema.Struct({ Token: Schema.String }), response: who } as const
const revokeToken = Action.make("RevokeToken", revoke)

const ExchangeToken = ApiClient.callable(exchange)
const RevokeToken = ApiClient.callable(revokeToken)
/** As a caller has it that takes it for one that needs no signature. */
const RevokeUnsigned = ApiClient.callable(Action.make("RevokeToken", { ...revoke, unsigned: true }))

/** The requests as they arrived. */
class Arrived extends Context.Tag("test/Arrived")<Arrived, Array<Wire.WireRequest>>() {}

const ArrivedLive = Layer.sync(Arrived, () => [])

const answer: Gateway.Handler<typeof exchange | typeof revokeToken, never> = ({ Token }, { account, identity }) =>
  Effect.succeed({ Token, Account: account, Identity: identity })

/** Of a sub-account that may do nothing. */
const temporary = { secretId: "AKIDSUB", secretKey: "key", token: "token" }

const GatewayLive = Layer.unwrapEffect(
  Effect.map(Arrived, (arrived) =>
    Gateway.layer({
      checks: [
        { name: "test", run: (context) => Effect.sync(() => arrived.push(context.wire)).pipe(Effect.as(context)) },
        ...GatewayCheck.checks
      ]
    })
  )
).pipe(
  Layer.provide(CredentialValidator.layer),
  Layer.provide([
    Gateway.handlers(Product.make([exchange, revokeToken]), { ExchangeToken: answer, RevokeToken: answer }),
    KeyStore.layerMemory([
      { ...temporary, identity: "200000000002", session: { token: temporary.token, expiresAt: 4_000_000_000 } }
    ]),
    Authorizer.layerPolicies({}),
    RateLimiter.layerUnlimited,
    TimestampValidator.layer
  ]),
  Layer.provideMerge(ArrivedLive)
)

const noKey = CredentialProvider.layerStatic({ secretId: "", secretKey: "" })
const temporaryKey = CredentialProvider.layerStatic(temporary)

const options = { region: "ap-guangzhou", retry: RetryPolicy.none } as const

const inProcess = (key: typeof noKey) =>
  ApiClient.layerServices(options).pipe(
    Layer.provide([Signer.layer, InProcess.layerTransport]),
    Layer.provide([key, ClockSync.layerSystem, Throttle.layerUnlimited]),
    Layer.provideMerge(GatewayLive)
  )

const overHttp = (key: typeof noKey) =>
  Layer.unwrapEffect(
    Effect.map(GatewayServer, ({ address }) => ApiClient.layerHttp({ ...options, endpoint: address.url }))
  ).pipe(
    Layer.provide([key, NodeTransport.layerHttpClient({ proxy: false }), NodeGateway.layer()]),
    Layer.provideMerge(GatewayLive)
  )

type Test = Effect.Effect<void, unknown, ApiClient.ApiClient | Arrived>

const isServed = (encoding: "json" | "query" | "form"): Test =>
  Effect.gen(function* () {
    const { RequestId, ...response } = yield* ExchangeToken({ Token: "jwt" }, { encoding })
    assert.deepStrictEqual(response, { Account: "", Identity: "", Token: "jwt" })
    const [{ headers } = { headers: {} }, ...others] = yield* Arrived
    assert.isEmpty(others)
    assert.deepInclude(headers, { authorization: "SKIP", "x-tc-action": "ExchangeToken" })
    assert.notProperty(headers, "x-tc-token")
  })

const tests: ReadonlyArray<{ readonly name: string; readonly key: typeof noKey; readonly test: Test }> = [
  { name: "is served as JSON, to nobody, who needs no key", key: noKey, test: isServed("json") },
  { name: "is served as a query", key: noKey, test: isServed("query") },
  { name: "is served as a form", key: noKey, test: isServed("form") },
  {
    name: "tells nothing of a key that there is, and asks for no permission",
    key: temporaryKey,
    test: Effect.gen(function* () {
      yield* isServed("json")
      const error = yield* Effect.flip(RevokeToken({ Token: "jwt" }))
      assert.strictEqual(error._tag, "AuthFailure.UnauthorizedOperation")
    })
  },
  {
    name: "is refused where the gateway wants a signature",
    key: noKey,
    test: Effect.gen(function* () {
      const error = yield* Effect.flip(RevokeUnsigned({ Token: "jwt" }))
      assert.strictEqual(error._tag, "AuthFailure.InvalidAuthorization")
      const arrived = yield* Arrived
      assert.deepStrictEqual(
        arrived.map(({ headers }) => headers.authorization),
        ["SKIP"]
      )
    })
  },
  {
    name: "is not what any other action becomes without a key",
    key: noKey,
    test: Effect.gen(function* () {
      const error = yield* Effect.flip(RevokeToken({ Token: "jwt" }))
      assert.strictEqual(error._tag, "CredentialsUnavailable")
      assert.isEmpty(yield* Arrived)
    })
  }
]

describe("an action that is called without a signature", () => {
  for (const { key, name, test } of tests) {
    it.effect(`in process, ${name}`, () =>
      Effect.zipRight(TestClock.setTime(now * 1000), test).pipe(Effect.provide(inProcess(key)))
    )
    it.live(`over HTTP, ${name}`, () => Effect.provide(test, overHttp(key)))
  }
})
