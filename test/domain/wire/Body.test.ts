import { assert, it } from "@effect/vitest"
import * as FC from "effect/FastCheck"
import * as Body from "../../../src/domain/wire/Body.js"

it.prop(
  "a body is the same text and has the same size as text and as bytes",
  [FC.string({ unit: "grapheme" })],
  ([body]) => {
    const bytes = Buffer.from(body)
    assert.strictEqual(Body.text(body), body)
    assert.strictEqual(Body.text(bytes), body)
    assert.strictEqual(Body.byteLength(body), bytes.byteLength)
    assert.strictEqual(Body.byteLength(bytes), bytes.byteLength)
  }
)

it.each([
  ["application/json", "application/json"],
  ["application/json; charset=utf-8", "application/json"],
  [" Application/JSON ;charset=utf-8", "application/json"],
  ["multipart/form-data; boundary=AbC", "multipart/form-data"],
  ["", ""],
  [undefined, ""]
])("the media type of %j is %j", (contentType, expected) =>
  assert.strictEqual(Body.mediaType(contentType === undefined ? {} : { "content-type": contentType }), expected)
)
