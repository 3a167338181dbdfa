import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Tracer from "effect/Tracer"
import * as Callback from "../../../../src/services/internal/runtime/callback.js"
import * as Fibers from "../../../../src/services/internal/runtime/fiber.js"

/** Work that a test ends by hand, and that counts its starts and drops. */
const work = () => {
  const seen = { starts: 0, drops: 0 }
  let resume: (end: Effect.Effect<number, string>) => void = () => {}
  const pending = Callback.fromCallback<number, string>((_fiber, end) => {
    seen.starts++
    resume = end
    return { drop: () => void seen.drops++ }
  })
  return { seen, pending, end: (exit: Exit.Exit<number, string>) => resume(exit) }
}

/** Waits as a call does: uninterruptible, with the wait itself interruptible. */
const awaited = (pending: Effect.Effect<number, string>, span?: Tracer.AnySpan) =>
  Effect.uninterruptibleMask((restore) =>
    Fibers.withFiber((fiber) =>
      Callback.awaitPending<number, string, string, never>(pending, {
        fiber,
        restore,
        span,
        onSuccess: (value) => Effect.succeed(`value ${value}`),
        onFailure: (cause) =>
          Effect.succeed(Cause.isInterrupted(cause) ? "interrupted" : `cause ${Cause.pretty(cause)}`)
      })
    )
  )

describe.each([
  {
    name: "an effect that waits for a callback",
    run: (pending: Effect.Effect<number, string>) => Effect.map(pending, (value) => `value ${value}`)
  },
  { name: "awaitPending", run: (pending: Effect.Effect<number, string>) => awaited(pending) }
])("$name", ({ run }) => {
  it.effect("continues with the value, and drops nothing", () =>
    Effect.gen(function* () {
      const { end, pending, seen } = work()
      const fiber = yield* Effect.fork(run(pending))
      yield* Effect.yieldNow()
      end(Exit.succeed(1))
      assert.strictEqual(yield* Fiber.join(fiber), "value 1")
      assert.deepStrictEqual(seen, { starts: 1, drops: 0 })
    })
  )

  it.effect("continues if the work ends while it starts", () =>
    Effect.gen(function* () {
      let drops = 0
      const pending = Callback.fromCallback<number>((_fiber, resume) => {
        resume(Exit.succeed(2))
        return { drop: () => void drops++ }
      })
      assert.strictEqual(yield* run(pending), "value 2")
      assert.strictEqual(drops, 0)
    })
  )

  it.effect("drops the work once if it is interrupted before the callback", () =>
    Effect.gen(function* () {
      const { pending, seen } = work()
      const fiber = yield* Effect.fork(run(pending))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(seen, { starts: 1, drops: 1 })
    })
  )

  it.effect("drops nothing if it is interrupted after the callback", () =>
    Effect.gen(function* () {
      const { end, pending, seen } = work()
      const ended = yield* Deferred.make<void>()
      const fiber = yield* Effect.fork(
        Effect.zipRight(Effect.ensuring(run(pending), Deferred.succeed(ended, undefined)), Effect.never)
      )
      yield* Effect.yieldNow()
      end(Exit.succeed(3))
      yield* Deferred.await(ended)
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(seen, { starts: 1, drops: 0 })
    })
  )

  it.effect("ends with a defect if the start throws", () =>
    Effect.gen(function* () {
      const pending = Callback.fromCallback<number, string>(() => {
        throw new Error("no socket")
      })
      const exit = yield* Effect.exit(run(pending))
      assert.include(Exit.isSuccess(exit) ? exit.value : Cause.pretty(exit.cause), "no socket")
    })
  )
})

describe("awaitPending", () => {
  it.effect("passes a failure on as a cause", () =>
    Effect.gen(function* () {
      const { end, pending } = work()
      const fiber = yield* Effect.fork(awaited(pending))
      yield* Effect.yieldNow()
      end(Exit.fail("refused"))
      assert.include(yield* Fiber.join(fiber), "refused")
    })
  )

  it.effect("waits for an effect that no callback ends as well", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* awaited(Effect.zipRight(Effect.yieldNow(), Effect.succeed(4))), "value 4")
    })
  )

  it.effect("dies with a message if its effect runs twice, and starts nothing", () =>
    Effect.gen(function* () {
      const { end, pending, seen } = work()
      const once = yield* Fibers.withFiber((fiber) =>
        Effect.succeed(
          Callback.awaitPending<number, string, number, string>(pending, {
            fiber,
            restore: (self) => self,
            span: undefined,
            onSuccess: Effect.succeed,
            onFailure: Effect.failCause
          })
        )
      )
      const first = yield* Effect.fork(once)
      yield* Effect.yieldNow()
      const second = yield* Effect.exit(once)
      assert.isTrue(Exit.isFailure(second) && Cause.isDie(second.cause))
      assert.include(Exit.isFailure(second) ? Cause.pretty(second.cause) : "", "runs once")
      end(Exit.succeed(5))
      assert.strictEqual(yield* Fiber.join(first), 5)
      assert.deepStrictEqual(seen, { starts: 1, drops: 0 })
    })
  )

  it.effect("starts in the tracer's context of its span", () =>
    Effect.gen(function* () {
      const span = yield* Effect.makeSpan("attempt")
      const seen: Array<Tracer.AnySpan | undefined> = []
      const tracer = yield* Effect.tracer
      const telling: Tracer.Tracer = {
        ...tracer,
        context: (run, fiber) => {
          seen.push(fiber.currentSpan)
          return run()
        }
      }
      const pending = Callback.fromCallback<number>((_fiber, resume) => {
        resume(Exit.succeed(6))
        return { drop: () => {} }
      })
      assert.strictEqual(yield* Effect.withTracer(awaited(pending, span), telling), "value 6")
      assert.include(seen, span)
    })
  )
})

describe("runInSpan", () => {
  it("shows the span, even if the fiber has an accessor for it", () => {
    const span = { spanId: "1" } as Tracer.AnySpan
    const seen: Array<unknown> = []
    const fiber = Object.create(
      {
        get currentSpan() {
          return undefined
        }
      },
      {
        currentTracer: {
          value: {
            context: (run: () => unknown, { currentSpan }: { currentSpan: unknown }) => {
              seen.push(currentSpan)
              return run()
            }
          }
        }
      }
    )
    assert.strictEqual(
      Fibers.runInSpan(fiber, span, () => 7),
      7
    )
    assert.deepStrictEqual(seen, [span])
  })
})
