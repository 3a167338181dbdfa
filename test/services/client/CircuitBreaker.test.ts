import { assert, describe, it } from "@effect/vitest"
import type * as Arr from "effect/Array"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FC from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import * as TestClock from "effect/TestClock"
import * as CircuitBreaker from "effect-tencentcloud/CircuitBreaker"
import type { Endpoint } from "effect-tencentcloud/Endpoint"

const hostOf = (host: string): Endpoint => ({ protocol: "https", host })
const [a, b] = [hostOf("a"), hostOf("b")]

const judge = (exit: Exit.Exit<CircuitBreaker.Verdict>): CircuitBreaker.Verdict =>
  Exit.isSuccess(exit) ? exit.value : "neither"

/** Calls the first host that is let through, and tells which one it was. */
const call = (
  verdict: CircuitBreaker.Verdict | Effect.Effect<CircuitBreaker.Verdict>,
  hosts: Arr.NonEmptyReadonlyArray<Endpoint> = [a, b]
) =>
  Effect.gen(function* () {
    const breaker = yield* CircuitBreaker.CircuitBreaker
    let called = ""
    yield* Effect.acquireUseRelease(
      breaker.acquire(hosts),
      ({ endpoint }) => {
        called = endpoint.host
        return typeof verdict === "string" ? Effect.succeed(verdict) : verdict
      },
      (permit, exit) => permit.report(judge(exit))
    )
    return called
  })

const state = (host = "a") => Effect.flatMap(CircuitBreaker.CircuitBreaker, (breaker) => breaker.state(host))

const calls = (verdicts: ReadonlyArray<CircuitBreaker.Verdict>) => Effect.forEach(verdicts, (verdict) => call(verdict))

const failures = (count: number) => calls(Array.from({ length: count }, () => "failure"))

const layer = CircuitBreaker.layerMemory({ failures: 3, pause: "30 seconds" })

const opened = Effect.zipRight(failures(3), state())

const halfOpened = Effect.zipRight(Effect.zipRight(opened, TestClock.adjust("30 seconds")), state())

describe("CircuitBreaker", () => {
  it.effect("opens a host after the threshold of failures in a row, and chooses the next host", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* failures(3), ["a", "a", "a"])
      assert.strictEqual(yield* state(), "open")
      assert.strictEqual(yield* call("success"), "b")
      const { states } = yield* CircuitBreaker.CircuitBreaker
      assert.deepStrictEqual(yield* states, new Map([["a", "open"]]))
    }).pipe(Effect.provide(layer))
  )

  it.effect("permits one call at a time to a half-open host", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* opened, "open")
      yield* TestClock.adjust("29999 millis")
      assert.strictEqual(yield* call("success"), "b")
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* state(), "half-open")
      const answer = yield* Deferred.make<CircuitBreaker.Verdict>()
      const probe = yield* Effect.fork(call(Deferred.await(answer)))
      yield* Effect.yieldNow()
      assert.deepStrictEqual(yield* calls(["success", "failure"]), ["b", "b"])
      assert.strictEqual(yield* state(), "half-open")
      yield* Deferred.succeed(answer, "success")
      assert.strictEqual(yield* Fiber.join(probe), "a")
      assert.strictEqual(yield* state(), "closed")
    }).pipe(Effect.provide(layer))
  )

  it.effect.each([
    { verdict: "success", then: "closed" },
    { verdict: "failure", then: "open" },
    { verdict: "neither", then: "half-open" }
  ] as const)("is $then after the call that tries the host reports $verdict", ({ then, verdict }) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* halfOpened, "half-open")
      assert.strictEqual(yield* call(verdict), "a")
      assert.strictEqual(yield* state(), then)
      yield* TestClock.adjust("29999 millis")
      assert.strictEqual(yield* state(), then)
    }).pipe(Effect.provide(layer))
  )

  it.effect.each([
    { name: "is interrupted", end: Fiber.interrupt },
    { name: "dies", end: Fiber.await }
  ])("permits the next call to try the host if the first one $name", ({ end, name }) =>
    Effect.gen(function* () {
      yield* halfOpened
      const probe = yield* Effect.fork(call(name === "dies" ? Effect.die("planted") : Effect.never))
      yield* Effect.yieldNow()
      yield* end(probe)
      assert.strictEqual(yield* state(), "half-open")
      assert.strictEqual(yield* call("success"), "a")
      assert.strictEqual(yield* state(), "closed")
    }).pipe(Effect.provide(layer))
  )

  it.effect("permits the first host if no host may be called, and accepts its success", () =>
    Effect.gen(function* () {
      yield* failures(6)
      assert.deepStrictEqual([yield* state("a"), yield* state("b")], ["open", "open"])
      assert.strictEqual(yield* call("failure"), "a")
      assert.strictEqual(yield* state("a"), "open")
      assert.strictEqual(yield* call("success"), "a")
      assert.deepStrictEqual([yield* state("a"), yield* state("b")], ["closed", "open"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("does not close a host for the success of a call from before the pause", () =>
    Effect.gen(function* () {
      const answer = yield* Deferred.make<CircuitBreaker.Verdict>()
      const early = yield* Effect.fork(call(Deferred.await(answer)))
      yield* Effect.yieldNow()
      yield* opened
      yield* Deferred.succeed(answer, "success")
      assert.strictEqual(yield* Fiber.join(early), "a")
      assert.strictEqual(yield* state(), "open")
    }).pipe(Effect.provide(layer))
  )

  const verdict = FC.constantFrom<CircuitBreaker.Verdict>("success", "failure", "neither")

  it.effect("opens if and only if failures without a success between them reach the threshold", () =>
    Effect.gen(function* () {
      const run = Runtime.runSync(yield* Effect.runtime<never>())
      FC.assert(
        FC.property(FC.array(verdict), FC.integer({ min: 1, max: 4 }), (verdicts, threshold) => {
          const alone = Effect.forEach(verdicts, (verdict) => call(verdict, [a]))
          const settled = Effect.provide(
            Effect.zipRight(alone, state()),
            CircuitBreaker.layerMemory({ failures: threshold })
          )
          let inARow = 0
          for (const verdict of verdicts) inARow = verdict === "success" ? 0 : inARow + (verdict === "failure" ? 1 : 0)
          assert.strictEqual(run(settled), inARow >= threshold ? "open" : "closed")
        })
      )
    })
  )

  it.effect("forgets hosts when it has too many", () =>
    Effect.gen(function* () {
      const hosts = Array.from({ length: 5000 }, (_, index) => `host-${index}`)
      yield* Effect.forEach(hosts, (host) => call("failure", [hostOf(host), b]))
      const { states } = yield* CircuitBreaker.CircuitBreaker
      assert.isAtMost((yield* states).size, 1000)
    }).pipe(Effect.provide(CircuitBreaker.layerMemory({ failures: 1 })))
  )
})
