/** Writes the answer of an action that streams: starts the handler's stream, watches its end, and can break it off. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Action } from "../../../domain/contract/Action.js"
import type { ApiError } from "../../../domain/errors/ApiError.js"
import * as Issue from "../../../domain/errors/Issue.js"
import * as EventStream from "../../../domain/wire/EventStream.js"
import { TransportFault } from "../../../domain/wire/Wire.js"
import type { Outcome } from "../Journal.js"

const encodeEvent =
  (action: Action.Any) =>
  (event: unknown): Effect.Effect<string> => {
    // The handler's type is the codec's own: `handlers` ties them together.
    const text = Either.flatMap(action.response.encode(event as never, "response"), EventStream.encode)
    if (Either.isRight(text)) return Effect.succeed(text.right)
    const reason = typeof text.left === "string" ? text.left : text.left.map(Issue.format).join("; ")
    return Effect.die(new Error(`${action.name} gave an event that cannot be sent: ${reason}`))
  }

/**
 * Starts a handler's stream, and waits for its first event. If it fails before that, this effect fails. If it fails later,
 * `onFailure` makes the last event of it.
 *
 * The stream that comes out owns what the handler's stream holds. Run it uninterruptibly, or what it holds leaks if an interruption
 * comes before its first pull. It can be interrupted while it waits for the next event.
 */
export const start = (
  action: Action.Any,
  events: Stream.Stream<unknown, ApiError.Any>,
  onFailure: (cause: Cause.Cause<ApiError.Any>) => Effect.Effect<string>
): Effect.Effect<Stream.Stream<Uint8Array>, ApiError.Any> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const texts = Stream.mapEffect(events, encodeEvent(action))
      const pull = yield* Scope.extend(Stream.toPull(texts), scope)
      const first = yield* restore(pull).pipe(
        Effect.map(Option.some),
        Effect.catchAll(Option.match({ onNone: () => Effect.succeed(Option.none()), onSome: Effect.fail })),
        Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
      )
      const rest = Stream.repeatEffectChunkOption(Effect.interruptible(pull))
      return Option.match(first, { onNone: () => Stream.empty, onSome: Stream.fromChunk }).pipe(
        Stream.concat(Option.isNone(first) ? Stream.empty : rest),
        Stream.catchAllCause((cause) =>
          Stream.fromEffect(Cause.isInterruptedOnly(cause) ? Effect.interrupt : onFailure(cause))
        ),
        Stream.ensuring(Scope.close(scope, Exit.void)),
        Stream.encodeText
      )
    })
  )

/** Counts the events that go out. At the end it reports how many there were, and how the stream ended. */
export const onEnd = (
  pieces: Stream.Stream<Uint8Array, TransportFault>,
  report: (outcome: Outcome, events: number) => Effect.Effect<void>
): Stream.Stream<Uint8Array, TransportFault> =>
  Stream.suspend(() => {
    let events = 0
    // A reader who stops early says nothing.
    let outcome: Outcome = "interrupted"
    return pieces.pipe(
      Stream.map((piece) => {
        if (piece.byteLength > 0) events += 1
        return piece
      }),
      Stream.onEnd(
        Effect.sync(() => {
          outcome = "answered"
        })
      ),
      Stream.tapError(() =>
        Effect.sync(() => {
          outcome = "broken"
        })
      ),
      Stream.ensuring(Effect.suspend(() => report(outcome, events)))
    )
  })

/** Breaks a stream off after a number of bytes. */
export const truncate = (
  pieces: Stream.Stream<Uint8Array, TransportFault>,
  bytes: number
): Stream.Stream<Uint8Array, TransportFault> => {
  const broken = new TransportFault({ reason: "other side closed", sent: true })
  return pieces.pipe(
    Stream.mapAccum(bytes, (left, piece) => [Math.max(0, left - piece.byteLength), piece.subarray(0, left)]),
    Stream.takeUntil((piece) => piece.byteLength === 0),
    Stream.concat(Stream.fail(broken))
  )
}
