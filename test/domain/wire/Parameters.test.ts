import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FC from "effect/FastCheck"
import type * as Json from "../../../src/domain/wire/Json.js"
import * as Parameters from "../../../src/domain/wire/Parameters.js"

/** What all values of these tests have. */
const flat = (parameters: object) => Either.getOrThrow(Parameters.flatten(parameters))

const text = FC.string({ unit: "binary" })

/** Names as contracts have them: no dot, which separates, and not all digits, which makes an index. */
const name = FC.oneof(
  FC.stringMatching(/^[A-Za-z_]\w{0,10}$/),
  FC.constantFrom("__proto__", "constructor", "toString", "a=b&c", "é +%", "1st")
)

const leaf = FC.oneof(
  text,
  FC.maxSafeInteger(),
  FC.double({ noNaN: true, noDefaultInfinity: true }),
  FC.bigInt(),
  FC.boolean()
)

/** What a flat form can have: no empty list or object, and no null. */
const parameters = FC.letrec<{ object: Json.JsonObject; value: Json.Json }>((tie) => ({
  object: FC.dictionary(name, tie("value"), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
  value: FC.oneof(
    { maxDepth: 4, depthSize: "small" },
    leaf,
    FC.array(tie("value"), { minLength: 1, maxLength: 12 }),
    tie("object")
  )
})).object

const inText = (value: Json.Json): Json.Json =>
  typeof value !== "object" || value === null
    ? String(value)
    : Array.isArray(value)
      ? value.map(inText)
      : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inText(inner)]))

const read = (text: string) => Either.flatMap(Parameters.parse(text), Parameters.unflatten)

describe("parameters", () => {
  it.prop("come back from a query with every value as a text", [parameters], ([parameters]) =>
    assert.deepStrictEqual(
      read(Parameters.format(flat(parameters))),
      Either.right(inText(parameters) as Json.JsonObject)
    )
  )

  it("are flattened with dots and indexes from 0", () =>
    assert.deepStrictEqual(
      flat({
        Limit: 1,
        DryRun: false,
        Id: 9223372036854775807n,
        Filters: [
          { Name: "zone", Values: ["a", "b"] },
          { Name: "", Values: ["c"] }
        ]
      }),
      [
        ["Limit", "1"],
        ["DryRun", "false"],
        ["Id", "9223372036854775807"],
        ["Filters.0.Name", "zone"],
        ["Filters.0.Values.0", "a"],
        ["Filters.0.Values.1", "b"],
        ["Filters.1.Name", ""],
        ["Filters.1.Values.0", "c"]
      ]
    ))

  it("leave out values without a flat form", () =>
    assert.deepStrictEqual(flat({ A: null, B: [], C: {}, D: { E: null, F: [] }, G: "" }), [["G", ""]]))
})

describe("a value without a flat form", () => {
  const circular: Record<string, unknown> = {}
  circular.Self = circular
  const deep = Array.from({ length: 200_000 }).reduce<object>((inner) => ({ Inner: inner }), { Value: 1 })
  const throwing = {
    get Value() {
      return assert.fail("hunter2")
    }
  }

  it.each<[string, object, string]>([
    ["holds itself", circular, "is nested too deeply, or holds itself"],
    ["is too deep", deep, "is nested too deeply, or holds itself"],
    ["throws", throwing, "cannot be read"],
    ["has a name with a dot", { Tags: { "a.b": "1" } }, "has a name that is empty or holds a dot"],
    ["has an empty name", { Tags: { "": "1" } }, "has a name that is empty or holds a dot"],
    ["is not finite", { Size: Number.NaN }, "holds a number that is not finite"]
  ])("is rejected if it %s", (_, parameters, reason) =>
    assert.deepStrictEqual(Parameters.flatten(parameters), Either.left(reason))
  )

  it("is not a date, which is written like in JSON", () =>
    assert.deepStrictEqual(flat({ Since: new Date(0) }), [["Since", "1970-01-01T00:00:00.000Z"]]))
})

describe("a query", () => {
  it("is escaped as in RFC 3986, in upper case", () =>
    assert.strictEqual(
      Parameters.format([["键", "a b+c/d?e=f&g%h~i-j.k_l!'()*"]]),
      "%E9%94%AE=a%20b%2Bc%2Fd%3Fe%3Df%26g%25h~i-j.k_l%21%27%28%29%2A"
    ))

  it("can have a lone surrogate", () => assert.strictEqual(Parameters.format([["a", "\ud800"]]), "a=%EF%BF%BD"))

  it.each([
    ["", []],
    ["a=", [["a", ""]]],
    ["a=b=c", [["a", "b=c"]]],
    [
      "b=2&a=1&b=2",
      [
        ["b", "2"],
        ["a", "1"],
        ["b", "2"]
      ]
    ],
    ["a=x+y%20z%2B", [["a", "x y z+"]]],
    ["a%2Eb=%e4%b8%ad", [["a.b", "中"]]],
    [
      "a=%zz&b=100%",
      [
        ["a", "%zz"],
        ["b", "100%"]
      ]
    ],
    ["a=%ff", [["a", "%ff"]]]
  ])("%j is read in its order", (query, parameters) =>
    assert.deepStrictEqual<unknown>(Parameters.parse(query), Either.right(parameters))
  )

  it.prop("never throws while it is read", [FC.string({ unit: FC.constantFrom(..."a=&%.0+é") })], ([query]) =>
    assert.isTrue(Either.isEither(read(query)))
  )
})

describe("nesting", () => {
  it.each([
    [
      "a list of more than ten items",
      Array.from({ length: 12 }, (_, i) => `A.${i}=${i}`)
        .reverse()
        .join("&"),
      { A: Array.from({ length: 12 }, (_, i) => `${i}`) }
    ],
    ["digits at the root, which are names", "0=a&1=b", { "0": "a", "1": "b" }],
    ["digits beside a name, which are names too", "A.0=a&A.B=b", { A: { "0": "a", B: "b" } }],
    ["lists in lists", "A.0.0=a&A.0.1=b&A.1.0=c", { A: [["a", "b"], ["c"]] }],
    [
      "names of Object's own",
      "constructor.prototype.x=1&toString=2",
      { constructor: { prototype: { x: "1" } }, toString: "2" }
    ]
  ])("accepts %s", (_, query, expected) => assert.deepStrictEqual<unknown>(read(query), Either.right(expected)))

  it("never changes a prototype", () => {
    const nested = Either.getOrThrow(read("__proto__.polluted=1&A.__proto__.polluted=2"))
    assert.strictEqual(JSON.stringify(nested), '{"__proto__":{"polluted":"1"},"A":{"__proto__":{"polluted":"2"}}}')
    assert.isFalse("polluted" in {})
  })

  const depth = (segments: number) => Array.from({ length: segments }, () => "a").join(".")

  const faults: ReadonlyArray<readonly [query: string, kind: Parameters.Fault["kind"], name: string]> = [
    ["a", "separator", ""],
    ["a=1&", "separator", ""],
    ["&a=1", "separator", ""],
    ["=1", "emptyName", ""],
    ["a=1&=2", "emptyName", ""],
    ["a=1&a=2", "repeated", "a"],
    ["A.0=1&A.0=1", "repeated", "A.0"],
    ["A.1=x", "list", "A"],
    ["A.0=x&A.2=y", "list", "A"],
    ["A.0=x&A.01=y", "list", "A"],
    ["A.00=x", "list", "A"],
    ["A.0.B.3=x", "list", "A.0.B"],
    ["A.99999999999999999999=x", "list", "A"],
    ["A=1&A.B=2", "format", "A.B"],
    ["A.B=2&A=1", "format", "A"],
    ["A.=1", "format", "A."],
    [".A=1", "format", ".A"],
    ["A..B=1", "format", "A..B"],
    [`${depth(33)}=1`, "format", depth(33)],
    [`${depth(1_000_000)}=1`, "format", depth(1_000_000)]
  ]

  it.each(faults.map(([query, kind, name]) => ({ query, kind, name, shown: query.slice(0, 30) })))(
    "$shown is a fault of the kind $kind",
    ({ kind, name, query }) => assert.deepStrictEqual(read(query), Either.left({ kind, name }))
  )

  it("accepts 32 levels", () => assert.isTrue(Either.isRight(read(`${depth(32)}=1`))))
})
