import { assert, describe, it } from "@effect/vitest"
import * as FC from "effect/FastCheck"
import * as ErrorCode from "effect-tencentcloud/ErrorCode"

/** Codes that services answer with, plain and odd. */
const codes = [
  ["InternalError", "InternalError", ["InternalError"]],
  ["AuthFailure.SignatureFailure", "AuthFailure", ["AuthFailure", "SignatureFailure"]],
  ["InvalidParameter.INVALID_PARAM", "InvalidParameter", ["InvalidParameter", "INVALID_PARAM"]],
  ["FailedOperation.Domain.UnExist", "FailedOperation", ["FailedOperation", "Domain", "UnExist"]],
  ["InternalError.", "InternalError", ["InternalError", ""]],
  ["MissingParameter.", "MissingParameter", ["MissingParameter", ""]]
] as const

it.each(codes)("%s is a code, of the family %s and with the segments %j", (code, family, segments) => {
  assert.isTrue(ErrorCode.isErrorCode(code))
  assert.strictEqual(ErrorCode.family(code), family)
  assert.deepStrictEqual(ErrorCode.segments(code), segments)
})

it.each(["", ".", ".Disks", "1Error", "Not Found", "A-B", "A\n", "错误", undefined, null, 1, ["InternalError"]])(
  "%j is no code",
  (input) => assert.isFalse(ErrorCode.isErrorCode(input))
)

it("the type of a family is the family", () => {
  const family: "FailedOperation" = ErrorCode.family("FailedOperation.Domain.UnExist")
  assert.strictEqual(family, "FailedOperation")
})

it.each([
  ["LimitExceeded", "LimitExceeded", true],
  ["LimitExceeded.Disks", "LimitExceeded", true],
  ["InternalError.", "InternalError", true],
  ["FailedOperation.Domain.UnExist", "FailedOperation.Domain", true],
  ["InvalidParameterValue", "InvalidParameter", false],
  ["InvalidParameterValue.Zone", "InvalidParameter", false],
  ["LimitExceeded", "LimitExceeded.Disks", false],
  ["AuthFailure.UnauthorizedOperation", "UnauthorizedOperation", false]
])("%s is within %s: %j", (code, ancestor, within) => assert.strictEqual(ErrorCode.isWithin(code, ancestor), within))

describe("a lineage", () => {
  const segment = FC.stringMatching(/^\w{0,8}$/)
  const code = FC.tuple(FC.stringMatching(/^[A-Z]\w{0,8}$/), FC.array(segment, { maxLength: 4 })).map((parts) =>
    parts.flat().join(".")
  )

  it.prop("goes from a code to its family, with one segment less at each step", [code], ([code]) => {
    const lineage = ErrorCode.lineage(code)
    assert.isTrue(ErrorCode.isErrorCode(code))
    assert.strictEqual(lineage[0], code)
    assert.strictEqual(lineage.at(-1), ErrorCode.family(code))
    assert.deepStrictEqual(
      lineage.map((ancestor) => ErrorCode.segments(ancestor)),
      lineage.map((_, index) => ErrorCode.segments(code).slice(0, lineage.length - index))
    )
  })

  it.prop("has exactly the codes that a code is within", [code, code], ([code, other]) => {
    const lineage = ErrorCode.lineage(code)
    for (const ancestor of lineage) assert.isTrue(ErrorCode.isWithin(code, ancestor))
    assert.strictEqual(ErrorCode.isWithin(code, other), lineage.includes(other))
  })

  it.prop("ends with the family for any text", [FC.string({ unit: FC.constantFrom(".", "A") })], ([text]) => {
    const lineage = ErrorCode.lineage(text)
    assert.strictEqual(lineage.length, text.split(".").length)
    assert.strictEqual(lineage.at(-1), ErrorCode.family(text))
  })
})
