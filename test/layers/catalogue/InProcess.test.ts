import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import { now } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"

const key = { secretId: "AKIDsub", secretKey: "key" }
const keys = Layer.merge(KeyStore.layerMemory([{ ...key, identity: "2" }]), CredentialProvider.layerStatic(key))

describe("InProcess.layer", () => {
  it.effect.each<{ name: string; given: Layer.Layer<never>; expected: string }>([
    { name: "nothing", given: Layer.empty, expected: "done" },
    {
      name: "a clock six minutes ahead",
      given: ClockSync.layerSkewed("6 minutes"),
      expected: "AuthFailure.SignatureExpire"
    },
    {
      name: "another key of the client's",
      given: CredentialProvider.layerStatic(key),
      expected: "AuthFailure.SecretIdNotFound"
    },
    {
      name: "another key of the gateway's",
      given: KeyStore.layerMemory([key]),
      expected: "AuthFailure.SecretIdNotFound"
    },
    { name: "the same key of both", given: keys, expected: "done" },
    {
      name: "policies",
      given: Layer.merge(keys, Layer.orDie(Authorizer.layerPolicies({}))),
      expected: "AuthFailure.UnauthorizedOperation"
    },
    { name: "limits", given: RateLimiter.layerMemory({ action: 0 }), expected: "RequestLimitExceeded" },
    {
      name: "a gateway's clock six minutes ahead",
      given: TimestampValidator.layerSkewed("6 minutes"),
      expected: "AuthFailure.SignatureExpire"
    },
    {
      name: "a CredentialValidator that rejects",
      given: Layer.succeed(CredentialValidator.CredentialValidator, {
        identify: () => CredentialValidator.reject("disabled key"),
        verify: () => Effect.void,
        checkMfa: () => Effect.void
      }),
      expected: "AuthFailure.SecretIdNotFound"
    }
  ])("a call with $name ends with $expected", ({ expected, given }) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const call = Volumes.CreateVolume({ Size: 10 }).pipe(Effect.as("done"))
      const outcome = yield* Effect.merge(Effect.mapError(call, ({ _tag }) => _tag))
      assert.strictEqual(outcome, expected)
    }).pipe(Effect.provide(InProcess.layer.pipe(Layer.provide(Volumes.layer()), Layer.provide(given))))
  )

  it.effect.each<{ readonly encoding: "json" | "query" | "form" }>([
    { encoding: "json" },
    { encoding: "query" },
    { encoding: "form" }
  ])("sends and returns nested parameters as $encoding", ({ encoding }) =>
    Effect.gen(function* () {
      const { Names } = yield* Volumes.DescribeVolumes(
        { Filters: [{ Name: "zone", Values: ["a b", "\u672a", "+&="] }] },
        { encoding }
      )
      assert.deepStrictEqual(Names, ["a b", "\u672a", "+&="])
    }).pipe(Effect.provide(Layer.provide(InProcess.layer, Volumes.layer())))
  )

  it.effect.each(["multipart", "octet-stream"] as const)("sends bytes as %s", (encoding) =>
    Effect.gen(function* () {
      const Content = new Uint8Array([0, 13, 10, 45, 45, 255])
      const { Bytes, Name } = yield* Volumes.ImportVolume({ Name: "disk 1", Content }, { encoding })
      assert.deepStrictEqual([Bytes, Name], [6, "disk 1"])
    }).pipe(Effect.provide(Layer.provide(InProcess.layer, Volumes.layer())))
  )

  it.effect.each(["multipart", "octet-stream"] as const)("sends a list and bytes as %s", (encoding) =>
    Effect.map(
      Volumes.ImportVolume({ Name: "disk", Tags: ["a", "b"], Content: new Uint8Array([1, 2]) }, { encoding }),
      ({ Bytes, Name }) => assert.deepStrictEqual({ Bytes, Name }, { Bytes: 2, Name: "disk,a,b" })
    ).pipe(Effect.provide(Layer.provide(InProcess.layer, Volumes.layer())))
  )

  it.effect("uses its options in each call", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Volumes.CreateVolume({ Size: 10, DryRun: true }))
      assert.include(error.message, "DryRun 操作，请求参数合法，仅因设置了 `DryRun` 而未执行。 (")
    }).pipe(
      Effect.provide(
        InProcess.layerWith({ language: "zh-CN", retry: RetryPolicy.exponential() }).pipe(
          Layer.provide(Volumes.layer())
        )
      )
    )
  )

  it.effect("used twice in one program, each client calls its own gateway with its own key", () => {
    class Client extends Context.Tag("test/Client")<
      Client,
      { readonly names: Effect.Effect<ReadonlyArray<string>, unknown> }
    >() {}
    class Other extends Context.Tag("test/Other")<
      Other,
      { readonly names: Effect.Effect<ReadonlyArray<string>, unknown> }
    >() {}
    const cloud = (name: string) =>
      InProcess.layer.pipe(
        Layer.provide([
          Volumes.layer({
            DescribeVolumes: (_, { identity }) => Effect.succeed({ TotalCount: 1, Names: [name, identity] })
          }),
          KeyStore.layerMemory([{ secretId: `AKID${name}`, secretKey: name, identity: `${name}'s` }]),
          CredentialProvider.layerStatic({ secretId: `AKID${name}`, secretKey: name })
        ])
      )
    const names = Effect.map(ApiClient.ApiClient, (client) => ({
      names: Effect.map(client.call(Volumes.DescribeVolumes.action, {}), ({ Names }) => Names)
    }))
    const both = Layer.merge(
      Layer.provide(Layer.effect(Client, names), cloud("one")),
      Layer.provide(Layer.effect(Other, names), cloud("two"))
    )
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* (yield* Client).names, ["one", "one's"])
      assert.deepStrictEqual(yield* (yield* Other).names, ["two", "two's"])
    }).pipe(Effect.provide(both))
  })
})
