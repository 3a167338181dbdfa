import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { ResourceNotFound } from "effect-tencentcloud/CommonError"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import * as Waiter from "effect-tencentcloud/Waiter"

const DescribeTask = ApiClient.callable(
  Action.make("DescribeTask", {
    product: "ebs",
    version: "2026-01-01",
    request: Schema.Struct({ TaskId: Schema.String }),
    response: Schema.Struct({ Status: Schema.String, Password: Schema.String, Region: Schema.optional(Schema.String) }),
    errors: []
  })
)

type Status = "RUNNING" | "SUCCESS" | "FAILED" | "GONE"

const until: Waiter.Until<typeof DescribeTask.action> = {
  done: ({ Status }) => Status !== "RUNNING",
  failed: ({ Status }) => Status === "FAILED"
}

const request = { TaskId: "t-1" }

/** A task that goes through these states, and stays in the last; told at which seconds it was asked, and where. */
const tasks = (...states: readonly [Status, ...ReadonlyArray<Status>]) =>
  Effect.map(Ref.make<ReadonlyArray<readonly [seconds: number, region: string | undefined]>>([]), (asked) => ({
    asked: Effect.map(Ref.get(asked), (all) => all.map(([seconds]) => seconds)),
    regions: Effect.map(Ref.get(asked), (all) => all.map(([, region]) => region)),
    layer: Layer.provide(
      InProcess.layer,
      Gateway.handlers(Product.make([DescribeTask]), {
        DescribeTask: ({ TaskId }, { region }) =>
          Effect.gen(function* () {
            const millis = yield* Clock.currentTimeMillis
            const before = yield* Ref.getAndUpdate(asked, (all) => [...all, [millis / 1000, region] as const])
            const Status = states[Math.min(before.length, states.length - 1)] ?? "GONE"
            return Status === "GONE"
              ? yield* new ResourceNotFound({ message: `no ${TaskId}` })
              : { Status, Password: "hunter2" }
          })
      })
    )
  }))

/** Lets time pass until there is an outcome. */
const settled = <A, E>(wait: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(wait)
    yield* TestClock.adjust("1 hour")
    return yield* Fiber.await(fiber)
  })

describe("waiting", () => {
  it.effect("ends at once if the first answer is the right one", () =>
    Effect.gen(function* () {
      const task = yield* tasks("SUCCESS")
      const answer = yield* Waiter.waitUntil(DescribeTask, request, until).pipe(Effect.provide(task.layer))
      assert.strictEqual(answer.Status, "SUCCESS")
      assert.isNotEmpty(answer.RequestId)
      assert.deepStrictEqual(yield* task.asked, [0])
    })
  )

  it.effect("calls again by the default schedule, until an answer is the right one", () =>
    Effect.gen(function* () {
      const task = yield* tasks("RUNNING", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "SUCCESS")
      const exit = yield* settled(Waiter.waitUntil(DescribeTask, request, until).pipe(Effect.provide(task.layer)))
      assert.strictEqual(Exit.getOrElse(exit, () => assert.fail()).Status, "SUCCESS")
      assert.deepStrictEqual(yield* task.asked, [0, 1, 3, 7, 15, 30, 45])
    })
  )

  it.effect("ends after ten minutes by the default schedule", () =>
    Effect.gen(function* () {
      const task = yield* tasks("RUNNING")
      const exit = yield* settled(Waiter.waitUntil(DescribeTask, request, until).pipe(Effect.provide(task.layer)))
      const asked = yield* task.asked
      assert.deepStrictEqual(asked.slice(-3), [570, 585, 600])
      const error = yield* Effect.flip(exit)
      assert.instanceOf(error, Waiter.WaitTimeout)
      assert.strictEqual(error.asked, asked.length)
    })
  )

  it.effect("calls again by a given schedule, which sees every answer", () =>
    Effect.gen(function* () {
      const task = yield* tasks("RUNNING", "RUNNING", "SUCCESS")
      const seen: Array<string> = []
      const schedule = Schedule.spaced("1 minute").pipe(
        Schedule.tapInput(({ Status }: Action.Action.Success<typeof DescribeTask.action>) =>
          Effect.sync(() => seen.push(Status))
        )
      )
      yield* settled(Waiter.waitUntil(DescribeTask, request, until, schedule).pipe(Effect.provide(task.layer)))
      assert.deepStrictEqual(yield* task.asked, [0, 60, 120])
      assert.deepStrictEqual(seen, ["RUNNING", "RUNNING"])
    })
  )

  it.effect("accepts a plain action, and uses the given options", () =>
    Effect.gen(function* () {
      const task = yield* tasks("RUNNING", "SUCCESS")
      yield* settled(
        Waiter.waitUntil(DescribeTask.action, request, { ...until, options: { region: "ap-beijing" } }).pipe(
          Effect.provide(task.layer)
        )
      )
      assert.deepStrictEqual(yield* task.regions, ["ap-beijing", "ap-beijing"])
    })
  )

  it.effect("fails if `failed` is true, even if `done` is true as well", () =>
    Effect.gen(function* () {
      const task = yield* tasks("RUNNING", "FAILED")
      const exit = yield* settled(Waiter.waitUntil(DescribeTask, request, until).pipe(Effect.provide(task.layer)))
      const error = yield* Effect.flip(exit)
      assert.instanceOf(error, Waiter.WaitFailed)
      assert.deepStrictEqual([error._tag, error.action, error.asked], ["WaitFailed", "DescribeTask", 2])
      assert.strictEqual(error.lastResponse.Status, "FAILED")
      assert.strictEqual(
        error.message,
        "DescribeTask was asked 2 times, and what was waited for has failed. The answer that says so is in the error's `lastResponse`."
      )
      assert.deepStrictEqual(yield* task.asked, [0, 1])
    })
  )

  it.effect("fails when the schedule ends first", () =>
    Effect.gen(function* () {
      const task = yield* tasks("RUNNING")
      const { done } = until
      const error = yield* Waiter.waitUntil(DescribeTask, request, { done }, Schedule.stop).pipe(
        Effect.flip,
        Effect.provide(task.layer)
      )
      assert.instanceOf(error, Waiter.WaitTimeout)
      assert.deepStrictEqual([error._tag, error.action, error.asked], ["WaitTimeout", "DescribeTask", 1])
      assert.strictEqual(error.lastResponse.Status, "RUNNING")
      assert.strictEqual(
        error.message,
        "DescribeTask was asked once, and what was waited for has not come. Look at the error's `lastResponse`, or wait longer: by another schedule."
      )
    })
  )

  it.effect("fails as a call does, and makes no more calls", () =>
    Effect.gen(function* () {
      const task = yield* tasks("RUNNING", "GONE", "SUCCESS")
      const exit = yield* settled(Waiter.waitUntil(DescribeTask, request, until).pipe(Effect.provide(task.layer)))
      const error = yield* Effect.flip(exit)
      assert.instanceOf(error, ResourceNotFound)
      assert.strictEqual(error.reason, "no t-1")
      assert.deepStrictEqual(yield* task.asked, [0, 1])
    })
  )

  it.effect("can be interrupted between two answers", () =>
    Effect.gen(function* () {
      const task = yield* tasks("RUNNING")
      const fiber = yield* Effect.fork(Effect.provide(Waiter.waitUntil(DescribeTask, request, until), task.layer))
      yield* TestClock.adjust("2 seconds")
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(fiber)))
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual(yield* task.asked, [0, 1])
    })
  )

  it.effect("starts again each time it runs", () =>
    Effect.gen(function* () {
      const task = yield* tasks("RUNNING")
      const wait = Waiter.waitUntil(DescribeTask, request, until, Schedule.recurs(2)).pipe(Effect.provide(task.layer))
      const [first, second] = [yield* Effect.flip(wait), yield* Effect.flip(wait)]
      assert.deepStrictEqual(
        [first, second].map((error) => error._tag === "WaitTimeout" && error.asked),
        [3, 3]
      )
    })
  )

  it.effect("dies if a predicate throws", () =>
    Effect.gen(function* () {
      const task = yield* tasks("RUNNING")
      const exit = yield* Waiter.waitUntil(DescribeTask, request, { done: () => assert.fail("oops") }).pipe(
        Effect.exit,
        Effect.provide(task.layer)
      )
      assert.isTrue(Exit.isFailure(exit) && Cause.isDie(exit.cause))
    })
  )
})

it.effect.each([Waiter.WaitFailed, Waiter.WaitTimeout])(
  "the last answer is not printed with the error: $name",
  (Ended) =>
    Effect.gen(function* () {
      const error = new Ended({ action: "DescribeTask", asked: 1, lastResponse: { Password: "hunter2" } })
      assert.strictEqual(error.lastResponse.Password, "hunter2")
      const logged: Array<string> = []
      const log = Logger.make<unknown, void>((options) => {
        for (const logger of [Logger.jsonLogger, Logger.logfmtLogger, Logger.stringLogger])
          logged.push(logger.log(options))
        logged.push(inspect(Logger.structuredLogger.log(options), { depth: 10 }))
      })
      yield* Effect.logError("failed", error, Cause.fail(error)).pipe(
        Effect.provide(Logger.replace(Logger.defaultLogger, log))
      )
      const spread: object = { ...error }
      const printed = [
        ...logged,
        error.message,
        String(error),
        JSON.stringify(error),
        JSON.stringify(spread),
        inspect(error, { depth: 10 }),
        Cause.pretty(Cause.fail(error)),
        inspect(Exit.fail(error), { depth: 10 })
      ].join("\n")
      assert.include(printed, "DescribeTask was asked once")
      assert.notInclude(printed, "hunter2")
    })
)
