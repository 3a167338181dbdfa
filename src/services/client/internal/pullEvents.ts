/** Pulls the events of an answer out of its bytes. */
import type * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as EventStream from "../../../domain/wire/EventStream.js"
import type { TransportFault } from "../../../domain/wire/Wire.js"

/** Events, each with its contents, or with the reason why it cannot be read. */
export type Events = ReadonlyArray<Either.Either<EventStream.Event, EventStream.Unreadable>>

/** Waits for at least one event. Fails with `None` at the end of the stream. */
export type NextEvents = Effect.Effect<Events, Option.Option<TransportFault>>

const end: NextEvents = /* #__PURE__ */ Effect.fail(Option.none())

const isDone = (event: Events[number]): boolean => Either.isRight(event) && event.right._tag === "Done"

/** How long the connection may take to end after the last event. A connection that ends can serve another call. */
const grace = "1 second"

class EventPull {
  private readonly reader = new EventStream.Reader()
  private isComplete = false
  private isOver = false

  constructor(private readonly pull: Effect.Effect<Chunk.Chunk<Uint8Array>, Option.Option<TransportFault>>) {}

  readonly next: NextEvents = Effect.suspend(() => {
    if (this.isOver) return end
    if (this.isComplete) return this.drain()
    return Effect.matchEffect(this.pull, {
      onSuccess: (pieces) => this.emit(Array.from(pieces, (piece) => this.reader.feed(piece)).flat()),
      onFailure: (fault) => {
        this.isOver = true
        return Option.isSome(fault) ? Effect.fail(fault) : this.emit(this.reader.end())
      }
    })
  })

  private emit(events: Events): NextEvents {
    if (events.some(isDone)) this.isComplete = true
    const results = this.isComplete ? events.filter((event) => !isDone(event)) : events
    return results.length === 0 ? this.next : Effect.succeed(results)
  }

  /** Waits for the end of a stream that has told all. However that comes, the stream ends well. */
  private drain(): NextEvents {
    this.isOver = true
    return Effect.zipRight(Effect.timeoutOption(Effect.ignore(Effect.forever(this.pull)), grace), end)
  }
}

/** Starts to pull events out of bytes. The end of the scope stops it, and gives the connection up. */
export const start = (
  bytes: Stream.Stream<Uint8Array, TransportFault>,
  scope: Scope.Scope
): Effect.Effect<NextEvents> =>
  Effect.map(Scope.extend(Stream.toPull(bytes), scope), (pull) => new EventPull(pull).next)
