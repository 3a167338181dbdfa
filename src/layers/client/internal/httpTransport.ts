/** The transport over an HttpClient of `@effect/platform`. */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Body from "../../../domain/wire/Body.js"
import { type Transport, TransportFault } from "../../../services/client/Transport.js"
import { BoundedBody, isBounded } from "../../../services/internal/boundedBody.js"
import { guess, tooLarge } from "./networkError.js"

/**
 * Options of the transport over an `HttpClient`.
 *
 * @since 0.1.0
 * @category models
 */
export interface HttpOptions {
  /** The most bytes that a response may have after decompression. Default: 64 MB. */
  readonly maxBodySize?: number | undefined
}

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

/** Whether the size of a body is known before it is read: by the client itself, or by a length that the client holds the body to. */
const isKnownToFit = (response: HttpClientResponse.HttpClientResponse, limit: number): boolean =>
  isBounded in response ||
  (response.headers["content-encoding"] === undefined && Number(response.headers["content-length"]) <= limit)

/** Reads a body whole. Fails if it is larger than the limit, in bytes. */
const readWhole = (
  response: HttpClientResponse.HttpClientResponse,
  limit: number
): Effect.Effect<string, HttpClientError.HttpClientError | TransportFault> => {
  if (isKnownToFit(response, limit)) return response.text
  return Effect.suspend(() => {
    const body = new BoundedBody(limit)
    return Stream.runForEach(response.stream, (piece) =>
      body.add(piece) ? Effect.void : Effect.fail(tooLarge(limit))
    ).pipe(
      // An answer without a body has no stream.
      Effect.catchIf(
        (error) => error._tag === "ResponseError" && error.reason === "EmptyBody",
        () => Effect.void
      ),
      Effect.map(() => Body.text(body.bytes))
    )
  })
}

/** The pieces of a body as they arrive. Fails if they exceed the limit, in bytes. */
const piecesOf = (
  response: HttpClientResponse.HttpClientResponse,
  limit: number
): Stream.Stream<Uint8Array, TransportFault> =>
  Stream.suspend(() => {
    let size = 0
    return Stream.tap(Stream.mapError(response.stream, toFault), (piece) => {
      size += piece.byteLength
      return size > limit ? Effect.fail(tooLarge(limit)) : Effect.void
    })
  })

/** Makes the transport over an HTTP client. */
export const fromClient = (
  client: HttpClient.HttpClient,
  { maxBodySize = 64 * 1024 * 1024 }: HttpOptions = {}
): Transport["Type"] => {
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
          return Body.mediaType(headers) === "text/event-stream"
            ? Effect.succeed({ status, headers, body: "", stream: piecesOf(response, maxBodySize) })
            : Effect.map(readWhole(response, maxBodySize), (body) => ({ status, headers, body }))
        }),
        Effect.mapError((error) => (error instanceof TransportFault ? error : toFault(error)))
      )
    }
  }
}

/** Makes the transport over the HTTP client of the program. */
export const makeWith = (options?: HttpOptions): Effect.Effect<Transport["Type"], never, HttpClient.HttpClient> =>
  Effect.map(HttpClient.HttpClient, (client) => fromClient(client, options))

/** Makes the transport over the HTTP client of the program, with the default options. */
export const make: Effect.Effect<Transport["Type"], never, HttpClient.HttpClient> = /* #__PURE__ */ makeWith()
