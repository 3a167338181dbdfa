/**
 * An HTTP client for Node, over `undici`: connections that are kept and shared, limits on everything that a server decides,
 * proxies, and certificates of one's own. It makes no span and follows no redirect.
 *
 * @since 0.1.0
 */
import { X509Certificate } from "node:crypto"
import { Readable } from "node:stream"
import * as Tls from "node:tls"
import type * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Client, type Dispatcher } from "undici"
// biome-ignore lint/style/noRestrictedImports: of this room.
import * as Connector from "./internal/connector.js"
// biome-ignore lint/style/noRestrictedImports: of this room.
import { Exchange, type Limits } from "./internal/exchange.js"
// biome-ignore lint/style/noRestrictedImports: of this room.
import * as Pool from "./internal/pool.js"
// biome-ignore lint/style/noRestrictedImports: of this room.
import * as Proxy from "./internal/proxy.js"

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

interface Settings extends Limits {
  readonly connections: number
  readonly keepAliveTimeout: Duration.Duration
  readonly secureContext: Tls.SecureContext | undefined
  readonly proxyOf: (url: URL) => Proxy.Proxy | undefined
}

const invalid = (name: string, expected: string): ConfigError.ConfigError => ConfigError.InvalidData([name], expected)

const count = (name: string, input: number, example: string): Either.Either<number, ConfigError.ConfigError> =>
  Number.isSafeInteger(input) && input > 0
    ? Either.right(input)
    : Either.left(invalid(name, `expected a whole number above 0, such as ${example}`))

/** The longest that a timer of Node can wait. */
const longest = 2 ** 31 - 1

const duration = (
  name: string,
  input: Duration.DurationInput,
  limit: "limited" | "unlimited" = "unlimited"
): Either.Either<Duration.Duration, ConfigError.ConfigError> =>
  Either.fromOption(
    Option.filter(Duration.decodeUnknown(input), (decoded) => {
      const millis = Duration.toMillis(decoded)
      return millis > 0 && (millis <= longest || (limit === "unlimited" && millis === Number.POSITIVE_INFINITY))
    }),
    () =>
      invalid(
        name,
        `expected a duration above zero, such as \`30 seconds\`, of 24 days at most${limit === "unlimited" ? ", or `Infinity`" : ""}`
      )
  )

const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** Reading a certificate is what checks it. A text without any is one that cannot be read. */
const certificatesOf = (pem: string): ReadonlyArray<string> =>
  (pem.match(certificate) ?? [""]).map((text) => new X509Certificate(text).toString())

const secureContext = (
  ca: string | ReadonlyArray<string> | undefined
): Either.Either<Tls.SecureContext | undefined, ConfigError.ConfigError> =>
  ca === undefined
    ? Either.right(undefined)
    : Either.try({
        try: () => Tls.createSecureContext({ ca: [...Tls.rootCertificates, ...[ca].flat().flatMap(certificatesOf)] }),
        catch: () =>
          invalid("ca", "expected certificates as PEM text, each from its BEGIN CERTIFICATE line to its END line")
      })

const readProxy = (
  name: string,
  text: string | Redacted.Redacted
): Either.Either<Proxy.Proxy, ConfigError.ConfigError> =>
  Either.mapLeft(Proxy.parse(Redacted.isRedacted(text) ? Redacted.value(text) : text), (expected) =>
    invalid(name, expected)
  )

/** A variable with its name, in lower case first. A blank one counts as not set. */
const variable = (name: string) =>
  Effect.map(
    Effect.forEach([name.toLowerCase(), name], (each) =>
      Effect.map(
        Config.option(Config.redacted(each)),
        Option.filterMap((value) =>
          Redacted.value(value).trim() === "" ? Option.none() : Option.some({ name: each, value })
        )
      )
    ),
    (found) => Option.getOrUndefined(Option.firstSomeOf(found))
  )

const environmentProxy = (name: string): Effect.Effect<Proxy.Proxy | undefined, ConfigError.ConfigError> =>
  Effect.flatMap(variable(name), (found) =>
    found === undefined ? Effect.succeed(undefined) : readProxy(found.name, found.value)
  )

const proxyOf = (option: Options["proxy"]): Effect.Effect<Settings["proxyOf"], ConfigError.ConfigError> => {
  if (option === false) return Effect.succeed(() => undefined)
  if (option !== undefined) return Effect.map(readProxy("proxy", option), (proxy) => () => proxy)
  return Effect.map(
    Effect.all([environmentProxy("HTTPS_PROXY"), environmentProxy("HTTP_PROXY"), variable("NO_PROXY")]),
    ([https, http, none]) => {
      const bypass = Proxy.bypass(none === undefined ? "" : Redacted.value(none.value))
      return (url) => (bypass(url) ? undefined : url.protocol === "https:" ? https : http)
    }
  )
}

/** Every option that is wrong is told. */
const settingsOf = (options: Options): Effect.Effect<Settings, ConfigError.ConfigError> =>
  Effect.all(
    {
      connections: count("connections", options.connections ?? 64, "64"),
      connectTimeout: duration("connectTimeout", options.connectTimeout ?? "10 seconds"),
      headersTimeout: duration("headersTimeout", options.headersTimeout ?? "5 minutes"),
      bodyTimeout: duration("bodyTimeout", options.bodyTimeout ?? "5 minutes"),
      keepAliveTimeout: duration("keepAliveTimeout", options.keepAliveTimeout ?? "4 seconds", "limited"),
      maxBodySize: count("maxBodySize", options.maxBodySize ?? 64 * 1024 * 1024, "67108864 for 64 MB"),
      secureContext: secureContext(options.ca),
      proxyOf: proxyOf(options.proxy)
    },
    { mode: "validate" }
  ).pipe(
    Effect.mapError((faults) =>
      Object.values(faults)
        .flatMap(Option.toArray)
        .reduce((left, right) => ConfigError.And(left, right))
    )
  )

/** As undici takes it: whole milliseconds, and 0 for no limit. */
const millis = (limit: Duration.Duration): number =>
  Duration.isFinite(limit) ? Math.ceil(Duration.toMillis(limit)) : 0

/** How an origin is reached. */
interface Route {
  readonly pool: Pool.Pool
  /** What comes before the path: the origin, where a proxy is told the whole address. */
  readonly prefix: string
  readonly headers: ReadonlyArray<string>
}

const makeRoutes = (
  settings: Settings
): { readonly to: (url: URL) => Route; readonly close: () => Promise<unknown> } => {
  const openers = Connector.make({
    timeout: millis(settings.connectTimeout),
    secureContext: settings.secureContext
  })
  const clientOptions = {
    headersTimeout: millis(settings.headersTimeout),
    bodyTimeout: millis(settings.bodyTimeout),
    keepAliveTimeout: millis(settings.keepAliveTimeout)
  }
  const poolOf = (origin: string, way: Connector.Way): Pool.Pool =>
    Pool.make({
      connections: settings.connections,
      opener: () => openers(way),
      client: (connect) => new Client(origin, { ...clientOptions, connect })
    })
  const make = ({ host, origin, protocol }: URL, proxy: Proxy.Proxy | undefined): Route => {
    if (proxy === undefined) return { pool: poolOf(origin, "direct"), prefix: "", headers: [] }
    if (protocol === "https:") return { pool: poolOf(origin, { proxy, tunnel: true }), prefix: "", headers: [] }
    const { authorization, url } = proxy
    const login = authorization === undefined ? [] : ["proxy-authorization", Redacted.value(authorization)]
    return {
      pool: poolOf(url.origin, { proxy, tunnel: false }),
      prefix: origin,
      headers: ["host", host, ...login]
    }
  }
  const routes = new Map<string, Route>()
  let closed = false
  return {
    to: (url) => {
      const known = routes.get(url.origin)
      if (known !== undefined) return known
      const route = make(url, settings.proxyOf(url))
      if (closed) route.pool.close()
      routes.set(url.origin, route)
      return route
    },
    close: () => {
      closed = true
      return Promise.all(Array.from(routes.values(), ({ pool }) => pool.close()))
    }
  }
}

const headersOf = (request: HttpClientRequest.HttpClientRequest, route: Route): Array<string> => {
  const headers = [...route.headers]
  for (const [name, value] of Object.entries(request.headers)) {
    if (name !== "host" || route.prefix === "") headers.push(name, value)
  }
  if (request.headers["accept-encoding"] === undefined) headers.push("accept-encoding", "gzip, deflate")
  return headers
}

type Body = Exclude<Dispatcher.DispatchOptions["body"], undefined>

const bodyOf = (body: Exclude<HttpBody.HttpBody, HttpBody.Stream>): Body => {
  switch (body._tag) {
    case "Empty":
      return null
    case "Uint8Array":
      return body.body
    case "FormData":
    case "Raw":
      // undici looks for itself whether it can send this, and refuses what it cannot.
      return (body._tag === "Raw" ? body.body : body.formData) as Body
  }
}

/**
 * Makes the client. Its connections are closed with the scope, and requests that are under way then fail.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  options: Options = {}
): Effect.Effect<HttpClient.HttpClient, ConfigError.ConfigError, Scope.Scope> =>
  Effect.gen(function* () {
    const settings = yield* settingsOf(options)
    const routes = yield* Effect.acquireRelease(
      Effect.sync(() => makeRoutes(settings)),
      (routes) => Effect.promise(() => routes.close())
    )

    const send = (request: HttpClientRequest.HttpClientRequest, url: URL, body: Body) =>
      Effect.withFiberRuntime<HttpClientResponse.HttpClientResponse, HttpClientError.RequestError>((fiber) =>
        Effect.async((resume) => {
          const route = routes.to(url)
          const exchange = new Exchange(request, settings, fiber, resume)
          const path = `${route.prefix}${url.pathname}${url.search}`
          route.pool.dispatch({ method: request.method, path, headers: headersOf(request, route), body }, exchange)
          return Effect.sync(() => exchange.cancel())
        })
      )

    const execute = (
      request: HttpClientRequest.HttpClientRequest
    ): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.RequestError> => {
      const url = UrlParams.makeUrl(request.url, request.urlParams, request.hash)
      if (Either.isLeft(url) || !/^https?:$/.test(url.right.protocol)) {
        return Effect.fail(
          new HttpClientError.RequestError({
            request,
            reason: "InvalidUrl",
            description: "expected an absolute URL of `http://` or `https://`"
          })
        )
      }
      const { body } = request
      return body._tag === "Stream"
        ? Effect.flatMap(Stream.toAsyncIterableEffect(body.stream), (chunks) =>
            send(request, url.right, Readable.from(chunks))
          )
        : send(request, url.right, bodyOf(body))
    }

    return HttpClient.makeWith<never, never, HttpClientError.HttpClientError, never>(
      (request) => Effect.flatMap(request, execute),
      Effect.succeed
    )
  })

/**
 * The client, for as long as the layer lives.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import * as ApiClient from "effect-tencentcloud/layers/ApiClient"
 * import * as CredentialProvider from "effect-tencentcloud/layers/CredentialProvider"
 * import * as NodeHttpClient from "effect-tencentcloud/layers/NodeHttpClient"
 *
 * export const ClientLive = ApiClient.layerHttp({ region: "ap-guangzhou" }).pipe(
 *   Layer.provide(NodeHttpClient.layer({ connections: 8, proxy: "http://proxy.example:3128" })),
 *   Layer.provide(CredentialProvider.layerEnvironment)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: Options): Layer.Layer<HttpClient.HttpClient, ConfigError.ConfigError> =>
  Layer.scoped(HttpClient.HttpClient, make(options))

/**
 * The client, with options that configuration gives.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<Options>
): Layer.Layer<HttpClient.HttpClient, ConfigError.ConfigError> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))

/**
 * Whether `NO_PROXY` lets a URL be reached without the proxy: `*` for all, `example.com` with what is below it,
 * `.example.com` for what is below it alone, `10.1.2.3`, `10.0.0.0/8`, `fd00::/8`, and each but a network with a port.
 *
 * @since 0.1.0
 * @category predicates
 */
export const bypassesProxy = (noProxy: string, url: URL): boolean => Proxy.bypass(noProxy)(url)
