/** What a handler fails with is what the caller gets: the law that holds both ends together. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as ApiError from "effect-tencentcloud/ApiError"
import * as CommonError from "effect-tencentcloud/CommonError"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import { GatewayServer } from "effect-tencentcloud/NodeGateway"
import * as Product from "effect-tencentcloud/Product"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import { uuid } from "../../fixtures/Answer.js"
import { NoSuchVolume, VolumeAttached } from "../../fixtures/Volumes.js"

class TrailingDot extends ApiError.ApiError("FailedOperation.") {}
class Underscored extends ApiError.ApiError("LimitExceeded.Disk_Size.Max") {}

const declared = [VolumeAttached, NoSuchVolume, TrailingDot, Underscored, CommonError.InternalErrorAsyncRequestError]

/** The classes, as one type: that of a common code, so that a handler may raise any of them. */
type Class = new (props: { readonly message: string; readonly code?: string }) => CommonError.CommonError
const classes = [...CommonError.classes, ...declared].map(
  (each) => each as unknown as Class & { readonly code: string }
)

const Fail = ApiClient.callable(
  Action.make("Fail", {
    product: "ebs",
    version: "2026-01-01",
    request: Schema.Struct({ Index: Schema.Int, Message: Schema.String, Below: Schema.String }),
    response: Schema.Struct({}),
    errors: declared
  })
)

/** Raises the class with that index, and a code below its own where one is given. */
const raise = (index: number, message: string, below: string) => {
  const Raised = classes[index] ?? assert.fail()
  return new Raised({ message, code: `${Raised.code}${below}` })
}

const FailLive = Gateway.handlers(Product.make([Fail]), {
  Fail: ({ Below, Index, Message }) => Effect.fail(raise(Index, Message, Below))
})

const gateway = InProcess.layer.pipe(Layer.provide([FailLive, RateLimiter.layerUnlimited]))

const overHttp = Layer.unwrapEffect(
  Effect.map(GatewayServer, ({ address }) =>
    ApiClient.layerHttp({ endpoint: address.url, region: "ap-guangzhou", retry: RetryPolicy.none })
  )
).pipe(
  Layer.provide(NodeGateway.layer()),
  Layer.provide(Layer.effect(Gateway.Gateway, Gateway.Gateway).pipe(Layer.provide(gateway))),
  Layer.provide([FetchHttpClient.layer, CredentialProvider.layerStatic(InProcess.key)])
)

const check = (index: number, message: string, below: string) =>
  Effect.gen(function* () {
    const raised = raise(index, message, below)
    const error = yield* Effect.flip(Fail({ Index: index, Message: message, Below: below }))
    if (!ApiError.isApiError(error)) return assert.fail(error._tag)
    assert.strictEqual<unknown>(error.constructor, raised.constructor)
    const { host, requestId, ...fields } = error
    assert.isNotEmpty(host)
    assert.match(requestId, uuid)
    // The client adds to an expired signature what the clocks say.
    const advice = error._tag === "AuthFailure.SignatureExpire" ? fields.reason.slice(message.length) : ""
    assert.deepStrictEqual<unknown>(
      { ...fields, category: error.category },
      {
        _tag: raised._tag,
        code: raised.code,
        reason: `${message}${advice}`,
        category: raised.category,
        product: "ebs",
        action: "Fail",
        region: "ap-guangzhou"
      }
    )
  })

const text = FastCheck.oneof(
  FastCheck.string({ unit: "binary" }),
  FastCheck.string({
    unit: FastCheck.constantFrom("\ud800", "\udfff", "\u0000", "\u2028", "\ufeff", '"', "\\", "\r\n")
  })
)

describe("an error of a handler", () => {
  it.effect("arrives as the same class with the same fields, with any message", () =>
    Effect.gen(function* () {
      const run = Runtime.runSync(yield* Effect.runtime<ApiClient.ApiClient>())
      const index = FastCheck.nat(classes.length - 1)
      const below = FastCheck.constantFrom("", ".Zone", ".Zone.", ".A_1.B-2")
      FastCheck.assert(
        FastCheck.property(index, text, below, (...raised) => run(check(...raised))),
        { numRuns: 1000 }
      )
    }).pipe(Effect.provide(gateway))
  )

  it.scopedLive("arrives in the same way over HTTP, for every class", () =>
    Effect.forEach(classes, (_, index) => check(index, "\u672a\ud800 \u2028\r\n\u0000 \"'", "")).pipe(
      Effect.provide(overHttp)
    )
  )
})
