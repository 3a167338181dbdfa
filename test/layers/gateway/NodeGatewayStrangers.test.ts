/** Strangers on raw sockets: none holds a connection, the memory or the loop of a gateway, and each is answered or cut off. */
import * as Net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Gateway } from "effect-tencentcloud/Gateway"
import type { Address } from "effect-tencentcloud/NodeGateway"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import type * as Wire from "effect-tencentcloud/Wire"
import { UnreadBody, UnreadBytes } from "../../../src/services/gateway/internal/unreadBytes.js"
import { heldBytes } from "../../fixtures/Memory.js"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { v3 } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"

const serve = (options?: NodeGateway.Options, handlers?: Parameters<typeof Volumes.layer>[0]) =>
  NodeGateway.serve({ shutdownGrace: 0, ...options }).pipe(
    Effect.provide(ServedGateway.layer({}, Volumes.layer(handlers)))
  )

const linesOf = ({ headers }: Wire.WireRequest): ReadonlyArray<string> =>
  Object.entries(headers).map(([name, value]) => `${name}: ${value}`)

/** The head of a request, with more headers. */
const head = (...more: ReadonlyArray<string>): string =>
  ["POST / HTTP/1.1", ...linesOf(v3()), ...more, "", ""].join("\r\n")

const request = `${head("content-length: 2")}{}`

/** A socket that keeps what comes, and ignores the end of the other side. */
interface Raw {
  readonly socket: Net.Socket
  readonly text: () => string
  readonly until: (isDone: (text: string) => boolean) => Effect.Effect<string>
  readonly closed: Effect.Effect<void>
}

const open = ({ host, port }: Address, sent: string) =>
  Effect.acquireRelease(
    Effect.async<Raw>((resume) => {
      let text = ""
      const socket = Net.connect({ host, port, allowHalfOpen: true })
      socket.on("error", () => socket.destroy())
      socket.setEncoding("utf8").on("data", (piece: string) => {
        text += piece
      })
      const until = (isDone: (text: string) => boolean) =>
        Effect.async<string>((done) => {
          const look = () => {
            if (isDone(text) || socket.closed) done(Effect.sync(() => text))
          }
          socket.on("data", look).on("close", look)
          look()
        })
      const closed = Effect.async<void>((done) => {
        if (socket.closed) done(Effect.void)
        else socket.on("close", () => done(Effect.void))
      })
      socket.on("connect", () => {
        socket.write(sent)
        resume(Effect.succeed({ socket, text: () => text, until, closed }))
      })
    }),
    ({ socket }) => Effect.sync(() => socket.destroy())
  )

const codeOf = (text: string): string | undefined => /"Code":"([^"]*)"/.exec(text)?.[1]

describe("a stranger", () => {
  it.scopedLive.each([
    { name: "a silent connection", sent: "" },
    { name: "headers that do not end", sent: "POST / HTTP/1.1\r\nHost: x\r\n" },
    { name: "a body that does not end", sent: head("content-length: 100") }
  ])("K1: $name that ignores the end is destroyed, and others get in", ({ sent }) =>
    Effect.gen(function* () {
      const address = yield* serve({ headersTimeout: "50 millis", requestTimeout: "100 millis", maxConnections: 1 })
      const first = yield* open(address, sent)
      yield* first.until((text) => text.includes("}}"))
      assert.strictEqual(codeOf(first.text()), "InvalidRequest")
      // A caller that ignores a FIN learns of the end from a failed write.
      const knock = setInterval(() => first.socket.write("x"), 50)
      yield* Effect.ensuring(
        first.closed,
        Effect.sync(() => clearInterval(knock))
      )
      const second = yield* open(address, request)
      assert.include(yield* second.until((text) => text.includes("}}")), '"TotalCount":0')
    })
  )

  it("K2: a body in pieces of one byte takes memory in proportion to its bytes", () => {
    const unread = new UnreadBytes()
    const body = new UnreadBody(unread, 1_000_000, undefined, () => assert.fail("there is room"))
    let isRoom = true
    for (let index = 0; index < 300_000; index++) isRoom &&= body.add(Uint8Array.of(index & 255))
    assert.isTrue(isRoom)
    assert.isAtMost(body.held, 300_000 + 64 * 1024)
    const bytes = body.take()
    assert.strictEqual(bytes.byteLength, 300_000)
    assert.isTrue(bytes.every((byte, index) => byte === (index & 255)))
    assert.strictEqual(body.held, 0)
  })

  it("K2: pieces of any size come together as they were sent", () => {
    const unread = new UnreadBytes()
    const pieces = [0, 1, 65_535, 65_536, 65_537, 0, 7, 200_000].map((size, index) => new Uint8Array(size).fill(index))
    for (const stated of [undefined, pieces.reduce((sum, piece) => sum + piece.byteLength, 0)]) {
      const body = new UnreadBody(unread, 10_000_000, stated, () => assert.fail("there is room"))
      for (const piece of pieces) body.add(piece)
      assert.deepStrictEqual(Buffer.from(body.take()), Buffer.concat(pieces))
    }
  })

  it("K9: beyond the common limit the largest body is refused, and a small one gets in", () => {
    const unread = new UnreadBytes(256 * 1024)
    const refused: Array<number> = []
    const bodies = [0, 1, 2].map((index) => new UnreadBody(unread, 1e7, undefined, () => refused.push(index)))
    const [one, two, small] = bodies
    for (let turn = 0; turn < 2; turn++) {
      one?.add(new Uint8Array(60_000))
      two?.add(new Uint8Array(90_000))
    }
    assert.deepStrictEqual(refused, [1])
    assert.isTrue(small?.add(new Uint8Array(1000)))
    assert.isFalse(two?.add(new Uint8Array(1)))
  })

  it.scopedLive("K9: bodies beyond `maxUnreadBytes` are refused, while a small request is answered", () =>
    Effect.gen(function* () {
      const address = yield* serve({ maxUnreadBytes: 200_000 })
      const half = `${head("content-length: 900000")}${"x".repeat(150_000)}`
      const first = yield* open(address, half)
      const second = yield* open(address, half)
      const text = yield* Effect.race(
        first.until((text) => text.includes("}}")),
        second.until((text) => text.includes("}}"))
      )
      assert.strictEqual(codeOf(text), "RequestLimitExceeded")
      const honest = yield* open(address, request)
      assert.include(yield* honest.until((text) => text.includes("}}")), '"TotalCount":0')
    })
  )

  it.scopedLive.each([
    { name: "a body over 10 MB", sent: head("content-length: 10485761"), code: "RequestSizeLimitExceeded" },
    {
      name: "a GET with a large body",
      sent: head("content-length: 1000000").replace("POST", "GET"),
      code: "RequestSizeLimitExceeded"
    },
    {
      name: "an unknown method",
      sent: head("content-length: 1000000").replace("POST", "PUT"),
      code: "UnsupportedProtocol"
    },
    {
      name: "a malformed Authorization",
      sent: head("content-length: 1000000").replace("TC3-HMAC-SHA256", "TC4"),
      code: "AuthFailure.InvalidAuthorization"
    },
    {
      name: "an unknown SecretId, in chunks",
      sent: head("transfer-encoding: chunked").replace("AKIDINPROCESS", "AKIDNOBODY"),
      code: "AuthFailure.SecretIdNotFound"
    }
  ])("K9: $name is refused by its head, before any byte of its body", ({ code, sent }) =>
    Effect.gen(function* () {
      const stranger = yield* open(yield* serve(), sent)
      assert.strictEqual(codeOf(yield* stranger.until((text) => text.includes("}}"))), code)
    })
  )

  it.scopedLive("K10: while one connection has thousands of requests, others are served", () =>
    Effect.gen(function* () {
      let served = 0
      const DescribeVolumes = () => {
        served += 1
        return Effect.succeed({ TotalCount: 0, Names: [] })
      }
      const address = yield* serve({}, { DescribeVolumes })
      const many = 2000
      const stranger = yield* open(address, request.repeat(many))
      const honest = yield* open(address, request)
      yield* honest.until((text) => text.includes("}}"))
      assert.isBelow(served, many)
      const all = yield* stranger.until((text) => text.split("HTTP/1.1 200").length > many)
      assert.strictEqual(all.split("HTTP/1.1 200").length - 1, many)
    })
  )

  it.scopedLive("K2: a body of very many chunks is read in turns, to its end, and so is what follows", () =>
    Effect.gen(function* () {
      const body = `{${" ".repeat(40_000)}}`
      const { headers } = v3({ body })
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
      const chunks = [...body].map((byte) => `1\r\n${byte}\r\n`).join("")
      const whole = `POST / HTTP/1.1\r\n${lines.join("")}transfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`
      const stranger = yield* open(yield* serve(), `${whole}${whole}${request}`)
      const text = yield* stranger.until((text) => text.split('"TotalCount":0').length > 3)
      assert.strictEqual(text.split('"TotalCount":0').length - 1, 3)
    })
  )

  it.scopedLive("K10: of a caller who hangs up on thousands of answers nothing is held", () =>
    Effect.gen(function* () {
      const address = yield* serve()
      const packet = "GET / HTTP/1.1\r\n\r\n".repeat(3640)
      const hangUp = Effect.scoped(
        Effect.gen(function* () {
          const { closed, socket, until } = yield* open(address, packet)
          yield* until((text) => text.includes("}}"))
          socket.resetAndDestroy()
          yield* closed
        })
      )
      yield* hangUp
      const before = heldBytes()
      for (let turn = 0; turn < 10; turn++) yield* hangUp
      // The gateway learns of it when it writes.
      const honest = yield* open(address, request)
      yield* honest.until((text) => text.includes("}}"))
      yield* Effect.sleep(200)
      assert.isBelow(heldBytes() - before, 20_000_000)
    })
  )

  it.scopedLive("K10: a tunnel opens behind very many requests", () =>
    Effect.gen(function* () {
      const many = 200
      const stranger = yield* open(yield* serve(), request.repeat(many))
      yield* stranger.until((text) => text.split('"TotalCount":0').length > many)
      stranger.socket.write("CONNECT ebs.tencentcloudapi.com:80 HTTP/1.1\r\n\r\n")
      yield* stranger.until((text) => text.includes("Connection Established"))
      stranger.socket.write(request.repeat(many))
      const text = yield* stranger.until((text) => text.split('"TotalCount":0').length > 2 * many)
      assert.strictEqual(text.split('"TotalCount":0').length - 1, 2 * many)
    })
  )

  it.scopedLive("K9: a caller whose connection is to close reads the answer to a body that nobody reads", () =>
    Effect.gen(function* () {
      const address = yield* serve()
      for (let turn = 0; turn < 5; turn++) {
        const sent = `${head("content-length: 20000000", "connection: close")}${"x".repeat(3_000_000)}`
        const stranger = yield* open(address, sent)
        const text = yield* stranger.until((text) => text.includes("}}"))
        assert.strictEqual(codeOf(text), "RequestSizeLimitExceeded")
        // The server still reads what comes.
        yield* Effect.async<void>((resume) => {
          stranger.socket.write("x".repeat(1_000_000), (error) => resume(error ? Effect.die(error) : Effect.void))
        })
      }
    })
  )

  it.scopedLive("K11: a caller with ten calls in one packet hangs up, and all of them are interrupted", () =>
    Effect.gen(function* () {
      const started = yield* Deferred.make<void>()
      const interrupted = yield* Deferred.make<void>()
      let running = 0
      const DescribeVolumes = () =>
        Effect.suspend(() => {
          running += 1
          if (running === 10) Deferred.unsafeDone(started, Effect.void)
          return Effect.never
        }).pipe(
          Effect.onInterrupt(() =>
            Effect.sync(() => {
              running -= 1
              if (running === 0) Deferred.unsafeDone(interrupted, Effect.void)
            })
          )
        )
      const stranger = yield* open(yield* serve({}, { DescribeVolumes }), request.repeat(10))
      yield* Deferred.await(started)
      stranger.socket.destroy()
      yield* Deferred.await(interrupted)
    })
  )

  it.scopedLive.each<{ name: string; answer: Effect.Effect<Wire.WireResponse> }>([
    {
      name: "an answer that cannot be written",
      answer: Effect.succeed({ status: 200, headers: { a: "\n" }, body: "" })
    },
    { name: "a status that HTTP does not have", answer: Effect.succeed({ status: 7, headers: {}, body: "" }) },
    { name: "a gateway that dies", answer: Effect.die("broken") },
    { name: "a gateway that dies later", answer: Effect.zipRight(Effect.yieldNow(), Effect.die("broken")) }
  ])("K8: $name becomes InternalError", ({ answer }) =>
    Effect.gen(function* () {
      const real = yield* Effect.provide(Gateway, ServedGateway.layer())
      const broken = Layer.succeed(Gateway, { ...real, handle: () => answer })
      const address = yield* Effect.provide(NodeGateway.serve({ shutdownGrace: 0 }), broken)
      const caller = yield* open(address, request)
      assert.strictEqual(codeOf(yield* caller.until((text) => text.includes("}}"))), "InternalError")
    })
  )

  it.scopedLive("K8: where even a refusal fails, the connection closes", () =>
    Effect.gen(function* () {
      const broken = Layer.succeed(Gateway, {
        checks: [],
        handle: () => Effect.die("broken"),
        refuse: () => Effect.die("broken, too")
      })
      const address = yield* Effect.provide(NodeGateway.serve({ shutdownGrace: 0 }), broken)
      for (const sent of [request, "nonsense\r\n\r\n"]) {
        const caller = yield* open(address, sent)
        caller.socket.on("end", () => caller.socket.destroy())
        yield* caller.closed
        assert.strictEqual(caller.text(), "")
      }
    })
  )
})
