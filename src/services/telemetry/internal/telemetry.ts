import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Metric from "effect/Metric"
import * as MetricLabel from "effect/MetricLabel"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Tracer from "effect/Tracer"
import type { Action } from "../../../domain/contract/Action.js"
import { isApiError } from "../../../domain/errors/ApiError.js"
import * as ErrorCode from "../../../domain/errors/ErrorCode.js"
import type { Failure } from "../../../domain/rules/RetryPolicy.js"
import type { Request } from "../../../domain/wire/Request.js"
import * as Step from "../../internal/runtime/step.js"
import * as Telemetry from "../Telemetry.js"

/** Codes are many and the service may invent more: the span takes them as they are, a metric's label only their families. */
interface ErrorType {
  readonly whole: string
  readonly family: string
  readonly throttled: boolean
}

const ofFailure = (error: Failure): ErrorType => {
  if (!isApiError(error) && error._tag !== "UnrecognizedError") return plain(error._tag)
  return {
    whole: ErrorCode.isErrorCode(error.code) ? error.code : error._tag,
    family: isApiError(error) ? ErrorCode.family(error._tag) : error._tag,
    throttled: ErrorCode.categoryOf(error.code) === "throttling"
  }
}

const plain = (name: string): ErrorType => ({ whole: name, family: name, throttled: false })

const errorType = (exit: Exit.Exit<unknown, Failure>): ErrorType | undefined =>
  Exit.isSuccess(exit)
    ? undefined
    : Option.match(Cause.failureOption(exit.cause), {
        onNone: () => plain(Cause.isInterruptedOnly(exit.cause) ? "interrupted" : "defect"),
        onSome: ofFailure
      })

/** What a metric and a span name an action by. */
export type Named = Pick<Action.Any, "product" | "name">

/**
 * One count more. A series is found by its labels' array, and at no cost where that is the same one again: so they are put together
 * once. `mine` are those of the program that counts.
 */
export const unsafeCount = (
  counter: Metric.Metric.Counter<number>,
  labels: Labels,
  mine: ReadonlyArray<MetricLabel.MetricLabel>
): void => counter.unsafeUpdate(1, mine.length === 0 ? labels : [...labels, ...mine])

export type Labels = ReadonlyArray<MetricLabel.MetricLabel>

const known = new WeakMap<Named, Map<string, Labels>>()

/** The labels of an action, and of an error where there is one. */
export const labelsOf = (action: Named, error = ""): Labels => {
  const labels = known.get(action) ?? new Map<string, Labels>()
  known.set(action, labels)
  let found = labels.get(error)
  if (found === undefined) {
    found = [
      MetricLabel.make("rpc.service", action.product),
      MetricLabel.make("rpc.method", action.name),
      ...(error === "" ? [] : [MetricLabel.make("error.type", error)])
    ]
    labels.set(error, found)
  }
  return found
}

/** Its spans go nowhere. */
const nativeTracer = Context.get(DefaultServices.liveServices, Tracer.Tracer)

/** Whether anybody could see a span that is made here. */
export const isTraced = (fiber: Fiber.RuntimeFiber<unknown, unknown>): boolean =>
  Context.get(fiber.currentDefaultServices, Tracer.Tracer) !== nativeTracer &&
  fiber.getFiberRef(FiberRef.currentTracerEnabled)

/** The RequestId of an answer, where it looks like one. */
const requestIdOf = (exit: Exit.Exit<unknown, Failure>): string | undefined => {
  const answer = Exit.isSuccess(exit) ? exit.value : Option.getOrUndefined(Cause.failureOption(exit.cause))
  const found = Predicate.hasProperty(answer, "RequestId")
    ? answer.RequestId
    : Predicate.hasProperty(answer, "requestId")
      ? answer.requestId
      : undefined
  return typeof found === "string" && /^[\w-]{1,64}$/.test(found) ? found : undefined
}

/** How a span ends: without the answer, and without the service's own sentence, which repeats parts of the request. */
const endOf = (exit: Exit.Exit<unknown, Failure>, type: string): Exit.Exit<void, unknown> =>
  Exit.isSuccess(exit)
    ? Exit.void
    : Option.match(Cause.failureOption(exit.cause), {
        onNone: () => Exit.asVoid(exit),
        onSome: (error) => {
          const isAnswer = isApiError(error) || error._tag === "UnrecognizedError"
          return Exit.fail(new SpanError({ type, message: isAnswer ? `answered with ${type}` : error.message }))
        }
      })

/** A failure as a span tells it. */
export class SpanError extends Data.Error<{ readonly type: string; readonly message: string }> {
  override get name() {
    return this.type
  }
}

/** The host that was told last: a program calls few. */
let told: { readonly host: string; readonly attributes: Readonly<Record<string, unknown>> } = {
  host: "",
  attributes: {}
}

const hostAttributes = (host: string): Readonly<Record<string, unknown>> => {
  if (told.host !== host) {
    const [, address = host, port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? []
    const attributes = { "server.address": address, ...(port === undefined ? {} : { "server.port": Number(port) }) }
    told = { host, attributes }
  }
  return told.attributes
}

/** What both ends say of an action. */
export const actionAttributes = ({ name, product }: Named): Record<string, unknown> => ({
  "rpc.system": "tencentcloud-api",
  "rpc.service": product,
  "rpc.method": name
})

/** What is asked for: of a request, what a span tells. */
type Asked = Pick<Request, "region">

const attributesOf = (action: Named, { region }: Asked): Record<string, unknown> => {
  const attributes = actionAttributes(action)
  if (region !== undefined) attributes["cloud.region"] = region
  return attributes
}

/** The span of a call, of which it is not yet sure where it leads. */
export const callSpan = (action: Named, asked: Asked): Effect.Effect<Tracer.Span> =>
  Effect.makeSpan(`${action.product}/${action.name}`, {
    kind: "internal",
    attributes: attributesOf(action, asked),
    captureStackTrace: false
  })

/** The span of an attempt. */
export const attemptSpan = (
  action: Named,
  asked: Asked,
  host: string,
  parent: Tracer.Span
): Effect.Effect<Tracer.Span> =>
  Effect.makeSpan(`${action.product}/${action.name} attempt`, {
    kind: "client",
    attributes: Object.assign(attributesOf(action, asked), hostAttributes(host)),
    captureStackTrace: false,
    parent
  })

/** Ends the span of an attempt, or of a call, by how that ended. */
export const endSpan = (
  span: Tracer.Span,
  exit: Exit.Exit<unknown, Failure>,
  fiber: Fiber.RuntimeFiber<unknown, unknown>
): void => {
  const error = errorType(exit)
  if (error !== undefined) span.attribute("error.type", error.whole)
  const requestId = requestIdOf(exit)
  if (requestId !== undefined) span.attribute("tencentcloud.request_id", requestId)
  span.end(Step.clockOf({ fiber }).unsafeCurrentTimeNanos(), endOf(exit, error?.whole ?? ""))
}

/** Ends the span of a call. What the call gives stays out of it: that is the answer's body. */
export const endCall = (
  span: Tracer.Span,
  exit: Exit.Exit<unknown, Failure>,
  progress: { readonly attempts: number; readonly host: string },
  fiber: Fiber.RuntimeFiber<unknown, unknown>
): void => {
  span.attribute("tencentcloud.attempts", progress.attempts)
  for (const [key, value] of Object.entries(hostAttributes(progress.host))) span.attribute(key, value)
  endSpan(span, exit, fiber)
}

/** Counts a call that has ended. `mine` are the labels of the program that calls. */
export const countCall = (action: Named, exit: Exit.Exit<unknown, Failure>, mine: Labels): void =>
  unsafeCount(Telemetry.calls, labelsOf(action, errorType(exit)?.family), mine)

/** Counts an attempt that has ended. */
export const countAttempt = (action: Named, exit: Exit.Exit<unknown, Failure>, mine: Labels): void => {
  const error = errorType(exit)
  unsafeCount(Telemetry.attempts, labelsOf(action, error?.family), mine)
  if (error?.throttled === true) unsafeCount(Telemetry.throttles, labelsOf(action), mine)
}

/** Tells by how much the service's clock, as the client knows it, is ahead. */
export const tellOffset = (now: Effect.Effect<number>): Effect.Effect<void> =>
  Effect.flatMap(Effect.zip(now, Clock.currentTimeMillis), ([seconds, millis]) =>
    Metric.set(Telemetry.clockOffset, seconds - Math.floor(millis / 1000))
  )

/** The headers that let the service's trace go on from this one's. */
export const traceHeaders = ({ sampled, spanId, traceId }: Tracer.AnySpan): Readonly<Record<string, string>> => ({
  traceparent: `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`
})
