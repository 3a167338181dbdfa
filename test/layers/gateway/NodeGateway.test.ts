import * as Net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Supervisor from "effect/Supervisor"
import type { Address } from "effect-tencentcloud/NodeGateway"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import type * as Wire from "effect-tencentcloud/Wire"
import * as Answer from "../../fixtures/Answer.js"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { v1, v3 } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"

/** A request as bytes; the answer to it is the last on its connection. */
const raw = (
  request: Wire.WireRequest,
  line = `${request.method} /?${request.query} HTTP/1.1`,
  ...more: Array<string>
) => {
  const body = Buffer.from(request.body)
  const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`)
  const head = [line, ...headers, `content-length: ${body.byteLength}`, "connection: close", ...more, "", ""]
  return Buffer.concat([Buffer.from(head.join("\r\n")), body])
}

/** A connection: what came over it so far, and the end of it. */
const connect = ({ host, port }: Address) =>
  Effect.acquireRelease(
    Effect.async<{ readonly socket: Net.Socket; readonly received: () => string }>((resume) => {
      const chunks: Array<Buffer> = []
      const socket = Net.connect(port, host, () =>
        resume(Effect.succeed({ socket, received: () => Buffer.concat(chunks).toString() }))
      )
      socket.on("data", (chunk: Buffer) => chunks.push(chunk))
      // A reset is one way in which a connection ends.
      socket.on("error", () => socket.destroy())
    }),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )

const until = (socket: Net.Socket, event: "close" | "data") =>
  Effect.async<void>((resume) => {
    if (event === "close" && socket.closed) resume(Effect.void)
    socket.once(event, () => resume(Effect.void))
  })

/** Sends bytes, and gives all that comes back. */
const exchange = (address: Address, ...chunks: ReadonlyArray<string | Uint8Array>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { received, socket } = yield* connect(address)
      for (const chunk of chunks) socket.write(chunk)
      yield* until(socket, "close")
      return received()
    })
  )

/** Reads an answer off the wire. */
const answerOf = (text: string): Answer.Answer => {
  const [head = "", ...rest] = text.split("\r\n\r\n")
  const [line = "", ...lines] = head.split("\r\n")
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)])
  )
  const body = rest.join("\r\n\r\n")
  assert.strictEqual(Number(headers["content-length"]), Buffer.byteLength(body))
  return Answer.read({ status: Number(line.split(" ")[1]), headers, body })
}

const serve = (options?: NodeGateway.Options, handlers?: Parameters<typeof Volumes.layer>[0]) =>
  NodeGateway.serve(options).pipe(Effect.provide(ServedGateway.layer({}, Volumes.layer(handlers))))

const body = JSON.stringify({ Filters: [{ Name: "zone", Values: ["\u672a"] }] })
const names = { "Filters.0.Name": "zone", "Filters.0.Values.0": "\u672a" }
const [form, query] = [v3({ body }), v1({ parameters: names })]

const bare = (line: string, ...headers: ReadonlyArray<string>) =>
  [line, ...headers, "Connection: close", "", ""].join("\r\n")
const malformed = { code: "InvalidRequest", message: "The request is not valid HTTP/1.1." }
const tooLarge = (limit: string) => ({
  code: "RequestSizeLimitExceeded",
  message: `The request size exceeds the limit of ${limit}.`
})
const unsupported = (method: string) => ({
  code: "UnsupportedProtocol",
  message: `The request method \`${method}\` is not supported, only GET and POST requests are supported.`
})
const noTimestamp = { code: "MissingParameter", message: "The request is missing a required parameter `Timestamp`." }

const chunked = (request: Wire.WireRequest) =>
  Buffer.concat([
    Buffer.from(
      bare(
        "POST / HTTP/1.1",
        "transfer-encoding: chunked",
        ...Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`)
      )
    ),
    ...(Buffer.from(request.body)
      .toString("latin1")
      .match(/.{1,7}/gs)
      ?.map((chunk) => Buffer.from(`${chunk.length.toString(16)}\r\n${chunk}\r\n`, "latin1")) ?? []),
    Buffer.from("0\r\n\r\n")
  ])

const badChunk = `${bare("POST / HTTP/1.1", "Host: x", "Transfer-Encoding: chunked")}ten\r\n`

describe("NodeGateway: bytes", () => {
  it.scopedLive.each([
    { name: "a POST", bytes: raw(form) },
    { name: "a GET", bytes: raw(query) },
    {
      name: "a target with scheme and host, as a proxy gets it",
      bytes: raw(query, `GET http://ebs.tencentcloudapi.com/?${query.query} HTTP/1.1`)
    },
    { name: "HTTP/1.0", bytes: raw(form, "POST / HTTP/1.0") },
    { name: "a body in chunks", bytes: chunked(form) },
    { name: "an invalid Expect", bytes: raw(form, "POST / HTTP/1.1", "expect: the best") },
    { name: "an Upgrade", bytes: raw(form, "POST / HTTP/1.1", "upgrade: h2c") }
  ])("$name gets its result", ({ bytes }) =>
    Effect.gen(function* () {
      const { headers, response } = answerOf(yield* exchange(yield* serve(), bytes))
      assert.deepStrictEqual(response, { TotalCount: 1, Names: ["\u672a"] })
      assert.hasAllKeys(headers, ["content-type", "date", "connection", "content-length"])
    })
  )

  it.scopedLive.each<{ name: string; bytes: string | Uint8Array; expected: { code: string; message: string } }>([
    { name: "another method", bytes: bare("DELETE / HTTP/1.1", "Host: x"), expected: unsupported("DELETE") },
    { name: "an invalid method", bytes: bare("FETCH / HTTP/1.1", "Host: x"), expected: unsupported("?") },
    { name: "TLS", bytes: Buffer.from("16030100a5010000a10303", "hex"), expected: unsupported("?") },
    {
      name: "noise",
      bytes: Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 7919) % 256)),
      expected: unsupported("?")
    },
    { name: "only a line", bytes: "\r\n\r\nhello\r\n\r\n", expected: unsupported("?") },
    { name: "another protocol", bytes: "GET / SIP/2.0\r\n\r\n", expected: malformed },
    { name: "an invalid header", bytes: "GET / HTTP/1.1\r\nHost x\r\n\r\n", expected: malformed },
    {
      name: "two lengths",
      bytes: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      expected: malformed
    },
    { name: "an invalid chunk", bytes: badChunk, expected: malformed },
    {
      name: "headers without end",
      bytes: bare("GET / HTTP/1.1", `Host: x`, `X-Long: ${"x".repeat(70_000)}`),
      expected: tooLarge("32 KB")
    },
    {
      name: "a query over 32 KB",
      bytes: bare(`GET /?Limit=${"0".repeat(33_000)} HTTP/1.1`, "Host: x"),
      expected: tooLarge("32 KB")
    },
    {
      name: "a body over 10 MB",
      bytes: raw(v3({ body: " ".repeat(10 * 1024 * 1024 + 1) })),
      expected: tooLarge("10 MB")
    },
    { name: "no host", bytes: bare("GET / HTTP/1.1"), expected: noTimestamp },
    { name: "no host in HTTP/1.0", bytes: bare("GET / HTTP/1.0"), expected: noTimestamp }
  ])("$name gets an envelope", ({ bytes, expected }) =>
    Effect.gen(function* () {
      const { code, message } = answerOf(yield* exchange(yield* serve(), bytes))
      assert.deepStrictEqual<unknown>({ code, message }, expected)
    })
  )

  it.scopedLive("a body without end is answered, and not read to its end", () =>
    Effect.gen(function* () {
      const { received, socket } = yield* connect(yield* serve())
      socket.write(`POST / HTTP/1.1\r\nHost: x\r\nAuthorization: x\r\nContent-Length: ${2 ** 40}\r\n\r\n`)
      socket.write(" ".repeat(10 * 1024 * 1024 + 1))
      yield* until(socket, "data")
      assert.strictEqual(answerOf(received()).code, "RequestSizeLimitExceeded")
    })
  )

  it.scopedLive("requests on one connection get their answers in order", () =>
    Effect.gen(function* () {
      const first = raw(v3()).toString().replace("connection: close\r\n", "")
      const text = yield* exchange(yield* serve(), first, raw(form))
      const answers = text.split(/(?=HTTP\/1\.1 200 OK\r\n)/).map(answerOf)
      assert.deepStrictEqual(
        answers.map(({ response }) => response.TotalCount),
        [0, 1]
      )
    })
  )

  it.scopedLive("a caller that asks before it sends a body gets the word to go on", () =>
    Effect.gen(function* () {
      const { received, socket } = yield* connect(yield* serve())
      const [head = "", rest = ""] = raw(form, "POST / HTTP/1.1", "expect: 100-continue").toString().split("\r\n\r\n")
      socket.write(`${head}\r\n\r\n`)
      yield* until(socket, "data")
      assert.strictEqual(received(), "HTTP/1.1 100 Continue\r\n\r\n")
      socket.write(rest)
      yield* until(socket, "close")
      assert.strictEqual(answerOf(received().slice(25)).response.TotalCount, 1)
    })
  )
})

describe("NodeGateway: CONNECT", () => {
  const established = "HTTP/1.1 200 Connection Established\r\n\r\n"
  const line = "CONNECT ebs.tencentcloudapi.com:443 HTTP/1.1\r\nHost: ebs.tencentcloudapi.com:443\r\n\r\n"

  it.scopedLive("opens a tunnel to the gateway itself", () =>
    Effect.gen(function* () {
      const { received, socket } = yield* connect(yield* serve())
      socket.write(line)
      yield* until(socket, "data")
      assert.strictEqual(received(), established)
      socket.write(raw(form))
      yield* until(socket, "close")
      assert.strictEqual(answerOf(received().slice(established.length)).response.TotalCount, 1)
    })
  )

  it.scopedLive("treats what was sent along with it as the first bytes of the tunnel", () =>
    Effect.gen(function* () {
      const text = yield* exchange(yield* serve(), Buffer.concat([Buffer.from(line), raw(form)]))
      assert.strictEqual(answerOf(text.slice(established.length)).response.TotalCount, 1)
    })
  )

  it.scopedLive("can be disabled", () =>
    Effect.gen(function* () {
      assert.notInclude(yield* exchange(yield* serve({ tunnel: false }), line), "200")
    })
  )
})

describe("NodeGateway: life", () => {
  /** A handler that says when it began and when it was interrupted, and ends when it is told to. */
  const held = Effect.gen(function* () {
    const [began, interrupted, release] = yield* Effect.all([
      Deferred.make<void>(),
      Deferred.make<void>(),
      Deferred.make<void>()
    ])
    const DescribeVolumes = () =>
      Deferred.succeed(began, undefined).pipe(
        Effect.zipRight(Deferred.await(release)),
        Effect.as({ TotalCount: 7, Names: [] }),
        Effect.onInterrupt(() => Deferred.succeed(interrupted, undefined))
      )
    return { began, interrupted, release, handlers: { DescribeVolumes } }
  })

  it.scopedLive("a caller that hangs up interrupts only its own call", () =>
    Effect.gen(function* () {
      const { began, handlers, interrupted } = yield* held
      const address = yield* serve({}, handlers)
      const { socket } = yield* connect(address)
      socket.write(raw(v3()))
      yield* Deferred.await(began)
      socket.destroy()
      yield* Deferred.await(interrupted)
      const other = yield* exchange(address, raw(v3({ action: "DeleteVolumes", body: '{"VolumeIds":[]}' })))
      assert.strictEqual(answerOf(other).code, undefined)
    })
  )

  it.scopedLive("a caller that hangs up in the middle of its body reaches no handler, and disturbs no other", () =>
    Effect.gen(function* () {
      const { began, handlers } = yield* held
      const address = yield* serve({}, handlers)
      const { socket } = yield* connect(address)
      socket.write(raw(v3({ body })).subarray(0, -10))
      socket.destroy()
      const other = yield* exchange(address, raw(v3({ action: "DeleteVolumes", body: '{"VolumeIds":[]}' })))
      assert.strictEqual(answerOf(other).code, undefined)
      assert.isFalse(yield* Deferred.isDone(began))
    })
  )

  it.scopedLive.each(["close", "keep-alive"])(
    "a shutdown waits for a call in flight (%s), and accepts no other",
    (connection) =>
      Effect.gen(function* () {
        const { began, handlers, release } = yield* held
        const scope = yield* Scope.make()
        const address = yield* Scope.extend(serve({ shutdownGrace: "1 hour" }, handlers), scope)
        const { received, socket } = yield* connect(address)
        socket.write(raw(v3()).toString().replace("connection: close", `connection: ${connection}`))
        yield* Deferred.await(began)
        const closing = yield* Effect.fork(Scope.close(scope, Exit.void))
        yield* Effect.yieldNow()
        assert.strictEqual(yield* refusal(address), "ECONNREFUSED")
        yield* Deferred.succeed(release, undefined)
        yield* until(socket, "close")
        yield* Fiber.join(closing)
        assert.strictEqual(answerOf(received()).response.TotalCount, 7)
      })
  )

  it.scopedLive("a shutdown interrupts a call that outlasts its grace", () =>
    Effect.gen(function* () {
      const { began, handlers, interrupted } = yield* held
      const scope = yield* Scope.make()
      const address = yield* Scope.extend(serve({ shutdownGrace: 0 }, handlers), scope)
      const { received, socket } = yield* connect(address)
      socket.write(raw(v3()))
      yield* Deferred.await(began)
      yield* Scope.close(scope, Exit.void)
      yield* Deferred.await(interrupted)
      yield* until(socket, "close")
      assert.strictEqual(received(), "")
    })
  )

  const refusal = ({ host, port }: Address) =>
    Effect.async<string | undefined>((resume) => {
      const socket = Net.connect(port, host)
      socket.on("error", (error: NodeJS.ErrnoException) => resume(Effect.succeed(error.code)))
      socket.on("connect", () => {
        socket.destroy()
        resume(Effect.succeed(undefined))
      })
    })

  it.scopedLive("a port that is in use fails with a ListenError that says what to do", () =>
    Effect.gen(function* () {
      const { port } = yield* serve()
      const error = yield* Effect.flip(serve({ port }))
      assert.strictEqual(
        error.message,
        `Cannot listen on 127.0.0.1:${port} (EADDRINUSE). Another program has the port: choose another one, or 0 for any that is free.`
      )
    })
  )

  it.scopedLive("a port that does not exist fails with a ListenError, too", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Effect.flip(serve({ port: 70_000 }))).code, "ERR_SOCKET_BAD_PORT")
    })
  )

  const configured = (maxConnections: string) =>
    NodeGateway.layerConfig({
      host: Config.string("HOST"),
      port: Config.succeed(0),
      maxConnections: Config.integer("MAX_CONNECTIONS")
    }).pipe(
      Layer.provide(ServedGateway.layer()),
      Layer.build,
      Effect.withConfigProvider(
        ConfigProvider.fromMap(
          new Map([
            ["HOST", "::1"],
            ["MAX_CONNECTIONS", maxConnections]
          ])
        )
      )
    )

  it.scopedLive("reads its options from the configuration, or fails with what is wrong there", () =>
    Effect.gen(function* () {
      const { address } = yield* Effect.provide(NodeGateway.GatewayServer, yield* configured("2"))
      assert.strictEqual(address.url, `http://[::1]:${address.port}`)
      assert.include(String(yield* Effect.flip(configured("two"))), "MAX_CONNECTIONS")
    })
  )

  it.live("leaves no socket and no fiber behind", () =>
    Effect.gen(function* () {
      const sockets = () => process.getActiveResourcesInfo().filter((name) => /^TCP/.test(name)).length
      const turn = Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void)))
      // What was destroyed, here and by the tests before, is gone some turns of the loop later.
      const settled = Effect.repeat(turn, { times: 100 })
      yield* settled
      const before = sockets()
      const supervisor = yield* Supervisor.track
      const calls = Effect.gen(function* () {
        const address = yield* serve({ shutdownGrace: 0 }, (yield* held).handlers)
        // One that is never answered, one that is, one that is idle, one that is in a tunnel.
        for (const bytes of [raw(v3()), raw(v3({ action: "Nope" })), "", "CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n"]) {
          const { socket } = yield* connect(address)
          socket.write(bytes)
        }
        yield* exchange(address, badChunk)
        assert.isNotEmpty(yield* supervisor.value)
      })
      yield* Effect.supervised(Effect.scoped(calls), supervisor)
      yield* settled
      assert.strictEqual(sockets(), before)
      assert.deepStrictEqual(yield* supervisor.value, [])
    })
  )
})
