/** UUIDs for RequestIds and ClientTokens. */
import * as Effect from "effect/Effect"
import type * as Random from "effect/Random"
import * as Fibers from "./fiber.js"
import * as Step from "./step.js"

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0")

const draw = (random: Random.Random): Effect.Effect<string> =>
  Effect.map(
    Effect.all([0, 1, 2, 3].map(() => random.nextIntBetween(0, 0x100000000))),
    ([a = 0, b = 0, c = 0, d = 0]) =>
      `${hex(a, 8)}-${hex(b >>> 16, 4)}-4${hex(b & 0xfff, 3)}-${hex(((c >>> 16) & 0x3fff) | 0x8000, 4)}-${hex(c & 0xffff, 4)}${hex(d, 8)}`
  )

/**
 * A version 4 UUID. A `Random` that the program provides decides it, so that a test can. Effect's own one starts from a seed of 32
 * bits, too few for a unique name, so the system's generator takes its place.
 */
export const uuid: Effect.Effect<string> = Step.make(({ fiber }) => {
  const random = Fibers.providedRandom(fiber)
  return random === undefined ? Effect.succeed(crypto.randomUUID()) : draw(random)
})
