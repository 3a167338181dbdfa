/** The spans and metrics of calls and attempts. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type * as Tracer from "effect/Tracer"
import { isApiError } from "../../../domain/errors/ApiError.js"
import * as ErrorCode from "../../../domain/errors/ErrorCode.js"
import { lastValue } from "../../../domain/internal/lastValue.js"
import type { Failure } from "../../../domain/rules/RetryPolicy.js"
import type { Request } from "../../../domain/wire/Request.js"
import { isRequestId } from "../../../domain/wire/RequestId.js"
import * as Fibers from "../../internal/runtime/fiber.js"
import * as Metrics from "../../internal/runtime/metric.js"
import { actionAttributes, labelsOf, type Named, SpanError } from "../../telemetry/internal/telemetry.js"
import * as Telemetry from "../../telemetry/Telemetry.js"

export type Labels = Metrics.Labels

/** The service may invent codes, and there are many. A span shows the whole code, a metric's label only its family. */
interface ErrorType {
  readonly whole: string
  readonly family: string
  readonly isThrottling: boolean
}

const plain = (name: string): ErrorType => ({ whole: name, family: name, isThrottling: false })

const failureType = (error: Failure): ErrorType => {
  if (!isApiError(error) && error._tag !== "UnrecognizedError") return plain(error._tag)
  return {
    whole: ErrorCode.isErrorCode(error.code) ? error.code : error._tag,
    family: isApiError(error) ? ErrorCode.family(error._tag) : error._tag,
    isThrottling: ErrorCode.categoryOf(error.code) === "throttling"
  }
}

const errorType = (exit: Exit.Exit<unknown, Failure>): ErrorType | undefined =>
  Exit.isSuccess(exit)
    ? undefined
    : Option.match(Cause.failureOption(exit.cause), {
        onNone: () => plain(Cause.isInterruptedOnly(exit.cause) ? "interrupted" : "defect"),
        onSome: failureType
      })

/** The RequestId of an answer, if it looks like one. */
const requestIdOf = (exit: Exit.Exit<unknown, Failure>): string | undefined => {
  const answer = Exit.isSuccess(exit) ? exit.value : Option.getOrUndefined(Cause.failureOption(exit.cause))
  const found = Predicate.hasProperty(answer, "RequestId")
    ? answer.RequestId
    : Predicate.hasProperty(answer, "requestId")
      ? answer.requestId
      : undefined
  return isRequestId(found) ? found : undefined
}

/** How a span ends: without the answer, and without the service's own sentence, which repeats parts of the request. */
const spanExit = (exit: Exit.Exit<unknown, Failure>, type: string): Exit.Exit<void, unknown> =>
  Exit.isSuccess(exit)
    ? Exit.void
    : Option.match(Cause.failureOption(exit.cause), {
        onNone: () => Exit.asVoid(exit),
        onSome: (error) => {
          const isAnswer = isApiError(error) || error._tag === "UnrecognizedError"
          return Exit.fail(new SpanError({ type, message: isAnswer ? `answered with ${type}` : error.message }))
        }
      })

// A program calls few hosts.
const hostAttributes = /* #__PURE__ */ lastValue((host: string): Readonly<Record<string, unknown>> => {
  const [, address = host, port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? []
  return { "server.address": address, ...(port === undefined ? {} : { "server.port": Number(port) }) }
})

/** What a span shows of a request. */
type Shown = Pick<Request, "region">

const attributesOf = (action: Named, { region }: Shown): Record<string, unknown> => {
  const attributes = actionAttributes(action)
  if (region !== undefined) attributes["cloud.region"] = region
  return attributes
}

/** Opens the span of a call. It gets its host when the call ends: only then is it certain. */
export const callSpan = (action: Named, request: Shown): Effect.Effect<Tracer.Span> =>
  Effect.makeSpan(`${action.product}/${action.name}`, {
    kind: "internal",
    attributes: attributesOf(action, request),
    captureStackTrace: false
  })

/** Opens the span of an attempt. */
export const attemptSpan = (
  action: Named,
  request: Shown,
  host: string,
  parent: Tracer.Span
): Effect.Effect<Tracer.Span> =>
  Effect.makeSpan(`${action.product}/${action.name} attempt`, {
    kind: "client",
    attributes: Object.assign(attributesOf(action, request), hostAttributes(host)),
    captureStackTrace: false,
    parent
  })

/** Closes the span of an attempt, or of a call. */
export const endSpan = (span: Tracer.Span, exit: Exit.Exit<unknown, Failure>, fiber: Fibers.AnyFiber): void => {
  const error = errorType(exit)
  if (error !== undefined) span.attribute("error.type", error.whole)
  const requestId = requestIdOf(exit)
  if (requestId !== undefined) span.attribute("tencentcloud.request_id", requestId)
  span.end(Fibers.currentNanos(fiber), spanExit(exit, error?.whole ?? ""))
}

/** Closes the span of a call. The result stays out of it, since it is the body of an answer. */
export const endCall = (
  span: Tracer.Span,
  exit: Exit.Exit<unknown, Failure>,
  progress: { readonly attempts: number; readonly host: string },
  fiber: Fibers.AnyFiber
): void => {
  span.attribute("tencentcloud.attempts", progress.attempts)
  for (const [key, value] of Object.entries(hostAttributes(progress.host))) span.attribute(key, value)
  endSpan(span, exit, fiber)
}

/** What is measured of a call. */
interface Measured {
  readonly action: Named
  readonly plan: { readonly request: Shown }
  readonly fiber: Fibers.AnyFiber
  /** The labels of the program that calls. */
  readonly labels: Labels
  readonly startedAt: number
}

/** Counts a call that has ended, and measures how long it took. */
export const countCall = (call: Measured, exit: Exit.Exit<unknown, Failure>): void => {
  const labels = labelsOf(call.action, errorType(exit)?.family, call.plan.request.region)
  Metrics.increment(Telemetry.calls, labels, call.labels)
  const millis = Fibers.currentMillis(call.fiber) - call.startedAt
  Metrics.record(Telemetry.callDuration, millis / 1000, labels, call.labels)
}

/** Counts an attempt that has ended. */
export const countAttempt = (call: Measured, exit: Exit.Exit<unknown, Failure>): void => {
  const error = errorType(exit)
  const { region } = call.plan.request
  Metrics.increment(Telemetry.attempts, labelsOf(call.action, error?.family, region), call.labels)
  if (error?.isThrottling !== true) return
  Metrics.increment(Telemetry.throttles, labelsOf(call.action, "", region), call.labels)
}

const waitLabels = {
  throttle: Metrics.labels({ "tencentcloud.wait": "throttle" }),
  retry: Metrics.labels({ "tencentcloud.wait": "retry" })
}

/** Measures how long a call has waited before an attempt, since a time in milliseconds. */
export const recordWait = (call: Measured, reason: keyof typeof waitLabels, since: number): void => {
  const millis = Fibers.currentMillis(call.fiber) - since
  if (millis <= 0) return
  const labels = [...labelsOf(call.action, "", call.plan.request.region), ...waitLabels[reason]]
  Metrics.record(Telemetry.waitDuration, millis / 1000, labels, call.labels)
}

/** Records how far the service's clock is ahead, as the client knows it. */
export const recordClockOffset = (now: Effect.Effect<number>): Effect.Effect<void> =>
  Effect.flatMap(Effect.zip(now, Clock.currentTimeMillis), ([seconds, millis]) =>
    Metric.set(Telemetry.clockOffset, seconds - Math.floor(millis / 1000))
  )

/** The headers that let the service continue a trace. */
export const traceHeaders = ({ sampled, spanId, traceId }: Tracer.AnySpan): Readonly<Record<string, string>> => ({
  traceparent: `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`
})
