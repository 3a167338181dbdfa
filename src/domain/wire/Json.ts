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
 * A text, or an integer of sixteen digits or more. A number with a fraction or an exponent does not match. Neither does
 * invalid JSON, such as a leading zero or a number in the place of a name, so that `JSON.parse` still rejects it.
 */
const textOrInteger = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?[1-9]\d{15,}(?![\d.eE]|\s*:)/gs

/**
 * The prefix of the texts that replace integers on their way through `JSON.parse` and `JSON.stringify`. It is random, so no
 * other text begins with it.
 */
const mark = `integer ${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)} `

/** The time to read a bigint grows with the square of its length. A longer one becomes infinite, as with `JSON.parse`. */
const maxDigits = 1000

const integerOf = (_: string, value: unknown): unknown => {
  if (typeof value !== "string" || !value.startsWith(mark)) return value
  const digits = value.slice(mark.length)
  const number = Number(digits)
  return Number.isSafeInteger(number) || digits.length > maxDigits ? number : BigInt(digits)
}

const parseLossless = (text: string): unknown =>
  JSON.parse(
    text.replace(textOrInteger, (token) => (token.startsWith('"') ? token : `"${mark}${token}"`)),
    integerOf
  )

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
    return Either.right((needsBigint(text) ? parseLossless(text) : JSON.parse(text)) as Json)
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
