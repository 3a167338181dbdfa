/** Streams of servers that go wrong, over real sockets: they stand still, are reset, answer in other forms, or never end. */

import type { AddressInfo } from "node:net"
import * as Net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { FailedOperation } from "effect-tencentcloud/CommonError"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as FetchClient from "effect-tencentcloud/FetchClient"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import { ChatCompletions } from "effect-tencentcloud/products/hunyuan"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Transport from "effect-tencentcloud/Transport"

const options = {
  product: "counter",
  version: "2026-01-01",
  request: Schema.Struct({ To: Schema.Int }),
  errors: [FailedOperation]
} as const

const event = Schema.Struct({ Number: Schema.Int })

const Count = ApiClient.callable(Action.stream("DescribeCount", { ...options, event }))

const CountOnce = ApiClient.callable(Action.make("DescribeCount", { ...options, response: event }))

const transports = {
  NodeTransport: NodeTransport.layer({ proxy: false }),
  FetchClient: FetchClient.layerTransport(),
  NodeHttpClient: Layer.provide(Transport.layerHttp, NodeTransport.layerHttpClient({ proxy: false }))
}

const clientOf = (by: keyof typeof transports, port: number, options?: ApiClient.Options) =>
  ApiClient.layerTransport({ endpoint: `http://127.0.0.1:${port}`, retry: RetryPolicy.none, ...options }).pipe(
    Layer.provide([CredentialProvider.layerStatic(InProcess.key), transports[by]])
  )

interface Serving {
  readonly port: number
  /** The connections that are open, and that had a request. */
  readonly open: Set<Net.Socket>
  readonly sockets: Set<Net.Socket>
  readonly server: Net.Server
}

/** A server that answers each connection as it likes. */
const serve = (answer: (socket: Net.Socket) => void) =>
  Effect.acquireRelease(
    Effect.async<Serving>((resume) => {
      const open = new Set<Net.Socket>()
      const sockets = new Set<Net.Socket>()
      const server = Net.createServer((socket) => {
        socket.on("error", () => {}).on("close", () => open.delete(socket))
        // `fetch` opens another connection where one is given up, and sends nothing over it.
        socket.once("data", () => {
          open.add(socket)
          answer(socket)
        })
        sockets.add(socket)
      })
      server.listen(0, "127.0.0.1", () =>
        resume(Effect.succeed({ port: (server.address() as AddressInfo).port, open, sockets, server }))
      )
    }),
    ({ server, sockets }) =>
      Effect.async<void>((resume) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resume(Effect.void))
      })
  )

const head = (type = "text/event-stream", more = "") =>
  `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\nx-tc-requestid: r-1\r\n${more}\r\n`

const chunked = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

const chunkedHead = head("text/event-stream", "transfer-encoding: chunked\r\n")

/** Sends a text in chunks every few milliseconds, for as long as the socket is open. */
const repeat = (socket: Net.Socket, text: string): void => {
  const timer = setInterval(() => socket.write(chunked(text)), 10)
  socket.on("close", () => clearInterval(timer))
}

/** The numbers that came, and the failure that ended them. */
const witness = <E, R>(stream: Stream.Stream<{ readonly Number: number }, E, R>) =>
  Effect.gen(function* () {
    const seen: Array<number> = []
    const reading = Stream.runForEach(stream, ({ Number }) => Effect.sync(() => seen.push(Number)))
    const error = yield* Effect.option(Effect.flip(reading))
    return { seen, error: Option.getOrUndefined(error) }
  })

/** Waits until the server sees no connection: a client that gives one up does so at once, but the kernel needs a moment. */
const closed = (open: Set<Net.Socket>) =>
  Effect.async<void>((resume) => {
    const look = (): void => (open.size === 0 ? resume(Effect.void) : void setImmediate(look))
    look()
  })

describe.each(["NodeTransport", "FetchClient", "NodeHttpClient"] as const)("a stream by %s", (by) => {
  it.scopedLive("C4: fails after `timeout` without an event, whatever comments come, and closes its connection", () =>
    Effect.gen(function* () {
      const { open, port } = yield* serve((socket) => {
        socket.write(chunkedHead)
        repeat(socket, ": ping\n\n")
      })
      yield* Effect.gen(function* () {
        const { error, seen } = yield* witness(Count({ To: 1 }, { timeout: "100 millis" }))
        assert.deepStrictEqual(seen, [])
        assert.deepInclude({ ...error }, { _tag: "RequestTimeout", scope: "attempt", after: Duration.millis(100) })
        yield* closed(open)
      }).pipe(Effect.provide(clientOf(by, port)))
    })
  )

  it.scopedLive("C4: fails at its `deadline`, whatever events come, and closes its connection", () =>
    Effect.gen(function* () {
      const { open, port } = yield* serve((socket) => {
        socket.write(chunkedHead)
        repeat(socket, 'data: {"Number":1}\n\n')
      })
      yield* Effect.gen(function* () {
        const { error, seen } = yield* witness(Count({ To: 1 }, { deadline: "300 millis" }))
        assert.isAbove(seen.length, 1)
        assert.deepInclude({ ...error }, { _tag: "RequestTimeout", scope: "call", after: Duration.millis(300) })
        assert.isTrue(Option.isSome(ApiClient.callStats(error)))
        yield* closed(open)
      }).pipe(Effect.provide(clientOf(by, port)))
    })
  )

  it.scopedLive("C4: fails after `idleTimeout` without a further event, which comments do not reset", () =>
    Effect.gen(function* () {
      const { open, port } = yield* serve((socket) => {
        socket.write(chunkedHead + chunked('data: {"Number":1}\n\n'))
        repeat(socket, ": ping\n\n")
      })
      yield* Effect.gen(function* () {
        const { error, seen } = yield* witness(Count({ To: 1 }, { idleTimeout: "100 millis" }))
        assert.deepStrictEqual(seen, [1])
        assert.deepInclude({ ...error }, { _tag: "RequestTimeout", scope: "idle", after: Duration.millis(100) })
        assert.include(error?.message ?? "", "`idleTimeout`")
        yield* closed(open)
      }).pipe(Effect.provide(clientOf(by, port)))
    })
  )

  it.scopedLive("A5: ends well although a last comment comes, and its connection serves the next call", () =>
    Effect.gen(function* () {
      let connections = 0
      const { port } = yield* serve((socket) => {
        connections += 1
        const answer = () =>
          socket.write(
            chunkedHead +
              chunked('data: {"Number":1}\n\ndata: [DONE]\n\n') +
              chunked(": ping") +
              chunked("").slice(0, 3) +
              "\r\n"
          )
        answer()
        socket.on("data", answer)
      })
      yield* Effect.gen(function* () {
        for (const _ of [1, 2])
          assert.deepStrictEqual(yield* witness(Count({ To: 1 })), { seen: [1], error: undefined })
      }).pipe(Effect.provide(clientOf(by, port)))
      // `fetch` decides by itself when a connection is free.
      if (by !== "FetchClient") assert.strictEqual(connections, 1)
    })
  )

  it.scopedLive.each([
    [
      'data: {"Response":{"Error":{"Code":"FailedOperation","Message":"gone"},"RequestId":"r-2"}}\n\n',
      "FailedOperation"
    ],
    ['{"Response":{"Error":{"Code":"FailedOperation","Message":"gone"},"RequestId":"r-2"}}', "FailedOperation"],
    ['data: {"ErrorMsg":{"Code":2003,"Msg":"gone"},"RequestId":"r-2"}\n\n', "UnrecognizedError"],
    [
      'data: {"Type":"error","Error":{"Code":"FailedOperation","Message":"gone"},"RequestId":"r-2"}\n\n',
      "FailedOperation"
    ]
  ])("A6: fails with the code of %j, before its first event and after, and as a plain call", ([last, tag]) =>
    Effect.gen(function* () {
      const before = ["", 'data: {"Number":1}\n\n']
      let call = 0
      const { port } = yield* serve((socket) => socket.end(head() + (before[call++] ?? "") + last))
      yield* Effect.gen(function* () {
        for (const seen of [[], [1]]) {
          const result = yield* witness(Count({ To: 1 }))
          assert.deepStrictEqual(result.seen, seen)
          assert.deepInclude({ ...result.error }, { _tag: tag, requestId: "r-2" })
          assert.strictEqual(result.error?.message, "gone")
        }
        assert.strictEqual((yield* Effect.flip(CountOnce({ To: 1 })))._tag, tag)
      }).pipe(Effect.provide(clientOf(by, port)))
    })
  )

  it.scopedLive("A7: fails as a plain call with a message that names `.stream`, and closes its connection", () =>
    Effect.gen(function* () {
      const { open, port } = yield* serve((socket) => {
        socket.write(chunkedHead)
        repeat(socket, 'data: {"Note":"n"}\n\n')
      })
      yield* Effect.gen(function* () {
        // The types forbid `Stream: true`.
        const error = yield* Effect.flip(ChatCompletions({ Model: "m", Messages: [], Stream: true } as never))
        assert.strictEqual(error._tag, "MalformedResponse")
        assert.include(error.message, "`ChatCompletions.stream`")
        yield* closed(open)
      }).pipe(Effect.provide(clientOf(by, port)))
    })
  )

  it.scopedLive("A4: has one event if the service answers with one result, and its error if it answers with one", () =>
    Effect.gen(function* () {
      const answers = [
        { Response: { Note: "plain", RequestId: "r-2" } },
        { Response: { Error: { Code: "FailedOperation", Message: "gone" }, RequestId: "r-2" } }
      ]
      const { port } = yield* serve((socket) => socket.end(head("application/json") + JSON.stringify(answers.shift())))
      yield* Effect.gen(function* () {
        const calls = ChatCompletions.stream({ Model: "m", Messages: [] })
        assert.deepStrictEqual<unknown>(Chunk.toReadonlyArray(yield* Stream.runCollect(calls)), [
          { Note: "plain", RequestId: "r-2" }
        ])
        assert.strictEqual((yield* Effect.flip(Stream.runDrain(calls)))._tag, "FailedOperation")
      }).pipe(Effect.provide(clientOf(by, port)))
    })
  )

  it.scopedLive("C2: reads an event of 8 MB in packets, and no line without an end", () =>
    Effect.gen(function* () {
      const text = "x".repeat(8 * 1024 * 1024)
      let isEndless = false
      const { open, port } = yield* serve((socket) => {
        if (!isEndless) return socket.end(`${head()}data: {"Note":"${text}"}\n\n`)
        const write = (): void => {
          while (socket.writable && socket.write("x".repeat(64 * 1024))) {}
        }
        socket.write(`${head()}data: `)
        socket.on("drain", write)
        write()
      })
      yield* Effect.gen(function* () {
        const calls = ChatCompletions.stream({ Model: "m", Messages: [] })
        const events = Chunk.toReadonlyArray(yield* Stream.runCollect(calls))
        assert.deepStrictEqual(
          events.map(({ Note }) => Note?.length),
          [text.length]
        )
        isEndless = true
        const error = yield* Effect.flip(Stream.runDrain(calls))
        assert.strictEqual(error._tag, "MalformedResponse")
        assert.include(error.message, "larger than 10 MB")
        yield* closed(open)
      }).pipe(Effect.provide(clientOf(by, port)))
    })
  )

  it.scopedLive("leaves no connection and no timer behind, after many streams that broke in all ways", () =>
    Effect.gen(function* () {
      let call = 0
      const { open, port } = yield* serve((socket) => {
        const event = 'data: {"Number":1}\n\n'
        const kind = call++ % 5
        if (kind === 0) socket.write(chunkedHead + chunked(event), () => socket.resetAndDestroy())
        else if (kind === 1) socket.end(`${head()}${event}data: {"Num`)
        else if (kind === 2) socket.write(chunkedHead + chunked(event) + chunked('data: {"Error":{"Code":"A.B"}}\n\n'))
        else if (kind === 3) socket.write(chunkedHead + chunked(event) + chunked("data: x\n\n"))
        else socket.write(chunkedHead + chunked(event))
      })
      yield* Effect.gen(function* () {
        const one = Count({ To: 1 }, { idleTimeout: "20 millis", deadline: "1 minute" })
        yield* Effect.either(Stream.runDrain(one))
        const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length
        const before = timers()
        const run = Effect.map(witness(one), ({ error }) => assert.isDefined(error))
        yield* Effect.all(
          Array.from({ length: 100 }, () => run),
          { concurrency: 20, discard: true }
        )
        yield* closed(open)
        assert.isAtMost(timers(), before + 5)
      }).pipe(Effect.provide(clientOf(by, port)))
    })
  )

  it.scopedLive("closes the connection of a stream that is interrupted, before its first event and after", () =>
    Effect.gen(function* () {
      const first = ["", chunked('data: {"Number":1}\n\n')]
      const { open, port } = yield* serve((socket) => socket.write(chunkedHead + (first.shift() ?? "")))
      yield* Effect.gen(function* () {
        for (const _ of [1, 2]) {
          const reading = yield* Effect.fork(Stream.runDrain(Count({ To: 1 })))
          yield* Effect.async<void>((resume) => {
            const look = (): void => (open.size > 0 ? resume(Effect.void) : void setImmediate(look))
            look()
          })
          yield* Effect.sleep("20 millis")
          yield* Fiber.interrupt(reading)
          yield* closed(open)
        }
      }).pipe(Effect.provide(clientOf(by, port)))
    })
  )
})

describe.each(["NodeTransport", "NodeHttpClient"] as const)("an answer that only its end delimits, by %s,", (by) => {
  it.scopedLive("C5: fails if the connection is reset, and ends well if it is closed", () =>
    Effect.gen(function* () {
      let resets = true
      const { port } = yield* serve((socket) => {
        socket.write(`${head("text/event-stream", "connection: close\r\n")}data: {"Number":1}\n\n`, () =>
          setTimeout(() => (resets ? socket.resetAndDestroy() : socket.end()), 30)
        )
      })
      yield* Effect.gen(function* () {
        const reset = yield* witness(Count({ To: 1 }))
        assert.deepStrictEqual(reset.seen, [1])
        assert.deepInclude({ ...reset.error }, { _tag: "TransportError", sent: true, permanent: false })
        resets = false
        assert.deepStrictEqual(yield* witness(Count({ To: 1 })), { seen: [1], error: undefined })
      }).pipe(Effect.provide(clientOf(by, port)))
    })
  )

  it.scopedLive("C5: fails if the connection is reset, without a stream too", () =>
    Effect.gen(function* () {
      const { port } = yield* serve((socket) => {
        socket.write(
          `${head("application/json", "connection: close\r\n")}{"Response":{"Number":1,"RequestId":"r"}}`,
          () => setTimeout(() => socket.resetAndDestroy(), 30)
        )
      })
      const error = yield* Effect.flip(CountOnce({ To: 1 })).pipe(Effect.provide(clientOf(by, port)))
      assert.strictEqual(error._tag, "TransportError")
    })
  )
})
