/** Reads the answer of a call: a result, or one of the action's errors. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Stream from "effect/Stream"
import type * as Action from "../../../domain/contract/Action.js"
import { decodeLeniently } from "../../../domain/contract/internal/lenient.js"
import { MalformedResponse, TransportError } from "../../../domain/errors/ClientError.js"
import * as Issue from "../../../domain/errors/Issue.js"
import * as Secrets from "../../../domain/rules/internal/secrets.js"
import * as Envelope from "../../../domain/wire/Envelope.js"
import type * as Json from "../../../domain/wire/Json.js"
import type { TransportFault, WireResponse } from "../../../domain/wire/Wire.js"
import { type CallState, type Failure, placeOf } from "./callState.js"
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
  call: CallState<A>,
  { code, message, requestId }: { readonly code: string; readonly message: string; readonly requestId: string }
): Failure<A> =>
  // The decoder of this action returns this action's errors.
  call.action.decodeError({
    code: Envelope.shortenCode(code),
    // A service may repeat in its message what the request has said, and so a password.
    message: Secrets.fromMessage(message, call.parameters, call.plan.isSecret),
    requestId,
    ...placeOf(call)
  }) as Failure<A>

/** Makes the error of an answer that is no answer of this action. */
export const malformedResponse = (
  call: CallState<Action.Action.Any>,
  { headers, status }: WireResponse,
  facts: { readonly reason: string; readonly requestId: string; readonly truncated: boolean; readonly body: string }
): MalformedResponse =>
  new MalformedResponse({
    ...placeOf(call),
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

const misfit = (faults: string) => Either.left(`does not fit the action's contract: ${faults}`)

/** The most faults that an error names. */
const maxFaults = 20

const misfitOf = (issues: ReadonlyArray<Issue.Issue>) => misfit(issues.slice(0, maxFaults).map(Issue.format).join("; "))

const toSuccess = <A extends Action.Action.Any>(
  value: unknown,
  requestId: string
): Either.Either<Action.Action.Success<A>, string> => {
  if (typeof value !== "object" || value === null) return misfit("a response is an object")
  const whole = withRequestId(value, requestId)
  return whole === undefined
    ? misfit("its class is frozen, and takes no RequestId")
    : // True: the action's codec decoded it.
      Either.right(whole as Action.Action.Success<A>)
}

/** Decodes a result that deviates from the contract. What cannot be read is left out, and noted. */
const decodeDeviating = <A extends Action.Action.Any>(
  { action, services }: CallState<A>,
  data: Json.JsonObject,
  requestId: string
): Either.Either<Action.Action.Success<A>, string> => {
  const lenient = decodeLeniently(action.response, data)
  if (Either.isLeft(lenient)) return misfitOf(lenient.left)
  const { deviations, value } = lenient.right
  const whole = toSuccess<A>(value, requestId)
  if (Either.isRight(whole)) services.deviations.add(action, whole.right, { raw: data, deviations })
  return whole
}

/**
 * Decodes a result, or the data of an event, with the action's codec. Fails with a clause that says what is wrong. The call's
 * `services.deviations` then have something to log, if the data deviates.
 */
export const decodeResult = <A extends Action.Action.Any>(
  call: CallState<A>,
  data: Json.JsonObject,
  requestId: string
): Either.Either<Action.Action.Success<A>, string> => {
  const { action, plan } = call
  const { mode } = plan
  const decoded = action.response.decode(mode === "strict" ? withoutCommon(data) : data, mode)
  if (Either.isRight(decoded)) return toSuccess(decoded.right, requestId)
  return mode === "strict" ? misfitOf(decoded.left) : decodeDeviating(call, data, requestId)
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
  const { deprecations, deviations } = call.services
  return deviations.after(
    typeof warning === "string"
      ? Effect.as(deprecations.warn(call.action, warning), result.right)
      : Exit.succeed(result.right)
  )
}

/** Makes the error of a stream of events that breaks off. */
export const brokenStream = (
  call: CallState<Action.Action.Any>,
  { permanent, reason }: TransportFault
): TransportError => new TransportError({ ...placeOf(call), reason, sent: true, permanent })

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
    const result = decodeResult(call, event.right.data, `${RequestId}`)
    return call.services.deviations.after(Either.match(result, { onLeft: malformed, onRight: Effect.succeed }))
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
