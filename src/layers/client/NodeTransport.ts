/**
 * The transport for Node, over `undici`: connections that are kept and shared, limits on everything that a server decides, proxies,
 * and certificates of one's own. It makes no span and follows no redirect. It is the shortest way from a signed request to a socket;
 * `NodeHttpClient` is the same for programs that want an HttpClient of @effect/platform in between.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { Dispatcher } from "undici"
import * as Body from "../../domain/wire/Body.js"
import type * as Wire from "../../domain/wire/Wire.js"
import * as CallbackTransport from "../../services/client/internal/callbackTransport.js"
import { Transport, TransportFault } from "../../services/client/Transport.js"
import type { Handle } from "../../services/internal/runtime/callback.js"
import * as Engine from "./internal/engine.js"
import { Exchange, type Limits, type Reader } from "./internal/exchange.js"

/**
 * What a client may use and how long it waits. Timeouts are kept to about a second; `Infinity` is no limit.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** How many connections to one host, at most; further requests wait for one. Default: 64. */
  readonly connections?: number | undefined
  /** How long each step of connecting may take: to the host or its proxy, the proxy's tunnel, TLS. Default: 10 seconds. */
  readonly connectTimeout?: Duration.DurationInput | undefined
  /** How long a request that was sent may wait for the headers of its answer. Default: 5 minutes. */
  readonly headersTimeout?: Duration.DurationInput | undefined
  /** How long the body of an answer may stand still, on either side. Default: 5 minutes. */
  readonly bodyTimeout?: Duration.DurationInput | undefined
  /** How long an idle connection is kept, where the server does not say. Default: 4 seconds. */
  readonly keepAliveTimeout?: Duration.DurationInput | undefined
  /** The most bytes that an answer may have, before decompression and after. Default: 64 MB. */
  readonly maxBodySize?: number | undefined
  /** Certificates of authorities to trust besides Node's own: one PEM text or several, each with one or more. */
  readonly ca?: string | ReadonlyArray<string> | undefined
  /**
   * The URL of an HTTP proxy, with a user and a password where it asks for them; `false` for none. Default: `HTTPS_PROXY` or
   * `HTTP_PROXY`, by the scheme of the request, but for the hosts in `NO_PROXY`; a variable in lower case comes first.
   */
  readonly proxy?: string | Redacted.Redacted | false | undefined
}

type Answered = Exit.Exit<Wire.WireResponse, TransportFault>

/** A request on its way: its answer is read whole, unless it streams. */
class Sending extends Exchange implements Reader, Handle {
  private timer: NodeJS.Timeout | undefined

  constructor(
    limits: Limits,
    private readonly fiber: Fiber.RuntimeFiber<unknown, unknown>,
    private resume: (answered: Answered) => void
  ) {
    super(limits)
  }

  /** Waits no longer than that. */
  limit(timeout: Duration.Duration | undefined): void {
    const millis = timeout === undefined ? Number.POSITIVE_INFINITY : Duration.toMillis(timeout)
    if (millis <= longest) this.timer = setTimeout(ring, millis, this)
  }

  /** Whoever waits is told that it took too long. */
  expire(): void {
    const { sent } = this
    this.resume(Exit.fail(new TransportFault({ reason: "no answer came in time", sent, late: true })))
    this.cancel()
  }

  /** Nobody waits any more. */
  drop(): void {
    clearTimeout(this.timer)
    this.cancel()
  }

  protected begin(): void {
    const { headers, status } = this
    if (Body.mediaType(headers) === "text/event-stream") {
      this.watch(this.fiber)
      this.answer(Exit.succeed({ status, headers, body: "", stream: this.stream }))
    } else {
      this.readWhole(this)
    }
  }

  finish(outcome: Either.Either<Uint8Array, TransportFault>): void {
    const { headers, status } = this
    this.forget()
    this.answer(
      Either.isRight(outcome)
        ? Exit.succeed({ status, headers, body: Body.text(outcome.right) })
        : Exit.fail(outcome.left)
    )
  }

  protected fail(fault: TransportFault): void {
    this.answer(Exit.fail(fault))
  }

  private answer(answered: Answered): void {
    clearTimeout(this.timer)
    const { resume } = this
    this.resume = nobody
    this.timer = undefined
    resume(answered)
  }
}

const nobody = (): void => {}

const ring = (sending: Sending): void => sending.expire()

/**
 * Makes the transport. Its connections are closed with the scope, and requests that are under way then fail.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<Transport["Type"], ConfigError.ConfigError, Scope.Scope> =>
  Effect.map(Engine.make(options), (engine) =>
    CallbackTransport.make(({ endpoint, fiber, request, timeout }, resume) => {
      const route = engine.to(endpoint.protocol, endpoint.host)
      const sending = new Sending(engine.limits, fiber, resume)
      sending.limit(timeout)
      route.pool.dispatch(new Outgoing(request, route), sending)
      return sending
    })
  )

/** The longest that a timer of Node can wait, some 24 days; whoever waits longer waits for ever. */
const longest = 2 ** 31 - 1

/** A request as undici takes it. */
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
      // What a proxy is told names the host already.
      if (name !== "host" || route.prefix === "") this.headers.push(name, headers[name] ?? "")
    }
    this.body = method === "GET" ? null : body
  }
}

/**
 * The transport, for as long as the layer lives.
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
 * The transport, with options that configuration gives.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (options: Config.Config.Wrap<Options>): Layer.Layer<Transport, ConfigError.ConfigError> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))
