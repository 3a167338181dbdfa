/**
 * How requests travel.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import { mediaType } from "../domain/Wire.js"
import { Gateway } from "../services/Gateway.js"
import { Transport, TransportFault } from "../services/Transport.js"

/** Nothing was sent where no connection came to be. */
const unsent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "ENETUNREACH",
  "EHOSTUNREACH"
])

interface SystemError {
  readonly code: string
  readonly message: string
}

const isSystemError = (input: unknown): input is SystemError =>
  Predicate.hasProperty(input, "code") &&
  typeof input.code === "string" &&
  Predicate.hasProperty(input, "message") &&
  typeof input.message === "string"

/** What the system said, out of a chain of causes. Other texts are left behind: they may quote the request. */
const systemError = (input: unknown, depth = 0): SystemError | undefined => {
  if (isSystemError(input)) return input
  return depth < 8 && Predicate.hasProperty(input, "cause") ? systemError(input.cause, depth + 1) : undefined
}

const toFault = (error: HttpClientError.HttpClientError): TransportFault => {
  // The client of NodeHttpClient knows whether anything was sent; of others it has to be guessed.
  if (error.cause instanceof TransportFault) return error.cause
  const system = systemError(error)
  const fallback = error._tag === "RequestError" ? "the request could not be sent" : "the answer could not be read"
  return new TransportFault({
    reason: system === undefined ? fallback : system.message || system.code,
    sent: error._tag === "ResponseError" || system === undefined || !unsent.has(system.code)
  })
}

/**
 * Over the HttpClient of `@effect/platform`: any of its layers serves.
 *
 * Its own span is turned off, since it writes every header down, and so the tracing headers go that it would send to the cloud.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerHttp: Layer.Layer<Transport, never, HttpClient.HttpClient> = Layer.effect(
  Transport,
  Effect.map(HttpClient.HttpClient, (client) => {
    const quiet = HttpClient.withTracerDisabledWhen(client, () => true)
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

/**
 * Straight into a gateway in the same process: no socket, and the same virtual time in a test.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerInProcess: Layer.Layer<Transport, never, Gateway> = Layer.effect(
  Transport,
  Effect.map(Gateway, (gateway) => ({
    send: (request) =>
      Effect.flatMap(gateway.handle(request), (response) =>
        response.cut === undefined
          ? Effect.succeed(response)
          : Effect.fail(new TransportFault({ reason: "other side closed", sent: true }))
      )
  }))
)
