/** The transport over an HttpClient of `@effect/platform`. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { mediaType } from "../../../domain/wire/Body.js"
import { type Transport, TransportFault } from "../../../services/client/Transport.js"
import { guess } from "./networkError.js"

const toFault = (error: HttpClientError.HttpClientError): TransportFault =>
  // The client of `NodeTransport.layerHttpClient` knows whether it sent the request. For others the error of the system decides.
  error.cause instanceof TransportFault
    ? error.cause
    : guess(error, error._tag === "RequestError" ? "request" : "answer")

const { RequestInit } = FetchHttpClient

/**
 * Keeps `fetch` from following redirects: it would send the signature and the token along. Other clients never follow one. The options
 * of `fetch` are visible only inside the client, and the others, such as a proxy, have to stay.
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
    // The change of the context ends with the call.
    HttpClient.transformResponse(Effect.mapInputContext((context: Context.Context<never>) => context))
  )

/** Makes the transport over an HTTP client. */
export const fromClient = (client: HttpClient.HttpClient): Transport["Type"] => {
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
}

/** Makes the transport over the HTTP client of the program. */
export const make: Effect.Effect<Transport["Type"], never, HttpClient.HttpClient> = /* #__PURE__ */ Effect.map(
  HttpClient.HttpClient,
  fromClient
)
