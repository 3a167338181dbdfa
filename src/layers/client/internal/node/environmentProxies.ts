/** Finds the proxies that the environment names, by the variables that curl reads. */
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Proxy from "./proxy.js"

/** How to reach a host: by a proxy, or straight. */
export interface Choice {
  readonly proxy: Proxy.Proxy | undefined
  /** Why it is straight, where a proxy may be missing: which variables were looked at. */
  readonly note: string | undefined
}

interface Variable {
  readonly name: string
  readonly value: Redacted.Redacted
}

/** The first of several variables that is set. A blank one counts as not set. */
const firstOf = (names: ReadonlyArray<string>): Effect.Effect<Variable | undefined, ConfigError.ConfigError> =>
  Effect.map(
    Effect.forEach(names, (name) =>
      Effect.map(
        Config.option(Config.redacted(name)),
        Option.filterMap((value) =>
          Redacted.value(value).trim() === "" ? Option.none() : Option.some({ name, value })
        )
      )
    ),
    (found) => Option.getOrUndefined(Option.firstSomeOf(found))
  )

/** As for curl, the lower case comes first, and `HTTP_PROXY` does not count: a web server sets it from a header `Proxy`. */
const variables = {
  https: ["https_proxy", "HTTPS_PROXY"],
  http: ["http_proxy"],
  all: ["all_proxy", "ALL_PROXY"],
  none: ["no_proxy", "NO_PROXY"],
  /** What a user may have meant for any host. */
  any: ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
}

const noteOf = (protocol: "http" | "https"): string =>
  `no proxy is used, because none of ${[...variables[protocol], ...variables.all].map((name) => `\`${name}\``).join(", ")} names an HTTP proxy`

const parse = ({ name, value }: Variable): Either.Either<Proxy.Proxy, ConfigError.ConfigError> =>
  Either.mapLeft(Proxy.parse(Redacted.value(value)), (expected) => ConfigError.InvalidData([name], expected))

const parseOptional = (found: Variable | undefined): Either.Either<Proxy.Proxy | undefined, ConfigError.ConfigError> =>
  found === undefined ? Either.right(undefined) : parse(found)

/** Finds how to reach each host. Fails if the variable of a proxy for `https` or for `http` names none. */
export const read: Effect.Effect<(url: URL) => Choice, ConfigError.ConfigError> = Effect.gen(function* () {
  const [ofHttps, ofHttp, ofAll, any, none] = yield* Effect.all([
    firstOf(variables.https),
    firstOf(variables.http),
    firstOf(variables.all),
    firstOf(variables.any),
    firstOf(variables.none)
  ])
  const https = yield* parseOptional(ofHttps ?? ofAll)
  // Often it names a SOCKS proxy, beside the variables of both schemes. Calls go over `https`, which needs it no more then.
  const http = ofHttp === undefined ? Either.getOrUndefined(parseOptional(ofAll)) : yield* parse(ofHttp)
  const bypass = Proxy.bypass(none === undefined ? "" : Redacted.value(none.value))
  return (url) => {
    if (bypass(url)) return { proxy: undefined, note: undefined }
    const protocol = url.protocol === "https:" ? "https" : "http"
    const proxy = protocol === "https" ? https : http
    return { proxy, note: proxy === undefined && any !== undefined ? noteOf(protocol) : undefined }
  }
})
