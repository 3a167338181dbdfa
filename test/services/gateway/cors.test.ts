/** Pages that call a gateway from a browser: over each adapter, and one real page in Chromium. */
import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import * as Http from "node:http"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Action from "effect-tencentcloud/Action"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import * as Product from "effect-tencentcloud/Product"
import type * as Wire from "effect-tencentcloud/Wire"
import { adapters, whole } from "../../fixtures/Adapters.js"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { v3 } from "../../fixtures/Signed.js"
import * as Sockets from "../../fixtures/Sockets.js"
import * as Volumes from "../../fixtures/Volumes.js"

const page = "http://localhost:5173"

const Count = Action.stream("DescribeCount", {
  product: "counter",
  version: Volumes.version,
  request: Schema.Struct({}),
  event: Schema.Struct({ Number: Schema.Int }),
  errors: []
})

const handlers = Layer.provideMerge(
  Gateway.handlers(Product.make([Count]), { DescribeCount: () => Stream.make({ Number: 1 }) }),
  Volumes.layer()
)

const served = (cors?: Gateway.Options<never>["cors"]) => ServedGateway.layer({ cors }, handlers)

const preflight = (origin: string): Wire.WireRequest => ({
  method: "OPTIONS",
  path: "/",
  query: "",
  headers: {
    host: "ebs.tencentcloudapi.com",
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type,x-tc-action"
  },
  body: ""
})

const ofPage = (parts: Parameters<typeof v3>[0] = {}, origin = page) =>
  v3({ ...parts, headers: { origin, ...parts.headers } })

const events = ofPage({ host: "counter.tencentcloudapi.com", service: "counter", action: "DescribeCount" })

const corsOf = ({ headers }: Wire.WireResponse) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name === "vary" || name.startsWith("access-control-")))

const none = { "access-control-allow-origin": undefined, "access-control-expose-headers": undefined }

describe.each(adapters)("a page that calls a gateway over $name", ({ open }) => {
  const ask = (request: Wire.WireRequest, cors?: Gateway.Options<never>["cors"]) =>
    Effect.flatMap(Effect.provide(open, served(cors)), (ask) => Effect.flatMap(ask(request), whole))

  it.scopedLive("P7: may send what it asks for, if its origin is listed", () =>
    Effect.gen(function* () {
      const answer = yield* ask(preflight(page), { origins: ["https://console.example", page] })
      assert.strictEqual(answer.status, 204)
      assert.strictEqual(answer.body, "")
      assert.deepStrictEqual(corsOf(answer), {
        "access-control-allow-headers": "authorization,content-type,x-tc-action",
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-origin": page,
        "access-control-max-age": "7200",
        vary: "origin"
      })
    })
  )

  it.scopedLive.each([
    { name: "a result", request: ofPage(), text: '"TotalCount"', exposed: "date, content-type" },
    {
      name: "an error",
      request: ofPage({ action: "Nothing" }),
      text: '"InvalidAction"',
      exposed: "date, content-type"
    },
    {
      name: "an error of a large body, by its head",
      request: ofPage({ action: "Nothing", body: `{"Name":"${"a".repeat(100_000)}"}` }),
      text: '"InvalidAction"',
      exposed: "date, content-type"
    },
    { name: "events", request: events, text: '"Number":1', exposed: "date, x-tc-requestid" }
  ])("P7: may read $name and its headers", ({ exposed, request, text }) =>
    Effect.gen(function* () {
      const answer = yield* ask(request, { origins: [page] })
      assert.include(answer.body, text)
      const { "access-control-expose-headers": names = "", ...others } = corsOf(answer)
      assert.deepStrictEqual(others, { "access-control-allow-origin": page, vary: "origin" })
      assert.includeMembers(names.split(", "), exposed.split(", "))
    })
  )

  it.scopedLive("P7: of an origin that is not listed learns nothing", () =>
    Effect.gen(function* () {
      for (const origin of [
        "http://localhost:5174",
        "http://localhost:5173.evil.example",
        "https://localhost:5173",
        "null"
      ]) {
        const asked = yield* ask(preflight(origin), { origins: [page] })
        assert.deepStrictEqual(corsOf(asked), { vary: "origin" })
        assert.include(asked.body, "UnsupportedProtocol")
        const answer = yield* ask(ofPage({}, origin), { origins: [page] })
        assert.deepStrictEqual(corsOf(answer), { vary: "origin" })
        assert.include(answer.body, '"TotalCount"')
      }
    })
  )

  it.scopedLive("P7: of any origin may call where all may", () =>
    Effect.gen(function* () {
      const asked = yield* ask(preflight("https://anything.example"), { origins: "*" })
      assert.deepInclude(corsOf(asked), { "access-control-allow-origin": "*" })
      const answer = yield* ask(ofPage({}, "https://anything.example"), { origins: "*" })
      assert.deepStrictEqual(corsOf(answer), {
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "date, content-type"
      })
    })
  )

  it.scopedLive("P7: gets nothing for it without the option", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(corsOf(yield* ask(ofPage())), {})
      const asked = yield* ask(preflight(page))
      assert.deepInclude(asked, { status: 200 })
      assert.deepInclude({ ...none, ...corsOf(asked) }, none)
    })
  )
})

describe("the origins of pages", () => {
  const answerTo = (origin: string, origins: ReadonlyArray<string>) =>
    Effect.flatMap(Gateway.Gateway, ({ handle }) => handle(preflight(origin))).pipe(
      Effect.provide(served({ origins })),
      Effect.map(({ status }) => status)
    )

  it.effect("P7: may be written with capitals, with a slash, and with the port of their scheme", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* answerTo("https://app.example", ["HTTPS://App.Example:443/"]), 204)
      assert.strictEqual(yield* answerTo("tauri://localhost", ["tauri://localhost"]), 204)
      assert.strictEqual(yield* answerTo("null", ["null"]), 204)
    })
  )

  it.effect.each(["localhost:5173", "http://localhost:5173/app", "https://*.example", "http://localhost:99999", ""])(
    "P7: cannot be %s, and the gateway says so",
    (origin) =>
      Effect.gen(function* () {
        const exit = yield* Effect.exit(answerTo(page, [origin]))
        assert.include(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "", `\`cors.origins\` has \`${origin}\``)
      })
  )
})

const browser = ["chromium", "chromium-browser", "google-chrome"]
  .flatMap((name) => (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name)))
  .find((path) => existsSync(path))

/** A server of one page, which runs a script that posts its report. */
const pages = Effect.gen(function* () {
  const parts = { script: "", report: (_: string): void => {} }
  const reported = Effect.async<unknown>((resume) => {
    parts.report = (text) => resume(Effect.sync(() => JSON.parse(text)))
  })
  const server = Http.createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8").on("data", (piece: string) => {
      body += piece
    })
    request.on("end", () => {
      if (request.method === "POST") parts.report(body)
      response.setHeader("content-type", "text/html")
      response.end(request.url === "/" ? `<script type="module">${parts.script}</script>` : "")
    })
  })
  const { address } = yield* Sockets.listen(server)
  return { origin: `http://${address}`, parts, reported }
})

/** Opens a page in the browser. */
const visit = (url: string) =>
  Effect.gen(function* () {
    const profile = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "cors-"))),
      (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }))
    )
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", `--user-data-dir=${profile}`]
    assert.isDefined(browser, "Chromium is missing")
    yield* Effect.acquireRelease(
      Effect.sync(() => spawn(browser ?? "", [...flags, url], { stdio: "ignore" })),
      (child) =>
        Effect.async<void>((resume) => {
          child.on("close", () => resume(Effect.void))
          child.kill()
        })
    )
  })

describe("a page in Chromium", () => {
  const isSkipped = browser === undefined && process.env.CI === undefined
  it.scopedLive.skipIf(isSkipped)("P7: calls the gateway that lists it, and no other (skipped without Chromium)", () =>
    Effect.gen(function* () {
      const { origin, parts, reported } = yield* pages
      const gateway = (origins: ReadonlyArray<string>) =>
        Effect.map(Effect.provide(NodeGateway.serve({ shutdownGrace: 0 }), served({ origins })), ({ port, url }) => {
          const { body, headers } = v3({ host: `127.0.0.1:${port}` })
          return [url, { method: "POST", headers: { ...headers, host: undefined }, body }]
        })
      const calls = [yield* gateway([origin]), yield* gateway(["http://localhost:1"])]
      parts.script = `
        const call = ([url, request]) =>
          fetch(url, request).then(
            async (response) => [response.headers.has("date"), (await response.json()).Response.TotalCount],
            ({ name }) => name
          )
        const results = await Promise.all(${JSON.stringify(calls)}.map(call))
        await fetch("/report", { method: "POST", body: JSON.stringify(results) })`
      yield* visit(origin)
      assert.deepStrictEqual(yield* reported, [[true, 0], "TypeError"])
    })
  )
})
