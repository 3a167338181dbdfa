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

/** What came of a request. */
export interface Ended {
  readonly requestId: string
  /** What it asked for, where a check has found that. */
  readonly action: Named | undefined
  /** Who decided what the answer is. */
  readonly decidedBy: string | undefined
  /** The code of the answer, or else how it ended without a result. */
  readonly error: string | undefined
  /** The check that was made last, by its place. The ones before it have passed. */
  readonly check: number
  /** What it said; of no meaning where all have passed. */
  readonly verdict: Verdict["verdict"]
}

/** Sees one request through. */
export interface Observer {
  /** Its span, where anybody could see it. It is made when it is known what is asked for, and begins when the request came. */
  readonly span: ((action: Named) => Effect.Effect<Tracer.Span>) | undefined
  readonly end: (ended: Ended) => Effect.Effect<void>
}

/** Runs a part of a request in its span, where there is one. */
export const within = <A, E, R>(
  self: Effect.Effect<A, E, R>,
  span: Effect.Effect<Tracer.Span> | undefined
): Effect.Effect<A, E, R> =>
  span === undefined ? self : Effect.flatMap(span, (span) => Effect.withParentSpan(self, span))

/** The same for a stream. It asks its own context alone: a span is seen by it where each pull is run in one. */
export const streamWithin = <A, E>(
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

/** Finds the span of the caller. */
export type Parent = (headers: Wire.Headers) => Option.Option<Tracer.AnySpan>

/** What stands for all that is not served: a caller can make up any number of names. */
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

/** A span begins when the clock says, and this one says when the request came. */
const stoppedAt = (clock: Clock.Clock, nanos: bigint): Clock.Clock => ({
  [Clock.ClockTypeId]: Clock.ClockTypeId,
  unsafeCurrentTimeMillis: () => clock.unsafeCurrentTimeMillis(),
  unsafeCurrentTimeNanos: () => nanos,
  currentTimeMillis: clock.currentTimeMillis,
  currentTimeNanos: Effect.succeed(nanos),
  sleep: (duration) => clock.sleep(duration)
})

const exitOf = (error: string | undefined): Exit.Exit<void, SpanError> =>
  error === undefined
    ? Exit.void
    : error === "interrupted"
      ? Exit.interrupt(FiberId.none)
      : Exit.fail(new SpanError({ type: error, message: `ended with ${error}` }))

const spanOf = (clock: Clock.Clock, parent: Tracer.AnySpan | undefined) => {
  const begin = clock.unsafeCurrentTimeNanos()
  let span: Tracer.Span | undefined
  const open = (action: Named): Effect.Effect<Tracer.Span> =>
    Effect.suspend(() =>
      span !== undefined
        ? Effect.succeed(span)
        : Effect.makeSpan(`${action.product}/${action.name}`, {
            kind: "server",
            attributes: actionAttributes(action),
            captureStackTrace: false,
            ...(parent === undefined ? {} : { parent })
          }).pipe(
            Effect.withClock(stoppedAt(clock, begin)),
            Effect.map((made) => {
              span = made
              return made
            }),
            Effect.uninterruptible
          )
    )
  const end = ({ action, decidedBy, error, requestId }: Ended): Effect.Effect<void> =>
    Effect.map(open(action ?? other), (span) => {
      span.attribute("tencentcloud.request_id", requestId)
      if (decidedBy !== undefined) span.attribute("tencentcloud.decided_by", decidedBy)
      if (error !== undefined) span.attribute("error.type", error)
      span.end(clock.unsafeCurrentTimeNanos(), exitOf(error))
    })
  return { open, end }
}

/** Sees through the requests of a gateway that makes these checks. */
export const make = (checks: ReadonlyArray<string>, parentOf: Parent | undefined) => {
  const labels = checks.map(checkLabels)
  const count = (said: Labels | undefined, mine: Labels) => {
    if (said !== undefined) unsafeCount(Telemetry.checks, said, mine)
  }
  return (fiber: Fiber.RuntimeFiber<unknown, unknown>, headers: Wire.Headers): Observer => {
    const mine = Fibers.metricLabels(fiber)
    const span = Fibers.isTraced(fiber)
      ? spanOf(
          Fibers.currentClock(fiber),
          parentOf === undefined ? undefined : Option.getOrUndefined(parentOf(headers))
        )
      : undefined
    return {
      span: span?.open,
      end: (ended) =>
        Step.make(() => {
          const { action, check, error, verdict } = ended
          for (let place = 0; place < check; place++) count(labels[place]?.passed, mine)
          count(labels[check]?.[verdict], mine)
          const type = error === undefined ? undefined : ErrorCode.family(error)
          unsafeCount(Telemetry.requests, labelsOf(action ?? other, type), mine)
          return span === undefined ? Effect.void : span.end(ended)
        })
    }
  }
}

/**
 * Reads the header `traceparent`. Loaded by those alone that ask for it: the module brings all of `effect/Schema`, which a
 * gateway need not have.
 */
export const traceparent: Effect.Effect<Parent> = Effect.promise(async () => {
  const [{ w3c }, { unsafeFromRecord }] = await Promise.all([
    import("@effect/platform/HttpTraceContext"),
    import("@effect/platform/Headers")
  ])
  return ({ traceparent = "" }) => w3c(unsafeFromRecord({ traceparent }))
})
