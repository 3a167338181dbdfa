/**
 * Serves a gateway over `node:http`.
 *
 * @since 0.1.0
 */
import type * as Http from "node:http"
import type { Duplex } from "node:stream"
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as CommonError from "../../domain/errors/CommonError.js"
import * as Message from "../../domain/rules/Message.js"
import * as Target from "../../domain/wire/Target.js"
import type * as Wire from "../../domain/wire/Wire.js"
import { Gateway } from "../../services/gateway/Gateway.js"
import { type Address, GatewayServer, type ListenError, type TlsError } from "../../services/gateway/GatewayServer.js"
import { maxBodySize, needsJudging } from "../../services/gateway/internal/maxSize.js"
import { UnreadBody, UnreadBytes } from "../../services/gateway/internal/unreadBytes.js"
import * as Fibers from "../../services/internal/runtime/fiber.js"
import * as Step from "../../services/internal/runtime/step.js"
import { writeEvents, writeWhole } from "./internal/node/answer.js"
import { Connection, type Unanswered } from "./internal/node/connection.js"
import type { Door } from "./internal/node/secure.js"
import { createServer, isRefused, listen, openTunnel, refuseUnreadable, shutDown } from "./internal/node/server.js"
import { smallPiece } from "./internal/node/turns.js"
import type { Tls, TlsAuthority } from "./internal/tls/options.js"

export * from "../../services/gateway/GatewayServer.js"
export type { Tls, TlsAuthority, TlsCertificate } from "./internal/tls/options.js"

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
  /** How many connections may be open at once. The gateway closes those beyond. Default: 1,000. */
  readonly maxConnections?: number | undefined
  /**
   * How many bytes all bodies that are being read may take together. Beyond it, the gateway refuses the largest of them with
   * `RequestLimitExceeded`. Of a limit over 48 MB, up to 16 MB are left to buffers that the runtime has yet to collect. Default: 64 MB.
   */
  readonly maxUnreadBytes?: number | undefined
  /**
   * Whether the port speaks HTTPS too, and with which certificates. It goes on speaking HTTP: the first byte of a connection, or of a
   * tunnel, tells the two apart. `"own"` is a certificate authority of the gateway's own. Default: HTTP only.
   */
  readonly tls?: Tls | undefined
}

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

const statedSize = ({ "content-length": length }: Wire.Headers): number | undefined =>
  length === undefined ? undefined : Number(length)

const noBytes: Uint8Array = new Uint8Array(0)

const noHeaders: Wire.Headers = {}

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
  readonly unread: UnreadBytes
}

/** A request of Node's server, from its head to its answer. */
class Exchange implements Unanswered {
  private headers: Wire.Headers = noHeaders
  private body: UnreadBody | undefined
  private fiber: Fiber.RuntimeFiber<void> | undefined
  private unreadTimer: NodeJS.Timeout | undefined
  /** Whether the request was read, or is refused. The rest of it is then discarded. */
  private isOver = false

  constructor(
    private readonly server: Server,
    readonly message: Http.IncomingMessage,
    readonly response: Http.ServerResponse,
    private readonly connection: Connection
  ) {}

  /**
   * Reads the body. It stops past the limit: the size check then sees that the body is too large. A large body is read only if the
   * head of the request can pass.
   */
  begin(): void {
    const { connection, message, response } = this
    const headers = readHeaders(message)
    this.headers = headers
    const limit = maxBodySize(message.method ?? "", headers)
    const body = new UnreadBody(this.server.unread, limit, statedSize(headers), () => this.refuseCrowded())
    this.body = body
    response.once("close", () => {
      connection.remove(this)
      if (!response.writableFinished) this.giveUp()
    })
    message.on("data", (piece: Uint8Array) => {
      if (this.isOver) return
      if (piece.byteLength < smallPiece) connection.countPiece()
      if (!body.add(piece) && !this.isOver) this.handle(body.take())
    })
    message.on("end", () => {
      if (!this.isOver) this.handle(body.take())
    })
    if (needsJudging(headers)) this.judge()
  }

  /** Answers the request at once if its head alone refuses it. */
  private judge(): void {
    const { gateway, step } = this.server
    const { judge } = gateway
    if (judge === undefined) return
    const judged = Step.tryAdvance(() => judge(this.toWire(noBytes)), step)
    const exit = Step.asExit(judged)
    if (exit === undefined) this.server.run(Effect.flatMap(judged, (answer) => this.refuseWith(answer)))
    else if (Exit.isSuccess(exit) && exit.value !== undefined) this.server.run(this.refuseWith(exit.value))
  }

  /** Answers before the body is read, unless it was read meanwhile. */
  private refuseWith(answer: Wire.WireResponse | undefined): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (answer === undefined || this.isOver) return Effect.void
      this.isOver = true
      this.body?.drop()
      return this.give(answer)
    })
  }

  /** Refuses the request because other bodies take all the room. */
  private refuseCrowded(): void {
    if (this.isOver) return
    this.isOver = true
    const error = new CommonError.RequestLimitExceeded({ message: Message.tooManyBytes["en-US"] })
    const refused = this.server.gateway.refuse(error, this.toWire(noBytes))
    this.fiber = this.server.run(Effect.flatMap(refused, (answer) => this.give(answer)))
  }

  /** Handles the request. Where nothing has to wait, it writes the answer at once, and no fiber starts. */
  private handle(body: Uint8Array): void {
    this.isOver = true
    if (this.response.closed) return
    const { gateway, run, step } = this.server
    const handled = Step.tryAdvance(() => gateway.handle(this.toWire(body)), step)
    const exit = Step.asExit(handled)
    if (exit === undefined || Exit.isFailure(exit)) this.fiber = run(this.finish(handled))
    // A stream that has started always runs, because nothing else frees what it holds.
    else if (exit.value.stream !== undefined) this.fiber = run(Effect.uninterruptible(this.give(exit.value)))
    else this.write(exit.value)
  }

  /** Gives the request up, for a caller that has hung up. */
  giveUp(): void {
    this.isOver = true
    this.body?.drop()
    clearTimeout(this.unreadTimer)
    if (this.fiber !== undefined) Fibers.interruptNow(this.fiber)
  }

  private toWire(body: Uint8Array): Wire.WireRequest {
    const { headers, message } = this
    const { path, query } = Target.parse(message.url ?? "/")
    return { method: message.method ?? "", path, query, headers, body, address: readAddress(message) }
  }

  /** Waits for an answer, and writes it. */
  private finish(handled: Effect.Effect<Wire.WireResponse>): Effect.Effect<void> {
    return Effect.uninterruptibleMask((restore) =>
      Effect.matchCauseEffect(restore(handled), {
        onFailure: (cause) => this.fail(cause),
        onSuccess: (answer) => this.give(answer)
      })
    )
  }

  private give(answer: Wire.WireResponse): Effect.Effect<void> {
    return answer.stream === undefined
      ? Effect.sync(() => this.write(answer))
      : writeEvents(this.response, answer, answer.stream, this.server.writeTimeout)
  }

  private write(answer: Wire.WireResponse): void {
    const { message, response } = this
    const { server, writeTimeout } = this.server
    try {
      this.unreadTimer = writeWhole(server, message, response, answer, writeTimeout)
    } catch (defect) {
      this.fiber = this.server.run(this.fail(Cause.die(defect)))
    }
  }

  /** Answers `InternalError`, or closes the connection if that fails too. */
  private fail(cause: Cause.Cause<unknown>): Effect.Effect<void> {
    const { message, response } = this
    const { gateway, server, writeTimeout } = this.server
    const destroy = Effect.sync(() => response.destroy())
    if (Cause.isInterruptedOnly(cause) || response.headersSent) return destroy
    const error = new CommonError.InternalError({ message: Message.internalError["en-US"] })
    return Effect.ignoreLogged(Effect.logError("A request failed, and is answered with InternalError", cause)).pipe(
      Effect.zipRight(gateway.refuse(error, this.toWire(noBytes))),
      Effect.map((answer) => writeWhole(server, message, response, answer, writeTimeout)),
      Effect.catchAllCause(() => destroy)
    )
  }
}

const connectionOf = (connections: WeakMap<Duplex, Connection>, socket: Duplex, unread: UnreadBytes): Connection => {
  const known = connections.get(socket)
  if (known !== undefined) return known
  const connection = new Connection(socket, unread)
  connections.set(socket, connection)
  return connection
}

/** Options without TLS, which cannot fail with a `TlsError`. */
type Plain = Options & { readonly tls?: undefined }

/** Says what may be wrong, to who looks for it. Anybody can break a handshake off, so it is no warning. */
const logHandshake = ({ code }: NodeJS.ErrnoException): Effect.Effect<void> =>
  Effect.logDebug(`A TLS handshake failed (${code ?? "unknown"}). The caller may not trust the gateway's certificate.`)

const serveWith = (options: Options): Effect.Effect<Address, ListenError | TlsError, Gateway | Scope.Scope> =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    const run = yield* FiberSet.makeRuntime<never>()
    const step = { fiber: yield* forkIdle, context: Context.empty() }
    const host = options.host ?? "127.0.0.1"
    const { tls } = options
    // A gateway without TLS does not load it.
    const secure =
      tls === undefined
        ? undefined
        : yield* Effect.flatMap(
            Effect.promise(() => import("./internal/node/secure.js")),
            ({ make }) => make(tls, host)
          )
    let door: Door | undefined
    const server = yield* Effect.acquireRelease(
      Effect.sync(() => createServer(options)),
      (server) => shutDown(server, options.shutdownGrace ?? "10 seconds", () => door)
    )
    const writeTimeout = Duration.decode(options.writeTimeout ?? "60 seconds")

    const unread = new UnreadBytes(options.maxUnreadBytes)
    const parts: Server = { gateway, run, server, step, writeTimeout, unread }

    const connections = new WeakMap<Duplex, Connection>()
    const onRequest = (message: Http.IncomingMessage, response: Http.ServerResponse): void => {
      const connection = connectionOf(connections, message.socket, unread)
      connection.add(new Exchange(parts, message, response, connection))
    }
    server.on("request", onRequest)
    server.on("checkExpectation", onRequest)
    server.on("clientError", (error, socket) => {
      if (isRefused(socket)) return
      run(refuseUnreadable(gateway, error, socket, connections.get(socket)?.pending ?? []))
    })
    if (options.tunnel ?? true) server.on("connect", (_, socket, head) => openTunnel(server, socket, head))
    if (secure === undefined) return yield* listen(server, host, options.port ?? 0)

    const { certificateAuthority } = secure
    const timeout = Duration.toMillis(options.headersTimeout ?? "10 seconds")
    door = secure.addTo(server, timeout, (error) => run(logHandshake(error)))
    const address = yield* listen(server, host, options.port ?? 0, "https")
    return certificateAuthority === undefined ? address : { ...address, certificateAuthority }
  }).pipe(Effect.mapInputContext((context: Context.Context<Gateway | Scope.Scope>) => Fibers.withoutSpan(context)))

/**
 * Listens until the scope closes. Requests see the services that this effect sees: a later change to them, or the end of the fiber
 * that runs it, makes no difference. The span of a request is not below the span that this effect runs in.
 *
 * Fails with a `ListenError` if it cannot have the port, and with a `TlsError` if it cannot serve TLS.
 *
 * @since 0.1.0
 * @category constructors
 */
export const serve: {
  (options?: Plain): Effect.Effect<Address, ListenError, Gateway | Scope.Scope>
  (options?: Options): Effect.Effect<Address, ListenError | TlsError, Gateway | Scope.Scope>
} = (options: Options = {}) =>
  // Without `tls`, nothing fails with a `TlsError`.
  serveWith(options) as Effect.Effect<Address, ListenError, Gateway | Scope.Scope>

/**
 * Listens for as long as the layer lives. Fails with a `ListenError` if it cannot have the port, and with a `TlsError` if it cannot
 * serve TLS.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: {
  (options?: Plain): Layer.Layer<GatewayServer, ListenError, Gateway>
  (options?: Options): Layer.Layer<GatewayServer, ListenError | TlsError, Gateway>
} = (options: Options = {}) =>
  Layer.scoped(
    GatewayServer,
    // Without `tls`, nothing fails with a `TlsError`.
    Effect.map(serve(options as Plain), (address) => ({ address }))
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
export const layerConfig: {
  (
    options: Config.Config.Wrap<Omit<Options, "tls">>
  ): Layer.Layer<GatewayServer, ListenError | ConfigError.ConfigError, Gateway>
  (
    options: Config.Config.Wrap<Options>
  ): Layer.Layer<GatewayServer, ListenError | TlsError | ConfigError.ConfigError, Gateway>
} = (options: Config.Config.Wrap<Options>) =>
  // Without `tls`, nothing fails with a `TlsError`.
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), (unwrapped) => layer(unwrapped as Plain)))

/**
 * Returns the certificate authority of the gateway's own, which `tls: "own"` uses, and makes it if there is none. It gives a program the
 * file that clients have to trust, without a gateway. Fails with a `TlsError` if the authority cannot be made or used.
 *
 * @since 0.1.0
 * @category constructors
 */
export const certificateAuthority = (
  options: TlsAuthority = {}
): Effect.Effect<{ readonly path: string; readonly certificate: string }, TlsError> =>
  Effect.flatMap(
    Effect.promise(() => import("./internal/tls/authority.js")),
    ({ open }) => Effect.map(open(options.directory), ({ path, pem }) => ({ path, certificate: pem }))
  )
