/**
 * Access to what a running fiber holds. These are internals of Effect 3: an edition for Effect 4 needs a twin of this file.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import type * as MetricLabel from "effect/MetricLabel"
import * as Random from "effect/Random"
import * as Tracer from "effect/Tracer"

/** A fiber, whatever it runs. */
export type AnyFiber = Fiber.RuntimeFiber<unknown, unknown>

/** Makes an effect from the fiber that runs it. */
export const withFiber = <A, E = never, R = never>(
  use: (fiber: AnyFiber) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => Effect.withFiberRuntime<A, E, R>(use)

/** The services of a fiber. The caller says which: the type of an effect that the fiber runs does. */
export const currentContext = <R>(fiber: AnyFiber): Context.Context<R> =>
  // A fiber that runs an effect has the services that the effect needs.
  fiber.currentContext as Context.Context<R>

/** The clock of a fiber. */
export const currentClock = (fiber: AnyFiber): Clock.Clock => Context.get(fiber.currentDefaultServices, Clock.Clock)

/** The time by the clock of a fiber, in milliseconds since the epoch. */
export const currentMillis = (fiber: AnyFiber): number => currentClock(fiber).unsafeCurrentTimeMillis()

/** The same in nanoseconds. */
export const currentNanos = (fiber: AnyFiber): bigint => currentClock(fiber).unsafeCurrentTimeNanos()

const liveRandom = Context.get(DefaultServices.liveServices, Random.Random)

/** The `Random` that a program has provided; none where it is still Effect's own. */
export const providedRandom = (fiber: AnyFiber): Random.Random | undefined => {
  const random = Context.get(fiber.currentDefaultServices, Random.Random)
  return random === liveRandom ? undefined : random
}

/** The labels that a fiber adds to each of its metrics. */
export const metricLabels = (fiber: AnyFiber): ReadonlyArray<MetricLabel.MetricLabel> =>
  fiber.getFiberRef(FiberRef.currentMetricLabels)

/** Effect's own tracer, whose spans go nowhere. */
const nativeTracer = Context.get(DefaultServices.liveServices, Tracer.Tracer)

/** Whether anybody can see a span that a fiber makes. */
export const isTraced = (fiber: AnyFiber): boolean =>
  Context.get(fiber.currentDefaultServices, Tracer.Tracer) !== nativeTracer &&
  fiber.getFiberRef(FiberRef.currentTracerEnabled)

/** The span that a fiber is in. */
export const currentSpan = (fiber: AnyFiber): Tracer.AnySpan | undefined => fiber.currentSpan

/** The same fiber, as a tracer sees it inside of a span. */
const fiberInSpan = (fiber: AnyFiber, span: Tracer.AnySpan): AnyFiber =>
  // Defined, and not assigned: an assignment fails where the fiber has an accessor of that name.
  Object.create(fiber, { currentSpan: { value: span } })

/** Runs a function in the tracer's context of a span. */
export const runInSpan = <A>(fiber: AnyFiber, span: Tracer.AnySpan, run: () => A): A =>
  fiber.currentTracer.context(run, fiberInSpan(fiber, span))

/** Calls an observer when a fiber ends, and returns a function that takes the observer off. */
export const observeExit = <A, E>(
  fiber: Fiber.RuntimeFiber<A, E>,
  observer: (exit: Exit.Exit<A, E>) => void
): (() => void) => {
  fiber.addObserver(observer)
  return () => fiber.removeObserver(observer)
}

/** Interrupts a fiber, and does not wait for its end. */
export const interruptNow = (fiber: Fiber.RuntimeFiber<unknown, unknown>): void =>
  fiber.unsafeInterruptAsFork(fiber.id())

/** Services without the span of the fiber that collected them: what they do later belongs to other spans. */
export const withoutSpan = <R>(context: Context.Context<R>): Context.Context<R> =>
  Context.unsafeMake(new Map([...context.unsafeMap].filter(([key]) => key !== Tracer.ParentSpan.key)))
