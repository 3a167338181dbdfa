import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Wire from "../../../domain/wire/Wire.js"
import type { Transport } from "../../../services/client/Transport.js"
import * as HttpTransport from "./httpTransport.js"

/** No key comes near it. */
const limit = 64 * 1024

/** The same answer, with a body that was read, and no further than to the limit. */
const bounded = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.ResponseError> =>
  Effect.suspend(() => {
    const chunks: Array<Uint8Array> = []
    let size = 0
    return Stream.runForEach(response.stream, (chunk) => {
      chunks.push(chunk)
      size += chunk.byteLength
      return size <= limit
        ? Effect.void
        : new HttpClientError.ResponseError({
            request: response.request,
            response,
            reason: "Decode",
            cause: { code: "ERR_ANSWER_TOO_LARGE", message: `the answer is larger than ${limit / 1024} KB` }
          })
    }).pipe(
      // An answer without a body has no stream.
      Effect.catchIf(
        ({ reason }) => reason === "EmptyBody",
        () => Effect.void
      ),
      Effect.map(() => Object.create(response, { text: { value: Effect.succeed(Wire.text(Wire.join(chunks))) } }))
    )
  })

/** A transport that limits the size of an answer, follows no redirect, and shows a key to no tracer. */
export const make: Effect.Effect<Transport["Type"], never, HttpClient.HttpClient> = Effect.map(
  HttpClient.HttpClient,
  (client) => HttpTransport.fromClient(HttpClient.transformResponse(client, Effect.flatMap(bounded)))
)
