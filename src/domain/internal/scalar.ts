/** How a value of the wire is read as one of its scalar types, in each mode. */
import type { Mode } from "../Codec.js"
import * as Issue from "../Issue.js"
import type { Scalar } from "../Shape.js"

/** Instead of a value that is none of its type. */
export const unread = Symbol()

const numeric = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const digits = /^[+-]?\d+$/

// Python's official client writes `True` and `False` into forms.
const booleans: Readonly<Record<string, boolean>> = { true: true, True: true, false: false, False: false }

/** A numeric text as a number; undefined where it is none, or has more digits than a number holds. */
export const numberOf = (text: string): number | undefined => {
  if (!numeric.test(text)) return undefined
  const number = Number(text)
  return digits.test(text) && !Number.isSafeInteger(number) ? undefined : number
}

/** A text as a boolean, in those modes where one may stand for it. */
export const booleanOf = (text: string, mode: Mode): boolean | undefined =>
  mode === "form" || mode === "parts" || mode === "response" ? booleans[text] : undefined

export const isText = (type: unknown): boolean =>
  type === "string" || type === "datetime" || type === "datetime_iso" || type === "date"

const readNumber = (type: Scalar, value: unknown, mode: Mode, outward: boolean): unknown => {
  const number = typeof value === "string" && mode !== "strict" && !outward ? numberOf(value) : value
  if (outward && typeof number === "bigint" && type !== "float") return number
  if (typeof number !== "number" || !Number.isFinite(number)) return unread
  if (type === "float" || mode === "response") return number
  return Number.isInteger(number) && (type === "int64" || number >= 0) ? number : unread
}

/** Reads it, or gives {@link unread}. A value from the program, outward bound, is not read out of texts. */
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

/** What was found instead; the digits of an integer where it is those that are wrong. */
export const found = (type: Scalar, value: unknown): string => {
  if (type !== "int64" && type !== "uint64" && type !== "float") return Issue.typeName(value)
  if (typeof value === "string" && digits.test(value)) return Issue.typeName(BigInt(value))
  if (typeof value !== "number" || !Number.isFinite(value)) return Issue.typeName(value)
  return Number.isInteger(value) ? "a negative number" : "a fraction"
}
