/** Asks a port for a check, and goes on with its answer or with its failure. */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Step from "../../internal/runtime/step.js"

const refuse = <C, F, E>(
  cause: Cause.Cause<F>,
  context: C,
  onFailure: (failure: F, context: C) => Effect.Effect<never, E>
): Effect.Effect<never, E> => {
  if (Cause.isFailType(cause)) return onFailure(cause.error, context)
  const failure = Cause.failureOrCause(cause)
  return failure._tag === "Left" ? onFailure(failure.left, context) : Exit.failCause(failure.right)
}

/**
 * Asks a port. `onAnswer` and `onFailure` take the context of the check as an argument, so that a check can pass functions that it
 * makes once.
 */
export const askPort = <I, S, C, A, F, B, E>(
  port: Context.Tag<I, S>,
  context: C,
  ask: (port: S) => Effect.Effect<A, F>,
  onAnswer: (answer: A, context: C) => Effect.Effect<B, E>,
  onFailure: (failure: F, context: C) => Effect.Effect<never, E>
): Effect.Effect<B, E, I> =>
  Step.make<B, E, I>((step) => {
    const answer = Step.advance(ask(Context.get(step.context, port)), step)
    const exit = Step.asExit(answer)
    if (exit === undefined) {
      return Effect.matchCauseEffect(answer, {
        onSuccess: (value) => onAnswer(value, context),
        onFailure: (cause) => refuse(cause, context, onFailure)
      })
    }
    return Exit.isSuccess(exit) ? onAnswer(exit.value, context) : refuse(exit.cause, context, onFailure)
  })

/** Passes the context on, whatever the answer is. */
export const passOn = <C>(_: unknown, context: C): Effect.Effect<C> => Effect.succeed(context)
