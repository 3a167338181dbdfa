import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as JSONSchema from "effect/JSONSchema"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { CreateLead, QueryActivityJoinList, QueryUserInfoList } from "effect-tencentcloud/products/wav"
import * as ShapeSchema from "effect-tencentcloud/ShapeSchema"
import * as Sample from "../../../src/domain/contract/Sample.js"
import * as Shape from "../../../src/domain/contract/Shape.js"
import * as Json from "../../../src/domain/wire/Json.js"
import { decode, encode, exact, past } from "./shapeFixture.js"

const Big: Shape.Table = ["Big", "Id:I,Size:U,Ids:I*,Counts:i*,Sizes:u*"]

const max = 2n ** 63n - 1n
const snowflake = 446192236330927936n

describe("A3: a response, integers past 2^53", () => {
  it.each([
    ["small numbers", { Id: 1, Size: 0, Ids: [1, -2] }, { Id: 1n, Size: 0n, Ids: [1n, -2n] }],
    [
      "large ones",
      { Id: max, Size: 2n ** 64n - 1n, Ids: [snowflake] },
      { Id: max, Size: 2n ** 64n - 1n, Ids: [snowflake] }
    ],
    ["texts of digits", { Id: String(max), Size: "5", Ids: ["-7"] }, { Id: max, Size: 5n, Ids: [-7n] }],
    ["nothing", { Id: null, Size: "", Ids: null }, {}]
  ])("are bigints: %s", (_, wire, expected) =>
    assert.deepStrictEqual<unknown>(decode(wire, "response", Big), Either.right(expected))
  )

  it.each([
    ["a fraction", { Id: 1.5 }, "`Id` is a fraction where int64 was expected"],
    ["a negative number", { Size: -1 }, "`Size` is a negative number where uint64 was expected"],
    ["a text", { Id: "-" }, "`Id` is string where int64 was expected"],
    [
      "a number that was rounded before",
      { Id: 2 ** 60 },
      `\`Id\` is the integer ${2n ** 60n}, which a number cannot hold, where int64 was expected`
    ]
  ])("reject %s", (_, wire, issue) =>
    assert.deepStrictEqual<unknown>(decode(wire, "response", Big), Either.left([issue]))
  )

  it("are bigints strictly too, but no texts", () => {
    assert.deepStrictEqual<unknown>(decode({ Id: 1, Size: max }, "strict", Big), Either.right({ Id: 1n, Size: max }))
    assert.isTrue(Either.isLeft(decode({ Id: "1" }, "strict", Big)))
  })

  it("may be numbers or bigints in what a handler returns", () =>
    assert.deepStrictEqual<unknown>(
      Either.flatMap(encode({ Id: 1, Size: snowflake, Ids: [2n] }, "response", Big), Json.stringify),
      Either.right(`{"Id":1,"Size":${snowflake},"Ids":[2]}`)
    ))
})

describe("A3: a request, integers past 2^53", () => {
  it.each(exact)("arrive as a %s: as they are where a number cannot hold them", (mode) => {
    const isText = mode !== "request"
    const wire = { Id: isText ? String(max) : max, Size: isText ? "5" : 5, Ids: isText ? ["1"] : [1] }
    assert.deepStrictEqual<unknown>(decode(wire, mode, Big), Either.right({ Id: max, Size: 5, Ids: [1] }))
    const lists = isText
      ? { Counts: [String(past)], Sizes: ["1", String(snowflake)] }
      : { Counts: [past], Sizes: [1, snowflake] }
    assert.deepStrictEqual<unknown>(decode(lists, mode, Big), Either.right({ Counts: [past], Sizes: [1, snowflake] }))
  })

  it("travel from numbers and from bigints", () =>
    assert.deepStrictEqual<unknown>(
      Either.flatMap(encode({ Id: 7n, Size: snowflake, Ids: [1, max] }, "request", Big), Json.stringify),
      Either.right(`{"Id":7,"Size":${snowflake},"Ids":[1,${max}]}`)
    ))

  it.each([{ Id: 2n ** 63n }, { Size: -1n }, { Size: 2n ** 64n }, { Id: 2 ** 53 }, { Id: 0.5 }])(
    "are rejected if 64 bits cannot hold them: %s",
    (value) => assert.isTrue(Either.isLeft(encode(value, "request", Big)))
  )
})

describe("A3: the catalogue", () => {
  it("has the integers past 2^53", () => {
    const bigs = (codec: object) =>
      Option.fromNullable(Shape.of(codec)).pipe(
        Option.map((table) => Shape.members(table).filter(({ type }) => String(type).startsWith("big_"))),
        Option.map((members) => members.map(({ name }) => name)),
        Option.getOrThrow
      )
    assert.deepStrictEqual(bigs(CreateLead.action.request), ["DealerId", "BrandId", "SeriesId", "ModelId"])
    assert.deepStrictEqual(bigs(QueryActivityJoinList.action.request), ["ActivityId"])
  })

  it("has samples that fit its types", () => {
    const table = Option.getOrThrow(Option.fromNullable(Shape.of(QueryUserInfoList.action.response)))
    const sample = Sample.response(table, { seed: 1, now: 0 })
    const [user] = Array.isArray(sample.PageData) ? sample.PageData : []
    assert.strictEqual(typeof user?.UserId, "bigint")
  })

  it("has schemas that read them from the wire", () => {
    const request = Option.getOrThrow(ShapeSchema.request(QueryActivityJoinList.action))
    const response = Option.getOrThrow(ShapeSchema.response(QueryUserInfoList.action))
    assert.deepInclude(JSON.stringify(JSONSchema.make(request)), '"format":"int64"')
    assert.include(JSON.stringify(JSONSchema.make(response)), '"format":"uint64"')
    const decoded = Schema.decodeUnknownSync(response)({ PageData: [{ UserId: 1 }, { UserId: snowflake }] })
    assert.deepStrictEqual(
      decoded.PageData?.map(({ UserId }) => UserId),
      [1n, snowflake]
    )
  })
})
