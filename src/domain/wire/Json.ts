/**
 * JSON that keeps 64-bit integers. Integers past 2^53 are real on this wire, and `JSON.parse` changes them: here they
 * are read as `bigint`, and a `bigint` is written as its digits.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"

/**
 * Anything that JSON says, with `bigint` for the integers that a number cannot hold.
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
 * Why a text is not JSON. It says what and where, and quotes nothing, since a body may hold secrets.
 *
 * @since 0.1.0
 * @category models
 */
export interface Malformed {
  readonly reason: string
  /** Whether the text ends where JSON would have gone on. */
  readonly truncated: boolean
}

/**
 * Digits in a row, so many that a number may not hold them. Behind a quotation mark they are a text, behind a point a fraction. Each
 * digit is written out, since V8 skips what cannot match only where nothing is repeated.
 */
const manyDigits = new RegExp(String.raw`(?<!["\w.])${"\\d".repeat(16)}\d*`, "g")

/** Whether there may be an integer that `JSON.parse` would change. */
const mayBeChanged = (text: string): boolean =>
  text.match(manyDigits)?.some((digits) => !Number.isSafeInteger(Number(digits))) === true

/**
 * A text, or an integer of sixteen digits or more. What has a fraction or an exponent is none, and what is no JSON, with a zero before it or
 * in the place of a name, has to stay what it is.
 */
const textOrInteger = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?[1-9]\d{15,}(?![\d.eE]|\s*:)/gs

/**
 * Integers travel through `JSON.parse` and `JSON.stringify` as texts that begin with this. Nobody outside knows it, so no other text
 * does.
 */
const mark = `integer ${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)} `

/** Reading a bigint takes the square of its length; past this one, which no service means, it is infinite as for `JSON.parse`. */
const longest = 1000

const integerOf = (_: string, value: unknown): unknown => {
  if (typeof value !== "string" || !value.startsWith(mark)) return value
  const digits = value.slice(mark.length)
  const number = Number(digits)
  return Number.isSafeInteger(number) || digits.length > longest ? number : BigInt(digits)
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
 * Reads JSON. Integers past 2^53 become `bigint`; everything else is as `JSON.parse` gives it.
 *
 * @example
 * ```ts
 * import * as Json from "effect-tencentcloud/Json"
 *
 * Json.parse('{"Uin":100000000001,"Id":9223372036854775807}')
 * // right({ Uin: 100000000001, Id: 9223372036854775807n })
 * ```
 *
 * @since 0.1.0
 * @category decoding
 */
export const parse = (text: string): Either.Either<Json, Malformed> => {
  try {
    return Either.right((mayBeChanged(text) ? parseLossless(text) : JSON.parse(text)) as Json)
  } catch (cause) {
    return Either.left(
      cause instanceof RangeError ? { reason: "is nested too deeply", truncated: false } : diagnose(text)
    )
  }
}

/** JSON writes a number that is not finite as `null`, which would be another value: so those are looked for. */
const finiteOnly = (_: string, value: unknown): unknown => {
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("not finite")
  return typeof value === "bigint" ? `${mark}${value}` : value
}

const marked = new RegExp(`"${mark}(-?\\d+)"`, "g")

const write = (value: unknown): string | undefined => {
  let text: string | undefined
  try {
    text = JSON.stringify(value)
  } catch {
    // A bigint makes JSON.stringify throw, and is rare: only then is the slower way worth its time.
    return JSON.stringify(value, finiteOnly)?.replace(marked, "$1")
  }
  if (text?.includes("null")) JSON.stringify(value, finiteOnly)
  return text
}

/**
 * Writes JSON; a `bigint` as its digits. `undefined` members are left out, as `JSON.stringify` does.
 * Fails with a reason where a value has no JSON form: a circular object, a function, a number that is not finite.
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

const unwritable = /* #__PURE__ */ Either.left<Malformed>({ reason: "cannot be written as JSON", truncated: false })

/**
 * Whether a JSON value is an object.
 *
 * @since 0.1.0
 * @category guards
 */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
