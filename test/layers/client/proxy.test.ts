import * as Http from "node:http"
import * as Https from "node:https"
import * as Net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import { requestId } from "../../fixtures/ScriptedTransport.js"
import * as Sockets from "../../fixtures/Sockets.js"
import { DescribeVolumes } from "../../fixtures/Volumes.js"

const host = "ebs.tencentcloudapi.com"
const body = JSON.stringify({ Response: { TotalCount: 1, Names: [], RequestId: requestId } })

/** Answers every request itself, and opens every tunnel to the same port, whatever host it is asked for. */
const proxy = (port = 0, server: Http.Server = Http.createServer()) =>
  Effect.suspend(() => {
    const requests: Array<Sockets.Request> = []
    server.on(
      "request",
      Sockets.recorder((response) => response.end(body), requests)
    )
    server.on("connect", ({ headers, method, url }: Http.IncomingMessage, socket: Net.Socket) => {
      requests.push({ method, url, headers, body: "" })
      const upstream = Net.connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n")
        socket.pipe(upstream).pipe(socket)
      })
      socket.on("close", () => upstream.destroy())
    })
    return Effect.map(Sockets.listen(server), (listening) => ({ ...listening, requests }))
  })

const call = (endpoint: string, options: NodeTransport.Options, environment: Readonly<Record<string, string>> = {}) =>
  Effect.repeatN(DescribeVolumes(), 1).pipe(
    Effect.provide(
      ApiClient.layerHttp({ endpoint, retry: RetryPolicy.none }).pipe(
        Layer.provide([NodeTransport.layerHttpClient(options), CredentialProvider.layerStatic(InProcess.key)])
      )
    ),
    Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(environment))))
  )

describe("a request over HTTP", () => {
  type Case = {
    readonly name: string
    readonly environment?: Readonly<Record<string, string>>
    readonly option?: string | Redacted.Redacted | false
    readonly proxied: boolean
  }
  const dead = "http://user:planted@127.0.0.1:1"

  // `PROXY` stands for the proxy's address.
  const cases: ReadonlyArray<Case> = [
    { name: "http_proxy", environment: { http_proxy: "http://PROXY/" }, proxied: true },
    { name: "a variable without a scheme", environment: { http_proxy: "PROXY" }, proxied: true },
    { name: "ALL_PROXY", environment: { ALL_PROXY: "http://PROXY" }, proxied: true },
    {
      name: "all_proxy, of which the lower case comes first",
      environment: { ALL_PROXY: dead, all_proxy: "PROXY" },
      proxied: true
    },
    {
      name: "its own variable before that of all",
      environment: { ALL_PROXY: dead, http_proxy: "PROXY" },
      proxied: true
    },
    {
      name: "an empty variable beside one that is not",
      environment: { ALL_PROXY: "PROXY", all_proxy: "", http_proxy: " " },
      proxied: true
    },
    {
      name: "HTTP_PROXY in upper case, which curl does not read either",
      environment: { HTTP_PROXY: dead },
      proxied: false
    },
    {
      name: "a SOCKS proxy for all beside one for https",
      environment: { HTTPS_PROXY: dead, ALL_PROXY: "socks5://127.0.0.1:1" },
      proxied: false
    },
    {
      name: "the option, whatever the environment says",
      environment: { http_proxy: dead, NO_PROXY: "*" },
      option: "http://PROXY",
      proxied: true
    },
    { name: "the option as a secret", option: Redacted.make("http://PROXY"), proxied: true },
    { name: "nothing", proxied: false },
    { name: "the variable of the other scheme", environment: { HTTPS_PROXY: dead }, proxied: false },
    { name: "an empty variable", environment: { http_proxy: " " }, proxied: false },
    { name: "NO_PROXY", environment: { http_proxy: dead, NO_PROXY: "a.example, 127.0.0.0/8" }, proxied: false },
    { name: "no_proxy", environment: { ALL_PROXY: dead, no_proxy: "127.0.0.1" }, proxied: false },
    { name: "`false`, whatever the environment says", environment: { http_proxy: dead }, option: false, proxied: false }
  ]

  for (const { environment = {}, name, option, proxied } of cases) {
    it.scopedLive(`S5: goes ${proxied ? "by the proxy" : "straight"} with ${name}`, () =>
      Effect.gen(function* () {
        const target = yield* Sockets.http((response) => response.end(body))
        const between = yield* proxy()
        const fill = (text: string) => text.replace("PROXY", between.address)
        const filled = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, fill(value)]))
        const given = Redacted.isRedacted(option) ? Redacted.make(fill(Redacted.value(option))) : option
        const options = given === undefined ? {} : { proxy: typeof given === "string" ? fill(given) : given }
        yield* call(target.url, options, filled)
        const seen = proxied ? between : target
        assert.strictEqual(seen.requests.length, 2)
        assert.strictEqual(seen.opened(), 1)
        assert.strictEqual((proxied ? target : between).requests.length, 0)
        assert.deepInclude({ ...seen.requests[0] }, { method: "POST", url: proxied ? `${target.url}/` : "/" })
        assert.strictEqual(seen.requests[0]?.headers.host, target.address)
      })
    )
  }

  it.scopedLive("logs in to the proxy with what its URL says", () =>
    Effect.gen(function* () {
      const { address, requests } = yield* proxy()
      yield* call(`http://${host}`, { proxy: `http://user:p%40ss@${address}` })
      assert.strictEqual(
        requests[0]?.headers["proxy-authorization"],
        `Basic ${Buffer.from("user:p@ss").toString("base64")}`
      )
    })
  )
})

const identity = Sockets.certificate(`DNS:${host}`, "IP:127.0.0.1")

describe.skipIf(identity === undefined)("a request over TLS", () => {
  const { cert, key } = identity ?? { cert: "", key: "" }

  const target = Effect.suspend(() => {
    const requests: Array<Sockets.Request> = []
    const server = Https.createServer(
      { cert, key },
      Sockets.recorder((response) => response.end(body), requests)
    )
    return Effect.map(Sockets.listen(server), (listening) => ({ ...listening, requests }))
  })

  it.live.each(["http", "https"])("goes through a tunnel of a proxy over %s, which sees nothing of it", (protocol) =>
    Effect.gen(function* () {
      const server = yield* target
      const port = Number(server.address.split(":")[1])
      const between = yield* proxy(port, protocol === "https" ? Https.createServer({ cert, key }) : Http.createServer())
      yield* call(host, { ca: cert }, { HTTPS_PROXY: `${protocol}://user:secret@${between.address}` })
      assert.strictEqual(server.requests.length, 2)
      assert.strictEqual(server.requests[0]?.headers.host, host)
      assert.notProperty(server.requests[0]?.headers, "proxy-authorization")
      assert.deepStrictEqual(
        between.requests.map(({ headers, method, url }) => [method, url, headers.host, headers["proxy-authorization"]]),
        [["CONNECT", `${host}:443`, `${host}:443`, `Basic ${Buffer.from("user:secret").toString("base64")}`]]
      )
      yield* Effect.zip(between.gone, server.gone)
    }).pipe(Effect.scoped, Sockets.leavesNothing)
  )

  it.live.each(["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])("S5: goes through the proxy in %s", (name) =>
    Effect.gen(function* () {
      const server = yield* target
      const between = yield* proxy(Number(server.address.split(":")[1]))
      yield* call(host, { ca: cert }, { [name]: between.address, HTTP_PROXY: "http://127.0.0.1:1" })
      assert.strictEqual(server.requests.length, 2)
      assert.strictEqual(between.requests[0]?.url, `${host}:443`)
    }).pipe(Effect.scoped, Sockets.leavesNothing)
  )

  it.live.each([
    { set: "HTTP_PROXY", protocol: "https", looked: "`https_proxy`, `HTTPS_PROXY`, `all_proxy`, `ALL_PROXY`" },
    { set: "http_proxy", protocol: "https", looked: "`https_proxy`, `HTTPS_PROXY`, `all_proxy`, `ALL_PROXY`" },
    { set: "HTTP_PROXY", protocol: "http", looked: "`http_proxy`, `all_proxy`, `ALL_PROXY`" }
  ])(
    "S5: a host of $protocol that cannot be reached names the variables, if only $set is set",
    ({ looked, protocol, set }) =>
      Effect.gen(function* () {
        const { address } = yield* Effect.scoped(Sockets.raw(() => {}))
        const environment = { [set]: "http://user:planted@proxy.example" }
        const error = yield* Effect.flip(call(`${protocol}://${address}`, {}, environment))
        assert.deepInclude({ ...error }, { _tag: "TransportError", sent: false })
        assert.include(error.message, `no proxy is used, because none of ${looked} names an HTTP proxy`)
        assert.notInclude(error.message, "planted")
      }).pipe(Effect.scoped, Sockets.leavesNothing)
  )

  it.live("is sent to nobody but the host that it names", () =>
    Effect.gen(function* () {
      const server = yield* target
      const between = yield* proxy(Number(server.address.split(":")[1]))
      const error = yield* Effect.flip(call("other.example:8443", { ca: cert, proxy: between.address }))
      assert.deepInclude({ ...error }, { _tag: "TransportError", sent: false, permanent: true })
      assert.match(error.message, /does not match certificate's altnames/)
      assert.strictEqual(between.requests[0]?.url, "other.example:8443")
      assert.isEmpty(server.requests)
    }).pipe(Effect.scoped, Sockets.leavesNothing)
  )

  it.live("is not sent by a proxy with a certificate that nobody here knows, now or later", () =>
    Effect.gen(function* () {
      const between = yield* proxy(0, Https.createServer({ cert, key }))
      const error = yield* Effect.flip(call(host, { proxy: `https://${between.address}` }))
      assert.deepInclude({ ...error }, { _tag: "TransportError", sent: false, permanent: true })
      assert.include(error.message, `the proxy ${between.address} cannot be reached: its certificate is signed by`)
      assert.isEmpty(between.requests)
    }).pipe(Effect.scoped, Sockets.leavesNothing)
  )
})

describe("a proxy that", () => {
  const say = (text: string) => Sockets.raw((socket) => socket.write(text))

  const faults: ReadonlyArray<readonly [string, Effect.Effect<Sockets.Raw, never, Scope.Scope>, string]> = [
    ["is not there", Effect.scoped(say("")), "the proxy PROXY cannot be reached: connect ECONNREFUSED PROXY"],
    [
      "wants a login",
      say("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"),
      "the proxy PROXY refused a tunnel with HTTP 407: give a user and a password in its URL, or the right ones"
    ],
    ["refuses", say("HTTP/1.1 403 Forbidden\r\n\r\n<html>"), "the proxy PROXY refused a tunnel with HTTP 403"],
    ["is busy", say("HTTP/1.1 503 Service Unavailable\r\n\r\n"), "the proxy PROXY refused a tunnel with HTTP 503"],
    ["hangs up", Sockets.raw((socket) => socket.end()), "the proxy PROXY opened no tunnel: socket hang up"],
    ["says nothing", say(""), "the proxy PROXY opened no tunnel: it did not answer within 50 ms"],
    ["speaks no HTTP", say("220 smtp\r\n"), "the proxy PROXY opened no tunnel: Parse Error: Expected HTTP/"],
    [
      "gives the tunnel up",
      Sockets.raw((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n")),
      "Client network socket disconnected before secure TLS connection was established"
    ]
  ]

  for (const [fault, server, reason] of faults) {
    it.live(`${fault}: nothing was sent, and its password is not told`, () =>
      Effect.gen(function* () {
        const { address, gone } = yield* server
        const url = `http://user:planted@${address}`
        // Out of reach for all that is said at once, however busy the machine is.
        const connectTimeout = fault === "says nothing" ? "50 millis" : "30 seconds"
        const error = yield* Effect.flip(call(`https://${host}`, { connectTimeout }, { HTTPS_PROXY: url }))
        if (error._tag !== "TransportError") return assert.fail(error._tag)
        assert.include(error.reason, reason.replaceAll("PROXY", address))
        assert.isFalse(error.sent)
        assert.strictEqual(error.permanent, fault === "wants a login" || fault === "refuses")
        assert.notMatch(`${error} ${JSON.stringify(error)}`, /planted/)
        yield* gone
      }).pipe(Effect.scoped, Sockets.leavesNothing)
    )
  }
})

describe("the environment", () => {
  it.scoped.each(["HTTPS_PROXY", "https_proxy", "http_proxy", "ALL_PROXY", "all_proxy"])(
    "that has no proxy in %s is a ConfigError, which does not repeat it",
    (name) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Layer.build(NodeTransport.layerHttpClient()))
        assert.deepInclude({ ...error }, { _op: "InvalidData", path: [name] })
        assert.match(String(error), /expected the URL of an HTTP proxy/)
        assert.notMatch(String(error), /planted/)
      }).pipe(Effect.withConfigProvider(ConfigProvider.fromMap(new Map([[name, "socks5://user:planted@a.example"]]))))
  )
})

describe("bypassesProxy", () => {
  const rows: ReadonlyArray<readonly [noProxy: string, bypassed: string, proxied: string]> = [
    ["*", "http://a.example", ""],
    ["", "", "http://a.example"],
    ["example.com", "https://example.com", "https://badexample.com"],
    ["example.com", "https://a.b.example.com", "https://example.com.evil.example"],
    [".example.com", "https://a.example.com", "https://example.com"],
    ["*.example.com", "https://a.example.com", "https://example.com"],
    ["EXAMPLE.com", "https://Example.COM.", "https://example.org"],
    ["a.example, b.example", "http://b.example", "http://c.example"],
    ["a.example b.example", "http://b.example", "http://c.example"],
    ["example.com:8080", "http://a.example.com:8080", "http://example.com"],
    ["example.com:443", "https://example.com", "http://example.com"],
    ["localhost", "http://localhost:9140", "http://127.0.0.1:9140"],
    ["10.1.2.3", "http://10.1.2.3", "http://10.1.2.30"],
    ["10.1.2.3:80", "http://10.1.2.3", "https://10.1.2.3"],
    ["10.0.0.0/8", "http://10.255.0.1", "http://11.0.0.1"],
    ["10.0.0.0/8", "http://[::ffff:10.0.0.1]", "http://10.example"],
    ["10.1.2.3", "http://[::ffff:10.1.2.3]", "http://[::ffff:10.1.2.4]"],
    ["0.0.0.0/0", "http://10.0.0.1", "http://[fd12::1]"],
    ["::1", "http://[::1]:9140", "http://[::2]"],
    ["FD12:0:0::1", "http://[fd12::1]", "http://[fd12::2]"],
    ["[::1]:9140", "http://[::1]:9140", "http://[::1]"],
    ["fd00::/8", "http://[fd12::1]", "http://[fe80::1]"],
    ["10.0.0.0/99,10.0.0/8,/8,fd00::/129,:80,[,%", "", "http://10.0.0.1"],
    [".", "", "http://a.example"]
  ]

  it.each(rows)("%j lets %j be reached straight, and not %j", (noProxy, bypassed, proxied) => {
    if (bypassed !== "") assert.isTrue(NodeTransport.bypassesProxy(noProxy, new URL(bypassed)))
    if (proxied !== "") assert.isFalse(NodeTransport.bypassesProxy(noProxy, new URL(proxied)))
  })
})
