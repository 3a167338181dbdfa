/** Opens Node's server, closes it, and answers what its parser rejects. */
import * as Http from "node:http"
import * as Net from "node:net"
import type { Duplex } from "node:stream"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as CommonError from "../../../../domain/errors/CommonError.js"
import * as Message from "../../../../domain/rules/Message.js"
import type { Gateway } from "../../../../services/gateway/Gateway.js"
import { type Address, ListenError } from "../../../../services/gateway/GatewayServer.js"
import type { Unanswered } from "./connection.js"
import type { Door } from "./secure.js"

/** In bytes. A GET may have a query of 32 KB, which has to fit in together with the headers. */
const maxHeaderSize = 64 * 1024

/** More than one program has callers for, and few enough that their sockets take little memory. */
const defaultMaxConnections = 1000

/** How long a caller that sends nothing has to read the answer to what the parser rejects, before the server destroys the connection. */
const closeMillis = 1000

/** How many times as long it may go on sending. */
const maxRounds = 5

/** How many bytes it may go on sending. No head that a client sends by mistake is larger. */
const maxDiscarded = 16 * 1024 * 1024

/** The options of a gateway that Node's server has too. */
interface ServerOptions {
  readonly headersTimeout?: Duration.DurationInput | undefined
  readonly requestTimeout?: Duration.DurationInput | undefined
  readonly keepAliveTimeout?: Duration.DurationInput | undefined
  readonly maxConnections?: number | undefined
}

/** Makes a server that does not listen yet. */
export const createServer = (options: ServerOptions): Http.Server => {
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
  server.maxConnections = options.maxConnections ?? defaultMaxConnections
  return server
}

/** Listens on a port. */
export const listen = (
  server: Http.Server,
  host: string,
  port: number,
  scheme: "http" | "https" = "http"
): Effect.Effect<Address, ListenError> =>
  Effect.async((resume) => {
    const fail = (code: string): void => resume(Effect.fail(new ListenError({ host, port, code })))
    const onError = (error: NodeJS.ErrnoException): void => fail(error.code ?? "unknown")
    server.once("error", onError)
    try {
      server.listen(port, host, () => {
        server.off("error", onError)
        const bound = server.address() as Net.AddressInfo
        const name = bound.family === "IPv6" ? `[${bound.address}]` : bound.address
        resume(Effect.succeed({ host: bound.address, port: bound.port, url: `${scheme}://${name}:${bound.port}` }))
      })
    } catch {
      // Node throws if the port is out of range.
      fail("ERR_SOCKET_BAD_PORT")
    }
  })

/** Accepts no more requests, lets the others finish within the grace, and then closes every connection. */
export const shutDown = (
  server: Http.Server,
  grace: Duration.DurationInput,
  door: () => Door | undefined
): Effect.Effect<void> =>
  Effect.gen(function* () {
    const closed = yield* Deferred.make<void>()
    yield* Effect.sync(() => {
      server.close(() => Deferred.unsafeDone(closed, Effect.void))
      server.closeIdleConnections()
      door()?.closeSilent()
    })
    // A finalizer is uninterruptible, so a timeout needs an interruptible part.
    yield* Effect.timeoutOption(Effect.interruptible(Deferred.await(closed)), grace)
    yield* Effect.sync(() => {
      server.closeAllConnections()
      door()?.closeAll()
    })
  })

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

/**
 * Waits for the answers to the requests of a connection that were read whole, or until it is closed: answers that wait for others then
 * never end.
 */
const awaitAnswers = (socket: Duplex, pending: ReadonlyArray<Unanswered>): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    const open = new Set<Http.ServerResponse>()
    for (const { message, response } of pending) if (message.complete && !response.closed) open.add(response)
    const done = (): void => resume(Effect.void)
    if (open.size === 0 || socket.destroyed) return done()
    socket.once("close", done)
    for (const response of open) {
      response.once("close", () => {
        open.delete(response)
        if (open.size === 0) done()
      })
    }
    return Effect.sync(() => socket.off("close", done))
  })

/** How many bytes the server has read of a connection. */
const bytesRead = (socket: Duplex): number => (socket instanceof Net.Socket ? socket.bytesRead : 0)

/** How many bytes a refused connection may have sent in all. */
const allowances = new WeakMap<Duplex, number>()

/**
 * Whether a connection is refused already. The parser fails over everything that comes after what it rejects. It is discarded, because
 * the system drops an answer that is not read yet if it closes a connection with unread bytes. But too much of it breaks the connection.
 */
export const isRefused = (socket: Duplex): boolean => {
  const allowance = allowances.get(socket)
  if (allowance !== undefined && bytesRead(socket) > allowance) socket.destroy()
  return allowance !== undefined
}

/** Waits until a caller has closed its side too: as long as it sends, for a bounded time. Then nobody holds the connection. */
const destroyAfter = (socket: Duplex): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    let [read, rounds] = [bytesRead(socket), 0]
    const timer = setInterval(() => {
      rounds += 1
      if (bytesRead(socket) === read || rounds >= maxRounds) socket.destroy()
      read = bytesRead(socket)
    }, closeMillis)
    const onClose = (): void => {
      clearInterval(timer)
      resume(Effect.void)
    }
    if (socket.closed) onClose()
    else socket.once("close", onClose)
    return Effect.sync(() => clearInterval(timer))
  }).pipe(Effect.ensuring(Effect.sync(() => socket.destroy())))

/** Answers what Node's parser rejects with an envelope, after the earlier requests of the same connection. */
export const refuseUnreadable = (
  gateway: Gateway["Type"],
  error: NodeJS.ErrnoException,
  socket: Duplex,
  pending: ReadonlyArray<Unanswered>
): Effect.Effect<void> => {
  allowances.set(socket, bytesRead(socket) + maxDiscarded)
  return Effect.zipRight(awaitAnswers(socket, pending), gateway.refuse(parserError(error.code))).pipe(
    Effect.flatMap(({ body, headers, status }) => {
      if (socket.closed) return Effect.void
      if (!socket.writable || error.code === "ECONNRESET") return Effect.sync(() => socket.destroy())
      const all = { ...headers, "content-length": Buffer.byteLength(body), connection: "close" }
      const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.end(`HTTP/1.1 ${status} OK\r\n${lines.join("")}\r\n${body}`)
      return destroyAfter(socket)
    }),
    Effect.catchAllCause((cause) =>
      Effect.zipRight(
        Effect.sync(() => socket.destroy()),
        Effect.ignoreLogged(Effect.logError("A request that could not be read got no answer.", cause))
      )
    )
  )
}

/** Answers `CONNECT`, and serves what comes through it. */
export const openTunnel = (server: Http.Server, socket: Duplex, head: Uint8Array): void => {
  if (head.byteLength > 0) socket.unshift(head)
  socket.write("HTTP/1.1 200 Connection Established\r\n\r\n")
  server.emit("connection", socket)
}
