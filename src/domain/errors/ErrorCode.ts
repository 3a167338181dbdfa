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
 * - `quota`: an amount is used up: a quota of the account (`LimitExceeded`), or what there is of a resource (`ResourceInsufficient`)
 * - `billing`: the account cannot pay: its balance is too low, it is in arrears, or it has an order that is not paid
 * - `soldOut`: the service has no more to sell in this place: another zone, type or billing mode may have some
 * - `validation`: the request itself is wrong, and stays wrong
 * - `notFound`: the resource does not exist
 * - `conflict`: the state of the resource does not allow the operation
 * - `unavailable`: the service cannot answer now
 * - `internal`: the service failed while it processed the request
 * - `dryRun`: the request would have succeeded
 * - `network`: the request or its answer did not get through, or not in time. Only failures of the client itself
 * - `protocol`: the answer does not follow the protocol or the contract. Only failures of the client itself
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
  | "billing"
  | "soldOut"
  | "validation"
  | "notFound"
  | "conflict"
  | "unavailable"
  | "internal"
  | "dryRun"
  | "network"
  | "protocol"
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
  "ResourceInsufficient.Balance": "billing",
  "ResourceInsufficient.BalanceError": "billing",
  "ResourceUnavailable.MidasBalance": "billing",
  "ResourceUnavailable.MidasMerchantBalance": "billing",
  "ResourceUnavailable.MidasUserBalance": "billing",
  ResourcesSoldOut: "soldOut",
  // The products declare these under a family that says something else.
  "ResourcesSoldOut.UnauthorizedGrantPolicy": "authorization",
  "ResourcesSoldOut.UnauthorizedOperation": "authorization",
  "ResourcesSoldOut.UnauthorizedRevokePolicy": "authorization",
  // The number of values in a filter.
  "InvalidFilterValue.LimitExceeded": "validation",
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

/** Words in a code that say more than its family. The first category with a word in the code decides. */
const words = {
  soldOut: ["SoldOut", "OutOfStock"],
  billing: [
    "AccountInsufficient",
    "AccountNotEnough",
    "Arrear",
    "BalanceInsufficient",
    "BalanceLess",
    "BalanceNotEnough",
    // A product writes it so.
    "BanlanceNotEnough",
    "ErrOwed",
    "FundInsufficient",
    "InsufficientAccountBalance",
    "InsufficientBalance",
    "InsufficientFunds",
    "LowBalance",
    "NoBalance",
    "NotEnoughMoney",
    "OutOfCredit",
    "ResourceOverdue",
    "UnpaidOrder"
  ],
  quota: [
    "ExceedQuota",
    "InsufficientQuota",
    "InsufficientClusterQuota",
    "InsufficientGroupQuota",
    "InsufficientRefundQuota",
    "InsufficientSnapshotQuota",
    "InsufficientWhitelistQuota",
    "NoQuota",
    "NotEnoughQuota",
    "OutOfQuota",
    "OverQuota",
    "QuotaExceed",
    "QuotaExhausted",
    "QuotaInsufficient",
    "QuotaLimit",
    "QuotaNotEnough",
    "QuotaOverLimit",
    "QuotaPerDayExceed",
    "QuotasExceed"
  ]
} as const

type Words = typeof words

const wordsOf = [
  ["soldOut", new RegExp(words.soldOut.join("|"))],
  ["billing", new RegExp(words.billing.join("|"))],
  ["quota", new RegExp(words.quota.join("|"))]
] as const

type Containing<Word extends string> = `${string}${Word}${string}`

type CategoryOfWords<Code extends string, Otherwise> =
  Code extends Containing<Words["soldOut"][number]>
    ? "soldOut"
    : Code extends Containing<Words["billing"][number]>
      ? "billing"
      : Code extends Containing<Words["quota"][number]>
        ? "quota"
        : Otherwise

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
        : CategoryOfForm<A, Code>
      : CategoryOfForm<Family<Code>, Code>

type CategoryOfForm<Name extends string, Code extends string> = Name extends "RequestLimitExceeded"
  ? "throttling"
  : CategoryOfWords<Code, CategoryOfFamily<Name, Code>>

type CategoryOfFamily<Name extends string, Code extends string> = Name extends keyof Categories
  ? Categories[Name]
  : Code extends `${string}NotFound` | `${string}NotExist`
    ? "notFound"
    : Code extends `${string}LimitExceeded`
      ? "quota"
      : Code extends `Invalid${string}`
        ? "validation"
        : "other"

const hasCategory = (code: string): code is keyof Categories => Object.hasOwn(categories, code)

const findCategory = (code: string): Category => {
  const entry = lineage(code).find(hasCategory)
  // An entry with a dot is about this code. So is the family of throttling: what else its codes say is no reason not to wait.
  if (entry !== undefined && (entry === code || entry.includes(".") || entry === "RequestLimitExceeded")) {
    return categories[entry]
  }
  const said = wordsOf.find(([, word]) => word.test(code))
  if (said !== undefined) return said[0]
  if (entry !== undefined) return categories[entry]
  if (/Not(Found|Exist)$/.test(code)) return "notFound"
  if (code.endsWith("LimitExceeded")) return "quota"
  return code.startsWith("Invalid") ? "validation" : "other"
}

/** The category of each code that a program has met. A service may invent codes without end, so this is bounded. */
const known = new Map<string, Category>()
const maxKnown = 1000

/**
 * Returns the category of a code. The nearest entry of a table decides, and before the family some words do: a code with `SoldOut`,
 * `InsufficientBalance` or `QuotaLimit` is of that category in any family. Where the family belongs to one product, the form of the
 * code decides: `…NotFound` and `…NotExist` are `notFound`, `…LimitExceeded` is `quota`, `Invalid…` is `validation`, and the rest is
 * `other`.
 *
 * @example
 * ```ts
 * import * as ErrorCode from "effect-tencentcloud/ErrorCode"
 *
 * ErrorCode.categoryOf("LimitExceeded.RateLimitExceeded") // "throttling"
 * ErrorCode.categoryOf("LimitExceeded.Disks") // "quota"
 * ErrorCode.categoryOf("InvalidAccount.InsufficientBalance") // "billing"
 * ErrorCode.categoryOf("ResourceInsufficient.CloudDiskSoldOut") // "soldOut"
 * ```
 *
 * @since 0.1.0
 * @category getters
 */
export const categoryOf = <const Code extends string>(code: Code): CategoryOf<Code> => {
  const before = known.get(code)
  if (before !== undefined) return before as CategoryOf<Code>
  const category = findCategory(code)
  if (known.size < maxKnown) known.set(code, category)
  // True: the types say of each code what the table, the words and the forms say.
  return category as CategoryOf<Code>
}
