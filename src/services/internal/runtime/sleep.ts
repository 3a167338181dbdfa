/** Waits for a time of the clock. */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** Waits until a time, in milliseconds since the epoch. A timer of Node may end a little early, so this looks at the clock again. */
export const sleepUntil = (millis: number): Effect.Effect<void> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    now >= millis ? Effect.void : Effect.zipRight(Effect.sleep(Duration.millis(millis - now)), sleepUntil(millis))
  )
