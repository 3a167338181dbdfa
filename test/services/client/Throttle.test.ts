import { RateLimitStoreError } from "@effect/experimental/RateLimiter"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FC from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Throttle from "effect-tencentcloud/Throttle"
import * as Message from "../../../src/domain/rules/Message.js"
import type * as RateLimit from "../../../src/domain/rules/RateLimit.js"
import * as Client from "../../fixtures/Client.js"
import * as Network from "../../fixtures/ScriptedTransport.js"
import * as Seen from "../../fixtures/Seen.js"
import { now } from "../../fixtures/Signed.js"
import { CreateVolume, DescribeVolumes } from "../../fixtures/Volumes.js"

const call = (given: Partial<RateLimit.Call> = {}): RateLimit.Call => ({
  product: "ebs",
  action: "CreateVolume",
  accessRegion: "ebs.tencentcloudapi.com",
  account: "",
  identity: "",
  address: undefined,
  limit: undefined,
  ...given
})

const throttle = Throttle.Throttle

const wait = (given?: Partial<RateLimit.Call>) => Effect.flatMap(throttle, ({ wait }) => wait(call(given)))

const refused = (message: string, given?: Partial<RateLimit.Call>) =>
  Effect.flatMap(throttle, ({ observe }) => observe(call(given), { _tag: "Refused", message }))

const passed = (count: number) =>
  Effect.flatMap(throttle, ({ observe }) => Effect.replicateEffect(observe(call(), { _tag: "Passed" }), count))

const over = (limit: number, calls = limit + 1) => Message.requestLimitExceeded(calls, limit)["en-US"]

/** How many of so many calls at once go in each second from now. The second of a refusal is full already. */
const perSecond = (count: number, given?: Partial<RateLimit.Call>) =>
  Effect.gen(function* () {
    const start = yield* Clock.currentTimeMillis
    const one = Effect.zipRight(wait(given), Clock.currentTimeMillis)
    const fiber = yield* Effect.fork(
      Effect.all(
        Array.from({ length: count }, () => one),
        { concurrency: "unbounded" }
      )
    )
    yield* TestClock.adjust("1 minute")
    const counts: Array<number> = []
    for (const millis of yield* Fiber.join(fiber)) {
      const second = (millis - start) / 1000
      counts[second] = (counts[second] ?? 0) + 1
    }
    return Array.from(counts, (count) => count ?? 0)
  })

describe("a learning throttle", () => {
  it.effect("never waits until the service rejects a call", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* perSecond(500), [500])
      yield* passed(500)
      assert.deepStrictEqual(yield* perSecond(500), [500])
    }).pipe(Effect.provide(Throttle.layerLearning))
  )

  it.effect.each([
    { name: "in English", message: Message.requestLimitExceeded(21, 20)["en-US"], then: [0, 20, 20, 10] },
    { name: "in Chinese", message: Message.requestLimitExceeded(21, 20)["zh-CN"], then: [0, 20, 20, 10] },
    { name: "of nothing", message: Message.requestLimitExceeded(1, 0)["en-US"], then: [0, ...Array(50).fill(1)] },
    { name: "nowhere: half of what was sent", message: "Too many.", then: [0, 30, 20] },
    { name: "in a sentence about another thing", message: "The value `a` of `20` is odd.", then: [0, 30, 20] }
  ])("uses the limit named $name", ({ message, then }) =>
    Effect.gen(function* () {
      yield* Effect.replicateEffect(wait(), 60)
      yield* refused(message)
      assert.deepStrictEqual(yield* perSecond(50), then)
    }).pipe(Effect.provide(Throttle.layerLearning))
  )

  it.effect.each<Partial<RateLimit.Call>>([
    { action: "DescribeVolumes" },
    { product: "cvm" },
    { accessRegion: "ebs.ap-guangzhou.tencentcloudapi.com" }
  ])("learns for one action in one access region: not for %o", (given) =>
    Effect.gen(function* () {
      yield* refused(over(1))
      assert.deepStrictEqual(yield* perSecond(3, given), [3])
      assert.deepStrictEqual(yield* perSecond(3), [1, 1, 1])
    }).pipe(Effect.provide(Throttle.layerLearning))
  )

  it.effect("halves the limit at each further rejection, once for concurrent calls, and never below one call", () =>
    Effect.gen(function* () {
      yield* refused(over(8))
      for (const then of [
        [0, 4, 4],
        [0, 2, 2, 2, 2],
        [0, 1, 1, 1, 1, 1, 1, 1, 1],
        [0, 1, 1, 1, 1, 1, 1, 1, 1]
      ]) {
        yield* TestClock.adjust("1 second")
        yield* Effect.replicateEffect(refused(over(8)), 5)
        assert.deepStrictEqual(yield* perSecond(8), then)
      }
    }).pipe(Effect.provide(Throttle.layerLearning))
  )

  it.effect("adds one each second while all calls pass, up to the named limit", () =>
    Effect.gen(function* () {
      yield* refused(over(6))
      yield* TestClock.adjust("1 second")
      yield* refused(over(6))
      for (const expected of [3, 4, 5, 6, 6, 6]) {
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* perSecond(12))[0], expected)
        // The first few of a growing limit count for a little more than the last.
        yield* passed(expected + 1)
      }
    }).pipe(Effect.provide(Throttle.layerLearning))
  )

  it.effect("uses a lower limit at once", () =>
    Effect.gen(function* () {
      yield* refused(over(20))
      yield* TestClock.adjust("1 second")
      yield* refused(over(3))
      yield* passed(1000)
      assert.deepStrictEqual(yield* perSecond(6), [0, 3, 3])
    }).pipe(Effect.provide(Throttle.layerLearning))
  )

  it.effect("forgets the limit an hour after the last rejection", () =>
    Effect.gen(function* () {
      yield* refused(over(1))
      yield* TestClock.adjust("59 minutes")
      assert.deepStrictEqual(yield* perSecond(2), [1, 1])
      assert.deepStrictEqual(yield* perSecond(2), [2])
    }).pipe(Effect.provide(Throttle.layerLearning))
  )

  it.effect("has a bounded size, and forgets what was called least recently", () =>
    Effect.gen(function* () {
      yield* refused(over(1))
      yield* Effect.forEach(Array.from({ length: 999 }), (_, index) => wait({ action: `Action${index}` }))
      assert.deepStrictEqual(yield* perSecond(2), [0, 1, 1])
      yield* Effect.forEach(Array.from({ length: 1000 }), (_, index) => wait({ action: `Action${index}` }))
      assert.deepStrictEqual(yield* perSecond(2), [2])
    }).pipe(Effect.provide(Throttle.layerLearning))
  )

  it.effect("lets another call use the place of an interrupted one", () =>
    Effect.gen(function* () {
      yield* refused(over(1))
      const fiber = yield* Effect.fork(wait())
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(yield* perSecond(1), [0, 1])
    }).pipe(Effect.provide(Throttle.layerLearning))
  )

  const service = (limit: number) => Effect.provide(RateLimiter.RateLimiter, RateLimiter.layerMemory({ action: limit }))

  it.effect.prop(
    "obeys the limit of a service after the first rejection, and uses all of it",
    { limit: FC.integer({ min: 1, max: 15 }), crowd: FC.integer({ min: 1, max: 20 }) },
    ({ crowd, limit }) =>
      Effect.gen(function* () {
        const server = yield* service(limit)
        const client = yield* Throttle.Throttle
        const answers: Array<{ readonly second: number; readonly passed: boolean }> = []
        const ask = Effect.gen(function* () {
          yield* client.wait(call())
          const answer = yield* Effect.either(Effect.catchTag(server.take(call()), "RateLimiterError", Effect.die))
          const passed = Either.isRight(answer)
          yield* client.observe(
            call(),
            passed ? { _tag: "Passed" } : { _tag: "Refused", message: over(answer.left.limit, answer.left.calls) }
          )
          answers.push({ second: Math.floor((yield* Clock.currentTimeMillis) / 1000), passed })
          yield* Effect.sleep("250 millis")
        })
        const fiber = yield* Effect.fork(
          Effect.all(
            Array.from({ length: crowd }, () => Effect.forever(ask)),
            { concurrency: "unbounded" }
          )
        )
        yield* TestClock.adjust("4 seconds")
        yield* Fiber.interrupt(fiber)
        const met = answers.findIndex(({ passed }) => !passed)
        const after = answers.filter(({ second }) => met !== -1 && second > (answers[met]?.second ?? 0) && second < 4)
        assert.isTrue(after.every(({ passed }) => passed))
        for (const each of new Set(after.map(({ second }) => second))) {
          assert.isAtLeast(after.filter(({ second }) => second === each).length, Math.min(limit, crowd))
        }
      }).pipe(Effect.provide(Throttle.layerLearning)),
    { fastCheck: { numRuns: 20 } }
  )
})

/** How many calls go out in each second of a minute, when all are made at once. */
const sentPerSecond = (calls: ReadonlyArray<Effect.Effect<void, never, Throttle.Throttle>>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(
      Effect.forEach(calls, (call) => Effect.zipRight(call, Clock.currentTimeMillis), { concurrency: "unbounded" })
    )
    yield* TestClock.adjust("1 minute")
    const counts = new Map<number, number>()
    for (const millis of yield* Fiber.join(fiber)) counts.set(millis / 1000, (counts.get(millis / 1000) ?? 0) + 1)
    return Object.fromEntries(counts)
  })

const times = (count: number) => Array.from({ length: count }, (_, index) => index)

describe("a throttle with fixed limits", () => {
  it.effect("sends N waiting calls a second: 50 at once, from the middle of a second on", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(500)
      assert.deepStrictEqual(yield* sentPerSecond(times(50).map(() => wait())), { 0.5: 20, 1: 20, 2: 10 })
      assert.deepStrictEqual(yield* sentPerSecond([wait()]), { 60.5: 1 })
    }).pipe(Effect.provide(Throttle.layerMemory()))
  )

  it.effect("sends a waiting call when every limit has room, and counts it for each limit in that second", () =>
    Effect.gen(function* () {
      // The whole account has its four calls of this second; the next ones have room for the action's two.
      yield* Effect.all(["DeleteVolumes", "EncryptVolume"].flatMap((action) => [wait({ action }), wait({ action })]))
      assert.deepStrictEqual(yield* sentPerSecond(times(6).map(() => wait())), { 1: 2, 2: 2, 3: 2 })
    }).pipe(Effect.provide(Throttle.layerMemory({ action: 2, account: 4 })))
  )

  it.effect("reads limits from configuration", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* sentPerSecond(times(3).map(() => wait())), { 0: 1, 1: 1, 2: 1 })
    }).pipe(
      Effect.provide(Throttle.layerConfig({ action: Config.integer("LIMIT") })),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["LIMIT", "1"]])))
    )
  )

  it.effect("unlimited, never waits", () =>
    Effect.gen(function* () {
      yield* Effect.forEach(times(1000), () => wait())
      assert.strictEqual(yield* Clock.currentTimeMillis, 0)
    }).pipe(Effect.provide(Throttle.layerUnlimited))
  )

  /** A few callers with a few actions, so that they meet in each limit. */
  const someCall = FC.record({
    action: FC.constantFrom("CreateVolume", "DeleteVolumes"),
    accessRegion: FC.constantFrom("nearest", "ap-beijing"),
    account: FC.constantFrom("1", "2"),
    identity: FC.constantFrom("1", "2"),
    address: FC.constantFrom(undefined, "1", "2"),
    limit: FC.constantFrom(undefined, 0, 0.5, 2)
  })

  it.effect.prop(
    "works the same in memory and over a store, for any callers and times",
    {
      limits: FC.record(
        { action: FC.nat(3), account: FC.nat(4), accountGlobal: FC.nat(5), address: FC.nat(5) },
        { requiredKeys: [] }
      ),
      steps: FC.array(FC.record({ given: someCall, then: FC.nat(400) }), { maxLength: 30 })
    },
    ({ limits, steps }) => {
      const seen = Effect.gen(function* () {
        yield* TestClock.setTime(0)
        const fibers: Array<Fiber.Fiber<number>> = []
        for (const { given, then } of steps) {
          fibers.push(yield* Effect.fork(Effect.zipRight(wait(given), Clock.currentTimeMillis)))
          yield* TestClock.adjust(Duration.millis(then))
        }
        yield* TestClock.adjust("2 minutes")
        return yield* Fiber.joinAll(fibers)
      })
      const overStore = Throttle.layerStore(limits).pipe(Layer.provide(RateLimiter.layerStoreMemory()))
      return Effect.gen(function* () {
        const inMemory = yield* Effect.provide(seen, Throttle.layerMemory(limits))
        assert.deepStrictEqual(inMemory, yield* Effect.provide(seen, overStore))
      })
    },
    { fastCheck: { numRuns: 30 } }
  )

  const failing = Effect.fail(new RateLimitStoreError({ message: "redis is down" }))
  const FailingStore = Layer.succeed(RateLimiter.Store, { fixedWindow: () => failing, tokenBucket: () => failing })

  it.effect("does not wait for a store that fails, and logs a warning", () =>
    Effect.gen(function* () {
      yield* Effect.replicateEffect(wait(), 2)
      assert.strictEqual(yield* Clock.currentTimeMillis, 0)
      const { lines } = yield* Seen.Seen
      assert.deepStrictEqual(
        lines.map(({ level }) => level),
        ["WARN", "WARN"]
      )
      for (const { text } of lines) assert.match(text, /The store of the rate limiter failed.*redis is down/s)
    }).pipe(Effect.provide([Layer.provide(Throttle.layerStore({ action: 1 }), FailingStore), Seen.layer]))
  )
})

describe("a client that learns", () => {
  const limited = Network.answer(
    JSON.stringify({
      Response: { Error: { Code: "RequestLimitExceeded", Message: over(2) }, RequestId: Network.requestId }
    })
  )

  const layer = (...script: ReadonlyArray<Network.Step>) =>
    Client.layer(Network.layer(...script), { retry: RetryPolicy.none }, { throttle: Throttle.layerLearning })

  /** Makes six calls at once, and tells in which seconds from then on they were sent. */
  const six = (options: { readonly region?: string; readonly endpoint?: string } = {}) =>
    Effect.gen(function* () {
      const before = (yield* Network.Wiretap).length
      const start = yield* Clock.currentTimeMillis
      const calls = Array.from({ length: 6 }, () => Effect.either(DescribeVolumes({}, options)))
      const fiber = yield* Effect.fork(Effect.all(calls, { concurrency: "unbounded" }))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      return (yield* Network.Wiretap).slice(before).map(({ millis }) => (millis - start) / 1000)
    })

  it.effect("obeys the limit that the first rejection names, for that action at that host", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      yield* Effect.flip(DescribeVolumes())
      assert.deepStrictEqual(yield* six(), [1, 1, 2, 2, 3, 3])
      // X-TC-Region is not the access region.
      assert.deepStrictEqual(yield* six({ region: "ap-beijing" }), [0, 0, 1, 1, 2, 2])
      assert.deepStrictEqual(yield* six({ endpoint: "ebs.ap-beijing.tencentcloudapi.com" }), [0, 0, 0, 0, 0, 0])
      const start = yield* Clock.currentTimeMillis
      yield* Effect.replicateEffect(CreateVolume({ Size: 10 }), 6)
      assert.strictEqual(yield* Clock.currentTimeMillis, start)
    }).pipe(Effect.provide(layer(limited, Network.result())))
  )

  it.effect("learns nothing from failures of another kind", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      yield* six()
      assert.deepStrictEqual(yield* six(), [0, 0, 0, 0, 0, 0])
    }).pipe(Effect.provide(layer(Network.failure("LimitExceeded"), Network.fault(true), Network.answer(over(2)))))
  )
})
