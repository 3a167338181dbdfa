/** Reads the answer of an action that streams. */
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Action } from "../../../domain/contract/Action.js"
import { RequestTimeout } from "../../../domain/errors/ClientError.js"
import type { TransportFault, WireResponse } from "../../../domain/wire/Wire.js"
import * as Deprecations from "../../internal/deprecations.js"
import { type CallState, type Decoder, type Failure, placeOf } from "./callState.js"
import * as PullEvents from "./pullEvents.js"
import { brokenStream, decodeResult, malformedResponse, readBody, toApiError } from "./readAnswer.js"

/** Waits for at least one result. Fails with `None` at the end of the stream. */
type NextResults<A extends Action.Any> = Effect.Effect<Chunk.Chunk<Action.Success<A>>, Option.Option<Failure<A>>>

/** Decodes the events of an answer. What cannot be decoded, and a failure, come after the results before them. */
class EventDecoder<A extends Action.AnyStreaming> {
  private readonly requestId: string
  private failure: Failure<A> | undefined = undefined

  constructor(
    private readonly call: CallState<A>,
    private readonly response: WireResponse,
    private readonly events: PullEvents.NextEvents
  ) {
    this.requestId = response.headers["x-tc-requestid"] ?? ""
  }

  readonly next: NextResults<A> = Effect.suspend(() =>
    this.failure === undefined
      ? Effect.matchEffect(this.events, {
          onSuccess: (events) => this.decodeAll(events),
          onFailure: (fault) => Effect.fail(Option.map(fault, (fault) => brokenStream(this.call, fault)))
        })
      : Effect.fail(Option.some(this.failure))
  )

  private decodeAll(events: PullEvents.Events): NextResults<A> {
    const results: Array<Action.Success<A>> = []
    for (const event of events) {
      const result = this.decode(event)
      if (Either.isRight(result)) results.push(result.right)
      else {
        this.failure = result.left
        break
      }
    }
    const next = results.length === 0 ? this.next : Effect.succeed(Chunk.unsafeFromArray(results))
    return this.call.services.deviations.after(next)
  }

  private decode(event: PullEvents.Events[number]): Either.Either<Action.Success<A>, Failure<A>> {
    const { call, requestId } = this
    if (Either.isLeft(event)) return Either.left(this.malformed(event.left.reason, event.left.truncated))
    if (event.right._tag === "Failure") {
      return Either.left(toApiError(call, { ...event.right, requestId: event.right.requestId || requestId }))
    }
    // `pullEvents` keeps the end to itself.
    const data = event.right._tag === "Result" ? event.right.data : {}
    const ownId = requestId === "" && typeof data.RequestId === "string" ? data.RequestId : requestId
    return Either.mapLeft(decodeResult(call, data, ownId), (reason) => this.malformed(reason, false))
  }

  private malformed(reason: string, truncated: boolean): Failure<A> {
    const { call, requestId, response } = this
    return malformedResponse(call, response, { reason, requestId, truncated, body: "" })
  }
}

/** Waits for results no longer than a number of milliseconds. */
const within = <A extends Action.Any>(
  next: NextResults<A>,
  millis: number,
  onTimeout: () => Failure<A>
): NextResults<A> => {
  if (!Number.isFinite(millis)) return next
  // Although no time may be left, it starts to wait: only a stream that was pulled gives its connection up.
  return Effect.timeoutFail(next, {
    duration: Duration.millis(Math.max(0, millis)),
    onTimeout: () => Option.some(onTimeout())
  })
}

/** Waits for the first results, as long as the attempt may take. */
const first = <A extends Action.AnyStreaming>(call: CallState<A>, next: NextResults<A>): NextResults<A> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const { plan } = call
    const { timeout } = plan
    const left = Duration.toMillis(timeout) - (now - (call.sentAt ?? now))
    return within(next, left, () => new RequestTimeout({ ...placeOf(call), scope: "attempt", after: timeout }))
  })

/** Waits for later results: not longer than the stream may be idle, and not past the deadline of the call. */
const later = <A extends Action.AnyStreaming>(call: CallState<A>, next: NextResults<A>): NextResults<A> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const { plan, startedAt } = call
    const { deadline = Duration.infinity, idleTimeout } = plan
    const left = Duration.toMillis(deadline) - (now - startedAt)
    const idle = Duration.toMillis(idleTimeout)
    const [scope, after] = left <= idle ? (["call", deadline] as const) : (["idle", idleTimeout] as const)
    return within(next, Math.min(left, idle), () => new RequestTimeout({ ...placeOf(call), scope, after }))
  })

/** Reads the events, and waits for the first of them: until then the call can still be repeated. */
const read = <A extends Action.AnyStreaming>(
  call: CallState<A>,
  response: WireResponse,
  bytes: Stream.Stream<Uint8Array, TransportFault>,
  scope: Scope.Scope
): Effect.Effect<Stream.Stream<Action.Success<A>, Failure<A>>, Failure<A>> =>
  Effect.flatMap(PullEvents.start(bytes, scope), (events) => {
    const { next } = new EventDecoder(call, response, events)
    const rest = Stream.repeatEffectChunkOption(later(call, next))
    return Effect.matchEffect(first(call, next), {
      onSuccess: (results) => Effect.succeed(Stream.concat(Stream.fromChunk(results), rest)),
      onFailure: (failure) => (Option.isSome(failure) ? Effect.fail(failure.value) : Effect.succeed(Stream.empty))
    })
  })

/**
 * Makes the decoder of `ApiClient.stream`. The end of the scope, and the failure of an attempt, give the connection up. An answer that
 * is no stream of events is the only event.
 */
export const readEvents =
  <A extends Action.AnyStreaming>(scope: Scope.Scope): Decoder<A, Stream.Stream<Action.Success<A>, Failure<A>>> =>
  (call, response) => {
    const { stream } = response
    if (stream === undefined) return Effect.map(readBody(call, response), (only) => Stream.succeed(only))
    const warning = Deprecations.warningOf(response.headers)
    const logged = warning === undefined ? Effect.void : call.services.deprecations.warn(call.action, warning)
    const started = Effect.flatMap(Scope.fork(scope, ExecutionStrategy.sequential), (own) =>
      Effect.onExit(read(call, response, stream, own), (exit) =>
        Exit.isSuccess(exit) ? Effect.void : Scope.close(own, exit)
      )
    )
    return Effect.zipLeft(started, logged)
  }
