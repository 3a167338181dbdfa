/**
 * An HTTP client for Node, over `undici`: connections that are kept and shared, limits on everything that a server decides,
 * proxies, and certificates of one's own. It makes no span and follows no redirect.
 *
 * @since 0.1.0
 */
import { Readable } from "node:stream"
import type * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Dispatcher } from "undici"
import type { TransportFault } from "../../services/client/Transport.js"
import * as Engine from "./internal/engine.js"
import { Exchange, type Limits } from "./internal/exchange.js"
import { Response, toRequestError } from "./internal/httpResponse.js"
import * as Proxy from "./internal/proxy.js"
import type * as NodeTransport from "./NodeTransport.js"

/**
 * What a client may use and how long it waits: the options of `NodeTransport`.
 *
 * @since 0.1.0
 * @category models
 */
export type Options = NodeTransport.Options

const headersOf = (request: HttpClientRequest.HttpClientRequest, route: Engine.Route): Array<string> => {
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

type Answered = Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.RequestError>

class Sending extends Exchange {
  constructor(
    limits: Limits,
    private readonly request: HttpClientRequest.HttpClientRequest,
    private readonly resume: (answered: Answered) => void
  ) {
    super(limits)
  }

  protected begin(): void {
    this.resume(Effect.succeed(new Response(this.request, this)))
  }

  protected fail(fault: TransportFault): void {
    this.resume(Effect.fail(toRequestError(this.request, fault)))
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
  Effect.map(Engine.make(options), (engine) => {
    const send = (request: HttpClientRequest.HttpClientRequest, url: URL, body: Body) =>
      Effect.withFiberRuntime<HttpClientResponse.HttpClientResponse, HttpClientError.RequestError>((fiber) =>
        Effect.async((resume) => {
          const route = engine.to(url.protocol.slice(0, -1), url.host)
          const exchange = new Sending(engine.limits, request, resume)
          exchange.watch(fiber)
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
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 * import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
 * import * as NodeHttpClient from "effect-tencentcloud/NodeHttpClient"
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
