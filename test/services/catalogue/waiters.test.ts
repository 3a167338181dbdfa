/** The named waiters of products: when they end, and with what. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import type * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import * as Clb from "effect-tencentcloud/products/clb"
import * as Cvm from "effect-tencentcloud/products/cvm"

const { instanceGone, instanceRunning } = Cvm.waiters

type Instances = ReadonlyArray<Cvm.Instance>

/** Waits for what a service answers, one answer after another. The last one stays. */
const observe = <A, E>(wait: Effect.Effect<A, E, ApiClient.ApiClient>, answers: ReadonlyArray<Instances>) =>
  Effect.gen(function* () {
    const times: Array<number> = []
    const start = yield* TestClock.currentTimeMillis
    const layer = Layer.provide(
      InProcess.layer,
      Gateway.handlers(Product.make([Cvm.DescribeInstances]), {
        DescribeInstances: () =>
          Effect.map(TestClock.currentTimeMillis, (now) => {
            times.push((now - start) / 1000)
            const InstanceSet = answers[Math.min(times.length, answers.length) - 1] ?? []
            return { TotalCount: InstanceSet.length, InstanceSet }
          })
      })
    )
    const waiting = yield* Effect.fork(Effect.exit(wait).pipe(Effect.provide(layer)))
    yield* TestClock.adjust("2 hours")
    return { exit: yield* Fiber.join(waiting), times }
  })

const one = (InstanceState: string): Cvm.Instance => ({ InstanceId: "ins-1", InstanceState })
const other = (InstanceState: string): Cvm.Instance => ({ InstanceId: "ins-2", InstanceState })
const both = { InstanceIds: ["ins-1", "ins-2"] }

describe("a named waiter", () => {
  it.effect("asks until every state is the one, and returns that answer", () =>
    Effect.gen(function* () {
      const { exit, times } = yield* observe(instanceRunning(both), [
        [],
        [one("RUNNING")],
        [one("RUNNING"), other("PENDING")],
        [one("RUNNING"), other("RUNNING")]
      ])
      assert.lengthOf((yield* exit).InstanceSet ?? [], 2)
      assert.deepStrictEqual(times, [0, 5, 10, 15])
    })
  )

  it.effect("fails as soon as one state is a bad one", () =>
    Effect.gen(function* () {
      const { exit, times } = yield* observe(instanceRunning(both), [[one("PENDING"), other("LAUNCH_FAILED")]])
      assert.strictEqual((yield* Effect.flip(exit))._tag, "WaitFailed")
      assert.lengthOf(times, 1)
    })
  )

  it.effect("gives up after its deadline, or the one it is given", () =>
    Effect.gen(function* () {
      const own = yield* observe(instanceRunning(both), [[one("PENDING")]])
      const error = yield* Effect.flip(own.exit)
      assert.strictEqual(error._tag, "WaitTimeout")
      assert.strictEqual(own.times.at(-1), 600)
      const given = yield* observe(instanceRunning(both, { interval: "1 second", deadline: "3 seconds" }), [[]])
      assert.strictEqual((yield* Effect.flip(given.exit))._tag, "WaitTimeout")
      assert.deepStrictEqual(given.times, [0, 1, 2, 3])
    })
  )

  it.effect("waits for at least one state, if the request names nothing", () =>
    Effect.gen(function* () {
      const { exit, times } = yield* observe(instanceRunning(), [[], [one("RUNNING")]])
      yield* exit
      assert.lengthOf(times, 2)
    })
  )

  it.effect("is done once nothing is left, where it waits for that", () =>
    Effect.gen(function* () {
      const { exit, times } = yield* observe(instanceGone(both), [[one("TERMINATING")], []])
      assert.deepInclude(yield* exit, { TotalCount: 0 })
      assert.lengthOf(times, 2)
    })
  )

  it.effect("takes states that are numbers", () =>
    Effect.gen(function* () {
      const layer = Layer.provide(
        InProcess.layer,
        Gateway.handlers(Product.make([Clb.DescribeTaskStatus]), {
          DescribeTaskStatus: ({ TaskId }) => Effect.succeed({ Status: TaskId === "good" ? 0 : 1, LoadBalancerIds: [] })
        })
      )
      const { taskDone } = Clb.waiters
      assert.strictEqual((yield* taskDone({ TaskId: "good" }).pipe(Effect.provide(layer))).Status, 0)
      const error = yield* Effect.flip(taskDone({ TaskId: "bad" })).pipe(Effect.provide(layer))
      assert.strictEqual(error._tag, "WaitFailed")
    })
  )
})
