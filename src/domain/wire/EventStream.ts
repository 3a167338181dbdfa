/**
 * `text/event-stream`: how an action that streams answers. Each event's `data` is the JSON of one result, without an envelope
 * around it; the RequestId is in the header `X-TC-RequestId`.
 *
 * A failure before the first event is an ordinary envelope. The protocol says nothing of one after it; here it is an event
 * that holds what an envelope would, `{"Error":{"Code","Message"},"RequestId"}`, and ends the stream.
 *
 * @since 0.1.0
 */
import * as Sse from "@effect/experimental/Sse"
import * as Either from "effect/Either"
import * as Json from "./Json.js"

/**
 * The content type, exactly.
 *
 * @since 0.1.0
 * @category constants
 */
export const contentType = "text/event-stream"

/**
 * What one event says.
 *
 * @since 0.1.0
 * @category models
 */
export type Event =
  | { readonly _tag: "Result"; readonly data: Json.JsonObject }
  | { readonly _tag: "Failure"; readonly code: string; readonly message: string; readonly requestId: string }

/**
 * Writes an event. Fails with a reason where its data has no JSON form.
 *
 * @since 0.1.0
 * @category encoding
 */
export const encode = (data: unknown): Either.Either<string, string> =>
  Either.mapBoth(Json.stringify(data), { onLeft: ({ reason }) => reason, onRight: (json) => `data: ${json}\n\n` })

/**
 * Writes the event that ends a stream which has failed.
 *
 * @since 0.1.0
 * @category encoding
 */
export const encodeFailure = (failure: {
  readonly code: string
  readonly message: string
  readonly requestId: string
}): string =>
  `data: ${JSON.stringify({ Error: { Code: failure.code, Message: failure.message }, RequestId: failure.requestId })}\n\n`

/** What some services send as their last event, after OpenAI's example. */
const done = "[DONE]"

const interpret = (text: string): Either.Either<Event, string> =>
  Either.flatMap(
    Either.mapLeft(Json.parse(text), ({ reason }) => reason),
    (data): Either.Either<Event, string> => {
      if (!Json.isObject(data)) return Either.left("is no JSON object")
      const error = data.Error
      return Json.isObject(error) && typeof error.Code === "string"
        ? Either.right({
            _tag: "Failure",
            code: error.Code,
            message: typeof error.Message === "string" ? error.Message : "",
            requestId: typeof data.RequestId === "string" ? data.RequestId : ""
          })
        : Either.right({ _tag: "Result", data })
    }
  )

/**
 * Reads events out of text that comes in pieces.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reader {
  /** The events that a piece has completed; a left is why one cannot be read, as a clause. */
  readonly feed: (piece: string) => ReadonlyArray<Either.Either<Event, string>>
  /** Whether the text may end here: no event has been begun. */
  readonly isComplete: () => boolean
}

/**
 * Makes a reader. An event may have up to 10 MB.
 *
 * @since 0.1.0
 * @category decoding
 */
export const makeReader = (): Reader => {
  let events: Array<Either.Either<Event, string>> = []
  let tail = "\n\n"
  const parser = Sse.makeParser((event) => {
    if (event._tag === "Event" && event.data !== done) events.push(interpret(event.data))
  })
  return {
    feed: (piece) => {
      events = []
      tail = (tail + piece).slice(-4)
      const failure = parser.feed(piece)
      if (failure !== undefined) events.push(Either.left("is larger than an event may be"))
      return events
    },
    isComplete: () => /(\r\n|\n|\r)(\r\n|\n|\r)$/.test(tail)
  }
}
