import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import { now } from "../../fixtures/Signed.js"

const validate = (timestamp: number) =>
  Effect.flatMap(TimestampValidator.TimestampValidator, (validator) => validator.validate(timestamp))

const isAccepted = (timestamp: number) => Effect.isSuccess(validate(timestamp))

describe("TimestampValidator", () => {
  it.effect.each([
    { off: -301, passes: false },
    { off: -300, passes: true },
    { off: 0, passes: true },
    { off: 300, passes: true },
    { off: 301, passes: false }
  ])("accepts a timestamp $off seconds away: $passes", ({ off, passes }) =>
    Effect.gen(function* () {
      for (const millis of [0, 999]) {
        yield* TestClock.setTime(now * 1000 + millis)
        assert.strictEqual(yield* isAccepted(now + off), passes)
      }
    }).pipe(Effect.provide(TimestampValidator.layer))
  )

  it.effect("fails with the timestamp and its own time", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000 + 999)
      const expired = yield* Effect.flip(validate(now - 301))
      assert.deepStrictEqual({ ...expired }, { _tag: "Expired", timestamp: now - 301, now })
    }).pipe(Effect.provide(TimestampValidator.layer))
  )

  it.effect("accepts timestamps within another window", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const accepted = yield* Effect.forEach([-61, -60, 60, 61], (off) => isAccepted(now + off))
      assert.deepStrictEqual(accepted, [false, true, true, false])
    }).pipe(Effect.provide(TimestampValidator.layerWith({ window: "1 minute" })))
  )

  it.effect.each([
    { name: "a window", set: [["WINDOW", "1 minute"]] as const, passes: false },
    { name: "no window, and keeps the default", set: [], passes: true }
  ])("reads $name from configuration", ({ passes, set }) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      assert.strictEqual(yield* isAccepted(now - 61), passes)
    }).pipe(
      Effect.provide(
        TimestampValidator.layerConfig({ window: Config.withDefault(Config.duration("WINDOW"), "5 minutes") })
      ),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map(set)))
    )
  )

  it.effect.each([
    { name: "layerSkewed ahead", layer: TimestampValidator.layerSkewed("6 minutes"), time: now + 360 },
    { name: "layerSkewed behind", layer: TimestampValidator.layerSkewed("6 minutes", "behind"), time: now - 360 },
    { name: "layerFixed", layer: TimestampValidator.layerFixed(1551113065), time: 1551113065 }
  ])("$name validates by its own time", ({ layer, time }) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      assert.isTrue(yield* isAccepted(time + 300))
      assert.strictEqual((yield* Effect.flip(validate(time + 301))).now, time)
    }).pipe(Effect.provide(layer))
  )
})
