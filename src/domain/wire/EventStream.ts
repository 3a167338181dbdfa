/**
 * Reads and writes `text/event-stream`, the answer of an action that streams. The `data` of each event is the JSON of one
 * result, without an envelope. The RequestId is in the header `X-TC-RequestId`.
 *
 * A failure before the first event is an ordinary envelope. The protocol does not define a later failure. Here it is an event
 * with the contents of an envelope, `{"Error":{"Code","Message"},"RequestId"}`, and ends the stream.
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
 * The contents of one event.
 *
 * @since 0.1.0
 * @category models
 */
export type Event =
  | { readonly _tag: "Result"; readonly data: Json.JsonObject }
  | { readonly _tag: "Failure"; readonly code: string; readonly message: string; readonly requestId: string }

/**
 * Writes an event. Fails with a reason if its data has no JSON form.
 *
 * @since 0.1.0
 * @category encoding
 */
export const encode = (data: unknown): Either.Either<string, string> =>
  Either.mapBoth(Json.stringify(data), { onLeft: ({ reason }) => reason, onRight: (json) => `data: ${json}\n\n` })

/**
 * Writes the event that ends a stream with a failure.
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

/** The last event of some services, after OpenAI's example. */
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
 * Reads events from text that arrives in pieces.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reader {
  /** Returns the events that a piece completes. A left is a clause that says why an event cannot be read. */
  readonly feed: (piece: string) => ReadonlyArray<Either.Either<Event, string>>
  /** Returns whether the text may end here, because no event is incomplete. */
  readonly isComplete: () => boolean
}

/**
 * Makes a reader. An event may have at most 10 MB.
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
