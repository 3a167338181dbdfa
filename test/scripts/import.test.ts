import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Catalogue from "../../scripts/catalogue/catalogue.js"
import * as Hints from "../../scripts/catalogue/hints.js"
import { fromSources, importCatalogue, optionsOf } from "../../scripts/catalogue/import.js"
import * as Module from "../../scripts/catalogue/module.js"
import { update, updateWithEntry } from "../../scripts/catalogue/update.js"
import { canonical, folder } from "./catalogues.js"
import { api, examples, go, goClient, goErrors, python, tccli, tree } from "./officialSources.js"

const texts = (path: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".json"))
      .sort()
      .map((file) => [file, readFileSync(join(path, file), "utf8")])
  )

const version = "2026-01-01"

const ebsOf = (products: ReadonlyMap<string, Catalogue.Product>) => products.get("ebs")?.versions[version]

/** What an import of these sources prints, or the message with which it fails. It must write nothing then. */
const messageOf = (sources: {
  readonly tccli?: Readonly<Record<string, string>>
  readonly go?: Readonly<Record<string, string>>
  readonly python?: Readonly<Record<string, string>>
}) =>
  Effect.gen(function* () {
    const [from, goDir, pythonDir] = [
      yield* tree(sources.tccli ?? tccli()),
      yield* tree(sources.go ?? go()),
      yield* tree(sources.python ?? python([]))
    ]
    const into = join(yield* folder, "made")
    try {
      return importCatalogue({ tccli: from, go: goDir, python: pythonDir, into }).join("\n")
    } catch (cause) {
      assert.isFalse(existsSync(into))
      return cause instanceof Error ? cause.message : String(cause)
    }
  })

describe("an import of the official sources", () => {
  it.scoped(
    "takes actions, objects and flags from tccli, and codes, streams, hosts and bytes from the client for Go",
    () =>
      Effect.gen(function* () {
        const { hints, notes, products } = fromSources({ tccli: yield* tree(tccli()), go: yield* tree(go()), into: "" })
        const ebs = ebsOf(products)
        assert.deepStrictEqual(ebs?.codes, ["InternalError.Disk", "LimitExceeded", "ResourceInUse.DiskBusy"])
        assert.deepStrictEqual(ebs?.actions, {
          DescribeDisks: { request: "DescribeDisksRequest", response: "DescribeDisksResponse", errors: [1, 0] },
          OldDisk: { request: "OldDiskRequest", response: "OldDiskResponse", status: "deprecated", errors: [] },
          UploadDisk: {
            request: "UploadDiskRequest",
            response: "UploadDiskResponse",
            octetStream: "Content",
            errors: [1]
          },
          WatchDisk: {
            request: "WatchDiskRequest",
            response: "WatchDiskResponse",
            stream: true,
            host: "ebs.ai",
            errors: [0]
          }
        })
        assert.deepStrictEqual(ebs?.objects.Disk, [
          ["DiskId", "string", "o"],
          ["Serial", "uint64", "n"],
          ["Tags", "list<Tag>", "ndo"],
          ["CreatedTime", "datetime_iso"]
        ])
        assert.deepStrictEqual(ebs?.objects.Tag, [
          ["Key", "string", "r"],
          ["Share", "float"]
        ])
        assert.deepStrictEqual(ebs?.bigints, ["Disk.Serial"])
        assert.deepStrictEqual(ebs?.untold, ["intl"])
        assert.deepStrictEqual(notes, [])
        assert.deepStrictEqual(hints.get("ebs")?.versions[version]?.DescribeDisksRequest, {
          State: { e: ["ATTACHED", "FREE"], d: "FREE", x: "FREE" },
          Kind: { e: ["0", "1"], x: 1 },
          Limit: { d: 20, r: [1, 100], x: 20 },
          PageNumber: { f: 1, x: 1 },
          // A person's address is no example. Values that the own example contradicts are none.
          Colour: { x: "GREEN" }
        })
        assert.deepStrictEqual(hints.get("ebs")?.versions[version]?.WatchDiskRequest, { DryRun: { d: false, x: true } })
      })
  )

  it.scoped("gives an action whose codes no source tells those of its version, and says so", () =>
    Effect.gen(function* () {
      const from = yield* tree(tccli())
      const pythonDir = yield* tree(python(["LimitExceeded", "AuthFailure"]))
      const { notes, products } = fromSources({ tccli: from, python: pythonDir, into: "" })
      const ebs = ebsOf(products)
      assert.deepStrictEqual(ebs?.codes, ["AuthFailure", "LimitExceeded"])
      assert.deepStrictEqual(ebs?.actions.OldDisk?.errors, [0, 1])
      assert.strictEqual(ebs?.actions.WatchDisk?.stream, true)
      assert.strictEqual(ebs?.actions.UploadDisk?.octetStream, "Content")
      assert.deepStrictEqual(ebs?.untold, [
        "codes",
        "intl",
        ...["DescribeDisks", "OldDisk", "UploadDisk", "WatchDisk"].map((name) => `errors.${name}`)
      ])
      assert.deepStrictEqual(notes, ["? no source tells the codes of 4 of 4 actions: each has those of its version"])
    })
  )

  it.scoped("makes the same files each time, and an update with them changes nothing the second time", () =>
    Effect.gen(function* () {
      const [from, goDir] = [yield* tree(tccli()), yield* tree(go())]
      const [made, into] = [join(yield* folder, "made"), yield* folder]
      const options = { tccli: from, go: goDir, into: made }
      const lines = importCatalogue(options)
      assert.deepStrictEqual(lines, [
        "Imported products 1, versions 1, actions 4, codes 3, pairs 4",
        "Imported hints 8, values 2, defaults 3, ranges 1, examples 8"
      ])
      const first = texts(made)
      assert.deepStrictEqual(Object.keys(first), ["ebs.json", "hints/ebs.json"])
      importCatalogue(options)
      assert.deepStrictEqual(texts(made), first)

      assert.match(update({ from: made, into }).at(-1) ?? "", /^products \+1, hints \+8; 2 files written, 0 removed$/)
      const taken = texts(into)
      assert.notInclude(taken["ebs.json"], "untold")
      assert.strictEqual(update({ from: made, into }).at(-1), "Nothing has changed; 0 files written, 0 removed")
      importCatalogue(options)
      update({ from: made, into })
      assert.deepStrictEqual(texts(into), taken)
    })
  )

  it.scoped("leaves to the catalogue what its sources do not tell: sites, codes, streams, and older hints", () =>
    Effect.gen(function* () {
      const made = join(yield* folder, "made")
      importCatalogue({ tccli: yield* tree(tccli()), python: yield* tree(python(["LimitExceeded"])), into: made })
      const { OldDisk, WatchDisk, ...others } =
        fromSources({
          tccli: yield* tree(tccli()),
          go: yield* tree(go()),
          into: ""
        }).products.get("ebs")?.versions[version]?.actions ?? {}
      assert.isDefined(WatchDisk)
      const known = Catalogue.read(made).get("ebs")?.product.versions[version]
      const into = yield* canonical({
        product: "ebs",
        versions: {
          [version]: {
            codes: ["InternalError.Disk", "ResourceInUse.DiskBusy"],
            actions: {
              DescribeDisks: {
                ...others.DescribeDisks,
                request: "DescribeDisksRequest",
                response: "DescribeDisksResponse",
                intl: true,
                errors: [1]
              },
              OldDisk: { request: "OldDiskRequest", response: "OldDiskResponse", stream: true, errors: [0] }
            },
            objects: known?.objects ?? {}
          }
        }
      })
      const { entry, lines } = updateWithEntry({ from: made, into })
      const merged = Catalogue.read(into).get("ebs")?.product.versions[version]
      assert.deepStrictEqual(merged?.codes, ["InternalError.Disk", "LimitExceeded", "ResourceInUse.DiskBusy"])
      assert.deepStrictEqual(merged?.actions.DescribeDisks?.errors, [2])
      assert.strictEqual(merged?.actions.DescribeDisks?.intl, true)
      assert.deepStrictEqual(merged?.actions.OldDisk, {
        ...{ request: "OldDiskRequest", response: "OldDiskResponse", status: "deprecated", stream: true },
        errors: [0]
      })
      assert.deepStrictEqual(merged?.actions.WatchDisk?.errors, [0, 1, 2])
      assert.include(lines.join("\n"), "  + action WatchDisk\n")
      assert.deepStrictEqual(entry, [
        "- 2 actions more: ebs 2.",
        "- 1 code more: ebs 1.",
        "- 1 action changed: ebs 1.",
        "- Hints of members: +8."
      ])
    })
  )

  it("joins newer hints with older ones, and drops what contradicts them", () => {
    const hints = (hint: Hints.Hint): Hints.Hints => ({
      product: "ebs",
      versions: { [version]: { Disk: { State: hint } } }
    })
    const joined = (older: Hints.Hint, newer: Hints.Hint) =>
      Hints.merge(hints(older), hints(newer)).versions[version]?.Disk?.State
    assert.deepStrictEqual(joined({ d: "A", x: "A" }, { e: ["A", "B"] }), { e: ["A", "B"], d: "A", x: "A" })
    assert.deepStrictEqual(joined({ d: "Z" }, { e: ["A", "B"] }), { e: ["A", "B"] })
    assert.deepStrictEqual(joined({ r: [1, 2], x: 1 }, { e: ["1", "3"] }), { e: ["1", "3"], x: 1 })
    assert.deepStrictEqual(joined({ d: 1 }, { d: 2 }), { d: 2 })
  })
})

describe("an import of malformed sources names the file, the path and the reason", () => {
  const cases: ReadonlyArray<
    readonly [what: string, sources: Parameters<typeof messageOf>[0], message: ReadonlyArray<string>]
  > = [
    [
      "an api.json that is no JSON",
      { tccli: { ...tccli(), "tccli/services/ebs/v20260101/api.json": "{" } },
      ["tccli/services/ebs/v20260101/api.json is malformed:", "it is no JSON: "]
    ],
    [
      "an action without output",
      { tccli: tccli({ api: { ...api, actions: { Lost: { input: "OldDiskRequest" } } } }) },
      ["api.json is malformed:", "actions.Lost.output: is missing"]
    ],
    [
      "an action whose object is not there",
      { tccli: tccli({ api: { ...api, actions: { Lost: { input: "OldDiskRequest", output: "LostResponse" } } } }) },
      ["actions.Lost.output: there is no object `LostResponse`"]
    ],
    [
      "a member of an unknown type",
      {
        tccli: tccli({
          api: {
            ...api,
            objects: { ...api.objects, Tag: { members: [{ name: "Key", type: "string", member: "text" }] } }
          }
        })
      },
      [
        "objects.Tag.members.0: `Key` has the type `text`, which is neither an object of this version nor one of string,"
      ]
    ],
    [
      "a flag that is no boolean",
      {
        tccli: tccli({
          api: {
            ...api,
            objects: {
              ...api.objects,
              Tag: { members: [{ name: "K", type: "string", member: "string", required: "yes" }] }
            }
          }
        })
      },
      ["objects.Tag.members.0.required: Expected ", 'actual "yes"']
    ],
    [
      "a name that is none",
      { tccli: tccli({ api: { ...api, objects: { ...api.objects, "A-B": { members: [] } } } }) },
      ["api.json is malformed:", "objects.A-B: a name has letters, digits and underscores only"]
    ],
    [
      "examples that are no list",
      { tccli: tccli({ examples: { ...examples, actions: { DescribeDisks: {} } } }) },
      ["examples.json is malformed:", "actions.DescribeDisks: Expected "]
    ],
    [
      "two folders with one version",
      { tccli: { ...tccli(), "other/ebs/v20260101/api.json": JSON.stringify(api) } },
      ["both hold ebs 2026-01-01. Leave only the newer one in the folder."]
    ],
    [
      "no api.json",
      { tccli: { "readme.txt": "" } },
      ["There is no v<date>/api.json below", "pip download --no-deps --no-binary :all: tccli"]
    ],
    [
      "a client for Go without a version",
      { go: go({ "ebs@v1.0.1/v20260101/client.go": goClient.replace("const APIVersion", "const Other") }) },
      ["ebs@v1.0.1/v20260101/client.go is malformed:", 'there is no `const APIVersion = "…"`']
    ],
    [
      "a code in a comment that is none",
      { go: go({ "ebs@v1.0.1/v20260101/client.go": goClient.replace('= "LimitExceeded"', "= LimitExceeded") }) },
      ["client.go is malformed:", "line ", "is no error code of a method"]
    ],
    [
      "a constant that is none",
      { go: go({ "ebs@v1.0.1/v20260101/errors.go": goErrors.replace('= "LimitExceeded"', '= "LimitExceeded') }) },
      ["errors.go is malformed:", 'line 9: `LIMITEXCEEDED = "LimitExceeded` is no constant of an error code']
    ],
    ["no client for Go", { go: { "readme.txt": "" } }, ["There is no v<date>/client.go below", "go mod download"]],
    [
      "a constant of Python that is none",
      { python: { ...python([]), "tencentcloud/ebs/v20260101/errorcodes.py": "A = 'B'\nC = 1\n" } },
      ["errorcodes.py is malformed:", "line 2: `C = 1` is no constant of an error code"]
    ],
    [
      "no client for Python",
      { python: { "readme.txt": "" } },
      ["There is no v<date>/_client.py below", "pip download --no-deps tencentcloud-sdk-python"]
    ]
  ]
  for (const [what, sources, expected] of cases) {
    it.scoped(`where there is ${what}, and writes nothing`, () =>
      Effect.gen(function* () {
        const message = yield* messageOf(sources)
        for (const part of expected) assert.include(message, part)
      })
    )
  }

  it.scoped("for all malformed files at once", () =>
    Effect.gen(function* () {
      const message = yield* messageOf({
        tccli: { ...tccli({ api: {} }), "tccli/services/cbs/v20260101/api.json": "[]" }
      })
      assert.include(message, "services/cbs/v20260101/api.json is malformed:")
      assert.include(message, "services/ebs/v20260101/api.json is malformed:")
    })
  )

  it.scoped("where a folder that it would write to holds something else", () =>
    Effect.gen(function* () {
      const [from, into] = [yield* tree(tccli()), yield* tree({ "package.json": "{}" })]
      assert.throws(
        () => importCatalogue({ tccli: from, into }),
        /package\.json is no file of a catalogue\. Name an empty folder with --into\./
      )
      assert.deepStrictEqual(readdirSync(into), ["package.json"])
    })
  )

  it("where the arguments are wrong", () => {
    assert.throws(() => optionsOf([]), /^Usage: npm run catalogue:import -- --tccli <dir>/)
    assert.throws(() => optionsOf(["--tccli", "a", "--into", "catalogue"]), /--into must not be the catalogue itself/)
    assert.deepInclude(optionsOf(["--tccli", "a", "--go", "b", "--into", "c"]), { tccli: "a", go: "b", into: "c" })
  })
})

describe("the modules of a version", () => {
  it("write all its codes once, where actions declare them all", () => {
    const codes = [..."ABCDEFGHI"].map((letter) => `InternalError.${letter}`)
    const action = (name: string, errors: ReadonlyArray<number>) => ({
      [name]: { request: "OldDiskRequest", response: "OldDiskResponse", errors }
    })
    const every = codes.map((_, index) => index)
    const { text } = Module.render("ebs", version, {
      codes,
      actions: { ...action("OldDisk", every), ...action("Other", every), ...action("Few", [0]) },
      objects: { OldDiskRequest: [], OldDiskResponse: [["RequestId", "string"]] }
    })
    assert.strictEqual(text.split("  InternalErrorI").length + text.split("| InternalErrorI").length, 4)
    assert.include(text, "export type OldDiskError = $EveryError\n")
    assert.include(text, "export type FewError = InternalErrorA\n")
  })
})
