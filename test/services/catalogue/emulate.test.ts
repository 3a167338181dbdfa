/** A gateway that serves products with no handler written, and a client of it, in one process. */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Catalogue from "effect-tencentcloud/Catalogue"
import * as Emulator from "effect-tencentcloud/Emulator"
import * as Envelope from "effect-tencentcloud/Envelope"
import * as FaultInjector from "effect-tencentcloud/FaultInjector"
import type { Handlers } from "effect-tencentcloud/Gateway"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import * as Cdb from "effect-tencentcloud/products/cdb"
import * as Chdfs from "effect-tencentcloud/products/chdfs/v20190718"
import * as Cvm from "effect-tencentcloud/products/cvm"
import * as Hunyuan from "effect-tencentcloud/products/hunyuan"
import * as Monitor from "effect-tencentcloud/products/monitor/v20180724"
import { product as newerMonitor } from "effect-tencentcloud/products/monitor/v20230616"
import * as Sts from "effect-tencentcloud/products/sts"
import * as Vpc from "effect-tencentcloud/products/vpc"
import { now, v3 } from "../../fixtures/Signed.js"

const CatalogueLive = Catalogue.layerOf([
  ...[Cdb, Chdfs, Cvm, Hunyuan, Monitor, Sts, Vpc].map(({ product }) => product),
  newerMonitor
])

const EmulatorLive = Emulator.layer().pipe(Layer.provide(CatalogueLive))

const serve = (...handlers: [Layer.Layer<Handlers>, ...ReadonlyArray<Layer.Layer<Handlers>>]) =>
  InProcess.layer.pipe(Layer.provide(Layer.mergeAll(...handlers)))

const emulated = serve(EmulatorLive)

const withoutId = <A extends { readonly RequestId: string }>({ RequestId: _, ...rest }: A) => rest

const collect = <A, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)

/** What the gateway says to a request as it is on the wire. */
const answer = (parts: Parameters<typeof v3>[0]) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(now * 1000)
    const { handle } = yield* Gateway.Gateway
    const { body } = yield* handle(v3(parts))
    return Envelope.decode(body)
  }).pipe(Effect.flatten)

describe("an emulated product", () => {
  it.effect("answers with the requested objects, in the form of its shapes", () =>
    Effect.gen(function* () {
      const { InstanceSet = [], TotalCount } = yield* Cvm.DescribeInstances({ InstanceIds: ["ins-a", "ins-b"] })
      assert.deepStrictEqual(
        InstanceSet.map(({ InstanceId }) => InstanceId),
        ["ins-a", "ins-b"]
      )
      assert.strictEqual(TotalCount, 2)
      for (const { Placement } of InstanceSet) assert.match(Placement?.Zone ?? "", /^ap-guangzhou-\d$/)
      const elsewhere = yield* Cvm.DescribeZones({}, { region: "eu-frankfurt" })
      for (const { Zone } of elsewhere.ZoneSet ?? []) assert.match(Zone ?? "", /^eu-frankfurt-\d$/)
      const { InstanceIdSet = [] } = yield* Cvm.RunInstances({
        Placement: { Zone: "ap-guangzhou-3" },
        InstanceCount: 3
      })
      assert.lengthOf(InstanceIdSet, 3)
      for (const id of InstanceIdSet) assert.match(id, /^ins-[0-9a-z]{8}$/)
    }).pipe(Effect.provide(emulated))
  )

  it.effect("answers the same request with the same result all day, and differs with another seed", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const ask = Effect.map(Vpc.DescribeVpcs({ Limit: "5" }), withoutId)
      const first = yield* ask
      yield* TestClock.adjust("23 hours")
      assert.deepStrictEqual(yield* ask, first)
      assert.deepStrictEqual(yield* Effect.provide(ask, serve(EmulatorLive)), first)
      const other = Emulator.layer({ seed: "another" }).pipe(Layer.provide(CatalogueLive))
      assert.notDeepEqual(yield* Effect.provide(ask, serve(other)), first)
      yield* TestClock.adjust("1 day")
      assert.notDeepEqual(yield* ask, first)
    }).pipe(Effect.provide(emulated))
  )

  it.effect("can be made from a catalogue that is already loaded", () =>
    Effect.gen(function* () {
      const { AccountId = "" } = yield* Sts.GetCallerIdentity()
      assert.isNotEmpty(AccountId)
    }).pipe(
      Effect.provide(
        serve(
          Layer.unwrapEffect(
            Effect.map(Catalogue.Catalogue, (catalogue) =>
              Layer.provide(Emulator.layer({ seed: 1 }), Layer.succeed(Catalogue.Catalogue, catalogue))
            )
          ).pipe(Layer.provide(CatalogueLive))
        )
      )
    )
  )

  it.effect.each([1, 7, 20, 100])("returns each item once over pages of %d, and then ends", (Limit) =>
    Effect.gen(function* () {
      const all = yield* Cvm.DescribeInstances({ Limit: 100 })
      assert.deepStrictEqual(yield* collect(Cvm.DescribeInstances.items({ Limit })), all.InstanceSet)
      assert.strictEqual(new Set(all.InstanceSet?.map(({ InstanceId }) => InstanceId)).size, all.TotalCount)
      const subnets = yield* Vpc.DescribeSubnets({ Limit: "100" })
      assert.deepStrictEqual(yield* collect(Vpc.DescribeSubnets.items({ Limit: String(Limit) })), subnets.SubnetSet)
      const packs = yield* Cvm.DescribeResourcePoolPacks({ MaxResults: 100 })
      const pages = yield* collect(Cvm.DescribeResourcePoolPacks.pages({ MaxResults: Limit }))
      assert.deepStrictEqual(
        pages.flatMap(({ DedicatedResourcePackSet = [] }) => DedicatedResourcePackSet),
        packs.DedicatedResourcePackSet
      )
      assert.lengthOf(pages, Math.ceil((packs.DedicatedResourcePackSet ?? []).length / Limit))
    }).pipe(Effect.provide(emulated))
  )

  it.effect("rejects a request that does not fit its shape", () =>
    Effect.gen(function* () {
      const host = "cvm.tencentcloudapi.com"
      const ask = (body: object) =>
        answer({
          action: "TerminateInstances",
          host,
          service: "cvm",
          body: JSON.stringify(body),
          headers: { "x-tc-version": "2017-03-12" }
        })
      const InstanceIds = ["ins-a"]
      const answers = yield* Effect.forEach(
        [{}, { InstanceIds, InstanceId: "ins-a" }, { InstanceIds: ["ins-a", 1] }],
        ask
      )
      assert.deepStrictEqual(
        answers.map((envelope) => (envelope._tag === "Failure" ? [envelope.code, envelope.message] : [])),
        [
          ["MissingParameter", "The request is missing a required parameter `InstanceIds`."],
          ["UnknownParameter", "The parameter `InstanceId` is not recognized."],
          [
            "InvalidParameter",
            "The value type of parameter `InstanceIds.1` is not valid, input type should be `string`"
          ]
        ]
      )
      const { message } = yield* ApiClient.dryRun(Cvm.RunInstances.action, {})
      assert.strictEqual(message, "The request would have succeeded, but the parameter `DryRun` is set.")
    }).pipe(Effect.provide(emulated))
  )

  it.effect.each([
    ["ebs", "2026-01-01", "DescribeVolumes", "NoSuchProduct", "The specified product=`ebs` does not exist."],
    [
      "monitor",
      "2017-03-12",
      "GetMonitorData",
      "NoSuchVersion",
      "The specified api version=`2017-03-12` does not exist in service=`monitor`."
    ],
    [
      "monitor",
      "2023-06-16",
      "GetMonitorData",
      "InvalidAction",
      "The request action=`GetMonitorData` is invalid or not found in service=`monitor` and version=`2023-06-16`."
    ],
    [
      "cvm",
      "2017-03-12",
      "constructor",
      "InvalidAction",
      "The request action=`constructor` is invalid or not found in service=`cvm` and version=`2017-03-12`."
    ],
    ["chdfs", "2019-07-18", "DescribeFileSystem", "ActionOffline", "The action `DescribeFileSystem` is offline."]
  ] as const)("rejects %s %s %s with %s", ([product, version, action, code, message]) =>
    Effect.gen(function* () {
      const envelope = yield* answer({
        action,
        host: `${product}.tencentcloudapi.com`,
        service: product,
        headers: { "x-tc-version": version }
      })
      assert.deepInclude(envelope, { _tag: "Failure", code, message })
    }).pipe(Effect.provide(emulated))
  )

  it.effect("is found by action and version if the host does not name it", () =>
    Effect.gen(function* () {
      const local = (action: string, version: string) =>
        answer({ action, host: "localhost:9140", service: "localhost:9140", headers: { "x-tc-version": version } })
      const found = yield* Effect.all([
        local("DescribeZones", "2017-03-12"),
        local("DescribeVpcs", "2017-03-12"),
        local("GetCallerIdentity", "2018-08-13"),
        local("DescribeVpcs", "2018-08-13"),
        local("DescribeVpcs", "2017-03-11")
      ])
      assert.deepStrictEqual(
        found.map((envelope) => (envelope._tag === "Failure" ? envelope.code : Object.keys(envelope.response)[0])),
        ["TotalCount", "TotalCount", "Arn", "InvalidAction", "NoSuchVersion"]
      )
    }).pipe(Effect.provide(emulated))
  )

  it.effect("warns that an action is deprecated", () =>
    Effect.gen(function* () {
      const envelope = yield* answer({
        action: "DescribeAuditRules",
        host: "cdb.tencentcloudapi.com",
        service: "cdb",
        headers: { "x-tc-version": "2017-03-20" }
      })
      if (envelope._tag === "Failure") return assert.fail(envelope.message)
      assert.propertyVal(envelope.response, "DeprecatedWarning", "DescribeAuditRules is deprecated.")
    }).pipe(Effect.provide(emulated))
  )

  const byHand = Gateway.handlers(Product.make([Cvm.DescribeZones, Monitor.GetMonitorData]), {
    DescribeZones: () => Effect.succeed({ TotalCount: 0, ZoneSet: [] }),
    GetMonitorData: ({ MetricName }) => Effect.succeed({ MetricName: `${MetricName}, by hand` })
  })

  it.effect.each([
    ["before", serve(byHand, EmulatorLive)],
    ["after", serve(EmulatorLive, byHand)]
  ] as const)("uses handwritten handlers first, action by action, if they are merged %s it", ([, layer]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(withoutId(yield* Cvm.DescribeZones()), { TotalCount: 0, ZoneSet: [] })
      const asked = { Namespace: "QCE/CVM", MetricName: "CPUUsage", Instances: [] }
      assert.deepStrictEqual(withoutId(yield* Monitor.GetMonitorData(asked)), { MetricName: "CPUUsage, by hand" })
      assert.isNotEmpty((yield* Cvm.DescribeRegions()).RegionSet)
      assert.isNotEmpty((yield* Monitor.DescribeBaseMetrics({ Namespace: "QCE/CVM" })).MetricSet)
    }).pipe(Effect.provide(layer))
  )

  it.effect("fails with a declared code if a rule says so", () =>
    Effect.gen(function* () {
      const tried = yield* Effect.forEach(["ap-guangzhou", "ap-shanghai"], (region) =>
        Cvm.RunInstances({ Placement: { Zone: `${region}-1` } }, { region }).pipe(
          Effect.as("started"),
          Effect.catchTag("LimitExceeded.InstanceQuota", (error) => {
            assert.instanceOf(error, Cvm.LimitExceededInstanceQuota)
            return Effect.succeed(error.reason)
          })
        )
      )
      assert.deepStrictEqual(tried, ["sold out", "started"])
      assert.strictEqual((yield* Effect.flip(Sts.GetCallerIdentity()))._tag, "AuthFailure.AccessKeyIllegal")
      assert.isString((yield* Sts.GetCallerIdentity()).Arn)
    }).pipe(
      Effect.provide(
        InProcess.layer.pipe(
          Layer.provide([
            EmulatorLive,
            FaultInjector.layer([
              {
                product: "cvm",
                action: "RunInstances",
                region: "ap-guangzhou",
                fault: FaultInjector.error("LimitExceeded.InstanceQuota", "sold out")
              },
              { action: "GetCallerIdentity", nth: 1, fault: FaultInjector.error("AuthFailure.AccessKeyIllegal") }
            ])
          ])
        )
      )
    )
  )
})

describe("an emulated action that streams", () => {
  const request = { Model: "hunyuan-lite", Messages: [{ Role: "user", Content: "Hello" }] }

  it.effect("answers with one result or with events, as the request asks", () =>
    Effect.gen(function* () {
      const { Choices: [plain] = [], Id } = yield* Hunyuan.ChatCompletions(request)
      assert.isString(Id)
      assert.isString(plain?.Message?.Content)
      assert.isUndefined(plain?.Delta)
      assert.deepStrictEqual(
        withoutId(yield* Hunyuan.ChatCompletions({ ...request, Stream: false })).Choices?.length,
        1
      )
      const events = yield* collect(Hunyuan.ChatCompletions.stream(request))
      assert.isAbove(events.length, 1)
      for (const { Choices: [part] = [] } of events) {
        assert.isString(part?.Delta?.Content)
        assert.isUndefined(part?.Message)
      }
      const reasons = events.map(({ Choices: [part] = [] }) => part?.FinishReason)
      assert.deepStrictEqual(reasons, [...reasons.slice(1).map(() => ""), "stop"])
      assert.strictEqual(new Set(events.map(({ Id }) => Id)).size, 1)
      const again = yield* collect(Hunyuan.ChatCompletions.stream(request))
      assert.deepStrictEqual(again.map(withoutId), events.map(withoutId))
    }).pipe(Effect.provide(emulated))
  )

  it.effect("fails before it streams, and uses a handwritten handler first", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Stream.runDrain(Hunyuan.ChatCompletions.stream(request, { region: "eu-moscow" }))
      )
      assert.strictEqual(error._tag, "LimitExceeded")
      const served = Gateway.handlers(Product.make([Hunyuan.ChatCompletions.streaming]), {
        ChatCompletions: ({ Model }) => Stream.make({ Note: Model }, { Note: "the end" })
      })
      const notes = yield* Effect.provide(
        collect(Stream.map(Hunyuan.ChatCompletions.stream(request), ({ Note }) => Note)),
        serve(EmulatorLive, served)
      )
      assert.deepStrictEqual(notes, ["hunyuan-lite", "the end"])
    }).pipe(
      Effect.provide(
        InProcess.layer.pipe(
          Layer.provide([
            EmulatorLive,
            FaultInjector.layer([{ region: "eu-moscow", fault: FaultInjector.error("LimitExceeded") }])
          ])
        )
      )
    )
  )

  it.effect("A7: fails for a caller that expects one result, and names `.stream`", () =>
    Effect.gen(function* () {
      // The types forbid it. A program without types can still do it.
      const streaming = { ...request, Stream: true } as never
      const error = yield* Effect.flip(ApiClient.call(Hunyuan.ChatCompletions.action, streaming))
      assert.strictEqual(error._tag, "MalformedResponse")
      assert.include(error.message, "`ChatCompletions.stream`")
    }).pipe(Effect.provide(emulated))
  )
})
