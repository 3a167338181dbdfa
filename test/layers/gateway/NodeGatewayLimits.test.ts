/** Callers that are slow, silent, greedy or confused: each is answered or cut off, and harms nobody else. */
import * as Net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { Address } from "effect-tencentcloud/NodeGateway"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { v3 } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"

const serve = (options?: NodeGateway.Options, handlers?: Parameters<typeof Volumes.layer>[0]) =>
  NodeGateway.serve({ shutdownGrace: 0, ...options }).pipe(
    Effect.provide(ServedGateway.layer({}, Volumes.layer(handlers)))
  )

/** A request that keeps its connection, with more headers if need be. */
const bytes = (...more: ReadonlyArray<string>): string => {
  const { body, headers } = v3()
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return ["POST / HTTP/1.1", ...lines, ...more, `content-length: ${body.length}`, "", body].join("\r\n")
}

/** Sends this, and waits until the other side closes: all that came back. */
const untilClosed = ({ host, port }: Address, sent: string, end = false) =>
  Effect.async<string>((resume) => {
    let received = ""
    const socket = Net.connect({ host, port, allowHalfOpen: true })
    socket.setEncoding("utf8").on("data", (text: string) => {
      received += text
    })
    socket.on("error", () => socket.destroy())
    socket.on("end", () => socket.destroy())
    socket.on("close", () => resume(Effect.succeed(received)))
    if (end) socket.end(sent)
    else socket.write(sent)
    return Effect.sync(() => socket.destroy())
  })

const codes = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/\r\n\r\n(\{.*?\}\})(?=HTTP|$)/g)].map(
    ([, body = ""]) => JSON.parse(body).Response.Error?.Code ?? "done"
  )

describe("NodeGateway: limits", () => {
  it.scopedLive.each<{ name: string; sent: string; options: NodeGateway.Options }>([
    {
      name: "headers that do not end",
      sent: "POST / HTTP/1.1\r\nHost: x\r\n",
      options: { headersTimeout: "50 millis" }
    },
    {
      name: "a body that does not end",
      sent: bytes().slice(0, -1),
      options: { requestTimeout: "50 millis" }
    }
  ])("$name gets an answer, and its connection closes", ({ options, sent }) =>
    Effect.gen(function* () {
      const text = yield* untilClosed(yield* serve(options), sent)
      assert.deepStrictEqual(codes(text), ["InvalidRequest"])
      assert.include(text, "did not arrive in time")
    })
  )

  it.scopedLive("a connection that sends nothing is closed", () =>
    Effect.gen(function* () {
      const address = yield* serve({ headersTimeout: "50 millis", requestTimeout: "50 millis" })
      assert.deepStrictEqual(codes(yield* untilClosed(address, "")), ["InvalidRequest"])
    })
  )

  it.scopedLive("a connection that stays idle after its answer closes", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(codes(yield* untilClosed(yield* serve({ keepAliveTimeout: "1 millis" }), bytes())), [
        "done"
      ])
    })
  )

  it.scopedLive("thousands of headers are read, and none is dropped", () =>
    Effect.gen(function* () {
      const many = Array.from({ length: 4000 }, (_, index) => `x-${index}: 1`)
      const text = yield* untilClosed(yield* serve(), bytes(...many, "x-tc-traceid: last", "connection: close"))
      assert.include(text, "x-tc-traceid: last")
    })
  )

  it.scopedLive("a half-closed connection closes, and does not hang", () =>
    Effect.gen(function* () {
      const DescribeVolumes = () => Effect.never
      assert.strictEqual(yield* untilClosed(yield* serve({}, { DescribeVolumes }), bytes(), true), "")
    })
  )

  it.scopedLive("connections beyond the limit close", () =>
    Effect.gen(function* () {
      const began = yield* Deferred.make<void>()
      const DescribeVolumes = () => Effect.zipRight(Deferred.succeed(began, undefined), Effect.never)
      const address = yield* serve({ maxConnections: 1 }, { DescribeVolumes })
      yield* Effect.forkScoped(untilClosed(address, bytes()))
      yield* Deferred.await(began)
      assert.strictEqual(yield* untilClosed(address, bytes()), "")
    })
  )

  it.scopedLive("garbage after a good request is refused after the answer to it, which stays whole", () =>
    Effect.gen(function* () {
      const DescribeVolumes = () => Effect.as(Effect.sleep("20 millis"), { TotalCount: 7, Names: [] })
      const text = yield* untilClosed(yield* serve({}, { DescribeVolumes }), `${bytes()}\u0016\u0003 garbage\r\n\r\n`)
      assert.deepStrictEqual(codes(text), ["done", "UnsupportedProtocol"])
    })
  )

  it.scopedLive("an answer that nobody reads is dropped", () =>
    Effect.gen(function* () {
      const closed = yield* Deferred.make<void>()
      const DescribeVolumes = () => Effect.succeed({ TotalCount: 1, Names: ["x".repeat(9_000_000)] })
      const { host, port } = yield* serve({ writeTimeout: "50 millis" }, { DescribeVolumes })
      const socket = yield* Effect.acquireRelease(
        Effect.sync(() => Net.connect(port, host)),
        (socket) => Effect.sync(() => socket.destroy())
      )
      socket.pause().on("error", () => {})
      // Whoever does not read learns of the end by writing.
      const knock = setInterval(() => socket.write("x"), 20)
      socket.on("close", () => {
        clearInterval(knock)
        Deferred.unsafeDone(closed, Effect.void)
      })
      socket.write(bytes())
      yield* Deferred.await(closed)
    })
  )
})
