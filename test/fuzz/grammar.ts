/** Random texts that mean something, and the ways to spoil them. */
import type { Random } from "../fixtures/Random.js"

/** Texts that readers have trouble with. */
export const odd: ReadonlyArray<string> = [
  "",
  " ",
  "\t",
  "\0",
  "\r\n",
  "\n\n",
  "\\",
  '"',
  "'",
  "%",
  "%00",
  "%ff",
  "%ED%A0%80",
  "%C3",
  "+",
  "&",
  "=",
  ";",
  ",",
  ".",
  "..",
  "/",
  ":",
  "-",
  "*",
  "[",
  "]",
  "{",
  "}",
  "null",
  "true",
  "0",
  "-0",
  "-1",
  "1e400",
  "9007199254740993",
  "9".repeat(40),
  "9".repeat(1100),
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "toJSON",
  "length",
  "then",
  "\ud800",
  "\udc00",
  "\u{1f4a5}",
  "\u00a0",
  "\ufeff",
  "\u2028",
  "\u0130",
  "é",
  "未",
  "\x7f",
  "\xff\xfe",
  "\xc3\x28",
  "\\u0000",
  "\\ud800",
  "x".repeat(300)
]

export const word = (random: Random): string =>
  random.chance(0.15)
    ? random.pick(odd)
    : random.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", 1, 12)

/** A value as JSON has it. */
export const json = (random: Random, names: ReadonlyArray<string> = [], depth = 4): string => {
  const space = random.chance(0.1) ? random.pick([" ", "\n", "\t", "  "]) : ""
  const inner = (): string => json(random, names, depth - 1)
  switch (depth <= 0 ? random.int(5) : random.int(8)) {
    case 0:
      return random.pick(["null", "true", "false"])
    case 1:
      return String(random.int(1000) - 500)
    case 2:
      return random.pick([
        "9007199254740993",
        "-9223372036854775808",
        "1.5",
        "1e3",
        "-0",
        "0.1e-7",
        "18446744073709551616"
      ])
    case 3:
    case 4:
      return JSON.stringify(word(random))
    case 5:
      return `[${space}${Array.from({ length: random.int(4) }, inner).join(`,${space}`)}]`
    default: {
      const name = (): string =>
        JSON.stringify(names.length > 0 && random.chance(0.7) ? random.pick(names) : word(random))
      return `{${space}${Array.from({ length: random.int(5) }, () => `${name()}:${space}${inner()}`).join(",")}${space}}`
    }
  }
}

/** A part of a text. */
const slice = (text: string, random: Random): string => {
  const start = random.int(text.length + 1)
  return text.slice(start, start + random.int(Math.min(60, text.length - start) + 1))
}

const insert = (text: string, at: number, put: string, instead = 0): string =>
  text.slice(0, at) + put + text.slice(at + instead)

type Spoil = (text: string, random: Random, tokens: ReadonlyArray<string>, other: string) => string

const spoils: ReadonlyArray<Spoil> = [
  // Truncates.
  (text, random) => text.slice(0, random.int(text.length + 1)),
  (text, random) => text.slice(random.int(text.length + 1)),
  // Leaves a part out.
  (text, random) => insert(text, random.int(text.length + 1), "", 1 + random.int(20)),
  // Puts something in, or replaces something.
  (text, random, tokens) => insert(text, random.int(text.length + 1), random.pick(tokens)),
  (text, random) => insert(text, random.int(text.length + 1), random.pick(odd), random.int(4)),
  (text, random, tokens) => insert(text, random.int(text.length + 1), random.pick(tokens), random.int(12)),
  // Splices another input in.
  (text, random, _, other) => insert(text, random.int(text.length + 1), slice(other, random), random.int(10)),
  // Repeats and deepens.
  (text, random) =>
    insert(text, random.int(text.length + 1), slice(text, random).repeat(1 + random.int(random.chance(0.1) ? 200 : 4))),
  (text, random) => {
    const [open, close] = random.pick([
      ["[", "]"],
      ['{"a":', "}"],
      ["(", ")"],
      ["a.", ".0"],
      ["%25", ""]
    ] as const)
    const times = 1 + random.int(random.chance(0.1) ? 2000 : 5)
    const start = random.int(text.length + 1)
    const end = start + random.int(text.length - start + 1)
    return `${text.slice(0, start)}${open.repeat(times)}${text.slice(start, end)}${close.repeat(times)}${text.slice(end)}`
  },
  // Changes a character.
  (text, random) => {
    const at = random.int(Math.max(1, text.length))
    return insert(
      text,
      at,
      String.fromCharCode((text.charCodeAt(at) || 0) ^ (1 << random.int(random.chance(0.1) ? 16 : 8))),
      1
    )
  },
  // Another case.
  (text, random) => (random.chance(0.5) ? text.toUpperCase() : text.toLowerCase()),
  // Escapes.
  (text, random) => {
    const at = random.int(text.length + 1)
    const part = slice(text.slice(at), random)
    const code = (character: string, width: number) => character.charCodeAt(0).toString(16).padStart(width, "0")
    const escaped = [...part].map((one) => (random.chance(0.5) ? `%${code(one, 2)}` : `\\u${code(one, 4)}`)).join("")
    return insert(text, at, escaped, part.length)
  }
]

/** The longest input, so that a fault is a fault of the reader and not of its size. */
const longest = 64 * 1024

/** Makes the next input: a valid one, or one with a few mutations. */
export const next = (generate: (random: Random) => string, tokens: ReadonlyArray<string>, random: Random): string => {
  let text = generate(random)
  if (random.chance(0.2)) return text
  const known = tokens.length === 0 ? odd : tokens
  for (let left = 1 + random.int(4); left > 0; left--) {
    text = random
      .pick(spoils)(text, random, known, random.chance(0.3) ? generate(random) : text)
      .slice(0, longest)
  }
  return text
}
