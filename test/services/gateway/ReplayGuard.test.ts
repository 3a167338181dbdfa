import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as TestClock from "effect/TestClock"
import * as ReplayGuard from "effect-tencentcloud/ReplayGuard"

interface Seen {
  readonly signature: string
  readonly at: number
}

/** What is remembered when a request comes: none past the window, and the latest ones. It looks before it forgets. */
const remembered = (seen: ReadonlyArray<Seen>, now: number, window: number, capacity: number): ReadonlyArray<Seen> =>
  seen.filter(({ at }) => now - at <= window).slice(-capacity)

const step = FastCheck.record({
  signature: FastCheck.constantFrom("a", "b", "c", "d", "e", "f"),
  pause: FastCheck.integer({ min: 0, max: 400 })
})

describe("a replay guard", () => {
  it.effect.prop(
    "recognizes a replay within its window, up to its capacity",
    [FastCheck.array(step, { maxLength: 60 }), FastCheck.integer({ min: 2, max: 6 })],
    ([steps, capacity]) =>
      Effect.gen(function* () {
        const guard = yield* ReplayGuard.make({ window: 1000, capacity })
        let seen: ReadonlyArray<Seen> = []
        let now = 0
        for (const { pause, signature } of steps) {
          yield* TestClock.adjust(pause)
          now += pause
          seen = remembered(seen, now, 1000, capacity)
          const isFirst = !seen.some((each) => each.signature === signature)
          assert.strictEqual(yield* guard.remember(signature), isFirst)
          if (isFirst) seen = [...seen, { signature, at: now }]
        }
      })
  )

  it.effect("starts again after it has forgotten everything", () =>
    Effect.gen(function* () {
      const guard = yield* ReplayGuard.make({ window: "1 second" })
      for (let round = 0; round < 3; round++) {
        assert.isTrue(yield* guard.remember("a"))
        assert.isFalse(yield* guard.remember("a"))
        assert.isTrue(yield* guard.remember("b"))
        yield* TestClock.adjust("2 seconds")
      }
    })
  )
})
