import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import type * as Codec from "effect-tencentcloud/Codec"
import * as Issue from "../../../src/domain/errors/Issue.js"

export interface Volume {
  readonly Name: string
  readonly Size: number
  readonly Encrypted?: boolean
  readonly Kind?: "ssd" | "hdd"
  readonly Tags?: ReadonlyArray<{ readonly Key: string; readonly Weight?: number }>
}

export interface Tree {
  readonly Name: string
  readonly Children?: ReadonlyArray<Tree>
}

/** The same contracts, as each schema library writes them. */
export interface Contracts {
  /** `Size` is a whole number, at least 10. */
  readonly volume: Codec.Codec<Volume>
  readonly number: Codec.Codec<{ readonly Inner: { readonly Id: number } }>
  readonly bigint: Codec.Codec<{ readonly Id: bigint }>
  readonly nullable: Codec.Codec<{ readonly Cap: number | null; readonly Inner?: { readonly Note?: string } }>
  readonly scalars: Codec.Codec<{ readonly Either: number | boolean; readonly Text: string | number }>
  /** Distinguished by `Type`. */
  readonly disk: Codec.Codec<
    { readonly Type: "local"; readonly Size: number } | { readonly Type: "cloud"; readonly Ids: ReadonlyArray<number> }
  >
  /** `Limit` is 20 if it is absent. */
  readonly page: Codec.Codec<{ readonly Limit: number }>
  /** The values of a class, with the getter `doubled`. */
  readonly counter: Codec.Codec<{ readonly Count: number; readonly doubled: number }>
  readonly tree: Codec.Codec<Tree>
  /** A Date out of a string. */
  readonly dated: Codec.Codec<{ readonly At: Date }>
  /** A number out of a string: a string on the wire. */
  readonly counted: Codec.Codec<{ readonly Count: number }>
  readonly throwing: Codec.Codec<{ readonly Password: string }>
  readonly asynchronous: Codec.Codec<{ readonly Password: string }>
  /** Its members, each of which rejects any text but its own: `textMembers`. */
  readonly texts: Codec.Codec.Any
  /** Its members, each of another type of the wire: `wireTypes`. */
  readonly types: Codec.Codec.Any
}

export const textMembers = [
  "Number",
  "Bool",
  "Choice",
  "Length",
  "Pattern",
  "Object",
  "List",
  "Date",
  "Either",
  "Template"
] as const

/** The service's names of the types. */
const wireTypes = {
  Whole: "int64",
  Bounded: "int64",
  Optional: "int64",
  Big: "int64",
  Fraction: "float",
  Either: "int64 or bool",
  Counted: "string",
  Content: "binary"
}

const formatted = <A>(result: Either.Either<A, Codec.Issues>): Either.Either<A, ReadonlyArray<string>> =>
  Either.mapLeft(result, (issues) => issues.map(Issue.format).sort())

/** Deeper than any stack. */
export const deepTree: Tree = Array.from({ length: 50_000 }).reduce<Tree>((tree) => ({ Name: "", Children: [tree] }), {
  Name: ""
})

/** What a codec does with a contract of any schema library. */
export const behavesLikeACodec = (contracts: Contracts): void => {
  type Case = readonly [what: string, contract: keyof Contracts, wire: unknown, expected: unknown]

  const taken = (mode: Codec.Mode, cases: ReadonlyArray<Case>) =>
    it.each(cases)("%s", (_, contract, wire, expected) =>
      assert.deepStrictEqual<unknown>(
        formatted<unknown>(contracts[contract].decode(wire, mode)),
        Either.right(expected)
      )
    )

  const refused = (
    mode: Codec.Mode,
    cases: ReadonlyArray<
      readonly [what: string, contract: keyof Contracts, wire: unknown, issues: ReadonlyArray<string>]
    >
  ) =>
    it.each(cases)("%s", (_, contract, wire, issues) =>
      assert.deepStrictEqual<unknown>(formatted<unknown>(contracts[contract].decode(wire, mode)), Either.left(issues))
    )

  const volume: Volume = { Name: "a", Size: 10, Encrypted: true, Kind: "ssd", Tags: [{ Key: "k", Weight: 1.5 }] }

  describe("a request accepts", () =>
    taken("request", [
      ["what the contract says", "volume", volume, volume],
      ["the least", "volume", { Name: "", Size: 10 }, { Name: "", Size: 10 }],
      [
        "numeric strings for numbers",
        "volume",
        { Name: "1", Size: "10", Tags: [{ Key: "2", Weight: "-1.5e3" }] },
        { Name: "1", Size: 10, Tags: [{ Key: "2", Weight: -1500 }] }
      ],
      ["digits and numbers for a bigint", "bigint", { Id: "9223372036854775807" }, { Id: 9223372036854775807n }],
      ["the member of a union", "disk", { Type: "local", Size: "1" }, { Type: "local", Size: 1 }],
      ["the other member of a union", "disk", { Type: "cloud", Ids: ["1", 2] }, { Type: "cloud", Ids: [1, 2] }],
      ["a default", "page", {}, { Limit: 20 }],
      ["a value instead of a default", "page", { Limit: "5" }, { Limit: 5 }],
      ["a null where it is a value", "nullable", { Cap: null }, { Cap: null }],
      [
        "G4: null for what may be absent",
        "volume",
        { Name: "a", Size: 10, Encrypted: null, Kind: null, Tags: [{ Key: "k", Weight: null }] },
        { Name: "a", Size: 10, Tags: [{ Key: "k" }] }
      ],
      [
        "a tree",
        "tree",
        { Name: "a", Children: [{ Name: "b", Children: [] }] },
        { Name: "a", Children: [{ Name: "b", Children: [] }] }
      ],
      [
        "what is transformed",
        "dated",
        { At: "2026-01-01T00:00:00.000Z" },
        { At: new Date("2026-01-01T00:00:00.000Z") }
      ],
      ["a string that is a number in the program", "counted", { Count: "3" }, { Count: 3 }]
    ]))

  describe("a request rejects, with the path of each fault,", () =>
    refused("request", [
      [
        "all faults at once",
        "volume",
        { Size: "ten", Encrypted: 1, Kind: "tape", Tags: [{ Key: 1, Weight: "", Note: "" }, {}, "x"], More: 1 },
        [
          "`Encrypted` is number where bool was expected",
          '`Kind` is invalid: expected "ssd" or "hdd"',
          "`More` is not known",
          "`Name` is missing",
          "`Size` is string where int64 was expected",
          "`Tags.0.Key` is number where string was expected",
          "`Tags.0.Note` is not known",
          "`Tags.0.Weight` is string where float was expected",
          "`Tags.1.Key` is missing",
          "`Tags.2` is string where object was expected"
        ]
      ],
      ["what is no object", "volume", "hunter2", ["it is string where object was expected"]],
      ["a list", "volume", [], ["it is list where object was expected"]],
      ["nothing", "volume", undefined, ["it is nothing where object was expected"]],
      ["a null for a required member", "volume", { Name: null, Size: 10 }, ["`Name` is missing"]],
      [
        "a value out of bounds",
        "volume",
        { Name: "", Size: 9 },
        ["`Size` is invalid: expected a number greater than or equal to 10"]
      ],
      ["a fraction", "volume", { Name: "", Size: "10.5" }, ["`Size` is invalid: expected an integer"]],
      [
        "texts that only look like numbers",
        "scalars",
        { Either: " 1", Text: "" },
        ["`Either` is string where float or bool was expected"]
      ],
      [
        "a string for a boolean",
        "volume",
        { Name: "", Size: 10, Encrypted: "true" },
        ["`Encrypted` is string where bool was expected"]
      ],
      ["a number for a string", "counted", { Count: 3 }, ["`Count` is number where string was expected"]],
      ["names in another case", "volume", { name: "", Size: 10 }, ["`Name` is missing", "`name` is not known"]],
      [
        "a fault in a member of a union",
        "disk",
        { Type: "cloud", Ids: [1, "x"] },
        ["`Ids.1` is string where float was expected"]
      ],
      ["no member of a union", "disk", { Type: "tape" }, ['`Type` is invalid: expected "local" or "cloud"']],
      [
        "a fault deep in a tree",
        "tree",
        { Name: "", Children: [{ Name: "", Children: [{ Name: 1 }] }] },
        ["`Children.0.Children.0.Name` is number where string was expected"]
      ],
      ["an unknown member beside a class's", "counter", { Count: 1, doubled: 2 }, ["`doubled` is not known"]],
      [
        "an integer that a number cannot hold",
        "number",
        { Inner: { Id: 9223372036854775807n } },
        ["`Inner.Id` is the integer 9223372036854775807, which a number cannot hold, where float was expected"]
      ],
      [
        "its digits in a string",
        "number",
        { Inner: { Id: "9223372036854775807" } },
        ["`Inner.Id` is string where float was expected"]
      ]
    ]))

  describe("a form accepts", () =>
    taken("form", [
      ...["true", "True"].map(
        (text) =>
          [
            `a boolean: ${text}`,
            "volume",
            { Name: "true", Size: "10", Encrypted: text },
            { Name: "true", Size: 10, Encrypted: true }
          ] as const
      ),
      ...["false", "False"].map(
        (text) =>
          [
            `a boolean: ${text}`,
            "volume",
            { Name: "", Size: "10", Encrypted: text },
            { Name: "", Size: 10, Encrypted: false }
          ] as const
      ),
      ["a boolean or a number by their form", "scalars", { Either: "true", Text: "1" }, { Either: true, Text: "1" }],
      ["a number rather than a boolean", "scalars", { Either: "1", Text: "true" }, { Either: 1, Text: "true" }],
      ["a choice of objects", "disk", { Type: "cloud", Ids: ["1"] }, { Type: "cloud", Ids: [1] }]
    ]))

  describe("a form rejects", () =>
    refused("form", [
      ...["TRUE", "1", "", "yes"].map(
        (text) =>
          [
            `a boolean written ${JSON.stringify(text)}`,
            "volume",
            { Name: "", Size: "10", Encrypted: text },
            ["`Encrypted` is string where bool was expected"]
          ] as const
      ),
      ["unknown members", "volume", { Name: "", Size: "10", More: "" }, ["`More` is not known"]]
    ]))

  describe("a response accepts", () =>
    taken("response", [
      [
        "unknown members, and leaves them out",
        "volume",
        { ...volume, More: 1, Tags: [{ Key: "k", Weight: 1.5, More: 1 }] },
        volume
      ],
      [
        "null for what may be absent",
        "volume",
        { Name: "a", Size: 10, Encrypted: null, Tags: [{ Key: "k", Weight: null }] },
        { Name: "a", Size: 10, Tags: [{ Key: "k" }] }
      ],
      ["null where it is a value", "nullable", { Cap: null, Inner: { Note: null } }, { Cap: null, Inner: {} }],
      [
        "null in a list",
        "volume",
        { Name: "a", Size: 10, Tags: [null, { Key: "k" }, null] },
        { Name: "a", Size: 10, Tags: [{ Key: "k" }] }
      ],
      ["null for a default", "page", { Limit: null }, { Limit: 20 }],
      [
        "numbers and booleans in strings",
        "volume",
        { Name: "1", Size: "10", Encrypted: "false" },
        { Name: "1", Size: 10, Encrypted: false }
      ],
      ["a small number for a bigint", "bigint", { Id: 1 }, { Id: 1n }],
      ["a big one", "bigint", { Id: 9223372036854775807n }, { Id: 9223372036854775807n }],
      [
        "the largest exact integer as a number",
        "number",
        { Inner: { Id: "9007199254740991" } },
        { Inner: { Id: 9007199254740991 } }
      ],
      [
        "null in a tree",
        "tree",
        { Name: "", Children: [{ Name: "", Children: null }] },
        { Name: "", Children: [{ Name: "" }] }
      ]
    ]))

  describe("a response rejects, and names", () =>
    refused("response", [
      ["a member that is missing", "volume", { Name: "a" }, ["`Size` is missing"]],
      ["a member that is null", "volume", { Name: "a", Size: null }, ["`Size` is missing"]],
      [
        "the path and the digits of an integer that a number cannot hold",
        "number",
        { Inner: { Id: 9007199254740993n } },
        ["`Inner.Id` is the integer 9007199254740993, which a number cannot hold, where float was expected"]
      ],
      ["a fraction for a bigint", "bigint", { Id: 1.5 }, ["`Id` is number where int64 was expected"]],
      ["what is no object", "volume", null, ["it is null where object was expected"]]
    ]))

  it("the values of a class are instances of it", () => {
    const counter = Either.getOrThrow(contracts.counter.decode({ Count: "2", More: null }, "response"))
    assert.strictEqual(counter.doubled, 4)
    assert.deepStrictEqual(contracts.counter.encode(counter, "request"), Either.right({ Count: 2 }))
  })

  describe("encoding", () => {
    it("writes what decoding returns", () => {
      assert.deepStrictEqual(contracts.volume.encode(volume, "request"), Either.right(volume))
      assert.deepStrictEqual(contracts.bigint.encode({ Id: 2n ** 63n }, "response"), Either.right({ Id: 2n ** 63n }))
      assert.deepStrictEqual(contracts.counted.encode({ Count: 3 }, "request"), Either.right({ Count: "3" }))
      assert.deepStrictEqual(
        contracts.dated.encode({ At: new Date(0) }, "response"),
        Either.right({ At: "1970-01-01T00:00:00.000Z" })
      )
    })

    const more = { ...volume, More: 1 }
    it("rejects unknown members of a request, and leaves out those of a response", () => {
      assert.deepStrictEqual<unknown>(
        formatted(contracts.volume.encode(more, "request")),
        Either.left(["`More` is not known"])
      )
      assert.deepStrictEqual(contracts.volume.encode(more, "response"), Either.right(volume))
    })

    it.each(["request", "response"] as const)("rejects all invalid values of a %s at once", (mode) =>
      assert.deepStrictEqual<unknown>(
        formatted(contracts.volume.encode({ Name: "", Size: 1, Tags: [{ Key: "", Weight: "x" as never }] }, mode)),
        Either.left([
          "`Size` is invalid: expected a number greater than or equal to 10",
          "`Tags.0.Weight` is string where float was expected"
        ])
      )
    )
  })

  describe("a failure inside a schema is an issue, and nothing is thrown:", () => {
    const modes = ["request", "form", "response"] as const
    const throws = Either.left(["it is invalid: expected a schema that does not throw"])

    it.each(modes)("a transformation that throws, of a %s", (mode) => {
      assert.deepStrictEqual<unknown>(formatted(contracts.throwing.decode({ Password: "hunter2" }, mode)), throws)
      assert.deepStrictEqual<unknown>(formatted(contracts.throwing.encode({ Password: "hunter2" }, mode)), throws)
    })

    it.each(modes)("an asynchronous one, of a %s", (mode) => {
      const late = Either.left(["`Password` is invalid: expected a schema that is synchronous"])
      assert.deepStrictEqual<unknown>(formatted(contracts.asynchronous.decode({ Password: "hunter2" }, mode)), late)
      assert.deepStrictEqual<unknown>(formatted(contracts.asynchronous.encode({ Password: "hunter2" }, mode)), late)
    })

    it.each(modes)("a value nested without end, of a %s", (mode) => {
      assert.deepStrictEqual<unknown>(formatted(contracts.tree.decode(deepTree, mode)), throws)
      assert.deepStrictEqual<unknown>(formatted(contracts.tree.encode(deepTree, mode)), throws)
    })
  })

  it.each(["request", "form", "response"] as const)("no issue of a %s contains a rejected text", (mode) => {
    const planted = Object.fromEntries(textMembers.map((member) => [member, "hunter2"]))
    const issues = Either.getOrThrow(Either.flip(contracts.texts.decode(planted, mode)))
    assert.deepStrictEqual(issues.map(({ path }) => Issue.formatPath(path)).sort(), [...textMembers].sort())
    assert.notInclude(JSON.stringify(issues), "hunter2")
  })

  it.each(["request", "form", "response"] as const)(
    "the types of a %s are called as the service calls them",
    (mode) => {
      const wrong = Object.fromEntries(Object.keys(wireTypes).map((name) => [name, []]))
      const issues = Either.getOrThrow(Either.flip(contracts.types.decode(wrong, mode)))
      assert.deepStrictEqual(
        Object.fromEntries(issues.map(({ expected, kind, path }) => [Issue.formatPath(path), [kind, expected]])),
        Object.fromEntries(Object.entries(wireTypes).map(([name, type]) => [name, ["type", type]]))
      )
      const missing = Either.getOrThrow(Either.flip(contracts.types.decode({}, mode)))
      assert.deepStrictEqual(
        Object.fromEntries(missing.map(({ expected, path }) => [Issue.formatPath(path), expected])),
        Object.fromEntries(Object.entries(wireTypes).filter(([name]) => name !== "Optional"))
      )
    }
  )

  it("members are the names on the wire", () => {
    assert.deepStrictEqual(contracts.volume.members, ["Name", "Size", "Encrypted", "Kind", "Tags"])
    assert.deepStrictEqual(contracts.page.members, ["Limit"])
    assert.deepStrictEqual(contracts.counter.members, ["Count"])
    assert.deepStrictEqual(contracts.tree.members, ["Name", "Children"])
    assert.deepStrictEqual(contracts.disk.members, [])
  })
}
