/**
 * Two clients in one program, over every adapter of a client and of a gateway: each signs with its own key, sends over its own transport
 * to its own cloud, and learns that cloud's clock and limits. All of them call the same host, so nothing but the transport leads them to
 * their clouds.
 */
import * as Http from "node:http"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as FetchClient from "effect-tencentcloud/FetchClient"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import * as Transport from "effect-tencentcloud/Transport"
import * as Adapters from "../../fixtures/Adapters.js"
import { type Client, compositions } from "../../fixtures/Compositions.js"
import * as Sockets from "../../fixtures/Sockets.js"
import * as Volumes from "../../fixtures/Volumes.js"

const now = 1_767_225_600
const endpoint = "http://cloud.example"
const options: ApiClient.Options = { region: "ap-guangzhou", endpoint, retry: RetryPolicy.none }

interface Sent {
  readonly secretId: string
  readonly offset: number
}

/** A cloud on a port of its own, which plays every host: a client reaches it as its proxy. */
interface Cloud {
  readonly name: string
  readonly key: { readonly secretId: string; readonly secretKey: string }
  readonly address: string
  readonly sent: Array<Sent>
  /** What it refuses the next call with. */
  refusal: string | undefined
}

const serve = (name: string, ahead: number) =>
  Effect.gen(function* () {
    const runtime = yield* Effect.runtime()
    const sent: Array<Sent> = []
    const key = { secretId: `AKID${name}`, secretKey: `secret-of-${name}` }
    const cloud: Cloud = { name, key, address: "", sent, refusal: undefined }
    const server = Http.createServer((request, response) => {
      const [, secretId = ""] = /Credential=([^/]+)\//.exec(request.headers.authorization ?? "") ?? []
      sent.push({ secretId, offset: Number(request.headers["x-tc-timestamp"]) - now })
      const { refusal } = cloud
      cloud.refusal = undefined
      const members =
        refusal === undefined
          ? { TotalCount: 1, Names: [name] }
          : { Error: { Code: "RequestLimitExceeded", Message: refusal } }
      const millis = Runtime.runSync(runtime)(Clock.currentTimeMillis)
      response.sendDate = false
      request.resume().on("end", () =>
        response
          .writeHead(200, {
            "content-type": "application/json",
            date: new Date(millis + ahead * 1000).toUTCString()
          })
          .end(JSON.stringify({ Response: { ...members, RequestId: "9d4f7c3e-0b1a-4c2d-8e3f-000000000001" } }))
      )
    })
    const { address } = yield* Sockets.listen(server)
    return Object.assign(cloud, { address })
  })

/** `fetch`, which finds every host at the cloud. */
const fetchOf =
  ({ address }: Cloud): typeof globalThis.fetch =>
  (input, init) => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : String(input))
    return globalThis.fetch(`http://${address}${pathname}${search}`, init)
  }

const keyOf = ({ key }: Cloud) => CredentialProvider.layerStatic(key)
const proxyOf = ({ address }: Cloud) => ({ proxy: `http://${address}` })

const adapters: Readonly<Record<string, (cloud: Cloud) => Layer.Layer<ApiClient.ApiClient>>> = {
  "`NodeTransport.layer`": (cloud) =>
    ApiClient.layerTransport(options).pipe(
      Layer.provide([keyOf(cloud), Layer.orDie(NodeTransport.layer(proxyOf(cloud)))])
    ),
  "`NodeTransport.layerHttpClient`": (cloud) =>
    ApiClient.layerHttp(options).pipe(
      Layer.provide([keyOf(cloud), Layer.orDie(NodeTransport.layerHttpClient(proxyOf(cloud)))])
    ),
  "`FetchHttpClient.layer`": (cloud) =>
    ApiClient.layerHttp(options).pipe(
      Layer.provide([
        keyOf(cloud),
        Layer.provide(Layer.fresh(FetchHttpClient.layer), Layer.succeed(FetchHttpClient.Fetch, fetchOf(cloud)))
      ])
    ),
  "`FetchClient.layerTransport`": (cloud) =>
    ApiClient.layerTransport(options).pipe(
      Layer.provide([keyOf(cloud), FetchClient.layerTransport({ fetch: fetchOf(cloud) })])
    ),
  "`FetchClient.layerCredential`": (cloud) =>
    Layer.provide(FetchClient.layerCredential(options, { fetch: fetchOf(cloud) }), keyOf(cloud)),
  // The ready-made client chooses its proxy and its key by the environment.
  "`ApiClient.layer`": (cloud) =>
    Layer.orDie(
      Layer.unwrapEffect(
        Effect.succeed(
          ApiClient.layer(options).pipe(
            Layer.provide(
              Layer.setConfigProvider(
                ConfigProvider.fromMap(
                  new Map([
                    ["HTTP_PROXY", `http://${cloud.address}`],
                    ["TENCENTCLOUD_SECRET_ID", cloud.key.secretId],
                    ["TENCENTCLOUD_SECRET_KEY", cloud.key.secretKey]
                  ])
                )
              )
            )
          )
        )
      )
    )
}

const describeVolumes = (client: Client) => client.call(Volumes.DescribeVolumes.action, {})

describe.each(Object.entries(compositions))("I1: two clients, composed as %s:", (_, compose) => {
  it.scoped.each(Object.entries(adapters))("over %s, each has its own key, cloud, clock and limit", ([, layerOf]) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const one = yield* serve("one", 3600)
      const two = yield* serve("two", -1800)
      yield* compose(layerOf(one), layerOf(two), (first, second) =>
        Effect.gen(function* () {
          const answers = yield* Effect.forEach([first, second, first, second], describeVolumes)
          assert.deepStrictEqual(
            answers.map(({ Names }) => Names.join()),
            ["one", "two", "one", "two"]
          )
          assert.deepStrictEqual(
            [one.sent.splice(0), two.sent.splice(0)],
            [
              [
                { secretId: "AKIDone", offset: 0 },
                { secretId: "AKIDone", offset: 3600 }
              ],
              [
                { secretId: "AKIDtwo", offset: 0 },
                { secretId: "AKIDtwo", offset: -1800 }
              ]
            ]
          )
          yield* TestClock.adjust("1 second")
          one.refusal =
            "Your current request times equals to `2` in a second, which exceeds the frequency limit `1` for a second."
          assert.strictEqual((yield* Effect.flip(describeVolumes(first)))._tag, "RequestLimitExceeded")
          const waiting = yield* Effect.fork(describeVolumes(first))
          yield* Effect.forEach([second, second], describeVolumes)
          assert.deepStrictEqual([one.sent.length, two.sent.length], [1, 2])
          yield* TestClock.adjust("1 second")
          yield* Fiber.join(waiting)
          assert.deepStrictEqual([one.sent.length, two.sent.length], [2, 2])
        })
      )
    })
  )

  it.scoped.each(Adapters.adapters.map((adapter) => [adapter.name, adapter] as const))(
    "behind %s, each of two gateways knows its own keys, clock, limits and handlers",
    ([, adapter]) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now * 1000)
        const cloud = (name: string, time: number, limit: number) => {
          const key = { secretId: `AKID${name}`, secretKey: `secret-of-${name}` }
          const gateway = Gateway.layer().pipe(
            Layer.provide(CredentialValidator.layer),
            Layer.provide([
              Volumes.layer({ DescribeVolumes: () => Effect.succeed({ TotalCount: 1, Names: [name] }) }),
              KeyStore.layerMemory([key]),
              TimestampValidator.layerFixed(time),
              Authorizer.layerAllowAll,
              RateLimiter.layerMemory({ action: limit })
            ])
          )
          const transport = Layer.scoped(
            Transport.Transport,
            Effect.gen(function* () {
              const scope = yield* Effect.scope
              const ask = yield* Effect.orDie(adapter.open)
              return {
                send: (request) =>
                  Effect.flatMap(ask(request), Adapters.whole).pipe(
                    Effect.provideService(Scope.Scope, scope),
                    Effect.mapError((reason) => new Transport.TransportFault({ reason, sent: true }))
                  )
              }
            })
          )
          return ApiClient.layerTransport(options).pipe(
            Layer.provide([CredentialProvider.layerStatic(key), Layer.provide(transport, gateway)])
          )
        }
        const outcomes = (one: ReturnType<typeof cloud>, two: ReturnType<typeof cloud>) =>
          compose(one, two, (first, second) =>
            Effect.forEach([first, second], (client) =>
              Effect.match(describeVolumes(client), {
                onFailure: ({ _tag }) => _tag,
                onSuccess: ({ Names }) => Names.join()
              })
            )
          )
        assert.deepStrictEqual(yield* outcomes(cloud("one", now, 9), cloud("two", now, 9)), ["one", "two"])
        assert.deepStrictEqual(yield* outcomes(cloud("one", now, 9), cloud("two", now + 600, 9)), [
          "one",
          "AuthFailure.SignatureExpire"
        ])
        assert.deepStrictEqual(yield* outcomes(cloud("one", now, 0), cloud("two", now, 9)), [
          "RequestLimitExceeded",
          "two"
        ])
      })
  )
})
