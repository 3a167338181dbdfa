/** How exactly a client checks requests and answers. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Cvm from "effect-tencentcloud/products/cvm"
import * as Issue from "../../../src/domain/errors/Issue.js"
import * as Network from "../../fixtures/ScriptedTransport.js"

const client = (body: string, options: ApiClient.Options = {}) =>
  ApiClient.layerTransport(options).pipe(
    Layer.provide(CredentialProvider.layerStatic(InProcess.key)),
    Layer.provideMerge(Network.layer(Network.answer(body)))
  )

const zones = (members: string) => `{"Response":{${members}"RequestId":"r-1"}}`

describe("a request", () => {
  const wrong = { Limit: "ten", Filters: [{ Name: "zone" }], Color: "red" } as never

  it.effect("is checked before it is sent, and the error names every fault", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Cvm.DescribeInstances(wrong))
      if (error._tag !== "InvalidRequestInput") return assert.fail(error._tag)
      assert.deepStrictEqual(error.issues.map(Issue.format).sort(), [
        "`Color` is not known",
        "`Filters.0.Values` is missing",
        "`Limit` is string where int64 was expected"
      ])
      assert.isEmpty(yield* Network.Wiretap)
    }).pipe(Effect.provide(client(zones(""))))
  )

  it.effect("is sent as it is with `check: false`", () =>
    Effect.gen(function* () {
      yield* Cvm.DescribeInstances(wrong, { check: false })
      const [sent] = yield* Network.Wiretap
      assert.strictEqual(sent?.request.body, JSON.stringify(wrong))
    }).pipe(Effect.provide(client(zones(""))))
  )

  it.effect("without a JSON form is rejected, checked or not", () =>
    Effect.gen(function* () {
      const circular: Record<string, unknown> = {}
      circular.InstanceIds = circular
      const error = yield* Effect.flip(Cvm.DescribeInstances(circular as never, { check: false }))
      assert.strictEqual(error._tag, "InvalidRequestInput")
      assert.isEmpty(yield* Network.Wiretap)
    }).pipe(Effect.provide(client(zones(""))))
  )

  it.effect("is rejected if the option is invalid", () =>
    Effect.map(Effect.flip(Cvm.DescribeZones({}, { check: "no" as never })), (error) =>
      assert.strictEqual(error._tag, "InvalidRequestInput")
    ).pipe(Effect.provide(client(zones(""))))
  )
})

describe("an answer", () => {
  const odd = zones('"TotalCount":"2","ZoneSet":[{"Zone":"ap-guangzhou-1","ZoneName":null,"Color":1}],"More":true,')

  it.effect("is read with tolerance by default", () =>
    Effect.map(Cvm.DescribeZones(), (answer) =>
      assert.deepStrictEqual<unknown>(answer, {
        TotalCount: 2,
        ZoneSet: [{ Zone: "ap-guangzhou-1", Color: 1 }],
        More: true,
        RequestId: "r-1"
      })
    ).pipe(Effect.provide(client(odd)))
  )

  it.effect("must be exact with `strict: true`, and the error names every deviation", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Cvm.DescribeZones({}, { strict: true }))
      if (error._tag !== "MalformedResponse") return assert.fail(error._tag)
      for (const path of ["TotalCount", "ZoneSet.0.ZoneName", "ZoneSet.0.Color", "More"]) {
        assert.include(error.reason, `\`${path}\``)
      }
      assert.strictEqual(Redacted.value(error.body), odd)
    }).pipe(Effect.provide(client(odd)))
  )

  it.effect("that is exact passes, even if the envelope adds members", () =>
    Effect.map(Cvm.DescribeZones({}, { strict: true }), ({ TotalCount }) => assert.strictEqual(TotalCount, 0)).pipe(
      Effect.provide(client(zones('"TotalCount":0,"ZoneSet":[],"DeprecatedWarning":"soon",')))
    )
  )

  const big = zones('"TotalCount":9223372036854775807,"ZoneSet":[],')

  it.effect(
    "with an integer that a number cannot hold arrives without it, and fails strictly, with its path and the raw body",
    () =>
      Effect.gen(function* () {
        assert.deepStrictEqual<unknown>(yield* Cvm.DescribeZones(), { ZoneSet: [], RequestId: "r-1" })
        const error = yield* Effect.flip(Cvm.DescribeZones({}, { strict: true }))
        if (error._tag !== "MalformedResponse") return assert.fail(error._tag)
        assert.include(error.reason, "`TotalCount` is the integer 9223372036854775807")
        assert.strictEqual(Redacted.value(error.body), big)
      }).pipe(Effect.provide(client(big)))
  )

  it.effect("has another type if the action has another response", () => {
    const Exact = ApiClient.callable(
      Action.withResponse(Cvm.DescribeZones.action, Schema.Struct({ TotalCount: Schema.BigIntFromSelf }))
    )
    return Effect.map(Exact(), ({ TotalCount }) => {
      const total: bigint = TotalCount
      assert.strictEqual(total, 9223372036854775807n)
    }).pipe(Effect.provide(client(big)))
  })
})
