/** What the emulator refuses beside what shapes refuse, and what it accepts although it is newer than the catalogue. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as Catalogue from "effect-tencentcloud/Catalogue"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as Emulator from "effect-tencentcloud/Emulator"
import * as Envelope from "effect-tencentcloud/Envelope"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import { products } from "effect-tencentcloud/products"
import * as Cvm from "effect-tencentcloud/products/cvm"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import * as Sample from "../../../src/domain/contract/Sample.js"
import * as Shape from "../../../src/domain/contract/Shape.js"
import * as Client from "../../fixtures/Client.js"
import { now, v1, v3 } from "../../fixtures/Signed.js"

const CatalogueLive = Catalogue.layer(products)

const serve = (options?: Emulator.Options) =>
  InProcess.layer.pipe(Layer.provide(Emulator.layer(options)), Layer.provide(CatalogueLive))

const versions: Readonly<Record<string, string>> = {
  cam: "2019-01-16",
  cls: "2020-10-16",
  cvm: "2017-03-12",
  hunyuan: "2023-09-01",
  sts: "2018-08-13",
  tag: "2018-08-13",
  vpc: "2017-03-12"
}

interface Asked {
  readonly product: string
  readonly action: string
  readonly body?: object
  readonly region?: string | undefined
}

const requestOf = ({ action, body = {}, product, ...rest }: Asked) =>
  v3({
    action,
    host: `${product}.tencentcloudapi.com`,
    service: product,
    body: JSON.stringify(body),
    headers: {
      "x-tc-version": versions[product],
      "x-tc-region": "region" in rest ? rest.region : "ap-guangzhou"
    }
  })

/** The code of the gateway's answer. */
const codeOf = (request: Parameters<Gateway.Gateway["Type"]["handle"]>[0]) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(now * 1000)
    const { handle } = yield* Gateway.Gateway
    const answer = yield* Effect.flatMap(handle(request), ({ body }) => Envelope.decode(body))
    return answer._tag === "Failure" ? answer.code : "answered"
  })

const ask = (asked: Asked) => codeOf(requestOf(asked))

const refusals: ReadonlyArray<readonly [code: string, asked: Asked]> = [
  ["InvalidParameterValue", { product: "cvm", action: "DescribeInstances", body: { Limit: -1 } }],
  ["InvalidParameterValue", { product: "cvm", action: "DescribeInstances", body: { Offset: -20, Limit: 20 } }],
  ["InvalidParameterValue", { product: "cvm", action: "DescribeInstances", body: { Limit: "-5" } }],
  ["InvalidParameterValue", { product: "vpc", action: "DescribeVpcs", body: { Limit: "-5" } }],
  ["InvalidParameterValue", { product: "vpc", action: "DescribeVpcs", body: { Offset: "-1" } }],
  // Of a type that has no negative numbers.
  ["InvalidParameterValue", { product: "vpc", action: "DescribeAddresses", body: { Limit: -1 } }],
  ["InvalidParameterValue", { product: "tag", action: "DescribeTags", body: { Offset: -1 } }],
  ["InvalidParameterValue", { product: "tag", action: "GetTags", body: { MaxResults: -1 } }],
  ["InvalidParameterValue", { product: "cvm", action: "DescribeInstances", body: { InstanceIds: [""] } }],
  ["InvalidParameterValue", { product: "cvm", action: "TerminateInstances", body: { InstanceIds: [] } }],
  ["InvalidParameterValue", { product: "cvm", action: "TerminateInstances", body: { InstanceIds: ["ins-a", ""] } }],
  ["InvalidParameterValue", { product: "vpc", action: "DeleteVpc", body: { VpcId: "" } }],
  ["UnsupportedRegion", { product: "cvm", action: "DescribeInstances", region: "ap-atlantis" }],
  ["UnsupportedRegion", { product: "hunyuan", action: "GetEmbedding", body: { Input: "x" }, region: "ap-atlantis" }],
  [
    "UnsupportedRegion",
    { product: "sts", action: "AssumeRole", body: { RoleArn: "a", RoleSessionName: "ab" }, region: "ap-atlantis" }
  ],
  ["MissingParameter", { product: "cvm", action: "DescribeInstances", region: undefined }],
  [
    "MissingParameter",
    { product: "vpc", action: "CreateVpc", body: { VpcName: "a", CidrBlock: "b" }, region: undefined }
  ]
]

const accepted: ReadonlyArray<Asked> = [
  { product: "cvm", action: "DescribeInstances", body: { Limit: 0, Offset: 0 } },
  { product: "vpc", action: "DescribeVpcs", body: { Limit: "100", Offset: "0" } },
  { product: "cvm", action: "DescribeInstances", body: { InstanceIds: [] } },
  { product: "cvm", action: "RunInstances", body: { Placement: { Zone: "ap-guangzhou-3", HostId: "" } } },
  // A place in a log, which may count from its end.
  {
    product: "cls",
    action: "PreviewKafkaRecharge",
    body: { PreviewType: 1, KafkaType: 0, UserKafkaTopics: "a", Offset: -1 }
  },
  { product: "cvm", action: "DescribeRegions", region: undefined },
  { product: "cam", action: "ListUsers", region: undefined },
  { product: "sts", action: "GetCallerIdentity", region: undefined },
  { product: "tag", action: "GetTags", region: undefined },
  { product: "cvm", action: "DescribeZones", region: "eu-frankfurt" },
  { product: "cvm", action: "DescribeZones", region: "ap-shanghai-fsi" }
]

const text = (value: unknown): string => JSON.stringify(value)

describe("what the emulator checks beside the shape of a request", () => {
  it.effect.each(refusals.map(([code, asked]) => ({ code, asked, name: text(asked) })))(
    "P16: refuses $name with $code",
    ({ asked, code }) =>
      Effect.map(ask(asked), (found) => assert.strictEqual(found, code)).pipe(Effect.provide(serve()))
  )

  it.effect.each(accepted.map((asked) => ({ asked, name: text(asked) })))("P16: accepts $name", ({ asked }) =>
    Effect.map(ask(asked), (found) => assert.strictEqual(found, "answered")).pipe(Effect.provide(serve()))
  )

  it.effect("P16: says the same to a form, and to our own client", () =>
    Effect.gen(function* () {
      const form = (parameters: Readonly<Record<string, string | undefined>>) =>
        codeOf(
          v1({
            host: "cvm.tencentcloudapi.com",
            parameters: { Action: "DescribeInstances", Version: "2017-03-12", ...parameters }
          })
        )
      assert.strictEqual(yield* form({ Limit: "-1" }), "InvalidParameterValue")
      assert.strictEqual(yield* form({ "InstanceIds.0": "" }), "InvalidParameterValue")
      assert.strictEqual(yield* form({ Region: undefined }), "MissingParameter")
      assert.strictEqual(yield* form({ Region: "ap-atlantis" }), "UnsupportedRegion")
      assert.strictEqual(yield* form({ Limit: "1" }), "answered")
      const error = yield* Effect.flip(Cvm.DescribeInstances({ Limit: -1 }))
      assert.deepInclude(error, {
        _tag: "InvalidParameterValue",
        reason: "The value specified in the parameter `Limit` is not valid: expected a number of 0 or more."
      })
      const elsewhere = yield* Effect.flip(Cvm.DescribeInstances({}, { region: "ap-atlantis" }))
      assert.strictEqual(elsewhere._tag, "UnsupportedRegion")
    }).pipe(Effect.provide(serve()))
  )

  it.effect(
    "P16: refuses no sampled request of the catalogue",
    () =>
      Effect.gen(function* () {
        const catalogue = yield* Catalogue.Catalogue
        const { find } = Emulator.make(catalogue)
        const wrong: Array<string> = []
        for (const product of catalogue.products) {
          for (const version of catalogue.versions(product)) {
            const { actions } = yield* Effect.flatten(catalogue.product(product, version))
            for (const { action } of Object.values(actions)) {
              const request = Sample.request(Shape.of(action.request) ?? assert.fail(), {
                seed: 1,
                now: now * 1000,
                product,
                optional: "all"
              })
              const route = yield* find(product, version, action.name)
              if (route?.action.request.decode(request, "request")._tag !== "Right")
                wrong.push(`${product} ${action.name}`)
            }
          }
        }
        assert.deepStrictEqual(wrong, [])
      }).pipe(Effect.provide(CatalogueLive)),
    120_000
  )
})

const newer = Action.make("DescribeMarvels", {
  product: "cvm",
  version: "2017-03-12",
  request: Schema.Struct({ Colour: Schema.String }),
  response: Schema.Struct({ Marvels: Schema.optional(Schema.Array(Schema.String)) }),
  errors: []
})

const withMember = Action.make("DescribeInstances", {
  product: "cvm",
  version: "2017-03-12",
  request: Schema.Struct({
    Colour: Schema.String,
    InstanceIds: Schema.Array(Schema.String),
    Filters: Schema.Array(
      Schema.Struct({ Name: Schema.String, Values: Schema.Array(Schema.String), Mode: Schema.String })
    )
  }),
  response: Schema.Struct({ InstanceSet: Schema.Array(Schema.Struct({ InstanceId: Schema.String })) }),
  errors: []
})

const newRequest = {
  Colour: "blue",
  InstanceIds: ["ins-a"],
  Filters: [{ Name: "zone", Values: ["ap-guangzhou-3"], Mode: "new" }]
}

describe("requests that are newer than the catalogue", () => {
  const accepting = serve({ unknown: "accept" })

  it.effect("P8: an emulator that accepts them ignores unknown members", () =>
    Effect.gen(function* () {
      const { InstanceSet } = yield* ApiClient.call(withMember, newRequest)
      assert.deepStrictEqual(
        InstanceSet.map(({ InstanceId }) => InstanceId),
        ["ins-a"]
      )
      const body = { InstanceIds: ["ins-a"], New: { Deep: [1] } }
      assert.strictEqual(yield* ask({ product: "cvm", action: "TerminateInstances", body }), "answered")
      // Everything else is checked as before.
      for (const [code, wrong] of [
        ["MissingParameter", { New: 1 }],
        ["InvalidParameter", { New: 1, InstanceIds: [1] }],
        ["InvalidParameterValue", { New: 1, InstanceIds: [""] }]
      ] as const) {
        assert.strictEqual(yield* ask({ product: "cvm", action: "TerminateInstances", body: wrong }), code)
      }
      const parameters = { Action: "DescribeInstances", Version: "2017-03-12", "New.0.Deep": "1", Limit: "1" }
      assert.strictEqual(yield* codeOf(v1({ host: "cvm.tencentcloudapi.com", parameters })), "answered")
    }).pipe(Effect.provide(accepting))
  )

  it.effect("P8: it answers an unknown action of a known product with a bare RequestId", () =>
    Effect.gen(function* () {
      assert.hasAllKeys(yield* ApiClient.call(newer, { Colour: "blue" }), ["RequestId"])
      for (let index = 0; index < 300; index++) {
        assert.strictEqual(yield* ask({ product: "cvm", action: `Describe${index}`, body: { Any: index } }), "answered")
      }
      const request = requestOf({ product: "cvm", action: "DescribeMarvels" })
      const elsewhere = (headers: Readonly<Record<string, string>>) =>
        codeOf({ ...request, headers: { ...request.headers, ...headers } })
      assert.strictEqual(yield* elsewhere({ "x-tc-version": "2001-01-01" }), "NoSuchVersion")
      assert.strictEqual(yield* elsewhere({ host: "marvel.tencentcloudapi.com" }), "NoSuchProduct")
      assert.strictEqual(yield* elsewhere({ "x-tc-token": "x" }), "AuthFailure.TokenFailure")
    }).pipe(Effect.provide(accepting))
  )

  it.effect("P8: by default both are refused, as the real service does", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(ApiClient.call(newer, { Colour: "blue" })))._tag, "InvalidAction")
      assert.strictEqual((yield* Effect.flip(ApiClient.call(withMember, newRequest)))._tag, "UnknownParameter")
    }).pipe(Effect.provide(serve()))
  )

  it.effect("P8: a body of unknown members takes a time in proportion to its size", () =>
    Effect.gen(function* () {
      const body = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`New${index}`, [{ Deep: index }]]))
      assert.strictEqual(yield* ask({ product: "cvm", action: "DescribeInstances", body }), "answered")
    }).pipe(Effect.provide(accepting))
  )

  it.scoped("P8: the same over a socket", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const { url } = yield* NodeGateway.serve({ shutdownGrace: 0 })
      const client = Client.layer(
        Layer.orDie(NodeTransport.layer()),
        { endpoint: url, region: "ap-guangzhou", retry: RetryPolicy.none },
        { credential: CredentialProvider.layerStatic(Emulator.key), clock: ClockSync.layerSystem }
      )
      yield* Effect.gen(function* () {
        assert.hasAllKeys(yield* ApiClient.call(newer, { Colour: "blue" }), ["RequestId"])
        assert.lengthOf((yield* ApiClient.call(withMember, newRequest)).InstanceSet, 1)
      }).pipe(Effect.provide(client))
    }).pipe(
      Effect.provide(
        Gateway.layer().pipe(
          Layer.provide(CredentialValidator.layer),
          Layer.provide([
            Emulator.layer({ unknown: "accept" }).pipe(Layer.provide(CatalogueLive)),
            KeyStore.layerMemory([Emulator.key]),
            TimestampValidator.layer,
            Authorizer.layerAllowAll,
            RateLimiter.layerUnlimited
          ])
        )
      )
    )
  )
})
