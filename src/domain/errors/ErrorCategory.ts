/**
 * What kind of failure a code is. A category is data on the code, never read out of a message: retries, exit codes
 * and advice are decided by it.
 *
 * @since 0.1.0
 */
import * as ErrorCode from "./ErrorCode.js"

/**
 * What kind of failure a code stands for.
 *
 * - `authentication`: who calls could not be established
 * - `authorization`: who calls is known, and may not
 * - `throttling`: too many calls in too short a time; the same call succeeds later
 * - `quota`: an amount is used up, whether granted (`LimitExceeded`) or in stock (`ResourceInsufficient`)
 * - `validation`: the request itself is wrong, and stays wrong
 * - `notFound`: what it names does not exist
 * - `conflict`: the state of what it names stands in the way
 * - `unavailable`: the service cannot answer now
 * - `internal`: the service failed while it worked on the request
 * - `dryRun`: it would have succeeded
 * - `other`: a family that belongs to one product and tells nothing by its name
 *
 * @since 0.1.0
 * @category models
 */
export type ErrorCategory =
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

/** By code or by family; the nearest entry of a code's lineage counts. */
const table = {
  AuthFailure: "authentication",
  "AuthFailure.UnauthorizedOperation": "authorization",
  UnauthorizedOperation: "authorization",
  IpInBlacklist: "authorization",
  IpNotInWhitelist: "authorization",
  RequestLimitExceeded: "throttling",
  // Children of LimitExceeded that speak of calls in time, as the products declare them; the others are amounts.
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
} as const satisfies Record<string, ErrorCategory>

type Table = typeof table

/**
 * The category of a code, as a type.
 *
 * @since 0.1.0
 * @category models
 */
export type CategoryOf<Code extends string> = string extends Code
  ? ErrorCategory
  : Code extends keyof Table
    ? Table[Code]
    : Code extends `${infer A}.${infer B}.${string}`
      ? `${A}.${B}` extends keyof Table
        ? Table[`${A}.${B}`]
        : OfFamily<A, Code>
      : OfFamily<ErrorCode.Family<Code>, Code>

type OfFamily<Family extends string, Code extends string> = Family extends keyof Table
  ? Table[Family]
  : Code extends `${string}NotFound` | `${string}NotExist`
    ? "notFound"
    : Code extends `Invalid${string}`
      ? "validation"
      : "other"

const isListed = (code: string): code is keyof Table => Object.hasOwn(table, code)

const find = (code: string): ErrorCategory => {
  const listed = ErrorCode.lineage(code).find(isListed)
  if (listed !== undefined) return table[listed]
  if (/Not(Found|Exist)$/.test(code)) return "notFound"
  return code.startsWith("Invalid") ? "validation" : "other"
}

/**
 * The category of a code. Codes of families that belong to one product are judged by their form:
 * `…NotFound` and `…NotExist` are `notFound`, `Invalid…` is `validation`, and the rest is `other`.
 *
 * @example
 * ```ts
 * import * as ErrorCategory from "effect-tencentcloud/ErrorCategory"
 *
 * ErrorCategory.of("LimitExceeded.RateLimitExceeded") // "throttling"
 * ErrorCategory.of("LimitExceeded.Disks") // "quota"
 * ```
 *
 * @since 0.1.0
 * @category getters
 */
export const of = <const Code extends string>(code: Code): CategoryOf<Code> => find(code) as CategoryOf<Code>
