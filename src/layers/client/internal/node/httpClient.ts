/** The `HttpClient` of `@effect/platform` over the connections of `NodeTransport`. It makes no span and follows no redirect. */
import { Readable } from "node:stream"
import type * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as UrlParams from "@effect/platform/UrlParams"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Dispatcher } from "undici"
import type { TransportFault } from "../../../../services/client/Transport.js"
import * as Engine from "./engine.js"
import { Exchange, type Limits } from "./exchange.js"
import { Response, toRequestError } from "./httpResponse.js"
import type { Options } from "./options.js"

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
      // undici checks by itself whether it can send this, and rejects what it cannot.
      return (body._tag === "Raw" ? body.body : body.formData) as Body
  }
}

type Outcome = Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.RequestError>

/** One request, which ends with the head of its response. */
class Sending extends Exchange {
  constructor(
    limits: Limits,
    private readonly request: HttpClientRequest.HttpClientRequest,
    private readonly resume: (outcome: Outcome) => void
  ) {
    super(limits)
  }

  protected onHead(): void {
    this.resume(Effect.succeed(new Response(this.request, this)))
  }

  protected onNoHead(fault: TransportFault): void {
    this.resume(Effect.fail(toRequestError(this.request, fault)))
  }
}

/** Makes the client. The end of the scope closes its connections, and requests that wait for their response then fail. */
const make = (options: Options = {}): Effect.Effect<HttpClient.HttpClient, ConfigError.ConfigError, Scope.Scope> =>
  Effect.map(Engine.make(options), (engine) => {
    const send = (request: HttpClientRequest.HttpClientRequest, url: URL, body: Body) =>
      Effect.withFiberRuntime<HttpClientResponse.HttpClientResponse, HttpClientError.RequestError>((fiber) =>
        Effect.async((resume) => {
          const route = engine.routeTo(url.protocol.slice(0, -1), url.host)
          const exchange = new Sending(route.limits, request, resume)
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

/** The client, as a layer. */
export const layer = (options?: Options): Layer.Layer<HttpClient.HttpClient, ConfigError.ConfigError> =>
  Layer.scoped(HttpClient.HttpClient, make(options))
