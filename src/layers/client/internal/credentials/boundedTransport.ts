/** The transport that fetches keys: it limits the size of an answer, follows no redirect, and shows a key to no tracer. */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Body from "../../../../domain/wire/Body.js"
import type { Transport } from "../../../../services/client/Transport.js"
import { BoundedBody, isBounded } from "../../../../services/internal/boundedBody.js"
import * as HttpTransport from "../httpTransport.js"

/** In bytes. No answer with a key comes near it. */
const limit = 64 * 1024

/** The same answer, with its body read up to the limit. */
const readBounded = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.ResponseError> =>
  Effect.suspend(() => {
    const body = new BoundedBody(limit)
    const tooLarge = () =>
      new HttpClientError.ResponseError({
        request: response.request,
        response,
        reason: "Decode",
        cause: { code: "ERR_ANSWER_TOO_LARGE", message: `the answer is larger than ${limit / 1024} KB` }
      })
    return Stream.runForEach(response.stream, (piece) => (body.add(piece) ? Effect.void : tooLarge())).pipe(
      // An answer without a body has no stream.
      Effect.catchIf(
        ({ reason }) => reason === "EmptyBody",
        () => Effect.void
      ),
      Effect.map(() =>
        Object.create(response, {
          text: { value: Effect.succeed(Body.text(body.bytes)) },
          [isBounded]: { value: true }
        })
      )
    )
  })

/** Makes the transport over the HTTP client of the program. */
export const make: Effect.Effect<Transport["Type"], never, HttpClient.HttpClient> = /* #__PURE__ */ Effect.map(
  HttpClient.HttpClient,
  (client) => HttpTransport.fromClient(HttpClient.transformResponse(client, Effect.flatMap(readBounded)))
)
