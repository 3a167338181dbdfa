/**
 * The transport for Node, over `undici`. It keeps and shares connections, limits everything that a server decides, and knows proxies
 * and certificates of your own. It makes no span and follows no redirect.
 *
 * `ApiClient.layer` uses it with its defaults. Use `layer` with `ApiClient.layerTransport` to choose its options. `layerHttpClient` is
 * the same for programs that need an `HttpClient` of `@effect/platform`.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Dispatcher } from "undici"
import * as Body from "../../domain/wire/Body.js"
import type * as Wire from "../../domain/wire/Wire.js"
import * as CallbackTransport from "../../services/client/internal/callbackTransport.js"
import { Transport, TransportFault } from "../../services/client/Transport.js"
import type { Handle } from "../../services/internal/runtime/callback.js"
import * as Engine from "./internal/node/engine.js"
import { type BodyReader, Exchange, type Limits, toFault } from "./internal/node/exchange.js"
import type { Options } from "./internal/node/options.js"
import { type Connection, Use, type Waiter, type Waiting } from "./internal/node/pool.js"
import * as Proxy from "./internal/node/proxy.js"

export type { Options } from "./internal/node/options.js"

type Outcome = Exit.Exit<Wire.WireResponse, TransportFault>

const ignore = (): void => {}

const onTimer = (sending: Sending): void => sending.onTimeout()

/** The longest that a timer of Node can wait, some 24 days. A longer timeout is no limit. */
const longestTimer = 2 ** 31 - 1

/** One request and its response, which it reads whole unless the response streams. */
class Sending extends Exchange implements BodyReader, Handle {
  private timer: NodeJS.Timeout | undefined

  constructor(
    limits: Limits,
    private readonly fiber: Fiber.RuntimeFiber<unknown, unknown>,
    private resume: (outcome: Outcome) => void
  ) {
    super(limits)
  }

  /** Starts the timer. */
  startTimer(timeout: Duration.Duration | undefined): void {
    const millis = timeout === undefined ? Number.POSITIVE_INFINITY : Duration.toMillis(timeout)
    if (millis <= longestTimer) this.timer = setTimeout(onTimer, millis, this)
  }

  onTimeout(): void {
    const { sent } = this
    this.resume(Exit.fail(new TransportFault({ reason: "no answer came in time", sent, late: true })))
    this.cancel()
  }

  drop(): void {
    clearTimeout(this.timer)
    this.cancel()
  }

  protected onHead(): void {
    const { headers, status } = this
    if (Body.mediaType(headers) === "text/event-stream") {
      this.watch(this.fiber)
      this.complete(Exit.succeed({ status, headers, body: "", stream: this.stream }))
    } else {
      this.readWhole(this)
    }
  }

  onBody(body: Either.Either<Uint8Array, TransportFault>): void {
    const { headers, status } = this
    this.release()
    this.complete(
      Either.isRight(body) ? Exit.succeed({ status, headers, body: Body.text(body.right) }) : Exit.fail(body.left)
    )
  }

  protected onNoHead(fault: TransportFault): void {
    this.complete(Exit.fail(fault))
  }

  private complete(outcome: Outcome): void {
    clearTimeout(this.timer)
    const { resume } = this
    this.resume = ignore
    this.timer = undefined
    resume(outcome)
  }
}

/** A request in the form of undici. */
class Outgoing implements Dispatcher.DispatchOptions {
  readonly method: "GET" | "POST"
  readonly path: string
  readonly headers: Array<string>
  readonly body: string | Uint8Array | null

  constructor({ body, headers, method, path, query }: Wire.WireRequest, route: Engine.Route) {
    this.method = method === "GET" ? "GET" : "POST"
    this.path = query === "" ? `${route.prefix}${path}` : `${route.prefix}${path}?${query}`
    this.headers = ["accept-encoding", "gzip, deflate"]
    for (const text of route.headers) this.headers.push(text)
    for (const name in headers) {
      // The headers for a proxy name the host already.
      if (name !== "host" || route.prefix === "") this.headers.push(name, headers[name] ?? "")
    }
    this.body = method === "GET" ? null : body
  }
}

/** A connection that an attempt has. */
class Leased extends Use implements CallbackTransport.StartedConnection {
  constructor(
    private readonly route: Engine.Route,
    connection: Connection
  ) {
    super(route.pool, connection)
  }

  send(request: Wire.WireRequest, timeout: Duration.Duration | undefined) {
    return CallbackTransport.sendOver(this, request, timeout)
  }

  start({ fiber, request, timeout }: CallbackTransport.Outgoing, resume: CallbackTransport.Resume): Handle {
    const sending = new Sending(this.route.limits, fiber, resume)
    sending.startTimer(timeout)
    this.dispatch(new Outgoing(request, this.route), sending)
    return sending
  }
}

/** An attempt that waits for a connection. */
class Connecting implements Waiter, Handle {
  private readonly waiting: Waiting
  private leased: Leased | undefined = undefined

  constructor(
    private readonly route: Engine.Route,
    private readonly resume: (end: Exit.Exit<Leased, TransportFault>) => void
  ) {
    this.waiting = route.pool.wait(this)
  }

  onConnection(connection: Connection): void {
    this.leased = new Leased(this.route, connection)
    this.resume(Exit.succeed(this.leased))
  }

  onError(error: Error): void {
    this.resume(Exit.fail(toFault(error, this.route.limits, false)))
  }

  drop(): void {
    this.waiting.abandon()
    this.leased?.release()
  }
}

/**
 * Makes the transport. The end of the scope closes its connections, and requests that wait for their response then fail.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<Transport["Type"], ConfigError.ConfigError, Scope.Scope> =>
  Effect.map(Engine.make(options), ({ routeTo }) =>
    CallbackTransport.makeConnected({
      take: ({ host, protocol }) => {
        const route = routeTo(protocol, host)
        const connection = route.pool.take()
        return connection === undefined ? undefined : new Leased(route, connection)
      },
      wait: ({ host, protocol }, resume) => new Connecting(routeTo(protocol, host), resume)
    })
  )

/**
 * The transport. The end of the layer closes its connections. Fails if an option is invalid, or if the environment names a proxy whose
 * URL is invalid.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 * import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
 * import * as NodeTransport from "effect-tencentcloud/NodeTransport"
 *
 * export const ClientLive = ApiClient.layerTransport({ region: "ap-guangzhou" }).pipe(
 *   Layer.provide(NodeTransport.layer({ connections: 8, proxy: "http://proxy.example:3128" })),
 *   Layer.provide(CredentialProvider.layerEnvironment)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: Options): Layer.Layer<Transport, ConfigError.ConfigError> =>
  Layer.scoped(Transport, make(options))

/**
 * The transport, with options from configuration. See {@link layer}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (options: Config.Config.Wrap<Options>): Layer.Layer<Transport, ConfigError.ConfigError> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))

/**
 * The `HttpClient` of `@effect/platform` with the same connections and limits. It is loaded when the layer is built, so the transport
 * alone does not load `@effect/platform`. Fails if an option is invalid, or if the environment names a proxy whose URL is invalid.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 * import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
 * import * as NodeTransport from "effect-tencentcloud/NodeTransport"
 *
 * export const ClientLive = ApiClient.layerHttp({ region: "ap-guangzhou" }).pipe(
 *   Layer.provide(NodeTransport.layerHttpClient({ connections: 8, proxy: "http://proxy.example:3128" })),
 *   Layer.provide(CredentialProvider.layerEnvironment)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerHttpClient = (options?: Options): Layer.Layer<HttpClient.HttpClient, ConfigError.ConfigError> =>
  Layer.unwrapEffect(
    Effect.map(
      Effect.promise(() => import("./internal/node/httpClient.js")),
      (NodeHttpClient) => NodeHttpClient.layer(options)
    )
  )

/**
 * The `HttpClient` of `@effect/platform`, with options from configuration. See {@link layerHttpClient}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerHttpClientConfig = (
  options: Config.Config.Wrap<Options>
): Layer.Layer<HttpClient.HttpClient, ConfigError.ConfigError> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layerHttpClient))

/**
 * Tells whether the transport reaches a URL without its proxy, by the list in `NO_PROXY`.
 *
 * An entry is `*` for every host, `example.com` for itself and the hosts below it, `.example.com` for the hosts below it alone, an
 * address such as `10.1.2.3`, or a network such as `10.0.0.0/8` or `fd00::/8`. Every entry but a network may have a port.
 *
 * @since 0.1.0
 * @category predicates
 */
export const bypassesProxy = (noProxy: string, url: URL): boolean => Proxy.bypass(noProxy)(url)
