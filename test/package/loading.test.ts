import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import * as Undici from "undici"
import * as Parts from "../../src/layers/client/internal/node/undici.js"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** What a module imports, and what that imports, and so on, with what is only imported on demand. */
const inputsOf = async (entry: string) => {
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
  return metafile.inputs
}

/**
 * Every file that a program loads, directly or not, when it imports a module: what may be shaken off is loaded by Node too, and what
 * is imported by a call is not yet. `always` is a file whose imports on demand every program needs.
 */
const loadedBy = async (entry: string, always?: string): Promise<ReadonlyArray<string>> => {
  const inputs = await inputsOf(entry)
  const loaded = new Set([`src/${entry}`])
  for (const file of loaded) {
    for (const { external, kind, path } of inputs[file]?.imports ?? []) {
      if ((kind !== "dynamic-import" || file === always) && external !== true) loaded.add(path)
    }
  }
  return [...loaded]
}

const importedOnDemand = async (entry: string): Promise<ReadonlyArray<string>> =>
  Object.values(await inputsOf(entry)).flatMap(({ imports }) =>
    imports.flatMap(({ kind, path }) => (kind === "dynamic-import" ? [path] : []))
  )

const isSchema = (file: string): boolean => /\/effect\/dist\/esm\/(Schema|SchemaAST|ParseResult)\.js$/.test(file)

/** All that a program loads for a first call with the client for Node. */
const loadedForNode = async (): Promise<ReadonlyArray<string>> => {
  const files = await Promise.all(
    ["layers/client/ApiClient.ts", "layers/client/NodeTransport.ts", "products/sts.ts"].map((entry) =>
      loadedBy(entry, "src/layers/client/internal/node/undici.ts")
    )
  )
  return [...new Set(files.flat())]
}

const filesOf = (files: ReadonlyArray<string>, name: string): ReadonlyArray<string> =>
  files.filter((file) => file.startsWith(`node_modules/${name}/`))

describe("no schema library is loaded by", () => {
  it.each([
    "products/sts.ts",
    "services/client/ApiClient.ts",
    "services/client/Waiter.ts",
    "domain/contract/Shape.ts",
    "domain/contract/Product.ts",
    "layers/client/ApiClient.ts",
    "layers/client/FetchClient.ts",
    "layers/client/NodeTransport.ts"
  ])("%s", async (entry) => {
    const loaded = await loadedBy(entry)
    assert.include(loaded, `src/${entry}`)
    assert.isTrue(loaded.some((file) => /\/effect\/dist\/esm\/Effect\.js$|src\/domain\//.test(file)))
    assert.deepStrictEqual(loaded.filter(isSchema), [])
  })

  it("and one is loaded by those modules that are about schemas", async () => {
    for (const entry of ["domain/contract/ShapeSchema.ts", "domain/contract/Codec.ts"])
      assert.isTrue((await loadedBy(entry)).some(isSchema), entry)
  })
})

describe("the client for Node loads", () => {
  it("nothing of @effect/platform, no parser of multipart bodies, no library for addresses", async () => {
    const loaded = await loadedForNode()
    for (const name of ["@effect/platform", "multipasta", "ipaddr.js"])
      assert.deepStrictEqual(filesOf(loaded, name), [])
  })

  it("of undici what one connection needs: neither its index nor its pools, mocks or WebSockets", async () => {
    const loaded = filesOf(await loadedForNode(), "undici")
    assert.include(loaded, "node_modules/undici/lib/dispatcher/client.js")
    assert.notInclude(loaded, "node_modules/undici/index.js")
    const besides = /\/(api|mock|cookies|eventsource|websocket)\/|\/(pool|agent|proxy-agent|retry-agent)\.js$/
    assert.deepStrictEqual(
      loaded.filter((file) => besides.test(file)),
      []
    )
  })

  it("neither the transport over `fetch` nor a rate limiter", async () => {
    const loaded = await loadedForNode()
    assert.include(loaded, "src/services/client/Throttle.ts")
    for (const late of [
      "layers/client/FetchClient",
      "layers/client/internal/fetchTransport",
      "layers/client/Throttle",
      "services/gateway/RateLimiter",
      "layers/gateway/RateLimiter",
      "layers/gateway/internal/rateLimiterStore"
    ])
      assert.notInclude(loaded, `src/${late}.ts`)
  })
})

describe("what is loaded of undici", () => {
  const index = {
    Client: Undici.Client,
    buildConnector: Undici.buildConnector,
    headerName: Undici.util.headerNameToString
  }

  it("is what its index exports", async () => {
    assert.deepStrictEqual(await Parts.loadFiles(), index)
    assert.deepStrictEqual(await Effect.runPromise(Parts.load()), index)
  })

  it.each([
    ["have moved", () => Promise.reject(new Error("ERR_MODULE_NOT_FOUND"))],
    ["hold something else", () => Promise.resolve(undefined)]
  ])("comes from its index where its files %s", async (_, files) => {
    assert.deepStrictEqual(await Effect.runPromise(Parts.load(files)), index)
  })
})

describe("the client over `fetch`", () => {
  it("imports nothing on demand, which would make a bundler wrap all the rest", async () => {
    assert.deepStrictEqual(await importedOnDemand("layers/client/FetchClient.ts"), [])
    assert.notDeepEqual(await importedOnDemand("layers/client/ApiClient.ts"), [])
  })
})
