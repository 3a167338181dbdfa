/** What a bundle for a browser, a Worker or an edge runtime keeps of Node: nothing. */
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { build, type Plugin } from "esbuild"
import { twinsOf } from "../../scripts/doors.mjs"

const root = fileURLToPath(new URL("../..", import.meta.url))

const twins = twinsOf(JSON.parse(readFileSync(join(root, "package.json"), "utf8")))

/** Resolves the twins to their sources, as `imports` of package.json does to what is built from them. */
const imports = (conditions: ReadonlyArray<string>): Plugin => ({
  name: "imports",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^#/ }, ({ path }) => {
      const { sources = {} } = twins.find(({ specifier }) => specifier === path) ?? {}
      const [, source] = Object.entries(sources).find(([condition]) => conditions.includes(condition)) ?? []
      return source === undefined ? undefined : { path: join(root, source) }
    })
})

/** The imports that a bundle keeps, and the files of undici and of the transport for Node that are in it. */
const bundle = async (
  program: string,
  platform: "browser" | "neutral" | "node" = "browser",
  conditions: ReadonlyArray<string> = [platform]
) => {
  const { metafile, outputFiles } = await build({
    stdin: { contents: program, resolveDir: root, loader: "ts" },
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    platform,
    conditions: [...conditions],
    mainFields: ["module", "main"],
    plugins: [imports([...conditions, "default"])],
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
    text: outputFiles.map(({ text }) => text).join(""),
    imports: outputs.flatMap(({ imports }) => imports.map(({ path }) => path)),
    ofNode: kept.filter((path) => /node_modules\/undici\/|layers\/client\/(NodeTransport|internal\/node)/.test(path))
  }
}

const client = `
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ApiClient from "./src/layers/client/ApiClient.js"
import * as CredentialProvider from "./src/layers/client/CredentialProvider.js"
import * as FetchClient from "./src/layers/client/FetchClient.js"
import { DescribeInstances } from "./src/products/cvm.js"
`

const gateway = `
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Authorizer from "./src/layers/gateway/Authorizer.js"
import * as Catalogue from "./src/layers/catalogue/Catalogue.js"
import * as Emulator from "./src/layers/catalogue/Emulator.js"
import * as CredentialValidator from "./src/layers/gateway/CredentialValidator.js"
import * as Gateway from "./src/layers/gateway/Gateway.js"
import * as KeyStore from "./src/layers/gateway/KeyStore.js"
import * as RateLimiter from "./src/layers/gateway/RateLimiter.js"
import * as TimestampValidator from "./src/layers/gateway/TimestampValidator.js"
import * as WebGateway from "./src/layers/gateway/WebGateway.js"

const products = { cvm: { "2017-03-12": () => import("./src/products/cvm/v20170312.js") } }
`

/** A client that calls a gateway, both in a program of their own. It prints what the calls come to. */
const both = `${gateway}
import * as CredentialProvider from "./src/layers/client/CredentialProvider.js"
import * as FetchClient from "./src/layers/client/FetchClient.js"
import { DescribeInstances } from "./src/products/cvm/v20170312.js"

const Live = Gateway.layer().pipe(
  Layer.provide(Emulator.layer().pipe(Layer.provide(Catalogue.layer(products)))),
  Layer.provide(CredentialValidator.layer),
  Layer.provide([
    TimestampValidator.layer,
    KeyStore.layerMemory([{ secretId: "AKIDEXAMPLE", secretKey: "example-key", identity: "100000000002" }]),
    RateLimiter.layerMemory({ action: 20 }),
    Authorizer.layerAllowAll
  ])
)
const call = (fetch, secretKey, encoding) =>
  DescribeInstances({ Limit: 1 }, { encoding }).pipe(
    Effect.match({ onSuccess: ({ RequestId }) => typeof RequestId, onFailure: (error) => error._tag }),
    Effect.provide(
      FetchClient.layerCredential({ region: "ap-guangzhou" }, { fetch }).pipe(
        Layer.provide(CredentialProvider.layerStatic({ secretId: "AKIDEXAMPLE", secretKey }))
      )
    )
  )
Effect.gen(function* () {
  const handle = yield* WebGateway.make
  const fetch = (url, init) => handle(new Request(url, init))
  const results = []
  for (const encoding of ["json", "query", "form"]) results.push(yield* call(fetch, "example-key", encoding))
  results.push(yield* call(fetch, "another-key"))
  console.log(JSON.stringify(results))
}).pipe(Effect.provide(Live), Effect.scoped, Effect.runPromise)
`

/** Programs of those that bundle for a browser, for a Worker and for another runtime of the web. */
const programs = [
  [
    "P6: that calls over FetchClient",
    `${client}Effect.runPromise(Effect.provide(DescribeInstances(), FetchClient.layer()))`
  ],
  [
    "P5: that calls over FetchClient with a credential of its choice",
    `${client}const key = CredentialProvider.layerStatic({ secretId: "AKIDEXAMPLE", secretKey: "example" })
    const client = Layer.provide(FetchClient.layerCredential(), key)
    Effect.runPromise(Effect.provide(DescribeInstances(), client))`
  ],
  [
    "P6: that calls over a transport of its choice",
    `${client}const client = ApiClient.layerTransport().pipe(
      Layer.provide([FetchClient.layerTransport(), CredentialProvider.layerEnvironment])
    )
    Effect.runPromise(Effect.provide(ApiClient.call(DescribeInstances.action, {}), client))`
  ],
  [
    "P6: that serves over WebGateway",
    `${gateway}const Live = Gateway.layer().pipe(
      Layer.provide(Emulator.layer().pipe(Layer.provide(Catalogue.layer(products)))),
      Layer.provide(CredentialValidator.layer),
      Layer.provide([TimestampValidator.layer, KeyStore.layerMemory([])])
    )
    Effect.runPromise(Effect.scoped(Effect.provide(WebGateway.make, Live)))`
  ]
] as const

/** Hides what only Node has from a program. Node itself needs it: its `Request` is written with `Buffer`. */
const withoutNode = (text: string): string => `
const hidden = new Set(["Buffer", "process", "require", "setImmediate", "global"])
const web = new Proxy(globalThis, {
  has: (target, name) => !hidden.has(name) && name in target,
  get: (target, name) => (hidden.has(name) ? undefined : target[name])
})
;((globalThis, Buffer, process, require, setImmediate, global) => {
${text}
})(web)
`

describe("a bundle", () => {
  describe.each([
    ["for a browser", "browser", ["browser"]],
    ["for a Worker without Node", "neutral", ["workerd", "worker", "browser"]],
    ["for an edge runtime", "neutral", ["edge-light"]],
    ["for a runtime that no condition names", "neutral", []]
  ] as const)("%s", (_, platform, conditions) => {
    it.each(programs)("%s keeps nothing of Node", async (_, program) => {
      assert.deepInclude(await bundle(program, platform, conditions), { imports: [], ofNode: [] })
    })
  })

  it("P6: runs where there is nothing of Node", async () => {
    const { imports, text } = await bundle(both, "neutral")
    assert.deepStrictEqual(imports, [])
    const { status, stderr, stdout } = spawnSync(process.execPath, ["--input-type=module"], {
      input: withoutNode(text),
      encoding: "utf8"
    })
    assert.deepStrictEqual({ status, stderr }, { status: 0, stderr: "" })
    assert.deepStrictEqual(JSON.parse(stdout), ["string", "string", "string", "AuthFailure.SignatureFailure"])
  })

  it("P6: for Node signs with node:crypto", async () => {
    const [[, program]] = programs
    assert.include((await bundle(program, "node")).imports, "node:crypto")
  })

  it("that imports ApiClient and uses no layer keeps nothing of Node at all", async () => {
    assert.deepInclude(await bundle(`${client}console.log(ApiClient.call, ApiClient.paged)`), {
      imports: [],
      ofNode: []
    })
  })

  it("holds the transport for Node only where it uses ApiClient.layer", async () => {
    const { ofNode } = await bundle(`${client}console.log(ApiClient.layer)`)
    assert.include(ofNode, "src/layers/client/NodeTransport.ts")
  })
})
