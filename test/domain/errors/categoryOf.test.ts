import { assert, it } from "@effect/vitest"
import * as FC from "effect/FastCheck"
import * as CommonError from "effect-tencentcloud/CommonError"
import * as ErrorCode from "effect-tencentcloud/ErrorCode"

type Categories<Code extends string> = { readonly [C in Code]: ErrorCode.CategoryOf<C> }

/** Compiles only if the types agree, and passes only if the values do. */
const common: Categories<CommonError.CommonCode | "InternalError.AsyncRequestError"> = {
  "AuthFailure.InvalidAuthorization": "authentication",
  "AuthFailure.InvalidSecretId": "authentication",
  "AuthFailure.MFAFailure": "authentication",
  "AuthFailure.SecretIdNotFound": "authentication",
  "AuthFailure.SignatureExpire": "authentication",
  "AuthFailure.SignatureFailure": "authentication",
  "AuthFailure.TokenFailure": "authentication",
  "AuthFailure.UnauthorizedOperation": "authorization",
  UnauthorizedOperation: "authorization",
  IpInBlacklist: "authorization",
  IpNotInWhitelist: "authorization",
  RequestLimitExceeded: "throttling",
  "RequestLimitExceeded.GlobalRegionUinLimitExceeded": "throttling",
  "RequestLimitExceeded.IPLimitExceeded": "throttling",
  "RequestLimitExceeded.UinLimitExceeded": "throttling",
  LimitExceeded: "quota",
  ResourceInsufficient: "quota",
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
  ServiceUnavailable: "unavailable",
  FailedOperation: "internal",
  InternalError: "internal",
  "InternalError.AsyncRequestError": "internal",
  DryRunOperation: "dryRun"
}

/** Codes that products declare, children of the common ones and others. */
const declared = {
  "InternalError.": "internal",
  "InvalidParameter.INVALID_PARAM": "validation",
  "FailedOperation.Domain.UnExist": "internal",
  "MissingParameter.": "validation",
  "LimitExceeded.Disks": "quota",
  "LimitExceeded.RateLimitExceeded": "throttling",
  "LimitExceeded.RateLimitExceeded.PerSecond": "throttling",
  "LimitExceeded.RateLimitExceededLong": "quota",
  "RequestLimitExceeded.FrequentRequest": "throttling",
  "ResourcesSoldOut.SpecifiedInstanceType": "soldOut",
  "ResourceInsufficient.CloudDiskSoldOut": "soldOut",
  "InvalidParameter.InvalidCloudDiskSoldOut": "soldOut",
  "ResourcesSoldOut.UnauthorizedOperation": "authorization",
  InstancesQuotaLimitExceeded: "quota",
  VpcLimitExceeded: "quota",
  OverQuota: "quota",
  "InvalidKeyPair.LimitExceeded": "quota",
  "InvalidFilterValue.LimitExceeded": "validation",
  "FailedOperation.QuotaExceed": "quota",
  "InvalidParameter.InvalidQuotaType": "validation",
  "InvalidAccount.InsufficientBalance": "billing",
  "InvalidAccount.UnpaidOrder": "billing",
  "UnauthorizedOperation.ServiceSuspendDueToArrears": "billing",
  "InvalidParameterValue.InvalidLoadBalancerNum": "validation",
  "RequestLimitExceeded.OverQuota": "throttling",
  "AuthFailure.Unheard": "authentication",
  "OperationDenied.InstanceOperationInProgress": "conflict",
  // The form of the code decides if its family does not.
  "InvalidInstanceId.NotFound": "notFound",
  "InvalidInstanceId.Malformed": "validation",
  InvalidFilter: "validation",
  VpcNotExist: "notFound",
  "ResourceInUse.NotFound": "conflict",
  RegionError: "other",
  "NotFound.Really": "other",
  constructor: "other",
  toString: "other"
} as const satisfies Record<string, ErrorCode.Category>

const typed: Categories<keyof typeof declared> = declared

it.each(Object.entries({ ...common, ...typed }))("%s is of the category %s", (code, category) =>
  assert.strictEqual(ErrorCode.categoryOf(code), category)
)

it("every class has the category of its code, on itself and on its errors", () => {
  for (const errorClass of [...CommonError.classes, CommonError.InternalErrorAsyncRequestError]) {
    assert.strictEqual(errorClass.category, common[errorClass.code])
    assert.strictEqual(new errorClass({ message: "" }).category, common[errorClass.code])
  }
})

it.prop(
  "the children of a common code have its category, except the few in the table",
  [FC.constantFrom(...CommonError.classes.map(({ code }) => code)), FC.stringMatching(/^[a-z]\w{0,8}$/)],
  ([code, segment]) =>
    // No listed code has a segment that begins in lower case.
    assert.strictEqual(ErrorCode.categoryOf(`${code}.${segment}`), common[code])
)
