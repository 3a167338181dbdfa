/** How many retries a client pays for, and what a failed call says about them. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Client from "../../fixtures/Client.js"
import * as Network from "../../fixtures/ScriptedTransport.js"
import { now } from "../../fixtures/Signed.js"
import { CreateVolume, DeleteVolumes, DescribeVolumes } from "../../fixtures/Volumes.js"

const { atOnce } = Client
const { answering } = Network

const remove = DeleteVolumes({ VolumeIds: ["vol-1"] })

const start = TestClock.setTime(now * 1000)

const sent = Effect.map(Network.Wiretap, (all) => all)

const exhausted = (error: unknown) => Option.map(ApiClient.callStats(error), ({ exhausted }) => exhausted)

describe("the retry budget", () => {
  const broken = Network.fault(true)
  const hostOf = (name: string) => `${name}.example`

  /** The attempts at each host. */
  const attempts = Effect.map(sent, (all) => {
    const counted: Record<string, number> = {}
    for (const { endpoint } of all) counted[endpoint.host] = (counted[endpoint.host] ?? 0) + 1
    return counted
  })

  const at = (name: string, options: ApiClient.Options = {}) =>
    DescribeVolumes({}, { endpoint: hostOf(name), ...options })

  const network = (isUp: () => boolean = () => false) => answering(() => (isUp() ? Network.result() : broken))

  it.effect("has 500 tokens at each host, of which a retry takes five", () =>
    Effect.gen(function* () {
      yield* start
      for (const name of ["a", "b"]) assert.strictEqual((yield* atOnce(110, at(name), "1 hour")).length, 110)
      assert.deepStrictEqual(yield* attempts, { "a.example": 210, "b.example": 210 })
    }).pipe(Effect.provide(Client.layer(network())))
  )

  it.effect("takes ten after a timeout", () =>
    Effect.gen(function* () {
      yield* start
      yield* atOnce(60, at("a", { timeout: "1 second" }), "1 hour")
      assert.deepStrictEqual(yield* attempts, { "a.example": 110 })
    }).pipe(Effect.provide(Client.layer(answering(() => Effect.never))))
  )

  it.effect("gets one back for each success at the host", () =>
    Effect.gen(function* () {
      let up = false
      yield* Effect.gen(function* () {
        yield* start
        yield* atOnce(110, at("a"), "1 hour")
        up = true
        yield* atOnce(12, at("a"))
        yield* atOnce(20, at("b"))
        up = false
        yield* atOnce(10, at("a"))
        assert.deepStrictEqual(yield* attempts, { "a.example": 210 + 12 + 10 + 2, "b.example": 20 })
      }).pipe(Effect.provide(Client.layer(network(() => up))))
    })
  )

  it.effect.each<readonly [string, ApiClient.Options, number]>([
    ["no tokens", { retryBudget: { tokens: 0 } }, 20],
    ["ten tokens", { retryBudget: { tokens: 10 } }, 22],
    ["cheap retries", { retryBudget: { tokens: 10, retry: 1 } }, 30],
    ["free retries", { retryBudget: { retry: 0 } }, 80],
    ["no limit", { retryBudget: false }, 80],
    ["no limit, and a policy", { retryBudget: false, retry: RetryPolicy.exponential({ retries: 1 }) }, 40],
    ["a budget beside a policy", { retryBudget: { tokens: 50 }, retry: RetryPolicy.exponential({ retries: 9 }) }, 30]
  ])("is an option: %s", ([, options, expected]) =>
    Effect.gen(function* () {
      yield* start
      yield* atOnce(20, at("a"), "1 hour")
      assert.deepStrictEqual(yield* attempts, { "a.example": expected })
    }).pipe(Effect.provide(Client.layer(network(), options)))
  )

  it.effect("is an option of a part, and of a call", () =>
    Effect.gen(function* () {
      yield* start
      yield* atOnce(10, at("a", { retryBudget: { tokens: 0 } }))
      yield* atOnce(10, ApiClient.withOptions(at("b"), { retryBudget: { tokens: 5 } }))
      yield* atOnce(10, at("c"))
      assert.deepStrictEqual(yield* attempts, { "a.example": 10, "b.example": 11, "c.example": 40 })
    }).pipe(Effect.provide(Client.layer(network())))
  )

  it.effect.each<unknown>([true, 7, null, "500", { tokens: -1 }, { retry: Number.NaN }, { success: "1" }])(
    "that is invalid is named: %j",
    (retryBudget) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(DescribeVolumes({}, { retryBudget: retryBudget as never }))
        assert.match(error.message, /`options\.retryBudget` is invalid: expected numbers of tokens/)
      }).pipe(Effect.provide(Client.layer(Network.layer(Network.result()))))
  )

  it.effect("R3: does not cut a policy that you choose: over six regions with 5 retries", () =>
    Effect.gen(function* () {
      yield* start
      const regions = ["a", "b", "c", "d", "e", "f"]
      const failures = yield* atOnce(
        5,
        Effect.all(
          regions.map((name) => at(name)),
          { concurrency: "unbounded", mode: "either" }
        ),
        "1 hour"
      )
      assert.deepStrictEqual(failures, [])
      assert.deepStrictEqual(yield* attempts, Object.fromEntries(regions.map((name) => [hostOf(name), 5 * 6])))
    }).pipe(Effect.provide(Client.layer(network(), { retry: RetryPolicy.exponential({ retries: 5 }) })))
  )

  describe("R5: a failed call says whether a retry was left", () => {
    const unavailable = Network.failure("ServiceUnavailable")

    it.effect.each<{
      readonly name: string
      readonly step: Network.Step
      readonly options?: ApiClient.Options
      readonly call?: typeof remove
      readonly attempts: number
      readonly expected: ApiClient.CallStats["exhausted"]
    }>([
      { name: "the policy had none left", step: unavailable, attempts: 4, expected: "retries" },
      {
        name: "a policy of your own had none left",
        step: Network.failure("InternalError"),
        options: { retry: RetryPolicy.exponential({ retries: 2, while: () => true }) },
        attempts: 3,
        expected: "retries"
      },
      {
        name: "a schedule of your own had none left",
        step: unavailable,
        options: { retry: () => Schedule.recurs(1) },
        attempts: 2,
        expected: "retries"
      },
      {
        name: "the budget was empty",
        step: unavailable,
        options: { retryBudget: { tokens: 9 } },
        attempts: 2,
        expected: "budget"
      },
      {
        name: "throttled on and on",
        step: Network.failure("RequestLimitExceeded"),
        attempts: 4,
        expected: "throttling"
      },
      { name: "a wrong parameter", step: Network.failure("InvalidParameter"), attempts: 1, expected: undefined },
      {
        name: "without a policy",
        step: unavailable,
        options: { retry: RetryPolicy.none },
        attempts: 1,
        expected: undefined
      },
      { name: "a write that may have been carried out", step: broken, call: remove, attempts: 1, expected: undefined }
    ])("R5: $name", ({ attempts, call, expected, options, step }) =>
      Effect.gen(function* () {
        yield* start
        const [error] = yield* atOnce<unknown, unknown, ApiClient.ApiClient>(1, call ?? DescribeVolumes(), "1 hour")
        const stats = Option.getOrThrow(ApiClient.callStats(error))
        assert.deepStrictEqual([stats.attempts, stats.exhausted], [attempts, expected])
        const printed = /no retry was left after (\d+) attempts?: /.exec(String(error))?.[1]
        assert.strictEqual(printed, expected === undefined ? undefined : `${attempts}`)
      }).pipe(Effect.provide(Client.layer(Network.layer(step), options)))
    )

    it.effect("R5: an error of another kind after retries is not blamed on them", () =>
      Effect.gen(function* () {
        yield* start
        const [error] = yield* atOnce(1, CreateVolume({ Size: 10 }), "1 hour")
        assert.deepStrictEqual(exhausted(error), Option.some(undefined))
      }).pipe(
        Effect.provide(Client.layer(Network.layer(unavailable, unavailable, Network.failure("InvalidParameter"))))
      )
    )
  })
})
