/** Inputs that a hostile or a careless caller gives, at either end: each is told, and none dies or hangs. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import type { RetryPolicy } from "effect-tencentcloud/RetryPolicy"
import * as Throttle from "effect-tencentcloud/Throttle"

const shared = { Note: "the same object each time" }

const Keep = ApiClient.callable(
  Action.make("Keep", {
    product: "store",
    version: "2026-01-01",
    request: Schema.Struct({ Token: Schema.optional(Schema.String), Any: Schema.optional(Schema.Unknown) }),
    response: Schema.transform(Schema.Unknown, Schema.typeSchema(Schema.Struct({ Note: Schema.String })), {
      strict: true,
      decode: () => shared,
      encode: () => ({})
    }),
    errors: []
  })
)

const KeepLive = InProcess.layer.pipe(
  Layer.provide(Gateway.handlers(Product.make([Keep]), { Keep: () => Effect.succeed(shared) }))
)

const circular: Record<string, unknown> = {}
circular.Self = circular

describe("a call", () => {
  it.effect.each<{ readonly name: string; readonly request: object; readonly options: object; readonly told: string }>([
    {
      name: "a retry policy that throws",
      request: {},
      options: { retry: () => assert.fail("planted") },
      told: "`options.retry`"
    },
    { name: "an invalid retry policy", request: {}, options: { retry: "often" }, told: "`options.retry`" },
    {
      name: "a member that contains itself, in a query",
      request: { Any: circular },
      options: { encoding: "query" },
      told: "holds itself"
    },
    {
      name: "a member whose name version 1 reserves",
      request: { Token: "t" },
      options: { encoding: "form" },
      told: "`Token`"
    }
  ])("with $name is rejected before anything is sent", ({ options, request, told }) =>
    Effect.map(Effect.flip(Keep(request, options as { readonly retry?: RetryPolicy })), (error) => {
      assert.strictEqual(error._tag, "InvalidRequestInput")
      assert.include(error.message, told)
    }).pipe(Effect.provide(KeepLive))
  )

  it.effect("never writes into an object that its decoder shares", () =>
    Effect.gen(function* () {
      const [first, second] = [yield* Keep(), yield* Keep()]
      assert.notStrictEqual(first.RequestId, second.RequestId)
      assert.deepStrictEqual(Object.keys(shared), ["Note"])
    }).pipe(Effect.provide(KeepLive))
  )
})

it.effect("a caller gets no more calls by inventing regions for the host name, but does with another real region", () =>
  Effect.gen(function* () {
    const call = (region: string) =>
      Effect.match(Keep({}, { endpoint: `store.${region}.tencentcloudapi.com` }), {
        onFailure: ({ _tag }) => _tag,
        onSuccess: () => "answered"
      })
    assert.deepStrictEqual(
      yield* Effect.forEach(["no-where", "some-where", "else-where", "ap-guangzhou", "ap-shanghai"], call),
      ["answered", "answered", "RequestLimitExceeded", "answered", "answered"]
    )
  }).pipe(Effect.provide(Layer.provide(KeepLive, RateLimiter.layerMemory({ action: 2 }))))
)

it.effect("a limit of zero does not make a caller wait for ever", () =>
  Effect.flatMap(Throttle.Throttle, (throttle) =>
    throttle.wait({
      product: "store",
      action: "Keep",
      accessRegion: "",
      account: "",
      identity: "",
      address: undefined,
      limit: 0
    })
  ).pipe(
    Effect.as("went"),
    Effect.map((outcome) => assert.strictEqual(outcome, "went")),
    Effect.provide(Throttle.layerMemory({}))
  )
)
