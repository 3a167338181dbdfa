/**
 * How requests travel.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { mediaType } from "../../domain/wire/Body.js"
import { Transport, TransportFault } from "../../services/client/Transport.js"
import { guess } from "./internal/networkError.js"

export * from "../../services/client/Transport.js"

const toFault = (error: HttpClientError.HttpClientError): TransportFault =>
  // The client of NodeHttpClient knows whether anything was sent; of others it has to be guessed.
  error.cause instanceof TransportFault
    ? error.cause
    : guess(error, error._tag === "RequestError" ? "request" : "answer")

const { RequestInit } = FetchHttpClient

/**
 * `fetch` follows redirects unless it is told not to, and takes signatures and tokens along; the other clients never do. What
 * else its options say has to stay, a proxy perhaps, and only inside of the client can they be seen.
 */
const withoutRedirects = (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  client.pipe(
    HttpClient.mapRequestEffect((request) =>
      Effect.as(
        FiberRef.update(FiberRef.currentContext, (context) => {
          const given = Option.getOrUndefined(Context.getOption(context, RequestInit))
          return Context.add(context, RequestInit, { ...given, redirect: "manual" })
        }),
        request
      )
    ),
    // That goes no further than the call.
    HttpClient.transformResponse(Effect.mapInputContext((context: Context.Context<never>) => context))
  )

/**
 * Over the HttpClient of `@effect/platform`: any of its layers serves. `fetch` follows no redirect here: a signed request is for
 * whom it was signed.
 *
 * Its own span is turned off, since it writes every header down, and so the tracing headers go that it would send to the cloud.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerHttp: Layer.Layer<Transport, never, HttpClient.HttpClient> = Layer.effect(
  Transport,
  Effect.map(HttpClient.HttpClient, (client) => {
    const quiet = HttpClient.withTracerDisabledWhen(withoutRedirects(client), () => true)
    return {
      send: (request, endpoint) => {
        const query = request.query === "" ? "" : `?${request.query}`
        const { host: _host, "content-type": contentType = "", ...headers } = request.headers
        const draft = HttpClientRequest.make(request.method === "GET" ? "GET" : "POST")(
          `${endpoint.protocol}://${endpoint.host}${request.path}${query}`,
          { headers: { ...headers, "content-type": contentType } }
        )
        const outgoing =
          request.method === "GET"
            ? draft
            : typeof request.body === "string"
              ? HttpClientRequest.bodyText(draft, request.body, contentType)
              : HttpClientRequest.bodyUint8Array(draft, request.body, contentType)
        return quiet.execute(outgoing).pipe(
          Effect.flatMap((response) => {
            const { headers, status } = response
            return mediaType(headers) === "text/event-stream"
              ? Effect.succeed({ status, headers, body: "", stream: Stream.mapError(response.stream, toFault) })
              : Effect.map(response.text, (body) => ({ status, headers, body }))
          }),
          Effect.mapError(toFault)
        )
      }
    }
  })
)
