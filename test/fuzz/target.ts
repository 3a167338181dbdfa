/** What a reader of foreign bytes is to the fuzzer. */
import type { Random } from "../fixtures/Random.js"

/**
 * A group of readers. Every input is a text, so that one set of mutations and one way to find the smallest input serve all of them.
 * Readers of bytes get the text with one byte for each character (`bytesOf`).
 */
export interface Target {
  readonly name: string
  /** Makes an input that is valid, or nearly so. */
  readonly generate: (random: Random) => string
  /** Texts that mean something to the reader. Mutations put them in. */
  readonly tokens: ReadonlyArray<string>
  /** Reads an input. Throws if a law is broken; whatever the reader itself throws is a fault too. */
  readonly check: (input: string) => void | Promise<void>
  /** Inputs of about `size` characters that repeat a structure. To read them takes time in proportion to their size. */
  readonly growth: Readonly<Record<string, (size: number) => string>>
  /** Reads an input of `growth`. Default: `check`. */
  readonly read?: ((input: string) => void | Promise<void>) | undefined
  /** The targets that this one joins. Each measures its own growth. */
  readonly parts?: ReadonlyArray<Target> | undefined
  /** Closes what the target has opened. */
  readonly close?: (() => Promise<void>) | undefined
}

/** One byte for each character. */
export const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"))

/** The text that `bytesOf` turns into the UTF-8 of a text. */
export const asBytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1")

/** Fails with what is wrong. */
export const fail = (law: string): never => {
  throw new Error(`broken law: ${law}`)
}

/** Asserts that a law holds. */
export function holds(condition: boolean, law: string | (() => string)): asserts condition {
  if (!condition) fail(typeof law === "string" ? law : law())
}

/** Repeats a text up to a size. */
export const repeat = (text: string, size: number): string => text.repeat(Math.max(1, Math.ceil(size / text.length)))

/** Repeats a text that depends on its place. */
export const repeatWith = (text: (index: number) => string, size: number, separator = ""): string => {
  const parts: Array<string> = []
  let length = 0
  for (let index = 0; length < size; index++) {
    const part = text(index)
    parts.push(part)
    length += part.length + separator.length
  }
  return parts.join(separator)
}

/** Joins two targets: every input of one is also read by the other. */
export const join = (name: string, one: Target, other: Target): Target => ({
  name,
  tokens: [...one.tokens, ...other.tokens],
  generate: (random) => (random.chance(0.5) ? one : other).generate(random),
  check: (input) => {
    const checked = [one.check(input), other.check(input)]
    holds(
      checked.every((each) => each === undefined),
      "only targets that do not wait can be joined"
    )
  },
  growth: {},
  parts: [one, other]
})
