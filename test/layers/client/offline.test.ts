/** The emulator's key, and `TENCENTCLOUD_OFFLINE`: nothing is sent to the real cloud. */
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Catalogue from "effect-tencentcloud/Catalogue"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as CredentialSources from "effect-tencentcloud/CredentialSources"
import * as Emulator from "effect-tencentcloud/Emulator"
import * as FetchClient from "effect-tencentcloud/FetchClient"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import { products } from "effect-tencentcloud/products"
import { DescribeZones } from "effect-tencentcloud/products/cvm"
import * as Transport from "effect-tencentcloud/Transport"
import * as Volumes from "../../fixtures/Volumes.js"
import * as Doubles from "./credentials/doubles.js"

const real = { secretId: "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", secretKey: "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE" }

const answer = JSON.stringify({ Response: { TotalCount: 0, Names: [], RequestId: "1" } })

/** A transport that counts what it is given, and answers. */
const counting = (sent: Array<string>): Layer.Layer<Transport.Transport> =>
  Layer.succeed(Transport.Transport, {
    send: (_, { host }) =>
      Effect.sync(() => {
        sent.push(host)
        return { status: 200, headers: { "content-type": "application/json" }, body: answer }
      })
  })

const call = (endpoint: ApiClient.Options["endpoint"], options: ApiClient.Options = {}) =>
  Effect.flatMap(ApiClient.ApiClient, (client) =>
    client.call(Volumes.DescribeVolumes.action, {}, { region: "ap-guangzhou", ...options, endpoint })
  )

const clients = (key: { readonly secretId: string; readonly secretKey: string }) => {
  const credential = CredentialProvider.layerStatic(key)
  return {
    "node:http": ApiClient.layerTransport().pipe(Layer.provide([credential, NodeTransport.layer()])),
    fetch: ApiClient.layerTransport().pipe(Layer.provide([credential, FetchClient.layerTransport()])),
    HttpClient: ApiClient.layerHttp().pipe(Layer.provide([credential, FetchHttpClient.layer])),
    "the HttpClient for Node": ApiClient.layerHttp().pipe(Layer.provide([credential, NodeTransport.layerHttpClient()]))
  } as const
}

const hosts: ReadonlyArray<ApiClient.Options["endpoint"]> = [
  undefined,
  { site: "intl" },
  { site: "internal" },
  { region: "ap-shanghai-fsi" },
  "cvm.tencentcloudapi.com",
  "CVM.TencentCloudAPI.com:8443",
  "http://tencentcloudapi.com",
  "sts.tencentcloudapi.com",
  "http://metadata.tencentyun.com",
  "http://169.254.0.23",
  "ap-guangzhou.cls.tencentcs.com",
  "api.hunyuan.cloud.tencent.com",
  "examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com",
  (product) => `${product}.tencentcloudapi.com`,
  ["https://cvm.ap-guangzhou.tencentcloudapi.com", "cvm.tencentcloudapi.com"]
]

const others = [
  "http://127.0.0.1:9140",
  "http://localhost:9140",
  "http://[::1]:9140",
  "gateway.example",
  "tencentcloudapi.com.example",
  "https://mytencentcloudapi.com"
]

/** A server on a loopback port. */
const served = Effect.acquireRelease(
  Effect.async<Http.Server>((resume) => {
    const server = Http.createServer((_, response) =>
      response.writeHead(200, { "content-type": "application/json" }).end(answer)
    )
    server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
  }),
  (server) =>
    Effect.sync(() => {
      server.closeAllConnections()
      server.close()
    })
).pipe(Effect.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`))

const reason = (why: string, host: string) =>
  `did not get through: ${why}, and ${host} is a host of the real cloud. Nothing was sent`

const refusal = (endpoint: ApiClient.Options["endpoint"], why: string, options?: ApiClient.Options) =>
  Effect.map(Effect.flip(call(endpoint, options)), (error) => {
    assert.strictEqual(error._tag, "TransportError")
    if (error._tag !== "TransportError") return
    assert.isFalse(error.sent)
    assert.isTrue(error.permanent)
    assert.include(error.message, reason(why, error.host))
  })

describe("the emulator's key", () => {
  const why = "the key is the public one of the emulator"

  it("has the form of a real one", () => {
    assert.match(Emulator.key.secretId, /^AKIDEMULATOR[A-Za-z0-9]{24}$/)
    assert.match(Emulator.key.secretKey, /^[A-Za-z0-9]{32}$/)
    assert.strictEqual(Emulator.key.secretId.length, real.secretId.length)
  })

  it.effect("is accepted by the emulator by default", () =>
    Effect.map(DescribeZones(), ({ ZoneSet }) => assert.isNotEmpty(ZoneSet)).pipe(
      Effect.provide(
        InProcess.layerWith().pipe(
          Layer.provide(Emulator.layer()),
          Layer.provide(Catalogue.layer(products)),
          Layer.provide(CredentialProvider.layerStatic(Emulator.key))
        )
      )
    )
  )

  it.effect.each(hosts.map((host) => [host] as const))("signs nothing for %j", ([endpoint]) => {
    const sent: Array<string> = []
    return Effect.gen(function* () {
      yield* refusal(endpoint, why)
      for (const [encoding, signatureMethod] of [
        ["query", "HmacSHA1"],
        ["form", "HmacSHA256"],
        ["query", "TC3-HMAC-SHA256"]
      ] as const) {
        yield* refusal(endpoint, why, { encoding, signatureMethod })
      }
      assert.deepStrictEqual(sent, [])
    }).pipe(
      Effect.provide(ApiClient.layerTransport()),
      Effect.provide([counting(sent), CredentialProvider.layerStatic(Emulator.key)])
    )
  })

  it.effect("signs nothing for the cloud as a temporary key of the emulator", () => {
    const sent: Array<string> = []
    const temporary = { secretId: "AKIDEMULATOR-session_1", secretKey: "key", token: "token" }
    return Effect.zipRight(
      refusal(undefined, why),
      Effect.sync(() => assert.deepStrictEqual(sent, []))
    ).pipe(
      Effect.provide(ApiClient.layerTransport()),
      Effect.provide([counting(sent), CredentialProvider.layerStatic(temporary)])
    )
  })

  it.effect("signs nothing for the cloud where it takes the place of a real one", () => {
    const sent: Array<string> = []
    const keys = [real, Emulator.key, real, Emulator.key]
    const changing = Layer.sync(CredentialProvider.CredentialProvider, () => {
      const get = CredentialProvider.source({
        name: "test",
        refreshable: true,
        load: Effect.sync(() => keys.shift() ?? real)
      })
      return { get: Effect.orDie(get.load), refresh: Effect.succeed(false) }
    })
    return Effect.gen(function* () {
      // The first call asks twice: before it connects, and when it signs.
      yield* refusal(undefined, why)
      yield* call(undefined)
      yield* refusal(undefined, why)
      assert.deepStrictEqual(sent, [`${Volumes.product}.tencentcloudapi.com`])
    }).pipe(Effect.provide(ApiClient.layerTransport()), Effect.provide([counting(sent), changing]))
  })

  it.effect("goes on to a host of one's own", () => {
    const sent: Array<string> = []
    return Effect.gen(function* () {
      for (const host of others) yield* call(host)
      yield* call(["cvm.tencentcloudapi.com", "https://gateway.example"])
      assert.deepStrictEqual(sent, [
        "127.0.0.1:9140",
        "localhost:9140",
        "[::1]:9140",
        "gateway.example",
        "tencentcloudapi.com.example",
        "mytencentcloudapi.com",
        "gateway.example"
      ])
    }).pipe(
      Effect.provide(ApiClient.layerTransport()),
      Effect.provide([counting(sent), CredentialProvider.layerStatic(Emulator.key)])
    )
  })

  it.scopedLive.each(Object.entries(clients(Emulator.key)))(
    "signs for a server of one's own only, over %s",
    ([, client]) =>
      Effect.gen(function* () {
        const url = yield* served
        yield* Effect.gen(function* () {
          yield* refusal(undefined, why)
          yield* call(url)
        }).pipe(Effect.provide(client))
      })
  )

  it.effect("assumes no role of the real cloud", () =>
    Effect.gen(function* () {
      assert.include(
        yield* Doubles.outcome,
        `AssumeRole: asking sts.tencentcloudapi.com failed: ${why}, and sts.tencentcloudapi.com is a host of the real cloud`
      )
      assert.lengthOf(yield* Doubles.Wiretap, 0)
    }).pipe(
      Effect.provide(
        CredentialSources.layerAssumeRole({
          from: CredentialProvider.source({ name: "test", refreshable: false, load: Effect.succeed(Emulator.key) }),
          roleArn: "qcs::cam::uin/1:roleName/reader"
        }).pipe(Layer.provideMerge(Doubles.network(() => Doubles.says(""))), Layer.provideMerge(Doubles.variables({})))
      )
    )
  )
})

const under = (value: string) =>
  Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["TENCENTCLOUD_OFFLINE", value]])))

describe("TENCENTCLOUD_OFFLINE", () => {
  const why = "`TENCENTCLOUD_OFFLINE` is set"

  it.effect.each(hosts.map((host) => [host] as const))("sends nothing to %j", ([endpoint]) => {
    const sent: Array<string> = []
    return Effect.gen(function* () {
      yield* refusal(endpoint, why)
      assert.deepStrictEqual(sent, [])
    }).pipe(
      Effect.provide(ApiClient.layerTransport()),
      Effect.provide([counting(sent), CredentialProvider.layerStatic(real)]),
      under("1")
    )
  })

  it.effect.each(["1", "true", "yes", "on", "TRUE ", "what?"])("is set by %j", (value) =>
    refusal(undefined, why).pipe(
      Effect.provide(ApiClient.layerTransport()),
      Effect.provide([counting([]), CredentialProvider.layerStatic(real)]),
      under(value)
    )
  )

  it.effect.each(["", "0", "false", "No", "off"])("is not set by %j", (value) =>
    call(undefined).pipe(
      Effect.provide(ApiClient.layerTransport()),
      Effect.provide([counting([]), CredentialProvider.layerStatic(real)]),
      under(value)
    )
  )

  it.effect("lets calls to a host of one's own through", () => {
    const sent: Array<string> = []
    return Effect.gen(function* () {
      for (const host of others) yield* call(host)
      assert.lengthOf(sent, others.length)
    }).pipe(
      Effect.provide(ApiClient.layerTransport()),
      Effect.provide([counting(sent), CredentialProvider.layerStatic(real)]),
      under("1")
    )
  })

  it.effect("lets calls in one process through", () =>
    Effect.map(DescribeZones(), ({ ZoneSet }) => assert.isNotEmpty(ZoneSet)).pipe(
      Effect.provide(InProcess.layer.pipe(Layer.provide(Emulator.layer()), Layer.provide(Catalogue.layer(products)))),
      under("1")
    )
  )

  it.effect("asks neither the metadata service nor STS", () =>
    Effect.gen(function* () {
      const found = yield* Doubles.outcome
      assert.include(
        found,
        "sts.tencentcloudapi.com failed: `TENCENTCLOUD_OFFLINE` is set, and sts.tencentcloudapi.com is"
      )
      assert.include(found, "metadata.tencentyun.com is a host of the real cloud")
      assert.lengthOf(yield* Doubles.Wiretap, 0)
    }).pipe(
      Effect.provide(
        CredentialSources.layerChain.pipe(
          Layer.provideMerge(
            Layer.merge(
              Doubles.files({ "/token": "jwt" }),
              Doubles.network(() => Doubles.says("reader"))
            )
          ),
          Layer.provideMerge(
            Doubles.variables({
              TENCENTCLOUD_OFFLINE: "1",
              TKE_REGION: "ap-shanghai",
              TKE_PROVIDER_ID: "tke",
              TKE_WEB_IDENTITY_TOKEN_FILE: "/token",
              TKE_ROLE_ARN: "qcs::cam::uin/1:roleName/pod"
            })
          )
        )
      )
    )
  )

  describe("in the environment of the process", () => {
    beforeEach(() => {
      process.env.TENCENTCLOUD_OFFLINE = "1"
    })
    afterEach(() => {
      delete process.env.TENCENTCLOUD_OFFLINE
    })

    it.scopedLive.each(Object.entries(clients(real)))(
      "counts whatever the program's configuration is, over %s",
      ([, client]) =>
        Effect.gen(function* () {
          const url = yield* served
          yield* Effect.gen(function* () {
            yield* refusal(undefined, why)
            yield* call(url)
          }).pipe(Effect.provide(client), Effect.withConfigProvider(ConfigProvider.fromMap(new Map())))
        })
    )
  })
})
