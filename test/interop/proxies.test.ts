/** A gateway behind nginx and haproxy, with the files of docs/behind-a-proxy.md and with nginx as it comes. */
import { readFileSync } from "node:fs"
import * as Http from "node:http"
import * as Http2 from "node:http2"
import * as Https from "node:https"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Action from "effect-tencentcloud/Action"
import * as AddressList from "effect-tencentcloud/AddressList"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import * as Product from "effect-tencentcloud/Product"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import type * as Wire from "effect-tencentcloud/Wire"
import * as Proxies from "../fixtures/Proxies.js"
import { now, v1, v3 } from "../fixtures/Signed.js"
import * as Volumes from "../fixtures/Volumes.js"

const Count = ApiClient.callable(
  Action.stream("DescribeCount", {
    product: "counter",
    version: Volumes.version,
    request: Schema.Struct({}),
    event: Schema.Struct({ Number: Schema.Int }),
    errors: []
  })
)

/** What `Count` sends, one by one. */
type Numbers = Queue.Queue<{ readonly Number: number }>

const last = 5

const handlers = (numbers: Numbers) =>
  Layer.provideMerge(
    Gateway.handlers(Product.make([Count]), {
      DescribeCount: () => Stream.takeUntil(Stream.fromQueue(numbers), ({ Number }) => Number === last)
    }),
    // The answer has the address of the caller, and the size of what arrived.
    Volumes.layer({
      DescribeVolumes: ({ Filters = [] }, { address }) =>
        Effect.succeed({
          TotalCount: Filters.reduce((size, { Values }) => size + Values.join("").length, 0),
          Names: [address ?? "none"]
        })
    })
  )

interface Setup {
  readonly name: string
  readonly program: Proxies.Program
  /** Default: the file of the page. */
  readonly config?: string
  /** Whether the gateway has to be told the host, because the proxy puts another one in its place. */
  readonly hosts?: boolean
  readonly tls?: boolean
  /** Whether it takes no more than a proxy takes by default: no large body, and no large query. */
  readonly isSmall?: boolean
}

const setups: ReadonlyArray<Setup> = [
  { name: "nginx as it comes", program: "nginx", config: Proxies.bareNginx, hosts: true, isSmall: true },
  {
    name: "nginx with `Host $proxy_host`",
    program: "nginx",
    config: Proxies.nginxWithHost("$proxy_host"),
    hosts: true
  },
  { name: "nginx with `Host $host`", program: "nginx", config: Proxies.nginxWithHost("$host"), hosts: true },
  { name: "nginx with `Host $http_host`", program: "nginx" },
  { name: "nginx with TLS", program: "nginx", tls: true },
  { name: "haproxy", program: "haproxy" },
  { name: "haproxy with TLS", program: "haproxy", tls: true }
]

class Served extends Context.Tag("test/Served")<
  Served,
  { readonly proxy: Proxies.Proxy; readonly endpoint: string; readonly numbers: Numbers }
>() {}

const starts = { nginx: Proxies.nginx, haproxy: Proxies.haproxy }

const denied = "127.0.0.66"

/** Runs a proxy, and a gateway behind it. */
const serve = (
  { config, hosts = false, program, tls = false }: Setup,
  parts = Layer.mergeAll(TimestampValidator.layer, RateLimiter.layerUnlimited, AddressList.layer({ deny: [denied] }))
) =>
  Layer.scoped(
    Served,
    Effect.gen(function* () {
      const gateway = yield* Proxies.freePort
      const proxy = yield* starts[program]({ gateway, ...(config === undefined ? {} : { config }) })
      const numbers = yield* Queue.unbounded<{ readonly Number: number }>()
      const endpoint = tls ? proxy.tlsUrl : proxy.url
      const options = { trustProxy: ["127.0.0.1"], ...(hosts ? { hosts: [new URL(endpoint).host] } : {}) }
      const served = Gateway.layer(options).pipe(
        Layer.provide(CredentialValidator.layer),
        Layer.provide([handlers(numbers), KeyStore.layerMemory([InProcess.key]), Authorizer.layerAllowAll, parts])
      )
      yield* Effect.provide(NodeGateway.serve({ port: gateway, shutdownGrace: 0 }), served)
      return { proxy, endpoint, numbers }
    })
  )

/** Our client, which asks the proxy. */
const client = <A, E>(call: Effect.Effect<A, E, ApiClient.ApiClient>) =>
  Effect.flatMap(Served, ({ endpoint, proxy }) =>
    Effect.provide(
      call,
      ApiClient.layerTransport({ endpoint, region: "ap-guangzhou" }).pipe(
        Layer.provide(CredentialProvider.layerStatic(InProcess.key)),
        Layer.provide(NodeTransport.layer({ proxy: false, ca: proxy.cert }))
      )
    )
  )

/** Sends a request from an address of this machine. Returns the body of the answer. */
const send = (endpoint: string, ca: string, localAddress: string, request: Wire.WireRequest) =>
  Effect.async<string>((resume) => {
    const { body, headers, method, query } = request
    const { request: open } = endpoint.startsWith("https") ? Https : Http
    const url = `${endpoint}/${query === "" ? "" : `?${query}`}`
    const sent = open(url, { method, headers, localAddress, ca, agent: false, family: 4 }, (message) => {
      let text = ""
      message.setEncoding("utf8").on("data", (piece: string) => {
        text += piece
      })
      message.on("end", () => resume(Effect.succeed(text)))
    })
    sent.on("error", ({ message }) => resume(Effect.die(new Error(message))))
    sent.end(body)
  })

const overHttp2 = (endpoint: string, ca: string, { body, headers, method, query }: Wire.WireRequest) =>
  Effect.async<string>((resume) => {
    const session = Http2.connect(endpoint, { ca })
    session.on("error", ({ message }) => resume(Effect.die(new Error(message))))
    const { host, ...others } = headers
    const head = { ":method": method, ":path": query === "" ? "/" : `/?${query}`, ":authority": host }
    const stream = session.request({ ...others, ...head })
    let text = ""
    stream.setEncoding("utf8").on("data", (piece: string) => {
      text += piece
    })
    stream.on("error", ({ message }) => resume(Effect.die(new Error(message))))
    stream.on("end", () => resume(Effect.sync(() => session.close()).pipe(Effect.as(text))))
    // The stream of a GET has ended already.
    if (method === "POST") stream.end(body)
    return Effect.sync(() => session.destroy())
  })

const codeOf = (text: string): string => JSON.parse(text).Response.Error?.Code ?? "done"

const timestamp = () => Math.floor(Date.now() / 1000)

const options: ReadonlyArray<ApiClient.Options> = [
  {},
  { unsignedPayload: true },
  { encoding: "query" },
  { encoding: "query", signatureMethod: "HmacSHA1" },
  { encoding: "query", signatureMethod: "HmacSHA256" },
  { encoding: "form", signatureMethod: "HmacSHA1" },
  { encoding: "form", signatureMethod: "HmacSHA256" }
]

/** Nearly as many as a body may have. */
const bytes = new Uint8Array(9_000_000).map((_, index) => index)

const filters = (size: number) => ({ Filters: [{ Name: "é&=+ /%'", Values: ["x".repeat(size)] }] })

for (const setup of setups) {
  const { isSmall = false, name, program } = setup
  describe.skipIf(Proxies.isMissing(program))(`behind ${name}`, () => {
    layer(serve(setup), { excludeTestServices: true })((it) => {
      it.effect.each(options)("P3: a call of our client is right: %j", (options) =>
        Effect.gen(function* () {
          const { Names, TotalCount } = yield* client(Volumes.DescribeVolumes(filters(10), options))
          assert.deepStrictEqual([TotalCount, ...Names], [10, "127.0.0.1"])
        })
      )

      it.effect.each([
        { encoding: "multipart" },
        { encoding: "octet-stream" },
        { encoding: "multipart", unsignedPayload: true }
      ] as const)("P3: so are bytes: %j", (options) =>
        Effect.gen(function* () {
          const Content = isSmall ? bytes.subarray(0, 256) : bytes
          const { Bytes } = yield* client(Volumes.ImportVolume({ Name: "disk", Content }, options))
          assert.strictEqual(Bytes, Content.byteLength)
        })
      )

      it.effect("P3: so is a large body, and a large query", () =>
        Effect.gen(function* () {
          const body = yield* client(Volumes.DescribeVolumes(filters(isSmall ? 500_000 : 10_000_000)))
          assert.strictEqual(body.TotalCount, isSmall ? 500_000 : 10_000_000)
          const size = isSmall ? 6000 : 31_000
          const query = yield* client(Volumes.DescribeVolumes(filters(size), { encoding: "query" }))
          assert.strictEqual(query.TotalCount, size)
        })
      )

      it.effect("P2: each event arrives before the next one is sent", () =>
        Effect.gen(function* () {
          const { numbers } = yield* Served
          yield* Queue.offer(numbers, { Number: 1 })
          const events = Count({}).pipe(
            Stream.tap(({ Number }) => Queue.offer(numbers, { Number: Number + 1 })),
            Stream.runCollect,
            client,
            Effect.timeout("20 seconds")
          )
          const seen = Chunk.toReadonlyArray(yield* events).map(({ Number }) => Number)
          assert.deepStrictEqual(seen, [1, 2, 3, 4, 5])
          yield* Queue.takeAll(numbers)
        })
      )

      it.effect.skipIf(isSmall)("G1: the gateway sees the caller, whatever the caller writes itself", () =>
        Effect.gen(function* () {
          const { endpoint, proxy } = yield* Served
          const { host } = new URL(endpoint)
          const own: Wire.Headers = {
            "x-forwarded-for": "203.0.113.7",
            "x-forwarded-host": "ebs.example.com",
            forwarded: "for=203.0.113.7;host=ebs.example.com"
          }
          for (const headers of [{}, own]) {
            const request = v3({ host, timestamp: timestamp(), headers })
            const from = (address: string) => send(endpoint, proxy.cert, address, request)
            assert.include(yield* from("127.0.0.2"), '"Names":["127.0.0.2"]')
            assert.strictEqual(codeOf(yield* from(denied)), "IpInBlacklist")
          }
          const form = v1({ method: "POST", host, parameters: { Timestamp: String(timestamp()) } })
          assert.include(yield* send(endpoint, proxy.cert, "127.0.0.2", form), '"Names":["127.0.0.2"]')
        })
      )

      it.effect.skipIf(setup.tls !== true)("P3: a request over HTTP/2 is right", () =>
        Effect.gen(function* () {
          const { endpoint, proxy } = yield* Served
          const at = { host: new URL(endpoint).host, timestamp: timestamp() }
          const body = JSON.stringify(filters(1_000_000))
          for (const request of [
            v3(at),
            v3({ ...at, body }),
            v3({ ...at, method: "GET", query: "Limit=1" }),
            v1({ method: "POST", host: at.host, parameters: { Timestamp: String(at.timestamp) } })
          ]) {
            assert.strictEqual(codeOf(yield* overHttp2(endpoint, proxy.cert, request)), "done")
          }
        })
      )

      it.effect("P3: a wrong signature is wrong", () =>
        Effect.gen(function* () {
          const { endpoint, proxy } = yield* Served
          const request = v3({ host: new URL(endpoint).host, signedHost: "ebs.example.com", timestamp: timestamp() })
          const text = yield* send(endpoint, proxy.cert, "127.0.0.1", request)
          assert.strictEqual(codeOf(text), "AuthFailure.SignatureFailure")
        })
      )
    })
  })
}

for (const program of ["nginx", "haproxy"] as const) {
  describe.skipIf(Proxies.isMissing(program))(`the file of the page for ${program}`, () => {
    const parts = Layer.mergeAll(
      TimestampValidator.layerFixed(now),
      RateLimiter.layerMemory({ address: 2 }),
      AddressList.layerNoop
    )
    layer(serve({ name: program, program }, parts))((it) => {
      it.effect("G1: lets the gateway count each caller for itself", () =>
        Effect.gen(function* () {
          const { endpoint, proxy } = yield* Served
          const codeFrom = (address: string, spoofed: string) => {
            const request = v3({ host: new URL(endpoint).host, headers: { "x-forwarded-for": spoofed } })
            return Effect.map(send(endpoint, proxy.cert, address, request), codeOf)
          }
          const spoofed = ["1.1.1.1", "2.2.2.2", "3.3.3.3"]
          const codes = yield* Effect.forEach(spoofed, (each) => codeFrom("127.0.0.2", each))
          assert.deepStrictEqual(codes, ["done", "done", "RequestLimitExceeded.IPLimitExceeded"])
          assert.strictEqual(yield* codeFrom("127.0.0.3", "127.0.0.2"), "done")
        })
      )
    })
  })

  it(`P3: the page shows the file for ${program} that the tests run`, () => {
    const page = readFileSync(new URL("../../docs/behind-a-proxy.md", import.meta.url), "utf8")
    assert.include(page, `\`\`\`${program}\n${Proxies.files[program].trim()}\n\`\`\``)
  })
}
