/** A8: listings of services that page in odd ways. Each ends, or fails and says why. No item comes twice, and none is lost. */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import type { MalformedResponse } from "effect-tencentcloud/ClientError"
import { InvalidParameterValue } from "effect-tencentcloud/CommonError"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"

const DescribeItems = ApiClient.callable(
  Action.make("DescribeItems", {
    product: "ebs",
    version: "2026-01-01",
    request: Schema.Struct({
      Offset: Schema.optional(Schema.Int),
      Limit: Schema.optional(Schema.Int),
      Token: Schema.optional(Schema.String)
    }),
    response: Schema.Struct({
      Total: Schema.optional(Schema.Int),
      Next: Schema.optional(Schema.String),
      Items: Schema.optional(Schema.Array(Schema.Struct({ Id: Schema.String })))
    }),
    errors: []
  })
)

type Asked = {
  readonly Offset?: number | undefined
  readonly Limit?: number | undefined
  readonly Token?: string | undefined
}
type Answer = {
  readonly Total?: number
  readonly Next?: string
  readonly Items?: ReadonlyArray<{ readonly Id: string }>
}

const many = (count: number, from = 0) => Array.from({ length: count }, (_, index) => ({ Id: `i-${from + index}` }))
const ids = (count: number) => many(count).map(({ Id }) => Id)

/** Reads all items. Returns them, the failure if there is one, and how many calls it took. */
const read = (
  paging: Parameters<ReturnType<typeof ApiClient.paged>>[1],
  answer: (asked: Asked) => Answer | undefined,
  request: Asked = {}
) =>
  Effect.gen(function* () {
    const calls = yield* Ref.make(0)
    const layer = Layer.provide(
      InProcess.layer,
      Gateway.handlers(Product.make([DescribeItems]), {
        DescribeItems: (asked) =>
          Effect.flatMap(
            Ref.updateAndGet(calls, (count) => count + 1),
            (count) => {
              const told = count > 400 ? assert.fail("endless") : answer(asked)
              return told === undefined
                ? Effect.fail(new InvalidParameterValue({ message: "Offset" }))
                : Effect.succeed(told)
            }
          )
      })
    )
    const seen: Array<string> = []
    const error = yield* ApiClient.paged<{ readonly Id: string }>()(DescribeItems, paging)
      .items(request)
      .pipe(
        Stream.runForEachChunk((items) => Effect.sync(() => seen.push(...Chunk.map(items, ({ Id }) => Id)))),
        Effect.match({ onSuccess: () => undefined, onFailure: (error) => error }),
        Effect.provide(layer)
      )
    return { seen, error, calls: yield* Ref.get(calls) }
  })

const byOffset = { by: "offset", offset: "Offset", total: "Total", items: "Items" } as const
const byToken = { by: "token", token: "Token", next: "Next", items: "Items" } as const

const cut = (all: ReadonlyArray<{ readonly Id: string }>, { Limit = 20, Offset = 0 }: Asked) =>
  all.slice(Offset, Offset + Limit)

const reasonOf = (error: unknown): string => (error as MalformedResponse | undefined)?.message ?? "none"

describe("A8: a service that ignores Offset", () => {
  it.effect("fails if there are more items than it ever returns", () =>
    Effect.gen(function* () {
      const { calls, error, seen } = yield* read(byOffset, () => ({ Items: many(100), Total: 250 }), { Limit: 100 })
      assert.deepStrictEqual(seen, ids(100))
      assert.include(
        reasonOf(error),
        "repeats the items of an earlier page, although the request asks for those from Offset 100"
      )
      assert.strictEqual(calls, 2)
    })
  )

  it.effect.each([{}, { Limit: 100 }, { Limit: 20 }])(
    "fails if there is no total, and its pages are full: %s",
    (request) =>
      Effect.gen(function* () {
        const { error, seen } = yield* read(byOffset, ({ Limit = 20 }) => ({ Items: many(Limit) }), request)
        assert.deepStrictEqual(seen, ids(request.Limit ?? 20))
        assert.include(reasonOf(error), "ignore it")
      })
  )

  it.effect("ends if it returns all of them", () =>
    Effect.gen(function* () {
      for (const [answer, request] of [
        [{ Items: many(30), Total: 30 }, {}],
        [{ Items: many(30), Total: 30 }, { Limit: 10 }],
        [{ Items: many(5) }, { Limit: 100 }]
      ] as const) {
        const { error, seen } = yield* read(byOffset, () => answer, request)
        assert.deepStrictEqual([seen, error], [ids(answer.Items.length), undefined])
      }
    })
  )

  it.effect("fails if it begins again after the last page", () =>
    Effect.gen(function* () {
      const { error, seen } = yield* read(byOffset, ({ Offset = 0 }) => ({ Items: many(20, Offset % 60) }))
      assert.deepStrictEqual(seen, ids(60))
      assert.include(reasonOf(error), "repeats the items of an earlier page")
    })
  )
})

describe("A8: a total that is that of the page", () => {
  it.effect.each([
    { count: 250, request: { Limit: 100 } },
    { count: 200, request: { Limit: 100 } },
    { count: 250, request: {} },
    { count: 30, request: { Limit: 7 } }
  ])("returns all of them: $count", ({ count, request }) =>
    Effect.gen(function* () {
      const { error, seen } = yield* read(
        byOffset,
        (asked) => {
          const Items = cut(many(count), asked)
          return { Items, Total: Items.length }
        },
        request
      )
      assert.deepStrictEqual([seen, error], [ids(count), undefined])
    })
  )

  it.effect("returns all of them if the total counts the items from the offset on", () =>
    Effect.gen(function* () {
      const answer = (asked: Asked) => ({ Items: cut(many(250), asked), Total: 250 - (asked.Offset ?? 0) })
      const { error, seen } = yield* read(byOffset, answer, { Limit: 100 })
      assert.deepStrictEqual([seen, error], [ids(250), undefined])
    })
  )

  it.effect("takes one more call only if the first page may be full", () =>
    Effect.gen(function* () {
      const answer = (count: number) => (asked: Asked) => ({ Items: cut(many(count), asked), Total: count })
      assert.strictEqual((yield* read(byOffset, answer(3), { Limit: 100 })).calls, 1)
      assert.strictEqual((yield* read(byOffset, answer(17))).calls, 1)
      assert.strictEqual((yield* read(byOffset, answer(100), { Limit: 100 })).calls, 2)
      assert.strictEqual((yield* read(byOffset, answer(250), { Limit: 100 })).calls, 3)
    })
  )

  it.effect("ends if the service rejects an offset behind the last item", () =>
    Effect.gen(function* () {
      const answer = (asked: Asked) =>
        (asked.Offset ?? 0) >= 20 ? undefined : { Items: cut(many(20), asked), Total: 20 }
      const { error, seen } = yield* read(byOffset, answer, { Limit: 20 })
      assert.deepStrictEqual([seen, error], [ids(20), undefined])
    })
  )
})

/** Cuts a page out of all items, and then hides some of them. */
const hiding =
  (count: number, isHidden: (index: number) => boolean, total: "all" | "visible" | "none", standard = 20) =>
  ({ Limit = standard, Offset = 0 }: Asked): Answer => {
    const all = many(count)
    const visible = all.filter((_, index) => !isHidden(index))
    const Items = all.slice(Offset, Offset + Limit).filter((_, index) => !isHidden(Offset + index))
    return total === "none" ? { Items } : { Items, Total: total === "all" ? count : visible.length }
  }

describe("A8: items that are hidden after the page was cut", () => {
  it.effect.each([
    { what: "each third", isHidden: (index: number) => index % 3 === 1 },
    { what: "the end of each page", isHidden: (index: number) => index % 100 >= 60 },
    { what: "the start of each page", isHidden: (index: number) => index % 100 < 70 },
    { what: "a whole page", isHidden: (index: number) => index >= 100 && index < 200 },
    { what: "the first page", isHidden: (index: number) => index < 100 }
  ])("are the only ones that do not come: $what", ({ isHidden }) =>
    Effect.gen(function* () {
      const { error, seen } = yield* read(byOffset, hiding(250, isHidden, "all"), { Limit: 100 })
      assert.deepStrictEqual([seen, error], [ids(250).filter((_, index) => !isHidden(index)), undefined])
    })
  )

  it.effect("fails if page after page is empty although there are more", () =>
    Effect.gen(function* () {
      const { calls, error, seen } = yield* read(
        byOffset,
        ({ Limit = 20, Offset = 0 }) => ({ Items: many(Offset < 40 ? Limit : 0, Offset), Total: 1_000_000 }),
        { Limit: 20 }
      )
      assert.deepStrictEqual(seen, ids(40))
      assert.include(reasonOf(error), "has no items, as the 10 before it, although there are 1000000 in all")
      assert.isBelow(calls, 15)
    })
  )

  it.effect("come whatever is hidden", () =>
    Effect.promise(() =>
      FastCheck.assert(
        FastCheck.asyncProperty(
          FastCheck.array(FastCheck.boolean(), { maxLength: 120 }),
          FastCheck.constantFrom(7, 20, 50),
          FastCheck.boolean(),
          (hidden, limit, isAsked) =>
            Effect.runPromise(
              Effect.gen(function* () {
                const isHidden = (index: number) => hidden[index] === true
                const request = isAsked ? { Limit: limit } : {}
                // No service has smaller pages by default: after an empty first page of unknown size, the listing counts on that.
                const answer = hiding(hidden.length, isHidden, "all", Math.max(limit, 10))
                const { error, seen } = yield* read(byOffset, answer, request)
                const expected = ids(hidden.length).filter((_, index) => !isHidden(index))
                assert.deepStrictEqual(seen.length, new Set(seen).size)
                if (error === undefined) assert.deepStrictEqual(seen, expected)
                else assert.include(reasonOf(error), "repeats the items")
              })
            )
        ),
        { numRuns: 150 }
      )
    )
  )
})

describe("A8: tokens", () => {
  const pages: Readonly<Record<string, Answer>> = {
    "": { Items: many(2, 0), Next: "A" },
    A: { Items: many(2, 2), Next: "B" },
    B: { Items: many(2, 4), Next: "A" }
  }

  it.effect("that go in a circle fail, after each item once", () =>
    Effect.gen(function* () {
      const { calls, error, seen } = yield* read(byToken, ({ Token = "" }) => pages[Token])
      assert.deepStrictEqual(seen, ids(6))
      assert.include(reasonOf(error), "has the Next of an earlier page: the pages go in a circle")
      assert.strictEqual(calls, 3)
    })
  )

  it.effect("that are long are not confused", () =>
    Effect.gen(function* () {
      const long = (index: number) => `${"x".repeat(5000)}${index}${"y".repeat(5000)}`
      const answer = ({ Token }: Asked): Answer => {
        const at = Token === undefined ? 0 : Number(/\d+/.exec(Token)?.[0])
        return { Items: many(1, at), ...(at < 30 ? { Next: long(at + 1) } : {}) }
      }
      const { error, seen } = yield* read(byToken, answer)
      assert.deepStrictEqual([seen, error], [ids(31), undefined])
    })
  )
})

describe("A8: a service that caps the limit", () => {
  it.effect.each([100, 250, 1000])("returns all items for a limit of %s", (Limit) =>
    Effect.gen(function* () {
      const answer = (asked: Asked) => ({ Items: cut(many(250), { ...asked, Limit: 100 }), Total: 250 })
      const { calls, error, seen } = yield* read(byOffset, answer, { Limit })
      assert.deepStrictEqual([seen, error], [ids(250), undefined])
      assert.strictEqual(calls, 3)
    })
  )
})
