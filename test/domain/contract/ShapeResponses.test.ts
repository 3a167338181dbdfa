import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Shape from "../../../src/domain/contract/Shape.js"
import * as Issue from "../../../src/domain/errors/Issue.js"
import * as Message from "../../../src/domain/rules/Message.js"
import * as Json from "../../../src/domain/wire/Json.js"
import {
  Answer,
  cannotHold,
  decode,
  digits,
  Everything,
  encode,
  everything,
  frozen,
  past,
  wireTypes
} from "./shapeFixture.js"

describe("a response", () => {
  const read = (wire: unknown, table = Everything) => decode(frozen(wire), "response", table)

  it("can lack every member", () => assert.deepStrictEqual<unknown>(read({}), Either.right({})))

  it("keeps unknown members at any depth, and reads `null` as absent", () => {
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

  it("keeps the RequestId of the envelope, and no other member of it", () =>
    assert.deepStrictEqual<unknown>(
      read({ RequestId: "1", DeprecatedWarning: "soon", Error: null, Tag: { Key: "", RequestId: "2" } }),
      Either.right({ RequestId: "1", Tag: { Key: "", RequestId: "2" } })
    ))

  it("reads `null` as absent everywhere", () => {
    const nothing = Object.fromEntries(Object.keys(wireTypes).map((name) => [name, null]))
    assert.deepStrictEqual<unknown>(read(nothing), Either.right({}))
    assert.deepStrictEqual<unknown>(
      read({ Ids: [null, "a", null], Tags: [null], Tag: { Key: null, Value: "v" } }),
      Either.right({ Ids: ["a"], Tags: [], Tag: { Value: "v" } })
    )
  })

  it("reads an empty text as absent, unless the type is a text", () => {
    const empty = Object.fromEntries(Object.keys(wireTypes).map((name) => [name, ""]))
    assert.deepStrictEqual<unknown>(read(empty), Either.right({ Name: "", At: "", AtIso: "", Day: "" }))
    assert.deepStrictEqual<unknown>(
      read({ Ids: ["", "a"], Counts: ["", 1], Flags: [""], Tags: ["", { Key: "" }] }),
      Either.right({ Ids: ["", "a"], Counts: [1], Flags: [], Tags: [{ Key: "" }] })
    )
  })

  it("reads an empty list or object as absent where another type is expected", () => {
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

  it("accepts texts as numbers and booleans, and numbers and booleans as texts", () =>
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

  it("accepts numbers of another type if nothing is lost", () =>
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

  it("rejects values without a clear meaning", () =>
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

  it("never changes its input, or any prototype", () => {
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

  it("returns the same lists and objects if nothing in them changes", () => {
    const wire = { Name: null, Ids: ["a"], Tag: { Key: "k" }, Tags: [{ Key: "k" }, { Key: null, Value: "v" }] }
    const value = Either.getOrThrow(everything.decode(frozen(wire), "response"))
    assert.strictEqual(value.Ids, wire.Ids)
    assert.strictEqual(value.Tag, wire.Tag)
    assert.deepStrictEqual(value.Tags, [{ Key: "k" }, { Value: "v" }])
    assert.strictEqual(Reflect.get(Object(value.Tags), 0), wire.Tags[0])
  })

  it("from a handler is checked and written without unknown members", () => {
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

  it("reports every fault at once", () =>
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

  it("can have `undefined` for absent members, known or unknown", () => {
    assert.deepStrictEqual<unknown>(
      write({ Name: "", Count: undefined, More: undefined, Tag: { Key: "", Value: undefined } }),
      Either.right({ Name: "", Tag: { Key: "" } })
    )
    assert.deepStrictEqual<unknown>(write({ Name: undefined }), Either.left(["`Name` is missing"]))
  })

  it("can have integers past 2^53 as bigint or as digits, without rounding", () => {
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

  it("can have numbers in texts, as the service accepts them", () =>
    assert.deepStrictEqual<unknown>(
      write({ Name: "", Count: "-5", Ratio: "0.5", Counts: ["1", 2] }),
      Either.right({ Name: "", Count: -5, Ratio: 0.5, Counts: [1, 2] })
    ))

  it("sends only the members of an instance of a class", () => {
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

  it("is sent as it is without a check", () => {
    const value = { Nmae: 1 }
    assert.strictEqual<unknown>(everything.unchecked?.(value), value)
  })
})

describe("deviations of an answer", () => {
  const fitting = { Id: "1", Count: 1, Tags: [{ Key: "k", Value: "v" }] }
  const deviations = (wire: unknown, table = Answer) => Shape.deviations(table, frozen(wire)).map(Issue.format)

  it("returns none for a documented answer, with `null` and the envelope's members", () => {
    assert.deepStrictEqual(deviations(fitting), [])
    assert.deepStrictEqual(deviations({ ...fitting, Count: null, Note: null, Old: "" }), [])
    const inEnvelope = { ...fitting, RequestId: "r", DeprecatedWarning: "w" }
    assert.deepStrictEqual(deviations(inEnvelope), [])
    assert.deepStrictEqual<unknown>(decode(inEnvelope, "strict", Answer), Either.right(fitting))
  })

  it("returns all others, however small", () =>
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

  it("returns numbers of another type", () =>
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

it("the issues of a request make the service's messages", () => {
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
