/**
 * Most of what a call or a request asks is known at once: a result is there already, or takes one look at the clock. An effect that
 * is done is an `Exit`, and one that asks nothing but its fiber and its services is a step. Whoever is in a fiber already takes both
 * without a turn of its loop; to everybody else they are effects like any other, and do nothing until they are run.
 */
import type * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"

/** Who takes a step: a fiber, with the services that the step may ask for. */
export interface Asking<R> {
  readonly fiber: Fiber.RuntimeFiber<unknown, unknown>
  readonly context: Context.Context<R>
}

class Step<A, E, R> extends Effectable.Class<A, E, R> {
  constructor(readonly take: (asking: Asking<R>) => Effect.Effect<A, E, R>) {
    super()
  }
  commit(): Effect.Effect<A, E, R> {
    return Effect.withFiberRuntime<A, E, R>((fiber) =>
      // A fiber that runs an effect has the services that the effect asks for.
      this.take({ fiber, context: fiber.getFiberRef(FiberRef.currentContext) as Context.Context<R> })
    )
  }
}

/** An effect that asks its fiber, and knows how to go on. */
export const make = <A, E = never, R = never>(
  take: (asking: Asking<R>) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => new Step(take)

/** Asks for a service. */
export const service = <I, S, A, E, R>(
  tag: Context.Tag<I, S>,
  next: (service: S) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R | I> => make<A, E, R | I>(({ context }) => next(Context.unsafeGet(context, tag)))

/** Asks for what has a default. */
export const reference = <I, S, A, E, R>(
  tag: Context.Reference<I, S>,
  next: (value: S) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => make<A, E, R>(({ context }) => next(Context.get(context, tag)))

/** An effect of which every step that can be taken has been. */
export const settled = <A, E, R>(self: Effect.Effect<A, E, R>, asking: Asking<NoInfer<R>>): Effect.Effect<A, E, R> => {
  let effect = self
  while (effect instanceof Step) effect = effect.take(asking)
  return effect
}

/** The end of an effect that is done. */
export const exitOf = <A, E, R>(self: Effect.Effect<A, E, R>): Exit.Exit<A, E> | undefined =>
  // An effect that is an `Exit` ends as it says.
  Exit.isExit(self) ? (self as Exit.Exit<A, E>) : undefined

/** The same, where a step that throws is an effect that has died. */
export const tried = <A, E, R>(self: Effect.Effect<A, E, R>, asking: Asking<NoInfer<R>>): Effect.Effect<A, E, R> => {
  try {
    return settled(self, asking)
  } catch (defect) {
    return Exit.die(defect)
  }
}

const mayBeDone = (self: Effect.Effect<unknown, unknown, unknown>): boolean => self instanceof Step || Exit.isExit(self)

/** Goes on with what an effect gives. */
export const andThen = <A, E, R, B, E2, R2>(
  self: Effect.Effect<A, E, R>,
  next: (value: A) => Effect.Effect<B, E2, R2>
): Effect.Effect<B, E | E2, R | R2> => {
  if (!mayBeDone(self)) return Effect.flatMap(self, next)
  return make<B, E | E2, R | R2>((asking) => {
    const before = settled(self, asking)
    const exit = exitOf(before)
    if (exit === undefined) return Effect.flatMap(before, next)
    return Exit.isSuccess(exit) ? next(exit.value) : Exit.failCause(exit.cause)
  })
}

/** Goes on with how an effect ends. */
export const matchCause = <A, E, R, B, E2, R2, C, E3, R3>(
  self: Effect.Effect<A, E, R>,
  options: {
    readonly onFailure: (cause: Cause.Cause<E>) => Effect.Effect<B, E2, R2>
    readonly onSuccess: (value: A) => Effect.Effect<C, E3, R3>
  }
): Effect.Effect<B | C, E2 | E3, R | R2 | R3> => {
  if (!mayBeDone(self)) return Effect.matchCauseEffect(self, options)
  return make<B | C, E2 | E3, R | R2 | R3>((asking) => {
    const before = tried(self, asking)
    const exit = exitOf(before)
    if (exit === undefined) return Effect.matchCauseEffect(before, options)
    return Exit.isSuccess(exit) ? options.onSuccess(exit.value) : options.onFailure(exit.cause)
  })
}

/** The clock of the program that asks. */
export const clockOf = ({ fiber }: { readonly fiber: Fiber.RuntimeFiber<unknown, unknown> }): Clock.Clock =>
  Context.get(fiber.currentDefaultServices, Clock.Clock)

/** Asks what time it is, in milliseconds. */
export const atMillis = <A, E = never, R = never>(
  next: (millis: number) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => make<A, E, R>((asking) => next(clockOf(asking).unsafeCurrentTimeMillis()))
