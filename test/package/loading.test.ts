import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { build } from "esbuild"

const root = fileURLToPath(new URL("../..", import.meta.url))

/**
 * Every file that a program loads, directly or not, when it imports a module: what may be shaken off is loaded by Node too, and what
 * is imported by a call is not yet.
 */
const loadedBy = async (entry: string): Promise<ReadonlyArray<string>> => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`src/${entry}`],
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
    metafile: true,
    ignoreAnnotations: true,
    treeShaking: false
  })
  const loaded = new Set([`src/${entry}`])
  for (const file of loaded) {
    for (const { external, kind, path } of metafile.inputs[file]?.imports ?? []) {
      if (kind !== "dynamic-import" && external !== true) loaded.add(path)
    }
  }
  return [...loaded]
}

const isSchema = (file: string): boolean => /\/effect\/dist\/esm\/(Schema|SchemaAST|ParseResult)\.js$/.test(file)

describe("no schema library is loaded by", () => {
  it.each([
    "products/sts.ts",
    "services/ApiClient.ts",
    "services/Pages.ts",
    "services/Waiter.ts",
    "domain/Shape.ts",
    "domain/Product.ts",
    "layers/ApiClient.ts",
    "layers/FetchTransport.ts",
    "layers/NodeTransport.ts"
  ])("%s", async (entry) => {
    const loaded = await loadedBy(entry)
    assert.include(loaded, `src/${entry}`)
    assert.isTrue(loaded.some((file) => /\/effect\/dist\/esm\/Effect\.js$|src\/domain\//.test(file)))
    assert.deepStrictEqual(loaded.filter(isSchema), [])
  })

  it("nor anything of @effect/platform by the client for Node", async () => {
    const loaded = [...(await loadedBy("layers/ApiClient.ts")), ...(await loadedBy("layers/NodeTransport.ts"))]
    assert.deepStrictEqual(
      loaded.filter((file) => file.includes("@effect/platform")),
      []
    )
  })

  it("and one is loaded by those modules that are about schemas", async () => {
    for (const entry of ["domain/ShapeSchema.ts", "domain/Codec.ts"])
      assert.isTrue((await loadedBy(entry)).some(isSchema), entry)
  })
})
