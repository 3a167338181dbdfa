/** Asks a port for a check, and goes on with its answer or with its failure. */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Step from "../../internal/runtime/step.js"
import { PortError, toDefect } from "./portFailure.js"

/** How a check goes on. Its functions take the data of the check, so that they are made once (docs/performance.md, P3). */
interface Continuation<D, A, F, B, E> {
  /** The name of the port, for the log. */
  readonly port: string
  readonly onAnswer: (answer: A, data: D) => Effect.Effect<B, E>
  readonly onFailure: (failure: Exclude<F, PortError>, data: D) => Effect.Effect<never, E>
}

const isOwn = <F>(failure: F): failure is Exclude<F, PortError> => !(failure instanceof PortError)

/** A port that could not do its work, or that died, has failed: the answer is `InternalError`, and the log names the port. */
const fail = <D, A, F, B, E>(
  cause: Cause.Cause<F>,
  data: D,
  { onFailure, port }: Continuation<D, A, F, B, E>
): Effect.Effect<never, E> => {
  if (Cause.isFailType(cause) && isOwn(cause.error)) return onFailure(cause.error, data)
  const found = Cause.failureOrCause(cause)
  return found._tag === "Left" && isOwn(found.left)
    ? onFailure(found.left, data)
    : Exit.failCause(toDefect(port, cause))
}

/** Goes on with the answer of a port. */
export const goOn = <D, A, F, B, E>(
  step: Step.StepContext<never>,
  data: D,
  answer: Effect.Effect<A, F>,
  next: Continuation<D, A, F, B, E>
): Effect.Effect<B, E> => {
  let advanced: Effect.Effect<A, F>
  try {
    advanced = Step.advance(answer, step)
  } catch (defect) {
    return Exit.failCause(toDefect(next.port, Cause.die(defect)))
  }
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
  next: Omit<Continuation<D, A, F, B, E>, "port">
): ((data: D) => Effect.Effect<B, E, I>) => {
  const continuation = { ...next, port: port.key }
  const run = (step: Step.StepContext<I>, data: D): Effect.Effect<B, E> => {
    let answer: Effect.Effect<A, F>
    try {
      answer = ask(Context.get(step.context, port), data)
    } catch (defect) {
      return Exit.failCause(toDefect(port.key, Cause.die(defect)))
    }
    return goOn(step, data, answer, continuation)
  }
  return (data) => Step.makeFrom(data, run)
}

/** Passes the context on, whatever the answer is. */
export const passOn = <C>(_: unknown, context: C): Effect.Effect<C> => Effect.succeed(context)
