/**
 * Effects that wait for a callback, such as the answer of a transport.
 *
 * `fromCallback` describes work that a function starts and a callback ends. Code that is uninterruptible already waits for it by
 * `awaitPending`, which costs one turn of Effect's run loop; to everybody else it is an effect like any other.
 *
 * The contract:
 * - The start function runs once for each run of the effect, and calls `resume` at most once, with how the work ended.
 * - Where the fiber is interrupted before it has taken that end, the handle's `drop` runs exactly once. Otherwise it never runs.
 * - The effect of `awaitPending` runs once: a second run dies with a message.
 * - What is needed to start is released when the work has started, so a request is not held until its answer is there.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Effectable from "effect/Effectable"
import * as Exit from "effect/Exit"
import type * as Tracer from "effect/Tracer"
import * as Fibers from "./fiber.js"

/** Work that has started. */
export interface Handle {
  /** Drops the work: nobody waits for its end any more. */
  readonly drop: () => void
}

type Start<A, E> = (fiber: Fibers.AnyFiber, resume: (end: Effect.Effect<A, E>) => void) => Handle

class Pending<A, E> extends Effectable.Class<A, E> {
  constructor(readonly start: Start<A, E>) {
    super()
  }
  commit(): Effect.Effect<A, E> {
    return Fibers.withFiber<A, E>((fiber) =>
      Effect.async((resume) => {
        const handle = this.start(fiber, resume)
        return Effect.sync(() => handle.drop())
      })
    )
  }
}

/** Makes an effect from a function that starts work, and that reports the end of it to a callback. */
export const fromCallback = <A, E = never>(start: Start<A, E>): Effect.Effect<A, E> => new Pending(start)

/** Work in two parts: what the end of the first starts. The fiber waits once, for both. */
class Chain<A, E, B, E2> implements Handle {
  private part: Handle | undefined = undefined
  private isSecond = false

  constructor(
    private readonly fiber: Fibers.AnyFiber,
    private readonly next: (value: A) => Effect.Effect<B, E2>,
    private readonly span: Tracer.AnySpan | undefined,
    private readonly resume: (end: Effect.Effect<B, E | E2>) => void
  ) {}

  start(first: Pending<A, E>): this {
    const part = first.start(this.fiber, (end) => this.onEnd(end))
    // The first part may have ended at once.
    if (!this.isSecond) this.part = part
    return this
  }

  drop(): void {
    this.part?.drop()
  }

  private onEnd(end: Effect.Effect<A, E>): void {
    if (this.span === undefined) this.startSecond(end)
    else Fibers.runInSpan(this.fiber, this.span, () => this.startSecond(end))
  }

  private startSecond(end: Effect.Effect<A, E>): void {
    this.isSecond = true
    this.part = undefined
    const second = Exit.isExit(end)
      ? Exit.isSuccess(end)
        ? // An `Exit` ends with its own value and error, which its guard leaves out.
          this.next((end as Exit.Success<A, E>).value)
        : (end as Exit.Failure<never, E>)
      : Effect.flatMap(end, this.next)
    if (second instanceof Pending) this.part = second.start(this.fiber, this.resume)
    else this.resume(second)
  }
}

/**
 * `Effect.flatMap`, which waits once where both parts are pending. The second part starts where the first ends, outside of the fiber but
 * in its span, so `next` may not throw.
 */
export const flatMap = <A, E, B, E2>(
  self: Effect.Effect<A, E>,
  next: (value: A) => Effect.Effect<B, E2>,
  span?: Tracer.AnySpan
): Effect.Effect<B, E | E2> =>
  self instanceof Pending
    ? new Pending<B, E | E2>((fiber, resume) => new Chain<A, E, B, E2>(fiber, next, span, resume).start(self))
    : Effect.flatMap(self, next)

/** Makes an effect interruptible where the program was when it called. */
export type Restore = <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** The code that waits, and that goes on when the work has ended. */
export interface Continuation<A, E, B, E2> {
  readonly fiber: Fibers.AnyFiber
  readonly restore: Restore
  /** The span that the work belongs to, if any. */
  readonly span: Tracer.AnySpan | undefined
  onSuccess(value: A): Effect.Effect<B, E2>
  onFailure(cause: Cause.Cause<E>): Effect.Effect<B, E2>
}

/** Runs an effect in a span, if there is one. */
export const withSpan = <A, E>(self: Effect.Effect<A, E>, span: Tracer.AnySpan | undefined): Effect.Effect<A, E> =>
  span === undefined ? self : Effect.withParentSpan(self, span)

const ranTwice =
  "An effect of awaitPending runs once, and ran a second time: wait for the pending effect again instead."

/** Starts pending work, once, in its span. */
const start = <A, E>(
  self: Pending<A, E>,
  { fiber, span }: Pick<Continuation<A, E, unknown, unknown>, "fiber" | "span">,
  keep: (handle: Handle) => void
): Effect.Effect<A, E> => {
  let pending: Pending<A, E> | undefined = self
  return Effect.async((resume) => {
    const work = pending
    pending = undefined
    if (work === undefined) return resume(Effect.dieMessage(ranTwice))
    const run = () => keep(work.start(fiber, resume))
    if (span === undefined) run()
    else Fibers.runInSpan(fiber, span, run)
  })
}

/**
 * Waits, which may be interrupted, and goes on, which may not. The caller is uninterruptible already, so pending work needs no
 * region of its own.
 */
export const awaitPending = <A, E, B, E2>(
  self: Effect.Effect<A, E>,
  continuation: Continuation<A, E, B, E2>
): Effect.Effect<B, E2> => {
  let handle: Handle | undefined
  const keep = (made: Handle): void => {
    handle = made
  }
  const end = self instanceof Pending ? start<A, E>(self, continuation, keep) : withSpan(self, continuation.span)
  return Effect.matchCauseEffect(continuation.restore(end), {
    onFailure: (cause) => {
      if (Cause.isInterrupted(cause)) handle?.drop()
      return continuation.onFailure(cause)
    },
    onSuccess: (value) => continuation.onSuccess(value)
  })
}
