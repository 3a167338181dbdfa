/** Runs the checks of a gateway in their order, and notes what they say. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as CommonError from "../../../domain/errors/CommonError.js"
import * as Fibers from "../../internal/runtime/fiber.js"
import * as Step from "../../internal/runtime/step.js"
import * as Journal from "../Journal.js"
import type { Check, RequestContext } from "./check.js"
import * as telemetry from "./gatewayTelemetry.js"
import { type Pipeline, type Progress, verdictOf } from "./pipeline.js"

type Checked<R = never> = Effect.Effect<RequestContext, CommonError.CommonError, R>

/** Runs a check, and notes for the journal what it said and how long it took. */
const runCheck = <R>(check: Check<R>, progress: Progress<R>): Checked<R> => {
  const clock = Fibers.currentClock(progress.step.fiber)
  const start = clock.unsafeCurrentTimeNanos()
  const note = (exit: Exit.Exit<unknown, unknown>): void => {
    progress.verdicts.push({
      check: check.name,
      verdict: Exit.isSuccess(exit) ? "passed" : verdictOf(exit.cause),
      took: Duration.nanos(clock.unsafeCurrentTimeNanos() - start)
    })
  }
  const checked = Step.tryAdvance(() => check.run(progress.context), progress.step)
  const exit = Step.asExit(checked)
  if (exit === undefined) return Effect.onExit(checked, (exit) => Effect.sync(() => note(exit)))
  note(exit)
  return exit
}

/** Goes on with a check that has to wait: in the span of the request, if an action is known by now. */
const waitFor = <R>({ services }: Pipeline<R>, { context, observer }: Progress<R>, check: Checked<R>): Checked => {
  const span = context.route === undefined ? undefined : observer.span?.(context.route.action)
  return Effect.provide(telemetry.withSpan(check, span), services)
}

/**
 * Runs the checks from a place on, in a plain loop for as long as none has to wait. A check that throws makes it throw.
 * docs/performance.md, P1, says what the loop gains.
 */
const runFrom = <R>(pipeline: Pipeline<R>, progress: Progress<R>, place: number): Checked => {
  const { checks, journal } = pipeline
  for (progress.check = place; ; progress.check++) {
    const check = checks[progress.check]
    if (check === undefined) return Effect.succeed(progress.context)
    const checked =
      journal === Journal.noop ? Step.advance(check.run(progress.context), progress.step) : runCheck(check, progress)
    const exit = Step.asExit(checked)
    if (exit === undefined) {
      const next = progress.check + 1
      return Effect.flatMap(waitFor(pipeline, progress, checked), (context) => {
        progress.context = context
        return runFrom(pipeline, progress, next)
      })
    }
    if (Exit.isFailure(exit)) return exit
    progress.context = exit.value
  }
}

/** Runs all checks. Succeeds with what they have found, and fails with the first refusal. */
export const runChecks = <R>(pipeline: Pipeline<R>, progress: Progress<R>): Checked => runFrom(pipeline, progress, 0)
