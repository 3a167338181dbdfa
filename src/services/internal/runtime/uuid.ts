import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Step from "./step.js"

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0")

/** Effect's own, which no program has put another in the place of. */
const live = Context.get(DefaultServices.liveServices, Random.Random)

const drawn = (random: Random.Random): Effect.Effect<string> =>
  Effect.map(
    Effect.all([0, 1, 2, 3].map(() => random.nextIntBetween(0, 0x100000000))),
    ([a = 0, b = 0, c = 0, d = 0]) =>
      `${hex(a, 8)}-${hex(b >>> 16, 4)}-4${hex(b & 0xfff, 3)}-${hex(((c >>> 16) & 0x3fff) | 0x8000, 4)}-${hex(c & 0xffff, 4)}${hex(d, 8)}`
  )

/**
 * A version 4 UUID. It is drawn from Effect's `Random` where that is another than the live one, so that a test decides it; the live
 * one begins with 32 bits, which is little for a name that no other program has, and so the system's own is taken in its place.
 */
export const uuid: Effect.Effect<string> = Step.make(({ fiber }) => {
  const random = Context.get(fiber.currentDefaultServices, Random.Random)
  return random === live ? Effect.succeed(crypto.randomUUID()) : drawn(random)
})
