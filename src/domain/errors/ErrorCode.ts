/**
 * The grammar of error codes (`Family`, then any number of `.Segment`s), and the category of each code.
 *
 * A code is whatever the service wrote. Real codes can look odd, and this module keeps them letter for letter: a trailing
 * dot (`InternalError.`), underscores, or three segments (`FailedOperation.Domain.UnExist`).
 *
 * A category is data about a code. Retries and advice depend on the category, never on the text of a message.
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
 * A code, or any code below it: `Within<"LimitExceeded">` accepts `LimitExceeded` and `LimitExceeded.Disks`.
 *
 * @since 0.1.0
 * @category models
 */
export type Within<Code extends string> = Code | `${Code}.${string}`

/**
 * The kind of failure that a code reports.
 *
 * - `authentication`: the service could not establish who calls
 * - `authorization`: the service knows the caller, who lacks the permission
 * - `throttling`: too many calls in too short a time; the same call succeeds later
 * - `quota`: an amount is used up, either granted (`LimitExceeded`) or in stock (`ResourceInsufficient`)
 * - `validation`: the request itself is wrong, and stays wrong
 * - `notFound`: the resource does not exist
 * - `conflict`: the state of the resource does not allow the operation
 * - `unavailable`: the service cannot answer now
 * - `internal`: the service failed while it processed the request
 * - `dryRun`: the request would have succeeded
 * - `other`: the family belongs to one product, and its name says nothing about the kind
 *
 * @since 0.1.0
 * @category models
 */
export type Category =
  | "authentication"
  | "authorization"
  | "throttling"
  | "quota"
  | "validation"
  | "notFound"
  | "conflict"
  | "unavailable"
  | "internal"
  | "dryRun"
  | "other"

const grammar = /^[A-Za-z]\w*(\.\w*)*$/

/**
 * Returns whether a value has the form of an error code.
 *
 * @since 0.1.0
 * @category guards
 */
export const isErrorCode = (input: unknown): input is string => typeof input === "string" && grammar.test(input)

/**
 * Returns whether `code` is `ancestor` itself or a code below it. The comparison goes by segments, not by letters:
 * `InvalidParameterValue` is not below `InvalidParameter`.
 *
 * @since 0.1.0
 * @category guards
 */
export const isWithin = <const Ancestor extends string>(code: string, ancestor: Ancestor): code is Within<Ancestor> =>
  code === ancestor || (code.length > ancestor.length && code[ancestor.length] === "." && code.startsWith(ancestor))

/**
 * Returns the family of a code.
 *
 * @since 0.1.0
 * @category getters
 */
export const family = <const Code extends string>(code: Code): Family<Code> => {
  const dot = code.indexOf(".")
  return (dot < 0 ? code : code.slice(0, dot)) as Family<Code>
}

/**
 * Returns the segments of a code, the family first. A trailing dot gives an empty last segment, so
 * `segments(code).join(".")` is always the code again.
 *
 * @since 0.1.0
 * @category getters
 */
export const segments = (code: string): ReadonlyArray<string> => code.split(".")

/**
 * Returns the code itself, then each of its ancestors, nearest first. A code without a class of its own becomes an
 * instance of the first class in this list.
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

/** Categories by code or by family. The nearest entry in a code's lineage decides. */
const categories = {
  AuthFailure: "authentication",
  "AuthFailure.UnauthorizedOperation": "authorization",
  UnauthorizedOperation: "authorization",
  IpInBlacklist: "authorization",
  IpNotInWhitelist: "authorization",
  RequestLimitExceeded: "throttling",
  // The products declare these children of LimitExceeded for calls per time. All other children are amounts.
  "LimitExceeded.FreqCnt": "throttling",
  "LimitExceeded.IpFreqCnt": "throttling",
  "LimitExceeded.KeyFreqCnt": "throttling",
  "LimitExceeded.LimitedAccessFrequency": "throttling",
  "LimitExceeded.RateLimitExceeded": "throttling",
  "LimitExceeded.RequestLimit": "throttling",
  "LimitExceeded.RequestLimitExceeded": "throttling",
  "LimitExceeded.TooFrequentlyCalled": "throttling",
  "LimitExceeded.TooManyRequests": "throttling",
  LimitExceeded: "quota",
  ResourceInsufficient: "quota",
  ResourcesSoldOut: "quota",
  ActionOffline: "validation",
  InvalidAction: "validation",
  InvalidParameter: "validation",
  InvalidParameterValue: "validation",
  InvalidRequest: "validation",
  MissingParameter: "validation",
  NoSuchProduct: "validation",
  NoSuchVersion: "validation",
  RequestSizeLimitExceeded: "validation",
  ResponseSizeLimitExceeded: "validation",
  UnknownParameter: "validation",
  UnsupportedProtocol: "validation",
  UnsupportedRegion: "validation",
  ResourceNotFound: "notFound",
  ResourceInUse: "conflict",
  ResourceUnavailable: "conflict",
  UnsupportedOperation: "conflict",
  OperationDenied: "conflict",
  ServiceUnavailable: "unavailable",
  FailedOperation: "internal",
  InternalError: "internal",
  DryRunOperation: "dryRun"
} as const satisfies Record<string, Category>

type Categories = typeof categories

/**
 * The category of a code, as a type.
 *
 * @since 0.1.0
 * @category models
 */
export type CategoryOf<Code extends string> = string extends Code
  ? Category
  : Code extends keyof Categories
    ? Categories[Code]
    : Code extends `${infer A}.${infer B}.${string}`
      ? `${A}.${B}` extends keyof Categories
        ? Categories[`${A}.${B}`]
        : CategoryOfFamily<A, Code>
      : CategoryOfFamily<Family<Code>, Code>

type CategoryOfFamily<Name extends string, Code extends string> = Name extends keyof Categories
  ? Categories[Name]
  : Code extends `${string}NotFound` | `${string}NotExist`
    ? "notFound"
    : Code extends `Invalid${string}`
      ? "validation"
      : "other"

const hasCategory = (code: string): code is keyof Categories => Object.hasOwn(categories, code)

const findCategory = (code: string): Category => {
  const entry = lineage(code).find(hasCategory)
  if (entry !== undefined) return categories[entry]
  if (/Not(Found|Exist)$/.test(code)) return "notFound"
  return code.startsWith("Invalid") ? "validation" : "other"
}

/**
 * Returns the category of a code. Where the family belongs to one product, the form of the code decides: `…NotFound` and
 * `…NotExist` are `notFound`, `Invalid…` is `validation`, and the rest is `other`.
 *
 * @example
 * ```ts
 * import * as ErrorCode from "effect-tencentcloud/ErrorCode"
 *
 * ErrorCode.categoryOf("LimitExceeded.RateLimitExceeded") // "throttling"
 * ErrorCode.categoryOf("LimitExceeded.Disks") // "quota"
 * ```
 *
 * @since 0.1.0
 * @category getters
 */
export const categoryOf = <const Code extends string>(code: Code): CategoryOf<Code> =>
  findCategory(code) as CategoryOf<Code>
