/** Reads the answer of an action that streams. */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import type { Action } from "../../../domain/contract/Action.js"
import { TransportError } from "../../../domain/errors/ClientError.js"
import * as EventStream from "../../../domain/wire/EventStream.js"
import type { TransportFault, WireResponse } from "../../../domain/wire/Wire.js"
import * as Deprecations from "../../internal/deprecations.js"
import * as Step from "../../internal/runtime/step.js"
import { type CallState, type Failure, placeOf } from "./callState.js"
import { decodeResult, malformedResponse, readBody, toApiError } from "./readAnswer.js"

/** The events of an answer. Fails with the action's errors, and also if the stream breaks off. */
const events = <A extends Action.AnyStreaming>(
  call: CallState<A>,
  response: WireResponse,
  bytes: Stream.Stream<Uint8Array, TransportFault>
): Stream.Stream<Action.Success<A>, Failure<A>> => {
  const requestId = response.headers["x-tc-requestid"] ?? ""
  const malformed = (reason: string, truncated = false) =>
    malformedResponse(call, response, { reason, requestId, truncated, body: "" })
  const decode = (event: Either.Either<EventStream.Event, string>): Either.Either<Action.Success<A>, Failure<A>> => {
    if (Either.isLeft(event)) return Either.left(malformed(`holds an event that ${event.left}`))
    return event.right._tag === "Failure"
      ? Either.left(toApiError(call, { ...event.right, requestId: event.right.requestId || requestId }))
      : Either.mapLeft(decodeResult(call, event.right.data, requestId), (reason) => malformed(reason))
  }
  return Stream.suspend(() => {
    const reader = EventStream.makeReader()
    return bytes.pipe(
      Stream.mapError(
        ({ permanent, reason }) => new TransportError({ ...placeOf(call), reason, sent: true, permanent })
      ),
      Stream.decodeText(),
      Stream.mapConcat(reader.feed),
      // One at a time: an event that cannot be read must not take the events before it with it.
      Stream.rechunk(1),
      Stream.mapChunksEffect((events) =>
        Step.fromEither(Either.map(Either.all(Chunk.map(events, decode)), Chunk.unsafeFromArray))
      ),
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

/** Reads the answer of an action that streams: the decoder of `ApiClient.stream`. */
export const readEvents = <A extends Action.AnyStreaming>(
  call: CallState<A>,
  response: WireResponse
): Effect.Effect<Stream.Stream<Action.Success<A>, Failure<A>>, Failure<A>> => {
  const { stream } = response
  if (stream === undefined) return Effect.map(readBody(call, response), (only) => Stream.succeed(only))
  const warning = Deprecations.warningOf(response.headers)
  const logged = warning === undefined ? Effect.void : call.services.deprecations.warn(call.action, warning)
  return Effect.as(logged, events(call, response, stream))
}
