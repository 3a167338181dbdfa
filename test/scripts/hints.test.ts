import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Catalogue from "../../scripts/catalogue/catalogue.js"
import * as Hints from "../../scripts/catalogue/hints.js"

const folder = fileURLToPath(new URL("../../catalogue", import.meta.url))

const product: Catalogue.Product = {
  product: "ebs",
  versions: {
    "2026-01-01": {
      codes: [],
      actions: {},
      objects: {
        Volume: [
          ["Size", "int64"],
          ["State", "string"],
          ["Tags", "list<string>"],
          ["Boot", "Volume"]
        ]
      }
    }
  }
}

const hints = (members: Readonly<Record<string, Hints.Hint>>, object = "Volume"): Hints.Hints => ({
  product: "ebs",
  versions: { "2026-01-01": { [object]: members } }
})

/** What is wrong with the hint of a member, without its path. */
const faults = (members: Readonly<Record<string, Hints.Hint>>, object?: string): ReadonlyArray<string> =>
  Hints.faultsOf(hints(members, object), product).map((fault) => fault.slice(fault.indexOf(": ") + 2))

describe("the hints of the catalogue", () => {
  it("belong to members that exist, are laid out as they are written, and are as many as README says", () => {
    const files = Hints.read(folder, Catalogue.read(folder))
    for (const { hints, path, text } of files.values()) assert.strictEqual(Hints.format(hints) === text, true, path)
    const total = Hints.total([...files.values()].map(({ hints }) => hints))
    assert.include(readFileSync(join(folder, "README.md"), "utf8"), `    ${total}\n`)
  })

  it.each<[what: string, members: Readonly<Record<string, Hints.Hint>>, ...faults: ReadonlyArray<string>]>([
    ["a member that is not there", { Name: { x: "a" } }, "the product has no such member"],
    ["an example of another type", { Size: { x: "10" } }, 'the example "10" is no value of the type `int64`'],
    ["a default of an object", { Boot: { d: 1 } }, "the default 1 is no value of the type `Volume`"],
    ["values of an object", { Boot: { e: ["A"] } }, "a member of the type `Volume` has no enumerated values"],
    ["a value twice", { State: { e: ["A", "A"] } }, "an enumerated value stands there twice"],
    ["a range of a text", { State: { r: [1, 2] } }, "a member of the type `string` has no range"],
    ["a range without an end", { Size: { r: [null, null] } }, "a range has a least or a greatest value"],
    ["an example outside its range", { Size: { r: [1, 2], x: 3 } }, "3 is outside its range"],
    ["a value outside its range", { Size: { e: ["1", "5"], r: [1, 2] } }, '"5" is outside its range'],
    ["nothing", { Size: {} }, "the hint says nothing"]
  ])("are malformed with %s", (_, members, ...expected) => assert.deepStrictEqual(faults(members), expected))

  it.each([
    ["an object that is not there", hints({ Size: { x: 1 } }, "Disk")],
    ["a version that is not there", { product: "ebs", versions: { "2020-01-01": { Volume: { Size: { x: 1 } } } } }]
  ])("are malformed with %s", (_, given) => assert.lengthOf(Hints.faultsOf(given, product), 1))

  it("are read only if no name stands there twice, and nothing is unknown", () => {
    const parse = (text: string) => () => Hints.parse("ebs.json", text)
    assert.throws(parse("{"), "it is no JSON")
    assert.throws(parse('{"product":"ebs","versions":{},"versions":{}}'), "`versions` stands there twice")
    assert.throws(parse('{"product":"ebs","versions":{"2026-01-01":{"Volume":{"Size":{"y":1}}}}}'), "y")
    assert.throws(parse('{"product":"cbs","versions":{}}'), "the name of the file does not")
  })

  it("lose what does not fit a newer product", () => {
    const old: Hints.Hints = {
      product: "ebs",
      versions: {
        "2026-01-01": {
          Volume: { Size: { d: 1, r: [1, 9], x: 20 }, State: { e: ["A", "B"], x: 1 }, Gone: { x: 1 } },
          Disk: { Size: { x: 1 } }
        },
        "2020-01-01": { Volume: { Size: { x: 1 } } }
      }
    }
    assert.deepStrictEqual(Hints.fitting(old, product), hints({ Size: { d: 1, x: 20 }, State: { e: ["A", "B"] } }))
  })

  it("are merged by member, the newer over the older", () => {
    const merged = Hints.merge(hints({ Size: { d: 1 }, State: { x: "A" } }), hints({ Size: { d: 2 } }))
    assert.deepStrictEqual(merged, hints({ Size: { d: 2 }, State: { x: "A" } }))
  })

  it("are written one line for each member, sorted", () => {
    assert.strictEqual(
      Hints.format(hints({ State: { x: "A", e: ["A", "B"] }, Size: { x: 1, d: 1 } })),
      '{"product":"ebs","versions":{\n"2026-01-01":{\n"Volume":{\n"Size":{"d":1,"x":1},\n"State":{"e":["A","B"],"x":"A"}\n}\n}\n}}\n'
    )
  })
})
