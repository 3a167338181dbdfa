import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import type { Mode } from "effect-tencentcloud/Codec"
import * as Codec from "effect-tencentcloud/Codec"
import * as Shape from "../../../src/domain/contract/Shape.js"
import * as Issue from "../../../src/domain/errors/Issue.js"
import * as Message from "../../../src/domain/rules/Message.js"
import * as Json from "../../../src/domain/wire/Json.js"
import * as Parameters from "../../../src/domain/wire/Parameters.js"

type Value = Readonly<Record<string, unknown>>

const Tag: Shape.Table = ["Tag", "Key:s!,Value:s"]
const Everything: Shape.Table = [
  "Everything",
  "Name:s!,Count:i,Size:u,Ratio:f,Flag:b,At:d,AtIso:D,Day:t,Content:B,Ids:s*,Counts:i*,Flags:b*,Tag:0,Tags:0*",
  () => [Tag]
]
const Tree: Shape.Table = ["Tree", "Name:s!,Child:0,Children:0*", () => [Tree]]
const Answer: Shape.Table = ["Answer", "Id:s+,Count:i?+,Tags:0*+,Note:s?,Old:s~", () => [Tag]]

const everything = Shape.codec<Value>(Everything)
const tree = Shape.codec<Value>(Tree)

type Outcome = Either.Either<unknown, ReadonlyArray<string>>

const outcome = (result: Either.Either<unknown, Codec.Issues>): Outcome =>
  Either.mapLeft(result, (issues) => issues.map(Issue.format))

const decode = (wire: unknown, mode: Mode, table = Everything): Outcome =>
  outcome(Shape.codec<Value>(table).decode(wire, mode))

const encode = (value: unknown, mode: Mode, table = Everything): Outcome =>
  outcome(Shape.codec<Value>(table).encode(value as Value, mode))

/** The same, with everything in it frozen: whoever changes it, throws. */
const frozen = <A>(value: A): A => {
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    for (const inner of Object.values(value)) frozen(inner)
    Object.freeze(value)
  }
  return value
}

const whole = frozen({
  Name: "n",
  Count: -1,
  Size: 1,
  Ratio: 0.5,
  Flag: true,
  At: "2020-09-22 00:00:00",
  AtIso: "2020-09-22T00:00:00+00:00",
  Day: "2020-09-22",
  Ids: ["a"],
  Counts: [1, -2],
  Flags: [false],
  Tag: { Key: "k" },
  Tags: [{ Key: "k", Value: "v" }, { Key: "" }]
})

/** Every type's name on the wire, by the member that has it. */
const wireTypes = {
  Name: "string",
  Count: "int64",
  Size: "uint64",
  Ratio: "float",
  Flag: "bool",
  At: "datetime",
  AtIso: "datetime_iso",
  Day: "date",
  Content: "binary",
  Ids: "list",
  Counts: "list",
  Flags: "list",
  Tag: "object",
  Tags: "list"
}

const exact = ["request", "form", "parts"] as const
const modes = [...exact, "response", "strict"] as const

const past = 2n ** 53n
const digits = "9223372036854775807"
const cannotHold = (integer: bigint | string, type: string) =>
  `is the integer ${integer}, which a number cannot hold, where ${type} was expected`

describe("a table", () => {
  it("tells its members", () => {
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

  it("may refer to many shapes, and to itself", () => {
    const shapes = Array.from({ length: 12 }, (_, index): Shape.Table => [`S${index}`, `M${index}:s`])
    const Many: Shape.Table = ["Many", shapes.map((_, index) => `A${index}:${index}*!`).join(","), () => shapes]
    assert.deepStrictEqual(
      Shape.members(Many).map(({ list, required, type }) => [type, list, required]),
      shapes.map((shape) => [shape, true, true])
    )
    assert.strictEqual(Shape.members(Tree)[2]?.type, Tree)
  })

  it("is read on first use, and once", () => {
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

  it("that lacks a shape is a fault of the program, and of no value", () =>
    assert.throws(() => decode({}, "request", ["Broken", "A:0"]), "a table without its shape: A:0"))

  it("is found behind its codec, and behind no other", () => {
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
  it("a value that fits is given back as the same object, both ways", () => {
    const value = mode === "form" || mode === "parts" ? { ...whole, Content: new Uint8Array([1]) } : whole
    assert.strictEqual(Either.getOrThrow(everything.decode(value, mode)), value)
    assert.strictEqual(Either.getOrThrow(everything.encode(value, mode)), value)
  })

  it("what is no object is refused", () => {
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

  it("each type is called as the service calls it", () => {
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

  it("a fault deep inside is told by its path", () =>
    assert.deepStrictEqual<unknown>(
      decode({ Name: "", Tags: [{ Key: "" }, { Key: ["k"] }], Tag: { Key: "", Value: { K: "v" } } }, mode),
      Either.left(["`Tags.1.Key` is list where string was expected", "`Tag.Value` is object where string was expected"])
    ))

  it("no issue holds a text that was refused", () => {
    const planted = Object.fromEntries(Object.keys(wireTypes).map((name) => [name, name === "Name" ? 1.5 : "hunter2"]))
    for (const result of [everything.decode(planted, mode), everything.encode(planted, mode)]) {
      assert.notInclude(JSON.stringify(Either.getOrThrow(Either.flip(result))), "hunter2")
    }
  })

  it("a value nested without end is an issue, and is not thrown", () => {
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

  it("a getter that throws is an issue, and is not thrown", () => {
    const value = {
      get Name(): string {
        return assert.fail("hunter2")
      }
    }
    const refused = Either.left(["it is invalid: expected a value that can be read"])
    assert.deepStrictEqual<unknown>(decode(value, mode), refused)
    assert.deepStrictEqual<unknown>(encode(value, mode), refused)
  })

  it("a shape may hold itself", () => {
    const value = frozen({ Name: "", Child: { Name: "" }, Children: [{ Name: "", Children: [{ Name: "" }] }] })
    assert.strictEqual(Either.getOrThrow(tree.decode(value, mode)), value)
    assert.deepStrictEqual<unknown>(
      decode({ Name: "", Children: [{ Name: "", Child: { Name: { K: "v" } } }] }, mode, Tree),
      Either.left(["`Children.0.Child.Name` is object where string was expected"])
    )
  })

  it("a long text that is nearly a number is refused at once", () =>
    assert.deepStrictEqual<unknown>(
      decode({ Name: "", Count: `${"1".repeat(1_000_000)}x` }, mode),
      Either.left(["`Count` is string where int64 was expected"])
    ))
})

describe.each(exact)("a %s", (mode) => {
  it("has every fault told at once", () =>
    assert.deepStrictEqual<unknown>(
      decode(
        {
          Count: {},
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
        "`Size` is null where uint64 was expected",
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

  it("takes numeric texts for numbers", () =>
    assert.deepStrictEqual<unknown>(
      decode({ Name: "1", Count: "-05", Size: "+7", Ratio: "-1.5e3", Counts: ["1", 2, "9007199254740991"] }, mode),
      Either.right({ Name: "1", Count: -5, Size: 7, Ratio: -1500, Counts: [1, 2, 9007199254740991] })
    ))

  it.each(["", " 1", "1 ", "0x10", "1_000", "--1", "1e", ".", "+", "Infinity", "NaN", "1e999", "١"])(
    "takes no other text for one: %j",
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
  ] as const)("refuses for `%s` %s: %s", (name, value, found, type) =>
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
  ] as const)("rounds no integer: `%s` with %s", (name, value, type) =>
    assert.deepStrictEqual<unknown>(
      decode({ Name: "", [name]: value }, mode),
      Either.left([`\`${name}\` ${cannotHold(BigInt(value), type)}`])
    )
  )

  it.each([2 ** 53, 1e20, -1e17, 2 ** 60])("takes a float that is written like an integer: %s", (Ratio) => {
    const wire = Either.getOrThrow(Json.parse(JSON.stringify({ Name: "", Ratio })))
    assert.deepStrictEqual<unknown>(decode(wire, mode), Either.right({ Name: "", Ratio }))
    assert.deepStrictEqual<unknown>(decode({ Name: "", Ratio: String(Ratio) }, mode), Either.right({ Name: "", Ratio }))
  })

  it("names the path of an integer that stands in a list, and not the digits of one without end", () => {
    assert.deepStrictEqual<unknown>(
      decode({ Name: "", Counts: [1, past] }, mode),
      Either.left([`\`Counts.1\` ${cannotHold(past, "int64")}`])
    )
    for (const [value, found] of [
      [2n ** 500n, "an integer of more than 128 bits"],
      [String(2n ** 500n), "string"]
    ] as const) {
      const [issue] = Either.getOrThrow(Either.flip(everything.decode({ Name: "", Count: value }, mode)))
      assert.deepInclude(issue, { kind: "type", found })
    }
  })

  it.each(["true", "false", "True", "False"])("knows what %s means where every value is a text", (text) =>
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
    "takes nothing else for a boolean: %j",
    (value) =>
      assert.deepStrictEqual<unknown>(
        decode({ Name: "", Flag: value }, mode),
        Either.left([`\`Flag\` is ${typeof value} where bool was expected`])
      )
  )

  it.each([1, true, 1n, null])("takes no %s for a text", (value) => {
    const found = Issue.typeName(value)
    for (const name of ["At", "AtIso", "Day"] as const)
      assert.deepStrictEqual<unknown>(
        decode({ Name: "", [name]: value }, mode),
        Either.left([`\`${name}\` is ${found} where ${wireTypes[name]} was expected`])
      )
  })

  it("takes bytes as bytes, and nothing else for them", () => {
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

  it("knows names in their own case alone", () =>
    assert.deepStrictEqual<unknown>(
      decode({ name: "" }, mode),
      Either.left(["`name` is not known", "`Name` is missing"])
    ))

  it("is not fooled by what every object inherits", () => {
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
  it("holds lists and objects as JSON in a text", () =>
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

  it("has the faults inside such a text told by their paths", () =>
    assert.deepStrictEqual<unknown>(
      decode(
        { Name: "", Tags: '[{"Key":1},{"More":1}]', Counts: `[${digits}]`, Tag: "[]", Ids: "{}", Flags: "[true" },
        "parts"
      ),
      Either.left([
        "`Tags.0.Key` is number where string was expected",
        "`Tags.1.More` is not known",
        "`Tags.1.Key` is missing",
        `\`Counts.0\` ${cannotHold(digits, "int64")}`,
        "`Tag` is list where object was expected",
        "`Ids` is object where list was expected",
        "`Flags` is string where list was expected"
      ])
    ))

  it("alone holds them so", () => {
    for (const mode of ["request", "form", "response", "strict"] as const)
      assert.deepStrictEqual<unknown>(
        decode({ Name: "", Tag: '{"Key":"k"}' }, mode),
        Either.left(["`Tag` is string where object was expected"])
      )
  })

  it("gives no prototype to what it holds", () =>
    assert.deepStrictEqual<unknown>(
      decode({ Name: "", Tag: '{"Key":"","__proto__":{"Value":"x"}}' }, "parts"),
      Either.left(["`Tag.__proto__` is not known"])
    ))
})

describe("a response", () => {
  const read = (wire: unknown, table = Everything) => decode(frozen(wire), "response", table)

  it("may lack anything", () => assert.deepStrictEqual<unknown>(read({}), Either.right({})))

  it("has unknown members kept as they are, at any depth, and `null` read as absent", () => {
    const wire = {
      Name: "",
      More: { A: null, B: BigInt(digits) },
      Tag: { Key: "", More: [1] },
      Tags: [{ Key: "", More: "" }]
    }
    assert.strictEqual(Either.getOrThrow(everything.decode(frozen(wire), "response")), wire)
    assert.deepStrictEqual<unknown>(
      read({ Count: "1", More: { A: 1 }, Tag: { Key: null, More: 1, Less: null } }),
      Either.right({ Count: 1, More: { A: 1 }, Tag: { More: 1 } })
    )
  })

  it("keeps of what the envelope adds its RequestId", () =>
    assert.deepStrictEqual<unknown>(
      read({ RequestId: "1", DeprecatedWarning: "soon", Error: null, Tag: { Key: "", RequestId: "2" } }),
      Either.right({ RequestId: "1", Tag: { Key: "", RequestId: "2" } })
    ))

  it("has `null` read as absent, wherever it stands", () => {
    const nothing = Object.fromEntries(Object.keys(wireTypes).map((name) => [name, null]))
    assert.deepStrictEqual<unknown>(read(nothing), Either.right({}))
    assert.deepStrictEqual<unknown>(
      read({ Ids: [null, "a", null], Tags: [null], Tag: { Key: null, Value: "v" } }),
      Either.right({ Ids: ["a"], Tags: [], Tag: { Value: "v" } })
    )
  })

  it("has an empty text read as absent where another type stands, and as a text where one does", () => {
    const empty = Object.fromEntries(Object.keys(wireTypes).map((name) => [name, ""]))
    assert.deepStrictEqual<unknown>(read(empty), Either.right({ Name: "", At: "", AtIso: "", Day: "" }))
    assert.deepStrictEqual<unknown>(
      read({ Ids: ["", "a"], Counts: ["", 1], Flags: [""], Tags: ["", { Key: "" }] }),
      Either.right({ Ids: ["", "a"], Counts: [1], Flags: [], Tags: [{ Key: "" }] })
    )
  })

  it("has an empty list or object read as absent where another type stands", () => {
    const others = Object.entries(wireTypes).filter(([, type]) => type !== "list" && type !== "object")
    assert.deepStrictEqual<unknown>(
      read({
        ...Object.fromEntries(others.map(([name], index) => [name, index % 2 === 0 ? [] : {}])),
        Ids: {},
        Tag: [],
        Tags: {}
      }),
      Either.right({})
    )
    assert.deepStrictEqual<unknown>(
      read({ Ids: [], Tag: {}, Counts: [[], 1, {}], Tags: [[], {}, { Value: {} }] }),
      Either.right({ Ids: [], Tag: {}, Counts: [1], Tags: [{}, {}] })
    )
  })

  it("may have numbers and booleans in texts, and texts as numbers and booleans", () =>
    assert.deepStrictEqual<unknown>(
      read({ Name: 1, At: true, Count: "5", Size: "6", Ratio: "0.5", Flag: "True", Flags: ["false", 0, 1, true] }),
      Either.right({
        Name: "1",
        At: "true",
        Count: 5,
        Size: 6,
        Ratio: 0.5,
        Flag: true,
        Flags: [false, false, true, true]
      })
    ))

  it("may have numbers that are none of their type, as long as nothing is lost", () =>
    assert.deepStrictEqual<unknown>(
      read({ Count: 1.5, Size: -1, Ratio: 3, Counts: ["1.5", 1e20] }),
      Either.right({ Count: 1.5, Size: -1, Ratio: 3, Counts: [1.5, 1e20] })
    ))

  it.each([
    ["in a text member", `{"Name":${digits}}`, Either.right({ Name: digits })],
    ["at the edge", '{"Count":9007199254740991}', Either.right({ Count: 9007199254740991 })],
    ["in a text, at the edge", '{"Count":"-9007199254740991"}', Either.right({ Count: -9007199254740991 })],
    ["past it", '{"Count":9007199254740993}', Either.left([`\`Count\` ${cannotHold(past + 1n, "int64")}`])],
    [
      "in a text, past it",
      '{"Count":"9007199254740993"}',
      Either.left([`\`Count\` ${cannotHold(past + 1n, "int64")}`])
    ],
    ["in a uint64", '{"Size":18446744073709551615}', Either.left([`\`Size\` ${cannotHold(2n ** 64n - 1n, "uint64")}`])],
    ["in a float", `{"Ratio":${digits}}`, Either.left([`\`Ratio\` ${cannotHold(digits, "float")}`])],
    [
      "all of them, each by its path",
      `{"Counts":[1,${digits}],"Tags":[{"Key":"","Value":${digits}}],"Size":${digits}}`,
      Either.left([`\`Counts.1\` ${cannotHold(digits, "int64")}`, `\`Size\` ${cannotHold(digits, "uint64")}`])
    ]
  ])("never rounds an integer: %s", (_, text, expected) =>
    assert.deepStrictEqual<unknown>(read(Either.getOrThrow(Json.parse(text))), expected)
  )

  it("refuses what cannot be meant", () =>
    assert.deepStrictEqual<unknown>(
      read({
        Name: { A: 1 },
        Count: "many",
        Flag: "yes",
        Ids: "a",
        Tag: [{ Key: "k" }],
        Tags: { Key: "k" },
        Content: "eA==",
        Flags: [2]
      }),
      Either.left([
        "`Name` is object where string was expected",
        "`Count` is string where int64 was expected",
        "`Flag` is string where bool was expected",
        "`Ids` is string where list was expected",
        "`Tag` is list where object was expected",
        "`Tags` is object where list was expected",
        "`Content` is string where binary was expected",
        "`Flags.0` is number where bool was expected"
      ])
    ))

  it("changes nothing of what it reads, nor of any prototype", () => {
    const hostile = JSON.parse(
      '{"Name":null,"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"Tag":{"__proto__":{"polluted":true},"Key":""}}'
    )
    const value = Either.getOrThrow(everything.decode(frozen(hostile), "response"))
    assert.deepStrictEqual(Object.getOwnPropertyNames(value), ["constructor", "Tag"])
    assert.strictEqual(Object.getPrototypeOf(value), Object.prototype)
    assert.deepStrictEqual(Object.getOwnPropertyNames(value.Tag), ["Key"])
    assert.isUndefined(Reflect.get({}, "polluted"))
    assert.isUndefined(Reflect.get(Object(value.Tag), "polluted"))
  })

  it("keeps the lists and objects in which nothing had to be changed", () => {
    const wire = { Name: null, Ids: ["a"], Tag: { Key: "k" }, Tags: [{ Key: "k" }, { Key: null, Value: "v" }] }
    const value = Either.getOrThrow(everything.decode(frozen(wire), "response"))
    assert.strictEqual(value.Ids, wire.Ids)
    assert.strictEqual(value.Tag, wire.Tag)
    assert.deepStrictEqual(value.Tags, [{ Key: "k" }, { Value: "v" }])
    assert.strictEqual(Reflect.get(Object(value.Tags), 0), wire.Tags[0])
  })

  it("from a handler is written without what the contract does not know, and checked", () => {
    assert.deepStrictEqual<unknown>(
      encode(frozen({ Name: "", More: 1, Count: undefined, Tag: null, Ids: [null, "a"] }), "response"),
      Either.right({ Name: "", Ids: ["a"] })
    )
    assert.deepStrictEqual<unknown>(
      encode({ Name: 1, Count: "5", Size: -1, Ratio: "", Flag: "true", At: new Date(0), Ids: [undefined] }, "response"),
      Either.left([
        "`Name` is number where string was expected",
        "`Count` is string where int64 was expected",
        "`Size` is a negative number where uint64 was expected",
        "`Ratio` is string where float was expected",
        "`Flag` is string where bool was expected",
        "`At` is Date where datetime was expected",
        "`Ids.0` is nothing where string was expected"
      ])
    )
  })
})

describe("a request from a program", () => {
  const write = (value: unknown, table?: Shape.Table) => encode(frozen(value), "request", table)

  it("has every fault told at once", () =>
    assert.deepStrictEqual<unknown>(
      write({
        Name: new Date(0),
        Count: 1.5,
        Tag: new Map(),
        Tags: [undefined, {}],
        Ids: new Set(["a"]),
        Flag: "true",
        More: () => {}
      }),
      Either.left([
        "`Name` is Date where string was expected",
        "`Count` is a fraction where int64 was expected",
        "`Tag` is Map where object was expected",
        "`Tags.0` is nothing where object was expected",
        "`Tags.1.Key` is missing",
        "`Ids` is Set where list was expected",
        "`Flag` is string where bool was expected",
        "`More` is not known"
      ])
    ))

  it("may give `undefined` for what it leaves out, known or not", () => {
    assert.deepStrictEqual<unknown>(
      write({ Name: "", Count: undefined, More: undefined, Tag: { Key: "", Value: undefined } }),
      Either.right({ Name: "", Tag: { Key: "" } })
    )
    assert.deepStrictEqual<unknown>(write({ Name: undefined }), Either.left(["`Name` is missing"]))
  })

  it("gives integers past 2^53 as bigint or as digits, and none of them is rounded", () => {
    for (const Count of [BigInt(digits), digits]) {
      const written = Either.getOrThrow(
        Either.flatMap(write({ Name: "", Count, Size: 2n ** 64n - 1n }), Json.stringify)
      )
      assert.strictEqual(written, `{"Name":"","Count":${digits},"Size":18446744073709551615}`)
    }
    assert.deepStrictEqual<unknown>(
      write({ Name: "", Count: 2 ** 53, Counts: [2n ** 63n, -(2n ** 63n)], Size: -1n, Ratio: past + 1n }),
      Either.left([
        `\`Count\` ${cannotHold(past, "int64")}`,
        `\`Counts.0\` ${cannotHold(2n ** 63n, "int64")}`,
        "`Size` is a negative number where uint64 was expected",
        `\`Ratio\` ${cannotHold(past + 1n, "float")}`
      ])
    )
  })

  it("may give numbers in texts, as the service takes them", () =>
    assert.deepStrictEqual<unknown>(
      write({ Name: "", Count: "-5", Ratio: "0.5", Counts: ["1", 2] }),
      Either.right({ Name: "", Count: -5, Ratio: 0.5, Counts: [1, 2] })
    ))

  it("may hold instances of classes, of which the members alone are sent", () => {
    class Label {
      constructor(readonly Key: string) {}
      get Value() {
        return "not sent"
      }
      toJSON() {
        return "not sent either"
      }
    }
    const tag = frozen(new Label("k"))
    const { Tag: written } = Either.getOrThrow(everything.encode({ Name: "", Tag: tag }, "request")) as { Tag: object }
    assert.deepStrictEqual<unknown>(written, { Key: "k" })
    assert.strictEqual(Object.getPrototypeOf(written), Object.prototype)
    const bare = Object.assign(Object.create(null), { Name: "" })
    assert.strictEqual<unknown>(Either.getOrThrow(everything.encode(bare, "request")), bare)
  })

  it("is sent as it is where it is not checked", () => {
    const value = { Nmae: 1 }
    assert.strictEqual<unknown>(everything.unchecked?.(value), value)
  })
})

describe("read strictly, an answer deviates by", () => {
  const fitting = { Id: "1", Count: 1, Tags: [{ Key: "k", Value: "v" }] }
  const deviations = (wire: unknown, table = Answer) => Shape.deviations(table, frozen(wire)).map(Issue.format)

  it("nothing where it is as documented, `null` and the envelope's own members included", () => {
    assert.deepStrictEqual(deviations(fitting), [])
    assert.deepStrictEqual(deviations({ ...fitting, Count: null, Note: null, Old: "" }), [])
    const inEnvelope = { ...fitting, RequestId: "r", DeprecatedWarning: "w" }
    assert.deepStrictEqual(deviations(inEnvelope), [])
    assert.deepStrictEqual<unknown>(decode(inEnvelope, "strict", Answer), Either.right(fitting))
  })

  it("everything else, however small", () =>
    assert.deepStrictEqual(
      deviations({
        Count: "1",
        Tags: [{ Key: null, RequestId: "r" }, null, ""],
        Note: 1,
        Old: null,
        New: undefined,
        More: 1
      }),
      [
        "`Count` is string where int64 was expected",
        "`Tags.0.Key` is null where string was expected",
        "`Tags.0.RequestId` is not known",
        "`Tags.1` is null where object was expected",
        "`Tags.2` is string where object was expected",
        "`Note` is number where string was expected",
        "`Old` is null where string was expected",
        "`More` is not known",
        "`Id` is missing"
      ]
    ))

  it("numbers that are none of their type", () =>
    assert.deepStrictEqual(
      deviations({ Name: "", Count: 1.5, Size: -1, Counts: [past, 2 ** 53], Ratio: "1", Flag: 1 }, Everything),
      [
        "`Count` is a fraction where int64 was expected",
        "`Size` is a negative number where uint64 was expected",
        `\`Counts.0\` ${cannotHold(past, "int64")}`,
        `\`Counts.1\` ${cannotHold(past, "int64")}`,
        "`Ratio` is string where float was expected",
        "`Flag` is number where bool was expected"
      ]
    ))
})

it("the issues of a request are what the service's messages are made of", () => {
  const issues = Either.getOrThrow(Either.flip(everything.decode({ Tags: [{ Key: 1 }], More: 1 }, "request")))
  assert.deepStrictEqual(
    issues.map(({ expected, kind, path }) => {
      const name = Issue.formatPath(path)
      return kind === "unknown"
        ? Message.unknownParameter(name)["en-US"]
        : kind === "missing"
          ? Message.missingParameter(name)["en-US"]
          : Message.wrongType(name, expected)["en-US"]
    }),
    [
      "The value type of parameter `Tags.0.Key` is not valid, input type should be `string`",
      "The parameter `More` is not recognized.",
      "The request is missing a required parameter `Name`."
    ]
  )
})

/** Shapes of any kind, some of which hold themselves. */
const tables: FastCheck.Arbitrary<Shape.Table> = FastCheck.letrec<{ readonly table: Shape.Table }>((tie) => ({
  table: FastCheck.tuple(
    FastCheck.array(
      FastCheck.record({
        type: FastCheck.oneof(
          { maxDepth: 3, depthIdentifier: "table" },
          FastCheck.constantFrom(..."siufbdDt"),
          tie("table"),
          FastCheck.constant("itself" as const)
        ),
        marks: FastCheck.subarray([..."*!?+~"])
      }),
      { maxLength: 6 }
    ),
    FastCheck.nat()
  ).map(([members, number]) => {
    const shapes = members.flatMap(({ type }) => (typeof type === "string" && type !== "itself" ? [] : [type]))
    const table: Shape.Table = [
      `Shape${number}`,
      members
        .map(({ marks, type }, index) => {
          const isShape = typeof type !== "string" || type === "itself"
          // What has to hold itself has no end.
          const written = marks.filter((mark) => mark !== "!" || type !== "itself").join("")
          return `M${index}:${isShape ? shapes.indexOf(type) : type}${written}`
        })
        .join(","),
      () => shapes.map((shape) => (shape === "itself" ? table : (shape as Shape.Table)))
    ]
    return table
  })
})).table

const scalars: Record<Shape.Scalar, FastCheck.Arbitrary<unknown>> = {
  string: FastCheck.string({ unit: "binary" }),
  int64: FastCheck.maxSafeInteger(),
  uint64: FastCheck.maxSafeNat(),
  float: FastCheck.double({ noDefaultInfinity: true, noNaN: true }).map((number) =>
    Object.is(number, -0) ? 0 : number
  ),
  bool: FastCheck.boolean(),
  datetime: FastCheck.string(),
  datetime_iso: FastCheck.string(),
  date: FastCheck.string(),
  binary: FastCheck.uint8Array()
}

interface Options {
  readonly depth: number
  /** Whether every member is there. */
  readonly whole?: boolean
  /** Whether lists and objects hold something: a flat form cannot say that one is empty. */
  readonly filled?: boolean
}

const valuesOf = (table: Shape.Table, { depth, ...options }: Options): FastCheck.Arbitrary<Value> => {
  const members = Shape.members(table).filter(({ required, type }) => depth > 0 || required || typeof type === "string")
  const arbitraries = members.map(({ list, name, type }) => {
    const one = typeof type === "string" ? scalars[type] : valuesOf(type, { ...options, depth: depth - 1 })
    return [
      name,
      list ? FastCheck.array(one, { maxLength: 3, minLength: options.filled === true ? 1 : 0 }) : one
    ] as const
  })
  const requiredKeys = members.flatMap(({ name, required }) => (required || options.whole === true ? [name] : []))
  return FastCheck.record(Object.fromEntries(arbitraries), { requiredKeys, noNullPrototype: true })
}

interface Case {
  readonly table: Shape.Table
  readonly value: Value
}

const cases = (options: Options): FastCheck.Arbitrary<Case> =>
  FastCheck.oneof(tables, FastCheck.constant(Tree)).chain((table) =>
    valuesOf(table, options).map((value) => ({ table, value: frozen(value) }))
  )

const holds = (options: Options, law: (codec: Codec.Codec<Value>, value: Value, table: Shape.Table) => void) =>
  FastCheck.assert(
    FastCheck.property(cases(options), ({ table, value }) => law(Shape.codec<Value>(table), value, table))
  )

const isHollow = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  (Object.keys(value).length === 0 || Object.values(value).some(isHollow))

/** What real services make of an answer that says the same. */
const tattered = (table: Shape.Table, value: Value, depth: number): Value => {
  const members = Shape.members(table)
  const written = members.map(({ list, name, type }) => {
    const given = value[name]
    if (given === undefined) return [name, null]
    const one = (element: unknown): unknown => {
      if (typeof type !== "string") return depth === 0 ? element : tattered(type, element as Value, depth - 1)
      return typeof element === "string" ? element : String(element)
    }
    return [name, list ? [null, ...(given as ReadonlyArray<unknown>).map(one), null] : one(given)]
  })
  return frozen(Object.fromEntries([...written, ["NotDocumented", null], ["constructor", null]]))
}

describe("what is written is read again,", () => {
  it.each(["request", "response"] as const)("as a %s, and is the same object", (mode) =>
    holds({ depth: 3 }, (codec, value) => {
      const written = Either.getOrThrow(codec.encode(value, mode))
      assert.strictEqual<unknown>(written, value)
      assert.deepStrictEqual(Either.getOrThrow(codec.decode(written, mode)), value)
    })
  )

  it.each(["request", "response"] as const)("as a %s in a text of JSON", (mode) =>
    holds({ depth: 3 }, (codec, value) => {
      const text = Either.flatMap(codec.encode(value, mode), Json.stringify)
      const read = Either.flatMap(Either.flatMap(text, Json.parse), (wire) => codec.decode(wire, mode))
      assert.deepStrictEqual<unknown>(read, Either.right(value))
    })
  )

  it("strictly, where nothing is left out", () =>
    holds({ depth: 2, whole: true }, (codec, value, table) => {
      // Below the depth to which values are made, members are left out.
      const others = Shape.deviations(table, value).filter(({ kind }) => kind !== "missing")
      assert.deepStrictEqual(others, [])
      if (Shape.members(table).every(({ type }) => typeof type === "string"))
        assert.deepStrictEqual<unknown>(codec.decode(value, "strict"), Either.right(value))
    }))

  it("as a form, where nothing in it is empty", () =>
    holds({ depth: 2, filled: true }, (codec, value) => {
      FastCheck.pre(!Object.values(value).some(isHollow))
      const flat = Either.flatMap(codec.encode(value, "form"), (written) => Parameters.flatten(Object(written)))
      const wire = Either.flatMap(flat, Parameters.unflatten)
      assert.deepStrictEqual<unknown>(
        Either.flatMap(wire, (read) => codec.decode(read, "form")),
        Either.right(value)
      )
    }))

  it("as multipart parts, with lists and objects in JSON", () =>
    holds({ depth: 2 }, (codec, value) => {
      const parts = Object.entries(Object(Either.getOrThrow(codec.encode(value, "parts")))).map(([name, member]) => [
        name,
        typeof member === "object" ? JSON.stringify(member) : String(member)
      ])
      assert.deepStrictEqual<unknown>(codec.decode(Object.fromEntries(parts), "parts"), Either.right(value))
    }))

  it("as a response of a service that minds no types", () =>
    holds({ depth: 3 }, (codec, value, table) =>
      assert.deepStrictEqual<unknown>(codec.decode(tattered(table, value, 3), "response"), Either.right(value))
    ))

  it("or is told by its digits, where it is an integer past 2^53", () =>
    FastCheck.assert(
      FastCheck.property(
        FastCheck.bigInt({ min: past, max: 2n ** 63n - 1n }),
        FastCheck.boolean(),
        (integer, isText) => {
          const text = Either.getOrThrow(
            Either.flatMap(
              everything.encode({ Name: "", Count: isText ? String(integer) : integer }, "request"),
              Json.stringify
            )
          )
          assert.strictEqual(text, `{"Name":"","Count":${integer}}`)
          const [issue] = Either.getOrThrow(
            Either.flip(everything.decode(Either.getOrThrow(Json.parse(text)), "response"))
          )
          assert.deepStrictEqual(issue.path, ["Count"])
          assert.include(issue.found, String(integer))
        }
      )
    ))

  it("and nothing is ever thrown, whatever it is", () =>
    FastCheck.assert(
      FastCheck.property(
        tables,
        FastCheck.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
          withSparseArray: true,
          key: FastCheck.constantFrom("M0", "M1", "M2", "__proto__", "constructor")
        }),
        FastCheck.constantFrom(...modes),
        (table, value, mode) => {
          const codec = Shape.codec<Value>(table)
          for (const result of [codec.decode(value, mode), codec.encode(value as Value, mode)])
            if (Either.isRight(result)) assert.isTrue(Json.isObject(result.right))
        }
      )
    ))
})
