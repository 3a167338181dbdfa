import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as Secrets from "../../../src/domain/rules/internal/secrets.js"
import * as Parameters from "../../../src/domain/wire/Parameters.js"
import * as SignatureV1 from "../../../src/domain/wire/SignatureV1.js"
import type { Random } from "../../fixtures/Random.js"
import * as Grammar from "../grammar.js"
import { holds, repeat, repeatWith, type Target } from "../target.js"

const key = Redacted.make("key")

const check = (input: string): void => {
  const parsed = Parameters.parse(input)
  if (Either.isLeft(parsed)) return
  const parameters = parsed.right
  const again = Parameters.parse(Parameters.format(parameters))
  const formed = parameters.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()])
  // A name with an equals sign in it is escaped, and so is an empty one never written.
  if (parameters.every(([name]) => name !== "")) {
    holds(Either.isRight(again), "what is written can be read")
    holds(JSON.stringify(again.right) === JSON.stringify(formed), "what is written reads the same")
  }
  const nested = Parameters.unflatten(parameters)
  if (Either.isRight(nested)) {
    holds(Object.getPrototypeOf(nested.right) === Object.prototype, "no parameter becomes a prototype")
    holds(({} as Record<string, unknown>).polluted === undefined, "no parameter reaches a prototype")
    const flat = Parameters.flatten(nested.right)
    holds(Either.isRight(flat), "what was nested can be flattened")
    const sorted = (list: typeof parameters) => JSON.stringify(list.map(([name, value]) => `${name}=${value}`).sort())
    holds(sorted(flat.right) === sorted(parameters), "what was nested flattens to the same")
  }
  Secrets.fromForm(input, Secrets.byName)
  SignatureV1.verify({ method: "GET", host: "h", parameters }, "x", "HmacSHA1", key)
}

const segment = (random: Random): string =>
  random.chance(0.4)
    ? String(random.int(4))
    : random.chance(0.8)
      ? random.pick(["Filters", "Name", "Values", "Limit"])
      : Grammar.word(random)

export const parameters: Target = {
  name: "queries and forms",
  tokens: [
    "&",
    "=",
    "Filters.0.",
    ".0",
    ".00",
    ".",
    "__proto__.polluted=1",
    "constructor.prototype.polluted=1",
    "%2E",
    "%3D",
    "+",
    "_"
  ],
  generate: (random) =>
    Array.from({ length: 1 + random.int(5) }, () => {
      const path = Array.from({ length: 1 + random.int(4) }, () => segment(random)).join(".")
      const value = Grammar.word(random)
      return random.chance(0.5) ? Parameters.format([[path || "A", value]]) : `${path}=${value}`
    }).join("&"),
  check,
  read: (input) => {
    const parsed = Parameters.parse(input)
    if (Either.isRight(parsed)) {
      Parameters.unflatten(parsed.right)
      SignatureV1.verify({ method: "GET", host: "h", parameters: parsed.right }, "x", "HmacSHA1", key)
    }
    Secrets.fromForm(input, Secrets.byName)
  },
  growth: {
    "one list": (size) => repeatWith((at) => `A.${at}=1`, size, "&"),
    "one list, backwards": (size) => repeatWith((at) => `A.${100_000 - at}=1`, size, "&"),
    "one object": (size) => repeatWith((at) => `A.b${at}=1`, size, "&"),
    "names of other scripts": (size) => repeatWith((at) => `\u{1f4a5}${at}=1`, size, "&"),
    "one deep name": (size) => `${repeat("a.", size)}b=1`,
    "deep names": (size) => repeatWith((at) => `${"a.".repeat(30)}${at}=1`, size, "&"),
    "one long name": (size) => `${repeat("a_", size)}=1`,
    "one name of digits": (size) => `A.${repeat("1", size)}x=1`,
    "pairs of secrets": (size) => repeatWith((at) => `P.${at}.Name=Password&P.${at}.Value=${at}`, size, "&"),
    escapes: (size) => `A=${repeat("%e6%9c%aa", size)}`,
    "broken escapes": (size) => `A=${repeat("%e6%9c", size)}`,
    "many ends": (size) => `A=${repeat("=", size)}`,
    "many parts": (size) => repeat("a=&", size),
    spaces: (size) => `A=${repeat("+", size)}`
  }
}
