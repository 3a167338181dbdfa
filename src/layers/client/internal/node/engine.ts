/** Reads the options of the transport for Node, and finds the pool of connections for each host. */
import { X509Certificate } from "node:crypto"
import * as Tls from "node:tls"
import * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import * as Connector from "./connector.js"
import * as EnvironmentProxies from "./environmentProxies.js"
import type { Limits } from "./exchange.js"
import type { Options } from "./options.js"
import { Pool } from "./pool.js"
import * as Proxy from "./proxy.js"
import * as Undici from "./undici.js"

export interface Settings extends Omit<Limits, "headerName" | "isClear" | "note"> {
  readonly connections: number
  readonly keepAliveTimeout: Duration.Duration
  readonly secureContext: Tls.SecureContext | undefined
  readonly choiceOf: (url: URL) => EnvironmentProxies.Choice
}

const invalid = (name: string, expected: string): ConfigError.ConfigError => ConfigError.InvalidData([name], expected)

const count = (name: string, input: number, example: string): Either.Either<number, ConfigError.ConfigError> =>
  Number.isSafeInteger(input) && input > 0
    ? Either.right(input)
    : Either.left(invalid(name, `expected a whole number above 0, such as ${example}`))

/** The longest that a timer of Node can wait, in milliseconds. */
const longestTimer = 2 ** 31 - 1

const duration = (
  name: string,
  input: Duration.DurationInput,
  limit: "limited" | "unlimited" = "unlimited"
): Either.Either<Duration.Duration, ConfigError.ConfigError> =>
  Either.fromOption(
    Option.filter(Duration.decodeUnknown(input), (decoded) => {
      const millis = Duration.toMillis(decoded)
      return millis > 0 && (millis <= longestTimer || (limit === "unlimited" && millis === Number.POSITIVE_INFINITY))
    }),
    () =>
      invalid(
        name,
        `expected a duration above zero, such as \`30 seconds\`, of 24 days at most${limit === "unlimited" ? ", or `Infinity`" : ""}`
      )
  )

const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** Reads each certificate, which throws if one is invalid. A text without any counts as an invalid one. */
const readCertificates = (pem: string): ReadonlyArray<string> =>
  (pem.match(certificate) ?? [""]).map((text) => new X509Certificate(text).toString())

const secureContext = (
  ca: string | ReadonlyArray<string> | undefined
): Either.Either<Tls.SecureContext | undefined, ConfigError.ConfigError> =>
  ca === undefined
    ? Either.right(undefined)
    : Either.try({
        try: () => Tls.createSecureContext({ ca: [...Tls.rootCertificates, ...[ca].flat().flatMap(readCertificates)] }),
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

const readProxies = (option: Options["proxy"]): Effect.Effect<Settings["choiceOf"], ConfigError.ConfigError> => {
  if (option === undefined) return EnvironmentProxies.read
  const choiceOf = (proxy: Proxy.Proxy | undefined) => () => ({ proxy, note: undefined })
  return option === false
    ? Effect.succeed(choiceOf(undefined))
    : Either.mapBoth(readProxy("proxy", option), { onLeft: (error) => error, onRight: choiceOf })
}

/** Reads the options. Fails with every option that is invalid. */
const readSettings = (options: Options): Effect.Effect<Settings, ConfigError.ConfigError> =>
  Effect.all(
    {
      connections: count("connections", options.connections ?? 64, "64"),
      connectTimeout: duration("connectTimeout", options.connectTimeout ?? "10 seconds"),
      headersTimeout: duration("headersTimeout", options.headersTimeout ?? "5 minutes"),
      bodyTimeout: duration("bodyTimeout", options.bodyTimeout ?? "5 minutes"),
      keepAliveTimeout: duration("keepAliveTimeout", options.keepAliveTimeout ?? "4 seconds", "limited"),
      maxBodySize: count("maxBodySize", options.maxBodySize ?? 64 * 1024 * 1024, "67108864 for 64 MB"),
      secureContext: secureContext(options.ca),
      choiceOf: readProxies(options.proxy)
    },
    { mode: "validate" }
  ).pipe(
    Effect.mapError((errors) =>
      Object.values(errors)
        .flatMap(Option.toArray)
        .reduce((left, right) => ConfigError.And(left, right))
    )
  )

/** A limit in the form of undici: whole milliseconds, and 0 for no limit. */
const toMillis = (limit: Duration.Duration): number =>
  Duration.isFinite(limit) ? Math.ceil(Duration.toMillis(limit)) : 0

/** How requests reach an origin. */
export interface Route {
  readonly pool: Pool
  readonly limits: Limits
  /** What comes before the path: the origin, for a proxy that reads the whole address from the request. */
  readonly prefix: string
  /** Headers for the proxy, names and values in turn. */
  readonly headers: ReadonlyArray<string>
}

/** What undici tells a connector about an origin. */
const targetOf = ({ host, hostname, port, protocol }: URL): Connector.Target => ({
  protocol,
  host,
  hostname: hostname.replace(/^\[|\]$/g, ""),
  port
})

const makeRoutes = (
  settings: Settings,
  { buildConnector, Client, headerName }: Undici.Parts
): { readonly routeTo: Engine["routeTo"]; readonly close: () => Promise<unknown> } => {
  const openers = Connector.make({
    buildConnector,
    timeout: toMillis(settings.connectTimeout),
    secureContext: settings.secureContext
  })
  const keepAlive = toMillis(settings.keepAliveTimeout)
  const clientOptions = {
    headersTimeout: toMillis(settings.headersTimeout),
    bodyTimeout: toMillis(settings.bodyTimeout),
    keepAliveTimeout: keepAlive
  }
  const makePool = (origin: string, path: Connector.Path): Pool =>
    new Pool({
      connections: settings.connections,
      keepAlive,
      target: targetOf(new URL(origin)),
      makeOpener: () => openers(path),
      makeClient: (connect) => new Client(origin, { ...clientOptions, connect })
    })
  const makeRoute = (url: URL): Route => {
    const { host, origin, protocol } = url
    const { note, proxy } = settings.choiceOf(url)
    const isClear = proxy === undefined && protocol === "http:"
    const limits: Limits = { ...settings, headerName, isClear, note }
    if (proxy === undefined) return { limits, pool: makePool(origin, "direct"), prefix: "", headers: [] }
    if (protocol === "https:") {
      return { limits, pool: makePool(origin, { proxy, tunnel: true }), prefix: "", headers: [] }
    }
    const { authorization } = proxy
    const login = authorization === undefined ? [] : ["proxy-authorization", Redacted.value(authorization)]
    return {
      limits,
      pool: makePool(proxy.url.origin, { proxy, tunnel: false }),
      prefix: origin,
      headers: ["host", host, ...login]
    }
  }
  // By protocol, then by host: a key made of both would be a new text for each request, which V8 has to hash.
  const routes = new Map<string, Map<string, Route>>()
  let closed = false
  return {
    routeTo: (protocol, host) => {
      const known = routes.get(protocol)?.get(host)
      if (known !== undefined) return known
      const route = makeRoute(new URL(`${protocol}://${host}`))
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

/** Routes to all origins. */
export interface Engine {
  /** The route to a host, which may name a port. */
  readonly routeTo: (protocol: string, host: string) => Route
}

/** Makes the routes. The end of the scope closes their connections, and requests that wait for their response then fail. */
export const make = (options: Options): Effect.Effect<Engine, ConfigError.ConfigError, Scope.Scope> =>
  Effect.gen(function* () {
    const settings = yield* readSettings(options)
    const parts = yield* Undici.load()
    const { routeTo } = yield* Effect.acquireRelease(
      Effect.sync(() => makeRoutes(settings, parts)),
      (routes) => Effect.promise(() => routes.close())
    )
    return { routeTo }
  })
