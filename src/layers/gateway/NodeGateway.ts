/**
 * Serves a gateway over `node:http`.
 *
 * @since 0.1.0
 */
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import type { Duplex } from "node:stream"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
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
import { type Address, GatewayServer, ListenError } from "../../services/gateway/GatewayServer.js"
import { maxSize } from "../../services/gateway/internal/maxSize.js"
import * as Fibers from "../../services/internal/runtime/fiber.js"

export * from "../../services/gateway/GatewayServer.js"

import * as Step from "../../services/internal/runtime/step.js"

/**
 * Where to listen, and how to stop.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Default: `127.0.0.1`. */
  readonly host?: string | undefined
  /** Default: 0, which means any free port. */
  readonly port?: number | undefined
  /** How long requests may go on after a shutdown has started. Default: 10 seconds. */
  readonly shutdownGrace?: Duration.DurationInput | undefined
  /**
   * Whether `CONNECT` opens a tunnel. The tunnel leads to this gateway, whatever host the caller names, so that clients can use
   * the real host names and the gateway as their HTTP proxy. Default: true.
   */
  readonly tunnel?: boolean | undefined
  /** How long the headers of a request may take to arrive. Default: 10 seconds. */
  readonly headersTimeout?: Duration.DurationInput | undefined
  /** How long a whole request may take to arrive. Default: 60 seconds. */
  readonly requestTimeout?: Duration.DurationInput | undefined
  /** How long a caller may leave an answer, or an event, unread. Default: 60 seconds. */
  readonly writeTimeout?: Duration.DurationInput | undefined
  /** How long a connection may be idle between requests. Default: 30 seconds. */
  readonly keepAliveTimeout?: Duration.DurationInput | undefined
  /** How many connections may be open at once. The gateway closes those beyond. Default: no limit. */
  readonly maxConnections?: number | undefined
}

/** In bytes. A GET may have a query of 32 KB, which has to fit in together with the headers. */
const maxHeaderSize = 64 * 1024

/** How long the server discards the rest of a body that is too large, so that its sender can read the answer. */
const drainMillis = 2000

const readHeaders = (message: Http.IncomingMessage): Wire.Headers => {
  const given = message.headers
  const headers: Record<string, string> = {}
  for (const name in given) {
    const value = given[name]
    if (value !== undefined) headers[name] = typeof value === "string" ? value : value.join(", ")
  }
  return headers
}

const readAddress = (message: Http.IncomingMessage): string | undefined =>
  message.socket.remoteAddress?.replace(/^::ffff:/, "")

/**
 * Reads a body, and passes it on, unless the caller hangs up first. It stops past the limit: the size check then sees that the
 * body is too large.
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

/** Waits until the socket takes more. A caller that hangs up interrupts the wait. */
const awaitDrain = (response: Http.ServerResponse): Effect.Effect<void> =>
  Effect.async((resume) => {
    const onDrain = (): void => resume(Effect.void)
    response.once("drain", onDrain)
    return Effect.sync(() => response.off("drain", onDrain))
  })

/**
 * Writes a stream as it comes. The fiber can be interrupted only while it waits: the first piece is there already, and only a
 * stream that was pulled frees what it holds.
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
          : Effect.timeoutFail(Effect.interruptible(awaitDrain(response)), {
              duration: writeTimeout,
              onTimeout: () => Option.some(new Wire.TransportFault({ reason: "nobody reads the answer", sent: true }))
            })
      )
      return yield* Effect.zipRight(next, Effect.forever(Effect.interruptible(next)))
    })
  ).pipe(
    Effect.catchAllCause((cause) =>
      Effect.sync(() => {
        // A stream that breaks off must not look complete.
        if (Option.exists(Cause.failureOption(cause), Option.isNone)) response.end()
        else response.destroy()
      })
    )
  )

/** A request of Node's server, and the answer to it. */
interface Exchange {
  readonly message: Http.IncomingMessage
  readonly response: Http.ServerResponse
}

/** Writes a part of an answer, and breaks the connection. */
const writeCut = (response: Http.ServerResponse, { body, headers, status }: Wire.WireResponse, cut = 0): void => {
  if (cut === 0) {
    response.destroy()
    return
  }
  const bytes = Body.bytes(body)
  response.writeHead(status, { ...headers, "content-length": bytes.byteLength })
  // The connection breaks even if the part is the whole answer.
  response.write(bytes.subarray(0, cut), () => response.destroy())
}

/** Writes an answer that does not stream. */
const write = (
  server: Http.Server,
  { message, response }: Exchange,
  answer: Wire.WireResponse,
  writeTimeout: Duration.Duration
): void => {
  if (response.destroyed) return
  if (answer.cut !== undefined) {
    writeCut(response, answer, answer.cut)
    return
  }
  const isPartial = !message.complete
  const headers: Http.OutgoingHttpHeaders = { ...answer.headers, "content-length": Buffer.byteLength(answer.body) }
  // During a shutdown, each answer closes its connection, so that the shutdown need not wait until it is idle.
  if (isPartial || !server.listening) headers.connection = "close"
  response.writeHead(answer.status, headers)
  response.end(answer.body)
  // The system takes most answers at once.
  if (response.writableLength > 0) {
    const unreadTimer = setTimeout(() => response.destroy(), Duration.toMillis(writeTimeout)).unref()
    response.once("close", () => clearTimeout(unreadTimer))
  }
  if (isPartial) setTimeout(() => message.socket.destroy(), drainMillis).unref()
}

const toWireRequest = (message: Http.IncomingMessage, body: Uint8Array): Wire.WireRequest => {
  const { path, query } = Target.parse(message.url ?? "/")
  return {
    method: message.method ?? "",
    path,
    query,
    headers: readHeaders(message),
    body,
    address: readAddress(message)
  }
}

/** The error that answers a request which Node's parser rejects. */
const parserError = (code: string | undefined): CommonError.CommonError => {
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

/** The requests of each connection whose answers are not complete. */
type Pending = WeakMap<Duplex, Map<Http.ServerResponse, Http.IncomingMessage>>

/** Waits for the answers to the requests of a connection that were read whole. */
const awaitAnswers = (pending: Pending, socket: Duplex): Effect.Effect<void> =>
  Effect.forEach(
    [...(pending.get(socket) ?? [])].filter(([, message]) => message.complete),
    ([response]) =>
      Effect.async<void>((resume) => {
        if (response.closed) resume(Effect.void)
        else response.once("close", () => resume(Effect.void))
      }),
    { discard: true }
  )

/** Answers what Node's parser rejects with an envelope, after the earlier requests of the same connection. */
const refuseUnreadable = (
  gateway: Gateway["Type"],
  error: NodeJS.ErrnoException,
  socket: Duplex,
  pending: Pending
): Effect.Effect<void> =>
  Effect.map(Effect.zipRight(awaitAnswers(pending, socket), gateway.refuse(parserError(error.code))), (refusal) => {
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
      // Node throws if the port is out of range.
      fail("ERR_SOCKET_BAD_PORT")
    }
  })

/** Accepts no more requests, lets the others finish within the grace, and then closes every connection. */
const shutDown = (server: Http.Server, grace: Duration.DurationInput): Effect.Effect<void> =>
  Effect.gen(function* () {
    const closed = yield* Deferred.make<void>()
    yield* Effect.sync(() => {
      server.close(() => Deferred.unsafeDone(closed, Effect.void))
      server.closeIdleConnections()
    })
    // A finalizer is uninterruptible, so a timeout needs an interruptible part.
    yield* Effect.timeoutOption(Effect.interruptible(Deferred.await(closed)), grace)
    yield* Effect.sync(() => server.closeAllConnections())
  })

const createServer = (options: Options): Http.Server => {
  const headersTimeout = Duration.toMillis(options.headersTimeout ?? "10 seconds")
  const requestTimeout = Duration.toMillis(options.requestTimeout ?? "60 seconds")
  const server = Http.createServer({
    maxHeaderSize,
    // Otherwise Node itself answers a request without a host, and not with an envelope.
    requireHostHeader: false,
    headersTimeout: Math.min(headersTimeout, requestTimeout),
    requestTimeout,
    keepAliveTimeout: Duration.toMillis(options.keepAliveTimeout ?? "30 seconds"),
    connectionsCheckingInterval: Math.max(10, Math.min(1000, headersTimeout, requestTimeout))
  })
  // Node would silently drop headers beyond a number. Their size is limited anyway.
  server.maxHeadersCount = 0
  if (options.maxConnections !== undefined) server.maxConnections = options.maxConnections
  return server
}

/** Runs an effect in a fiber of its own, which is interrupted when the gateway stops. */
type Run = (effect: Effect.Effect<void>) => Fiber.RuntimeFiber<void>

/**
 * A fiber that waits until the scope closes. Requests take their clock, tracer and metric labels from it. The fiber that builds the
 * layer would not do: it is the program's, which changes them.
 */
const forkIdle: Effect.Effect<Fiber.RuntimeFiber<never>, never, Scope.Scope> = Effect.forkScoped(
  Effect.async<never>(() => {})
)

/** What a server handles its requests with. */
interface Server {
  readonly server: Http.Server
  readonly gateway: Gateway["Type"]
  /** Holds the clock, the tracer and the metric labels of requests. */
  readonly step: Step.StepContext<never>
  readonly run: Run
  readonly writeTimeout: Duration.Duration
}

/**
 * Handles a request. Where nothing has to wait, it writes the answer at once, and no fiber starts. Returns a function that gives the
 * request up, for a caller that hangs up.
 */
const handle = ({ gateway, run, server, step, writeTimeout }: Server, exchange: Exchange): (() => void) => {
  const { message, response } = exchange
  let fiber: Fiber.RuntimeFiber<void> | undefined
  const give = (answer: Wire.WireResponse): Effect.Effect<void> =>
    answer.stream === undefined
      ? Effect.sync(() => write(server, exchange, answer, writeTimeout))
      : writeEvents(response, answer, answer.stream, writeTimeout)
  readBody(message, (body) => {
    if (response.closed) return
    const handled = Step.tryAdvance(() => gateway.handle(toWireRequest(message, body)), step)
    const exit = Step.asExit(handled)
    // A stream that has started always runs, because nothing else frees what it holds.
    if (exit === undefined || Exit.isFailure(exit)) {
      fiber = run(Effect.uninterruptibleMask((restore) => Effect.flatMap(restore(handled), give)))
    } else if (exit.value.stream !== undefined) fiber = run(Effect.uninterruptible(give(exit.value)))
    else write(server, exchange, exit.value, writeTimeout)
  })
  return () => {
    if (fiber !== undefined) Fibers.interruptNow(fiber)
  }
}

/**
 * Listens until the scope closes. Requests see the services that this effect sees: a later change to them, or the end of the fiber
 * that runs it, makes no difference. The span of a request is not below the span that this effect runs in.
 *
 * @since 0.1.0
 * @category constructors
 */
export const serve = (options: Options = {}): Effect.Effect<Address, ListenError, Gateway | Scope.Scope> =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    const run = yield* FiberSet.makeRuntime<never>()
    const step = { fiber: yield* forkIdle, context: Context.empty() }
    const server = yield* Effect.acquireRelease(
      Effect.sync(() => createServer(options)),
      (server) => shutDown(server, options.shutdownGrace ?? "10 seconds")
    )
    const writeTimeout = Duration.decode(options.writeTimeout ?? "60 seconds")

    const pending: Pending = new WeakMap()
    const onRequest = (message: Http.IncomingMessage, response: Http.ServerResponse): void => {
      const { socket } = message
      const requests = pending.get(socket) ?? new Map<Http.ServerResponse, Http.IncomingMessage>()
      pending.set(socket, requests.set(response, message))
      const giveUp = handle({ gateway, run, server, step, writeTimeout }, { message, response })
      response.once("close", () => {
        requests.delete(response)
        if (!response.writableFinished) giveUp()
      })
    }
    server.on("request", onRequest)
    server.on("checkExpectation", onRequest)
    server.on("clientError", (error, socket) => {
      run(refuseUnreadable(gateway, error, socket, pending))
    })
    if (options.tunnel ?? true) server.on("connect", (_, socket, head) => openTunnel(server, socket, head))

    return yield* listen(server, options.host ?? "127.0.0.1", options.port ?? 0)
  }).pipe(Effect.mapInputContext((context: Context.Context<Gateway | Scope.Scope>) => Fibers.withoutSpan(context)))

/**
 * Listens for as long as the layer lives. Fails with a `ListenError` if it cannot have the port.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: Options): Layer.Layer<GatewayServer, ListenError, Gateway> =>
  Layer.scoped(
    GatewayServer,
    Effect.map(serve(options), (address) => ({ address }))
  )

/**
 * Does the same, with options from the environment or from another source of configuration.
 *
 * @example
 * ```ts
 * import * as Config from "effect/Config"
 * import * as NodeGateway from "effect-tencentcloud/NodeGateway"
 *
 * export const ServerLive = NodeGateway.layerConfig({
 *   host: Config.withDefault(Config.string("HOST"), "127.0.0.1"),
 *   port: Config.withDefault(Config.port("PORT"), 9140)
 * })
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<Options>
): Layer.Layer<GatewayServer, ListenError | ConfigError.ConfigError, Gateway> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))
