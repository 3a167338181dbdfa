/**
 * JSON that keeps 64-bit integers. Real answers contain integers past 2^53, which `JSON.parse` would round. This module reads
 * them as `bigint`, and writes a `bigint` as its digits.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"

/**
 * A JSON value, with `bigint` for integers that a number cannot hold.
 *
 * @since 0.1.0
 * @category models
 */
export type Json = null | boolean | number | bigint | string | ReadonlyArray<Json> | JsonObject

/**
 * A JSON object.
 *
 * @since 0.1.0
 * @category models
 */
export interface JsonObject {
  readonly [name: string]: Json
}

/**
 * Why a text is not JSON. It quotes nothing of the text, which may contain secrets.
 *
 * @since 0.1.0
 * @category models
 */
export interface Malformed {
  readonly reason: string
  /** Whether the text ends in the middle of a JSON value. */
  readonly truncated: boolean
}

/**
 * Sixteen digits or more, which a number may not hold. After a quotation mark they are a text, and after a point a fraction. The
 * pattern spells out each digit, because V8 skips quickly only over a pattern without repetition.
 */
const manyDigits = new RegExp(String.raw`(?<!["\w.])${"\\d".repeat(16)}\d*`, "g")

/** Whether the text may have an integer that `JSON.parse` would round. */
const needsBigint = (text: string): boolean =>
  text.match(manyDigits)?.some((digits) => !Number.isSafeInteger(Number(digits))) === true

/**
 * The prefix of the texts that replace integers on their way through `JSON.parse` and `JSON.stringify`. It is random, so no
 * other text begins with it.
 */
const mark = `integer ${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)} `

/** The time to read a bigint grows with the square of its length. A longer one becomes infinite, as with `JSON.parse`. */
const maxDigits = 1000

/** A number holds every integer of fewer digits. */
const minDigits = 16

/** Deeper than any answer. Only a text that needs exact integers is held against it. */
const maxDepth = 5000

/** Thrown, and caught in this module. */
class TooDeep extends RangeError {}

const [quote, backslash, minus, zero, nine] = [34, 92, 45, 48, 57] as const

const isDigit = (code: number): boolean => code >= zero && code <= nine

/** Whether an odd number of backslashes stands before a quotation mark. */
const isEscaped = (text: string, at: number): boolean => {
  let before = at
  while (text.charCodeAt(before - 1) === backslash) before--
  return (at - before) % 2 === 1
}

/** Returns the place behind a text that begins at the quotation mark `at`. */
const skipText = (text: string, at: number): number => {
  let end = text.indexOf('"', at + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end + 1
}

/** Returns the place behind a number that begins at `at`. It is negative if the number has a fraction or an exponent. */
const skipNumber = (text: string, at: number): number => {
  let end = at + 1
  while (isDigit(text.charCodeAt(end))) end++
  const isInteger = !/[.eE]/.test(text.charAt(end))
  while (/[\d.eE+-]/.test(text.charAt(end))) end++
  return isInteger ? end : -end
}

/** Replaces the long integers of a valid JSON text by marked texts, token by token. Throws if the text is nested too deeply. */
const markIntegers = (text: string): string => {
  const pieces: Array<string> = []
  let kept = 0
  let depth = 0
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === quote) at = skipText(text, at)
    else if (code === minus || isDigit(code)) {
      const end = skipNumber(text, at)
      if (end - at >= minDigits) {
        pieces.push(text.slice(kept, at), `"${mark}${text.slice(at, end)}"`)
        kept = end
      }
      at = Math.abs(end)
    } else {
      const character = text[at]
      if (character === "{" || character === "[") depth++
      else if (character === "}" || character === "]") depth--
      if (depth > maxDepth) throw new TooDeep()
      at++
    }
  }
  return pieces.join("") + text.slice(kept)
}

const integerOf = (value: unknown): unknown => {
  if (typeof value !== "string" || !value.startsWith(mark)) return value
  const digits = value.slice(mark.length)
  const number = Number(digits)
  return Number.isSafeInteger(number) || digits.length > maxDigits ? number : BigInt(digits)
}

/** Replaces marked texts by their integers, everywhere in a value. The value is new, so it may be changed in place. */
const unmarkIntegers = (root: unknown): unknown => {
  const open: Array<object> = []
  const unmark = (value: unknown): unknown => {
    if (typeof value === "object" && value !== null) open.push(value)
    return integerOf(value)
  }
  const result = unmark(root)
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const [name, before] of Object.entries(node)) {
      const after = unmark(before)
      // A member that `JSON.parse` made, whatever its name, is the object's own, so that no setter runs.
      if (after !== before) Reflect.set(node, name, after)
    }
  }
  return result
}

const diagnose = (text: string): Malformed => {
  const start = text.trimStart()
  if (start === "") return { reason: "is empty", truncated: true }
  if (start.startsWith("<")) return { reason: "is a page of HTML or XML, not JSON", truncated: false }
  if (!/^[[{"\d\-tfn]/.test(start)) return { reason: "is not JSON", truncated: false }
  let depth = 0
  let inString = false
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (inString) {
      if (character === "\\") index++
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === "{" || character === "[") depth++
    else if (character === "}" || character === "]") depth--
  }
  return inString || depth > 0
    ? { reason: `is JSON that breaks off after ${text.length} characters`, truncated: true }
    : { reason: "is not valid JSON", truncated: false }
}

/**
 * Parses JSON. Integers past 2^53 become `bigint`. Everything else is as `JSON.parse` returns it.
 *
 * @example
 * ```
 * Json.parse('{"Uin":100000000001,"Id":9223372036854775807}')
 * // right({ Uin: 100000000001, Id: 9223372036854775807n })
 * ```
 *
 * @since 0.1.0
 * @category decoding
 */
export const parse = (text: string): Either.Either<Json, Malformed> => {
  try {
    // `JSON.parse` judges first, so that everything below sees valid JSON only.
    const rounded: unknown = JSON.parse(text)
    return Either.right((needsBigint(text) ? unmarkIntegers(JSON.parse(markIntegers(text))) : rounded) as Json)
  } catch (cause) {
    return Either.left(
      cause instanceof RangeError ? { reason: "is nested too deeply", truncated: false } : diagnose(text)
    )
  }
}

/** Throws for a number that is not finite, which JSON would write as `null`. Marks each bigint. */
const replaceNumbers = (_: string, value: unknown): unknown => {
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("not finite")
  return typeof value === "bigint" ? `${mark}${value}` : value
}

const markedInteger = new RegExp(`"${mark}(-?\\d+)"`, "g")

const write = (value: unknown): string | undefined => {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch {
    // JSON.stringify throws for a bigint, which is rare. Only then is the slower way needed.
    return JSON.stringify(value, replaceNumbers)?.replace(markedInteger, "$1")
  }
  if (text?.includes("null")) JSON.stringify(value, replaceNumbers)
  return text
}

/**
 * Writes JSON, with a `bigint` as its digits. Leaves out `undefined` members, as `JSON.stringify` does.
 * Fails with a reason if a value has no JSON form: a circular object, a function, or a number that is not finite.
 *
 * @since 0.1.0
 * @category encoding
 */
export const stringify = (value: unknown): Either.Either<string, Malformed> => {
  try {
    const text = write(value)
    return text === undefined ? unwritable : Either.right(text)
  } catch {
    return unwritable
  }
}

const unwritable = /* #__PURE__ */ Either.left<Malformed>(
  /* #__PURE__ */ Object.freeze({ reason: "cannot be written as JSON", truncated: false })
)

/**
 * Returns whether a JSON value is an object.
 *
 * @since 0.1.0
 * @category guards
 */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
