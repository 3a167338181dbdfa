import * as Chunk from "effect/Chunk"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { Action } from "../../../domain/contract/Action.js"
import { MalformedResponse, TransportError } from "../../../domain/errors/ClientError.js"
import * as EventStream from "../../../domain/wire/EventStream.js"
import type { TransportFault, WireResponse } from "../../../domain/wire/Wire.js"
import * as Answer from "./answer.js"

/** Reads a stream of events as this action's, and fails with its errors: also where the stream breaks off. */
export const read = <A extends Action.AnyStreaming>(
  action: A,
  origin: Answer.Origin,
  response: WireResponse,
  bytes: Stream.Stream<Uint8Array, TransportFault>,
  mode: "response" | "strict"
): Stream.Stream<Action.Success<A>, Action.Error<A>> => {
  const { host } = origin
  const requestId = response.headers["x-tc-requestid"] ?? ""
  const malformed = (reason: string, truncated = false) =>
    new MalformedResponse({
      action: action.name,
      host,
      status: response.status,
      contentType: response.headers["content-type"] ?? "",
      reason,
      truncated,
      requestId,
      body: Redacted.make("")
    })
  const decode = (
    event: Either.Either<EventStream.Event, string>
  ): Either.Either<Action.Success<A>, Action.Error<A>> => {
    if (Either.isLeft(event)) return Either.left(malformed(`holds an event that ${event.left}`))
    return event.right._tag === "Failure"
      ? Either.left(Answer.failure(action, origin, { ...event.right, requestId: event.right.requestId || requestId }))
      : Either.mapLeft(Answer.result(action, event.right.data, requestId, mode), malformed)
  }
  return Stream.suspend(() => {
    const reader = EventStream.makeReader()
    return bytes.pipe(
      Stream.mapError(
        ({ permanent, reason }) => new TransportError({ action: action.name, host, reason, sent: true, permanent })
      ),
      Stream.decodeText(),
      Stream.mapConcat(reader.feed),
      // One at a time: what came before an event that cannot be read is not lost with it.
      Stream.rechunk(1),
      Stream.mapChunksEffect((events) => Either.map(Either.all(Chunk.map(events, decode)), Chunk.unsafeFromArray)),
      Stream.concat(
        Stream.suspend(() =>
          reader.isComplete()
            ? Stream.empty
            : Stream.fail(malformed("is a stream that breaks off in the middle of an event", true))
        )
      )
    )
  })
}
