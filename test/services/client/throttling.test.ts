/** What throttled calls do: they wait for their second. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Throttle from "effect-tencentcloud/Throttle"
import { Transport } from "effect-tencentcloud/Transport"
import * as Message from "../../../src/domain/rules/Message.js"
import * as Client from "../../fixtures/Client.js"
import * as Network from "../../fixtures/ScriptedTransport.js"
import { now } from "../../fixtures/Signed.js"
import { DeleteVolumes, DescribeVolumes } from "../../fixtures/Volumes.js"

const { atOnce } = Client
const { answering } = Network

const remove = DeleteVolumes({ VolumeIds: ["vol-1"] })

const start = TestClock.setTime(now * 1000)

const sent = Effect.map(Network.Wiretap, (all) => all)

/** The seconds from the start at which requests were sent. */
const moments = Effect.map(sent, (all) => all.map(({ millis }) => (millis - now * 1000) / 1000))

const signerOf = ({ request }: Network.Sent) => /Credential=(\w+)/.exec(request.headers.authorization ?? "")?.[1] ?? ""

const exhausted = (error: unknown) => Option.map(ApiClient.callStats(error), ({ exhausted }) => exhausted)

describe("throttling", () => {
  /** A service with a limit per second. */
  const limited = (limit: number, code = "RequestLimitExceeded", message = Message.requestLimitExceeded) => {
    const seconds = new Map<number, number>()
    return answering(({ millis }) => {
      const second = Math.floor(millis / 1000)
      const count = (seconds.get(second) ?? 0) + 1
      seconds.set(second, count)
      const error = { Code: code, Message: message(count, limit)["en-US"] }
      return count <= limit
        ? Network.result()
        : Network.answer(JSON.stringify({ Response: { Error: error, RequestId: Network.requestId } }))
    })
  }

  const learning = { throttle: Throttle.layerLearning }

  it.effect.each([
    { count: 100, limit: 20, seconds: 4 },
    { count: 200, limit: 50, seconds: 3 },
    { count: 120, limit: 10, seconds: 11 },
    { count: 30, limit: 1, seconds: 29 }
  ])("R2: $count calls at once with $limit a second allowed all succeed", ({ count, limit, seconds }) =>
    Effect.gen(function* () {
      yield* start
      assert.deepStrictEqual(yield* atOnce(count, remove, "2 minutes"), [])
      const all = yield* moments
      assert.strictEqual(all.length, 2 * count - limit)
      assert.strictEqual(all.at(-1), seconds)
    }).pipe(Effect.provide(Client.layer(limited(limit), {}, learning)))
  )

  it.effect("R2: calls in the middle of a second wait for the next ones", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000 + 700)
      assert.deepStrictEqual(yield* atOnce(60, remove), [])
      assert.strictEqual((yield* moments).at(-1), 2)
    }).pipe(Effect.provide(Client.layer(limited(20), {}, learning)))
  )

  it.effect.each(["RequestLimitExceeded.UinLimitExceeded", "LimitExceeded.RateLimitExceeded", "LimitExceeded.FreqCnt"])(
    "R2: a code that names no limit waits too: %s",
    (code) =>
      Effect.gen(function* () {
        yield* start
        assert.deepStrictEqual(yield* atOnce(100, remove), [])
        assert.isAtMost((yield* moments).at(-1) ?? 0, 15)
      }).pipe(
        Effect.provide(
          Client.layer(
            limited(20, code, () => ({ "en-US": "Too many.", "zh-CN": "" })),
            {},
            learning
          )
        )
      )
  )

  it.effect("R2: a throttle that never waits leaves the waiting to the call", () =>
    Effect.gen(function* () {
      yield* start
      assert.deepStrictEqual(yield* atOnce(100, remove), [])
      assert.strictEqual((yield* moments).at(-1), 4)
    }).pipe(Effect.provide(Client.layer(limited(20))))
  )

  it.effect("R2: ends after three more seconds in which nothing succeeds", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000 + 300)
      const [error] = yield* atOnce(1, remove)
      assert.strictEqual(error?._tag, "RequestLimitExceeded")
      assert.deepStrictEqual(yield* moments, [0.3, 1, 2, 3])
      assert.deepStrictEqual(exhausted(error), Option.some("throttling"))
    }).pipe(Effect.provide(Client.layer(limited(0), {}, learning)))
  )

  it.effect("R2: goes on thirty times while other calls succeed", () =>
    Effect.gen(function* () {
      yield* start
      const reading = yield* Effect.fork(Effect.repeat(DescribeVolumes(), Schedule.spaced("500 millis")))
      const [error] = yield* atOnce(1, remove)
      assert.strictEqual(error?._tag, "RequestLimitExceeded")
      const removals = (yield* sent).filter(({ request }) => request.headers["x-tc-action"] === "DeleteVolumes")
      assert.strictEqual(removals.length, 31)
      yield* Fiber.interrupt(reading)
    }).pipe(
      Effect.provide(
        Client.layer(
          answering(({ request }) =>
            request.headers["x-tc-action"] === "DeleteVolumes"
              ? Network.failure("RequestLimitExceeded")
              : Network.result()
          ),
          {},
          learning
        )
      )
    )
  )

  it.effect("R2: is cut short by a deadline", () =>
    Effect.gen(function* () {
      yield* start
      const [error] = yield* atOnce(1, DescribeVolumes({}, { deadline: "1500 millis" }))
      assert.strictEqual(error?._tag, "RequestTimeout")
      assert.deepStrictEqual(yield* moments, [0, 1])
    }).pipe(Effect.provide(Client.layer(limited(0), {}, learning)))
  )

  it.effect("R3: 100 reads at once with 20 a second allowed all succeed with 10 retries", () =>
    Effect.gen(function* () {
      yield* start
      assert.deepStrictEqual(yield* atOnce(100, DescribeVolumes()), [])
    }).pipe(Effect.provide(Client.layer(limited(20), { retry: RetryPolicy.exponential({ retries: 10 }) }, learning)))
  )

  it.effect("R3: a policy that you choose decides alone", () =>
    Effect.gen(function* () {
      yield* start
      const spaced: RetryPolicy.RetryPolicy = () => Schedule.intersect(Schedule.spaced("10 millis"), Schedule.recurs(2))
      yield* atOnce(1, DescribeVolumes({}, { retry: spaced }))
      assert.deepStrictEqual(
        (yield* moments).map((moment) => Math.round(moment * 100)),
        [0, 1, 2]
      )
      yield* atOnce(1, DescribeVolumes({}, { retry: RetryPolicy.none }))
      assert.strictEqual((yield* sent).length, 4)
    }).pipe(Effect.provide(Client.layer(limited(0))))
  )

  it.effect("R4: 30 throttled calls leave the repair of a rejected token to be done", () => {
    let id = 0
    const load = Effect.sync(() => ({ secretId: `AKID${++id}`, secretKey: "key" }))
    const credential = CredentialProvider.layer(CredentialProvider.source({ name: "test", load, refreshable: true }))
    let code = "RequestLimitExceeded"
    const network = answering((sent) =>
      code === "RequestLimitExceeded" || signerOf(sent) === "AKID1" ? Network.failure(code) : Network.result()
    )
    return Effect.gen(function* () {
      yield* start
      assert.strictEqual((yield* atOnce(30, DescribeVolumes(), "1 hour")).length, 30)
      code = "AuthFailure.TokenFailure"
      assert.deepStrictEqual(yield* atOnce(1, remove), [])
    }).pipe(Effect.provide(Client.layer(network, {}, { ...learning, credential })))
  })

  describe("the option `rateLimit`", () => {
    it.effect("R2: sends no more than so many calls of an action in a second", () =>
      Effect.gen(function* () {
        yield* start
        assert.deepStrictEqual(yield* atOnce(12, remove), [])
        assert.deepStrictEqual(yield* moments, [...Array(5).fill(0), ...Array(5).fill(1), 2, 2])
        // Another action counts alone.
        assert.deepStrictEqual(yield* atOnce(5, DescribeVolumes()), [])
        assert.strictEqual((yield* moments).filter((moment) => moment === 60).length, 5)
      }).pipe(Effect.provide(Client.layer(Network.layer(Network.result()), { rateLimit: 5 }, learning)))
    )

    it.effect("R2: holds for a part and for a call, and `false` lets a call go at once", () =>
      Effect.gen(function* () {
        yield* start
        yield* atOnce(4, ApiClient.withOptions(remove, { rateLimit: 2 }))
        assert.deepStrictEqual(yield* moments, [0, 0, 1, 1])
        yield* atOnce(4, DeleteVolumes({ VolumeIds: [] }, { rateLimit: false }))
        assert.deepStrictEqual((yield* moments).slice(4), [60, 60, 60, 60])
      }).pipe(Effect.provide(Client.layer(Network.layer(Network.result()), { rateLimit: 1 }, learning)))
    )

    it.effect("R2: is lowered by what the service says", () =>
      Effect.gen(function* () {
        yield* start
        assert.deepStrictEqual(yield* atOnce(30, remove), [])
        assert.strictEqual((yield* moments).at(-1), 5)
      }).pipe(Effect.provide(Client.layer(limited(5), { rateLimit: 10 }, learning)))
    )

    it.effect.each<unknown>([0, -1, 0.5, Number.NaN, "20", true, null])("that is invalid is named: %s", (rateLimit) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(DescribeVolumes({}, { rateLimit: rateLimit as never }))
        assert.match(
          error.message,
          /`options\.rateLimit` is invalid: expected a number of calls per second, at least 1/
        )
      }).pipe(Effect.provide(Client.layer(Network.layer(Network.result()))))
    )
  })

  it.effect("R2: over our own limiter, with the time of the gateway", () =>
    Effect.gen(function* () {
      yield* start
      const limiter = yield* RateLimiter.RateLimiter
      const network = Layer.effect(
        Transport,
        Effect.succeed({
          send: () =>
            Effect.matchEffect(
              limiter
                .take({
                  product: "ebs",
                  action: "DeleteVolumes",
                  accessRegion: "",
                  account: "1",
                  identity: "1",
                  address: undefined,
                  limit: undefined
                })
                .pipe(Effect.catchTag("RateLimiterError", Effect.die)),
              {
                onSuccess: () => Network.result(),
                onFailure: ({ calls, limit }) =>
                  Network.answer(
                    JSON.stringify({
                      Response: {
                        Error: {
                          Code: "RequestLimitExceeded",
                          Message: Message.requestLimitExceeded(calls, limit)["zh-CN"]
                        },
                        RequestId: Network.requestId
                      }
                    })
                  )
              }
            )
        })
      )
      const failures = yield* Effect.provide(atOnce(100, remove, "6 seconds"), Client.layer(network, {}, learning))
      assert.deepStrictEqual(failures, [])
    }).pipe(Effect.provide(RateLimiter.layerMemory({ action: 20 })))
  )
})
