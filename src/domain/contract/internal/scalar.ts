/** The scalar types of the wire, and how a value of each one is read in each mode. */
import * as Issue from "../../errors/Issue.js"
import type { Mode } from "./codec.js"

/**
 * A type of the wire that is no object, under the name that the service's messages use.
 *
 * `datetime` is `2020-09-22 00:00:00`, `datetime_iso` is `2020-09-22T00:00:00+00:00`, and `date` is `2020-09-22`. All three are
 * strings. `big_int64` and `big_uint64` are `int64` and `uint64` on the wire. Their values pass 2^53, so a response has them as
 * `bigint`.
 *
 * @since 0.1.0
 * @category models
 */
export type Scalar =
  | "string"
  | "int64"
  | "uint64"
  | "big_int64"
  | "big_uint64"
  | "float"
  | "bool"
  | "datetime"
  | "datetime_iso"
  | "date"
  | "binary"

/** Whether the values of an integer pass 2^53. */
export const isBig = (type: Scalar): boolean => type === "big_int64" || type === "big_uint64"

/** The wire's name of a scalar, as the service's messages use it. */
export const wireNameOf = (type: Scalar): string =>
  type === "big_int64" ? "int64" : type === "big_uint64" ? "uint64" : type

/** Stands in for a value that does not fit its type. */
export const invalid = Symbol()

// There is only one way to match each text, so a long text that is no number fails fast.
const numeric = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/
const digits = /^[+-]?\d+$/

// The official Python client writes `True` and `False` into forms.
const booleans: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false]
])

/** Reads a number. Returns `undefined` if the text is none, or has more digits than a number can hold. */
export const numberOf = (text: string): number | undefined => {
  if (!numeric.test(text)) return undefined
  const number = Number(text)
  return digits.test(text) && !Number.isSafeInteger(number) ? undefined : number
}

/** Reads an integer. Returns `undefined` if the text is none. */
export const bigintOf = (text: string): bigint | undefined => (digits.test(text) ? BigInt(text) : undefined)

/** Reads a boolean in those modes where it may be a text. Returns `undefined` in all others. */
export const booleanOf = (text: string, mode: Mode): boolean | undefined =>
  mode === "form" || mode === "parts" || mode === "response" ? booleans.get(text) : undefined

/** Whether values of a type are strings. */
export const isText = (type: unknown): boolean =>
  type === "string" || type === "datetime" || type === "datetime_iso" || type === "date"

/** Whether an integer fits its type, which has 64 bits. */
const fits = (type: Scalar, integer: bigint): boolean =>
  type === "int64" || type === "big_int64"
    ? BigInt.asIntN(64, integer) === integer
    : BigInt.asUintN(64, integer) === integer

/** Returns the number with the same digits as an integer. Returns {@link invalid} if a number would round it. */
const exactNumber = (integer: bigint): unknown => {
  const number = Number(integer)
  return Math.abs(number) < 1e21 && BigInt(String(number)) === integer ? number : invalid
}

/** An integer with more digits than this is too long for the wire, and slow to read. */
const maxDigits = 40

const integerIn = (text: string): bigint | undefined => (text.length > maxDigits ? undefined : bigintOf(text))

/** Reads a number from a text in those modes where it may be one. */
const numberIn = (text: string, mode: Mode, isOutbound: boolean): number | bigint | undefined =>
  mode === "strict" || (isOutbound && mode === "response") ? undefined : (numberOf(text) ?? integerIn(text))

const readNumber = (type: Scalar, given: unknown, mode: Mode, isOutbound: boolean): unknown => {
  const value = typeof given === "string" ? numberIn(given, mode, isOutbound) : given
  if (typeof value === "bigint") {
    if (type === "float") return exactNumber(value)
    return isOutbound && fits(type, value) ? value : invalid
  }
  if (typeof value !== "number" || !Number.isFinite(value)) return invalid
  if (type === "float" || (mode === "response" && !isOutbound)) return value
  return Number.isSafeInteger(value) && (type === "int64" || value >= 0) ? value : invalid
}

/** Reads an integer whose values pass 2^53: a `bigint` in a response, and a number too in a request if it can hold it. */
const readBig = (type: Scalar, given: unknown, mode: Mode, isOutbound: boolean): unknown => {
  const value = typeof given === "string" ? numberIn(given, mode, isOutbound) : given
  // A number with more digits than it can hold was rounded before it came here.
  if (typeof value !== "number" && typeof value !== "bigint") return invalid
  if (typeof value === "number" && !Number.isSafeInteger(value)) return invalid
  const integer = BigInt(value)
  if (!fits(type, integer)) return invalid
  return mode === "response" || mode === "strict" || !Number.isSafeInteger(Number(integer)) ? integer : Number(integer)
}

/** Whether a value is an integer that fits a type whose values pass 2^53. */
export const isExactBig = (type: Scalar, value: unknown): boolean =>
  typeof value !== "string" && readBig(type, value, "request", true) !== invalid

/** Whether {@link read} would return a value as it is, in every mode. This is true of most values, and fast to find out. */
export const isExact = (type: Scalar, value: unknown): boolean => {
  switch (typeof value) {
    case "string":
      return isText(type)
    case "number":
      if (type === "float") return Number.isFinite(value)
      return Number.isSafeInteger(value) && (type === "int64" || (type === "uint64" && value >= 0))
    case "boolean":
      return type === "bool"
    default:
      return false
  }
}

/** Reads a value, or returns {@link invalid}. An outbound value comes from the program, not from the wire. */
export const read = (type: Scalar, value: unknown, mode: Mode, isOutbound: boolean): unknown => {
  switch (type) {
    case "bool": {
      if (typeof value === "boolean") return value
      if (isOutbound) return invalid
      if (mode === "response" && (value === 0 || value === 1)) return value === 1
      return (typeof value === "string" ? booleanOf(value, mode) : undefined) ?? invalid
    }
    case "int64":
    case "uint64":
    case "float":
      return readNumber(type, value, mode, isOutbound)
    case "big_int64":
    case "big_uint64":
      return readBig(type, value, mode, isOutbound)
    case "binary":
      return value instanceof Uint8Array ? value : invalid
    default: {
      if (typeof value === "string") return value
      const isConvertible = mode === "response" && !isOutbound && ["number", "bigint", "boolean"].includes(typeof value)
      return isConvertible ? String(value) : invalid
    }
  }
}

const tagOf = (value: object): string => Object.prototype.toString.call(value).slice("[object ".length, -1)

/** Whether an object is one that JSON could give, and no instance of a class. */
export const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Whether a value is an object with members: no Date, no Map, no list. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && (isPlain(value) || tagOf(value) === "Object")

/** Returns the name of a value's type. For an object that is no record, it is the name of its kind, such as `Date`. */
export const typeNameOf = (value: unknown): string => {
  if (value instanceof Uint8Array) return "binary"
  if (typeof value === "number" && !Number.isFinite(value)) return String(value)
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isRecord(value)
    ? tagOf(value)
    : Issue.typeName(value)
}

const integerOf = (value: unknown): bigint | undefined => {
  if (typeof value === "string") return integerIn(value)
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : undefined
  return typeof value === "bigint" ? value : undefined
}

/** Describes a value that does not fit its type. If the digits of an integer are the problem, names the digits. */
export const describeMismatch = (type: Scalar, value: unknown): string => {
  const isNumeric = type === "float" || wireNameOf(type).endsWith("int64")
  if (!isNumeric) return typeNameOf(value)
  const integer = integerOf(value)
  if (integer === undefined) return Number.isFinite(value) ? "a fraction" : typeNameOf(value)
  if (wireNameOf(type) === "uint64" && integer < 0n) return "a negative number"
  if (Number.isSafeInteger(Number(integer))) return typeof value
  return BigInt.asIntN(128, integer) === integer ? Issue.typeName(integer) : "an integer of more than 128 bits"
}
