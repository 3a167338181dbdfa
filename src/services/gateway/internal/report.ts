/** Reports to the journal and the telemetry how a request ended. */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import type * as Wire from "../../../domain/wire/Wire.js"
import * as Step from "../../internal/runtime/step.js"
import * as Journal from "../Journal.js"
import { ownerOf } from "./caller.js"
import type { RequestContext } from "./check.js"
import * as eventWriter from "./eventWriter.js"
import type { Pipeline, Progress } from "./pipeline.js"
import { logFailure } from "./portFailure.js"
import { logSafely } from "./runHandler.js"

/** How a request ended. */
type End = Pick<Journal.Seen, "events" | "outcome" | "response">

/** Who decided what the answer is: a check, a fault, the handler, or the caller, who hung up before there was one. */
const decidedBy = <R>({ checks }: Pipeline<R>, { check, faults }: Progress<R>, { response }: End): string =>
  response === undefined
    ? "caller"
    : (checks[check]?.name ?? (faults.some(({ _tag }) => _tag !== "Delay") ? "fault" : "handler"))

/** The operations that CAM is asked about for a request. */
const operationsOf = ({ decoded, route }: RequestContext): Effect.Effect<ReadonlyArray<Journal.Operation>> =>
  Effect.sync(() => {
    if (route === undefined || decoded === undefined || Either.isLeft(decoded)) return []
    const { name, product, resources } = route.action
    // The codec of this action made the value.
    const named = resources(decoded.right as never)
    return (named.length === 0 ? ["*"] : named).map((resource) => ({ action: `${product}:${name}`, resource }))
  }).pipe(Effect.catchAllDefect(() => Effect.succeed([])))

/** Writes a request into the journal. */
const record = <R>(pipeline: Pipeline<R>, progress: Progress<R>, end: End): Effect.Effect<void, Journal.JournalError> =>
  Effect.gen(function* () {
    const { code, context, faults, receivedAt, verdicts } = progress
    const { caller, common, missing = [], requestId, route, wire } = context
    const owner = caller === undefined ? undefined : ownerOf(caller)
    const { events, outcome, response } = end
    yield* pipeline.journal.record({
      requestId,
      receivedAt,
      took: Duration.millis((yield* Clock.currentTimeMillis) - receivedAt),
      product: route?.action.product,
      action: common?.action,
      version: common?.version,
      region: common?.region,
      secretId: owner?.secretId,
      account: owner?.account,
      identity: owner?.identity,
      request: wire,
      checks: verdicts,
      decidedBy: decidedBy(pipeline, progress, end),
      operations: yield* operationsOf(context),
      missing,
      faults,
      code,
      outcome,
      events,
      response,
      secrets: route?.action.secrets
    })
  })

/** Runs a report. One that fails costs no answer: it is logged. */
export const orLog = (step: Step.StepContext<never>, report: Effect.Effect<void>): Effect.Effect<void> => {
  let advanced: Effect.Effect<void>
  try {
    advanced = Step.advance(report, step)
  } catch (defect) {
    advanced = Exit.die(defect)
  }
  const exit = Step.asExit(advanced)
  return exit !== undefined && Exit.isSuccess(exit)
    ? exit
    : Effect.catchAllCause(advanced, (cause) => logSafely("The telemetry of a request failed", cause))
}

/** Ends the span of a request, and counts it. */
const endObservation = <R>(
  { check, code, context, observer, verdict }: Progress<R>,
  decidedBy: string | undefined,
  error: string | undefined
): Effect.Effect<void> =>
  observer.end({
    requestId: context.requestId,
    action: context.route?.action,
    decidedBy,
    error: code ?? error,
    check,
    verdict
  })

/** Writes a request into the journal. A journal that fails costs no answer: the log names what it failed with. */
const recordOrLog = <R>(pipeline: Pipeline<R>, progress: Progress<R>, end: End): Effect.Effect<void> =>
  Effect.catchAllCause(record(pipeline, progress, end), (cause) =>
    logFailure(Journal.Journal.key, "The journal failed to record a request", cause)
  )

/** Reports how a request ended. */
const report = <R>(pipeline: Pipeline<R>, progress: Progress<R>, end: End): Effect.Effect<void> => {
  const error = end.outcome === "answered" ? undefined : end.outcome
  const observed = orLog(progress.step, endObservation(progress, decidedBy(pipeline, progress, end), error))
  return pipeline.journal === Journal.noop ? observed : Effect.zipRight(observed, recordOrLog(pipeline, progress, end))
}

/** Reports a request that has its answer. One that streams is reported when its stream ends. */
const complete = <R>(
  pipeline: Pipeline<R>,
  progress: Progress<R>,
  response: Wire.WireResponse
): Effect.Effect<Wire.WireResponse> => {
  const { cut, stream } = response
  if (stream === undefined) {
    const outcome = cut === undefined ? "answered" : "broken"
    const reported = report(pipeline, progress, { outcome, events: undefined, response })
    return Step.flatMapNow(progress.step, reported, () => Effect.succeed(response))
  }
  const observed = eventWriter.onEnd(stream, (outcome, events) => {
    // A reader who has the event with the error need not wait for the end.
    const isAnswered = outcome === "interrupted" && progress.code !== undefined
    return report(pipeline, progress, { outcome: isAnswered ? "answered" : outcome, events, response })
  })
  return Effect.succeed({ ...response, stream: observed })
}

/** Reports a request, however it ended, and passes its answer on. */
export const reportExit = <R>(
  pipeline: Pipeline<R>,
  progress: Progress<R>,
  exit: Exit.Exit<Wire.WireResponse>
): Effect.Effect<Wire.WireResponse> => {
  if (Exit.isSuccess(exit)) return complete(pipeline, progress, exit.value)
  const reported = Cause.isInterruptedOnly(exit.cause)
    ? report(pipeline, progress, { outcome: "interrupted", events: undefined, response: undefined })
    : orLog(progress.step, endObservation(progress, undefined, "defect"))
  return Effect.zipRight(reported, exit)
}
