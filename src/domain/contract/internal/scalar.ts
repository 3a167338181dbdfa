/** How a value of the wire is read as one of its scalar types, in each mode. */

import * as Issue from "../../errors/Issue.js"
import type { Mode } from "../Codec.js"
import type { Scalar } from "../Shape.js"

/** Instead of a value that is none of its type. */
export const unread = Symbol()

// No two ways to match one text: a long text that is no number would try them all.
const numeric = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/
const digits = /^[+-]?\d+$/

// Python's official client writes `True` and `False` into forms.
const booleans: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["True", true],
  ["false", false],
  ["False", false]
])

/** A numeric text as a number; undefined where it is none, or has more digits than a number holds. */
export const numberOf = (text: string): number | undefined => {
  if (!numeric.test(text)) return undefined
  const number = Number(text)
  return digits.test(text) && !Number.isSafeInteger(number) ? undefined : number
}

/** A text of digits as an integer; undefined where it is none. */
export const bigintOf = (text: string): bigint | undefined => (digits.test(text) ? BigInt(text) : undefined)

/** A text as a boolean, in those modes where one may stand for it. */
export const booleanOf = (text: string, mode: Mode): boolean | undefined =>
  mode === "form" || mode === "parts" || mode === "response" ? booleans.get(text) : undefined

export const isText = (type: unknown): boolean =>
  type === "string" || type === "datetime" || type === "datetime_iso" || type === "date"

/** Whether an integer is one of 64 bits, or fewer: what the wire has. */
const fits = (type: Scalar, integer: bigint): boolean =>
  (type === "int64" && BigInt.asIntN(64, integer) === integer) ||
  (type === "uint64" && BigInt.asUintN(64, integer) === integer)

/** An integer as the number that is written with the same digits; {@link unread} where every number would round it. */
const exactly = (integer: bigint): unknown => {
  const number = Number(integer)
  return Math.abs(number) < 1e21 && BigInt(String(number)) === integer ? number : unread
}

/** An integer of more digits than this is none of the wire's, and takes long to read. */
const most = 40

const integerIn = (text: string): bigint | undefined => (text.length > most ? undefined : bigintOf(text))

/** The number that a text tells, where one may tell it. */
const ofText = (text: string, mode: Mode, outward: boolean): number | bigint | undefined =>
  mode === "strict" || (outward && mode === "response") ? undefined : (numberOf(text) ?? integerIn(text))

const readNumber = (type: Scalar, given: unknown, mode: Mode, outward: boolean): unknown => {
  const value = typeof given === "string" ? ofText(given, mode, outward) : given
  if (typeof value === "bigint") {
    if (type === "float") return exactly(value)
    return outward && fits(type, value) ? value : unread
  }
  if (typeof value !== "number" || !Number.isFinite(value)) return unread
  if (type === "float" || (mode === "response" && !outward)) return value
  return Number.isSafeInteger(value) && (type === "int64" || value >= 0) ? value : unread
}

/** Whether it is of its type at first sight: in every mode {@link read} would give it back as it is. Most values are. */
export const isRight = (type: Scalar, value: unknown): boolean => {
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

/** Reads it, or gives {@link unread}. A value from the program is outward bound. */
export const read = (type: Scalar, value: unknown, mode: Mode, outward: boolean): unknown => {
  switch (type) {
    case "bool": {
      if (typeof value === "boolean") return value
      if (outward) return unread
      if (mode === "response" && (value === 0 || value === 1)) return value === 1
      return (typeof value === "string" ? booleanOf(value, mode) : undefined) ?? unread
    }
    case "int64":
    case "uint64":
    case "float":
      return readNumber(type, value, mode, outward)
    case "binary":
      return value instanceof Uint8Array ? value : unread
    default: {
      if (typeof value === "string") return value
      const told = mode === "response" && !outward && ["number", "bigint", "boolean"].includes(typeof value)
      return told ? String(value) : unread
    }
  }
}

const tagOf = (value: object): string => Object.prototype.toString.call(value).slice("[object ".length, -1)

/** Whether it is an object as JSON gives it, and no instance of a class. */
export const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Whether it is an object that has members: no Date, no Map, no list. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && (isPlain(value) || tagOf(value) === "Object")

/** The name of a value's type: of an object that is no record, what it is. */
export const nameOf = (value: unknown): string => {
  if (value instanceof Uint8Array) return "binary"
  if (typeof value === "number" && !Number.isFinite(value)) return String(value)
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isRecord(value)
    ? tagOf(value)
    : Issue.typeName(value)
}

/** The integer that a value is, or that a text tells. */
const integerOf = (value: unknown): bigint | undefined => {
  if (typeof value === "string") return integerIn(value)
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : undefined
  return typeof value === "bigint" ? value : undefined
}

/** What was found instead; the digits of an integer where it is those that are wrong. */
export const found = (type: Scalar, value: unknown): string => {
  if (type !== "int64" && type !== "uint64" && type !== "float") return nameOf(value)
  const integer = integerOf(value)
  if (integer === undefined) return Number.isFinite(value) ? "a fraction" : nameOf(value)
  if (type === "uint64" && integer < 0n) return "a negative number"
  if (Number.isSafeInteger(Number(integer))) return typeof value
  return BigInt.asIntN(128, integer) === integer ? Issue.typeName(integer) : "an integer of more than 128 bits"
}
