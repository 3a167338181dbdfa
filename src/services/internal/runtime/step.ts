/**
 * Synchronous steps.
 *
 * Most work in a call is synchronous. We represent it as a *step*: an effect that needs only the current fiber and its services.
 * Code that already runs in that fiber executes a step as a function call, without going through Effect's run loop. A step is an
 * effect like any other to everybody else, and does nothing until it runs.
 *
 * The contract:
 * - A step returns an effect: an `Exit` when it is done, another step, or an effect that has to wait.
 * - `advance` runs steps until one of the two other kinds is left. It throws what a step throws.
 * - `tryAdvance` turns a throw into a defect. Every entry from outside uses it.
 * - The functions that end in `Now` are for code that holds a {@link StepContext}. Their twins without `Now` return an effect.
 * - Each obeys the law of its twin in Effect: `flatMap`, `matchCauseEffect`.
 *
 * docs/performance.md, P1, says what this gains.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import type * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fibers from "./fiber.js"

/** What a step needs: a fiber that runs, and services. */
export interface StepContext<R> {
  readonly fiber: Fibers.AnyFiber
  readonly context: Context.Context<R>
}

class Step<A, E, R> extends Effectable.Class<A, E, R> {
  constructor(
    readonly step: (context: StepContext<R>, data: never) => Effect.Effect<A, E, R>,
    readonly data: unknown
  ) {
    super()
  }
  run(context: StepContext<R>): Effect.Effect<A, E, R> {
    // Each maker of steps below gives a function the data that it takes.
    return this.step(context, this.data as never)
  }
  commit(): Effect.Effect<A, E, R> {
    return Fibers.withFiber<A, E, R>((fiber) => advance(this, { fiber, context: Fibers.currentContext<R>(fiber) }))
  }
}

/** Makes a step. */
export const make = <A, E = never, R = never>(
  run: (context: StepContext<R>) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => new Step(run, undefined)

/** Makes a step from data, and from a function that you make once. It allocates less than a function for each step. */
export const makeFrom = <D, A, E = never, R = never>(
  data: D,
  run: (context: StepContext<R>, data: D) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => new Step(run, data)

/** Makes a step from a service. */
export const service = <I, S, A, E, R>(
  tag: Context.Tag<I, S>,
  next: (service: S) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R | I> => make<A, E, R | I>(({ context }) => next(Context.unsafeGet(context, tag)))

/** Runs the steps that an effect begins with, and returns what is left: an `Exit`, or an effect that has to wait. */
export const advance = <A, E, R>(
  self: Effect.Effect<A, E, R>,
  context: StepContext<NoInfer<R>>
): Effect.Effect<A, E, R> => {
  let effect = self
  while (effect instanceof Step) effect = effect.run(context)
  return effect
}

/** Does the same for the effect that a function returns. A throw, of the function or of a step, becomes a defect. */
export const tryAdvance = <A, E, R>(
  make: () => Effect.Effect<A, E, R>,
  context: StepContext<NoInfer<R>>
): Effect.Effect<A, E, R> => {
  try {
    return advance(make(), context)
  } catch (defect) {
    return Exit.die(defect)
  }
}

/** The exit of an effect that is done. */
export const asExit = <A, E, R>(self: Effect.Effect<A, E, R>): Exit.Exit<A, E> | undefined =>
  // An effect that is an `Exit` ends with its own value and error.
  Exit.isExit(self) ? (self as Exit.Exit<A, E>) : undefined

/** An `Either` as an effect. In Effect 3 it is one; in Effect 4 it is not. */
export const fromEither = <A, E>(either: Either.Either<A, E>): Effect.Effect<A, E> => either

const isStepOrExit = (self: Effect.Effect<unknown, unknown, unknown>): boolean =>
  self instanceof Step || Exit.isExit(self)

/** `Effect.flatMap`, for code that holds a context. */
export const flatMapNow = <A, E, R, B, E2, R2>(
  context: StepContext<NoInfer<R>>,
  self: Effect.Effect<A, E, R>,
  next: (value: A) => Effect.Effect<B, E2, R2>
): Effect.Effect<B, E | E2, R | R2> => {
  const advanced = advance(self, context)
  const exit = asExit(advanced)
  if (exit === undefined) return Effect.flatMap(advanced, next)
  return Exit.isSuccess(exit) ? next(exit.value) : Exit.failCause(exit.cause)
}

/** `Effect.flatMap`, which is a step where `self` is one. */
export const flatMap = <A, E, R, B, E2, R2>(
  self: Effect.Effect<A, E, R>,
  next: (value: A) => Effect.Effect<B, E2, R2>
): Effect.Effect<B, E | E2, R | R2> =>
  isStepOrExit(self)
    ? make<B, E | E2, R | R2>((context) => flatMapNow(context, self, next))
    : Effect.flatMap(self, next)

/** `Effect.zipRight`, which is `second` itself where there is nothing to do first. */
export const andThen = <E, R, B, E2, R2>(
  first: Effect.Effect<void, E, R>,
  second: Effect.Effect<B, E2, R2>
): Effect.Effect<B, E | E2, R | R2> => (first === Effect.void ? second : flatMap(first, () => second))

/** Runs two effects one after the other, and goes on with both values. */
export const flatMap2 = <A, E, R, B, E2, R2, C, E3, R3>(
  first: Effect.Effect<A, E, R>,
  second: Effect.Effect<B, E2, R2>,
  next: (one: A, other: B) => Effect.Effect<C, E3, R3>
): Effect.Effect<C, E | E2 | E3, R | R2 | R3> =>
  make<C, E | E2 | E3, R | R2 | R3>((context) =>
    flatMapNow(context, first, (one) => flatMapNow(context, second, (other) => next(one, other)))
  )

/** Goes on with the exit of the effect that a function returns, for code that holds a context. */
export const matchExitNow = <A, E, R, B, E2, R2>(
  context: StepContext<NoInfer<R>>,
  make: () => Effect.Effect<A, E, R>,
  next: (exit: Exit.Exit<A, E>) => Effect.Effect<B, E2, R2>
): Effect.Effect<B, E2, R | R2> => {
  const advanced = tryAdvance(make, context)
  const exit = asExit(advanced)
  return exit === undefined ? matchExit(advanced, next) : next(exit)
}

/** Goes on with the exit of an effect. */
export const matchExit = <A, E, R, B, E2, R2>(
  self: Effect.Effect<A, E, R>,
  next: (exit: Exit.Exit<A, E>) => Effect.Effect<B, E2, R2>
): Effect.Effect<B, E2, R | R2> =>
  Effect.matchCauseEffect(self, {
    onFailure: (cause) => next(Exit.failCause(cause)),
    onSuccess: (value) => next(Exit.succeed(value))
  })

/** Makes a step from the time, in milliseconds since the epoch. */
export const withMillis = <A, E = never, R = never>(
  next: (millis: number) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => make<A, E, R>(({ fiber }) => next(Fibers.currentMillis(fiber)))
