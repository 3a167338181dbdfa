/** The handlers of the web, in a server of Node that does what such servers do. */
import * as Http from "node:http"
import * as Net from "node:net"
import { Readable } from "node:stream"
import type { ReadableStream as NodeReadableStream } from "node:stream/web"
import * as HttpApp from "@effect/platform/HttpApp"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Rule } from "effect-tencentcloud/FaultInjector"
import * as FaultInjector from "effect-tencentcloud/FaultInjector"
import type { Gateway } from "effect-tencentcloud/Gateway"
import * as HttpGateway from "effect-tencentcloud/HttpGateway"
import * as WebGateway from "effect-tencentcloud/WebGateway"
import type * as Wire from "effect-tencentcloud/Wire"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { v1, v3 } from "../../fixtures/Signed.js"
import * as Sockets from "../../fixtures/Sockets.js"

type Handle = (request: Request) => Promise<Response>

const handlers: ReadonlyArray<{
  readonly name: string
  readonly make: Effect.Effect<Handle, never, Gateway | Scope.Scope>
}> = [
  { name: "WebGateway", make: WebGateway.make },
  {
    name: "HttpGateway",
    make: Effect.map(Effect.runtime<Gateway>(), (runtime) => HttpApp.toWebHandlerRuntime(runtime)(HttpGateway.app))
  }
]

const requestOf = (message: Http.IncomingMessage): Request => {
  const headers = Object.entries(message.headers).map(([name, value]): [string, string] => [name, String(value)])
  const isBare = message.method === "GET" || message.method === "HEAD"
  // Node's own type of a web stream is the web's.
  const body = Readable.toWeb(message) as NodeReadableStream<Uint8Array> as ReadableStream<Uint8Array>
  const init = { method: message.method ?? "GET", headers, ...(isBare ? {} : { body, duplex: "half" as const }) }
  return new Request(`http://${message.headers.host}${message.url}`, init)
}

/** Answers 500 for a handler that rejects, and breaks a connection for a body that breaks off. */
const serve = (handle: Handle) =>
  Sockets.listen(
    Http.createServer(async (message, response) => {
      try {
        const answer = await handle(requestOf(message))
        response.writeHead(answer.status, Object.fromEntries(answer.headers))
        for await (const piece of answer.body ?? []) response.write(piece)
        response.end()
      } catch {
        if (response.headersSent) response.destroy()
        else response.writeHead(500).end()
      }
    })
  )

/** Sends a request, and returns all that comes until the connection ends. */
const exchange = (address: string, { body, headers, method, path, query }: Wire.WireRequest) =>
  Effect.async<string>((resume) => {
    const [host, port] = address.split(":")
    const lines = Object.entries({ ...headers, connection: "close", "content-length": body.length })
    const socket = Net.connect(Number(port), host, () => {
      const target = query === "" ? path : `${path}?${query}`
      const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")
      socket.write(`${method} ${target} HTTP/1.1\r\n${head}\r\n`)
      socket.write(body)
    })
    let received = ""
    socket.on("data", (piece) => {
      received += piece.toString()
    })
    socket.on("error", () => {})
    socket.on("close", () => resume(Effect.succeed(received)))
    return Effect.sync(() => socket.destroy())
  })

/** Whether a text is an answer that its reader takes for whole. */
const isWhole = (text: string): boolean => {
  const [head = "", body = ""] = text.split("\r\n\r\n")
  const length = /content-length: (\d+)/i.exec(head)?.[1]
  if (length !== undefined) return body.length >= Number(length)
  return /transfer-encoding: chunked/i.test(head) ? text.endsWith("0\r\n\r\n") : text !== ""
}

describe.each(handlers)("$name in a web server", ({ make }) => {
  const on = (rules: ReadonlyArray<Rule> = []) =>
    Effect.provide(Effect.flatMap(make, serve), Layer.provide(ServedGateway.layer(), FaultInjector.layer(rules)))

  it.scopedLive.each([
    { name: "POST", request: v3() },
    { name: "GET", request: v3({ method: "GET" }) },
    { name: "a form", request: v1({ method: "POST" }) }
  ])("P11: a fault that closes the connection breaks it, and is no answer: $name", ({ request }) =>
    Effect.gen(function* () {
      const { address } = yield* on([{ fault: FaultInjector.close }])
      const received = yield* exchange(address, request)
      assert.notInclude(received, " 500 ")
      assert.isFalse(isWhole(received), received)
    })
  )

  it.scopedLive.each([0, 1, 10])("P11: a fault that cuts the answer after %s bytes breaks the connection", (bytes) =>
    Effect.gen(function* () {
      const { address } = yield* on([{ fault: FaultInjector.truncate(bytes) }])
      const received = yield* exchange(address, v3())
      assert.notInclude(received, " 500 ")
      assert.isFalse(isWhole(received), received)
    })
  )

  it.scopedLive("answers as a whole where there is no fault", () =>
    Effect.gen(function* () {
      const { address } = yield* on()
      assert.isTrue(isWhole(yield* exchange(address, v3())))
    })
  )
})

const { body, headers } = v3({ host: "localhost" })
const v3Init = { body: String(body), headers }

describe.each(handlers)("$name", ({ make }) => {
  /** A `Request` as servers hand it to a handler: the constructor of the standard refuses this method, servers do not. */
  const connect = (url: string): Request =>
    new Proxy(new Request(url, { method: "POST" }), {
      get: (target, name) => {
        if (name === "method") return "CONNECT"
        if (name === "body") return null
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === "function" ? value.bind(target) : value
      }
    })

  it.scopedLive.each(["http://example.com:443/", "https://cvm.tencentcloudapi.com/", "http://[::1]:8080/"])(
    "P10: refuses CONNECT to %s with 405, so that nobody takes it for a tunnel",
    (url) =>
      Effect.gen(function* () {
        const handle = yield* make
        const answer = yield* Effect.promise(() => handle(connect(url)))
        assert.strictEqual(answer.status, 405)
        assert.strictEqual(answer.headers.get("allow"), "GET, POST")
        assert.include(yield* Effect.promise(() => answer.text()), '"Code":"UnsupportedProtocol"')
      }).pipe(Effect.provide(ServedGateway.layer()))
  )

  it.scopedLive("P11: hands a server a body that fails, and no length that it could keep", () =>
    Effect.gen(function* () {
      const handle = yield* make
      const answer = yield* Effect.promise(() =>
        handle(new Request("http://localhost/", { method: "POST", ...v3Init }))
      )
      assert.isNull(answer.headers.get("content-length"))
      const read = yield* Effect.exit(Effect.tryPromise(() => answer.text()))
      assert.strictEqual(read._tag, "Failure")
    }).pipe(Effect.provide(Layer.provide(ServedGateway.layer(), FaultInjector.layer([{ fault: FaultInjector.close }]))))
  )

  it.scopedLive("answers any other method with 200, as the protocol does", () =>
    Effect.gen(function* () {
      const handle = yield* make
      const answer = yield* Effect.promise(() => handle(new Request("http://localhost/", { method: "PUT" })))
      assert.strictEqual(answer.status, 200)
    }).pipe(Effect.provide(ServedGateway.layer()))
  )
})
