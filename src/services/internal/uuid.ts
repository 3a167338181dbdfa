import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0")

/**
 * A version 4 UUID out of Effect's `Random`, so that a test decides it. RequestIds and ClientTokens name things; they guard
 * none, and need no secure source.
 */
export const uuid: Effect.Effect<string> = Effect.map(
  Effect.all([0, 1, 2, 3].map(() => Random.nextIntBetween(0, 0x100000000))),
  ([a = 0, b = 0, c = 0, d = 0]) =>
    `${hex(a, 8)}-${hex(b >>> 16, 4)}-4${hex(b & 0xfff, 3)}-${hex(((c >>> 16) & 0x3fff) | 0x8000, 4)}-${hex(c & 0xffff, 4)}${hex(d, 8)}`
)
