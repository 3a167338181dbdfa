/**
 * Most of what a call or a request asks is known at once: a result is there already, or takes one look at the clock. An effect that
 * is done is an `Exit`, and one that asks nothing but its fiber and its services is a step. Whoever is in a fiber already takes both
 * without a turn of its loop; to everybody else they are effects like any other, and do nothing until they are run.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import type * as Tracer from "effect/Tracer"

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
      settled(this, { fiber, context: fiber.currentContext as Context.Context<R> })
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

/** The same of what a function gives; where that throws, or a step does, it is an effect that has died. */
export const attempted = <A, E, R>(
  make: () => Effect.Effect<A, E, R>,
  asking: Asking<NoInfer<R>>
): Effect.Effect<A, E, R> => {
  try {
    return settled(make(), asking)
  } catch (defect) {
    return Exit.die(defect)
  }
}

const mayBeDone = (self: Effect.Effect<unknown, unknown, unknown>): boolean => self instanceof Step || Exit.isExit(self)

/** Goes on with what an effect gives, for whoever takes a step already. */
export const follow = <A, E, R, B, E2, R2>(
  asking: Asking<NoInfer<R>>,
  self: Effect.Effect<A, E, R>,
  next: (value: A) => Effect.Effect<B, E2, R2>
): Effect.Effect<B, E | E2, R | R2> => {
  const before = settled(self, asking)
  const exit = exitOf(before)
  if (exit === undefined) return Effect.flatMap(before, next)
  return Exit.isSuccess(exit) ? next(exit.value) : Exit.failCause(exit.cause)
}

/** Goes on with what an effect gives. */
export const andThen = <A, E, R, B, E2, R2>(
  self: Effect.Effect<A, E, R>,
  next: (value: A) => Effect.Effect<B, E2, R2>
): Effect.Effect<B, E | E2, R | R2> =>
  mayBeDone(self) ? make<B, E | E2, R | R2>((asking) => follow(asking, self, next)) : Effect.flatMap(self, next)

/** Goes on with what two effects give, one after the other. */
export const both = <A, E, R, B, E2, R2, C, E3, R3>(
  first: Effect.Effect<A, E, R>,
  second: Effect.Effect<B, E2, R2>,
  next: (one: A, other: B) => Effect.Effect<C, E3, R3>
): Effect.Effect<C, E | E2 | E3, R | R2 | R3> =>
  make<C, E | E2 | E3, R | R2 | R3>((asking) =>
    follow(asking, first, (one) => follow(asking, second, (other) => next(one, other)))
  )

/** Goes on with how that ends which a function gives, for whoever takes a step already. */
export const conclude = <A, E, R, B, E2, R2>(
  asking: Asking<NoInfer<R>>,
  make: () => Effect.Effect<A, E, R>,
  next: (exit: Exit.Exit<A, E>) => Effect.Effect<B, E2, R2>
): Effect.Effect<B, E2, R | R2> => {
  const before = attempted(make, asking)
  const exit = exitOf(before)
  return exit === undefined ? ending(before, next) : next(exit)
}

/** Goes on with how an effect ends. */
export const ending = <A, E, R, B, E2, R2>(
  self: Effect.Effect<A, E, R>,
  next: (exit: Exit.Exit<A, E>) => Effect.Effect<B, E2, R2>
): Effect.Effect<B, E2, R | R2> =>
  Effect.matchCauseEffect(self, {
    onFailure: (cause) => next(Exit.failCause(cause)),
    onSuccess: (value) => next(Exit.succeed(value))
  })

/** Something outside that was begun, until nobody waits for it any more. */
export interface Begun {
  readonly drop: () => void
}

type Begin<A, E> = (fiber: Asking<never>["fiber"], resume: (ended: Effect.Effect<A, E>) => void) => Begun

class Pending<A, E> extends Effectable.Class<A, E> {
  constructor(readonly begin: Begin<A, E>) {
    super()
  }
  commit(): Effect.Effect<A, E> {
    return Effect.withFiberRuntime<A, E>((fiber) =>
      Effect.async((resume) => {
        const begun = this.begin(fiber, resume)
        return Effect.sync(() => begun.drop())
      })
    )
  }
}

/** An effect that waits for something outside: a function begins it, and another is told how it ended. */
export const pending = <A, E = never>(begin: Begin<A, E>): Effect.Effect<A, E> => new Pending(begin)

/** Lets what follows be interrupted, where the program may be. */
export type Restore = <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** The same fiber, in a span. */
const within = (fiber: Asking<never>["fiber"], span: Tracer.AnySpan): Asking<never>["fiber"] =>
  Object.assign(Object.create(fiber), { currentSpan: span })

/** Who waits, and goes on with how that ended. */
export interface Waiting<A, E, B, E2> {
  readonly fiber: Asking<never>["fiber"]
  readonly restore: Restore
  /** What is waited for belongs into it, where there is one. */
  readonly span: Tracer.AnySpan | undefined
  arrived(value: A): Effect.Effect<B, E2>
  failed(cause: Cause.Cause<E>): Effect.Effect<B, E2>
}

/** The same effect, in a span where there is one. */
export const inSpan = <A, E>(self: Effect.Effect<A, E>, span: Tracer.AnySpan | undefined): Effect.Effect<A, E> =>
  span === undefined ? self : Effect.withParentSpan(self, span)

/**
 * Begins what is pending, once, in a span where there is one. What it takes to begin is let go of then: a request need not be held
 * until its answer is there.
 */
const beginning = <A, E>(
  self: Pending<A, E>,
  { fiber, span }: Pick<Waiting<A, E, unknown, unknown>, "fiber" | "span">,
  note: (begun: Begun | undefined) => void
): Effect.Effect<A, E> => {
  let pending: Pending<A, E> | undefined = self
  return Effect.async((resume) => {
    const begin = () => {
      note(pending?.begin(fiber, resume))
      pending = undefined
    }
    if (span === undefined) begin()
    else fiber.currentTracer.context(begin, within(fiber, span))
  })
}

/**
 * Waits, which may be interrupted, and goes on, which may not. Whoever waits is in a region without interruption already, so what is
 * pending needs none of its own. The effect that this gives is run once.
 */
export const waited = <A, E, B, E2>(self: Effect.Effect<A, E>, waiting: Waiting<A, E, B, E2>): Effect.Effect<B, E2> => {
  let begun: Begun | undefined
  const note = (made: Begun | undefined): void => {
    begun = made
  }
  const answer = self instanceof Pending ? beginning<A, E>(self, waiting, note) : inSpan(self, waiting.span)
  return Effect.matchCauseEffect(waiting.restore(answer), {
    onFailure: (cause) => {
      if (Cause.isInterrupted(cause)) begun?.drop()
      return waiting.failed(cause)
    },
    onSuccess: (value) => waiting.arrived(value)
  })
}

/** The clock of the program that asks. */
export const clockOf = ({ fiber }: { readonly fiber: Fiber.RuntimeFiber<unknown, unknown> }): Clock.Clock =>
  Context.get(fiber.currentDefaultServices, Clock.Clock)

/** Asks what time it is, in milliseconds. */
export const atMillis = <A, E = never, R = never>(
  next: (millis: number) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => make<A, E, R>((asking) => next(clockOf(asking).unsafeCurrentTimeMillis()))
