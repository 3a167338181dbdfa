import { RateLimitStoreError } from "@effect/experimental/RateLimiter"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FC from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as RateLimiterStore from "effect-tencentcloud/RateLimiterStore"
import * as RateLimit from "../../../src/domain/rules/RateLimit.js"
import * as Seen from "../../fixtures/Seen.js"

const call = (given: Partial<RateLimit.Call> = {}): RateLimit.Call => ({
  product: "ebs",
  action: "CreateVolume",
  accessRegion: "nearest",
  account: "1",
  identity: "2",
  address: "10.1.2.3",
  limit: undefined,
  ...given
})

const take = (given: Partial<RateLimit.Call> = {}, language?: "en-US" | "zh-CN") =>
  Effect.flatMap(RateLimiter.RateLimiter, (limiter) => limiter.take(call(given), language))

const wait = (given: Partial<RateLimit.Call> = {}) =>
  Effect.flatMap(RateLimiter.RateLimiter, (limiter) => limiter.wait(call(given)))

const capacity = 1000

const times = (count: number) => Array.from({ length: count }, (_, index) => index)

/** Makes calls at once, lets a minute pass, and tells how many of them went in each second. */
const perSecond = (calls: ReadonlyArray<Effect.Effect<void, never, RateLimiter.RateLimiter>>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(
      Effect.forEach(calls, (call) => Effect.zipRight(call, Clock.currentTimeMillis), { concurrency: "unbounded" })
    )
    yield* TestClock.adjust("1 minute")
    const counts = new Map<number, number>()
    for (const millis of yield* Fiber.join(fiber)) counts.set(millis / 1000, (counts.get(millis / 1000) ?? 0) + 1)
    return Object.fromEntries(counts)
  })

describe("RateLimiter", () => {
  it.effect("lets 20 calls of a second pass, tells how many there were from the 21st on, and begins anew", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_999)
      yield* Effect.forEach(times(20), () => take())
      const refused = [yield* Effect.flip(take()), yield* Effect.flip(take({}, "zh-CN"))]
      assert.deepStrictEqual(
        refused.map(({ _tag, message }) => [_tag, message]),
        [
          [
            "RequestLimitExceeded",
            "Your current request times equals to `21` in a second, which exceeds the frequency limit `20` for a second. Please reduce the frequency of calls."
          ],
          ["RequestLimitExceeded", "您当前每秒请求 `22` 次，超过了每秒频率上限 `20`，请稍后重试。"]
        ]
      )
      yield* TestClock.adjust("1 millis")
      yield* Effect.forEach(times(20), () => take())
      yield* Effect.flip(take())
    }).pipe(Effect.provide(RateLimiter.layerMemory()))
  )

  it.effect.each<{ given: Partial<RateLimit.Call>; counts: "together" | "apart" }>([
    { given: { product: "cvm" }, counts: "apart" },
    { given: { action: "DeleteVolumes" }, counts: "apart" },
    { given: { accessRegion: "ap-beijing" }, counts: "apart" },
    { given: { account: "9" }, counts: "apart" },
    { given: { identity: "3" }, counts: "apart" },
    { given: { address: "10.9.9.9" }, counts: "together" }
  ])("a call with $given counts $counts with the others", ({ counts, given }) =>
    Effect.gen(function* () {
      yield* take()
      const refused = yield* Effect.merge(take(given))
      assert.strictEqual(refused?._tag, counts === "apart" ? undefined : "RequestLimitExceeded")
    }).pipe(Effect.provide(RateLimiter.layerMemory({ action: 1 })))
  )

  it.effect("an action's own limit goes before the default", () =>
    Effect.gen(function* () {
      yield* Effect.forEach(times(3), () => take({ limit: 3 }))
      assert.match((yield* Effect.flip(take({ limit: 3 }))).message, /`4` .* `3`/)
    }).pipe(Effect.provide(RateLimiter.layerMemory({ action: 1 })))
  )

  /** Another call by the same account from the same region, and so on: what the narrower limits do not see. */
  const other = { action: "DeleteVolumes", identity: "3" }

  it.effect.each<{ limits: RateLimit.Limits; given: Partial<RateLimit.Call>; expected: string | undefined }>([
    { limits: { account: 1 }, given: other, expected: "RequestLimitExceeded.UinLimitExceeded" },
    { limits: { account: 1 }, given: { ...other, accessRegion: "ap-beijing" }, expected: undefined },
    {
      limits: { accountGlobal: 1 },
      given: { ...other, accessRegion: "ap-beijing" },
      expected: "RequestLimitExceeded.GlobalRegionUinLimitExceeded"
    },
    { limits: { accountGlobal: 1 }, given: { account: "9" }, expected: undefined },
    { limits: { address: 1 }, given: { account: "9" }, expected: "RequestLimitExceeded.IPLimitExceeded" },
    { limits: { address: 1 }, given: { address: "10.9.9.9" }, expected: undefined },
    { limits: { address: 1 }, given: { address: undefined }, expected: undefined },
    { limits: {}, given: {}, expected: undefined }
  ])("under the limits $limits, a second call with $given gets $expected", ({ expected, given, limits }) =>
    Effect.gen(function* () {
      yield* take()
      const refused = yield* Effect.merge(take(given))
      assert.strictEqual(refused?._tag, expected)
    }).pipe(Effect.provide(RateLimiter.layerMemory(limits)))
  )

  it.effect("waiting calls go out N a second: 50 at once, from the middle of a second on", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(500)
      assert.deepStrictEqual(yield* perSecond(times(50).map(() => wait())), { 0.5: 20, 1: 20, 2: 10 })
      assert.deepStrictEqual(yield* perSecond([wait()]), { 60.5: 1 })
    }).pipe(Effect.provide(RateLimiter.layerMemory()))
  )

  it.effect("a waiting call goes when every limit has room, and counts with each of them in that second", () =>
    Effect.gen(function* () {
      // The whole account has its four calls of this second; the next ones have room for the action's two.
      yield* Effect.all(["DeleteVolumes", "EncryptVolume"].flatMap((action) => [wait({ action }), wait({ action })]))
      assert.deepStrictEqual(yield* perSecond(times(6).map(() => wait())), { 1: 2, 2: 2, 3: 2 })
    }).pipe(Effect.provide(RateLimiter.layerMemory({ action: 2, account: 4 })))
  )

  it.effect("configuration gives the limits", () =>
    Effect.gen(function* () {
      yield* take()
      assert.strictEqual((yield* Effect.flip(take()))._tag, "RequestLimitExceeded")
    }).pipe(
      Effect.provide(RateLimiter.layerConfig({ action: Config.integer("LIMIT") })),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["LIMIT", "1"]])))
    )
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
    "in memory and over a store it does the same, whoever calls and waits and when",
    {
      limits: FC.record(
        { action: FC.nat(3), account: FC.nat(4), accountGlobal: FC.nat(5), address: FC.nat(5) },
        { requiredKeys: [] }
      ),
      steps: FC.array(FC.record({ does: FC.constantFrom("take", "wait"), given: someCall, then: FC.nat(400) }), {
        maxLength: 30
      })
    },
    ({ limits, steps }) => {
      const seen = Effect.gen(function* () {
        yield* TestClock.setTime(0)
        const fibers: Array<Fiber.Fiber<unknown>> = []
        for (const { does, given, then } of steps) {
          const made = does === "take" ? take(given) : wait(given)
          const told = Effect.merge(Effect.mapError(made, ({ _tag, message }) => `${_tag} ${message}`))
          fibers.push(yield* Effect.fork(Effect.zip(told, Clock.currentTimeMillis)))
          yield* TestClock.adjust(Duration.millis(then))
        }
        yield* TestClock.adjust("2 minutes")
        return yield* Fiber.joinAll(fibers)
      })
      const overStore = RateLimiter.layer(limits).pipe(Layer.provide(RateLimiterStore.layerMemory()))
      return Effect.gen(function* () {
        const inMemory = yield* Effect.provide(seen, RateLimiter.layerMemory(limits))
        assert.deepStrictEqual(inMemory, yield* Effect.provide(seen, overStore))
      })
    },
    { fastCheck: { numRuns: 30 } }
  )

  const name = FC.oneof(FC.string({ unit: "binary", maxLength: 5 }), FC.constantFrom("", "a", "aa", "a/a", "1"))

  const oddCall = FC.record({
    ...{ product: name, action: name, accessRegion: name, account: name, identity: name },
    address: FC.option(name, { nil: undefined })
  })

  it.effect.prop(
    "no names, however chosen, make two callers one in memory, and none two of one",
    [FC.array(oddCall, { minLength: 50, maxLength: 50 })],
    ([calls]) =>
      Effect.gen(function* () {
        for (const kind of RateLimit.kinds) {
          const keys = calls.map((given) => RateLimit.buckets(call(given), { [kind]: 1 })[0]?.key)
          const taken = Effect.forEach(calls, (given) => Effect.isFailure(take(given)))
          assert.deepStrictEqual(
            yield* Effect.provide(taken, RateLimiter.layerMemory({ [kind]: 1 })),
            keys.map((key, index) => key !== undefined && keys.indexOf(key) < index)
          )
        }
      }),
    { fastCheck: { numRuns: 20 } }
  )

  const known = (identities: ReadonlyArray<number>) =>
    Effect.map(
      Effect.forEach(identities, (identity) => Effect.isFailure(take({ identity: `${identity}` }))),
      (refused) => refused.filter((each) => each).length
    )

  it.effect("in memory it counts each of as many callers as its capacity", () =>
    Effect.gen(function* () {
      const callers = times(capacity)
      for (const second of [0, 1, 2]) {
        yield* TestClock.setTime(second * 1000)
        assert.strictEqual(yield* known(callers), 0)
        assert.isAtLeast(yield* known(callers), 0.97 * capacity)
      }
    }).pipe(Effect.provide(RateLimiter.layerMemory({ action: 1 }, { capacity })))
  )

  it.effect("a flood of callers pushes itself out of memory, and nobody who has used up a limit", () =>
    Effect.gen(function* () {
      yield* Effect.replicateEffect(take({ limit: 2 }), 2)
      const flood = times(100_000)
      yield* known(flood)
      assert.strictEqual((yield* Effect.flip(take({ limit: 2 })))._tag, "RequestLimitExceeded")
      // Each of these is asked about once more; the latest first, since each pushes one out.
      const found = yield* known(flood.toReversed())
      assert.isAbove(found, 0)
      assert.isAtMost(found, 8 * capacity)
    }).pipe(Effect.provide(RateLimiter.layerMemory({ action: 1 }, { capacity })))
  )

  it.effect("unlimited, neither refuses nor waits", () =>
    Effect.gen(function* () {
      yield* Effect.forEach(times(1000), () => Effect.zipRight(take(), wait()))
      assert.strictEqual(yield* Clock.currentTimeMillis, 0)
    }).pipe(Effect.provide(RateLimiter.layerUnlimited))
  )

  const failing = Effect.fail(new RateLimitStoreError({ message: "redis is down" }))
  const FailingStore = Layer.succeed(RateLimiter.Store, { fixedWindow: () => failing, tokenBucket: () => failing })

  it.effect("a store that fails lets calls pass, with a warning", () =>
    Effect.gen(function* () {
      yield* Effect.forEach(times(3), () => take())
      yield* wait()
      const { lines } = yield* Seen.Seen
      assert.deepStrictEqual(
        lines.map(({ level }) => level),
        times(4).map(() => "WARN")
      )
      for (const { text } of lines) assert.match(text, /The store of the rate limiter failed.*redis is down/s)
    }).pipe(Effect.provide([Layer.provide(RateLimiter.layer({ action: 1 }), FailingStore), Seen.layer]))
  )
})

describe("RateLimiterStore", () => {
  it.effect("remembers no more keys than its capacity, through a flood of 1,000,000", () =>
    Effect.gen(function* () {
      const store = yield* RateLimiter.Store
      const ask = (key: number) =>
        store.fixedWindow({ key: `${key}`, tokens: 1, refillRate: Duration.seconds(1), limit: undefined })
      const flood = 1_000_000
      for (let key = 0; key < flood; key++) yield* ask(key)
      // Each of these is asked about once more, so what is found was there all along; the latest first, since each pushes one out.
      let found = 0
      for (let key = flood - 1; key >= flood - 10 * capacity; key--) {
        const [count] = yield* ask(key)
        if (count > 1) found++
      }
      assert.isAbove(found, 0)
      assert.isAtMost(found, capacity)
    }).pipe(Effect.provide(RateLimiterStore.layerMemory({ capacity })))
  )

  it.effect("a token bucket gives what it holds, and fills up again with time", () =>
    Effect.gen(function* () {
      const { tokenBucket } = yield* RateLimiter.Store
      const draw = (tokens: number, allowOverflow = false) =>
        tokenBucket({ key: "key", tokens, limit: 5, refillRate: Duration.seconds(1), allowOverflow })
      const left = [yield* draw(3), yield* draw(3), yield* draw(2), yield* draw(3, true)]
      assert.deepStrictEqual(left, [2, -1, 0, -3])
      yield* TestClock.adjust("4500 millis")
      assert.strictEqual(yield* draw(0), 1)
      yield* TestClock.adjust("500 millis")
      assert.strictEqual(yield* draw(0), 2)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* draw(5), 0)
    }).pipe(Effect.provide(RateLimiterStore.layerMemory()))
  )
})
