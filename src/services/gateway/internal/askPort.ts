/** Asks a port, and goes on with its answer or with its failure. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Step from "../../internal/runtime/step.js"

/**
 * Asks a port for a check. `onAnswer` and `onFailure` take the context of the check as an argument, so that a check can pass functions
 * that it makes once.
 */
export const askPort = <C, A, F, B, E>(
  asking: Step.StepContext<never>,
  context: C,
  answer: Effect.Effect<A, F>,
  onAnswer: (answer: A, context: C) => Effect.Effect<B, E>,
  onFailure: (failure: F, context: C) => Effect.Effect<never, E>
): Effect.Effect<B, E> => {
  const settled = Step.advance(answer, asking)
  const exit = Step.asExit(settled)
  if (exit === undefined) {
    return Effect.matchCauseEffect(settled, {
      onSuccess: (value) => onAnswer(value, context),
      onFailure: (cause) => refuse(cause, context, onFailure)
    })
  }
  return Exit.isSuccess(exit) ? onAnswer(exit.value, context) : refuse(exit.cause, context, onFailure)
}

const refuse = <C, F, E>(
  cause: Cause.Cause<F>,
  context: C,
  onFailure: (failure: F, context: C) => Effect.Effect<never, E>
): Effect.Effect<never, E> => {
  if (Cause.isFailType(cause)) return onFailure(cause.error, context)
  const failure = Cause.failureOrCause(cause)
  return failure._tag === "Left" ? onFailure(failure.left, context) : Exit.failCause(failure.right)
}
