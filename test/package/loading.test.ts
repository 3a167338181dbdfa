import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { build } from "esbuild"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** Every file that a program loads, directly or not, when it imports a module: what may be shaken off is loaded by Node too. */
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
  return Object.keys(metafile.inputs)
}

const isSchema = (file: string): boolean => /\/effect\/dist\/esm\/(Schema|SchemaAST|ParseResult)\.js$/.test(file)

describe("no schema library is loaded by", () => {
  it.each([
    "products/sts.ts",
    "services/ApiClient.ts",
    "services/Pages.ts",
    "services/Waiter.ts",
    "domain/Shape.ts",
    "domain/Product.ts"
  ])("%s", async (entry) => {
    const loaded = await loadedBy(entry)
    assert.include(loaded, `src/${entry}`)
    assert.isTrue(loaded.some((file) => /\/effect\/dist\/esm\/Effect\.js$|src\/domain\//.test(file)))
    assert.deepStrictEqual(loaded.filter(isSchema), [])
  })

  it("and one is loaded by those modules that are about schemas", async () => {
    for (const entry of ["domain/ShapeSchema.ts", "domain/Codec.ts"])
      assert.isTrue((await loadedBy(entry)).some(isSchema), entry)
  })
})
