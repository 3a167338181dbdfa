import { assert, it } from "@effect/vitest"
import * as CommonError from "effect-tencentcloud/CommonError"

/** The common error codes of the specification. */
const specified = [
  "AuthFailure.InvalidSecretId",
  "AuthFailure.MFAFailure",
  "AuthFailure.SecretIdNotFound",
  "AuthFailure.SignatureExpire",
  "AuthFailure.SignatureFailure",
  "AuthFailure.TokenFailure",
  "AuthFailure.UnauthorizedOperation",
  "DryRunOperation",
  "FailedOperation",
  "InternalError",
  "InvalidAction",
  "InvalidParameter",
  "InvalidParameterValue",
  "LimitExceeded",
  "MissingParameter",
  "NoSuchVersion",
  "RequestLimitExceeded",
  "ResourceInUse",
  "ResourceInsufficient",
  "ResourceNotFound",
  "ResourceUnavailable",
  "UnauthorizedOperation",
  "UnknownParameter",
  "UnsupportedOperation",
  "UnsupportedProtocol",
  "UnsupportedRegion"
]

/** Those that the published list has gained since. */
const newer = [
  "ActionOffline",
  "AuthFailure.InvalidAuthorization",
  "InvalidRequest",
  "IpInBlacklist",
  "IpNotInWhitelist",
  "NoSuchProduct",
  "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
  "RequestLimitExceeded.IPLimitExceeded",
  "RequestLimitExceeded.UinLimitExceeded",
  "RequestSizeLimitExceeded",
  "ResponseSizeLimitExceeded",
  "ServiceUnavailable"
]

it("there are classes for the 26 common codes and the 12 newer ones, and no others", () => {
  assert.strictEqual(specified.length, 26)
  assert.strictEqual(newer.length, 12)
  assert.deepStrictEqual(
    CommonError.classes.map(({ code }) => code as string),
    [...specified, ...newer]
  )
})

it("each class is exported under its code without the dots", () => {
  const { classes, ...exported } = CommonError
  assert.deepStrictEqual(
    new Map(Object.entries(exported).map(([name, { code }]) => [name, code])),
    new Map([...specified, ...newer, "InternalError.AsyncRequestError"].map((code) => [code.replaceAll(".", ""), code]))
  )
  for (const [name, errorClass] of Object.entries(exported)) {
    assert.match(name, /^[A-Z][A-Za-z]+$/)
    assert.strictEqual(errorClass.name, name)
  }
  assert.isTrue(classes.every((errorClass) => Object.values<unknown>(exported).includes(errorClass)))
})
