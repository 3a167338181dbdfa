/** Asks a port for a check, and goes on with its answer or with its failure. */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Step from "../../internal/runtime/step.js"

/** How a check goes on. Its functions take the data of the check, so that they are made once (docs/performance.md, P3). */
interface Continuation<D, A, F, B, E> {
  readonly onAnswer: (answer: A, data: D) => Effect.Effect<B, E>
  readonly onFailure: (failure: F, data: D) => Effect.Effect<never, E>
}

const fail = <D, A, F, B, E>(
  cause: Cause.Cause<F>,
  data: D,
  { onFailure }: Continuation<D, A, F, B, E>
): Effect.Effect<never, E> => {
  if (Cause.isFailType(cause)) return onFailure(cause.error, data)
  const failure = Cause.failureOrCause(cause)
  return failure._tag === "Left" ? onFailure(failure.left, data) : Exit.failCause(failure.right)
}

/** Goes on with the answer of a port. */
export const goOn = <D, A, F, B, E>(
  step: Step.StepContext<never>,
  data: D,
  answer: Effect.Effect<A, F>,
  next: Continuation<D, A, F, B, E>
): Effect.Effect<B, E> => {
  const advanced = Step.advance(answer, step)
  const exit = Step.asExit(advanced)
  if (exit === undefined) {
    return Effect.matchCauseEffect(advanced, {
      onSuccess: (value) => next.onAnswer(value, data),
      onFailure: (cause) => fail(cause, data, next)
    })
  }
  return Exit.isSuccess(exit) ? next.onAnswer(exit.value, data) : fail(exit.cause, data, next)
}

/** Makes the function that asks a port about the data of a check. */
export const askPort = <I, S, D, A, F, B, E>(
  port: Context.Tag<I, S>,
  ask: (port: S, data: D) => Effect.Effect<A, F>,
  next: Continuation<D, A, F, B, E>
): ((data: D) => Effect.Effect<B, E, I>) => {
  const run = (step: Step.StepContext<I>, data: D) => goOn(step, data, ask(Context.get(step.context, port), data), next)
  return (data) => Step.makeFrom(data, run)
}

/** Passes the context on, whatever the answer is. */
export const passOn = <C>(_: unknown, context: C): Effect.Effect<C> => Effect.succeed(context)
