import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import { now } from "../../fixtures/Signed.js"

const httpDate = (seconds: number) => new Date(seconds * 1000).toUTCString()

describe("ClockSync", () => {
  it.effect.each([
    { off: -301, passes: false },
    { off: -300, passes: true },
    { off: 0, passes: true },
    { off: 300, passes: true },
    { off: 301, passes: false }
  ])("a timestamp $off seconds away passes: $passes", ({ off, passes }) =>
    Effect.gen(function* () {
      const clock = yield* ClockSync.ClockSync
      for (const millis of [0, 999]) {
        yield* TestClock.setTime(now * 1000 + millis)
        const refused = yield* Effect.merge(clock.check(now + off))
        assert.strictEqual(refused?._tag, passes ? undefined : "AuthFailure.SignatureExpire")
      }
    }).pipe(Effect.provide(ClockSync.layerSystem))
  )

  it.effect.each([
    ["en-US", "The signature is expired, please request again."],
    ["zh-CN", "签名过期，请检查本地时间后重新请求。"]
  ] as const)("refuses in %s", ([language, message]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flatMap(ClockSync.ClockSync, (clock) => Effect.flip(clock.check(301, language)))
      assert.strictEqual(error.message, message)
    }).pipe(Effect.provide(ClockSync.layerSystem))
  )

  it.effect("the learning clock takes its offset from a Date header, and keeps it while time goes on", () =>
    Effect.gen(function* () {
      const clock = yield* ClockSync.ClockSync
      yield* TestClock.setTime(now * 1000)
      yield* clock.observe(httpDate(now + 600))
      assert.strictEqual(yield* clock.now, now + 600)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* clock.now, now + 610)
      yield* clock.observe(httpDate(now))
      assert.strictEqual(yield* clock.now, now)
    }).pipe(Effect.provide(ClockSync.layerLearning))
  )

  it.effect.each([
    ...["", "soon", "now + 7", "year 2001 at night", "99", "2026-13-45", "Thu, 99 Jan 2026 00:00:00 GMT"],
    // A header counts whole seconds, and has travelled.
    ...[-1, 0, 1].map((off) => httpDate(now + off))
  ])("the learning clock makes nothing of the Date header `%s`", (header) =>
    Effect.gen(function* () {
      const clock = yield* ClockSync.ClockSync
      yield* TestClock.setTime(now * 1000)
      yield* clock.observe(header)
      assert.strictEqual(yield* clock.now, now)
    }).pipe(Effect.provide(ClockSync.layerLearning))
  )

  it.effect.each([
    { name: "layerSystem", layer: ClockSync.layerSystem, first: now, later: now + 60 },
    { name: "layerOff ahead", layer: ClockSync.layerOff("6 minutes"), first: now + 360, later: now + 420 },
    { name: "layerOff behind", layer: ClockSync.layerOff("6 minutes", "behind"), first: now - 360, later: now - 300 },
    { name: "layerFixed", layer: ClockSync.layerFixed(1551113065), first: 1551113065, later: 1551113065 }
  ])("$name tells its time, whatever answers say", ({ first, later, layer }) =>
    Effect.gen(function* () {
      const clock = yield* ClockSync.ClockSync
      yield* TestClock.setTime(now * 1000)
      assert.strictEqual(yield* clock.now, first)
      yield* clock.observe(httpDate(now + 86_400))
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* clock.now, later)
    }).pipe(Effect.provide(layer))
  )
})
