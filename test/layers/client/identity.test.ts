/**
 * Two clients in one program: each signs with its own key, sends over its own transport, learns its own clock and its own limits, and
 * reaches its own cloud, however the program composes them.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as Doors from "effect-tencentcloud"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as FetchClient from "effect-tencentcloud/FetchClient"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Signer from "effect-tencentcloud/Signer"
import * as Throttle from "effect-tencentcloud/Throttle"
import * as Transport from "effect-tencentcloud/Transport"
import { type Client, compositions } from "../../fixtures/Compositions.js"
import * as Volumes from "../../fixtures/Volumes.js"

/** What a client of its own should be known by. */
interface Tenant {
  readonly key: { readonly secretId: string; readonly secretKey: string }
  /** How far the clock of its server is ahead, in seconds. */
  readonly ahead: number
  /** What its transport has sent. */
  readonly sent: Array<{ readonly secretId: string; readonly timestamp: number }>
  /** What its server answers next, instead of a result. */
  refusal: string | undefined
}

const makeTenant = (name: string, ahead: number): Tenant => ({
  key: { secretId: `AKID${name}`, secretKey: `secret-of-${name}` },
  ahead,
  sent: [],
  refusal: undefined
})

const now = 1_767_225_600

/** What the server of a tenant answers. */
const answer = (tenant: Tenant, headers: Readonly<Record<string, string>>) =>
  Effect.map(Clock.currentTimeMillis, (millis) => {
    const [, secretId = ""] = /Credential=([^/]+)\//.exec(headers.authorization ?? "") ?? []
    tenant.sent.push({ secretId, timestamp: Number(headers["x-tc-timestamp"]) - now })
    const { refusal } = tenant
    tenant.refusal = undefined
    const members =
      refusal === undefined
        ? { TotalCount: 0, Names: [] }
        : { Error: { Code: "RequestLimitExceeded", Message: refusal } }
    return {
      status: 200,
      headers: { "content-type": "application/json", date: new Date(millis + tenant.ahead * 1000).toUTCString() },
      body: JSON.stringify({ Response: { ...members, RequestId: "9d4f7c3e-0b1a-4c2d-8e3f-000000000001" } })
    }
  })

const transportOf = (tenant: Tenant): Layer.Layer<Transport.Transport> =>
  Layer.succeed(Transport.Transport, { send: ({ headers }) => answer(tenant, headers) })

const httpOf = (tenant: Tenant): Layer.Layer<HttpClient.HttpClient> =>
  Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) =>
      Effect.map(answer(tenant, request.headers), ({ body, ...init }) =>
        HttpClientResponse.fromWeb(request, new Response(body, init))
      )
    )
  )

const keyOf = ({ key }: Tenant) => CredentialProvider.layerStatic(key)

const options: ApiClient.Options = { region: "ap-guangzhou", retry: RetryPolicy.none }

/** Out of parts: a program composes them for each client, from the same layers of the library. */
const layerParts = () =>
  ApiClient.layerServices(options).pipe(
    Layer.provide(Signer.layer),
    Layer.provide([ClockSync.layerLearning, Throttle.layerLearning])
  )

const kinds: Readonly<Record<string, (tenant: Tenant) => Layer.Layer<ApiClient.ApiClient>>> = {
  "`layerTransport`": (tenant) =>
    ApiClient.layerTransport(options).pipe(Layer.provide([keyOf(tenant), transportOf(tenant)])),
  "`layerHttp`": (tenant) => ApiClient.layerHttp(options).pipe(Layer.provide([keyOf(tenant), httpOf(tenant)])),
  "the parts": (tenant) => layerParts().pipe(Layer.provide([keyOf(tenant), transportOf(tenant)])),
  "the parts over HTTP": (tenant) =>
    layerParts().pipe(Layer.provide(keyOf(tenant)), Layer.provide(Transport.layerHttp), Layer.provide(httpOf(tenant)))
}

const describeVolumes = (client: Client) => client.call(Volumes.DescribeVolumes.action, {})

describe.each(Object.entries(compositions))("two clients, composed as %s:", (_, compose) => {
  it.effect.each(Object.entries(kinds))("each of %s has its own key, transport and clock", ([, layerOf]) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const one = makeTenant("one", 3600)
      const two = makeTenant("two", -1800)
      yield* compose(layerOf(one), layerOf(two), (first, second) =>
        Effect.forEach([first, second, first, second], describeVolumes)
      )
      assert.deepStrictEqual(
        { one: one.sent, two: two.sent },
        {
          one: [
            { secretId: "AKIDone", timestamp: 0 },
            { secretId: "AKIDone", timestamp: 3600 }
          ],
          two: [
            { secretId: "AKIDtwo", timestamp: 0 },
            { secretId: "AKIDtwo", timestamp: -1800 }
          ]
        }
      )
    })
  )

  it.effect("a limit that one has learned does not make the other wait", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const one = makeTenant("one", 0)
      const two = makeTenant("two", 0)
      const layerOf = (tenant: Tenant) => layerParts().pipe(Layer.provide([keyOf(tenant), transportOf(tenant)]))
      one.refusal =
        "Your current request times equals to `2` in a second, which exceeds the frequency limit `1` for a second."
      yield* compose(layerOf(one), layerOf(two), (first, second) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* Effect.flip(describeVolumes(first)))._tag, "RequestLimitExceeded")
          const waiting = yield* Effect.fork(describeVolumes(first))
          const going = yield* Effect.fork(describeVolumes(second))
          yield* TestClock.adjust("1 millis")
          assert.deepStrictEqual([one.sent.length, two.sent.length], [1, 1])
          yield* TestClock.adjust("1 second")
          yield* Effect.all([Fiber.join(waiting), Fiber.join(going)])
          assert.deepStrictEqual([one.sent.length, two.sent.length], [2, 1])
        })
      )
    })
  )

  it.effect("each of two `InProcess` clouds serves its own client", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const cloud = (name: string) =>
        InProcess.layer.pipe(
          Layer.provide(Volumes.layer({ DescribeVolumes: () => Effect.succeed({ TotalCount: 1, Names: [name] }) }))
        )
      const answers = yield* compose(cloud("one"), cloud("two"), (first, second) =>
        Effect.forEach([first, second], describeVolumes)
      )
      assert.deepStrictEqual(
        answers.map(({ Names }) => Names),
        [["one"], ["two"]]
      )
    })
  )

  it.effect("each of two `InProcess` clouds knows its own keys, clock and limits", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const cloud = ({ key }: Tenant, skew: "6 minutes" | "1 minute", limit: number) =>
        InProcess.layerWith().pipe(
          Layer.provide(Volumes.layer()),
          Layer.provide([
            CredentialProvider.layerStatic(key),
            KeyStore.layerMemory([key]),
            ClockSync.layerSkewed(skew),
            RateLimiter.layerMemory({ action: limit })
          ])
        )
      const one = cloud(makeTenant("one", 0), "6 minutes", 5)
      const two = cloud(makeTenant("two", 0), "1 minute", 1)
      const outcomes = yield* compose(one, two, (first, second) =>
        Effect.forEach([first, second, first, second], (client) =>
          Effect.match(describeVolumes(client), { onFailure: ({ _tag }) => _tag, onSuccess: () => "served" })
        )
      )
      assert.deepStrictEqual(outcomes, [
        "AuthFailure.SignatureExpire",
        "served",
        "AuthFailure.SignatureExpire",
        "RequestLimitExceeded"
      ])
    })
  )
})

const environment = ConfigProvider.fromMap(
  new Map([
    ["TENCENTCLOUD_SECRET_ID", "AKIDEXAMPLE"],
    ["TENCENTCLOUD_SECRET_KEY", "example"]
  ])
)

describe("two clients over `fetch`", () => {
  it.scoped.each(Object.entries(compositions))("learn their own clock, composed as %s", ([, compose]) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const one = makeTenant("one", 3600)
      const two = makeTenant("two", -1800)
      const tenants: Readonly<Record<string, Tenant>> = { "one.example": one, "two.example": two }
      const original = globalThis.fetch
      yield* Effect.addFinalizer(() => Effect.sync(() => (globalThis.fetch = original)))
      const runtime = yield* Effect.runtime()
      globalThis.fetch = async (input, init) => {
        const tenant = tenants[new URL(String(input)).host]
        assert.isDefined(tenant)
        const { body, ...head } = await Effect.runPromise(
          answer(tenant, Object.fromEntries(new Headers(init?.headers))).pipe(Effect.provide(runtime))
        )
        return new Response(body, head)
      }
      const layerOf = (host: string) => FetchClient.layer({ ...options, endpoint: host })
      yield* compose(layerOf("one.example"), layerOf("two.example"), (first, second) =>
        Effect.forEach([first, second, first, second], describeVolumes)
      ).pipe(Effect.withConfigProvider(environment))
      assert.deepStrictEqual(
        [one, two].map(({ sent }) => sent.map(({ timestamp }) => timestamp)),
        [
          [0, 3600],
          [0, -1800]
        ]
      )
    })
  )
})

describe("a constant layer", () => {
  /** They hold no state, and need no service: it makes no difference who shares them. */
  const stateless = [
    "AddressList.layerNoop",
    "Authorizer.layerAllowAll",
    "ClockSync.layerSystem",
    "CredentialSources.layerNodePlatform",
    "FaultInjector.layerNoop",
    "Journal.layerNoop",
    "RateLimiter.layerUnlimited",
    "ReplayGuard.layerNoop",
    "Throttle.layerUnlimited",
    "TimestampValidator.layer"
  ]

  it("is built for each place that it is provided to, unless it holds nothing", () => {
    const shared = Object.entries(Doors).flatMap(([door, exports]) =>
      Object.entries(exports).flatMap(([name, value]: [string, unknown]) =>
        Layer.isLayer(value) && !Layer.isFresh(value) ? [`${door}.${name}`] : []
      )
    )
    assert.deepStrictEqual(shared.sort(), stateless)
  })
})
