import * as Https from "node:https"
import * as Zlib from "node:zlib"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Transport from "effect-tencentcloud/Transport"
import { TransportFault } from "effect-tencentcloud/Transport"
import { requestId } from "../../fixtures/ScriptedTransport.js"
import * as Seen from "../../fixtures/Seen.js"
import * as Sockets from "../../fixtures/Sockets.js"
import { DescribeVolumes } from "../../fixtures/Volumes.js"

const layer = (options?: NodeTransport.Options) => NodeTransport.layerHttpClient({ proxy: false, ...options })

const get = (url: string) => Effect.flatMap(HttpClient.HttpClient, (client) => client.get(url))

/** What went wrong, as the client knows it. */
const fault = <A, R>(self: Effect.Effect<A, HttpClientError.HttpClientError, R>) =>
  Effect.map(Effect.flip(self), ({ cause }) => {
    if (!(cause instanceof TransportFault)) return assert.fail("no TransportFault")
    return { reason: cause.reason, sent: cause.sent }
  })

const text = "\u672a".repeat(100_000)

/** Writes as long as anyone reads, up to a size, and tells how much went out. */
const pour = (size: number) => {
  const chunk = Buffer.alloc(64 * 1024, "x")
  const poured = { bytes: 0 }
  const answer: Sockets.Answer = (response) => {
    response.writeHead(200, { "content-type": "text/plain" })
    const more = (): void => {
      while (poured.bytes < size && !response.destroyed) {
        poured.bytes += chunk.byteLength
        if (!response.write(chunk)) return
      }
      response.end()
    }
    response.on("drain", more)
    more()
  }
  return { poured, answer }
}

describe("the body of an answer", () => {
  const encodings: ReadonlyArray<readonly [string, (input: Buffer) => Buffer]> = [
    ["", (input) => input],
    ["identity", (input) => input],
    ["gzip", (input) => Zlib.gzipSync(input)],
    ["X-GZIP", (input) => Zlib.gzipSync(input)],
    ["deflate", (input) => Zlib.deflateSync(input)],
    ["deflate", (input) => Zlib.deflateRawSync(input)],
    ["br", (input) => Zlib.brotliCompressSync(input)]
  ]

  for (const [encoding, compress] of encodings) {
    it.scopedLive(`is read as text and as a stream: Content-Encoding "${encoding}"`, () =>
      Effect.gen(function* () {
        const { url } = yield* Sockets.http((response) =>
          response
            .writeHead(200, encoding === "" ? {} : { "content-encoding": encoding })
            .end(compress(Buffer.from(text)))
        )
        assert.strictEqual(yield* Effect.flatMap(get(url), (response) => response.text), text)
        const streamed = get(url).pipe(
          Stream.flatMap((response) => response.stream),
          Stream.decodeText(),
          Stream.mkString
        )
        assert.strictEqual(yield* streamed, text)
      }).pipe(Effect.provide(layer()))
    )
  }

  it.scopedLive("is read as JSON, bytes, a form, and again as text", () =>
    Effect.gen(function* () {
      const { url } = yield* Sockets.http((response, { url: path }) => {
        const type = path === "/form" ? "application/x-www-form-urlencoded" : "application/json"
        response.writeHead(200, { "content-type": type }).end(path === "/form" ? "a=1" : '{"a":1}')
      })
      const response = yield* get(url)
      assert.deepStrictEqual(yield* response.json, { a: 1 })
      assert.strictEqual(yield* response.text, '{"a":1}')
      assert.strictEqual((yield* response.arrayBuffer).byteLength, 7)
      const form = yield* get(`${url}/form`)
      assert.deepStrictEqual([...(yield* form.formData)], [["a", "1"]])
      assert.deepStrictEqual(yield* form.urlParamsBody, [["a", "1"]])
    }).pipe(Effect.provide(layer()))
  )

  it.scopedLive("may be none at all, compressed or not", () =>
    Effect.gen(function* () {
      const { url } = yield* Sockets.http((response) => response.writeHead(204, { "content-encoding": "gzip" }).end())
      const response = yield* get(url)
      assert.strictEqual(yield* response.text, "")
      assert.isNull(yield* response.json)
    }).pipe(Effect.provide(layer()))
  )

  it.scopedLive("is read by one reader", () =>
    Effect.gen(function* () {
      const { url } = yield* Sockets.http((response) => response.write("a"))
      const response = yield* get(url)
      yield* Effect.fork(response.text)
      yield* Effect.yieldNow()
      const again = [yield* fault(response.text), yield* fault(Stream.runDrain(response.stream))]
      assert.deepStrictEqual(again, Array(2).fill({ reason: "the answer is read elsewhere already", sent: true }))
    }).pipe(Effect.provide(layer()))
  )

  it.scopedLive("comes before the fault that ends it", () =>
    Effect.gen(function* () {
      const { url } = yield* Sockets.http((response, _, message) => response.write("first", () => message.socket.end()))
      const response = yield* get(url)
      const read: Array<string> = []
      const { reason } = yield* fault(
        Stream.runForEach(Stream.decodeText(response.stream), (part) => Effect.sync(() => read.push(part)))
      )
      assert.deepStrictEqual(read, ["first"])
      assert.match(reason, /closed the connection/)
    }).pipe(Effect.provide(layer()))
  )

  it.scopedLive("waits for a slow reader, who holds the server back", () =>
    Effect.gen(function* () {
      const size = 64 * 1024 * 1024
      const { answer, poured } = pour(size)
      const { url } = yield* Sockets.http(answer)
      const response = yield* get(url)
      const read = yield* Stream.runFoldEffect(response.stream, 0, (sum, chunk) =>
        // Time enough for all of it to come in, were it not held back.
        Effect.as(sum === 0 ? Effect.repeatN(Sockets.turn, 2000) : Effect.void, sum + chunk.byteLength).pipe(
          Effect.tap(() => sum > 0 || assert.isBelow(poured.bytes, size / 2))
        )
      )
      assert.strictEqual(read, size)
    }).pipe(Effect.provide(layer({ maxBodySize: 64 * 1024 * 1024 })))
  )

  it.scopedLive("is bounded as a stream too", () =>
    Effect.gen(function* () {
      const { gone, url } = yield* Sockets.http(pour(1_000_000).answer)
      const { reason } = yield* fault(Effect.flatMap(get(url), ({ stream }) => Stream.runDrain(stream)))
      assert.strictEqual(reason, "the answer is larger than 500000 bytes (`maxBodySize`)")
      yield* gone
    }).pipe(Effect.provide(layer({ maxBodySize: 500_000 })))
  )

  it.scopedLive("that nobody reads gives its connection back", () =>
    Effect.gen(function* () {
      const { gone, url } = yield* Sockets.http(pour(Number.POSITIVE_INFINITY).answer)
      const response = yield* get(url)
      yield* gone
      const { reason } = yield* fault(response.text)
      assert.strictEqual(reason, "nobody read the answer for 20ms (`bodyTimeout`)")
    }).pipe(Effect.provide(layer({ bodyTimeout: "20 millis" })))
  )
})

describe("a request", () => {
  const multipart = new FormData()
  multipart.set("Name", "a")

  const bodies: ReadonlyArray<readonly [string, (request: HttpClientRequest.HttpClientRequest) => unknown, RegExp]> = [
    ["text", HttpClientRequest.bodyText("\u672a", "text/plain"), /^\u672a$/],
    ["bytes", HttpClientRequest.bodyUint8Array(new Uint8Array([104, 105])), /^hi$/],
    ["a stream", HttpClientRequest.bodyStream(Stream.make(new Uint8Array([104]), new Uint8Array([105]))), /^hi$/],
    ["a form", HttpClientRequest.bodyFormData(multipart), /name="Name"\r\n\r\na\r\n/],
    ["nothing", (request) => request, /^$/]
  ]

  for (const [name, withBody, expected] of bodies) {
    it.scopedLive(`carries ${name}`, () =>
      Effect.gen(function* () {
        const server = yield* Sockets.http((response) => response.end())
        const client = yield* HttpClient.HttpClient
        const request = HttpClientRequest.post(`${server.url}/a?b=%20+`, { headers: { "x-name": "A" } })
        yield* client.execute(withBody(request) as HttpClientRequest.HttpClientRequest)
        const [got] = server.requests
        assert.deepInclude({ ...got }, { method: "POST", url: "/a?b=%20+" })
        assert.deepInclude(got?.headers, {
          host: server.address,
          "x-name": "A",
          "accept-encoding": "gzip, deflate"
        })
        assert.match(got?.body ?? "", expected)
      }).pipe(Effect.provide(layer()))
    )
  }

  it.scopedLive("makes no span, sends no tracing headers, and is not printed with its answer", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.http((response) => response.end("planted"))
      const response = yield* Effect.withSpan(get(`${server.url}/?planted`), "call")
      const { spans } = yield* Seen.Seen
      assert.deepStrictEqual(
        spans.filter((each) => typeof each === "string"),
        ["call"]
      )
      assert.hasAllKeys(server.requests[0]?.headers, ["host", "connection", "accept-encoding"])
      assert.notMatch(JSON.stringify(response), /planted/)
    }).pipe(Effect.provide([layer(), Seen.layer]))
  )

  it.scopedLive("follows no redirect, and takes an announcement for no answer", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.http((response) => {
        response.writeProcessing()
        response.setHeader("Set-Cookie", ["a=1", "b=2"]).setHeader("Constructor", "c")
        response.writeHead(302, { Location: "/elsewhere" }).end()
      })
      const { cookies, headers, status } = yield* get(server.url)
      assert.strictEqual(status, 302)
      assert.deepInclude({ ...headers }, { location: "/elsewhere", "set-cookie": "a=1, b=2", constructor: "c" })
      assert.hasAllKeys(cookies.cookies, ["a", "b"])
      assert.strictEqual(server.requests.length, 1)
    }).pipe(Effect.provide(layer()))
  )

  it.effect.each(["ftp://127.0.0.1/", "/relative", "http://"])("cannot go to %s", (url) =>
    Effect.map(Effect.flip(get(url)), (error) => {
      assert.deepInclude({ ...error }, { _tag: "RequestError", reason: "InvalidUrl" })
    }).pipe(Effect.provide(layer()))
  )

  it.scopedLive("that cannot be sent gives no secret away", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.http((response) => response.end())
      const client = yield* HttpClient.HttpClient
      const outcome = yield* fault(client.get(server.url, { headers: { "x-tc-token": "planted\u0000" } }))
      assert.deepStrictEqual(outcome, { reason: "invalid x-tc-token header", sent: false })
      assert.isEmpty(server.requests)
    }).pipe(Effect.provide(layer()))
  )
})

describe("a connection", () => {
  it.scopedLive("is kept for the next request, and closed when there is none", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.http((response) => response.end("a"))
      yield* Effect.repeatN(
        Effect.flatMap(get(server.url), (response) => response.text),
        9
      )
      assert.strictEqual(server.opened(), 1)
      yield* server.gone
    }).pipe(Effect.provide(layer({ keepAliveTimeout: "50 millis" })))
  )

  const stages: ReadonlyArray<readonly [string, Sockets.Answer]> = [
    ["before the headers", () => {}],
    ["after the headers", (response) => response.writeHead(200).flushHeaders()],
    ["in the middle of the body", (response) => response.writeHead(200, { "content-length": 9 }).write("a")],
    [
      "in the middle of the decompression",
      (response) => response.writeHead(200, { "content-encoding": "gzip" }).write(Zlib.gzipSync(text).subarray(0, 50))
    ]
  ]
  type Read = (response: HttpClientResponse.HttpClientResponse) => Effect.Effect<unknown, unknown>
  const readers: ReadonlyArray<readonly [string, Read]> = [
    ["text", ({ text }) => text],
    ["a stream", ({ stream }) => Stream.runDrain(stream)],
    // A program may take its time between the headers and the body.
    ["nothing yet", () => Effect.never]
  ]

  for (const [stage, answer] of stages) {
    it.live.each(readers)(`is closed when its caller is interrupted ${stage}, reading %s`, ([, read]) =>
      Effect.gen(function* () {
        const arrived = yield* Deferred.make<void>()
        const server = yield* Sockets.http((...request) => {
          answer(...request)
          Deferred.unsafeDone(arrived, Effect.void)
        })
        const fiber = yield* Effect.fork(Effect.flatMap(get(server.url), read))
        yield* Deferred.await(arrived)
        yield* Effect.repeatN(Sockets.turn, 20)
        yield* Fiber.interrupt(fiber)
        yield* server.gone
      }).pipe(Effect.scoped, Effect.provide(layer()), Sockets.leavesNothing)
    )
  }

  it.scopedLive("is not closed for a request that was interrupted before it left, and does not carry it", () =>
    Effect.gen(function* () {
      const held = yield* Deferred.make<() => void>()
      const server = yield* Sockets.http((response, { url }) => {
        if (url === "/first")
          Deferred.unsafeDone(
            held,
            Effect.succeed(() => response.end())
          )
        else response.end()
      })
      const first = yield* Effect.fork(get(`${server.url}/first`))
      const release = yield* Deferred.await(held)
      const second = yield* Effect.fork(get(`${server.url}/second`))
      yield* Effect.repeatN(Sockets.turn, 20)
      yield* Fiber.interrupt(second)
      release()
      yield* Fiber.join(first)
      yield* get(`${server.url}/third`)
      assert.deepStrictEqual(
        server.requests.map(({ url }) => url),
        ["/first", "/third"]
      )
      assert.strictEqual(server.opened(), 1)
    }).pipe(Effect.provide(layer({ connections: 1 })))
  )

  it.scopedLive("is not closed either for one that was interrupted on its way to it", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.http((response) => response.end())
      yield* get(`${server.url}/first`)
      const second = yield* Effect.fork(get(`${server.url}/second`))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(second)
      yield* get(`${server.url}/third`)
      assert.deepStrictEqual(
        server.requests.map(({ url }) => url),
        ["/first", "/third"]
      )
      assert.strictEqual(server.opened(), 1)
    }).pipe(Effect.provide(layer({ connections: 1 })))
  )

  const patient = { connectTimeout: Number.POSITIVE_INFINITY }

  /** Waits until a call has come as far as it can: a server that never answers has its request, or its connection. */
  const stuck = ({ opened, requests }: Sockets.Raw, protocol: string) =>
    Effect.repeat(Sockets.turn, { until: () => (protocol === "https" ? opened() : requests()) > 0 })

  it.live("that is not open yet is given up with its caller", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.raw(() => {})
      const fiber = yield* Effect.fork(get(`https://${server.address}`))
      yield* stuck(server, "https")
      yield* Fiber.interrupt(fiber)
      yield* server.gone
    }).pipe(Effect.scoped, Effect.provide(layer(patient)), Sockets.leavesNothing)
  )

  it.live.each([
    { stage: "connecting", protocol: "https", sent: false },
    { stage: "waiting for the answer", protocol: "http", sent: true }
  ])("is closed with the layer, $stage", ({ protocol, sent }) =>
    Effect.gen(function* () {
      const server = yield* Sockets.raw(() => {})
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(layer({ ...patient, connections: 1 }), scope)
      const call = fault(get(`${protocol}://${server.address}`)).pipe(Effect.provide(context))
      const closed = { reason: "the HTTP client was closed", sent: false }
      const first = yield* Effect.fork(call)
      const waiting = yield* Effect.fork(call)
      yield* stuck(server, protocol)
      yield* Scope.close(scope, Exit.void)
      yield* server.gone
      assert.deepStrictEqual(yield* Fiber.join(first), { ...closed, sent })
      assert.deepStrictEqual(yield* Fiber.join(waiting), closed)
      assert.deepStrictEqual(yield* call, closed)
    }).pipe(Effect.scoped, Sockets.leavesNothing)
  )
})

const thousand = {
  NodeHttpClient: Layer.provide(Transport.layerHttp, layer({ connections: 8 })),
  NodeTransport: NodeTransport.layer({ connections: 8, proxy: false })
}

describe.each(["NodeHttpClient", "NodeTransport"] as const)(
  "a thousand calls at once, over eight connections of %s",
  (by) => {
    const client = ApiClient.layerTransport({ retry: RetryPolicy.none }).pipe(
      Layer.provide([thousand[by], CredentialProvider.layerStatic(InProcess.key)])
    )
    const indexes = Array.from({ length: 1000 }, (_, index) => index)
    const call = (index: number, endpoint: string) => DescribeVolumes({ Limit: index }, { endpoint })
    const answerTo = (index: number) =>
      JSON.stringify({ Response: { TotalCount: index, Names: [], RequestId: requestId } })
    const all = { concurrency: "unbounded", discard: true } as const

    it.live("get their own answers", () =>
      Effect.gen(function* () {
        const server = yield* Sockets.http((response, { body }) => response.end(answerTo(JSON.parse(body).Limit)))
        const check = (index: number) =>
          Effect.map(call(index, server.url), ({ TotalCount }) => assert.strictEqual(TotalCount, index))
        yield* Effect.provide(Effect.forEach(indexes, check, all), client)
        assert.strictEqual(server.opened(), 8)
        yield* server.gone
      }).pipe(Effect.scoped, Sockets.leavesNothing)
    )

    it.live(
      "leave nothing behind when a third of them are interrupted at some moment, and the others are not disturbed",
      () =>
        Effect.gen(function* () {
          const doomed = (index: number) => index % 3 === 0
          const random = Random.make("moments")
          let underWay = 0
          const server = yield* Sockets.http((response, { body }) => {
            const index: number = JSON.parse(body).Limit
            const answer = answerTo(index)
            underWay++
            response.on("close", () => underWay--)
            // A doomed call gets nothing, the headers or a part of the body, and then has to wait for its interruption.
            const stage = doomed(index) ? (index / 3) % 3 : 3
            if (stage > 0) response.writeHead(200, { "content-length": answer.length }).flushHeaders()
            if (stage > 1) response.write(answer.slice(0, 20))
            if (stage > 2) setImmediate(() => response.end(answer.slice(20)))
          })
          const check = (index: number) =>
            Effect.gen(function* () {
              const fiber = yield* Effect.fork(call(index, server.url))
              if (doomed(index)) {
                yield* Effect.repeatN(Sockets.turn, yield* random.nextIntBetween(0, 500))
                assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(fiber)))
              } else {
                assert.strictEqual((yield* Fiber.join(fiber)).TotalCount, index)
              }
            })
          const calls = Effect.zipRight(
            Effect.forEach(indexes, check, all),
            // The client is still there, and no call is.
            Effect.repeat(Sockets.turn, { until: () => underWay === 0 })
          )
          yield* Effect.provide(calls, client)
          yield* server.gone
        }).pipe(Effect.scoped, Sockets.leavesNothing)
    )
  }
)

describe("an option", () => {
  const wrong: ReadonlyArray<readonly [keyof NodeTransport.Options, unknown]> = [
    ["connections", 0],
    ["connections", 1.5],
    ["connections", "8"],
    ["connectTimeout", "soon"],
    ["connectTimeout", 0],
    ["headersTimeout", -1],
    ["bodyTimeout", "25 days"],
    ["keepAliveTimeout", Number.POSITIVE_INFINITY],
    ["maxBodySize", -1],
    ["ca", "planted"],
    ["ca", ["-----BEGIN CERTIFICATE-----\nplanted\n-----END CERTIFICATE-----"]],
    ["ca", 1],
    ["proxy", "socks5://planted:1080"],
    ["proxy", "http://user:planted@"],
    ["proxy", "http://%E0:planted@proxy.example"],
    ["proxy", "http://planted.example/path"]
  ]

  it.scoped.each(wrong)(
    "that is wrong is named, with what would be right, and not repeated: %s = %j",
    ([name, value]) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Layer.build(NodeTransport.layerHttpClient({ [name]: value })))
        assert.deepInclude({ ...error }, { _op: "InvalidData", path: [name] })
        assert.match(String(error), /expected/)
        assert.notMatch(String(error), /planted/)
      })
  )

  it.scoped("that is wrong is told with all others that are", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(
        Layer.build(NodeTransport.layerHttpClient({ connections: 0, maxBodySize: 0, proxy: "ftp://a" }))
      )
      assert.match(String(error), /connections.*maxBodySize.*proxy/s)
    })
  )

  it.scoped("may be no limit", () =>
    Layer.build(
      NodeTransport.layerHttpClient({ headersTimeout: Number.POSITIVE_INFINITY, bodyTimeout: Duration.infinity })
    )
  )

  const configured = NodeTransport.layerHttpClientConfig({
    proxy: Config.succeed(false as const),
    maxBodySize: Config.integer("MAX")
  })

  it.scopedLive("may come from configuration", () =>
    Effect.gen(function* () {
      const { url } = yield* Sockets.http((response) => response.end("12345"))
      const { reason } = yield* fault(Effect.flatMap(get(url), (response) => response.text))
      assert.strictEqual(reason, "the answer is larger than 4 bytes (`maxBodySize`)")
    }).pipe(Effect.provide(configured), Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["MAX", "4"]]))))
  )
})

describe.skipIf(Sockets.certificate("DNS:localhost") === undefined)("TLS", () => {
  const { cert, key } = Sockets.certificate("IP:127.0.0.1") ?? { cert: "", key: "" }
  const other = Sockets.certificate("DNS:elsewhere.example") ?? { cert: "", key: "" }

  const call = (identity: { readonly cert: string; readonly key: string }, ca?: string | ReadonlyArray<string>) =>
    Effect.gen(function* () {
      const body = JSON.stringify({ Response: { TotalCount: 1, Names: [], RequestId: requestId } })
      const requests: Array<Sockets.Request> = []
      const { address } = yield* Sockets.listen(
        Https.createServer(
          identity,
          Sockets.recorder((response) => response.end(body), requests)
        )
      )
      const client = ApiClient.layerHttp({ endpoint: address, retry: RetryPolicy.none }).pipe(
        Layer.provide([layer(ca === undefined ? {} : { ca }), CredentialProvider.layerStatic(InProcess.key)])
      )
      const outcome = yield* DescribeVolumes().pipe(Effect.either, Effect.provide(client))
      return { outcome, requests: requests.length }
    })

  it.scopedLive.each([
    { given: "one", ca: cert },
    { given: "several in one text", ca: `${other.cert}\n${cert}` },
    { given: "a list", ca: [other.cert, cert] }
  ])("trusts an authority that is given: $given", ({ ca }) =>
    Effect.map(call({ cert, key }, ca), ({ outcome }) => {
      assert.deepInclude(outcome, { _tag: "Right" })
    })
  )

  it.scopedLive.each([
    {
      problem: "an authority that is not known",
      identity: { cert, key },
      reason: /authority that is not known here.*`ca`/
    },
    { problem: "another name", identity: other, ca: other.cert, reason: /does not match certificate's altnames/ }
  ])("sends nothing to a server with a certificate of $problem", ({ ca, identity, reason }) =>
    Effect.gen(function* () {
      const { outcome, requests } = yield* call(identity, ca)
      if (outcome._tag === "Right" || outcome.left._tag !== "TransportError") return assert.fail()
      assert.match(outcome.left.reason, reason)
      assert.isFalse(outcome.left.sent)
      assert.strictEqual(requests, 0)
    })
  )
})
