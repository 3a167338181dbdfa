import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Catalogue from "../../scripts/catalogue/catalogue.js"
import * as Facts from "../../scripts/catalogue/facts.js"
import * as Hints from "../../scripts/catalogue/hints.js"
import { catalogue, ebs, only, volumes } from "./catalogues.js"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** The files that there are. */
const files = Catalogue.read(join(root, "catalogue"))
const real = [...files.values()]
const hints = Hints.read(join(root, "catalogue"), files)

/** What is said of a file of this text. */
const faults = (text: string, file = "ebs.json"): ReadonlyArray<string> => {
  try {
    Catalogue.parse(file, text)
  } catch (cause) {
    assert.instanceOf(cause, Catalogue.Malformed)
    return cause.message.split("\n")
  }
  return []
}

const version = (facts: object): string => JSON.stringify({ product: "ebs", versions: { "2026-01-01": facts } })

const objects = (others: Readonly<Record<string, ReadonlyArray<unknown>>>): string =>
  version({ ...volumes, objects: { ...volumes.objects, ...others } })

const actions = (others: object): string => version({ ...volumes, actions: { ...volumes.actions, ...others } })

const attach = { request: "AttachVolumeRequest", response: "AttachVolumeResponse", errors: [] }

describe("a file of the catalogue", () => {
  it("is read if it is valid", () => {
    assert.deepStrictEqual(Catalogue.parse("catalogue/ebs.json", JSON.stringify(ebs)), ebs)
  })

  const at = "versions.2026-01-01"
  const malformed: ReadonlyArray<readonly [what: string, text: string, ...faults: ReadonlyArray<string>]> = [
    [
      "has an object twice, of which one would be lost",
      '{"product":"ebs",\n"versions":{"a":{}},\n"versions" :{"a":{"{":"}:\\"", "{":1}}}',
      "line 3: `versions` stands there twice",
      "line 3: `{` stands there twice"
    ],
    ["is no object", "[]", "Expected a product, actual []"],
    ["has no versions", '{"product":"ebs"}', "versions: is missing"],
    ["has an empty list of versions", '{"product":"ebs","versions":{}}', "versions: there is none"],
    [
      "is that of another product",
      JSON.stringify({ ...only(), product: "cbs" }),
      "product: it says `cbs`, and the name of the file does not"
    ],
    [
      "has a member that nobody knows",
      JSON.stringify({ ...only(), region: "" }),
      'region: is unexpected, expected: "product" | "versions"'
    ],
    [
      "has a version that is no date",
      JSON.stringify({ product: "ebs", versions: { v3: volumes } }),
      "versions.v3: a version is a date such as 2017-03-12"
    ],
    ["has a version without objects", version({ codes: [], actions: {} }), `${at}.objects: is missing`],
    [
      "has an action without a request",
      actions({ Attach: { response: "AttachVolumeResponse", errors: [] } }),
      `${at}.actions.Attach.request: is missing`
    ],
    [
      "has an action whose request is no object",
      actions({ Attach: { ...attach, request: "AttachRequest" } }),
      `${at}.actions.Attach.request: there is no object \`AttachRequest\``
    ],
    [
      "has an action whose response is no object",
      actions({ Attach: { ...attach, response: "toString" } }),
      `${at}.actions.Attach.response: there is no object \`toString\``
    ],
    [
      "has an action of an unknown status",
      actions({ Attach: { ...attach, status: "beta" } }),
      `${at}.actions.Attach.status: Expected "deprecated", actual "beta"`,
      `${at}.actions.Attach.status: Expected "offline", actual "beta"`
    ],
    [
      "has an action whose code is out of range",
      actions({ Attach: { ...attach, errors: [4, 5] } }),
      `${at}.actions.Attach.errors.1: there is no code number 5`
    ],
    [
      "has an action whose code has a negative number",
      actions({ Attach: { ...attach, errors: [-1] } }),
      `${at}.actions.Attach.errors.0: there is no code number -1`
    ],
    [
      "has an action with a code twice",
      actions({ Attach: { ...attach, errors: [2, 2] } }),
      `${at}.actions.Attach.errors.1: the code number 2 stands there twice`
    ],
    [
      "has an action with a code that is no index",
      actions({ Attach: { ...attach, errors: ["InvalidParameter"] } }),
      `${at}.actions.Attach.errors.0: Expected number, actual "InvalidParameter"`
    ],
    [
      "has an action that cannot be written",
      actions({ "Attach-Volume": attach }),
      `${at}.actions.Attach-Volume: a name has letters, digits and underscores only`
    ],
    [
      "has a code twice",
      version({ ...volumes, codes: [...volumes.codes, "InvalidParameter"] }),
      `${at}.codes.5: \`InvalidParameter\` stands there twice`
    ],
    [
      "has a code that is none",
      version({ ...volumes, codes: [...volumes.codes, "It failed"] }),
      `${at}.codes.5: \`It failed\` is no error code`
    ],
    [
      "has a member of an unknown type",
      objects({ Tag: [["Key", "text"]] }),
      `${at}.objects.Tag.0: \`Key\` has the type \`text\`, which is neither an object of this version nor one of ${Catalogue.scalars.join(", ")}`
    ],
    [
      "has a list of an unknown type",
      objects({ Tag: [["Key", "list<Label>"]] }),
      `${at}.objects.Tag.0: \`Key\` has the type \`list<Label>\`, which is neither an object of this version nor one of ${Catalogue.scalars.join(", ")}`
    ],
    [
      "has a list of lists",
      objects({ Tag: [["Key", "list<list<string>>"]] }),
      `${at}.objects.Tag.0: \`Key\` has the type \`list<list<string>>\`, which is neither an object of this version nor one of ${Catalogue.scalars.join(", ")}`
    ],
    [
      "has a member twice",
      objects({
        Tag: [
          ["Key", "string"],
          ["Value", "string"],
          ["Key", "int64"]
        ]
      }),
      `${at}.objects.Tag.2: \`Key\` stands there twice`
    ],
    [
      "has a member that cannot be written",
      objects({ Tag: [["Key:s", "string"]] }),
      `${at}.objects.Tag.0: \`Key:s\` is no name of a member`
    ],
    [
      "has an unknown flag",
      objects({ Tag: [["Key", "string", "rx"]] }),
      `${at}.objects.Tag.0: \`Key\` has the flags \`rx\`, and r, n, d and o are known`
    ],
    ["has a member without a type", objects({ Tag: [["Key"]] }), `${at}.objects.Tag.0.1: is missing`],
    [
      "has a member with a fourth part",
      objects({ Tag: [["Key", "string", "r", "The key."]] }),
      `${at}.objects.Tag.0.3: is unexpected, expected: 0 | 1 | 2`
    ],
    [
      "has an object of the name of a type",
      objects({ string: [] }),
      `${at}.objects.string: this is the name of a type that is no object`
    ],
    [
      "would have a class and an interface of one name",
      objects({ ResourceInUseDiskBusy: [] }),
      `${at}: the class of \`ResourceInUse.DiskBusy\` and the object \`ResourceInUseDiskBusy\` would both be called ResourceInUseDiskBusy`
    ],
    [
      "would have two types of one name",
      objects({ ExplainError: [] }),
      `${at}: the object \`ExplainError\` and the errors of \`Explain\` would both be called ExplainError`
    ],
    [
      "would have two values of one name",
      actions({ product: attach }),
      `${at}: the product and the action \`product\` would both be called product`
    ],
    [
      "would have two classes of one name",
      version({ ...volumes, codes: [...volumes.codes, "ResourceInUse.diskBusy"] }),
      `${at}: the class of \`ResourceInUse.DiskBusy\` and the class of \`ResourceInUse.diskBusy\` would both be called ResourceInUse_DiskBusy`
    ]
  ]
  for (const [what, text, ...expected] of malformed) {
    it(`fails with its name, the path and the reason if it ${what}`, () => {
      assert.deepStrictEqual(faults(text), ["ebs.json is malformed:", ...expected.map((fault) => `  ${fault}`)])
    })
  }

  it("fails with its name and the parser's reason if it is no JSON", () => {
    for (const text of ["", '{"product":"ebs",', "<html>"]) {
      const [first, second, ...more] = faults(text)
      assert.strictEqual(first, "ebs.json is malformed:")
      assert.match(second ?? "", /^ {2}it is no JSON: .+/)
      assert.deepStrictEqual(more, [])
    }
  })

  it("names all its faults at once", () => {
    assert.deepStrictEqual(
      faults(
        objects({
          Tag: [
            ["Key", "text"],
            ["Key", "string", "x"]
          ]
        })
      ).map((line) => line.split(":")[0]),
      ["ebs.json is malformed", `  ${at}.objects.Tag.0`, `  ${at}.objects.Tag.1`, `  ${at}.objects.Tag.1`]
    )
  })

  it("cannot be of a product whose name does not fit into paths and programs", () => {
    for (const name of ["index", "e-bs", "Ebs", "..", ""]) {
      const said = faults(JSON.stringify({ ...ebs, product: name }), `${name}.json`)
      assert.include(said, `  product: \`${name}\` is no name of a product`)
    }
  })

  it.scoped("is one of a folder, and each malformed file is reported with its path", () =>
    Effect.gen(function* () {
      const folder = yield* catalogue({ cbs: "{}", ebs, vpc: "[" })
      const read = () => Catalogue.read(folder)
      assert.throws(read, `${folder}/cbs.json is malformed:`)
      assert.throws(read, `${folder}/vpc.json is malformed:`)
      assert.deepStrictEqual([...Catalogue.read(folder, (name) => name === "ebs").keys()], ["ebs"])
    })
  )

  it("is reported as missing if its folder is missing", () => {
    assert.throws(() => Catalogue.read("/nowhere/catalogue"), "There is no folder /nowhere/catalogue.")
  })
})

describe("the layout of a file", () => {
  it("is the layout of every file of the catalogue, byte for byte", () => {
    assert.deepStrictEqual(
      real.filter(({ product, text }) => Catalogue.format(product) !== text).map(({ path }) => path),
      []
    )
    assert.isNotEmpty(real)
  })

  it("does not depend on the order of the members", () => {
    const shuffled: Catalogue.Product = {
      product: "ebs",
      versions: {
        "2026-01-01": {
          codes: ["LimitExceeded", "InvalidParameter"],
          actions: {
            Detach: { errors: [], response: "B", request: "A" },
            Attach: { errors: [1, 0], intl: true, response: "B", request: "A" },
            Forget: { errors: [0], intl: false, status: "offline", request: "A", response: "B" }
          },
          objects: {
            B: [["RequestId", "string"]],
            A: [
              ["Z", "string", "onr"],
              ["A", "list<B>", ""]
            ]
          }
        },
        "2024-01-01": { codes: [], actions: {}, objects: {} }
      }
    }
    assert.strictEqual(
      Catalogue.format(shuffled),
      `{"product":"ebs","versions":{
"2024-01-01":{
"codes":[

],
"actions":{

},
"objects":{

}},
"2026-01-01":{
"codes":[
"InvalidParameter",
"LimitExceeded"
],
"actions":{
"Attach":{"request":"A","response":"B","intl":true,"errors":[0,1]},
"Detach":{"request":"A","response":"B","errors":[]},
"Forget":{"request":"A","response":"B","status":"offline","errors":[1]}
},
"objects":{
"A":[["Z","string","rno"],["A","list<B>"]],
"B":[["RequestId","string"]]
}}
}}
`
    )
  })

  it("reads back to the same value", () => {
    const text = Catalogue.format(ebs)
    assert.deepStrictEqual(Catalogue.parse("ebs.json", text), ebs)
    assert.strictEqual(text, Catalogue.format(Catalogue.parse("ebs.json", text)))
  })

  it("counts its products, versions and actions", () => {
    assert.strictEqual(Catalogue.total([ebs]), "products 1, versions 2, actions 8, codes 5, pairs 14")
    assert.strictEqual(Catalogue.total([]), "products 0, versions 0, actions 0, codes 0, pairs 0")
  })
})

describe("the documents", () => {
  const text = (path: string): string => readFileSync(join(root, path), "utf8").replaceAll(/\s+/g, " ")
  const written = (count: number): string => count.toLocaleString("en-US")

  it("have the numbers of the catalogue", () => {
    const total = Catalogue.total(real.map(({ product }) => product))
    const actions = /actions (\d+)/.exec(total)?.[1]
    assert.include(text("catalogue/README.md"), total)
    assert.include(text("docs/catalogue.md"), `${real.length} products, ${written(Number(actions))} actions`)
  })

  it("have the numbers of the actions that page, and of the near misses", () => {
    const counts = new Map<string, number>()
    for (const { product } of real) {
      for (const [version, { actions, objects }] of Object.entries(product.versions)) {
        const told = hints.get(product.product)?.hints.versions[version] ?? {}
        for (const { request, response } of Object.values(actions)) {
          const pager = Facts.pagerOf(objects[request] ?? [], objects[response] ?? [], objects, told[request])
          if (pager === undefined) continue
          if ("by" in pager && pager.told === "") counts.set("endless", (counts.get("endless") ?? 0) + 1)
          const kind =
            "by" in pager
              ? pager.by
              : /^(\d+ lists|no single total|Offset|.*(0 or from 1|no single list))/.exec(pager.reason)?.at(0)
          const key = kind?.replace(/^\d+ |^.*(?=0 or from 1|no single list)/, "") ?? "another reason"
          counts.set(key, (counts.get(key) ?? 0) + 1)
        }
      }
    }
    const of = (...keys: ReadonlyArray<string>) => keys.reduce((sum, key) => sum + (counts.get(key) ?? 0), 0)
    const page = text("docs/catalogue.md")
    const [offset, number, token] = [of("offset", "text"), of("page", "pagetext"), of("token")]
    const reasons = ["0 or from 1", "no single list", "no single total", "lists", "Offset"]
    assert.include(page, `${written(offset + number + token)} actions page: ${written(offset)} by`)
    assert.include(page, `${written(number)} by the number of a page`)
    assert.include(page, `${written(token)} by a token`)
    assert.include(page, `${written(of("endless"))} of these actions answer without a total`)
    assert.include(page, `${written(of(...reasons))} more look as if they paged`)
    assert.include(page, `| ${of("0 or from 1")} | pages by number: `)
    assert.include(page, `| ${of("no single list")} | pages by number |`)
    assert.include(page, `| ${of("no single total")} | \`Offset\` and \`Limit\`, and one list |`)
    assert.include(page, `| ${of("lists")} | \`Offset\` and \`Limit\` or a token, and several lists |`)
    assert.include(page, `| ${of("Offset")} | \`Offset\` and \`Limit\` |`)
    assert.strictEqual(of("another reason"), 0)
  })
})
