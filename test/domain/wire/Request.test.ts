import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FC from "effect/FastCheck"
import * as Multipart from "../../../src/domain/wire/Multipart.js"
import * as Request from "../../../src/domain/wire/Request.js"

const boundary = "x3f0b6d8a9c14e27"

const payload = (encoding: Request.Encoding, parameters: unknown) =>
  Request.payload({ product: "ocr", encoding, parameters, boundary })

const nothing = { query: "", body: "", headers: {}, parameters: [] }

describe("parameters are encoded", () => {
  const parameters = { Limit: 10, Uin: 9223372036854775807n, Names: ["a b", "ç"], Left: undefined, Out: null }

  it("as JSON", () =>
    assert.deepStrictEqual<unknown>(
      payload("json", parameters),
      Either.right({
        ...nothing,
        method: "POST",
        contentType: "application/json",
        body: '{"Limit":10,"Uin":9223372036854775807,"Names":["a b","ç"],"Out":null}'
      })
    ))

  const flat = "Limit=10&Uin=9223372036854775807&Names.0=a%20b&Names.1=%C3%A7"
  const list = [
    ["Limit", "10"],
    ["Uin", "9223372036854775807"],
    ["Names.0", "a b"],
    ["Names.1", "ç"]
  ]

  it("as a query", () =>
    assert.deepStrictEqual<unknown>(
      payload("query", parameters),
      Either.right({
        ...nothing,
        method: "GET",
        contentType: "application/x-www-form-urlencoded",
        query: flat,
        parameters: list
      })
    ))

  it("as a form", () =>
    assert.deepStrictEqual<unknown>(
      payload("form", parameters),
      Either.right({
        ...nothing,
        method: "POST",
        contentType: "application/x-www-form-urlencoded",
        body: flat,
        parameters: list
      })
    ))

  const image = Uint8Array.of(1, 2, 3)
  const withBinary = { Image: image, Page: 2, Big: 1n, Flags: { Deep: [true] }, Left: undefined, Out: null }

  it("as multipart, with nested values as JSON", () => {
    const { body, ...rest } = Either.getOrThrow(payload("multipart", withBinary))
    const contentType = `multipart/form-data; boundary=${boundary}`
    assert.deepStrictEqual<unknown>({ ...rest, body: "" }, { ...nothing, method: "POST", contentType })
    assert.instanceOf(body, Uint8Array)
    assert.deepStrictEqual(
      Either.map(Multipart.parse({ "content-type": contentType }, Buffer.from(body)), (parts) =>
        parts.map(([name, value]) => [name, String(value)])
      ),
      Either.right([
        ["Image", String(image)],
        ["Page", "2"],
        ["Big", "1"],
        ["Flags", '{"Deep":[true]}']
      ])
    )
  })

  it("as an octet-stream, with the others in headers", () =>
    assert.deepStrictEqual<unknown>(
      payload("octet-stream", withBinary),
      Either.right({
        ...nothing,
        method: "POST",
        contentType: "application/octet-stream",
        body: image,
        headers: { "x-ocr-page": "2", "x-ocr-big": "1", "x-ocr-flags": '{"Deep":[true]}' }
      })
    ))
})

describe("a request without such an encoding is rejected, with the reason:", () => {
  const hostile = { toJSON: () => assert.fail("hunter2") }
  const one = "needs exactly one binary member to travel as octet-stream"
  const unwritable = "cannot be written as JSON"

  it.each<[Request.Encoding, unknown, string]>([
    ["json", "hunter2", "is not an object"],
    ["query", ["hunter2"], "is not an object"],
    ["multipart", null, "is not an object"],
    ["json", { A: hostile }, unwritable],
    ["multipart", { A: hostile }, unwritable],
    ["octet-stream", { Image: new Uint8Array(), A: hostile }, unwritable],
    ["octet-stream", { Image: new Uint8Array(), A: "hunter2\r\nX-Evil: 1" }, "has a text that no header can carry"],
    ["octet-stream", { Image: new Uint8Array(), A: "密hunter2" }, "has a text that no header can carry"],
    ["octet-stream", { A: "hunter2" }, one],
    ["octet-stream", { Image: new Uint8Array(), Other: new Uint8Array() }, one]
  ])("%s %o", (encoding, parameters, reason) =>
    assert.deepStrictEqual(payload(encoding, parameters), Either.left(reason))
  )
})

it.prop(
  "a query and a form have the same text",
  [FC.dictionary(FC.stringMatching(/^[^.]+$/), FC.string())],
  ([parameters]) => {
    const [query, form] = [
      Either.getOrThrow(payload("query", parameters)),
      Either.getOrThrow(payload("form", parameters))
    ]
    assert.strictEqual(query.query, form.body)
    assert.deepStrictEqual(query.parameters, form.parameters)
  }
)

describe("the common parameters", () => {
  const least = { product: "ebs", version: "2026-01-01", action: "DescribeVolumes" }
  const most = { ...least, region: "ap-guangzhou", language: "zh-CN", traceId: "t-1", client: "effect" } as const

  it("are headers for version 3", () => {
    assert.deepStrictEqual(Request.commonHeaders(least), {
      "x-tc-action": "DescribeVolumes",
      "x-tc-version": "2026-01-01"
    })
    assert.deepStrictEqual(Request.commonHeaders(most), {
      "x-tc-action": "DescribeVolumes",
      "x-tc-version": "2026-01-01",
      "x-tc-region": "ap-guangzhou",
      "x-tc-language": "zh-CN",
      "x-tc-requestclient": "effect",
      "x-tc-traceid": "t-1"
    })
  })

  it("are parameters for version 1, without the trace", () => {
    assert.deepStrictEqual(Request.commonParameters(least), [
      ["Action", "DescribeVolumes"],
      ["Version", "2026-01-01"]
    ])
    assert.deepStrictEqual(Request.commonParameters(most), [
      ["Action", "DescribeVolumes"],
      ["Version", "2026-01-01"],
      ["Region", "ap-guangzhou"],
      ["Language", "zh-CN"],
      ["RequestClient", "effect"]
    ])
  })
})
