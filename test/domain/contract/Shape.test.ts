import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Codec from "effect-tencentcloud/Codec"
import * as Shape from "../../../src/domain/contract/Shape.js"
import * as Issue from "../../../src/domain/errors/Issue.js"
import * as Json from "../../../src/domain/wire/Json.js"
import {
  Answer,
  cannotHold,
  decode,
  digits,
  Everything,
  encode,
  everything,
  exact,
  frozen,
  modes,
  past,
  Tag,
  Tree,
  tree,
  type Value,
  whole,
  wireTypes
} from "./shapeFixture.js"

describe("a table", () => {
  it("has members", () => {
    const member = { list: false, required: false, nullable: false, always: false, deprecated: false }
    assert.deepStrictEqual(Shape.members(Answer), [
      { ...member, name: "Id", type: "string", always: true },
      { ...member, name: "Count", type: "int64", nullable: true, always: true },
      { ...member, name: "Tags", type: Tag, list: true, always: true },
      { ...member, name: "Note", type: "string", nullable: true },
      { ...member, name: "Old", type: "string", deprecated: true }
    ])
    assert.deepStrictEqual(Shape.members(["Empty", ""]), [])
  })

  it("can refer to many shapes, and to itself", () => {
    const shapes = Array.from({ length: 12 }, (_, index): Shape.Table => [`S${index}`, `M${index}:s`])
    const Many: Shape.Table = ["Many", shapes.map((_, index) => `A${index}:${index}*!`).join(","), () => shapes]
    assert.deepStrictEqual(
      Shape.members(Many).map(({ list, required, type }) => [type, list, required]),
      shapes.map((shape) => [shape, true, true])
    )
    assert.strictEqual(Shape.members(Tree)[2]?.type, Tree)
  })

  it("is compiled on first use, and only once", () => {
    let read = 0
    const Lazy: Shape.Table = [
      "Lazy",
      "Tag:0",
      () => {
        read++
        return [Tag]
      }
    ]
    const codec = Shape.codec<Value>(Lazy)
    assert.strictEqual(read, 0)
    codec.decode({ Tag: { Key: "k" } }, "request")
    codec.encode({ Tag: { Key: "k" } }, "request")
    Shape.codec<Value>(Lazy).members
    assert.strictEqual(read, 1)
  })

  it("throws if it lacks a shape, because that is a defect of the program", () =>
    assert.throws(() => decode({}, "request", ["Broken", "A:0"]), "a table without its shape: A:0"))

  it("is returned for its own codec only", () => {
    assert.strictEqual(Shape.of(everything), Everything)
    assert.isUndefined(
      Shape.of(Codec.make<string>({ decode: () => Either.right(""), encode: Either.right, members: [] }))
    )
    assert.isTrue(Codec.isCodec(everything))
    assert.deepStrictEqual(everything.members, Object.keys(wireTypes))
    assert.strictEqual(everything.members, everything.members)
  })
})

describe.each(modes)("in the mode %s", (mode) => {
  it("a valid value comes back as the same object from decode and encode", () => {
    const value = mode === "form" || mode === "parts" ? { ...whole, Content: new Uint8Array([1]) } : whole
    assert.strictEqual(Either.getOrThrow(everything.decode(value, mode)), value)
    assert.strictEqual(Either.getOrThrow(everything.encode(value, mode)), value)
  })

  it("rejects everything but an object", () => {
    for (const [value, found] of [
      [null, "null"],
      [undefined, "nothing"],
      ["hunter2", "string"],
      [1, "number"],
      [[], "list"],
      [() => {}, "function"],
      [new Date(0), "Date"],
      [new Map(), "Map"],
      [new Set(), "Set"],
      [/x/, "RegExp"],
      [new Error("hunter2"), "Error"],
      [new Uint8Array(2), "binary"],
      [new ArrayBuffer(2), "ArrayBuffer"]
    ] as const) {
      const refused = Either.left([`it is ${found} where object was expected`])
      assert.deepStrictEqual<unknown>(decode(value, mode), refused)
      assert.deepStrictEqual<unknown>(encode(value, mode), refused)
    }
  })

  it("names each type as the service does", () => {
    const wrong = Object.fromEntries(Object.keys(wireTypes).map((name) => [name, Symbol()]))
    for (const issues of [everything.decode(wrong, mode), everything.encode(wrong, mode)].map(Either.flip)) {
      assert.deepStrictEqual(
        Object.fromEntries(
          Either.getOrThrow(issues).map(({ expected, kind, path }) => [Issue.formatPath(path), [kind, expected]])
        ),
        Object.fromEntries(Object.entries(wireTypes).map(([name, type]) => [name, ["type", type]]))
      )
    }
  })

  it("names the path of a nested fault", () =>
    assert.deepStrictEqual<unknown>(
      decode({ Name: "", Tags: [{ Key: "" }, { Key: ["k"] }], Tag: { Key: "", Value: { K: "v" } } }, mode),
      Either.left(["`Tags.1.Key` is list where string was expected", "`Tag.Value` is object where string was expected"])
    ))

  it("no issue contains a rejected text", () => {
    const planted = Object.fromEntries(Object.keys(wireTypes).map((name) => [name, name === "Name" ? 1.5 : "hunter2"]))
    for (const result of [everything.decode(planted, mode), everything.encode(planted, mode)]) {
      assert.notInclude(JSON.stringify(Either.getOrThrow(Either.flip(result))), "hunter2")
    }
  })

  it("a value nested without end is an issue, and nothing is thrown", () => {
    const deep = Array.from({ length: 50_000 }).reduce<Value>((inner) => ({ Name: "", Children: [inner] }), {
      Name: ""
    })
    const circle: Record<string, unknown> = { Name: "" }
    circle.Child = circle
    const nested = Either.left(["it is invalid: expected a value that is not nested without end"])
    for (const value of [deep, circle]) {
      assert.deepStrictEqual<unknown>(decode(value, mode, Tree), nested)
      assert.deepStrictEqual<unknown>(encode(value, mode, Tree), nested)
    }
  })

  it("a getter that throws is an issue, and nothing is thrown", () => {
    const value = {
      get Name(): string {
        return assert.fail("hunter2")
      }
    }
    const refused = Either.left(["it is invalid: expected a value that can be read"])
    assert.deepStrictEqual<unknown>(decode(value, mode), refused)
    assert.deepStrictEqual<unknown>(encode(value, mode), refused)
  })

  it("a shape can contain itself", () => {
    const value = frozen({ Name: "", Child: { Name: "" }, Children: [{ Name: "", Children: [{ Name: "" }] }] })
    assert.strictEqual(Either.getOrThrow(tree.decode(value, mode)), value)
    assert.deepStrictEqual<unknown>(
      decode({ Name: "", Children: [{ Name: "", Child: { Name: { K: "v" } } }] }, mode, Tree),
      Either.left(["`Children.0.Child.Name` is object where string was expected"])
    )
  })

  it("rejects a long text that is nearly a number in a short time", () =>
    assert.deepStrictEqual<unknown>(
      decode({ Name: "", Count: `${"1".repeat(1_000_000)}x` }, mode),
      Either.left(["`Count` is string where int64 was expected"])
    ))
})

describe.each(exact)("a %s", (mode) => {
  it("reports every fault at once", () =>
    assert.deepStrictEqual<unknown>(
      decode(
        {
          Count: {},
          // It is optional, so `null` is no fault.
          Size: null,
          Flag: [],
          Ids: "a",
          Counts: [1, "x", null],
          Tag: { Value: "v", Other: 1 },
          Tags: [{ Key: 1 }, {}, "x", null],
          More: 1
        },
        mode
      ),
      Either.left([
        "`Count` is object where int64 was expected",
        "`Flag` is list where bool was expected",
        "`Ids` is string where list was expected",
        "`Counts.1` is string where int64 was expected",
        "`Counts.2` is null where int64 was expected",
        "`Tag.Other` is not known",
        "`Tag.Key` is missing",
        "`Tags.0.Key` is number where string was expected",
        "`Tags.1.Key` is missing",
        "`Tags.2` is string where object was expected",
        "`Tags.3` is null where object was expected",
        "`More` is not known",
        "`Name` is missing"
      ])
    ))

  it("accepts numeric texts as numbers", () =>
    assert.deepStrictEqual<unknown>(
      decode({ Name: "1", Count: "-05", Size: "+7", Ratio: "-1.5e3", Counts: ["1", 2, "9007199254740991"] }, mode),
      Either.right({ Name: "1", Count: -5, Size: 7, Ratio: -1500, Counts: [1, 2, 9007199254740991] })
    ))

  it.each(["", " 1", "1 ", "0x10", "1_000", "--1", "1e", ".", "+", "Infinity", "NaN", "1e999", "١"])(
    "rejects every other text as a number: %j",
    (text) => {
      for (const [name, type] of [
        ["Count", "int64"],
        ["Ratio", "float"]
      ] as const)
        assert.deepStrictEqual<unknown>(
          decode({ Name: "", [name]: text }, mode),
          Either.left([`\`${name}\` is string where ${type} was expected`])
        )
    }
  )

  it.each([
    ["Count", 1.5, "a fraction", "int64"],
    ["Count", "1.5", "string", "int64"],
    ["Size", 1.5, "a fraction", "uint64"],
    ["Size", -1, "a negative number", "uint64"],
    ["Size", "-1", "a negative number", "uint64"],
    ["Size", -past, "a negative number", "uint64"],
    ["Count", Number.NaN, "NaN", "int64"],
    ["Ratio", Number.POSITIVE_INFINITY, "Infinity", "float"]
  ] as const)("rejects for `%s` %s: %s", (name, value, found, type) =>
    assert.deepStrictEqual<unknown>(
      decode({ Name: "", [name]: value }, mode),
      Either.left([`\`${name}\` is ${found} where ${type} was expected`])
    )
  )

  it.each([
    ["Count", BigInt(digits), "int64"],
    ["Count", digits, "int64"],
    ["Count", `-${digits}`, "int64"],
    ["Count", 2 ** 53, "int64"],
    ["Count", 1e20, "int64"],
    ["Size", "18446744073709551615", "uint64"],
    ["Ratio", past + 1n, "float"],
    ["Ratio", String(past + 1n), "float"]
  ] as const)("never rounds an integer: `%s` with %s", (name, value, type) =>
    assert.deepStrictEqual<unknown>(
      decode({ Name: "", [name]: value }, mode),
      Either.left([`\`${name}\` ${cannotHold(BigInt(value), type)}`])
    )
  )

  it.each([2 ** 53, 1e20, -1e17, 2 ** 60])("accepts a float without a fraction: %s", (Ratio) => {
    const wire = Either.getOrThrow(Json.parse(JSON.stringify({ Name: "", Ratio })))
    assert.deepStrictEqual<unknown>(decode(wire, mode), Either.right({ Name: "", Ratio }))
    assert.deepStrictEqual<unknown>(decode({ Name: "", Ratio: String(Ratio) }, mode), Either.right({ Name: "", Ratio }))
  })

  it("names the path of an integer in a list that 64 bits cannot hold, but not the digits of an endless one", () => {
    assert.deepStrictEqual<unknown>(
      decode({ Name: "", Counts: [1, 2n ** 63n] }, mode),
      Either.left([`\`Counts.1\` ${cannotHold(2n ** 63n, "int64")}`])
    )
    for (const [value, found] of [
      [2n ** 500n, "an integer of more than 128 bits"],
      [String(2n ** 500n), "string"]
    ] as const) {
      const [issue] = Either.getOrThrow(Either.flip(everything.decode({ Name: "", Count: value }, mode)))
      assert.deepInclude(issue, { kind: "type", found })
    }
  })

  it.each(["true", "false", "True", "False"])(
    "reads %s as a boolean only in modes where every value is a text",
    (text) =>
      assert.deepStrictEqual<unknown>(
        decode({ Name: text, Flag: text, Flags: [text, true] }, mode),
        mode === "request"
          ? Either.left(["`Flag` is string where bool was expected", "`Flags.0` is string where bool was expected"])
          : Either.right({
              Name: text,
              Flag: text.toLowerCase() === "true",
              Flags: [text.toLowerCase() === "true", true]
            })
      )
  )

  it.each(["TRUE", "yes", "", "0", "1", 0, 1, "constructor", "__proto__", "toString"])(
    "rejects everything else as a boolean: %j",
    (value) =>
      assert.deepStrictEqual<unknown>(
        decode({ Name: "", Flag: value }, mode),
        Either.left([`\`Flag\` is ${typeof value} where bool was expected`])
      )
  )

  it.each([1, true, 1n])("rejects %s as a text", (value) => {
    const found = Issue.typeName(value)
    for (const name of ["At", "AtIso", "Day"] as const)
      assert.deepStrictEqual<unknown>(
        decode({ Name: "", [name]: value }, mode),
        Either.left([`\`${name}\` is ${found} where ${wireTypes[name]} was expected`])
      )
  })

  it("G4: reads null as absent", () => {
    const nothing = Object.fromEntries(Object.keys(wireTypes).map((name) => [name, null]))
    assert.deepStrictEqual<unknown>(decode(nothing, mode), Either.left(["`Name` is missing"]))
    assert.deepStrictEqual<unknown>(encode(nothing, mode), Either.left(["`Name` is missing"]))
    assert.deepStrictEqual<unknown>(decode({ ...nothing, Name: "" }, mode), Either.right({ Name: "" }))
    assert.deepStrictEqual<unknown>(encode({ ...nothing, Name: "" }, mode), Either.right({ Name: "" }))
  })

  it("accepts bytes as bytes, and nothing else", () => {
    const Content = Buffer.from("x")
    assert.deepStrictEqual<unknown>(decode({ Name: "", Content }, mode), Either.right({ Name: "", Content }))
    for (const [value, found] of [
      ["eA==", "string"],
      [new ArrayBuffer(1), "ArrayBuffer"],
      [[1], "list"],
      [{ 0: 1 }, "object"]
    ] as const)
      assert.deepStrictEqual<unknown>(
        decode({ Name: "", Content: value }, mode),
        Either.left([`\`Content\` is ${found} where binary was expected`])
      )
    assert.deepStrictEqual<unknown>(
      decode({ Name: "", At: Content, Tag: Content, Tags: Content }, mode),
      Either.left([
        "`At` is binary where datetime was expected",
        "`Tag` is binary where object was expected",
        "`Tags` is binary where list was expected"
      ])
    )
  })

  it("distinguishes upper and lower case in names", () =>
    assert.deepStrictEqual<unknown>(
      decode({ name: "" }, mode),
      Either.left(["`name` is not known", "`Name` is missing"])
    ))

  it("ignores members that every object inherits", () => {
    const Odd: Shape.Table = ["Odd", "constructor:s!,toString:s!,hasOwnProperty:s"]
    assert.deepStrictEqual<unknown>(
      decode({}, mode, Odd),
      Either.left(["`constructor` is missing", "`toString` is missing"])
    )
    const value = JSON.parse('{"constructor":"a","toString":"b","hasOwnProperty":"c"}')
    assert.deepStrictEqual<unknown>(decode(value, mode, Odd), Either.right(value))
    assert.deepStrictEqual<unknown>(decode(Object.create({ Name: "" }), mode), Either.left(["`Name` is missing"]))
    const hostile = JSON.parse(
      '{"Name":"","__proto__":{"Flag":true},"constructor":{"prototype":{}},"Tag":{"Key":"","__proto__":[]}}'
    )
    assert.deepStrictEqual<unknown>(
      decode(hostile, mode),
      Either.left(["`__proto__` is not known", "`constructor` is not known", "`Tag.__proto__` is not known"])
    )
  })
})

describe("a multipart body", () => {
  it("has lists and objects as JSON in a text", () =>
    assert.deepStrictEqual<unknown>(
      decode(
        {
          Name: '["n"]',
          Ids: '["a","[1]"]',
          Counts: ' ["1",2]',
          Tag: '{"Key":"k"}',
          Tags: '[{"Key":"k"},{"Key":"{}"}]',
          Flag: "true"
        },
        "parts"
      ),
      Either.right({
        Name: '["n"]',
        Ids: ["a", "[1]"],
        Counts: [1, 2],
        Tag: { Key: "k" },
        Tags: [{ Key: "k" }, { Key: "{}" }],
        Flag: true
      })
    ))

  it("reports the paths of faults inside such a text", () =>
    assert.deepStrictEqual<unknown>(
      decode(
        { Name: "", Tags: '[{"Key":1},{"More":1}]', Counts: `[${2n ** 63n}]`, Tag: "[]", Ids: "{}", Flags: "[true" },
        "parts"
      ),
      Either.left([
        "`Tags.0.Key` is number where string was expected",
        "`Tags.1.More` is not known",
        "`Tags.1.Key` is missing",
        `\`Counts.0\` ${cannotHold(2n ** 63n, "int64")}`,
        "`Tag` is list where object was expected",
        "`Ids` is object where list was expected",
        "`Flags` is string where list was expected"
      ])
    ))

  it("is the only mode that reads them so", () => {
    for (const mode of ["request", "form", "response", "strict"] as const)
      assert.deepStrictEqual<unknown>(
        decode({ Name: "", Tag: '{"Key":"k"}' }, mode),
        Either.left(["`Tag` is string where object was expected"])
      )
  })

  it("sets no prototype", () =>
    assert.deepStrictEqual<unknown>(
      decode({ Name: "", Tag: '{"Key":"","__proto__":{"Value":"x"}}' }, "parts"),
      Either.left(["`Tag.__proto__` is not known"])
    ))
})
