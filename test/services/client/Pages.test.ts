import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { ResourceNotFound } from "effect-tencentcloud/CommonError"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import * as Cvm from "effect-tencentcloud/products/cvm"
import type * as Paging from "../../../src/domain/contract/Paging.js"

const Request = Schema.Struct({
  Offset: Schema.optional(Schema.Union(Schema.Int, Schema.String)),
  Limit: Schema.optional(Schema.Int),
  Token: Schema.optional(Schema.String),
  Filter: Schema.optional(Schema.String)
})
const Response = Schema.Struct({
  Total: Schema.optional(Schema.Union(Schema.Int, Schema.String)),
  Next: Schema.optional(Schema.String),
  Items: Schema.optional(Schema.Array(Schema.String)),
  Result: Schema.optional(Schema.Struct({ Items: Schema.Array(Schema.String), Total: Schema.Int }))
})
type Asked = typeof Request.Type
type Told = typeof Response.Type

const DescribeItems = ApiClient.callable(
  Action.make("DescribeItems", {
    product: "ebs",
    version: "2026-01-01",
    request: Request,
    response: Response,
    errors: []
  })
)

const byOffset: Paging.Paging = { by: "offset", offset: "Offset", total: "Total", items: "Items" }
const byText: Paging.Paging = { ...byOffset, textual: true }
const byToken: Paging.Paging = { by: "token", token: "Token", next: "Next", items: "Items" }
const nested: Paging.Paging = { by: "offset", offset: "Offset", total: "Result.Total", items: "Result.Items" }

const all = ["a", "b", "c", "d", "e"]

/** A service, and what it has been asked. */
const serve = (answer: (asked: Asked, call: number) => Told | undefined) => {
  const asked: Array<Asked> = []
  const layer = Layer.provide(
    InProcess.layer,
    Gateway.handlers(Product.make([DescribeItems]), {
      DescribeItems: (request) =>
        Effect.suspend(() => {
          const told = answer(request, asked.push(request))
          return told === undefined
            ? Effect.fail(new ResourceNotFound({ message: `call ${asked.length}` }))
            : Effect.succeed(told)
        })
    })
  )
  return { asked, layer }
}

/** Two at once, or as many as the request says. */
const cut = ({ Limit = 2, Offset = 0 }: Asked): ReadonlyArray<string> =>
  all.slice(Number(Offset), Number(Offset) + Limit)

const items = (paging: Paging.Paging, request?: Asked) =>
  Effect.map(Stream.runCollect(ApiClient.paged<string>()(DescribeItems, paging).items(request)), Chunk.toReadonlyArray)

describe("by offset", () => {
  it.effect("returns every item once, and makes no call after the last page", () => {
    const { asked, layer } = serve((request) => ({ Items: cut(request), Total: all.length }))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* items(byOffset, { Filter: "x" }), all)
      assert.deepStrictEqual(asked, [{ Filter: "x" }, { Filter: "x", Offset: 2 }, { Filter: "x", Offset: 4 }])
    }).pipe(Effect.provide(layer))
  })

  it.effect("uses the offset and the limit of the request", () => {
    const { asked, layer } = serve((request) => ({ Items: cut(request), Total: all.length }))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* items(byOffset, { Offset: 1, Limit: 3 }), ["b", "c", "d", "e"])
      assert.deepStrictEqual(asked, [
        { Offset: 1, Limit: 3 },
        { Offset: 4, Limit: 3 }
      ])
    }).pipe(Effect.provide(layer))
  })

  it.effect("accepts an offset and a total that are texts", () => {
    const { asked, layer } = serve((request) => ({ Items: cut(request), Total: String(all.length) }))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* items(byText, { Offset: "1" }), ["b", "c", "d", "e"])
      assert.deepStrictEqual(asked, [{ Offset: "1" }, { Offset: "3" }])
    }).pipe(Effect.provide(layer))
  })

  it.effect("continues until a page is empty if there is no total", () => {
    const { asked, layer } = serve((request) => ({ Items: cut(request) }))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* items(byOffset), all)
      assert.deepStrictEqual(
        asked.map(({ Offset }) => Offset),
        [undefined, 2, 4, 5]
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("finds items and total inside another member", () => {
    const { layer } = serve((request) => ({ Result: { Items: cut(request), Total: all.length } }))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* items(nested), all)
    }).pipe(Effect.provide(layer))
  })

  it.effect("returns nothing if there are no items", () => {
    const { asked, layer } = serve(() => ({ Total: 0 }))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* items(byOffset), [])
      assert.strictEqual(asked.length, 1)
    }).pipe(Effect.provide(layer))
  })

  it.effect("ends if items disappear meanwhile", () => {
    const { asked, layer } = serve((request, call) => (call === 1 ? { Items: cut(request), Total: 5 } : { Total: 1 }))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* items(byOffset), ["a", "b"])
      assert.strictEqual(asked.length, 2)
    }).pipe(Effect.provide(layer))
  })
})

describe("by token", () => {
  const pages: Readonly<Record<string, Told>> = {
    "": { Items: ["a", "b"], Next: "t1" },
    t1: { Items: [], Next: "t2" },
    t2: { Items: ["c"], Next: "" }
  }

  it.effect("returns every page, an empty one in the middle too, until there is no token", () => {
    const { asked, layer } = serve(({ Token = "" }) => pages[Token])
    return Effect.gen(function* () {
      const answers = yield* Stream.runCollect(ApiClient.pages(DescribeItems.action, byToken, { Limit: 2 }))
      assert.deepStrictEqual(
        Chunk.toReadonlyArray(answers).map(({ Items }) => Items),
        [["a", "b"], [], ["c"]]
      )
      assert.deepStrictEqual(asked, [{ Limit: 2 }, { Limit: 2, Token: "t1" }, { Limit: 2, Token: "t2" }])
    }).pipe(Effect.provide(layer))
  })

  it.effect("starts at the token of the request", () => {
    const { layer } = serve(({ Token = "" }) => pages[Token])
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* items(byToken, { Token: "t2" }), ["c"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("ends if the service returns the token that it received", () => {
    const { asked, layer } = serve(() => ({ Items: ["a"], Next: "t1" }))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* items(byToken), ["a", "a"])
      assert.deepStrictEqual(asked, [{}, { Token: "t1" }])
    }).pipe(Effect.provide(layer))
  })

  it.effect("ends if the service has no tokens", () => {
    const { asked, layer } = serve(() => ({ Items: all }))
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* items(byToken), all)
      assert.strictEqual(asked.length, 1)
    }).pipe(Effect.provide(layer))
  })
})

describe("pages are requested", () => {
  const endless = () => serve(({ Offset = 0 }) => ({ Items: [`${Offset}-1`, `${Offset}-2`] }))

  it.effect("only when they are read", () => {
    const { asked, layer } = endless()
    return Effect.gen(function* () {
      const stream = ApiClient.paged<string>()(DescribeItems, byOffset).items()
      assert.strictEqual(asked.length, 0)
      assert.deepStrictEqual(Chunk.toReadonlyArray(yield* Stream.runCollect(Stream.take(stream, 2))), ["0-1", "0-2"])
      assert.strictEqual(asked.length, 1)
      assert.deepStrictEqual(Chunk.toReadonlyArray(yield* Stream.runCollect(Stream.take(stream, 3))), [
        "0-1",
        "0-2",
        "2-1"
      ])
      assert.strictEqual(asked.length, 3)
    }).pipe(Effect.provide(layer))
  })

  it.effect("each only after the one before it has been processed", () => {
    const { asked, layer } = endless()
    return Effect.gen(function* () {
      const seen: Array<number> = []
      yield* ApiClient.pages(DescribeItems.action, byOffset, {}).pipe(
        Stream.take(3),
        Stream.runForEach(() => Effect.sync(() => seen.push(asked.length)))
      )
      assert.deepStrictEqual(seen, [1, 2, 3])
    }).pipe(Effect.provide(layer))
  })
})

it.effect("until a call fails, which ends the stream with its error", () => {
  const { layer } = serve((request, call) => (call === 3 ? undefined : { Items: cut(request), Total: all.length }))
  return Effect.gen(function* () {
    const seen: Array<string> = []
    const error = yield* ApiClient.paged<string>()(DescribeItems, byOffset)
      .items()
      .pipe(
        Stream.runForEach((item) => Effect.sync(() => seen.push(item))),
        Effect.flip
      )
    assert.instanceOf(error, ResourceNotFound)
    assert.strictEqual(error.reason, "call 3")
    assert.deepStrictEqual(seen, ["a", "b", "c", "d"])
  }).pipe(Effect.provide(layer))
})

describe("an action with pages", () => {
  const Paged = ApiClient.paged<string>()(DescribeItems, byOffset)

  it.effect("is still callable, with options", () => {
    const { layer } = serve((request) => ({ Items: cut(request) }))
    return Effect.gen(function* () {
      assert.deepStrictEqual((yield* Paged({ Limit: 1 })).Items, ["a"])
      const error = yield* Effect.flip(Stream.runDrain(Paged.items({}, { region: "no region" })))
      assert.strictEqual(error._tag, "InvalidRequestInput")
    }).pipe(Effect.provide(layer))
  })

  it("is a new value: the action that it was made from has no pages", () => {
    const other = ApiClient.paged<string>()(Paged, byToken)
    assert.notProperty(DescribeItems, "pages")
    assert.deepStrictEqual([Paged.paging, other.paging], [byOffset, byToken])
    assert.strictEqual(other.action, DescribeItems.action)
  })
})

it.effect("in the catalogue has pages", () => {
  const offsets: Array<number | undefined> = []
  const { DescribeInstances } = Cvm
  const layer = Layer.provide(
    InProcess.layer,
    Gateway.handlers(Product.make([DescribeInstances]), {
      DescribeInstances: ({ Limit = 20, Offset = 0 }) =>
        Effect.sync(() => {
          offsets.push(Offset)
          const ids = all.slice(Offset, Offset + Limit)
          return { TotalCount: all.length, InstanceSet: ids.map((InstanceId) => ({ InstanceId })) }
        })
    })
  )
  return Effect.gen(function* () {
    const ids = Stream.map(DescribeInstances.items({ Limit: 2 }), ({ InstanceId }) => InstanceId)
    assert.deepStrictEqual(Chunk.toReadonlyArray(yield* Stream.runCollect(ids)), all)
    assert.deepStrictEqual(offsets, [0, 2, 4])
  }).pipe(Effect.provide(layer))
})
