/**
 * Grammar of an error code: `Family`, then any number of `.Segment`s.
 *
 * A code is whatever the service wrote. Odd ones are real and kept letter for letter: a trailing dot
 * (`InternalError.`), underscores, three segments (`FailedOperation.Domain.UnExist`).
 *
 * @since 0.1.0
 */

/**
 * The family of a code: everything before its first dot.
 *
 * @example
 * ```ts
 * import type { Family } from "effect-tencentcloud/ErrorCode"
 *
 * const family: Family<"AuthFailure.SignatureFailure"> = "AuthFailure"
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export type Family<Code extends string> = Code extends `${infer First}.${string}` ? First : Code

/**
 * A code, or any code below it: `Within<"LimitExceeded">` takes `LimitExceeded` and `LimitExceeded.Disks`.
 *
 * @since 0.1.0
 * @category models
 */
export type Within<Code extends string> = Code | `${Code}.${string}`

const grammar = /^[A-Za-z]\w*(\.\w*)*$/

/**
 * Whether a text has the form of an error code.
 *
 * @since 0.1.0
 * @category guards
 */
export const is = (input: unknown): input is string => typeof input === "string" && grammar.test(input)

/**
 * Whether `code` is `ancestor` itself or stands below it. Segments count, not letters:
 * `InvalidParameterValue` does not stand below `InvalidParameter`.
 *
 * @since 0.1.0
 * @category guards
 */
export const isWithin = <const Ancestor extends string>(code: string, ancestor: Ancestor): code is Within<Ancestor> =>
  code === ancestor || (code.length > ancestor.length && code[ancestor.length] === "." && code.startsWith(ancestor))

/**
 * The family of a code.
 *
 * @since 0.1.0
 * @category getters
 */
export const family = <const Code extends string>(code: Code): Family<Code> => {
  const dot = code.indexOf(".")
  return (dot < 0 ? code : code.slice(0, dot)) as Family<Code>
}

/**
 * The segments of a code, from the family on. A trailing dot gives an empty last segment, so that
 * `segments(code).join(".")` is the code again.
 *
 * @since 0.1.0
 * @category getters
 */
export const segments = (code: string): ReadonlyArray<string> => code.split(".")

/**
 * The code itself, then each of its ancestors, nearest first: where a code has no class of its own, the first of
 * these that has one gives it.
 *
 * @example
 * ```ts
 * import * as ErrorCode from "effect-tencentcloud/ErrorCode"
 *
 * ErrorCode.lineage("FailedOperation.Domain.UnExist")
 * // ["FailedOperation.Domain.UnExist", "FailedOperation.Domain", "FailedOperation"]
 * ```
 *
 * @since 0.1.0
 * @category getters
 */
export const lineage = (code: string): ReadonlyArray<string> => {
  const line = [code]
  for (let dot = code.lastIndexOf("."); dot >= 0; dot = code.lastIndexOf(".", dot - 1)) {
    line.push(code.slice(0, dot))
    if (dot === 0) break
  }
  return line
}
