/** A9: an empty list arrives, or the call fails before it is sent. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import { ModifyInstancesAttribute } from "effect-tencentcloud/products/cvm"
import * as Request from "../../../src/domain/wire/Request.js"
import { growthOf } from "../../fixtures/Growth.js"

/** What arrives at the handler. */
const arrive = (request: Parameters<typeof ModifyInstancesAttribute>[0], options?: ApiClient.Options) =>
  Effect.gen(function* () {
    let arrived: unknown
    const layer = Layer.provide(
      InProcess.layer,
      Gateway.handlers(Product.make([ModifyInstancesAttribute]), {
        ModifyInstancesAttribute: (request) =>
          Effect.sync(() => {
            arrived = request
            return {}
          })
      })
    )
    const exit = yield* Effect.either(ModifyInstancesAttribute(request, options)).pipe(Effect.provide(layer))
    return Either.match(exit, { onLeft: (error) => error, onRight: () => arrived })
  })

describe("A9: an empty list", () => {
  const request = { InstanceIds: ["ins-1"], SecurityGroups: [] }

  it.effect("arrives in JSON", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* arrive(request), request)
    })
  )

  it.effect.each(["query", "form"] as const)(
    "fails with InvalidRequestInput in a %s, and says where it is",
    (encoding) =>
      Effect.gen(function* () {
        const error = yield* arrive(request, { encoding })
        if (!(error instanceof Error) || !("_tag" in error)) return assert.fail("it arrived")
        assert.strictEqual(error._tag, "InvalidRequestInput")
        assert.include(
          error.message,
          `a request that can be sent as ${encoding}; it holds \`SecurityGroups\`, an empty list, and a ${encoding} cannot carry it: use JSON`
        )
      })
  )

  it.effect.each(["query", "form"] as const)("is no matter if a list has elements, or is absent, in a %s", (encoding) =>
    Effect.gen(function* () {
      const whole = { InstanceIds: ["ins-1"], SecurityGroups: ["sg-1", "sg-2"] }
      assert.deepStrictEqual(yield* arrive(whole, { encoding }), whole)
      const absent = { InstanceIds: ["ins-1"], SecurityGroups: undefined }
      assert.deepStrictEqual(yield* arrive(absent, { encoding }), { InstanceIds: ["ins-1"] })
    })
  )

  const flat = (parameters: object) => Request.payload({ product: "cvm", encoding: "query", parameters, boundary: "" })

  it.each([
    [{ A: {} }, "holds `A`, an empty object"],
    [{ A: [{ B: [] }] }, "holds `A`, an empty list"],
    [{ A: [{ B: [], C: 1 }] }, "holds `A.0.B`, an empty list"],
    [{ A: { B: undefined } }, "holds `A`, an empty object"],
    [{ A: [1, null] }, "holds `A.1`, which has no value"]
  ])("is found anywhere: %s", (parameters, clause) =>
    assert.include(Either.getOrThrow(Either.flip(flat(parameters))), clause)
  )

  it("does not keep a request without parameters from being sent", () => {
    assert.isTrue(Either.isRight(flat({})))
    assert.isTrue(Either.isRight(flat({ A: undefined, B: null, C: new Date(0) })))
  })

  it("is found in time in proportion to the request", () => {
    const nested = (depth: number): object => (depth === 0 ? { A: 1, B: 2 } : { C: nested(depth - 1), D: 1 })
    const growth = growthOf((size) => {
      const parameters = { List: Array.from({ length: size }, () => nested(20)) }
      return () => void flat(parameters)
    }, 100)
    assert.isBelow(growth, 10)
  })
})
