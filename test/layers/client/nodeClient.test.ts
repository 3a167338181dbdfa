/** The ready-made client for Node, on machines of every kind: real files, real sockets. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import * as Http from "node:http"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Metadata from "../../fixtures/Metadata.js"
import * as Sockets from "../../fixtures/Sockets.js"

const describeIn = (product: string) =>
  Action.make("DescribeThings", {
    product,
    version: "2026-01-01",
    readOnly: true,
    request: Schema.Struct({}),
    response: Schema.Struct({}),
    errors: []
  })

const things = describeIn("cvm")

interface Got {
  readonly action: string
  readonly key: string | undefined
  readonly region: string | undefined
  readonly token: string | undefined
}

/** A cloud on a loopback port: it serves STS and everything else, and notes how it was called. */
const cloud = Effect.gen(function* () {
  const got: Array<Got> = []
  const server = Http.createServer((request, response) => {
    const header = (name: string) => request.headers[name]?.toString()
    const action = header("x-tc-action") ?? ""
    const [, key] = /Credential=([^/]+)/.exec(header("authorization") ?? "") ?? []
    got.push({ action, key, region: header("x-tc-region"), token: header("x-tc-token") })
    const credentials = { TmpSecretId: `AKID${action}`, TmpSecretKey: "key", Token: `token-of-${action}` }
    const result = action.startsWith("Assume") ? { Credentials: credentials, ExpiredTime: 4_000_000_000 } : {}
    request
      .resume()
      .on("end", () =>
        response
          .writeHead(200, { "content-type": "application/json" })
          .end(JSON.stringify({ Response: { ...result, RequestId: "9d4f7c3e-0b1a-4c2d-8e3f-000000000001" } }))
      )
  })
  const { address } = yield* Sockets.listen(server)
  return { got, url: `http://${address}` }
})

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "home-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true }))
)

/** A home with these files. */
const homeWith = (files: Readonly<Record<string, string | object>>) =>
  Effect.tap(folder, (home) =>
    Effect.forEach(Object.entries(files), ([path, content]) =>
      Effect.promise(async () => {
        await mkdir(dirname(join(home, path)), { recursive: true })
        await writeFile(join(home, path), typeof content === "string" ? content : JSON.stringify(content))
      })
    )
  )

/** Runs a program with the ready-made client on a machine. */
const on = <A, E>(
  variables: Readonly<Record<string, string>>,
  program: Effect.Effect<A, E, ApiClient.ApiClient>,
  options: ApiClient.Options = {}
) =>
  program.pipe(
    Effect.provide(ApiClient.layer({ retry: RetryPolicy.none, ...options })),
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(variables))))
  )

const call = (options?: ApiClient.Options, action: typeof things = things) =>
  Effect.flatMap(ApiClient.ApiClient, (client) => client.call(action, {}, options))

const environment = { TENCENTCLOUD_SECRET_ID: "AKIDENV", TENCENTCLOUD_SECRET_KEY: "key" }
const tccli = { ".tccli/default.credential": { secretId: "AKIDCLI", secretKey: "key" } }
const configure = (profile: string, region: unknown, more: object = {}) => ({
  [`.tccli/${profile}.configure`]: { _sys_param: { region, output: "json" }, ...more }
})

/** What one call on a machine reaches the cloud with. */
const reached = (
  files: Readonly<Record<string, string | object>>,
  variables: Readonly<Record<string, string>>,
  options: { readonly layer?: ApiClient.Options; readonly call?: ApiClient.Options } = {}
) =>
  Effect.gen(function* () {
    const { got, url } = yield* cloud
    const home = yield* homeWith(files)
    const set = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value.replace("~", home)]))
    yield* on({ HOME: home, TENCENTCLOUD_ENDPOINT: url, ...set }, call(options.call), options.layer)
    return got
  })

const keys = (got: ReadonlyArray<Got>) => got.map(({ action, key, token }) => [action, key, token])

describe("I9: the key of the ready-made client", () => {
  const called = (key: string, token?: string) => ["DescribeThings", key, token]

  it.scopedLive("is that of the environment", () =>
    Effect.map(reached(tccli, environment), (got) => assert.deepStrictEqual(keys(got), [called("AKIDENV")]))
  )

  it.scopedLive("is that of a cloud function", () =>
    Effect.map(
      reached(tccli, {
        TENCENTCLOUD_SECRETID: "AKIDSCF",
        TENCENTCLOUD_SECRETKEY: "key",
        TENCENTCLOUD_SESSIONTOKEN: "token"
      }),
      (got) => assert.deepStrictEqual(keys(got), [called("AKIDSCF", "token")])
    )
  )

  it.scopedLive("is that of a profile, which the environment may choose", () =>
    Effect.gen(function* () {
      const files = { ...tccli, ".tencentcloud/credentials": "[prod]\nsecret_id = AKIDPROD\nsecret_key = key\n" }
      assert.deepStrictEqual(keys(yield* reached(files, {})), [called("AKIDCLI")])
      assert.deepStrictEqual(keys(yield* reached(files, { TENCENTCLOUD_PROFILE: "prod" })), [called("AKIDPROD")])
    })
  )

  it.scopedLive("is that of the role of a profile, or of TENCENTCLOUD_ROLE_ARN", () =>
    Effect.gen(function* () {
      const role = { ".tccli/default.credential": { secretId: "AKIDCLI", secretKey: "key", "role-arn": "qcs::cam::r" } }
      const assumed = called("AKIDAssumeRole", "token-of-AssumeRole")
      assert.deepStrictEqual(keys(yield* reached(role, {})), [["AssumeRole", "AKIDCLI", undefined], assumed])
      assert.deepStrictEqual(keys(yield* reached({}, { ...environment, TENCENTCLOUD_ROLE_ARN: "qcs::cam::r" })), [
        ["AssumeRole", "AKIDENV", undefined],
        assumed
      ])
    })
  )

  it.scopedLive("is that of the role of a pod", () =>
    Effect.gen(function* () {
      const got = yield* reached(
        { token: "jwt" },
        {
          TKE_REGION: "ap-shanghai",
          TKE_PROVIDER_ID: "tke",
          TKE_WEB_IDENTITY_TOKEN_FILE: "~/token",
          TKE_ROLE_ARN: "qcs::cam::uin/1:roleName/pod"
        }
      )
      assert.deepStrictEqual(keys(got), [
        ["AssumeRoleWithWebIdentity", undefined, undefined],
        called("AKIDAssumeRoleWithWebIdentity", "token-of-AssumeRoleWithWebIdentity")
      ])
    })
  )

  it.scopedLive("is that of the role of an instance, whose metadata no proxy is asked for", () =>
    Effect.gen(function* () {
      const asked: Array<string> = []
      const original = globalThis.fetch
      yield* Effect.addFinalizer(() => Effect.sync(() => (globalThis.fetch = original)))
      // The name is known on instances only.
      globalThis.fetch = async (input) => {
        asked.push(String(input))
        return new Response(asked.length === 1 ? "reader" : Metadata.key())
      }
      const got = yield* reached({}, { HTTP_PROXY: "http://127.0.0.1:1", NO_PROXY: "127.0.0.1" })
      assert.deepStrictEqual(keys(got), [called("AKIDCVM", "token")])
      const at = `http://${Metadata.host}${Metadata.folder}`
      assert.deepStrictEqual(asked, [at, `${at}reader`])
    })
  )

  it.scopedLive("is missing with the reasons of all places", () =>
    Effect.gen(function* () {
      const home = yield* folder
      const error = yield* on(
        { HOME: home, TENCENTCLOUD_OFFLINE: "1" },
        Effect.flip(call({ endpoint: "http://127.0.0.1:1" }))
      )
      assert.match(
        error.message,
        /environment: .*; file .*\.tencentcloud\/credentials: it does not exist; file \/etc\/.*; file .*default\.credential: .*; TKE OIDC: .*; CVM role: /
      )
    })
  )
})

describe("I9: the region of the ready-made client", () => {
  const regionOf = (...parameters: Parameters<typeof reached>) =>
    Effect.map(reached(...parameters), (got) => got.at(-1)?.region)
  const both = { ...configure("default", "ap-profile"), ...configure("prod", "ap-prod") }
  const variable = { ...environment, TENCENTCLOUD_REGION: "ap-variable" }

  it.scopedLive("comes from the call, the layer, the environment and the profile, in this order", () =>
    Effect.gen(function* () {
      const layer = { region: "ap-layer" }
      assert.strictEqual(yield* regionOf(both, variable, { layer, call: { region: "ap-call" } }), "ap-call")
      assert.strictEqual(yield* regionOf(both, variable, { layer }), "ap-layer")
      assert.strictEqual(yield* regionOf(both, variable), "ap-variable")
      assert.strictEqual(yield* regionOf(both, environment), "ap-profile")
      assert.strictEqual(yield* regionOf(both, { ...environment, TENCENTCLOUD_REGION: "" }), "ap-profile")
      assert.strictEqual(yield* regionOf(both, { ...environment, TCCLI_PROFILE: "prod" }), "ap-prod")
      assert.isUndefined(yield* regionOf({}, environment))
      assert.isUndefined(yield* regionOf({ ".tccli/default.configure": "{" }, environment))
    })
  )

  it.scopedLive("is an error that names its place where it is none", () =>
    Effect.gen(function* () {
      const told = (files: Readonly<Record<string, object>>, more: Readonly<Record<string, string>>) =>
        Effect.map(Effect.flip(reached(files, { ...environment, ...more })), String)
      assert.match(
        yield* told({}, { TENCENTCLOUD_REGION: "Guangzhou!" }),
        /TENCENTCLOUD_REGION.*expected the name of a region/
      )
      assert.match(
        yield* told(configure("default", "Guangzhou!"), {}),
        /~\/\.tccli\/default\.configure.*region.*expected the name of a region/
      )
      assert.strictEqual(
        yield* regionOf({}, { ...environment, TENCENTCLOUD_REGION: "!" }, { layer: { region: "ap-layer" } }),
        "ap-layer"
      )
    })
  )
})

describe("I9: the endpoint of the ready-made client", () => {
  it.scopedLive(
    "comes from the call, the layer, the product's variable, the variable and the profile, in this order",
    () =>
      Effect.gen(function* () {
        const named = ["call", "layer", "product", "all", "profile"] as const
        const clouds = yield* Effect.all(named.map(() => cloud))
        const url = (name: (typeof named)[number]) => clouds[named.indexOf(name)]?.url ?? ""
        const home = yield* homeWith(
          configure("default", "ap-guangzhou", {
            cvm: { endpoint: url("profile"), version: "2017-03-12" },
            autoscaling: { endpoint: url("profile") }
          })
        )
        const base = { ...environment, HOME: home }
        const all = { ...base, TENCENTCLOUD_ENDPOINT: url("all") }
        const product = { ...all, TENCENTCLOUD_ENDPOINT_CVM: url("product") }
        const layer = { endpoint: url("layer") }
        const answered = <E>(made: Effect.Effect<unknown, E>) =>
          Effect.map(made, () => {
            const index = clouds.findIndex(({ got }) => got.length > 0)
            clouds[index]?.got.splice(0)
            return named[index]
          })
        assert.strictEqual(yield* answered(on(product, call({ endpoint: url("call") }), layer)), "call")
        assert.strictEqual(yield* answered(on(product, call(), layer)), "layer")
        assert.strictEqual(yield* answered(on(product, call())), "product")
        assert.strictEqual(yield* answered(on(product, call({}, describeIn("cbs")))), "all")
        assert.strictEqual(yield* answered(on(all, call())), "all")
        assert.strictEqual(yield* answered(on({ ...all, TENCENTCLOUD_ENDPOINT_CVM: " " }, call())), "all")
        assert.strictEqual(yield* answered(on(base, call())), "profile")
        assert.strictEqual(yield* answered(on(base, call({}, describeIn("as")))), "profile")
      })
  )

  it.scopedLive("is the product's own where nothing is set", () =>
    Effect.gen(function* () {
      const home = yield* folder
      const machine = { ...environment, HOME: home, TENCENTCLOUD_OFFLINE: "1" }
      const error = yield* on(machine, Effect.flip(call()))
      assert.include(error.message, "cvm.tencentcloudapi.com is a host of the real cloud")
    })
  )

  it.scopedLive("is an error that names its place where it is none", () =>
    Effect.gen(function* () {
      const home = yield* homeWith(configure("default", "ap-guangzhou", { cbs: { endpoint: "no host" } }))
      const machine = { ...environment, HOME: home }
      const told = <E>(made: Effect.Effect<unknown, E>) => Effect.map(Effect.flip(made), String)
      assert.match(
        yield* told(on({ ...machine, TENCENTCLOUD_ENDPOINT: "ftp://x" }, call())),
        /TENCENTCLOUD_ENDPOINT.*a host name/
      )
      const product = yield* told(on({ ...machine, TENCENTCLOUD_ENDPOINT_CVM: "http://" }, call()))
      assert.match(
        product,
        /nothing was sent.*`options.endpoint` is invalid.*a host name.*in TENCENTCLOUD_ENDPOINT_CVM/
      )
      const profile = yield* told(on(machine, call({}, describeIn("cbs"))))
      assert.match(
        profile,
        /nothing was sent.*`options.endpoint` is invalid.*in the profile of `tccli`, as `cbs.endpoint`/
      )
    })
  )
})
