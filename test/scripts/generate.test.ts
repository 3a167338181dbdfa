import { spawnSync } from "node:child_process"
import { copyFileSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Catalogue from "../../scripts/catalogue/catalogue.js"
import * as Facts from "../../scripts/catalogue/facts.js"
import { generate } from "../../scripts/catalogue/generate.js"
import * as Module from "../../scripts/catalogue/module.js"
import * as Names from "../../scripts/catalogue/names.js"
import { canonical, catalogue, ebs, folder, only, volumes, withoutComments } from "./catalogues.js"

const root = fileURLToPath(new URL("../..", import.meta.url))

const render = (version: Catalogue.Version): string => Module.render("ebs", "2026-01-01", version).text

/** The files of a folder, by path. */
const texts = (path: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(path, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .sort()
      .map((file) => [file, readFileSync(join(path, file), "utf8")])
  )

describe("the names of error classes", () => {
  const names = (...codes: ReadonlyArray<string>) => [...Names.ofCodes(codes)]

  it("are the codes without their dots", () => {
    assert.deepStrictEqual(names("InvalidInstanceId.NotFound", "OperationDenied", "ResourceInUse.disk_busy"), [
      ["InvalidInstanceId.NotFound", "InvalidInstanceIdNotFound"],
      ["OperationDenied", "OperationDenied"],
      ["ResourceInUse.disk_busy", "ResourceInUseDiskBusy"]
    ])
  })

  it("show the dots of codes that would have the same name, in any order", () => {
    const expected = [
      ["InvalidParameter.Conflict", "InvalidParameter_Conflict"],
      ["InvalidParameterConflict", "InvalidParameterConflict"]
    ]
    assert.deepStrictEqual(names("InvalidParameter.Conflict", "InvalidParameterConflict"), expected)
    assert.deepStrictEqual(names("InvalidParameterConflict", "InvalidParameter.Conflict"), expected.toReversed())
    assert.deepStrictEqual(names("InvalidParameter.ValueTooLarge", "InvalidParameterValue.TooLarge"), [
      ["InvalidParameter.ValueTooLarge", "InvalidParameter_ValueTooLarge"],
      ["InvalidParameterValue.TooLarge", "InvalidParameterValue_TooLarge"]
    ])
  })

  it("keep the name of a common code, whatever other code would have it", () => {
    assert.deepStrictEqual(names("InvalidParameter.Value", "InvalidParameterValue"), [
      ["InvalidParameter.Value", "InvalidParameter_Value"],
      ["InvalidParameterValue", "InvalidParameterValue"]
    ])
  })

  it("end in an underscore where the code ends in a dot", () => {
    assert.deepStrictEqual(names("InternalError.", "InternalError", "LimitExceeded."), [
      ["InternalError.", "InternalError_"],
      ["InternalError", "InternalError"],
      ["LimitExceeded.", "LimitExceeded_"]
    ])
  })
})

describe("how an action pages", () => {
  const objects: Catalogue.Version["objects"] = {
    Volume: [["VolumeId", "string"]],
    Page: [
      ["TotalCount", "int64"],
      ["VolumeSet", "list<Volume>"]
    ]
  }
  type Members = ReadonlyArray<Catalogue.Member>
  const offset: Members = [
    ["Offset", "int64"],
    ["Limit", "int64"]
  ]
  const total: Catalogue.Member = ["TotalCount", "int64"]
  const volumeSet: Catalogue.Member = ["VolumeSet", "list<Volume>"]
  const id: Catalogue.Member = ["RequestId", "string"]

  const pagers: ReadonlyArray<readonly [what: string, request: Members, response: Members, pager: Facts.Pager]> = [
    [
      "by an offset, with a total and one list",
      offset,
      [total, volumeSet, id],
      { by: "offset", asked: "Offset", told: "TotalCount", items: "VolumeSet", element: "Volume" }
    ],
    [
      "by an offset in a text",
      [
        ["Offset", "string"],
        ["Limit", "string"]
      ],
      [["Total", "uint64"], ["Names", "list<string>"], id],
      { by: "text", asked: "Offset", told: "Total", items: "Names", element: "string" }
    ],
    [
      "in the one object that the response wraps",
      offset,
      [["Data", "Page"], id],
      { by: "offset", asked: "Offset", told: "Data.TotalCount", items: "Data.VolumeSet", element: "Volume" }
    ],
    [
      "by a token that comes back under its own name",
      [["Marker", "string"]],
      [["Marker", "string"], volumeSet, id],
      { by: "token", asked: "Marker", told: "Marker", items: "VolumeSet", element: "Volume" }
    ],
    [
      "by a token that comes back as the next one",
      [["PageToken", "string"]],
      [["NextPageToken", "string"], volumeSet, id],
      { by: "token", asked: "PageToken", told: "NextPageToken", items: "VolumeSet", element: "Volume" }
    ],
    [
      "by the offset where there is a token too",
      [...offset, ["NextToken", "string"]],
      [total, ["NextToken", "string"], volumeSet, id],
      { by: "offset", asked: "Offset", told: "TotalCount", items: "VolumeSet", element: "Volume" }
    ]
  ]
  for (const [what, request, response, pager] of pagers) {
    it(`is known: ${what}`, () => {
      assert.deepStrictEqual(Facts.pagerOf(request, response, objects), pager)
    })
  }

  const nearMisses: ReadonlyArray<readonly [what: string, request: Members, response: Members, reason: string]> = [
    [
      "which of two lists it is",
      offset,
      [total, volumeSet, ["Zones", "list<string>"], id],
      "2 lists: VolumeSet, Zones"
    ],
    [
      "which of two totals it is",
      offset,
      [total, ["Total", "int64"], volumeSet, id],
      "no single total beside the list VolumeSet"
    ],
    ["what there is", offset, [["Data", "Volume"], id], "Offset and Limit, and no list in the response"],
    [
      "where the pages begin",
      [
        ["PageNumber", "int64"],
        ["PageSize", "int64"]
      ],
      [total, volumeSet, id],
      "pages are numbered, by PageNumber: from 0 or from 1 is not said"
    ]
  ]
  for (const [what, request, response, reason] of nearMisses) {
    it(`is unknown, with the reason, if its shapes do not say ${what}`, () => {
      assert.deepStrictEqual(Facts.pagerOf(request, response, objects), { reason })
    })
  }

  it("may have no total", () => {
    const pager = { by: "offset" as const, asked: "Offset", told: "", items: "VolumeSet", element: "Volume" }
    assert.deepStrictEqual(Facts.pagerOf(offset, [volumeSet, id], objects), pager)
  })

  it("is by number, where a hint says where the numbers begin", () => {
    const request: Members = [
      ["PageNumber", "int64"],
      ["PageSize", "int64"]
    ]
    const pager = {
      by: "page" as const,
      asked: "PageNumber",
      told: "TotalCount",
      items: "VolumeSet",
      element: "Volume"
    }
    assert.deepStrictEqual(Facts.pagerOf(request, [total, volumeSet, id], objects, { PageNumber: { f: 0 } }), {
      ...pager,
      numbered: { first: 0, size: "PageSize" }
    })
    assert.strictEqual(
      Facts.partOf({ ...pager, by: "page", told: "", numbered: { first: 1, size: "" } }),
      "page PageNumber  VolumeSet 1"
    )
  })

  it("is no near miss if no member is about pages", () => {
    assert.strictEqual(Facts.pagerOf([["VolumeId", "string"]], [volumeSet, id], objects), undefined)
    // A token against doing something twice is none of a page.
    assert.strictEqual(
      Facts.pagerOf([["ClientToken", "string"]], [["ClientToken", "string"], volumeSet], objects),
      undefined
    )
  })
})

describe("the facts of an action", () => {
  const letters = (action: Partial<Catalogue.Action>, ...request: ReadonlyArray<Catalogue.Member>): string =>
    Facts.lettersOf("ebs", "RunVolumes", { request: "", response: "", errors: [], ...action }, request)

  it("are letters", () => {
    assert.strictEqual(letters({}), "")
    assert.strictEqual(letters({ intl: true, status: "deprecated" }), "id")
    assert.strictEqual(letters({ status: "offline" }), "o")
    assert.strictEqual(letters({}, ["ClientToken", "string"], ["Stream", "bool"]), "wsm")
    assert.strictEqual(letters({ stream: true }), "s")
    assert.strictEqual(letters({}, ["Stream", "string"]), "")
  })
})

describe("a generated module", () => {
  const text = render(volumes)

  it("has two types for an object of requests and responses if it has a required member", () => {
    const text = withoutComments(render(volumes))
    assert.include(text, "export interface Tag {\n  readonly Key: string\n  readonly Value?: string | undefined\n}")
    assert.include(text, "export interface TagOutput {\n  readonly Key?: string\n  readonly Value?: string\n}")
    assert.include(text, "readonly Tags?: ReadonlyArray<Tag> | undefined\n")
    assert.include(text, "readonly Tags?: ReadonlyArray<TagOutput>\n")
  })

  it("has two types for an object that contains such an object at any depth", () => {
    const deep = withoutComments(
      render({
        ...volumes,
        objects: {
          ...volumes.objects,
          AttachVolumeRequest: [["Options", "Options"]],
          AttachVolumeResponse: [["Options", "Options"]],
          Options: [["Labels", "Labels"]],
          Labels: [["Tags", "list<Tag>"]]
        }
      })
    )
    assert.include(deep, "export interface OptionsOutput {\n  readonly Labels?: LabelsOutput\n}")
    assert.include(deep, "export interface LabelsOutput {\n  readonly Tags?: ReadonlyArray<TagOutput>\n}")
  })

  it("has one type for an object without required members", () => {
    const easy = render({ ...volumes, objects: { ...volumes.objects, Tag: [["Key", "string"]] } })
    assert.notInclude(easy, "TagOutput")
  })

  it("uses no name that an object has", () => {
    const taken = render({
      ...volumes,
      objects: { ...volumes.objects, TagOutput: [], ExplainRequest: [["Output", "TagOutput"]] }
    })
    assert.include(taken, "export interface Tag_Output {")
    assert.include(taken, "export interface TagOutput {}")
  })

  it("has a class for each code, and the common classes for common codes", () => {
    assert.include(text, 'import { InvalidParameter } from "../../domain/errors/CommonError.js"\n')
    assert.include(text, "export { InvalidParameter }\n")
    assert.include(
      text,
      'export class InvalidParameter_Conflict extends /* #__PURE__ */ $.ApiError("InvalidParameter.Conflict") {}'
    )
    assert.include(text, 'export class LimitExceeded_ extends /* #__PURE__ */ $.ApiError("LimitExceeded.") {}')
    assert.notInclude(text, "class InvalidParameter ")
  })

  it("has a named union of errors for each action", () => {
    assert.include(text, "export type AttachVolumeError = InvalidParameter | ResourceInUseDiskBusy\n")
    assert.include(text, "export type ExplainError = never\n")
  })

  it("describes each action", () => {
    assert.include(text, '"i|offset Offset TotalCount VolumeSet"')
    assert.include(
      text,
      '$.Paged<\n  "DescribeVolumes",\n  DescribeVolumesRequest,\n  DescribeVolumesResponse,\n  DescribeVolumesError,\n  Volume\n>'
    )
    assert.include(text, 'export const Explain: $.Streamed<"Explain", ExplainRequest, ExplainResponse, ExplainError>')
    assert.include(text, " * @deprecated It is deprecated.\n */\nexport const RestoreVolume: ")
    assert.include(text, '"d|binary Image"')
    assert.include(text, "readonly Image: Uint8Array\n")
    assert.include(text, "  /** uint64. @deprecated */\n  readonly OldSize?: number\n")
    assert.include(
      text,
      "  /** Optional datetime_iso. Written as `2020-09-22T00:00:00+00:00`. */\n  readonly CreatedBefore?: string | undefined\n"
    )
  })

  it("has the members in a table, without those of the envelope", () => {
    assert.include(text, '"VolumeId:s+,Size:u?,OldSize:u~,Tags:0*,Parent:1?"')
    assert.include(text, "() => [_Tag, _Volume]")
    assert.notInclude(text, "RequestId")
  })
})

describe("the generator", () => {
  it.scoped("writes the same texts, whatever the order of the files' contents", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* folder, yield* folder]
      generate({ catalogue: yield* canonical(ebs), target: one })
      const turned = {
        versions: Object.fromEntries(
          Object.entries(ebs.versions)
            .toReversed()
            .map(([date, { actions, codes, objects }]) => [
              date,
              {
                objects: Object.fromEntries(Object.entries(objects).toReversed()),
                actions: Object.fromEntries(Object.entries(actions).toReversed()),
                codes
              }
            ])
        ),
        product: "ebs"
      }
      generate({ catalogue: yield* catalogue({ ebs: turned }), target: other })
      assert.deepStrictEqual(texts(other), texts(one))
      assert.deepStrictEqual(Object.keys(texts(one)), ["ebs.ts", "ebs/v20240101.ts", "ebs/v20260101.ts", "index.ts"])
      assert.include(texts(one)["ebs.ts"], 'export * from "./ebs/v20260101.js"')
      assert.include(
        texts(one)["index.ts"],
        '  ebs: {\n    "2024-01-01": () => import("./ebs/v20240101.js"),\n    "2026-01-01": () => import("./ebs/v20260101.js")\n  }'
      )
    })
  )

  it.scoped("A4: writes a stream for each action that can stream, also beside its pages", () =>
    Effect.gen(function* () {
      const { AttachVolume, DescribeVolumes } = volumes.actions
      const actions = {
        AttachVolume: { request: "", response: "", errors: [], ...AttachVolume, stream: true },
        DescribeVolumes: { request: "", response: "", errors: [], ...DescribeVolumes, stream: true }
      }
      const target = yield* folder
      const { paged, streams } = generate({ catalogue: yield* catalogue({ ebs: only({ actions }) }), target })
      assert.deepStrictEqual([paged, streams], [1, 3])
      const text = texts(target)["ebs/v20260101.ts"] ?? ""
      assert.include(text, "export const AttachVolume: $.Streamed<")
      assert.include(text, "export const DescribeVolumes: $.PagedStreamed<")
      assert.include(text, '"is|offset Offset TotalCount VolumeSet"')
      assert.include(text, "  readonly Stream?: false | undefined")
    })
  )

  it.scoped("counts the modules that it writes, and names the near misses", () =>
    Effect.gen(function* () {
      const nearly = only({ objects: { DescribeVolumesResponse: [["Count", "int64"]] } })
      const source = yield* catalogue({ ebs: nearly })
      assert.deepStrictEqual(generate({ catalogue: source, target: yield* folder }), {
        products: 1,
        versions: 1,
        actions: 4,
        paged: 0,
        streams: 1,
        nearMisses: ["ebs 2026-01-01 DescribeVolumes: Offset and Limit, and no list in the response"]
      })
    })
  )

  it.scoped("does not write an unchanged file, and removes files of products that the catalogue lacks", () =>
    Effect.gen(function* () {
      const target = yield* folder
      generate({ catalogue: yield* canonical(ebs), target })
      const [kept, mended] = [join(target, "ebs/v20260101.ts"), join(target, "ebs.ts")]
      const before = readFileSync(mended, "utf8")
      utimesSync(kept, 1, 1)
      writeFileSync(mended, "")
      writeFileSync(join(target, "cbs.ts"), "")
      generate({ catalogue: yield* canonical(only()), target })
      assert.strictEqual(statSync(kept).mtimeMs, 1000)
      assert.strictEqual(readFileSync(mended, "utf8"), before)
      assert.deepStrictEqual(Object.keys(texts(target)), ["ebs.ts", "ebs/v20260101.ts", "index.ts"])
    })
  )

  it.scoped("writes only the named products, and no list", () =>
    Effect.gen(function* () {
      const target = yield* folder
      const source = yield* canonical(ebs, { ...only(), product: "cbs" })
      writeFileSync(join(target, "index.ts"), "// the list")
      assert.strictEqual(generate({ catalogue: source, target, wanted: ["cbs"] }).products, 1)
      assert.deepStrictEqual(Object.keys(texts(target)), ["cbs.ts", "cbs/v20260101.ts", "index.ts"])
      assert.strictEqual(texts(target)["index.ts"], "// the list")
      assert.throws(() => generate({ catalogue: source, target, wanted: ["cvm"] }), "There is no catalogue/cvm.json.")
    })
  )

  it.scoped("writes nothing if a file is malformed", () =>
    Effect.gen(function* () {
      const target = yield* folder
      const source = yield* catalogue({ cbs: { ...ebs, product: "cbs" }, ebs: "{}" })
      assert.throws(() => generate({ catalogue: source, target }), /ebs\.json is malformed:\n {2}product: is missing/)
      assert.deepStrictEqual(texts(target), {})
    })
  )

  it.scoped("writes in the format of Biome", () =>
    Effect.gen(function* () {
      const [source, target] = [yield* canonical(ebs), yield* folder]
      // Of the real ones, those with streams, with codes that end in dots, with long lists and with long names.
      for (const name of ["cpdp", "cvm", "hunyuan", "sts"]) {
        copyFileSync(join(root, "catalogue", `${name}.json`), join(source, `${name}.json`))
      }
      generate({ catalogue: source, target: join(target, "products") })
      const { assist, formatter, javascript } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"))
      const configuration = {
        root: true,
        vcs: { enabled: false },
        linter: { enabled: false },
        assist,
        formatter,
        javascript
      }
      writeFileSync(join(target, "biome.json"), JSON.stringify(configuration))
      const biome = join(root, "node_modules/@biomejs/biome/bin/biome")
      const { status, stderr, stdout } = spawnSync(process.execPath, [biome, "check", "products"], {
        cwd: target,
        encoding: "utf8"
      })
      assert.strictEqual(status, 0, stdout + stderr)
      assert.include(stdout + stderr, "Checked 12 files")
    })
  )
})
