import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FC from "effect/FastCheck"
import * as Envelope from "effect-tencentcloud/Envelope"
import * as Json from "../../../src/domain/wire/Json.js"
import { growthOf } from "../../fixtures/Growth.js"

const integer = "9223372036854775807"

/** Texts that grow with `size`, and used to take its square, or to fail. */
const attacks: ReadonlyArray<readonly [what: string, text: (size: number) => string]> = [
  ["B1: a text that breaks off behind escaped quotes", (size) => `{"Id":${integer},"Text":"${'\\"'.repeat(size)}`],
  ["B1: a text that breaks off behind backslashes", (size) => `{"Id":${integer},"Text":"${"\\".repeat(size * 2)}`],
  ["B1: escaped quotes that end well", (size) => `{"Id":${integer},"Text":"${'\\"'.repeat(size)}"}`],
  ["B1: texts of backslashes that end well", (size) => `{"Id":${integer},"Text":"${"\\\\".repeat(size)}"}`],
  ["B1: digits without end", (size) => `[${integer},1${"2".repeat(size)}.5]`],
  ["B1: digits without end, in a text", (size) => `[${integer},"x ${"2".repeat(size)}"]`],
  ["B1: spaces behind digits", (size) => `{"A":${integer}${" ".repeat(size)}}`],
  ["B1: many integers", (size) => `[${Array.from({ length: size / 20 }, () => integer).join(",")}]`],
  ["B1: many names", (size) => `{${Array.from({ length: size / 30 }, (_, at) => `"name${at}":${integer}`).join(",")}}`],
  ["B2: a long text beside an integer", (size) => `{"Id":${integer},"Text":"${"x".repeat(size)}"}`],
  [
    "B2: a text of quotation marks beside an integer",
    (size) => `{"Id":${integer},"Text":"${'a\\"b'.repeat(size / 4)}"}`
  ],
  ["a page of HTML", (size) => `<html>${integer} ${"<p>".repeat(size / 3)}`],
  ["spaces", (size) => " ".repeat(size)]
]

describe("reading JSON", () => {
  it.each(attacks)("takes time in proportion to its bytes: %s", (_, text) => {
    const growth = growthOf((size) => {
      const given = text(size)
      return () => void Json.parse(given)
    }, 200_000)
    assert.isBelow(growth, 10)
  })

  it("B2: reads an integer beside a text of 8.4 MB", () => {
    const long = "x".repeat(8_400_000)
    assert.deepStrictEqual(
      Json.parse(`{"Id":${integer},"Text":"${long}"}`),
      Either.right({ Id: 2n ** 63n - 1n, Text: long })
    )
    const escaped = '\\"'.repeat(4_200_000)
    assert.deepStrictEqual(
      Json.parse(`{"Text":"${escaped}","Id":-${integer}}`),
      Either.right({ Text: '"'.repeat(4_200_000), Id: -(2n ** 63n - 1n) })
    )
  })

  it("B1: rejects 8 MB of escaped quotes that break off", () =>
    assert.deepInclude(Either.getOrThrow(Either.flip(Json.parse(`{"Id":${integer},"T":"${'\\"'.repeat(4_000_000)}`))), {
      truncated: true
    }))

  it.each([
    `{"A":"\\9007199254740993`,
    `{"A":"\\9007199254740993"}`,
    `["\\1234567890123456789"]`,
    `[\\9007199254740993]`,
    `[9007199254740993,"\\`,
    `[9007199254740993,"\\"]`,
    `{"A":1,9007199254740993:2}`,
    `[09007199254740993]`,
    `[+9007199254740993]`,
    `[9007199254740993 9007199254740993]`
  ])("B3: rejects what JSON.parse rejects: %s", (text) => {
    assert.throws(() => JSON.parse(text))
    assert.isTrue(Either.isLeft(Json.parse(text)))
  })

  it.prop(
    "B3: never shows anything that was not in the text",
    [
      FC.array(
        FC.oneof(
          FC.constantFrom(
            "\\",
            '"',
            "9007199254740993",
            "-9007199254740993",
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            " ",
            "\n",
            "\\u0022"
          ),
          FC.constantFrom('"A":', "12345678901234567890", "1e400", "0.10000000000000000001", "null"),
          FC.string({ maxLength: 2 })
        ),
        { maxLength: 14 }
      )
    ],
    ([pieces]) => {
      const text = pieces.join("")
      const expected = Either.try(() => JSON.parse(text))
      const read = Json.parse(text)
      assert.strictEqual(Either.isRight(read), Either.isRight(expected), text)
      if (Either.isLeft(read) || Either.isLeft(expected)) return
      // The same, once the integers are rounded.
      const rounded = JSON.parse(
        JSON.stringify(read.right, (_, value) => (typeof value === "bigint" ? Number(value) : value))
      )
      assert.deepStrictEqual(rounded, JSON.parse(JSON.stringify(expected.right)))
    },
    { fastCheck: { numRuns: 3000 } }
  )
})

describe("B4: an error code of 6 MB", () => {
  const failure = (code: string) =>
    Envelope.decode(JSON.stringify({ Response: { Error: { Code: code, Message: "m" }, RequestId: "r" } }))

  it.each(["A".repeat(6_000_000), "A.".repeat(3_000_000), `FailedOperation.${"b".repeat(6_000_000)}`])(
    "is a failure with a short code: %#",
    (code) => {
      const decoded = Either.getOrThrow(failure(code))
      assert.deepInclude(decoded, { _tag: "Failure", requestId: "r", message: "m" })
      const short = decoded._tag === "Failure" ? decoded.code : ""
      assert.isAtMost(short.length, 256)
      assert.isTrue(short.startsWith(code.slice(0, 100)))
    }
  )

  it("stays as it is up to 256 characters", () =>
    assert.deepInclude(Either.getOrThrow(failure("A".repeat(256))), { code: "A".repeat(256) }))
})
