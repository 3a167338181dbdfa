/** The spans and the metrics of the requests that a gateway answers. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as MetricLabel from "effect/MetricLabel"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type * as Tracer from "effect/Tracer"
import * as ErrorCode from "../../../domain/errors/ErrorCode.js"
import type * as Wire from "../../../domain/wire/Wire.js"
import * as Fibers from "../../internal/runtime/fiber.js"
import * as Step from "../../internal/runtime/step.js"
import {
  actionAttributes,
  type Labels,
  labelsOf,
  type Named,
  SpanError,
  unsafeCount
} from "../../telemetry/internal/telemetry.js"
import * as Telemetry from "../../telemetry/Telemetry.js"
import type { Verdict } from "../Journal.js"

/** How a request ended. */
export interface End {
  readonly requestId: string
  /** The action that it asked for, if a check has found it. */
  readonly action: Named | undefined
  /** Who decided what the answer is. */
  readonly decidedBy: string | undefined
  /** The code of the answer, or how the request ended without a result. */
  readonly error: string | undefined
  /** The place of the check that ran last. Those before it have passed. */
  readonly check: number
  /** What that check said. It means nothing if all have passed. */
  readonly verdict: Verdict["verdict"]
}

/** Observes one request. */
export interface Observer {
  /**
   * Makes the span of the request, or returns it if it is made. Undefined if nobody could see the span. It is made when the action is
   * known, and starts when the request came in.
   */
  readonly span: ((action: Named) => Effect.Effect<Tracer.Span>) | undefined
  readonly end: (end: End) => Effect.Effect<void>
}

/** Runs a part of a request in its span, if it has one. */
export const withSpan = <A, E, R>(
  self: Effect.Effect<A, E, R>,
  span: Effect.Effect<Tracer.Span> | undefined
): Effect.Effect<A, E, R> =>
  span === undefined ? self : Effect.flatMap(span, (span) => Effect.withParentSpan(self, span))

/** Does the same for a stream. A stream has a context of its own, so each pull runs in the span. */
export const streamWithSpan = <A, E>(
  self: Stream.Stream<A, E>,
  span: Effect.Effect<Tracer.Span> | undefined
): Stream.Stream<A, E> =>
  span === undefined
    ? self
    : Stream.unwrapScoped(
        Effect.zipWith(span, Stream.toPull(self), (span, pull) =>
          Stream.repeatEffectChunkOption(Effect.withParentSpan(pull, span))
        )
      )

/** Finds the span of a caller. */
export type Parent = (headers: Wire.Headers) => Option.Option<Tracer.AnySpan>

/** Names everything that the gateway does not serve: callers can invent any number of names. */
const other: Named = { product: "_other", name: "_other" }

const checkLabels = (name: string) => {
  const labels = (verdict: Verdict["verdict"]): Labels => [
    MetricLabel.make("tencentcloud.check", name),
    MetricLabel.make("tencentcloud.verdict", verdict)
  ]
  return {
    passed: labels("passed"),
    refused: labels("refused"),
    defect: labels("defect"),
    interrupted: labels("interrupted")
  }
}

/** A clock that stands still. A span starts at the time of its clock, which has to be the time when the request came in. */
const stoppedAt = (clock: Clock.Clock, nanos: bigint): Clock.Clock => ({
  [Clock.ClockTypeId]: Clock.ClockTypeId,
  unsafeCurrentTimeMillis: () => clock.unsafeCurrentTimeMillis(),
  unsafeCurrentTimeNanos: () => nanos,
  currentTimeMillis: clock.currentTimeMillis,
  currentTimeNanos: Effect.succeed(nanos),
  sleep: (duration) => clock.sleep(duration)
})

const toExit = (error: string | undefined): Exit.Exit<void, SpanError> =>
  error === undefined
    ? Exit.void
    : error === "interrupted"
      ? Exit.interrupt(FiberId.none)
      : Exit.fail(new SpanError({ type: error, message: `ended with ${error}` }))

/** Makes the span of a request when it is needed. */
const lazySpan = (clock: Clock.Clock, parent: Tracer.AnySpan | undefined, address: string | undefined) => {
  const start = clock.unsafeCurrentTimeNanos()
  let span: Tracer.Span | undefined
  const get = (action: Named): Effect.Effect<Tracer.Span> =>
    Effect.suspend(() =>
      span !== undefined
        ? Effect.succeed(span)
        : Effect.makeSpan(`${action.product}/${action.name}`, {
            kind: "server",
            attributes: {
              ...actionAttributes(action),
              ...(address === undefined ? {} : { "client.address": address })
            },
            captureStackTrace: false,
            ...(parent === undefined ? {} : { parent })
          }).pipe(
            Effect.withClock(stoppedAt(clock, start)),
            Effect.map((made) => {
              span = made
              return made
            }),
            Effect.uninterruptible
          )
    )
  const end = ({ action, decidedBy, error, requestId }: End): Effect.Effect<void> =>
    Effect.map(get(action ?? other), (span) => {
      span.attribute("tencentcloud.request_id", requestId)
      if (decidedBy !== undefined) span.attribute("tencentcloud.decided_by", decidedBy)
      if (error !== undefined) span.attribute("error.type", error)
      span.end(clock.unsafeCurrentTimeNanos(), toExit(error))
    })
  return { get, end }
}

/** What a span tells of the sender of a request. */
type Sender = Pick<Wire.WireRequest, "address" | "headers">

/** Makes the observers of the requests of a gateway that runs these checks. */
export const make = (checks: ReadonlyArray<string>, parentOf: Parent | undefined) => {
  const labels = checks.map(checkLabels)
  const count = (labels: Labels | undefined, mine: Labels) => {
    if (labels !== undefined) unsafeCount(Telemetry.checks, labels, mine)
  }
  return (fiber: Fiber.RuntimeFiber<unknown, unknown>, { address, headers }: Sender): Observer => {
    const mine = Fibers.metricLabels(fiber)
    const span = Fibers.isTraced(fiber)
      ? lazySpan(
          Fibers.currentClock(fiber),
          parentOf === undefined ? undefined : Option.getOrUndefined(parentOf(headers)),
          address
        )
      : undefined
    return {
      span: span?.get,
      end: (end) =>
        Step.make(() => {
          const { action, check, error, verdict } = end
          for (let place = 0; place < check; place++) count(labels[place]?.passed, mine)
          count(labels[check]?.[verdict], mine)
          const type = error === undefined ? undefined : ErrorCode.family(error)
          unsafeCount(Telemetry.requests, labelsOf(action ?? other, type), mine)
          return span === undefined ? Effect.void : span.end(end)
        })
    }
  }
}

/**
 * Reads the header `traceparent`. Its modules are loaded only by gateways that use it: they bring all of `effect/Schema` with them.
 */
export const traceparent: Effect.Effect<Parent> = Effect.promise(async () => {
  const [{ w3c }, { unsafeFromRecord }] = await Promise.all([
    import("@effect/platform/HttpTraceContext"),
    import("@effect/platform/Headers")
  ])
  return ({ traceparent = "" }) => w3c(unsafeFromRecord({ traceparent }))
})
