/** Listings whose requests say the number of the page, listings without a total, and pages that are fetched at once. */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { InvalidParameterValue } from "effect-tencentcloud/CommonError"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import type { Paging } from "../../../src/domain/contract/Paging.js"

const DescribeItems = ApiClient.callable(
  Action.make("DescribeItems", {
    product: "ebs",
    version: "2026-01-01",
    request: Schema.Struct({
      Offset: Schema.optional(Schema.Int),
      Limit: Schema.optional(Schema.Int),
      Page: Schema.optional(Schema.Int),
      Text: Schema.optional(Schema.String),
      Size: Schema.optional(Schema.Int)
    }),
    response: Schema.Struct({
      Total: Schema.optional(Schema.Int),
      Items: Schema.Array(Schema.String)
    }),
    errors: []
  })
)

type Asked = Parameters<typeof DescribeItems>[0] & object
type Answer = { readonly Total?: number; readonly Items: ReadonlyArray<string> }

const byNumber = { by: "number", number: "Page", size: "Size", first: 1, total: "Total", items: "Items" } as const
const withoutTotal = { ...byNumber, total: undefined }
const byOffset = { by: "offset", offset: "Offset", total: "Total", items: "Items" } as const

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `i-${from + index}`)

/** A service with so many items. It serves pages of a default size, and none beyond its largest. */
interface Service {
  readonly count: number
  readonly first?: number
  readonly usual?: number
  readonly largest?: number
  readonly hasTotal?: boolean
}

const answerOf =
  ({ count, first = 1, hasTotal = true, largest = 100, usual = 10 }: Service) =>
  ({ Limit, Offset, Page, Size, Text }: Asked): Answer => {
    const size = Math.min(largest, Size ?? Limit ?? usual)
    const from = Offset ?? ((Page ?? (Text === undefined ? first : Number(Text))) - first) * size
    return { Items: ids(Math.max(0, Math.min(size, count - from)), from), ...(hasTotal ? { Total: count } : {}) }
  }

/** Reads all items, and notes what was asked and how many calls ran at once. */
const read = (
  paging: Paging,
  answer: (asked: Asked) => Answer | InvalidParameterValue,
  request: Asked = {},
  options: ApiClient.PageOptions = {}
) =>
  Effect.gen(function* () {
    const asked: Array<Asked> = []
    let running = 0
    let most = 0
    const layer = Layer.provide(
      InProcess.layer,
      Gateway.handlers(Product.make([DescribeItems]), {
        DescribeItems: (one) =>
          Effect.gen(function* () {
            asked.push(one)
            running += 1
            most = Math.max(most, running)
            yield* Effect.sleep("1 second")
            const given = answer(one)
            return given instanceof InvalidParameterValue ? yield* Effect.fail(given) : given
          }).pipe(
            Effect.ensuring(
              Effect.sync(() => {
                running -= 1
              })
            )
          )
      })
    )
    const items = ApiClient.paged<string>()(DescribeItems, paging).items(request, options)
    const reading = yield* Effect.fork(Effect.exit(Stream.runCollect(items)).pipe(Effect.provide(layer)))
    yield* TestClock.adjust("5 minutes")
    const exit = yield* Fiber.join(reading)
    return { exit, asked, most, running }
  })

const itemsOf = (paging: Paging, service: Service, request?: Asked, options?: ApiClient.PageOptions) =>
  Effect.gen(function* () {
    const { asked, exit, most, running } = yield* read(paging, answerOf(service), request, options)
    assert.strictEqual(running, 0)
    return { items: Chunk.toReadonlyArray(yield* exit), calls: asked.length, asked, most }
  })

describe("pages by number", () => {
  it.effect("begin where the service counts from, and end with the total", () =>
    Effect.gen(function* () {
      for (const first of [0, 1]) {
        const { asked, items } = yield* itemsOf({ ...byNumber, first }, { count: 25, first })
        assert.deepStrictEqual(items, ids(25))
        assert.deepStrictEqual(
          asked.map(({ Page }) => Page),
          [undefined, first + 1, first + 2]
        )
      }
    })
  )

  it.effect("go on from the page that the request names, with its other members", () =>
    Effect.gen(function* () {
      const { asked, items } = yield* itemsOf(byNumber, { count: 25 }, { Page: 2, Size: 5 })
      assert.deepStrictEqual(items, ids(20, 5))
      assert.deepStrictEqual(asked.at(-1), { Page: 5, Size: 5 })
    })
  )

  it.effect("send the number as a text where the service wants that", () =>
    Effect.gen(function* () {
      const { asked } = yield* itemsOf({ ...byNumber, number: "Text", textual: true }, { count: 12 })
      assert.deepStrictEqual(asked, [{}, { Text: "2" }])
    })
  )

  it.effect("end with a page that is not full, without a total", () =>
    Effect.gen(function* () {
      const service = { count: 25, hasTotal: false }
      assert.strictEqual((yield* itemsOf(withoutTotal, service)).calls, 3)
      assert.strictEqual((yield* itemsOf(withoutTotal, service, { Size: 30 })).calls, 1)
      // Exactly full pages: only an empty one shows the end.
      const { calls, items } = yield* itemsOf(withoutTotal, { ...service, count: 20 })
      assert.deepStrictEqual([items.length, calls], [20, 3])
    })
  )

  it.effect("end where the service answers with its last page for a number behind it", () =>
    Effect.gen(function* () {
      const pages: ReadonlyArray<ReadonlyArray<string>> = [ids(10), ids(10, 10)]
      const { asked, exit } = yield* read(withoutTotal, ({ Page = 1 }) => ({ Items: pages[Page - 1] ?? ids(10, 10) }))
      assert.deepStrictEqual(Chunk.toReadonlyArray(yield* exit), ids(20))
      assert.lengthOf(asked, 3)
    })
  )

  it.effect("fail where the service ignores the number", () =>
    Effect.gen(function* () {
      const { asked, exit } = yield* read(byNumber, () => ({ Items: ids(10), Total: 50 }))
      const error = yield* Effect.flip(exit)
      assert.deepInclude({ ...error }, { _tag: "MalformedResponse" })
      assert.include(error.message, "although the request asks for Page 2: the service seems to ignore it")
      assert.lengthOf(asked, 2)
    })
  )

  it.effect("fail where page after page is empty, although the total says more", () =>
    Effect.gen(function* () {
      const { asked, exit } = yield* read(byNumber, ({ Page = 1 }) => ({ Items: Page === 1 ? ["a"] : [], Total: 500 }))
      const error = yield* Effect.flip(exit)
      assert.include(error.message, "although there are 500 in all")
      assert.isAtMost(asked.length, 15)
    })
  )

  it.effect.prop(
    "return each item once, in its order",
    {
      count: FastCheck.integer({ min: 0, max: 130 }),
      first: FastCheck.constantFrom(0, 1),
      hasTotal: FastCheck.boolean(),
      size: FastCheck.option(FastCheck.integer({ min: 1, max: 60 }), { nil: undefined }),
      largest: FastCheck.constantFrom(20, 50, 100),
      concurrency: FastCheck.integer({ min: 1, max: 5 })
    },
    ({ concurrency, count, first, hasTotal, largest, size }) =>
      Effect.gen(function* () {
        const paging = { ...(hasTotal ? byNumber : withoutTotal), first }
        const request = size === undefined ? {} : { Size: size }
        const { items } = yield* itemsOf(paging, { count, first, hasTotal, largest }, request, { concurrency })
        assert.deepStrictEqual(items, ids(count))
      }),
    { fastCheck: { numRuns: 60 } }
  )
})

describe("pages by offset without a total", () => {
  it.effect("end with a page that is not full", () =>
    Effect.gen(function* () {
      const paging = { ...byOffset, total: undefined }
      const service = { count: 25, hasTotal: false }
      assert.deepInclude(yield* itemsOf(paging, service, { Limit: 10 }), { items: ids(25), calls: 3 })
      assert.deepInclude(yield* itemsOf(paging, service, { Limit: 26 }), { items: ids(25), calls: 1 })
      // A service whose pages are smaller than it was asked for.
      assert.deepInclude(yield* itemsOf(paging, { ...service, largest: 10 }, { Limit: 100 }), { items: ids(25) })
    })
  )
})

describe("several pages at once", () => {
  it.effect("are as many as the option says, and keep their order", () =>
    Effect.gen(function* () {
      for (const [paging, request] of [
        [byOffset, { Limit: 10 }],
        [byNumber, { Size: 10 }]
      ] as const) {
        const { calls, items, most } = yield* itemsOf(paging, { count: 95 }, request, { concurrency: 4 })
        assert.deepStrictEqual(items, ids(95))
        assert.deepStrictEqual([calls, most], [10, 4])
      }
    })
  )

  it.effect("are one, where no total tells that there are more", () =>
    Effect.gen(function* () {
      const { items, most } = yield* itemsOf(withoutTotal, { count: 95, hasTotal: false }, {}, { concurrency: 4 })
      assert.deepStrictEqual([items.length, most], [95, 1])
    })
  )

  it.effect("fail with the first page that fails, after all items before it, and leave no call behind", () =>
    Effect.gen(function* () {
      const service = answerOf({ count: 95 })
      const { exit, running } = yield* read(
        byOffset,
        (asked) => (asked.Offset === 30 ? new InvalidParameterValue({ message: "no" }) : service(asked)),
        { Limit: 10 },
        { concurrency: 4 }
      )
      assert.strictEqual((yield* Effect.flip(exit))._tag, "InvalidParameterValue")
      assert.strictEqual(running, 0)
    })
  )

  it.effect("are interrupted when nobody reads on", () =>
    Effect.gen(function* () {
      let running = 0
      const layer = Layer.provide(
        InProcess.layer,
        Gateway.handlers(Product.make([DescribeItems]), {
          DescribeItems: ({ Offset = 0 }) => {
            if (Offset === 0) return Effect.succeed({ Items: ids(10), Total: 90 })
            running += 1
            return Effect.onInterrupt(Effect.never, () =>
              Effect.sync(() => {
                running -= 1
              })
            )
          }
        })
      )
      const { items } = ApiClient.paged<string>()(DescribeItems, byOffset)
      const some = yield* Stream.runCollect(Stream.take(items({}, { concurrency: 4 }), 10)).pipe(Effect.provide(layer))
      assert.lengthOf(Chunk.toReadonlyArray(some), 10)
      yield* TestClock.adjust("1 second")
      assert.strictEqual(running, 0)
    })
  )

  it.effect.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("cannot be %s", (concurrency) =>
    Effect.gen(function* () {
      const { asked, exit } = yield* read(byOffset, answerOf({ count: 5 }), {}, { concurrency })
      const error = yield* Effect.flip(exit)
      assert.strictEqual(error._tag, "InvalidRequestInput")
      assert.include(error.message, "concurrency")
      assert.lengthOf(asked, 0)
    })
  )
})
