import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FC from "effect/FastCheck"
import * as ApiError from "effect-tencentcloud/ApiError"
import * as CommonError from "effect-tencentcloud/CommonError"
import * as ErrorCode from "effect-tencentcloud/ErrorCode"

const classes = [...CommonError.classes, CommonError.InternalErrorAsyncRequestError]

type Known = InstanceType<(typeof classes)[number]>

const caught = (error: ApiError.ApiError.Any) => Effect.succeed(`caught ${error._tag}`)

/** An error of any of the classes, as a program sees it that knows only the channel's type. */
const failing = (errorClass: (typeof classes)[number]): Effect.Effect<string, Known> =>
  Effect.fail(new errorClass({ message: "no" }))

const everyCase = Object.fromEntries(
  classes.map(({ code }) => [code, () => Effect.succeed(`the case of ${code}`)])
) as { readonly [Code in Known["_tag"]]: () => Effect.Effect<string> }

describe.each(classes.map((errorClass) => ({ code: errorClass.code, errorClass })))("$code", ({ code, errorClass }) => {
  it("is an Error whose name is the code", () => {
    const error = new errorClass({ message: "no" })
    assert.strictEqual(error._tag, code)
    assert.strictEqual(error.code, code)
    assert.strictEqual(error.name, code)
    assert.strictEqual(error.message, "no")
    assert.strictEqual(error.requestId, "")
    assert.strictEqual(String(error), `${code}: no`)
    assert.strictEqual(errorClass.family, ErrorCode.family(code))
    assert.instanceOf(error, Error)
    assert.isTrue(ApiError.isApiError(error))
    assert.deepStrictEqual(
      classes.filter((other) => error instanceof other),
      [errorClass]
    )
  })

  it.effect("is caught by its tag, its family and its category, and by no other", () =>
    Effect.gen(function* () {
      const call = failing(errorClass)
      const { category, family } = errorClass
      const other = code === "InternalError" ? "FailedOperation" : "InternalError"
      assert.strictEqual(yield* Effect.catchTag(call, code, caught), `caught ${code}`)
      assert.strictEqual(yield* Effect.catchTags(call, everyCase), `the case of ${code}`)
      assert.strictEqual(yield* call.pipe(ApiError.catchFamily(family, caught)), `caught ${code}`)
      assert.strictEqual(yield* call.pipe(ApiError.catchCategory(category, caught)), `caught ${code}`)
      assert.strictEqual(yield* call.pipe(ApiError.catchEveryTag(everyCase)), `the case of ${code}`)

      const handlers: ReadonlyArray<Effect.Effect<string, Known>> = [
        call.pipe(Effect.catchTag(other, caught)),
        call.pipe(ApiError.catchFamily(family === "FailedOperation" ? "InternalError" : "FailedOperation", caught)),
        call.pipe(ApiError.catchCategory(category === "quota" ? "throttling" : "quota", caught))
      ]
      for (const handler of handlers) {
        const error: Known | string = yield* Effect.merge(handler)
        assert.strictEqual(typeof error === "string" ? error : error._tag, code)
      }
    })
  )
})

it.effect("yielding an error fails with it", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(
      Effect.gen(function* () {
        return yield* new CommonError.ResourceInUse({ message: "volume v-1 is attached" })
      })
    )
    assert.instanceOf(error, CommonError.ResourceInUse)
  })
)

describe("families and categories", () => {
  class DiskBusy extends ApiError.ApiError("ResourceInUse.DiskBusy") {}
  const busy = new DiskBusy({ message: "disk-1 is attached" })

  it("a class is of the families of all its ancestors, and of no other with the same beginning", () => {
    assert.isTrue(ApiError.isFamily(busy, "ResourceInUse"))
    assert.isTrue(ApiError.isFamily(busy, "ResourceInUse.DiskBusy"))
    assert.isFalse(ApiError.isFamily(busy, "ResourceInUse.Disk"))
    assert.isFalse(ApiError.isFamily(busy, "Resource"))
    assert.isFalse(ApiError.isFamily(new CommonError.InvalidParameterValue({ message: "" }), "InvalidParameter"))
  })

  it("the class decides, not the code of the error", () => {
    const error = new CommonError.LimitExceeded({ message: "", code: "LimitExceeded.RateLimitExceeded" })
    assert.isFalse(ApiError.isFamily(error, "LimitExceeded.RateLimitExceeded"))
    assert.isTrue(ApiError.isCategory(error, "quota"))
  })

  it("any other value has neither", () => {
    const lookalike = { _tag: "ResourceInUse", category: "conflict" }
    const unrecognized = new ApiError.UnrecognizedError({ code: "ResourceInUse", message: "", requestId: "" })
    assert.isFalse(ApiError.isApiError(unrecognized))
    for (const other of [lookalike, new Error("ResourceInUse"), undefined, null, "ResourceInUse"]) {
      assert.isFalse(ApiError.isApiError(other))
      assert.isFalse(ApiError.isFamily(other, "ResourceInUse"))
      assert.isFalse(ApiError.isCategory(other, "conflict"))
    }
  })
})

describe("a decoder", () => {
  class DiskBusy extends ApiError.ApiError("ResourceInUse.DiskBusy") {}
  class OtherDiskBusy extends ApiError.ApiError("ResourceInUse.DiskBusy") {}
  const decode = ApiError.decoder([DiskBusy, OtherDiskBusy, ...classes])
  const answer = (code: string): ApiError.Answer => ({
    code,
    message: "no",
    requestId: "5c1f",
    product: "ebs",
    action: "DeleteVolume",
    region: "ap-guangzhou"
  })

  it.each(classes.map((errorClass) => ({ code: errorClass.code, errorClass })))(
    "makes an instance of the class of $code",
    ({ code, errorClass }) => assert.isTrue(decode(answer(code)) instanceof errorClass)
  )

  it.each([
    ["ResourceInUse.DiskBusy", "ResourceInUse.DiskBusy"],
    ["ResourceInUse.DiskBusy.Twice", "ResourceInUse.DiskBusy"],
    ["ResourceInUse.Disk", "ResourceInUse"],
    ["FailedOperation.Domain.UnExist", "FailedOperation"],
    ["InternalError.AsyncRequestError.More", "InternalError.AsyncRequestError"],
    ["InternalError.", "InternalError"],
    ["MissingParameter.", "MissingParameter"],
    ["InvalidParameter.INVALID_PARAM", "InvalidParameter"],
    ["RequestLimitExceeded.FrequentRequest", "RequestLimitExceeded"],
    ["AuthFailure.Unheard", "UnrecognizedError"],
    ["RegionError", "UnrecognizedError"],
    ["InvalidParameterValues", "UnrecognizedError"],
    ["internalerror", "UnrecognizedError"],
    ["constructor", "UnrecognizedError"],
    ["__proto__", "UnrecognizedError"],
    ["", "UnrecognizedError"]
  ])("reads %s as %s, and keeps all details", (code, tag) => {
    const error = decode(answer(code))
    assert.strictEqual(error._tag, tag)
    const { message, ...details } = answer(code)
    assert.deepInclude<object>({ ...error }, { ...details, reason: message })
  })

  it("uses the first of two classes with the same code", () => {
    assert.instanceOf(decode(answer("ResourceInUse.DiskBusy")), DiskBusy)
    assert.notInstanceOf(decode(answer("ResourceInUse.DiskBusy")), OtherDiskBusy)
  })

  it.prop(
    "makes an instance of the nearest class in the lineage of a code",
    [FC.array(FC.stringMatching(/^\w{0,3}$/))],
    ([tail]) => {
      const code = ["ResourceInUse", "DiskBusy", ...tail].join(".")
      const error = ApiError.decoder([CommonError.ResourceInUse, DiskBusy])(answer(code))
      assert.instanceOf(error, DiskBusy)
      assert.strictEqual(error.code, code)
    }
  )

  it("has the family and the category of an unknown code", () => {
    const error = decode({ code: "InvalidInstanceId.NotFound", message: "gone" })
    assert.instanceOf(error, ApiError.UnrecognizedError)
    assert.strictEqual(error.family, "InvalidInstanceId")
    assert.strictEqual(error.category, "notFound")
    assert.strictEqual(error.requestId, "")
  })
})

describe("in a log", () => {
  const error = new CommonError.ResourceNotFound({
    message: "no volume v-1",
    code: "ResourceNotFound.Volume",
    requestId: "5c1f",
    product: "ebs",
    action: "DeleteVolume"
  })

  it("its JSON has its tag and every field", () =>
    assert.deepInclude(JSON.parse(JSON.stringify(error)), {
      _tag: "ResourceNotFound",
      message: "ResourceNotFound.Volume: no volume v-1 (ebs DeleteVolume, RequestId 5c1f)",
      reason: "no volume v-1",
      code: "ResourceNotFound.Volume",
      category: "notFound",
      requestId: "5c1f",
      product: "ebs",
      action: "DeleteVolume"
    }))

  it("the console shows its code, its message and its call", () => {
    const shown = inspect(error)
    for (const part of ["ResourceNotFound.Volume: no volume v-1", "5c1f", "DeleteVolume"]) {
      assert.include(shown, part)
    }
  })

  it("the cause is kept", () => {
    const cause = new Error("no row")
    assert.strictEqual(new CommonError.InternalError({ message: "failed", cause }).cause, cause)
  })
})
