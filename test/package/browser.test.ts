/** What a bundle for a browser keeps of Node: the hashes of `node:crypto`, which sign, and nothing else. */
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { build } from "esbuild"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** The imports that a bundle keeps, and the files of undici and of the transport for Node that are in it. */
const bundle = async (program: string) => {
  const { metafile } = await build({
    stdin: { contents: program, resolveDir: root, loader: "ts" },
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    platform: "browser",
    minify: true,
    write: false,
    metafile: true,
    outfile: "browser.js",
    external: ["node:*"]
  })
  const outputs = Object.values(metafile.outputs)
  const kept = outputs.flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []))
  )
  return {
    imports: outputs.flatMap(({ imports }) => imports.map(({ path }) => path)),
    ofNode: kept.filter((path) => /node_modules\/undici\/|layers\/client\/(NodeTransport|internal\/node)/.test(path))
  }
}

const modules = `
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ApiClient from "./src/layers/client/ApiClient.js"
import * as CredentialProvider from "./src/layers/client/CredentialProvider.js"
import * as FetchClient from "./src/layers/client/FetchClient.js"
import { DescribeInstances } from "./src/products/cvm.js"
`

describe("a bundle for a browser", () => {
  it.each([
    ["calls over FetchClient", "Effect.runPromise(Effect.provide(DescribeInstances(), FetchClient.layer()))"],
    [
      "calls over a transport of its choice",
      `const client = ApiClient.layerTransport().pipe(
        Layer.provide([FetchClient.layerTransport(), CredentialProvider.layerEnvironment])
      )
      Effect.runPromise(Effect.provide(ApiClient.call(DescribeInstances.action, {}), client))`
    ]
  ])("that %s keeps nothing of Node but its hashes", async (_, program) => {
    assert.deepStrictEqual(await bundle(modules + program), { imports: ["node:crypto"], ofNode: [] })
  })

  it("that imports ApiClient and uses no layer keeps nothing of Node at all", async () => {
    assert.deepStrictEqual(await bundle(`${modules}console.log(ApiClient.call, ApiClient.paged)`), {
      imports: [],
      ofNode: []
    })
  })

  it("holds the transport for Node only where it uses ApiClient.layer", async () => {
    const { ofNode } = await bundle(`${modules}console.log(ApiClient.layer)`)
    assert.include(ofNode, "src/layers/client/NodeTransport.ts")
  })
})
