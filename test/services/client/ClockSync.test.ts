import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import { now } from "../../fixtures/Signed.js"

const httpDate = (seconds: number) => new Date(seconds * 1000).toUTCString()

describe("ClockSync", () => {
  it.effect("a learning clock takes its offset from a Date header, and keeps it while time passes", () =>
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
  ])("a learning clock ignores the Date header `%s`", (header) =>
    Effect.gen(function* () {
      const clock = yield* ClockSync.ClockSync
      yield* TestClock.setTime(now * 1000)
      yield* clock.observe(header)
      assert.strictEqual(yield* clock.now, now)
    }).pipe(Effect.provide(ClockSync.layerLearning))
  )

  it.effect.each([
    { name: "layerSystem", layer: ClockSync.layerSystem, first: now, later: now + 60 },
    { name: "layerSkewed ahead", layer: ClockSync.layerSkewed("6 minutes"), first: now + 360, later: now + 420 },
    {
      name: "layerSkewed behind",
      layer: ClockSync.layerSkewed("6 minutes", "behind"),
      first: now - 360,
      later: now - 300
    },
    { name: "layerFixed", layer: ClockSync.layerFixed(1551113065), first: 1551113065, later: 1551113065 }
  ])("$name ignores the Date headers of answers", ({ first, later, layer }) =>
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
