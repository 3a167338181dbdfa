/** Reads the answer of a call: a result, or one of the action's errors. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Stream from "effect/Stream"
import type * as Action from "../../../domain/contract/Action.js"
import { MalformedResponse, TransportError } from "../../../domain/errors/ClientError.js"
import * as Issue from "../../../domain/errors/Issue.js"
import * as Envelope from "../../../domain/wire/Envelope.js"
import type * as Json from "../../../domain/wire/Json.js"
import type { TransportFault, WireResponse } from "../../../domain/wire/Wire.js"
import type { CallState, Failure } from "./callState.js"
import * as PullEvents from "./pullEvents.js"

/**
 * Adds the RequestId to the members of a result, unless it is there: a shape keeps it. A decoder may return the same object many times,
 * so a plain object is copied. An instance of a class belongs to this call, and its prototype tells it from a plain object. A frozen
 * instance has no place for the RequestId.
 */
const withRequestId = (value: object, requestId: string): object | undefined => {
  // No other answer has this RequestId, so this object belongs to no other answer.
  if (requestId !== "" && "RequestId" in value && value.RequestId === requestId) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return { ...value, RequestId: requestId }
  const member = { value: requestId, enumerable: true, writable: true, configurable: true }
  return Reflect.defineProperty(value, "RequestId", member) ? value : undefined
}

/** Makes one of the action's errors from an error of the service. */
export const toApiError = <A extends Action.Action.Any>(
  { action, plan }: CallState<A>,
  { code, message, requestId }: { readonly code: string; readonly message: string; readonly requestId: string }
): Failure<A> => {
  const { region } = plan.request
  const where = { product: action.product, action: action.name, ...(region === undefined ? {} : { region }) }
  // The decoder of this action returns this action's errors.
  return action.decodeError({ code: Envelope.shortenCode(code), message, requestId, ...where }) as Failure<A>
}

/** Makes the error of an answer that is no answer of this action. */
export const malformedResponse = (
  { action, host }: CallState<Action.Action.Any>,
  { headers, status }: WireResponse,
  facts: { readonly reason: string; readonly requestId: string; readonly truncated: boolean; readonly body: string }
): MalformedResponse =>
  new MalformedResponse({
    action: action.name,
    host,
    status,
    contentType: headers["content-type"] ?? "",
    reason: facts.reason,
    truncated: facts.truncated,
    requestId: facts.requestId,
    body: Redacted.make(facts.body)
  })

/** A result without what the envelope adds to it, and no contract names. */
const withoutCommon = ({
  DeprecatedWarning: _,
  Error: __,
  RequestId: ___,
  ...result
}: Json.JsonObject): Json.JsonObject => result

/** Decodes a result, or the data of an event, with the action's codec. Fails with a clause that says what is wrong. */
export const decodeResult = <A extends Action.Action.Any>(
  { action, plan }: CallState<A>,
  data: Json.JsonObject,
  requestId: string
): Either.Either<Action.Action.Success<A>, string> => {
  const { mode } = plan
  const decoded = action.response.decode(mode === "strict" ? withoutCommon(data) : data, mode)
  const misfit = (faults: string) => Either.left(`does not fit the action's contract: ${faults}`)
  if (Either.isLeft(decoded)) return misfit(decoded.left.map(Issue.format).join("; "))
  if (typeof decoded.right !== "object" || decoded.right === null) return misfit("a response is an object")
  const whole = withRequestId(decoded.right, requestId)
  return whole === undefined
    ? misfit("its class is frozen, and takes no RequestId")
    : Either.right(whole as Action.Action.Success<A>)
}

/** Reads a body that was read whole. If the service warns that it is about to give up the action, logs that. */
export const readBody = <A extends Action.Action.Any>(
  call: CallState<A>,
  response: WireResponse
): Effect.Effect<Action.Action.Success<A>, Failure<A>> => {
  const { body } = response
  const decoded = Envelope.decode(body)
  if (Either.isLeft(decoded)) {
    const { reason, requestId, truncated } = decoded.left
    // The API itself always answers with 200. A redirect, or the refusal of a proxy, may well have no body.
    const isTruncated = truncated && response.status === 200
    return Exit.fail(malformedResponse(call, response, { reason, requestId, truncated: isTruncated, body }))
  }
  const envelope = decoded.right
  if (envelope._tag === "Failure") return Exit.fail(toApiError(call, envelope))
  const { requestId } = envelope
  const result = decodeResult(call, envelope.response, requestId)
  if (Either.isLeft(result)) {
    return Exit.fail(malformedResponse(call, response, { reason: result.left, requestId, truncated: false, body }))
  }
  const { DeprecatedWarning: warning } = envelope.response
  return typeof warning === "string"
    ? Effect.as(call.services.deprecations.warn(call.action, warning), result.right)
    : Exit.succeed(result.right)
}

/** Makes the error of a stream of events that breaks off. */
export const brokenStream = (
  { action, host }: CallState<Action.Action.Any>,
  { permanent, reason }: TransportFault
): TransportError => new TransportError({ action: action.name, host, reason, sent: true, permanent })

/**
 * Reads the start of a stream of events, which answers a call that expects one result. If it begins with an error, or if its text is
 * one result, that is the answer. If not, the failure says which method to use.
 */
const readStart = <A extends Action.Action.Any>(
  call: CallState<A>,
  response: WireResponse,
  bytes: Stream.Stream<Uint8Array, TransportFault>
): Effect.Effect<Action.Action.Success<A>, Failure<A>> => {
  const requestId = response.headers["x-tc-requestid"] ?? ""
  const malformed = (reason: string): Effect.Effect<never, Failure<A>> =>
    Effect.fail(malformedResponse(call, response, { reason, requestId, truncated: false, body: "" }))
  const { name } = call.action
  const isStream = Effect.suspend(() =>
    malformed(
      `is a stream of events: call \`${name}.stream\`, or \`ApiClient.stream\` with a contract of \`Action.stream\``
    )
  )
  const read = ([event]: PullEvents.Events): Effect.Effect<Action.Action.Success<A>, Failure<A>> => {
    if (event === undefined || Either.isLeft(event)) return isStream
    if (event.right._tag === "Failure") {
      return Effect.fail(toApiError(call, { ...event.right, requestId: event.right.requestId || requestId }))
    }
    if (event.right._tag !== "Result" || !event.right.bare) return isStream
    const { RequestId = requestId } = event.right.data
    return Either.match(decodeResult(call, event.right.data, `${RequestId}`), {
      onLeft: malformed,
      onRight: Effect.succeed
    })
  }
  return Effect.scopedWith((scope) =>
    Effect.flatMap(PullEvents.start(bytes, scope), (next) =>
      Effect.matchEffect(Effect.timeoutOption(next, call.plan.timeout), {
        onSuccess: Option.match({ onNone: () => isStream, onSome: read }),
        onFailure: Option.match({ onNone: () => isStream, onSome: (fault) => Effect.fail(brokenStream(call, fault)) })
      })
    )
  )
}

/** Reads the answer of an action that does not stream: the decoder of `ApiClient.call`. */
export const readResult = <A extends Action.Action.AnyUnary>(
  call: CallState<A>,
  response: WireResponse
): Effect.Effect<Action.Action.Success<A>, Failure<A>> =>
  response.stream === undefined ? readBody(call, response) : readStart(call, response, response.stream)
