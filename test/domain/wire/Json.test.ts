import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FC from "effect/FastCheck"
import * as Json from "../../../src/domain/wire/Json.js"

const parsed = (text: string): Json.Json => Either.getOrThrow(Json.parse(text))
const written = (value: unknown): string => Either.getOrThrow(Json.stringify(value))

/** A text beside these digits is read by the slower, lossless reader. */
const withDigits = (text: string): string => `["0000000000000000",${text}]`

const isExact = (number: number): boolean => !Number.isInteger(number) || Number.isSafeInteger(number)

const anyText = FC.string({ unit: "binary" })
const smallNumber = FC.double({ noNaN: true, noDefaultInfinity: true }).filter(
  (number) => isExact(number) && !Object.is(number, -0)
)
const bigInteger = FC.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).filter(
  (integer) => !Number.isSafeInteger(Number(integer))
)

const json = (leaf: FC.Arbitrary<Json.Json>): FC.Arbitrary<Json.Json> =>
  FC.letrec<{ value: Json.Json }>((tie) => ({
    value: FC.oneof(
      { maxDepth: 4, depthSize: "small" },
      leaf,
      FC.array(tie("value"), { maxLength: 4 }),
      FC.dictionary(anyText, tie("value"), { maxKeys: 4, noNullPrototype: true })
    )
  })).value

const plainLeaf = FC.oneof(FC.constant(null), FC.boolean(), anyText, FC.maxSafeInteger(), smallNumber)

describe("integers", () => {
  it.each([
    ["0", 0],
    ["100000000001", 100_000_000_001],
    ["9007199254740991", 9_007_199_254_740_991],
    ["-9007199254740991", -9_007_199_254_740_991],
    ["9007199254740992", 9_007_199_254_740_992n],
    ["9007199254740993", 9_007_199_254_740_993n],
    ["-9007199254740993", -9_007_199_254_740_993n],
    ["9007199254740993000", 9_007_199_254_740_993_000n],
    ["9223372036854775807", 2n ** 63n - 1n],
    ["-9223372036854775808", -(2n ** 63n)],
    ["10000000000000000000", 10n ** 19n],
    ["18446744073709551615", 2n ** 64n - 1n]
  ])("reads and writes %s with every digit", (digits, value) => {
    assert.strictEqual(parsed(digits), value)
    assert.strictEqual(written(value), digits)
  })

  it.prop(
    "are exact both ways, as bigint where a number could not hold them",
    [FC.bigInt(-(2n ** 64n), 2n ** 64n)],
    ([integer]) => {
      const value = parsed(String(integer))
      assert.strictEqual(value, Number.isSafeInteger(Number(integer)) ? Number(integer) : integer)
      assert.strictEqual(written(value), String(integer))
    }
  )

  it.prop("keep their digits at any depth", [json(FC.oneof(plainLeaf, bigInteger))], ([value]) =>
    assert.deepStrictEqual(parsed(written(value)), value)
  )

  it("a number with a point or an exponent stays a number", () =>
    assert.deepStrictEqual(
      parsed("[9007199254740994.0,1e19,-0,0.12500000000000000000]"),
      [9_007_199_254_740_994, 1e19, -0, 0.125]
    ))
})

describe("reading", () => {
  it.prop("returns the same as JSON.parse if every integer is safe", [json(plainLeaf)], ([value]) => {
    const text = JSON.stringify(value)
    assert.deepStrictEqual(parsed(text), JSON.parse(text))
    assert.deepStrictEqual(parsed(withDigits(text)), JSON.parse(withDigits(text)))
  })

  it.prop(
    "accepts exactly the texts that JSON.parse accepts, and never throws",
    [
      FC.oneof(anyText, FC.json()),
      FC.nat(),
      FC.nat(3),
      FC.string({ unit: FC.constantFrom(...'{}[],:"\\0123456789.eE+-\n\u00a0\ufefftrue'), maxLength: 3 })
    ],
    ([text, at, removed, added]) => {
      const index = at % (text.length + 1)
      const mutated = `${text.slice(0, index)}${added}${text.slice(index + removed)}`
      for (const candidate of [mutated, withDigits(mutated)]) {
        const taken = Either.isRight(Either.try(() => JSON.parse(candidate)))
        assert.strictEqual(Either.isRight(Json.parse(candidate)), taken, candidate)
      }
    },
    { fastCheck: { numRuns: 500 } }
  )

  it.each([
    ["plain", "1"],
    ["lossless", "9223372036854775807"]
  ])("%s: the last one of two equal names counts", (_, digits) => {
    assert.deepStrictEqual(parsed(`{"a":{"b":1},"a":${digits}}`), { a: parsed(digits) })
    assert.deepStrictEqual(parsed(`{"a":${digits},"a":null}`), { a: null })
  })

  it.each([
    ["plain", "1"],
    ["lossless", "9223372036854775807"]
  ])("%s: `__proto__` is a name like any other", (_, digits) => {
    const value = parsed(`{"__proto__":{"polluted":${digits}}}`)
    assert.deepStrictEqual(Object.keys(Object(value)), ["__proto__"])
    assert.isUndefined(Reflect.get(Object(value), "polluted"))
    assert.isFalse("polluted" in {})
    assert.strictEqual(written(value), `{"__proto__":{"polluted":${digits}}}`)
  })

  it.each([
    ["", "is empty", true],
    [" \n", "is empty", true],
    ["<html><body>hunter2</body></html>", "is a page of HTML or XML, not JSON", false],
    ["hunter2", "is not JSON", false],
    ["Bad Gateway", "is not JSON", false],
    ['{"Password":"hunter2', "is JSON that breaks off after 20 characters", true],
    ['{"Password":"hunter2"', "is JSON that breaks off after 21 characters", true],
    ['{"Password":"hunter2\\', "is JSON that breaks off after 21 characters", true],
    ['[{"Password":"}]"}', "is JSON that breaks off after 18 characters", true],
    ['{"Password":"hunter2"}}', "is not valid JSON", false],
    ['{"Password":hunter2}', "is not valid JSON", false],
    ["{'Password':'hunter2'}", "is not valid JSON", false],
    ['{"Password":hunter2,"Uin":1234567890123456}', "is not valid JSON", false],
    ["[".repeat(100_000), "is JSON that breaks off after 100000 characters", true]
  ])("says why a text is not JSON, and quotes nothing of it: %#", (text, reason, truncated) =>
    assert.deepStrictEqual(Json.parse(text), Either.left({ reason, truncated }))
  )

  it.prop(
    "reports every incomplete object as truncated",
    [FC.dictionary(anyText, json(plainLeaf)), FC.nat()],
    ([object, at]) => {
      const text = JSON.stringify(object)
      assert.include(Either.getOrThrow(Either.flip(Json.parse(text.slice(0, at % text.length)))), { truncated: true })
    }
  )

  it("fails for a value that is nested too deeply", () => {
    const deep = (inner: string) => `${"[".repeat(200_000)}${inner}${"]".repeat(200_000)}`
    assert.isTrue(Either.isEither(Json.parse(deep("1"))))
    assert.deepStrictEqual(
      Json.parse(deep("9223372036854775807")),
      Either.left({ reason: "is nested too deeply", truncated: false })
    )
  })
})

describe("writing", () => {
  it.prop(
    "returns the same as JSON.stringify, or fails for a number that is not finite",
    [
      FC.anything({ withDate: true, withMap: true, withSparseArray: true, withTypedArray: true, withBoxedValues: true })
    ],
    ([value]) => {
      let finite = true
      const text = JSON.stringify([value], (_, part: unknown) => {
        if (typeof part === "number" && !Number.isFinite(part)) finite = false
        return part
      })
      if (!finite) {
        assert.isTrue([[value], [value, 1n]].map(Json.stringify).every(Either.isLeft))
        return
      }
      assert.strictEqual(written([value]), text)
      assert.strictEqual(written([value, 1n]), `${text.slice(0, -1)},1]`)
    }
  )

  it("leaves out members that are undefined", () =>
    assert.strictEqual(written({ a: undefined, b: 1n, c: { d: undefined } }), '{"b":1,"c":{}}'))

  const circular: Record<string, unknown> = {}
  circular.self = circular

  it.each([
    ["undefined", undefined],
    ["a function", () => 1],
    ["a symbol", Symbol("hunter2")],
    ["a circular object", circular],
    ["a circular object with a bigint", { big: 1n, circular }],
    ["a toJSON that throws", { toJSON: () => assert.fail("hunter2") }]
  ])("rejects a value without a JSON form: %s", (_, value) =>
    assert.deepStrictEqual(
      Json.stringify(value),
      Either.left({ reason: "cannot be written as JSON", truncated: false })
    )
  )
})

it.each([
  [{}, true],
  [{ a: 1 }, true],
  [Object.create(null), true],
  [[], false],
  [null, false],
  [undefined, false],
  ["{}", false],
  [1n, false]
])("isObject %#", (value, expected) => assert.strictEqual(Json.isObject(value), expected))

describe("a number that is not finite", () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "is rejected, and not written as null: %s",
    (number) =>
      assert.deepStrictEqual(
        [{ N: number }, { N: [number, null], Big: 1n }].map(Json.stringify),
        Array.from({ length: 2 }, () => Either.left({ reason: "cannot be written as JSON", truncated: false }))
      )
  )
})
