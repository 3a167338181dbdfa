import * as Http from "node:http"
import * as Https from "node:https"
import type { AddressInfo, Socket } from "node:net"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as Endpoint from "effect-tencentcloud/Endpoint"
import * as FetchClient from "effect-tencentcloud/FetchClient"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Transport from "effect-tencentcloud/Transport"
import { Transport as Tag } from "effect-tencentcloud/Transport"
import * as Seen from "../../fixtures/Seen.js"
import { v1, v3 } from "../../fixtures/Signed.js"
import * as Sockets from "../../fixtures/Sockets.js"
import { DescribeVolumes } from "../../fixtures/Volumes.js"

interface Got {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: Http.IncomingHttpHeaders
  readonly body: string
}

/** A server that records what it gets, and answers as it is told. */
const serve = (answer: (response: Http.ServerResponse, socket: Socket) => void) =>
  Effect.acquireRelease(
    Effect.async<{ readonly url: string; readonly got: ReadonlyArray<Got>; readonly server: Http.Server }>((resume) => {
      const got: Array<Got> = []
      const server = Http.createServer((request, response) => {
        let body = ""
        request.setEncoding("utf8").on("data", (chunk: string) => {
          body += chunk
        })
        request.on("end", () => {
          got.push({ method: request.method, url: request.url, headers: request.headers, body })
          answer(response, request.socket)
        })
      }).listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, got, server }))
      })
    }),
    ({ server }) =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )

const send = (url: string, request = v3()) =>
  Effect.flatMap(Tag, (transport) => transport.send(request, Either.getOrThrow(Endpoint.fromString(url))))

const overFetch = Transport.layerHttp.pipe(Layer.provide(FetchHttpClient.layer))

const json = (response: Http.ServerResponse) =>
  response.writeHead(200, { "content-type": "application/json", date: "Thu, 01 Jan 2026 00:00:00 GMT" }).end("{}\u672a")

describe("Transport.layerHttp", () => {
  it.scopedLive.each([
    { name: "JSON", request: v3({ body: '{"Name":"\u672a"}' }), url: "/", body: '{"Name":"\u672a"}' },
    { name: "bytes", request: v3({ body: new Uint8Array([104, 105]) }), url: "/", body: "hi" },
    {
      name: "a query, as it was signed",
      request: v3({ method: "GET", query: "b=+&a=%20%2b" }),
      url: "/?b=+&a=%20%2b",
      body: ""
    },
    { name: "version 1", request: v1({ method: "POST" }), url: "/", body: String(v1({ method: "POST" }).body) }
  ])("sends $name, and gives the answer", ({ body, request, url }) =>
    Effect.gen(function* () {
      const server = yield* serve(json)
      const answer = yield* send(server.url, request)
      assert.deepInclude(answer, { status: 200, body: "{}\u672a" })
      assert.deepInclude(answer.headers, { "content-type": "application/json", date: "Thu, 01 Jan 2026 00:00:00 GMT" })
      const [got] = server.got
      assert.deepInclude({ ...got }, { method: request.method, url, body })
      const { host: _, ...headers } = request.headers
      assert.deepInclude({ ...got?.headers }, headers)
    }).pipe(Effect.provide(overFetch))
  )

  it.scopedLive("sends no tracing headers, and makes no span of its own", () =>
    Effect.gen(function* () {
      const server = yield* serve(json)
      yield* Effect.withSpan(send(server.url, v3({ headers: { "x-tc-token": "planted" } })), "call")
      const names = Object.keys(server.got[0]?.headers ?? {})
      assert.include(names, "x-tc-token")
      assert.notIncludeMembers(names, ["b3", "traceparent", "x-b3-traceid"])
      const { spans } = yield* Seen.Seen
      assert.include(spans, "call")
      assert.notMatch(
        JSON.stringify(spans, (_, value) => (value instanceof Map ? [...value] : value)),
        /planted|http/i
      )
    }).pipe(Effect.provide([overFetch, Seen.layer]))
  )

  const outcome = (url: string) =>
    Effect.map(Effect.flip(send(url)), ({ permanent, reason, sent }) => ({ permanent, reason, sent }))

  it.scopedLive("a connection that is refused: nothing was sent", () =>
    Effect.gen(function* () {
      const { url } = yield* Effect.scoped(serve(json))
      assert.deepStrictEqual(yield* outcome(url), {
        permanent: false,
        reason: `connect ECONNREFUSED ${url.slice(7)}`,
        sent: false
      })
    }).pipe(Effect.provide(overFetch))
  )

  it.scopedLive.each([
    { name: "@effect/platform", layer: overFetch },
    { name: "FetchClient", layer: FetchClient.layerTransport() }
  ])("S3: TLS and clear text mixed up, over the fetch of $name: nothing was sent, nor will it be", ({ layer }) =>
    Effect.gen(function* () {
      const plain = yield* serve(json)
      assert.deepStrictEqual(yield* outcome(plain.url.replace("http:", "https:")), {
        permanent: true,
        reason: "no TLS is spoken there: is `http://` missing?",
        sent: false
      })
      const alert = Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46])
      const { address } = yield* Sockets.raw((socket) => socket.end(alert))
      assert.deepStrictEqual(yield* outcome(`http://${address}`), {
        permanent: true,
        reason: "TLS is spoken there: is `https://` missing?",
        sent: false
      })
    }).pipe(Effect.provide(layer))
  )

  const identity = Sockets.certificate("IP:127.0.0.1")

  it.scopedLive.skipIf(identity === undefined)(
    "a certificate that nobody knows: nothing was sent, nor will it be",
    () =>
      Effect.gen(function* () {
        const { address } = yield* Sockets.listen(Https.createServer(identity ?? {}))
        const { permanent, reason, sent } = yield* outcome(`https://${address}`)
        assert.deepStrictEqual({ permanent, sent }, { permanent: true, sent: false })
        // Newer lines of Node go on with advice.
        assert.match(reason, /^self-signed certificate/)
      }).pipe(Effect.provide(overFetch))
  )

  it.scopedLive.each<{ name: string; answer: (response: Http.ServerResponse, socket: Socket) => void }>([
    { name: "before the answer", answer: (_, socket) => socket.destroy() },
    {
      name: "in the middle of it",
      answer: (response, socket) => response.writeHead(200, { "content-length": 9 }).write("{}", () => socket.destroy())
    },
    { name: "in the middle of a chunk", answer: (response, socket) => response.write("{}", () => socket.destroy()) },
    { name: "with what is no HTTP", answer: (_, socket) => socket.end("SSH-2.0-OpenSSH\r\n\r\n") }
  ])("a connection that breaks $name: it may have been carried out", ({ answer }) =>
    Effect.gen(function* () {
      const { url } = yield* serve(answer)
      const { permanent, reason, sent } = yield* outcome(url)
      assert.isTrue(sent)
      assert.isFalse(permanent)
      assert.isNotEmpty(reason)
    }).pipe(Effect.provide(overFetch))
  )

  it.scopedLive("what cannot be sent at all gives no secret away", () =>
    Effect.gen(function* () {
      const { url } = yield* serve(json)
      const error = yield* Effect.flip(send(url, v3({ headers: { "x-tc-token": "planted\u0000" } })))
      assert.notMatch(`${error.reason} ${JSON.stringify(error)}`, /planted/)
    }).pipe(Effect.provide(overFetch))
  )
})

describe("a redirect", () => {
  /** As a program has it that thinks of no redirect. */
  const fetches = FetchHttpClient.layer
  const client = (endpoint: string) =>
    ApiClient.layerHttp({ endpoint }).pipe(
      Layer.provide([CredentialProvider.layerStatic({ secretId: "AKID", secretKey: "key" }), fetches])
    )

  it.scopedLive.each([301, 302, 303, 307, 308])(
    "of HTTP %i is not followed although fetch would, and not asked for twice",
    (status) =>
      Effect.gen(function* () {
        const elsewhere = yield* serve(json)
        const server = yield* serve((response) => response.writeHead(status, { location: elsewhere.url }).end())
        const error = yield* Effect.flip(Effect.provide(DescribeVolumes({}), client(server.url)))
        assert.deepInclude({ ...error }, { _tag: "MalformedResponse", status, truncated: false })
        assert.isEmpty(elsewhere.got)
        assert.lengthOf(server.got, 1)
      })
  )

  it.scopedLive.each([
    { name: "when the client is made", options: "layer" },
    { name: "around the call", options: "call" },
    { name: "around every call of the client", options: "client" }
  ])("is not followed whatever the options of fetch say $name; the others stay", ({ options }) =>
    Effect.gen(function* () {
      const elsewhere = yield* serve(json)
      const server = yield* serve((response) => response.writeHead(302, { location: elsewhere.url }).end())
      const init = { redirect: "follow", headers: { "x-proxy": "1" } } as const
      const given = Layer.succeed(FetchHttpClient.RequestInit, init)
      const http = Layer.effect(
        HttpClient.HttpClient,
        Effect.map(HttpClient.HttpClient, HttpClient.transformResponse(Effect.provide(given)))
      ).pipe(Layer.provide(fetches))
      const transport = Layer.provide(
        Transport.layerHttp,
        { layer: Layer.provide(fetches, given), call: fetches, client: http }[options] ?? fetches
      )
      const answer = yield* (options === "call" ? Effect.provide(send(server.url), given) : send(server.url)).pipe(
        Effect.provide(transport)
      )
      assert.strictEqual(answer.status, 302)
      assert.strictEqual(server.got[0]?.headers["x-proxy"], "1")
      assert.isEmpty(elsewhere.got)
    })
  )

  it.effect("leaves no options of fetch behind, whatever the client", () =>
    Effect.gen(function* () {
      const http = HttpClient.make((request) => Effect.succeed(HttpClientResponse.fromWeb(request, new Response("{}"))))
      const transport = Layer.provide(Transport.layerHttp, Layer.succeed(HttpClient.HttpClient, http))
      yield* Effect.flatMap(Tag, (transport) =>
        Effect.gen(function* () {
          yield* transport.send(v3(), Either.getOrThrow(Endpoint.fromString("http://127.0.0.1")))
          assert.isTrue(Option.isNone(yield* Effect.serviceOption(FetchHttpClient.RequestInit)))
        })
      ).pipe(Effect.provide(transport))
    })
  )

  it.scopedLive("is followed by the same client where it serves other calls", () =>
    Effect.gen(function* () {
      const elsewhere = yield* serve(json)
      const server = yield* serve((response) => response.writeHead(302, { location: elsewhere.url }).end())
      const http = yield* HttpClient.HttpClient
      const transport = yield* Effect.provide(Tag, Transport.layerHttp)
      const endpoint = Either.getOrThrow(Endpoint.fromString(server.url))
      assert.strictEqual((yield* transport.send(v3(), endpoint)).status, 302)
      assert.strictEqual((yield* http.get(server.url)).status, 200)
      assert.lengthOf(elsewhere.got, 1)
    }).pipe(Effect.provide(fetches))
  )
})

describe("ApiClient.layer", () => {
  it.scopedLive("follows no redirect: a signed request is for whom it was signed", () =>
    Effect.gen(function* () {
      const elsewhere = yield* serve(json)
      const server = yield* serve((response) => response.writeHead(307, { location: elsewhere.url }).end())
      const error = yield* DescribeVolumes({}, { endpoint: server.url, retry: RetryPolicy.none }).pipe(Effect.flip)
      assert.match(error.message, /answered with HTTP 307, no Content-Type, and a body that is empty/)
      assert.strictEqual(server.got.length, 1)
      assert.isEmpty(elsewhere.got)
    }).pipe(
      Effect.provide(ApiClient.layer()),
      Effect.withConfigProvider(
        ConfigProvider.fromMap(new Map(["ID", "KEY"].map((name) => [`TENCENTCLOUD_SECRET_${name}`, "AKID"])))
      )
    )
  )
})
