/** Small made-up catalogues, in folders of their own that are gone after the test. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Catalogue from "../../scripts/catalogue/catalogue.js"

/** A version with what the generator has to know how to write: pages, a stream, a binary member, twins, common codes. */
export const volumes: Catalogue.Version = {
  codes: [
    "InvalidParameter",
    "InvalidParameter.Conflict",
    "InvalidParameterConflict",
    "LimitExceeded.",
    "ResourceInUse.DiskBusy"
  ],
  actions: {
    AttachVolume: { request: "AttachVolumeRequest", response: "AttachVolumeResponse", errors: [0, 4] },
    DescribeVolumes: {
      request: "DescribeVolumesRequest",
      response: "DescribeVolumesResponse",
      intl: true,
      errors: [0, 1, 2, 3]
    },
    Explain: { request: "ExplainRequest", response: "ExplainResponse", errors: [] },
    RestoreVolume: {
      request: "RestoreVolumeRequest",
      response: "RestoreVolumeResponse",
      status: "deprecated",
      errors: [4]
    }
  },
  objects: {
    AttachVolumeRequest: [
      ["VolumeId", "string", "r"],
      ["Tags", "list<Tag>"]
    ],
    AttachVolumeResponse: [["RequestId", "string"]],
    DescribeVolumesRequest: [
      ["Offset", "int64"],
      ["Limit", "int64"],
      ["CreatedBefore", "datetime_iso"]
    ],
    DescribeVolumesResponse: [
      ["TotalCount", "uint64", "o"],
      ["VolumeSet", "list<Volume>", "no"],
      ["RequestId", "string"]
    ],
    ExplainRequest: [
      ["Question", "string", "r"],
      ["Stream", "bool"]
    ],
    ExplainResponse: [
      ["Note", "string"],
      ["RequestId", "string"]
    ],
    RestoreVolumeRequest: [["Image", "binary", "r"]],
    RestoreVolumeResponse: [["RequestId", "string"]],
    Tag: [
      ["Key", "string", "r"],
      ["Value", "string"]
    ],
    Volume: [
      ["VolumeId", "string", "o"],
      ["Size", "uint64", "n"],
      ["OldSize", "uint64", "d"],
      ["Tags", "list<Tag>"],
      ["Parent", "Volume", "n"]
    ]
  }
}

export const ebs: Catalogue.Product = {
  product: "ebs",
  versions: { "2024-01-01": { ...volumes, codes: [...volumes.codes] }, "2026-01-01": volumes }
}

/** The newer version alone, with other objects or actions beside or instead of its own. */
export const only = (other: Partial<Catalogue.Version> = {}): Catalogue.Product => ({
  product: "ebs",
  versions: {
    "2026-01-01": {
      codes: other.codes ?? volumes.codes,
      actions: { ...volumes.actions, ...other.actions },
      objects: { ...volumes.objects, ...other.objects }
    }
  }
})

/** A folder that is gone after the test. */
export const folder = Effect.acquireRelease(
  Effect.sync(() => realpathSync(mkdtempSync(join(tmpdir(), "catalogue-")))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

/** A folder with a file for each product: a text as it is, anything else as JSON. */
export const catalogue = (products: Readonly<Record<string, unknown>>) =>
  Effect.map(folder, (path) => {
    for (const [name, product] of Object.entries(products)) {
      const text = typeof product === "string" ? product : JSON.stringify(product)
      writeFileSync(join(path, `${name}.json`), text)
    }
    return path
  })

/** The same as `npm run catalogue:update` lays it out. */
export const canonical = (...products: ReadonlyArray<Catalogue.Product>) =>
  catalogue(Object.fromEntries(products.map((product) => [product.product, Catalogue.format(product)])))

/** A folder for generated modules, beside the domain and the services that they import. */
export const target = Effect.map(folder, (path) => {
  for (const room of ["domain", "services"]) {
    symlinkSync(fileURLToPath(new URL(`../../src/${room}`, import.meta.url)), join(path, room), "dir")
  }
  mkdirSync(join(path, "products"))
  return join(path, "products")
})

/** The text of a module without the comments of members. */
export const withoutComments = (text: string): string => text.replaceAll(/ {2}\/\*\* .* \*\/\n/g, "")
