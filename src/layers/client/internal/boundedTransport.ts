import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Body from "../../../domain/wire/Body.js"
import { Transport } from "../../../services/client/Transport.js"
import * as TransportLayers from "../Transport.js"

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
      Effect.map(() => Object.create(response, { text: { value: Effect.succeed(Body.text(Body.join(chunks))) } }))
    )
  })

/** Over HTTP, and on its guard: no answer is large, no redirect is followed, and no tracer sees a key. */
export const make: Effect.Effect<Transport["Type"], never, HttpClient.HttpClient> = Effect.provide(
  Transport,
  Layer.provide(
    TransportLayers.layerHttp,
    Layer.effect(
      HttpClient.HttpClient,
      Effect.map(HttpClient.HttpClient, (client) => HttpClient.transformResponse(client, Effect.flatMap(bounded)))
    )
  )
)
