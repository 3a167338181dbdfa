/** Runs the handler of a request that has passed its checks, and turns what comes of a request into an answer. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import type { Action } from "../../../domain/contract/Action.js"
import { type ApiError, isApiError } from "../../../domain/errors/ApiError.js"
import * as CommonError from "../../../domain/errors/CommonError.js"
import * as Issue from "../../../domain/errors/Issue.js"
import * as Message from "../../../domain/rules/Message.js"
import * as Body from "../../../domain/wire/Body.js"
import * as Envelope from "../../../domain/wire/Envelope.js"
import * as EventStream from "../../../domain/wire/EventStream.js"
import * as Json from "../../../domain/wire/Json.js"
import type * as Wire from "../../../domain/wire/Wire.js"
import * as Deprecations from "../../internal/deprecations.js"
import * as Step from "../../internal/runtime/step.js"
import type { Call } from "../Handlers.js"
import * as eventWriter from "./eventWriter.js"
import * as telemetry from "./gatewayTelemetry.js"
import { callOf, type Pipeline, type Progress, verdictOf } from "./pipeline.js"

/** What an action answers: an envelope, or a stream of events. */
type Answer = string | Stream.Stream<Uint8Array>

const megabyte = 1024 * 1024

const internalError = (language: Message.Language): CommonError.InternalError =>
  new CommonError.InternalError({ message: Message.internalError[language] })

/** Logs a defect. The caller learns no more than that there was one. */
const logDefect = (
  at: string,
  language: Message.Language,
  cause: Cause.Cause<unknown>
): Effect.Effect<CommonError.InternalError> =>
  Effect.as(logSafely(`A defect in ${at}, answered with InternalError`, cause), internalError(language))

/** Logs an error. A logger or a tracer that fails must not cost an answer. */
export const logSafely = (message: string, cause: Cause.Cause<unknown>): Effect.Effect<void> =>
  Effect.catchAllCause(Effect.logError(message, cause), () => Effect.void)

const tooLarge = (limit: number, language: Message.Language): Effect.Effect<never, CommonError.CommonError> => {
  const text = limit % megabyte === 0 ? `${limit / megabyte} MB` : `${limit} bytes`
  return Effect.fail(new CommonError.ResponseSizeLimitExceeded({ message: Message.responseTooLarge(text)[language] }))
}

/** Encodes the result of a handler. Dies if the codec of the action rejects it. */
const encodeResult = (
  action: Action.Any,
  result: unknown,
  maxResponseSize: number,
  { language, requestId }: Call
): Effect.Effect<string, CommonError.CommonError> => {
  // The handler's type is the codec's own: `handlers` ties them together.
  const body = Either.flatMap(action.response.encode(result as never, "response"), (encoded) =>
    Envelope.encodeSuccess(
      action.deprecated !== undefined && Json.isObject(encoded)
        ? { ...encoded, DeprecatedWarning: action.deprecated }
        : encoded,
      requestId
    )
  )
  if (Either.isLeft(body)) {
    const reason = typeof body.left === "string" ? body.left : body.left.map(Issue.format).join("; ")
    return Effect.die(new Error(`${action.name} gave a result that cannot be sent: ${reason}`))
  }
  // In UTF-8, no code unit takes more than three bytes.
  const fits = body.right.length * 3 <= maxResponseSize || Body.byteLength(body.right) <= maxResponseSize
  return fits ? Effect.succeed(body.right) : tooLarge(maxResponseSize, language)
}

/** Encodes the failure that ends a stream of events. */
const encodeLastEvent = <R>(
  action: Action.Any,
  progress: Progress<R>,
  cause: Cause.Cause<ApiError.Any>
): Effect.Effect<string> => {
  const { language, requestId } = progress.context
  return Option.match(Option.filter(Cause.failureOption(cause), isApiError), {
    onNone: (): Effect.Effect<ApiError.Any> => logDefect(action.name, language, cause),
    onSome: (error) => Effect.succeed(error)
  }).pipe(
    Effect.map(({ code, reason }) => {
      progress.code = code
      return EventStream.encodeFailure({ code, message: reason, requestId })
    }),
    Effect.annotateLogs({ requestId })
  )
}

/** Runs the handler, in the span of the request. An answer that streams has its first event by then. */
export const runHandler = <R>(
  { maxResponseSize }: Pipeline<R>,
  progress: Progress<R>
): Effect.Effect<Answer, ApiError.Any> => {
  const { context, observer, step } = progress
  const { decoded, language, route } = context
  if (route === undefined || decoded === undefined || Either.isLeft(decoded)) {
    return Effect.zipRight(
      Effect.logError("The checks found no action or no parameters: look at their list."),
      Effect.fail(internalError(language))
    )
  }
  const { action } = route
  const call = callOf(action, context)
  const span = observer.span?.(action)
  const served = route._tag === "Choice" ? route.choose(decoded.right) : route
  if (served._tag === "Unary") {
    const handled = telemetry.withSpan(served.handle(decoded.right, call), span)
    return Step.flatMapNow(step, handled, (result) => encodeResult(served.action, result, maxResponseSize, call))
  }
  const events = telemetry.streamWithSpan(served.handle(decoded.right, call), span)
  return eventWriter.start(served.action, events, (cause) => encodeLastEvent(action, progress, cause))
}

/** Whether a text may be sent back as a header: it cannot end that header, or fill the answer. */
const isEchoable = (value: string): boolean => /^[\x20-\x7e]{1,256}$/.test(value)

/** Puts an answer into the form in which it travels. */
export const toWire = (
  request: Wire.WireRequest | undefined,
  requestId: string,
  answer: Answer,
  action?: Action.Any
): Wire.WireResponse => {
  const traceId = request?.headers["x-tc-traceid"]
  const echo = traceId !== undefined && isEchoable(traceId) ? { "x-tc-traceid": traceId } : {}
  return typeof answer === "string"
    ? { status: 200, headers: { "content-type": "application/json", ...echo }, body: answer }
    : {
        status: 200,
        headers: {
          "content-type": EventStream.contentType,
          // A proxy in between passes each event on as it comes.
          "cache-control": "no-cache",
          "x-accel-buffering": "no",
          "x-tc-requestid": requestId,
          ...(action === undefined ? {} : Deprecations.headersOf(action)),
          ...echo
        },
        body: "",
        stream: answer
      }
}

/** Puts an error into the form in which it travels. The request is undefined if it could not be read. */
export const errorToWire = (
  request: Wire.WireRequest | undefined,
  requestId: string,
  { code, reason }: ApiError.Any
): Wire.WireResponse => toWire(request, requestId, Envelope.encodeFailure({ code, message: reason, requestId }))

/** The RequestId of a request that failed before it had one. */
const noRequestId = "00000000-0000-4000-8000-000000000000"

/** Answers a request that failed before its checks. */
export const answerDefect = (wire: Wire.WireRequest, defect: unknown): Effect.Effect<Wire.WireResponse> =>
  Effect.map(logDefect("the gateway itself", "en-US", Cause.die(defect)), (error) =>
    errorToWire(wire, noRequestId, error)
  )

const refuse = <R>(progress: Progress<R>, error: ApiError.Any): Wire.WireResponse => {
  const { requestId, wire } = progress.context
  progress.code = error.code
  return errorToWire(wire, requestId, error)
}

/** Answers a request, whatever has come of it: an answer, a refusal, or a defect. */
export const toResponse = <R>(
  { checks }: Pipeline<R>,
  progress: Progress<R>,
  exit: Exit.Exit<Answer, ApiError.Any>
): Effect.Effect<Wire.WireResponse> => {
  const { language, requestId, route, wire } = progress.context
  if (Exit.isSuccess(exit)) return Effect.succeed(toWire(wire, requestId, exit.value, route?.action))
  const { cause } = exit
  // Most causes are one failure, and need no search.
  const error = cause._tag === "Fail" ? cause.error : Option.getOrUndefined(Cause.failureOption(cause))
  if (progress.check < checks.length) progress.verdict = error === undefined ? verdictOf(cause) : "refused"
  return error !== undefined && isApiError(error)
    ? Effect.succeed(refuse(progress, error))
    : Effect.map(logDefect(route?.action.name ?? "a check", language, cause), (error) => refuse(progress, error))
}
