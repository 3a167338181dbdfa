/**
 * Serves a gateway over `node:http`.
 *
 * @since 0.1.0
 */
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import type { Duplex } from "node:stream"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as CommonError from "../../domain/errors/CommonError.js"
import * as Message from "../../domain/rules/Message.js"
import * as Body from "../../domain/wire/Body.js"
import * as Target from "../../domain/wire/Target.js"
import * as Wire from "../../domain/wire/Wire.js"
import { Gateway } from "../../services/gateway/Gateway.js"
import { maxSize } from "../../services/gateway/GatewayCheck.js"
import { type Address, GatewayServer, ListenError } from "../../services/gateway/GatewayServer.js"

/**
 * Where to listen, and how to stop.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Default: `127.0.0.1`. */
  readonly host?: string | undefined
  /** Default: 0, any port that is free. */
  readonly port?: number | undefined
  /** How long calls in flight may go on after a shutdown has begun. Default: 10 seconds. */
  readonly shutdownGrace?: Duration.DurationInput | undefined
  /**
   * Whether `CONNECT` opens a tunnel, to this very gateway whatever host it names, so that clients can keep the real host
   * names and take the gateway for their HTTP proxy. Default: true.
   */
  readonly tunnel?: boolean | undefined
  /** How long the headers of a request may take to arrive. Default: 10 seconds. */
  readonly headersTimeout?: Duration.DurationInput | undefined
  /** How long a whole request may take to arrive. Default: 60 seconds. */
  readonly requestTimeout?: Duration.DurationInput | undefined
  /** How long a caller may leave an answer, or an event of one, unread. Default: 60 seconds. */
  readonly writeTimeout?: Duration.DurationInput | undefined
  /** How long a connection may be idle between requests. Default: 30 seconds. */
  readonly keepAliveTimeout?: Duration.DurationInput | undefined
  /** How many connections there may be at once; those beyond are closed. Default: no limit. */
  readonly maxConnections?: number | undefined
}

/** A GET may have a query of 32 KB; that and its headers have to fit. */
const maxHeaderSize = 64 * 1024

/** How long the rest of a body that is too large is thrown away, so that its sender gets to read the answer. */
const drainMillis = 2000

const headersOf = (message: Http.IncomingMessage): Wire.Headers => {
  const given = message.headers
  const headers: Record<string, string> = {}
  for (const name in given) {
    const value = given[name]
    if (value !== undefined) headers[name] = typeof value === "string" ? value : value.join(", ")
  }
  return headers
}

const addressOf = (message: Http.IncomingMessage): string | undefined =>
  message.socket.remoteAddress?.replace(/^::ffff:/, "")

/**
 * Reads the body, and then tells, where the caller has not hung up before. It reads no more than one byte past the limit: the
 * size check then sees that it was too much.
 */
const readBody = (message: Http.IncomingMessage, done: (body: Uint8Array) => void): void => {
  const chunks: Array<Uint8Array> = []
  let size = 0
  const finish = (): void => done(Body.join(chunks))
  const onData = (chunk: Uint8Array): void => {
    chunks.push(chunk)
    size += chunk.byteLength
    if (size <= maxSize.postV3) return
    message.off("data", onData)
    message.off("end", finish)
    message.resume()
    finish()
  }
  message.on("data", onData)
  message.on("end", finish)
}

/** Waits until the socket takes more; whoever hangs up meanwhile interrupts the wait. */
const drained = (response: Http.ServerResponse): Effect.Effect<void> =>
  Effect.async((resume) => {
    const onDrain = (): void => resume(Effect.void)
    response.once("drain", onDrain)
    return Effect.sync(() => response.off("drain", onDrain))
  })

/**
 * Writes a stream as it comes. It is pulled from this fiber, which cannot be interrupted but where it waits: the first piece is
 * there already, and with it what the stream holds is freed in any case.
 */
const writeEvents = (
  response: Http.ServerResponse,
  { headers, status }: Wire.WireResponse,
  events: Stream.Stream<Uint8Array, Wire.TransportFault>,
  writeTimeout: Duration.Duration
): Effect.Effect<void> =>
  Effect.scoped(
    Effect.gen(function* () {
      response.writeHead(status, headers)
      response.flushHeaders()
      const pull = yield* Stream.toPull(events)
      const next = Effect.flatMap(pull, (pieces) =>
        response.write(Body.join([...pieces]))
          ? Effect.void
          : Effect.timeoutFail(Effect.interruptible(drained(response)), {
              duration: writeTimeout,
              onTimeout: () => Option.some(new Wire.TransportFault({ reason: "nobody reads the answer", sent: true }))
            })
      )
      return yield* Effect.zipRight(next, Effect.forever(Effect.interruptible(next)))
    })
  ).pipe(
    Effect.catchAllCause((cause) =>
      Effect.sync(() => {
        // A stream that breaks off must not look as if it had ended.
        if (Option.exists(Cause.failureOption(cause), Option.isNone)) response.end()
        else response.destroy()
      })
    )
  )

/** Breaks the connection where the answer says so. */
const writeCut = (response: Http.ServerResponse, { body, headers, status }: Wire.WireResponse, cut = 0): void => {
  if (cut === 0) {
    response.destroy()
    return
  }
  const bytes = Body.bytes(body)
  response.writeHead(status, { ...headers, "content-length": bytes.byteLength })
  // A whole answer breaks off as well: what is closed is the connection.
  response.write(bytes.subarray(0, cut), () => response.destroy())
}

/** Writes an answer that does not stream. */
const write = (
  server: Http.Server,
  message: Http.IncomingMessage,
  response: Http.ServerResponse,
  answer: Wire.WireResponse,
  writeTimeout: Duration.Duration
): void => {
  if (response.destroyed) return
  if (answer.cut !== undefined) {
    writeCut(response, answer, answer.cut)
    return
  }
  const cut = !message.complete
  const headers: Http.OutgoingHttpHeaders = { ...answer.headers, "content-length": Buffer.byteLength(answer.body) }
  // During a shutdown each answer is the last of its connection, so that none has to wait until it counts as idle.
  if (cut || !server.listening) headers.connection = "close"
  response.writeHead(answer.status, headers)
  response.end(answer.body)
  // Most answers are taken by the system at once.
  if (response.writableLength > 0) {
    const unread = setTimeout(() => response.destroy(), Duration.toMillis(writeTimeout)).unref()
    response.once("close", () => clearTimeout(unread))
  }
  if (cut) setTimeout(() => message.socket.destroy(), drainMillis).unref()
}

const requestOf = (message: Http.IncomingMessage, body: Uint8Array): Wire.WireRequest => {
  const { path, query } = Target.parse(message.url ?? "/")
  return { method: message.method ?? "", path, query, headers: headersOf(message), body, address: addressOf(message) }
}

const unreadable = (code: string | undefined): CommonError.CommonError => {
  switch (code) {
    case "HPE_INVALID_METHOD":
      return new CommonError.UnsupportedProtocol({ message: Message.unsupportedMethod("?")["en-US"] })
    case "HPE_HEADER_OVERFLOW":
      return new CommonError.RequestSizeLimitExceeded({ message: Message.requestTooLarge("32 KB")["en-US"] })
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new CommonError.InvalidRequest({ message: Message.requestTooSlow["en-US"] })
    default:
      return new CommonError.InvalidRequest({ message: Message.malformedHttp["en-US"] })
  }
}

/** The calls of each connection that have not been answered to the end. */
type Pending = WeakMap<Duplex, Map<Http.ServerResponse, Http.IncomingMessage>>

/** Waits for the answers to those requests of a connection that had been read whole. */
const answered = (pending: Pending, socket: Duplex): Effect.Effect<void> =>
  Effect.forEach(
    [...(pending.get(socket) ?? [])].filter(([, message]) => message.complete),
    ([response]) =>
      Effect.async<void>((resume) => {
        if (response.closed) resume(Effect.void)
        else response.once("close", () => resume(Effect.void))
      }),
    { discard: true }
  )

/** What Node's parser refuses is answered with an envelope as well, after what was asked before it on the same connection. */
const answerUnreadable = (
  gateway: Gateway["Type"],
  error: NodeJS.ErrnoException,
  socket: Duplex,
  pending: Pending
): Effect.Effect<void> =>
  Effect.map(Effect.zipRight(answered(pending, socket), gateway.refuse(unreadable(error.code))), (refusal) => {
    const { body, headers, status } = refusal
    if (!socket.writable || error.code === "ECONNRESET") {
      socket.destroy()
      return
    }
    const lines = Object.entries({ ...headers, "content-length": Buffer.byteLength(body), connection: "close" })
    socket.end(`HTTP/1.1 ${status} OK\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`)
  })

const openTunnel = (server: Http.Server, socket: Duplex, head: Uint8Array): void => {
  if (head.byteLength > 0) socket.unshift(head)
  socket.write("HTTP/1.1 200 Connection Established\r\n\r\n")
  server.emit("connection", socket)
}

const listen = (server: Http.Server, host: string, port: number): Effect.Effect<Address, ListenError> =>
  Effect.async((resume) => {
    const fail = (code: string): void => resume(Effect.fail(new ListenError({ host, port, code })))
    const onError = (error: NodeJS.ErrnoException): void => fail(error.code ?? "unknown")
    server.once("error", onError)
    try {
      server.listen(port, host, () => {
        server.off("error", onError)
        const bound = server.address() as AddressInfo
        const name = bound.family === "IPv6" ? `[${bound.address}]` : bound.address
        resume(Effect.succeed({ host: bound.address, port: bound.port, url: `http://${name}:${bound.port}` }))
      })
    } catch {
      // Node throws where a port is no port at all.
      fail("ERR_SOCKET_BAD_PORT")
    }
  })

/** Takes no more calls, lets those in flight finish within the grace, and then closes every connection. */
const shutDown = (server: Http.Server, grace: Duration.DurationInput): Effect.Effect<void> =>
  Effect.gen(function* () {
    const closed = yield* Deferred.make<void>()
    yield* Effect.sync(() => {
      server.close(() => Deferred.unsafeDone(closed, Effect.void))
      server.closeIdleConnections()
    })
    // A finalizer cannot be interrupted, and so not timed out either, unless it says so.
    yield* Effect.timeoutOption(Effect.interruptible(Deferred.await(closed)), grace)
    yield* Effect.sync(() => server.closeAllConnections())
  })

const createServer = (options: Options): Http.Server => {
  const headersTimeout = Duration.toMillis(options.headersTimeout ?? "10 seconds")
  const requestTimeout = Duration.toMillis(options.requestTimeout ?? "60 seconds")
  const server = Http.createServer({
    maxHeaderSize,
    // Node answers a request without a host by itself, and not with an envelope.
    requireHostHeader: false,
    headersTimeout: Math.min(headersTimeout, requestTimeout),
    requestTimeout,
    keepAliveTimeout: Duration.toMillis(options.keepAliveTimeout ?? "30 seconds"),
    connectionsCheckingInterval: Math.max(10, Math.min(1000, headersTimeout, requestTimeout))
  })
  // Beyond a number Node drops headers without a word; their size is limited, and so is their number.
  server.maxHeadersCount = 0
  if (options.maxConnections !== undefined) server.maxConnections = options.maxConnections
  return server
}

/**
 * Listens until the scope is closed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const serve = (options: Options = {}): Effect.Effect<Address, ListenError, Gateway | Scope.Scope> =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    const run = yield* FiberSet.makeRuntime<never>()
    const server = yield* Effect.acquireRelease(
      Effect.sync(() => createServer(options)),
      (server) => shutDown(server, options.shutdownGrace ?? "10 seconds")
    )

    const own = yield* Effect.withFiberRuntime<Fiber.RuntimeFiber<unknown, unknown>>((fiber) => Effect.succeed(fiber))
    const writeTimeout = Duration.decode(options.writeTimeout ?? "60 seconds")
    const pending: Pending = new WeakMap()
    const onRequest = (message: Http.IncomingMessage, response: Http.ServerResponse): void => {
      const { socket } = message
      const calls = pending.get(socket) ?? new Map<Http.ServerResponse, Http.IncomingMessage>()
      pending.set(socket, calls.set(response, message))
      let fiber: Fiber.RuntimeFiber<void> | undefined
      const give = (answer: Wire.WireResponse): Effect.Effect<void> =>
        answer.stream === undefined
          ? Effect.sync(() => write(server, message, response, answer, writeTimeout))
          : writeEvents(response, answer, answer.stream, writeTimeout)
      readBody(message, (body) => {
        if (response.closed) return
        const answer = gateway.begin(requestOf(message, body), own)
        // A stream that has been begun is run in any case, since what it holds is freed by that alone.
        if (Effect.isEffect(answer)) {
          fiber = run(Effect.uninterruptibleMask((restore) => Effect.flatMap(restore(answer), give)))
        } else if (answer.stream !== undefined) fiber = run(Effect.uninterruptible(give(answer)))
        else write(server, message, response, answer, writeTimeout)
      })
      response.once("close", () => {
        calls.delete(response)
        // Whoever hung up waits for no answer.
        if (!response.writableFinished) fiber?.unsafeInterruptAsFork(fiber.id())
      })
    }
    server.on("request", onRequest)
    server.on("checkExpectation", onRequest)
    server.on("clientError", (error, socket) => {
      run(answerUnreadable(gateway, error, socket, pending))
    })
    if (options.tunnel ?? true) server.on("connect", (_, socket, head) => openTunnel(server, socket, head))

    return yield* listen(server, options.host ?? "127.0.0.1", options.port ?? 0)
  })

/**
 * Listens for as long as the layer lives.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: Options): Layer.Layer<GatewayServer, ListenError, Gateway> =>
  Layer.scoped(
    GatewayServer,
    Effect.map(serve(options), (address) => ({ address }))
  )
