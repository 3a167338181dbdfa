/** Runs the checks that need only the head of a request, before its body is read. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Wire from "../../../domain/wire/Wire.js"
import * as Step from "../../internal/runtime/step.js"
import type { Pipeline, Progress } from "./pipeline.js"
import { reportExit } from "./report.js"
import { runChecks } from "./runChecks.js"
import { toResponse } from "./runHandler.js"

/** Answers a request that its head alone refuses, and reports it. Returns nothing if the checks pass, or die. */
export const judgeHead = <R>(
  pipeline: Pipeline<R>,
  progress: Progress<R>
): Effect.Effect<Wire.WireResponse | undefined> => {
  const { wire } = progress.context
  const end = pipeline.checks.findIndex(({ needsBody }) => needsBody === undefined || needsBody(wire))
  const head = end < 0 ? pipeline : { ...pipeline, checks: pipeline.checks.slice(0, end) }
  // A request that passes is not reported here, so nothing would end its span.
  progress.observer = { span: undefined, end: progress.observer.end }
  return Step.matchExitNow(
    progress.step,
    () => runChecks(head, progress),
    (exit) =>
      Exit.isFailure(exit) && Cause.isFailure(exit.cause)
        ? Effect.flatMap(toResponse(pipeline, progress, Exit.failCause(exit.cause)), (answer) =>
            reportExit(pipeline, progress, Exit.succeed(answer))
          )
        : Effect.succeed(undefined)
  )
}
