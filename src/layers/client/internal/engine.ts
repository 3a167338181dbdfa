/** What the HTTP client and the transport for Node have in common: where requests go, over which connections, within which limits. */
import { X509Certificate } from "node:crypto"
import * as Tls from "node:tls"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { Options } from "../NodeTransport.js"
import * as Connector from "./connector.js"
import type { Limits } from "./exchange.js"
import { Pool } from "./pool.js"
import * as Proxy from "./proxy.js"
import { Client } from "./undici.js"

export interface Settings extends Limits {
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
export interface Route {
  readonly pool: Pool
  /** What comes before the path: the origin, where a proxy is told the whole address. */
  readonly prefix: string
  readonly headers: ReadonlyArray<string>
}

const makeRoutes = (settings: Settings): { readonly to: Engine["to"]; readonly close: () => Promise<unknown> } => {
  const openers = Connector.make({
    timeout: millis(settings.connectTimeout),
    secureContext: settings.secureContext
  })
  const clientOptions = {
    headersTimeout: millis(settings.headersTimeout),
    bodyTimeout: millis(settings.bodyTimeout),
    keepAliveTimeout: millis(settings.keepAliveTimeout)
  }
  const poolOf = (origin: string, way: Connector.Way): Pool =>
    new Pool({
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
  // By protocol and then by host: a text that is put together anew for each request would have to be hashed anew.
  const routes = new Map<string, Map<string, Route>>()
  let closed = false
  return {
    to: (protocol, host) => {
      const known = routes.get(protocol)?.get(host)
      if (known !== undefined) return known
      const url = new URL(`${protocol}://${host}`)
      const route = make(url, settings.proxyOf(url))
      if (closed) route.pool.close()
      const hosts = routes.get(protocol) ?? new Map<string, Route>()
      routes.set(protocol, hosts.set(host, route))
      return route
    },
    close: () => {
      closed = true
      return Promise.all(
        Array.from(routes.values())
          .flatMap((hosts) => [...hosts.values()])
          .map(({ pool }) => pool.close())
      )
    }
  }
}

/** Routes to all origins. Their connections are closed with the scope, and requests that are under way then fail. */
export interface Engine {
  readonly limits: Limits
  /** How a host is reached, which may name a port. */
  readonly to: (protocol: string, host: string) => Route
}

export const make = (options: Options): Effect.Effect<Engine, ConfigError.ConfigError, Scope.Scope> =>
  Effect.flatMap(settingsOf(options), (settings) =>
    Effect.map(
      Effect.acquireRelease(
        Effect.sync(() => makeRoutes(settings)),
        (routes) => Effect.promise(() => routes.close())
      ),
      ({ to }) => ({ limits: settings, to })
    )
  )
