/** A3: integers past 2^53 in requests of the catalogue, from a client through every encoding to a handler, and back. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import * as Gme from "effect-tencentcloud/products/gme"
import * as Wav from "effect-tencentcloud/products/wav"

const snowflake = 446192236330927936n

const request: Wav.CreateLeadRequest = {
  ChannelId: 1,
  ChannelName: "c",
  CreateTime: 1,
  SourceType: 1,
  DealerId: snowflake,
  BrandId: 7n,
  SeriesId: 8,
  ModelId: 2n ** 64n - 1n,
  CustomerName: "n",
  CustomerPhone: "p"
}

const arrive = (options?: ApiClient.Options) =>
  Effect.gen(function* () {
    let arrived: unknown
    const layer = Layer.provide(
      InProcess.layer,
      Gateway.handlers(Product.make([Wav.CreateLead]), {
        CreateLead: (request) =>
          Effect.sync(() => {
            arrived = request
            return {}
          })
      })
    )
    yield* Wav.CreateLead(request, options).pipe(Effect.provide(layer))
    return arrived
  })

describe("A3: an integer past 2^53 in a request", () => {
  it.effect.each(["json", "query", "form"] as const)("arrives at the handler with every digit: %s", (encoding) =>
    Effect.gen(function* () {
      assert.deepStrictEqual<unknown>(yield* arrive({ encoding }), { ...request, BrandId: 7 })
    })
  )
})

describe("A3: an integer past 2^53 in an answer", () => {
  const serve = (TaskId: bigint) =>
    Layer.provide(
      InProcess.layer,
      Gateway.handlers(Product.make([Gme.StartRecord]), { StartRecord: () => Effect.succeed({ TaskId }) })
    )

  it.effect.each([0n, 5n, snowflake, 2n ** 64n - 1n])("is a bigint, as the handler returned it: %s", (id) =>
    Effect.gen(function* () {
      const { TaskId } = yield* Gme.StartRecord({ BizId: 1, RoomId: "r", RecordMode: 1 })
      assert.strictEqual(TaskId, id)
    }).pipe(Effect.provide(serve(id)))
  )
})
