import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Catalogue from "../../scripts/catalogue/catalogue.js"
import { check } from "../../scripts/catalogue/check.js"
import { generate } from "../../scripts/catalogue/generate.js"
import { canonical, catalogue, ebs, only, target } from "./catalogues.js"

/** The modules of a catalogue, and what the check says of them against another one. */
const compare = (generated: Catalogue.Product, said: Catalogue.Product = generated) =>
  Effect.gen(function* () {
    const folder = yield* target
    generate({ catalogue: yield* canonical(generated), target: folder })
    const source = yield* canonical(said)
    return yield* Effect.promise(() => check(source, folder))
  })

/** The same where something in a module was changed by hand. */
const tampered = (path: string, from: string, to: string) =>
  Effect.gen(function* () {
    const [source, folder] = [yield* canonical(only()), yield* target]
    generate({ catalogue: source, target: folder })
    const file = join(folder, path)
    const text = readFileSync(file, "utf8")
    assert.include(text, from)
    writeFileSync(file, text.replace(from, to))
    const { differences } = yield* Effect.promise(() => check(source, folder))
    return differences
  })

const newest = "ebs/v20260101.ts"

describe("the check of the generated modules", () => {
  it.scoped("counts their exports, and finds no difference if there is none", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* compare(ebs), {
        totals: "products 1, versions 2, actions 8, codes 5, pairs 14",
        differences: []
      })
    })
  )

  it.scoped("counts the modules, not the catalogue", () =>
    Effect.gen(function* () {
      const { differences, totals } = yield* compare(only(), ebs)
      assert.strictEqual(totals, "products 1, versions 1, actions 4, codes 5, pairs 7")
      assert.includeMembers(
        [...differences],
        ["products.ebs.2024-01-01 is missing", "ebs 2024-01-01: there is no module"]
      )
    })
  )

  const at = "ebs 2026-01-01"
  const others: ReadonlyArray<readonly [what: string, said: Partial<Catalogue.Version>, ...ReadonlyArray<string>]> = [
    [
      "an action",
      {
        actions: { DetachVolume: { request: "DetachVolumeRequest", response: "DetachVolumeResponse", errors: [] } },
        objects: { DetachVolumeRequest: [], DetachVolumeResponse: [] }
      },
      `${at}: DetachVolume is missing`,
      `${at}: product.actions.DetachVolume is missing`
    ],
    [
      "the codes of an action, its status and its site",
      {
        actions: {
          AttachVolume: {
            request: "AttachVolumeRequest",
            response: "AttachVolumeResponse",
            status: "offline",
            intl: true,
            errors: [0, 3]
          }
        }
      },
      `${at}: AttachVolume: intl is false, and the catalogue says true`,
      `${at}: AttachVolume: offline is false, and the catalogue says true`,
      `${at}: AttachVolume: the code LimitExceeded. is missing`,
      `${at}: AttachVolume: the code ResourceInUse.DiskBusy is in no file of the catalogue`
    ],
    [
      "a shape, deep in another one",
      {
        objects: {
          Tag: [
            ["Value", "int64", "n"],
            ["Key", "string", "r"],
            ["Color", "string"]
          ]
        }
      },
      `${at}: AttachVolume: Tag.Color is missing`,
      `${at}: AttachVolume: Tag.Value is \`string\`, and the catalogue says \`int64 n\``
    ],
    [
      "a list",
      {
        objects: {
          AttachVolumeRequest: [
            ["VolumeId", "list<string>", "r"],
            ["Tags", "Tag"]
          ]
        }
      },
      `${at}: AttachVolume: AttachVolumeRequest.VolumeId is \`string r\`, and the catalogue says \`list<string> r\``,
      `${at}: AttachVolume: AttachVolumeRequest.Tags is \`list<Tag>\`, and the catalogue says \`Tag\``
    ],
    [
      "an order",
      {
        objects: {
          Tag: [
            ["Value", "string"],
            ["Key", "string", "r"]
          ]
        }
      },
      `${at}: AttachVolume: Tag: the members stand in another order`
    ],
    [
      "what cannot be paged by its response",
      {
        objects: {
          DescribeVolumesResponse: [
            ["TotalCount", "uint64", "o"],
            ["RequestId", "string"]
          ]
        }
      },
      `${at}: DescribeVolumes: its pages are \`offset Offset TotalCount VolumeSet\`, and the catalogue says \`none\``,
      `${at}: DescribeVolumes: its pages need VolumeSet in DescribeVolumesResponse`,
      `${at}: DescribeVolumes: DescribeVolumesResponse.VolumeSet is in no file of the catalogue`
    ],
    [
      "a class that would have another name",
      {
        codes: [
          "InvalidParameter",
          "InvalidParameter.Conflict",
          "InvalidParameterOther",
          "LimitExceeded.",
          "ResourceInUse.DiskBusy"
        ]
      },
      `${at}: InvalidParameterConflict is the class of InvalidParameterConflict, and the catalogue says InvalidParameter.Conflict`
    ]
  ]
  for (const [what, said, ...expected] of others) {
    it.scoped(`names the place where the catalogue differs: ${what}`, () =>
      Effect.gen(function* () {
        assert.includeMembers([...(yield* compare(only(), only(said))).differences], expected)
      })
    )
  }

  const changes: ReadonlyArray<
    readonly [what: string, path: string, from: string, to: string, ...ReadonlyArray<string>]
  > = [
    [
      "the code of a class",
      newest,
      '$.ApiError("ResourceInUse.DiskBusy")',
      '$.ApiError("ResourceInUse.DiskIdle")',
      `${at}: ResourceInUseDiskBusy is the class of ResourceInUse.DiskIdle, and the catalogue says ResourceInUse.DiskBusy`
    ],
    [
      "a common class made again",
      newest,
      'import { InvalidParameter } from "../../domain/errors/CommonError.js"',
      'class InvalidParameter extends $.ApiError("InvalidParameter") {}',
      `${at}: InvalidParameter is not the class of CommonError`
    ],
    [
      "a class beside the one that is exported",
      newest,
      "[InvalidParameter, ResourceInUseDiskBusy]",
      '[InvalidParameter, $.ApiError("ResourceInUse.DiskBusy")]',
      `${at}: AttachVolume: the class of ResourceInUse.DiskBusy is not the one that is exported`
    ],
    [
      "a code that is not declared",
      newest,
      "[InvalidParameter, ResourceInUseDiskBusy]",
      "[InvalidParameter]",
      `${at}: AttachVolume: the code ResourceInUse.DiskBusy is missing`
    ],
    [
      "a member's letter",
      newest,
      '"VolumeId:s!,Tags:0*"',
      '"VolumeId:i,Tags:0*"',
      `${at}: AttachVolume: AttachVolumeRequest.VolumeId is \`int64\`, and the catalogue says \`string r\``
    ],
    [
      "a shape that leads to another one",
      newest,
      "() => [_Tag, _Volume]",
      "() => [_Volume, _Tag]",
      `${at}: DescribeVolumes: Volume.Tags is \`list<Volume>\`, and the catalogue says \`list<Tag>\``
    ],
    [
      "a shape that leads nowhere",
      newest,
      "() => [_Tag, _Volume]",
      "() => [_Tag]",
      `${at}: DescribeVolumes: Volume: cannot be read: a table without its shape: Parent:1?`
    ],
    [
      "the shape of another action",
      newest,
      "_ExplainRequest,",
      "_RestoreVolumeRequest,",
      `${at}: Explain: ExplainRequest: the shape is RestoreVolumeRequest`
    ],
    [
      "the binary members",
      newest,
      '"d|binary Image"',
      '""',
      `${at}: RestoreVolume: deprecated is false, and the catalogue says true`,
      `${at}: RestoreVolume: the binary member Image is missing`
    ],
    [
      "an action that does not stream",
      newest,
      '  "sm"\n',
      '  ""\n',
      `${at}: Explain: stream is false, and the catalogue says true`
    ],
    [
      "pages of what there is not",
      newest,
      "offset Offset TotalCount VolumeSet",
      "token Marker NextMarker VolumeSet",
      `${at}: DescribeVolumes: its pages need Marker in DescribeVolumesRequest`,
      `${at}: DescribeVolumes: its pages need NextMarker in DescribeVolumesResponse`
    ],
    [
      "an action whose pages nobody knows",
      newest,
      '"i|offset Offset TotalCount VolumeSet"',
      '"iu"',
      `${at}: DescribeVolumes: unsigned is true, and the catalogue says false`,
      `${at}: DescribeVolumes: its pages are \`none\`, and the catalogue says \`offset Offset TotalCount VolumeSet\``
    ],
    [
      "an action's name",
      newest,
      '"AttachVolume",\n',
      '"Attach",\n',
      `${at}: AttachVolume: name is Attach, and the catalogue says AttachVolume`
    ],
    [
      "the product that the actions are of",
      newest,
      '$.define("ebs", "2026-01-01")',
      '$.define("cbs", "2026-01-02")',
      `${at}: Explain: product is cbs, and the catalogue says ebs`,
      `${at}: Explain: version is 2026-01-02, and the catalogue says 2026-01-01`
    ],
    [
      "an action that the product leaves out",
      newest,
      '$.product("ebs", "2026-01-01", {',
      '$.product("ebs", "2026-01-02", {}, {',
      `${at}: the product is ebs 2026-01-02`,
      `${at}: product.actions.AttachVolume is missing`
    ],
    [
      "an export too many",
      newest,
      "const _define",
      "export const more = 1\n\nconst _define",
      `${at}: more is in no file of the catalogue`
    ],
    [
      "a module that no program can import",
      newest,
      "export const product: $.Product =",
      "export const AttachVolume = 1\n\nexport const product: $.Product =",
      `${at}: the module cannot be imported: `
    ],
    [
      "the list of products",
      "index.ts",
      "  ebs: {",
      "  cbs: {",
      "products.ebs is missing",
      "products.cbs is in no file of the catalogue"
    ],
    [
      "the list of versions",
      "index.ts",
      'import("./ebs/v20260101.js")',
      'import("./ebs.js")',
      "products.ebs.2026-01-01 loads another module"
    ],
    [
      "a list that leads nowhere",
      "index.ts",
      'import("./ebs/v20260101.js")',
      'import("./ebs/v20270101.js")',
      "products.ebs.2026-01-01 loads another module"
    ],
    [
      "the newest version",
      "ebs.ts",
      'export * from "./ebs/v20260101.js"',
      'export { Explain } from "./ebs/v20260101.js"\nexport const RestoreVolume = 1',
      "ebs: AttachVolume is missing",
      "ebs: RestoreVolume is not that of 2026-01-01, the newest version"
    ]
  ]
  for (const [what, path, from, to, ...expected] of changes) {
    it.scoped(`names the place where a module was changed: ${what}`, () =>
      Effect.gen(function* () {
        const differences = yield* tampered(path, from, to)
        for (const one of expected)
          assert.isTrue(
            differences.some((line) => line.startsWith(one)),
            `${one}\n${differences.join("\n")}`
          )
      })
    )
  }

  it.scoped("names a module that is missing, and one that is superfluous", () =>
    Effect.gen(function* () {
      const [source, folder] = [yield* canonical(ebs), yield* target]
      generate({ catalogue: source, target: folder })
      rmSync(join(folder, "ebs/v20240101.ts"))
      mkdirSync(dirname(join(folder, "cbs/v1.ts")))
      writeFileSync(join(folder, "cbs/v1.ts"), "")
      const { differences } = yield* Effect.promise(() => check(source, folder))
      assert.deepStrictEqual(differences, [
        "ebs 2024-01-01: there is no module",
        `${folder}/ebs/v20240101.ts is missing`,
        `${folder}/cbs/v1.ts is in no file of the catalogue`
      ])
    })
  )

  it.scoped("names a file of the catalogue with another layout", () =>
    Effect.gen(function* () {
      const [source, folder] = [yield* catalogue({ ebs }), yield* target]
      generate({ catalogue: source, target: folder })
      const { differences } = yield* Effect.promise(() => check(source, folder))
      assert.deepStrictEqual(differences, [`${source}/ebs.json is not laid out as \`npm run catalogue:update\` does`])
    })
  )

  it.scoped("fails if there are no generated modules", () =>
    Effect.gen(function* () {
      const [source, folder] = [yield* canonical(ebs), yield* target]
      const failure = yield* Effect.flip(Effect.tryPromise({ try: () => check(source, folder), catch: String }))
      assert.include(failure, "there is no module. `npm run generate` writes them.")
    })
  )
})
