import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Paging from "../../../src/domain/contract/Paging.js"

const byOffset: Paging.Paging = { by: "offset", offset: "Offset", total: "TotalCount", items: "Items" }
const byText: Paging.Paging = { ...byOffset, textual: true }
const byToken: Paging.Paging = { by: "token", token: "Marker", next: "NextMarker", items: "Items" }
const nested: Paging.Paging = { ...byOffset, total: "Result.Page.Total", items: "Result.Items" }

const page = (count: number, members: object = {}) => ({ Items: Array.from({ length: count }, () => "x"), ...members })

describe("itemsOf", () => {
  it.each<[string, Paging.Paging, object, ReadonlyArray<unknown>]>([
    ["are at the path that the paging names", byOffset, { Items: [1, 2] }, [1, 2]],
    ["may be inside other members", nested, { Result: { Items: ["a"] } }, ["a"]],
    ["are empty if the list is missing", byOffset, {}, []],
    ["are empty if the member is no list", byOffset, { Items: "x" }, []],
    ["are empty if a parent is null", nested, { Result: null }, []],
    ["are empty if a parent is a text", nested, { Result: "x" }, []]
  ])("%s", (_, paging, response, items) => assert.deepStrictEqual(Paging.itemsOf(paging, response), items))
})

describe("the next page", () => {
  it.each<[string, Paging.Paging, object, object, object | undefined]>([
    ["begins after the items that were read", byOffset, {}, page(2, { TotalCount: 5 }), { Offset: 2 }],
    [
      "begins after the items that were skipped and those that were read",
      byOffset,
      { Offset: 3 },
      page(1, { TotalCount: 5 }),
      { Offset: 4 }
    ],
    ["does not exist if all items were read", byOffset, { Offset: 3 }, page(2, { TotalCount: 5 }), undefined],
    ["does not exist if there are no items", byOffset, {}, page(0, { TotalCount: 0 }), undefined],
    [
      "does not exist after an empty page, whatever the total",
      byOffset,
      { Offset: 2 },
      page(0, { TotalCount: 5 }),
      undefined
    ],
    ["can depend on a total that is a text", byOffset, {}, page(2, { TotalCount: "5" }), { Offset: 2 }],
    ["does not exist if a total that is a text says so", byOffset, {}, page(5, { TotalCount: "5" }), undefined],
    ["exists if there is no total", byOffset, {}, page(2), { Offset: 2 }],
    ["exists if the total is no number", byOffset, {}, page(2, { TotalCount: "many" }), { Offset: 2 }],
    ["exists if the total is empty", byOffset, {}, page(2, { TotalCount: "" }), { Offset: 2 }],
    ["exists if the total is null", byOffset, {}, page(2, { TotalCount: null }), { Offset: 2 }],
    ["exists if the total is less than this page", byOffset, {}, page(2, { TotalCount: -1 }), { Offset: 2 }],
    [
      "depends on a total inside other members",
      nested,
      {},
      { Result: { Items: [1], Page: { Total: 2 } } },
      { Offset: 1 }
    ],
    [
      "is an offset as text if the request has it as text",
      byText,
      { Offset: "8" },
      page(2, { TotalCount: 20 }),
      { Offset: "10" }
    ],
    ["is an offset as text from the start", byText, {}, page(2, { TotalCount: 20 }), { Offset: "2" }],
    ["does not exist if the offset was no number", byText, { Offset: "here" }, page(2, { TotalCount: 20 }), undefined],
    ["has the token of this one", byToken, {}, page(1, { NextMarker: "a" }), { Marker: "a" }],
    ["has the token of an empty page too", byToken, { Marker: "a" }, page(0, { NextMarker: "b" }), { Marker: "b" }],
    ["does not exist without a token", byToken, { Marker: "a" }, page(1), undefined],
    ["does not exist with an empty token", byToken, { Marker: "a" }, page(1, { NextMarker: "" }), undefined],
    ["does not exist if the token is null", byToken, { Marker: "a" }, page(1, { NextMarker: null }), undefined],
    ["does not exist if the token repeats", byToken, { Marker: "a" }, page(1, { NextMarker: "a" }), undefined]
  ])("%s", (_, paging, request, response, expected) =>
    assert.deepStrictEqual(Paging.next(paging, request, response), expected)
  )

  it("visits each item once, whatever the sizes of the pages", () =>
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(FastCheck.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 20 }),
        FastCheck.nat(50),
        FastCheck.boolean(),
        FastCheck.boolean(),
        (sizes, total, counted, textual) => {
          const all = Array.from({ length: total }, (_, index) => index)
          const seen: Array<unknown> = []
          let request: { readonly Offset?: string | number } | undefined = {}
          for (let call = 0; request !== undefined; call++) {
            assert.isAtMost(call, total + 1)
            const offset = Number(request.Offset ?? 0)
            const Items = all.slice(offset, offset + (sizes[call % sizes.length] ?? 1))
            const response = counted ? { Items, TotalCount: total } : { Items }
            seen.push(...Paging.itemsOf(byOffset, response))
            request = Paging.next(textual ? byText : byOffset, request, response)
          }
          assert.deepStrictEqual(seen, all)
        }
      )
    ))
})
