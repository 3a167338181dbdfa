import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberRef from "effect/FiberRef"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Tracer from "effect/Tracer"
import type { Action } from "../../domain/Action.js"
import { isApiError } from "../../domain/ApiError.js"
import * as ErrorCategory from "../../domain/ErrorCategory.js"
import * as ErrorCode from "../../domain/ErrorCode.js"
import type { Failure } from "../../domain/RetryPolicy.js"
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
    whole: ErrorCode.is(error.code) ? error.code : error._tag,
    family: isApiError(error) ? ErrorCode.family(error._tag) : error._tag,
    throttled: ErrorCategory.of(error.code) === "throttling"
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

/** A counter with the labels of each action, which are put together once. */
const labelled = (counter: Metric.Metric.Counter<number>) => {
  const known = new WeakMap<Action.Any, Map<string, Metric.Metric.Counter<number>>>()
  return (action: Action.Any, error = ""): Effect.Effect<void> => {
    const counters = known.get(action) ?? new Map<string, Metric.Metric.Counter<number>>()
    known.set(action, counters)
    let found = counters.get(error)
    if (found === undefined) {
      found = counter.pipe(Metric.tagged("rpc.service", action.product), Metric.tagged("rpc.method", action.name))
      if (error !== "") found = Metric.tagged(found, "error.type", error)
      counters.set(error, found)
    }
    return Metric.increment(found)
  }
}

const countCall = labelled(Telemetry.calls)
const countAttempt = labelled(Telemetry.attempts)
const countThrottle = labelled(Telemetry.throttles)

/** Its spans go nowhere. */
const nativeTracer = Context.get(DefaultServices.liveServices, Tracer.Tracer)

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

class SpanError extends Data.Error<{ readonly type: string; readonly message: string }> {
  override get name() {
    return this.type
  }
}

/** What a span says of a call or of an attempt. */
interface Subject {
  readonly action: Action.Any
  readonly region: string | undefined
  /** Left out while it may still change. */
  readonly host?: string
}

const hostAttributes = (host: string): Record<string, unknown> => {
  const [, address = host, port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? []
  return { "server.address": address, ...(port === undefined ? {} : { "server.port": Number(port) }) }
}

const attributesOf = ({ action, host, region }: Subject): Record<string, unknown> => ({
  "rpc.system": "tencentcloud-api",
  "rpc.service": action.product,
  "rpc.method": action.name,
  ...(host === undefined ? {} : hostAttributes(host)),
  ...(region === undefined ? {} : { "cloud.region": region })
})

/** Runs an effect in a span. What it gives stays out of the span's end: it is the answer's body. */
const inSpan = <A, E extends Failure>(
  self: Effect.Effect<A, E>,
  name: string,
  kind: Tracer.SpanKind,
  subject: Subject,
  atEnd: () => Record<string, unknown>
): Effect.Effect<A, E> =>
  Effect.withFiberRuntime<A, E>((fiber) => {
    const tracer = Context.get(fiber.getFiberRef(DefaultServices.currentServices), Tracer.Tracer)
    if (tracer === nativeTracer || !fiber.getFiberRef(FiberRef.currentTracerEnabled)) return self
    return Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(
        Effect.makeSpan(name, { kind, attributes: attributesOf(subject), captureStackTrace: false }),
        (span) =>
          Effect.onExit(restore(Effect.withParentSpan(self, span)), (exit) =>
            Effect.map(Clock.currentTimeNanos, (now) => {
              const error = errorType(exit)
              if (error !== undefined) span.attribute("error.type", error.whole)
              const requestId = requestIdOf(exit)
              if (requestId !== undefined) span.attribute("tencentcloud.request_id", requestId)
              for (const [key, value] of Object.entries(atEnd())) span.attribute(key, value)
              span.end(now, endOf(exit, error?.whole ?? ""))
            })
          )
      )
    )
  })

/** A call: its span, and its metric. */
export const call = <A, E extends Failure>(
  self: Effect.Effect<A, E>,
  subject: Subject,
  tracing: boolean,
  progress: { readonly attempts: number; readonly host: string }
): Effect.Effect<A, E> => {
  const { action } = subject
  const counted = Effect.onExit(self, (exit) => countCall(action, errorType(exit)?.family))
  return tracing
    ? inSpan(counted, `${action.product}/${action.name}`, "internal", subject, () => ({
        "tencentcloud.attempts": progress.attempts,
        ...hostAttributes(progress.host)
      }))
    : counted
}

/** An attempt: its span, and its metrics. */
export const attempt = <A, E extends Failure>(
  self: Effect.Effect<A, E>,
  subject: Subject,
  tracing: boolean
): Effect.Effect<A, E> => {
  const { action } = subject
  const counted = Effect.onExit(self, (exit) => {
    const error = errorType(exit)
    const count = countAttempt(action, error?.family)
    return error?.throttled === true ? Effect.zipRight(count, countThrottle(action)) : count
  })
  return tracing ? inSpan(counted, `${action.product}/${action.name} attempt`, "client", subject, () => ({})) : counted
}

/** Tells by how much the service's clock, as the client knows it, is ahead. */
export const tellOffset = (now: Effect.Effect<number>): Effect.Effect<void> =>
  Effect.flatMap(Effect.zip(now, Clock.currentTimeMillis), ([seconds, millis]) =>
    Metric.set(Telemetry.clockOffset, seconds - Math.floor(millis / 1000))
  )

/** The headers that let the service's trace go on from this one's, where there is one. */
export const traceHeaders: Effect.Effect<Readonly<Record<string, string>>> = Effect.map(
  Effect.option(Effect.currentParentSpan),
  Option.match({
    onNone: () => ({}),
    onSome: ({ sampled, spanId, traceId }) => ({ traceparent: `00-${traceId}-${spanId}-${sampled ? "01" : "00"}` })
  })
)
