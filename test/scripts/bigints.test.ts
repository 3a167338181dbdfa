import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Catalogue from "../../scripts/catalogue/catalogue.js"
import * as Module from "../../scripts/catalogue/module.js"
import { update } from "../../scripts/catalogue/update.js"
import { canonical, only, withoutComments } from "./catalogues.js"

/** The members whose integers pass 2^53. One object is of a request and of a response. */
const objects: Catalogue.Version["objects"] = {
  AttachVolumeRequest: [
    ["VolumeId", "int64", "r"],
    ["Sizes", "list<uint64>"],
    ["Other", "int64"],
    ["Node", "Node"]
  ],
  AttachVolumeResponse: [
    ["VolumeId", "uint64"],
    ["Node", "Node"],
    ["RequestId", "string"]
  ],
  Node: [["Id", "uint64"]]
}

const bigints = [
  "AttachVolumeRequest.Sizes",
  "AttachVolumeRequest.VolumeId",
  "AttachVolumeResponse.VolumeId",
  "Node.Id"
]

const withBigints = (names: ReadonlyArray<string>): Catalogue.Product => {
  const product = only({ objects })
  const [version] = Object.values(product.versions)
  return version === undefined ? product : { ...product, versions: { "2026-01-01": { ...version, bigints: names } } }
}

describe("A3: integers past 2^53 in a file of the catalogue", () => {
  it("are written last, sorted, and read again", () => {
    const text = Catalogue.format(withBigints(bigints.toReversed()))
    assert.include(text, `\n},\n"bigints":[\n${bigints.map((name) => `"${name}"`).join(",\n")}\n]}`)
    assert.strictEqual(Catalogue.format(Catalogue.parse("ebs.json", text)), text)
  })

  it.each([
    ["Node.Name", "`Node.Name` is no integer member of an object"],
    ["Volume.VolumeId", "`Volume.VolumeId` is no integer member of an object"],
    ["Nothing", "`Nothing` is no integer member of an object"]
  ])("name members that exist: %s", (name, reason) =>
    assert.throws(
      () => Catalogue.parse("ebs.json", Catalogue.format(withBigints([name]))),
      `ebs.json is malformed:\n  versions.2026-01-01.bigints.0: ${reason}`
    )
  )

  it("have types and letters of their own in a module", () => {
    const [version] = Object.values(withBigints(bigints).versions)
    const { text } = Module.render("ebs", "2026-01-01", version ?? assert.fail())
    for (const part of [
      '"VolumeId:I!,Sizes:U*,Other:i,Node:0"',
      '"VolumeId:U,Node:0"',
      "readonly VolumeId: number | bigint\n  readonly Sizes?: ReadonlyArray<number | bigint> | undefined\n  readonly Other?: number | undefined\n  readonly Node?: Node | undefined",
      "readonly VolumeId?: bigint\n  readonly Node?: NodeOutput",
      "export interface Node {\n  readonly Id?: number | bigint | undefined\n}",
      "export interface NodeOutput {\n  readonly Id?: bigint\n}"
    ])
      assert.include(withoutComments(text), part)
  })

  it.scoped("stay if a newer catalogue does not know them, as far as the members stay", () =>
    Effect.gen(function* () {
      const into = yield* canonical(withBigints(bigints))
      const newer = only({ objects: { ...objects, Node: [["Id", "string"]] } })
      const lines = update({ from: yield* canonical(newer), into })
      assert.include(lines.join("\n"), "Node.Id: uint64 → string")
      const kept = Catalogue.parse("ebs.json", readFileSync(join(into, "ebs.json"), "utf8"))
      assert.deepStrictEqual(kept.versions["2026-01-01"]?.bigints, bigints.slice(0, 3))
    })
  )
})
