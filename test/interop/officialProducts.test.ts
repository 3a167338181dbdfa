/** The official packages of products, as their users configure them, against the emulator over HTTP. */
import * as Http from "node:http"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as Catalogue from "effect-tencentcloud/Catalogue"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as Emulator from "effect-tencentcloud/Emulator"
import * as FaultInjector from "effect-tencentcloud/FaultInjector"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import { GatewayServer } from "effect-tencentcloud/NodeGateway"
import { products } from "effect-tencentcloud/products"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import type { ClientConfig } from "tencentcloud-sdk-nodejs-common"
import type Exceptions from "tencentcloud-sdk-nodejs-common/tencentcloud/common/exception/tencent_cloud_sdk_exception.js"
import type { SSEResponseModel } from "tencentcloud-sdk-nodejs-common/tencentcloud/common/sse_response_model.js"
import { cvm } from "tencentcloud-sdk-nodejs-cvm"
import { hunyuan } from "tencentcloud-sdk-nodejs-hunyuan"
import { mongodb } from "tencentcloud-sdk-nodejs-mongodb"
import { monitor } from "tencentcloud-sdk-nodejs-monitor"
import { sts } from "tencentcloud-sdk-nodejs-sts"
import { tke } from "tencentcloud-sdk-nodejs-tke"
import * as Shape from "../../src/domain/contract/Shape.js"

type SdkException = Exceptions.default

const Cvm = cvm.v20170312.Client
const Sts = sts.v20180813.Client
const Monitor = monitor.v20180724.Client
const Tke = tke.v20180525.Client
const NewerTke = tke.v20220501.Client
const Mongodb = mongodb.v20190725.Client
const Hunyuan = hunyuan.v20230901.Client

const chat = { Model: "hunyuan-lite", Messages: [{ Role: "user", Content: "Hello" }] }

/** A call, what is to be seen in its answer beside that it has its shape, and a code that the action declares. */
interface Case {
  readonly product: string
  readonly version: string
  readonly action: string
  readonly call: (config: ClientConfig) => Promise<object>
  readonly code: string
}

const cases: ReadonlyArray<Case> = [
  {
    product: "cvm",
    version: "2017-03-12",
    action: "DescribeZones",
    call: async (config) => {
      const answer = await new Cvm(config).DescribeZones()
      assert.lengthOf(answer.ZoneSet ?? [], answer.TotalCount ?? 0)
      for (const { Zone } of answer.ZoneSet ?? []) assert.match(Zone ?? "", /^ap-guangzhou-\d$/)
      return answer
    },
    code: "InvalidParameterValue.ZoneNotSupported"
  },
  {
    product: "cvm",
    version: "2017-03-12",
    action: "DescribeInstances",
    call: async (config) => {
      const client = new Cvm(config)
      const answer = await client.DescribeInstances({ Limit: 100 })
      const seen: Array<string | undefined> = []
      for (let page = answer, Offset = 0; (page.InstanceSet ?? []).length > 0; Offset += 7) {
        page = await client.DescribeInstances({ Limit: 7, Offset })
        seen.push(...(page.InstanceSet ?? []).map(({ InstanceId }) => InstanceId))
      }
      assert.deepStrictEqual(
        seen,
        answer.InstanceSet?.map(({ InstanceId }) => InstanceId)
      )
      const { InstanceSet = [] } = await client.DescribeInstances({ InstanceIds: ["ins-mine"] })
      assert.deepStrictEqual(
        InstanceSet.map(({ InstanceId }) => InstanceId),
        ["ins-mine"]
      )
      return answer
    },
    code: "InvalidParameterValue.InvalidIpFormat"
  },
  {
    product: "cvm",
    version: "2017-03-12",
    action: "RunInstances",
    call: async (config) => {
      const answer = await new Cvm(config).RunInstances({
        Placement: { Zone: "ap-guangzhou-3" },
        ImageId: "img-1a2b3c4d",
        InstanceCount: 2,
        DataDisks: [{ DiskSize: 50 }]
      })
      assert.lengthOf(answer.InstanceIdSet ?? [], 2)
      return answer
    },
    code: "LimitExceeded.InstanceQuota"
  },
  {
    product: "sts",
    version: "2018-08-13",
    action: "GetCallerIdentity",
    call: (config) => new Sts(config).GetCallerIdentity(),
    code: "AuthFailure.AccessKeyIllegal"
  },
  {
    product: "sts",
    version: "2018-08-13",
    action: "AssumeRole",
    call: async (config) => {
      const RoleArn = "qcs::cam::uin/100000000001:roleName/reader"
      const answer = await new Sts(config).AssumeRole({ RoleArn, RoleSessionName: "session" })
      assert.match(answer.Credentials?.TmpSecretId ?? "", /^AKID/)
      assert.isAbove(answer.ExpiredTime ?? 0, Date.now() / 1000)
      return answer
    },
    code: "InternalError.DbError"
  },
  {
    product: "monitor",
    version: "2018-07-24",
    action: "GetMonitorData",
    call: async (config) => {
      const answer = await new Monitor(config).GetMonitorData({
        Namespace: "QCE/CVM",
        MetricName: "CPUUsage",
        Period: 300,
        Instances: [{ Dimensions: [{ Name: "InstanceId", Value: "ins-mine" }] }]
      })
      assert.deepStrictEqual([answer.MetricName, answer.Period], ["CPUUsage", 300])
      for (const { Timestamps = [], Values = [] } of answer.DataPoints ?? []) assert.lengthOf(Values, Timestamps.length)
      return answer
    },
    code: "FailedOperation.ErrOwed"
  },
  {
    product: "monitor",
    version: "2018-07-24",
    action: "DescribeAlarmPolicies",
    call: (config) => new Monitor(config).DescribeAlarmPolicies({ Module: "monitor", PageNumber: 1, PageSize: 5 }),
    code: "FailedOperation.DoHTTPTransferFailed"
  },
  {
    product: "tke",
    version: "2018-05-25",
    action: "DescribeClusters",
    call: async (config) => {
      const answer = await new Tke(config).DescribeClusters({ ClusterIds: ["cls-mine"] })
      assert.deepStrictEqual(
        answer.Clusters?.map(({ ClusterId }) => ClusterId),
        ["cls-mine"]
      )
      return answer
    },
    code: "InternalError.CamNoAuth"
  },
  {
    product: "tke",
    version: "2022-05-01",
    action: "DescribeNodePools",
    call: (config) => new NewerTke(config).DescribeNodePools({ ClusterId: "cls-mine" }),
    code: "ResourceNotFound.ClusterNotFound"
  },
  {
    product: "mongodb",
    version: "2019-07-25",
    action: "DescribeDBInstances",
    call: (config) => new Mongodb(config).DescribeDBInstances({ Limit: 5 }),
    code: "InvalidParameterValue.ZoneError"
  },
  {
    product: "mongodb",
    version: "2019-07-25",
    action: "DescribeDBBackups",
    call: async (config) => {
      const client = new Mongodb(config)
      const answer = await client.DescribeDBBackups({ InstanceId: "cmgo-mine", Limit: 100 })
      assert.isTrue(answer.BackupList?.every(({ InstanceId }) => InstanceId === "cmgo-mine"))
      return answer
    },
    code: "InvalidParameterValue.NotFoundInstance"
  },
  {
    product: "hunyuan",
    version: "2023-09-01",
    action: "GetEmbedding",
    call: (config) => new Hunyuan(config).GetEmbedding({ Input: "Hello" }),
    code: "FailedOperation.EngineServerError"
  },
  {
    product: "hunyuan",
    version: "2023-09-01",
    action: "ChatCompletions",
    call: async (config) => {
      const answer = await new Hunyuan(config).ChatCompletions(chat)
      assert.isString(answer.Choices?.[0]?.Message?.Content)
      return answer
    },
    code: "FailedOperation.EngineServerLimitExceeded"
  }
]

const key = { secretId: "AKIDOFFICIAL", secretKey: "official-key" }

/** In this region, each of them fails. */
const faulty = "ap-hongkong"

const ServerLive = NodeGateway.layer().pipe(
  Layer.provide(Gateway.layer()),
  Layer.provide(CredentialValidator.layer),
  Layer.provide([
    Emulator.layer({ seed: "official" }),
    KeyStore.layerMemory([key]),
    TimestampValidator.layer,
    Authorizer.layerAllowAll,
    RateLimiter.layerUnlimited,
    FaultInjector.layer(
      cases.map(({ action, code, product }) => ({ product, action, region: faulty, fault: FaultInjector.error(code) }))
    )
  ]),
  Layer.provideMerge(Catalogue.layer(products)),
  Layer.orDie
)

/** Either the server is the endpoint, and has to find out which product is asked, or it is the proxy on the way to it. */
const routes = ["endpoint", "proxy"] as const

const configure = (
  route: (typeof routes)[number],
  options: { readonly region?: string; readonly secretKey?: string } = {}
): Effect.Effect<ClientConfig, never, GatewayServer> =>
  Effect.map(GatewayServer, ({ address }) => ({
    credential: { ...key, secretKey: options.secretKey ?? key.secretKey },
    region: options.region ?? "ap-guangzhou",
    profile: {
      httpProfile: {
        protocol: "http://",
        // An agent of its own keeps a proxy of the environment out of the way.
        ...(route === "proxy"
          ? { proxy: address.url }
          : { endpoint: `${address.host}:${address.port}`, agent: new Http.Agent() })
      }
    }
  }))

const attempt = <A>(request: () => Promise<A>): Effect.Effect<A, SdkException> =>
  Effect.tryPromise({ try: request, catch: (exception) => exception as SdkException })

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const member = ({ action, product, version }: Case) =>
  Effect.flatMap(Catalogue.Catalogue, (catalogue) => Effect.flatten(catalogue.action(product, version, action)))

layer(ServerLive, { excludeTestServices: true })("the official package", (it) => {
  for (const route of routes) {
    describe(`by ${route}`, () => {
      it.effect.each(cases)("gets a valid answer to $action of $product $version", (called) =>
        Effect.gen(function* () {
          const config = yield* configure(route)
          const answer = yield* attempt(() => called.call(config))
          const { RequestId, ...response } = answer as { readonly RequestId: string }
          assert.match(RequestId, uuid)
          const { action } = yield* member(called)
          assert.deepStrictEqual(Shape.deviations(Shape.of(action.response) ?? assert.fail(), response), [])
        })
      )

      it.effect.each(cases)("gets $code from $action of $product $version", (called) =>
        Effect.gen(function* () {
          const { action } = yield* member(called)
          assert.include(
            action.errors.map(({ code }) => code),
            called.code
          )
          const config = yield* configure(route, { region: faulty })
          const exception = yield* Effect.flip(attempt(() => called.call(config)))
          assert.deepInclude(exception, { code: called.code, message: `${called.code}, injected.` })
          assert.match(exception.requestId, uuid)
        })
      )

      it.effect("gets the fault of a bad request", () =>
        Effect.gen(function* () {
          const config = yield* configure(route)
          const missing = yield* Effect.flip(
            // As a program in JavaScript would.
            attempt(() =>
              new Cvm(config).TerminateInstances({} as Parameters<InstanceType<typeof Cvm>["TerminateInstances"]>[0])
            )
          )
          assert.deepInclude(missing, {
            code: "MissingParameter",
            message: "The request is missing a required parameter `InstanceIds`."
          })
          const stranger = yield* configure(route, { secretKey: "another" })
          const refused = yield* Effect.flip(attempt(() => new Tke(stranger).DescribeClusters({})))
          assert.strictEqual(refused.code, "AuthFailure.SignatureFailure")
        })
      )

      it.effect("calls actions that need no signature without one", () =>
        Effect.gen(function* () {
          const config = yield* configure(route, { secretKey: "nobody asks" })
          const client = new Sts(config)
          const request = {
            ProviderId: "github",
            WebIdentityToken: "header.payload.signature",
            RoleArn: "qcs::cam::uin/100000000001:roleName/reader",
            RoleSessionName: "session"
          }
          const answer = yield* attempt(() => client.request("AssumeRoleWithWebIdentity", request, { skipSign: true }))
          assert.isString(answer.Credentials.TmpSecretId)
        })
      )

      it.effect("reads a stream of valid events", () =>
        Effect.gen(function* () {
          const config = yield* configure(route)
          const client = new Hunyuan(config)
          // Its type tells the plain answer alone.
          const stream = (yield* attempt(() =>
            client.ChatCompletions({ ...chat, Stream: true })
          )) as unknown as SSEResponseModel
          const events = yield* attempt(async () => {
            const read: Array<Awaited<ReturnType<InstanceType<typeof Hunyuan>["ChatCompletions"]>>> = []
            for await (const { data } of stream) read.push(JSON.parse(data))
            return read
          })
          assert.isAbove(events.length, 1)
          const catalogue = yield* Catalogue.Catalogue
          const { action } = yield* Effect.flatten(catalogue.action("hunyuan", undefined, "ChatCompletions"))
          for (const event of events)
            assert.deepStrictEqual(Shape.deviations(Shape.of(action.response) ?? assert.fail(), event), [])
          const parts = events.map(({ Choices: [part] = [] }) => part)
          assert.isTrue(parts.every((part) => typeof part?.Delta?.Content === "string"))
          assert.strictEqual(parts.at(-1)?.FinishReason, "stop")
        })
      )

      it.effect("gets an error in place of a stream", () =>
        Effect.gen(function* () {
          const config = yield* configure(route, { region: faulty })
          const exception = yield* Effect.flip(
            attempt(() => new Hunyuan(config).ChatCompletions({ ...chat, Stream: true }))
          )
          assert.strictEqual(exception.code, "FailedOperation.EngineServerLimitExceeded")
        })
      )
    })
  }
})
