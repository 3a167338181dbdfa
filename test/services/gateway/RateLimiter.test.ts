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

const take = (given: Partial<RateLimit.Call> = {}) =>
  Effect.flatMap(RateLimiter.RateLimiter, (limiter) =>
    Effect.catchTag(limiter.take(call(given)), "RateLimiterError", Effect.die)
  )

const capacity = 1000

const times = (count: number) => Array.from({ length: count }, (_, index) => index)

describe("RateLimiter", () => {
  it.effect(
    "accepts 20 calls a second, reports their number from the 21st on, and starts again with the next second",
    () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(1_999)
        yield* Effect.forEach(times(20), () => take())
        const refused = [yield* Effect.flip(take()), yield* Effect.flip(take())]
        assert.deepStrictEqual(
          refused.map((exceeded) => ({ ...exceeded })),
          [21, 22].map((calls) => ({ _tag: "Exceeded", kind: "action", calls, limit: 20 }))
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
  ])("a call with $given counts together with the others: $counts", ({ counts, given }) =>
    Effect.gen(function* () {
      yield* take()
      const refused = yield* Effect.merge(take(given))
      assert.strictEqual(refused?.kind, counts === "apart" ? undefined : "action")
    }).pipe(Effect.provide(RateLimiter.layerMemory({ action: 1 })))
  )

  it.effect("the limit of an action has precedence over the default", () =>
    Effect.gen(function* () {
      yield* Effect.forEach(times(3), () => take({ limit: 3 }))
      const { calls, limit } = yield* Effect.flip(take({ limit: 3 }))
      assert.deepStrictEqual([calls, limit], [4, 3])
    }).pipe(Effect.provide(RateLimiter.layerMemory({ action: 1 })))
  )

  /** Another call by the same account from the same region, and so on: what the narrower limits do not see. */
  const other = { action: "DeleteVolumes", identity: "3" }

  it.effect.each<{ limits: RateLimit.Limits; given: Partial<RateLimit.Call>; expected: string | undefined }>([
    { limits: { account: 1 }, given: other, expected: "account" },
    { limits: { account: 1 }, given: { ...other, accessRegion: "ap-beijing" }, expected: undefined },
    {
      limits: { accountGlobal: 1 },
      given: { ...other, accessRegion: "ap-beijing" },
      expected: "accountGlobal"
    },
    { limits: { accountGlobal: 1 }, given: { account: "9" }, expected: undefined },
    { limits: { address: 1 }, given: { account: "9" }, expected: "address" },
    { limits: { address: 1 }, given: { address: "10.9.9.9" }, expected: undefined },
    { limits: { address: 1 }, given: { address: undefined }, expected: undefined },
    { limits: {}, given: {}, expected: undefined }
  ])("under the limits $limits, a second call with $given gets $expected", ({ expected, given, limits }) =>
    Effect.gen(function* () {
      yield* take()
      const refused = yield* Effect.merge(take(given))
      assert.strictEqual(refused?.kind, expected)
    }).pipe(Effect.provide(RateLimiter.layerMemory(limits)))
  )

  it.effect("reads limits from configuration", () =>
    Effect.gen(function* () {
      yield* take()
      assert.strictEqual((yield* Effect.flip(take()))._tag, "Exceeded")
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
    "works the same in memory and over a store, for any callers and times",
    {
      limits: FC.record(
        { action: FC.nat(3), account: FC.nat(4), accountGlobal: FC.nat(5), address: FC.nat(5) },
        { requiredKeys: [] }
      ),
      steps: FC.array(FC.record({ given: someCall, then: FC.nat(400) }), {
        maxLength: 30
      })
    },
    ({ limits, steps }) => {
      const seen = Effect.gen(function* () {
        yield* TestClock.setTime(0)
        const fibers: Array<Fiber.Fiber<unknown>> = []
        for (const { given, then } of steps) {
          const taken = Effect.merge(Effect.mapError(take(given), (exceeded) => ({ ...exceeded })))
          fibers.push(yield* Effect.fork(Effect.zip(taken, Clock.currentTimeMillis)))
          yield* TestClock.adjust(Duration.millis(then))
        }
        return yield* Fiber.joinAll(fibers)
      })
      const overStore = RateLimiter.layerStore(limits).pipe(Layer.provide(RateLimiter.layerStoreMemory()))
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
    "in memory, no choice of names makes two callers one, or one caller two",
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

  it.effect("in memory, counts as many callers as its capacity separately", () =>
    Effect.gen(function* () {
      const callers = times(capacity)
      for (const second of [0, 1, 2]) {
        yield* TestClock.setTime(second * 1000)
        assert.strictEqual(yield* known(callers), 0)
        assert.isAtLeast(yield* known(callers), 0.97 * capacity)
      }
    }).pipe(Effect.provide(RateLimiter.layerMemory({ action: 1 }, { capacity })))
  )

  it.effect("a flood of callers replaces its own entries, and none of a caller who has used up a limit", () =>
    Effect.gen(function* () {
      yield* Effect.replicateEffect(take({ limit: 2 }), 2)
      const flood = times(100_000)
      yield* known(flood)
      assert.strictEqual((yield* Effect.flip(take({ limit: 2 })))._tag, "Exceeded")
      // Each of these is asked about once more; the latest first, since each pushes one out.
      const found = yield* known(flood.toReversed())
      assert.isAbove(found, 0)
      assert.isAtMost(found, 8 * capacity)
    }).pipe(Effect.provide(RateLimiter.layerMemory({ action: 1 }, { capacity })))
  )

  it.effect("unlimited, accepts every call", () =>
    Effect.forEach(times(1000), () => take()).pipe(Effect.provide(RateLimiter.layerUnlimited))
  )

  const failing = Effect.fail(new RateLimitStoreError({ message: "redis is down" }))
  const FailingStore = Layer.succeed(RateLimiter.Store, { fixedWindow: () => failing, tokenBucket: () => failing })

  it.effect("accepts calls with a warning if its store fails", () =>
    Effect.gen(function* () {
      yield* Effect.forEach(times(4), () => take())
      const { lines } = yield* Seen.Seen
      assert.deepStrictEqual(
        lines.map(({ level }) => level),
        times(4).map(() => "WARN")
      )
      for (const { text } of lines) assert.match(text, /The store of the rate limiter failed.*redis is down/s)
    }).pipe(Effect.provide([Layer.provide(RateLimiter.layerStore({ action: 1 }), FailingStore), Seen.layer]))
  )
})

describe("RateLimiterStore", () => {
  it.effect("remembers no more keys than its capacity in a flood of 1,000,000", () =>
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
    }).pipe(Effect.provide(RateLimiter.layerStoreMemory({ capacity })))
  )

  it.effect("a token bucket hands out its tokens, and refills with time", () =>
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
    }).pipe(Effect.provide(RateLimiter.layerStoreMemory()))
  )
})
