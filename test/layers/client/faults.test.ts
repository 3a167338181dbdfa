/**
 * Everything that can go wrong on the way to an answer and back: what the caller is told, whether the call is tried again, and
 * that nothing of it is left behind.
 */
import * as Https from "node:https"
import type * as Net from "node:net"
import { gzipSync } from "node:zlib"
import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import type * as Scope from "effect/Scope"
import type { Options } from "effect-tencentcloud/ApiClient"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Transport from "effect-tencentcloud/Transport"
import * as Sockets from "../../fixtures/Sockets.js"
import { DeleteVolumes, DescribeVolumes } from "../../fixtures/Volumes.js"

const maxBodySize = 1024 * 1024

const head = (status: string, ...headers: ReadonlyArray<string>) =>
  [`HTTP/1.1 ${status}`, ...headers, "", ""].join("\r\n")

const whole = (status: string, type: string, body: string | Buffer, ...headers: ReadonlyArray<string>) =>
  Buffer.concat([
    Buffer.from(head(status, `Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`, ...headers)),
    Buffer.from(body)
  ])

const cut = '{"Response":{"TotalCount":0,"Na'
const json = (length: number) => head("200 OK", "Content-Type: application/json", `Content-Length: ${length}`)
const compressed = (encoding: string, body: Buffer) =>
  whole("200 OK", "application/json", body, `Content-Encoding: ${encoding}`)

/** Writes for ever, as fast as it is read. */
const flood = (socket: Net.Socket, start: string, more: string) => {
  const chunk = more.repeat(1000)
  const pour = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  }
  socket.write(start)
  socket.on("drain", pour)
  pour()
}

const say = (answer: string | Buffer) => (socket: Net.Socket) => socket.write(answer)

/** Never stands still, and never comes to an end in time: only the clock of the caller can end it. */
const drip = (socket: Net.Socket) => {
  socket.write(`${head("200 OK", "Content-Type: application/json")}{`)
  const drops = setInterval(() => socket.write(" "), 10)
  socket.on("close", () => clearInterval(drops))
}

interface Fault {
  /** What a server does. */
  readonly fault: string
  readonly answer?: (socket: Net.Socket) => void
  readonly server?: Effect.Effect<Sockets.Raw, never, Scope.Scope>
  readonly protocol?: "http" | "https"
  /** What the error has, at least. */
  readonly error: Readonly<Record<string, unknown>> & { readonly _tag: string }
  readonly reason?: RegExp
  /** How often a call is sent that may be repeated, and one that may not. */
  readonly attempts: readonly [number, number]
  readonly options?: Options
  /** Whether a request arrives although nothing was sent: as bytes that the server does not understand. */
  readonly arrives?: boolean
  /** The one limit that this fault runs into; the others are out of reach, however busy the machine is. */
  readonly limits?: NodeTransport.Options
}

const unsent = { _tag: "TransportError", sent: false, permanent: false }
const lost = { _tag: "TransportError", sent: true, permanent: false }
const hopeless = { ...lost, permanent: true }
const malformed = { _tag: "MalformedResponse", status: 200, truncated: false }

/** A server with a certificate of its own for these names; none where there is no `openssl`. */
const overTls = (name: string, fault: (cert: string) => Omit<Fault, "server">): ReadonlyArray<Fault> => {
  const identity = Sockets.certificate(name)
  if (identity === undefined) return []
  const server = Effect.suspend(() => {
    const requests: Array<Sockets.Request> = []
    const https = Https.createServer(
      identity,
      Sockets.recorder((response) => response.end(), requests)
    )
    return Effect.map(Sockets.listen(https), (listening) => ({ ...listening, requests: () => requests.length }))
  })
  return [{ ...fault(identity.cert), protocol: "https", server }]
}

const faults: ReadonlyArray<Fault> = [
  {
    fault: "is not there",
    server: Effect.scoped(Sockets.raw(() => {})),
    error: unsent,
    reason: /^connect ECONNREFUSED/,
    attempts: [2, 2]
  },
  {
    fault: "takes the connection and never speaks TLS",
    protocol: "https",
    error: unsent,
    reason: /^there was no connection within 100ms \(`connectTimeout`\)$/,
    attempts: [2, 2],
    limits: { connectTimeout: "100 millis" }
  },
  {
    fault: "closes the connection instead of TLS",
    server: Sockets.raw(
      () => {},
      (socket) => socket.end()
    ),
    protocol: "https",
    error: unsent,
    attempts: [2, 2]
  },
  ...overTls("IP:127.0.0.1", () => ({
    fault: "has a certificate that nobody here knows",
    error: { ...unsent, permanent: true },
    reason:
      /^its certificate is signed by an authority that is not known here .*: give that authority's certificate as `ca`$/,
    attempts: [1, 1]
  })),
  ...overTls("DNS:other.example", (ca) => ({
    fault: "has a certificate of another name",
    error: { ...unsent, permanent: true },
    reason: /does not match certificate's altnames/,
    attempts: [1, 1],
    limits: { ca }
  })),
  {
    fault: "closes the connection instead of an answer",
    answer: (socket) => socket.end(),
    error: lost,
    reason:
      /^the other side closed the connection before the answer was complete; if TLS is spoken there, `https:\/\/` is missing$/,
    attempts: [2, 1]
  },
  {
    fault: "S3: speaks no TLS, though the endpoint says so",
    server: Sockets.raw(
      () => {},
      (socket) => socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"))
    ),
    protocol: "https",
    error: { ...unsent, permanent: true },
    reason: /^no TLS is spoken there: is `http:\/\/` missing\?$/,
    attempts: [1, 1]
  },
  {
    fault: "S3: greets in clear, though the endpoint says TLS",
    server: Sockets.raw(
      () => {},
      (socket) => socket.write("SSH-2.0-OpenSSH_9.6\r\n")
    ),
    protocol: "https",
    error: { ...unsent, permanent: true },
    reason: /^no TLS is spoken there: is `http:\/\/` missing\?$/,
    attempts: [1, 1]
  },
  {
    fault: "S3: answers a request in clear by an alert of TLS",
    answer: (socket) => socket.end(Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46])),
    error: { ...unsent, permanent: true },
    reason: /^TLS is spoken there: is `https:\/\/` missing\?$/,
    attempts: [1, 1],
    arrives: true
  },
  {
    fault: "resets the connection instead of an answer",
    answer: (socket) => socket.resetAndDestroy(),
    error: lost,
    reason: /ECONNRESET/,
    attempts: [2, 1]
  },
  {
    fault: "resets the connection among the headers",
    answer: (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Ty", () => socket.resetAndDestroy()),
    error: lost,
    attempts: [2, 1]
  },
  {
    fault: "resets the connection after the headers",
    answer: (socket) => socket.write(json(99), () => socket.resetAndDestroy()),
    error: lost,
    attempts: [2, 1]
  },
  {
    fault: "closes the connection in the middle of the body",
    answer: (socket) => socket.end(json(99) + cut),
    error: lost,
    reason: /^the other side closed|^the answer has another length/,
    attempts: [2, 1]
  },
  {
    fault: "closes the connection in the middle of a chunk",
    answer: (socket) => socket.end(`${head("200 OK", "Transfer-Encoding: chunked")}99\r\n${cut}`),
    error: lost,
    attempts: [2, 1]
  },
  {
    fault: "takes the request and says nothing",
    answer: () => {},
    error: lost,
    reason: /^no answer began within 100ms \(`headersTimeout`\)$/,
    attempts: [2, 1],
    limits: { headersTimeout: "100 millis" }
  },
  {
    fault: "stands still among the headers",
    answer: say("HTTP/1.1 200 OK\r\nContent-Ty"),
    error: lost,
    reason: /^no answer began within 100ms \(`headersTimeout`\)$/,
    attempts: [2, 1],
    limits: { headersTimeout: "100 millis" }
  },
  {
    fault: "stands still in the body",
    answer: say(json(99) + cut),
    error: lost,
    reason: /^the answer stood still for 100ms \(`bodyTimeout`\)$/,
    attempts: [2, 1],
    limits: { bodyTimeout: "100 millis" }
  },
  {
    fault: "is slower than an attempt may be",
    answer: drip,
    error: { _tag: "RequestTimeout", scope: "attempt", sent: true },
    attempts: [2, 1],
    options: { timeout: "500 millis" }
  },
  {
    fault: "is slower than the whole call may be",
    answer: drip,
    error: { _tag: "RequestTimeout", scope: "call" },
    attempts: [1, 1],
    options: { deadline: "500 millis" }
  },
  {
    fault: "ends in the middle of the JSON",
    answer: say(whole("200 OK", "application/json", cut)),
    error: { ...malformed, truncated: true },
    attempts: [2, 1]
  },
  {
    fault: "sends more than its Content-Length says",
    answer: (socket) => socket.end(`${json(5)}{"Response":{}}`),
    error: { ...malformed, truncated: true },
    attempts: [2, 1]
  },
  {
    fault: "answers with a page and 200",
    answer: say(whole("200 OK", "text/html", "<html>Sign in</html>")),
    error: { ...malformed, contentType: "text/html" },
    reason: /is a page of HTML/,
    attempts: [1, 1]
  },
  {
    fault: "speaks no HTTP",
    answer: say("SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    error: lost,
    reason: /does not match the HTTP\/1.1 protocol/,
    attempts: [2, 1]
  },
  {
    fault: "redirects",
    answer: say(whole("302 Found", "text/html", "<html>Moved</html>", "Location: /elsewhere")),
    error: { ...malformed, status: 302 },
    attempts: [1, 1]
  },
  {
    fault: "answers with 500",
    answer: say(whole("500 Internal Server Error", "text/plain", "Oops")),
    error: { ...malformed, status: 500 },
    attempts: [2, 1]
  },
  {
    fault: "answers with a page and 502",
    answer: say(whole("502 Bad Gateway", "text/html", "<html>nginx</html>")),
    error: { ...malformed, status: 502 },
    attempts: [2, 1]
  },
  {
    fault: "sends a bomb of gzip",
    answer: say(compressed("gzip", gzipSync(Buffer.alloc(64 * maxBodySize)))),
    error: hopeless,
    reason: /^the answer is larger than 1048576 bytes \(`maxBodySize`\)$/,
    attempts: [1, 1]
  },
  {
    fault: "sends no gzip, though it says so",
    answer: say(compressed("gzip", Buffer.from("{}"))),
    error: lost,
    reason: /^the answer cannot be decompressed: incorrect header check$/,
    attempts: [2, 1]
  },
  {
    fault: "ends in the middle of the gzip",
    answer: say(compressed("gzip", gzipSync(cut).subarray(0, 20))),
    error: lost,
    reason: /^the answer cannot be decompressed: unexpected end of file$/,
    attempts: [2, 1]
  },
  {
    fault: "compresses by something unknown",
    answer: say(compressed("snappy", Buffer.from("{}"))),
    error: hopeless,
    reason: /Content-Encoding that is not known/,
    attempts: [1, 1]
  },
  {
    fault: "never comes to an end",
    answer: (socket) => flood(socket, head("200 OK", "Content-Type: application/json"), "[0,"),
    error: hopeless,
    reason: /^the answer is larger than 1048576 bytes \(`maxBodySize`\)$/,
    attempts: [1, 1]
  },
  {
    fault: "never comes to an end of its headers",
    answer: (socket) => flood(socket, "HTTP/1.1 200 OK\r\n", "X-Noise: 1\r\n"),
    error: hopeless,
    reason: /^the headers of the answer are too large$/,
    attempts: [1, 1]
  }
]

const actions = [
  (options: Options) => DescribeVolumes({}, options),
  (options: Options) => DeleteVolumes({ VolumeIds: [] }, options)
]

/** How a client gets to a server: each counts what is sent. */
const transports = {
  NodeTransport: (attempts: Ref.Ref<number>, options: NodeTransport.Options) =>
    Layer.effect(
      Transport.Transport,
      Effect.map(Transport.Transport, ({ send }) => ({
        send: (request, endpoint) =>
          Effect.zipRight(
            Ref.update(attempts, (sent) => sent + 1),
            send(request, endpoint)
          )
      }))
    ).pipe(Layer.provide(NodeTransport.layer(options))),
  NodeHttpClient: (attempts: Ref.Ref<number>, options: NodeTransport.Options) =>
    Transport.layerHttp.pipe(
      Layer.provide(
        Layer.effect(
          HttpClient.HttpClient,
          Effect.map(
            HttpClient.HttpClient,
            HttpClient.tapRequest(() => Ref.update(attempts, (sent) => sent + 1))
          )
        )
      ),
      Layer.provide(NodeTransport.layerHttpClient(options))
    )
}

const client = (by: keyof typeof transports, attempts: Ref.Ref<number>, limits: NodeTransport.Options) =>
  ApiClient.layerTransport({
    region: "ap-guangzhou",
    retry: RetryPolicy.exponential({ retries: 1, base: "1 millis" })
  }).pipe(
    Layer.provide([
      transports[by](attempts, { ...limits, maxBodySize, proxy: false }),
      CredentialProvider.layerStatic(InProcess.key)
    ])
  )

const failure = (
  by: keyof typeof transports,
  call: (typeof actions)[number],
  { answer = () => {}, limits = {}, options, protocol = "http", server = Sockets.raw(answer) }: Fault
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const attempts = yield* Ref.make(0)
      const { address, gone, requests } = yield* server
      const error = yield* call({ ...options, endpoint: `${protocol}://${address}` }).pipe(
        Effect.flip,
        Effect.provide(client(by, attempts, limits))
      )
      yield* gone
      return { error, attempts: yield* Ref.get(attempts), requests: requests() }
    })
  )

describe.each(["NodeTransport", "NodeHttpClient"] as const)("%s: a server that", (by) => {
  for (const row of faults) {
    it.live(row.fault, () =>
      Effect.gen(function* () {
        for (const [index, call] of actions.entries()) {
          const { attempts, error, requests } = yield* failure(by, call, row)
          assert.deepInclude<object>({ ...error }, row.error)
          if (row.reason !== undefined) assert.match(String(Reflect.get(error, "reason")), row.reason)
          assert.strictEqual(attempts, row.attempts[index])
          assert.strictEqual(requests, row.error.sent === false && row.arrives !== true ? 0 : attempts)
        }
      }).pipe(Sockets.leavesNothing)
    )
  }
})
