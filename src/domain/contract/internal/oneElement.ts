/** Decides whether a value that stands where a list is due is plainly one element of it. */

/** What services write for "nothing". */
const placeholder = /^\s*(-+|n\/?a|null|none|nil)?\s*$/i

/** A text that seems to hold several values, or a structure. */
const several = /^\s*[[{]|[,;\n]/

/** Texts are searched up to this length. A longer one is no name and no id. */
const maxLength = 1000

/** Whether a scalar is plainly one element: no placeholder, and no text of several values. */
export const isScalar = (value: unknown): boolean => {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return true
  return typeof value === "string" && value.length <= maxLength && !placeholder.test(value) && !several.test(value)
}

/** Whether any value is plainly one element. An object is, unless it is empty. */
export const isPlain = (value: unknown): boolean =>
  typeof value === "object" && value !== null ? !Array.isArray(value) && Object.keys(value).length > 0 : isScalar(value)
