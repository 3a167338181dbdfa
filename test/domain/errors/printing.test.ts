/** How a failure prints itself: in one line, with all that is known of its call. */
import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FC from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as ApiError from "effect-tencentcloud/ApiError"
import * as ClientError from "effect-tencentcloud/ClientError"
import * as CommonError from "effect-tencentcloud/CommonError"

const decode = ApiError.decoder(CommonError.classes)

const answer = {
  code: "FailedOperation.DiskBusy",
  message: "the disk is attached",
  requestId: "6e1f",
  product: "cvm",
  action: "DescribeInstances",
  region: "ap-guangzhou",
  host: "cvm.tencentcloudapi.com"
}

const place = "cvm DescribeInstances, ap-guangzhou, RequestId 6e1f"
const printed = `FailedOperation.DiskBusy: the disk is attached (${place})`

/** Every form that S1 names, of one error. */
const forms = (error: Error) => ({
  String: String(error),
  "Cause.pretty": Cause.pretty(Cause.fail(error)),
  "name and message": `${error.name}: ${error.message}`,
  "the stack": error.stack ?? "",
  inspect: inspect(error),
  JSON: JSON.parse(JSON.stringify(error)).message as string
})

describe("S1: an error of the service prints itself in one line", () => {
  it.each(Object.entries(forms(decode(answer))))("%s", (_, text) => assert.strictEqual(text, printed))

  it.effect("and so does what an async function catches", () =>
    Effect.gen(function* () {
      const caught = yield* Effect.promise(() => Effect.runPromise(Effect.fail(decode(answer))).catch(String))
      assert.include(caught, printed)
    })
  )

  it("keeps its class, its fields, and the service's own sentence", () => {
    const error = decode(answer)
    assert.instanceOf(error, CommonError.FailedOperation)
    assert.deepInclude<object>({ ...error }, { code: answer.code, requestId: "6e1f", reason: "the disk is attached" })
  })

  it("leaves out what it does not know", () => {
    assert.strictEqual(String(decode({ code: "InternalError", message: "no" })), "InternalError: no")
    const { region: _, requestId: __, ...some } = answer
    assert.strictEqual(String(decode(some)), "FailedOperation.DiskBusy: the disk is attached (cvm DescribeInstances)")
    assert.strictEqual(String(decode({ ...answer, message: "" })), `FailedOperation.DiskBusy: (${place})`)
  })

  it.prop(
    "whatever the service writes into its message and its code",
    [FC.string({ unit: "binary" }), FC.constantFrom("\n", "\r\n", "\u2028", "\u001b[2J", "\u0000", "\t", "\u0085")],
    ([text, control]) => {
      const error = decode({ ...answer, message: `${text}${control}${text}`, requestId: `a${control}b` })
      for (const form of Object.values(forms(error))) {
        assert.isEmpty([..."\n\r\u2028\u2029\u001b\u0000\u0085"].filter((each) => form.includes(each)))
        assert.include(form, "cvm DescribeInstances, ap-guangzhou")
      }
      assert.strictEqual(error.reason, `${text}${control}${text}`)
    }
  )
})

describe("S2: a code that nobody knows names itself", () => {
  const error = decode({ ...answer, code: "RegionError.Moon", message: "Something new." })

  it.each(Object.entries(forms(error)))("%s", (_, text) =>
    assert.strictEqual(text, `RegionError.Moon: Something new. (${place})`)
  )

  it("and has its tag", () => assert.strictEqual(error._tag, "UnrecognizedError"))
})

describe("S1: all failures of a call have", () => {
  const at = { product: "cvm", action: "DescribeInstances", region: "ap-guangzhou", host: "cvm.example.com" }
  const failures = [
    decode(answer),
    decode({ ...answer, code: "New.Code" }),
    new ClientError.TransportError({ ...at, reason: "reset", sent: true }),
    new ClientError.RequestTimeout({ ...at, scope: "attempt", after: Duration.seconds(1) }),
    new ClientError.MalformedResponse({
      ...at,
      status: 200,
      contentType: "",
      reason: "is empty",
      truncated: false,
      requestId: "",
      body: Redacted.make("")
    }),
    new ClientError.CredentialsUnavailable({ ...at, sources: [] }),
    new ClientError.InvalidRequestInput({ ...at, issues: [] })
  ]

  it.each(failures.map((error) => [error._tag, error] as const))("%s: a code, a category and a call", (tag, error) => {
    assert.strictEqual(error.code, ApiError.isApiError(error) || tag === "UnrecognizedError" ? error.code : tag)
    assert.isString(error.category)
    assert.deepStrictEqual([error.product, error.action, error.region], ["cvm", "DescribeInstances", "ap-guangzhou"])
    assert.include([undefined, "6e1f"], error.requestId)
    assert.include(String(error), "ap-guangzhou")
    assert.notInclude(String(error), "\n")
  })

  it("a category of its own for each failure of the client", () =>
    assert.deepStrictEqual(
      failures.slice(2).map(({ category }) => category),
      ["network", "network", "protocol", "authentication", "validation"]
    ))
})

describe("S6: handlers", () => {
  const fail = (code: string) =>
    Effect.fail(decode({ ...answer, code })) as Effect.Effect<
      string,
      CommonError.CommonError | ApiError.UnrecognizedError | ClientError.ClientError
    >
  const caught = ({ code }: { readonly code: string }) => Effect.succeed(code)

  it.effect("an unknown AuthFailure is caught by its family and its category", () =>
    Effect.gen(function* () {
      const call = fail("AuthFailure.Unheard")
      assert.strictEqual(yield* call.pipe(ApiError.catchFamily("AuthFailure", caught)), "AuthFailure.Unheard")
      assert.strictEqual(yield* call.pipe(ApiError.catchCategory("authentication", caught)), "AuthFailure.Unheard")
      const error = yield* Effect.flip(call.pipe(ApiError.catchFamily("ResourceInUse", caught)))
      assert.isTrue(ApiError.isFamily(error, "AuthFailure"))
      assert.isFalse(ApiError.isFamily(error, "Auth"))
      assert.isTrue(ApiError.isCategory(error, "authentication"))
    })
  )

  it.effect.each([
    ["InstancesQuotaLimitExceeded", "quota"],
    ["InvalidAccount.InsufficientBalance", "billing"],
    ["ResourcesSoldOut.SpecifiedInstanceType", "soldOut"],
    ["ResourceInsufficient.CloudDiskSoldOut", "soldOut"]
  ] as const)("%s is caught by its category", ([code, category]) =>
    Effect.gen(function* () {
      class Sold extends ApiError.ApiError(code) {}
      assert.strictEqual(new Sold({ message: "" }).category, category)
      const unrecognized = new ApiError.UnrecognizedError({ code, message: "" })
      for (const error of [new Sold({ message: "" }), unrecognized]) {
        assert.isTrue(ApiError.isCategory(error, category))
        const handled = Effect.fail(unrecognized).pipe(
          Effect.catchIf((error) => ApiError.isCategory(error, category), caught)
        )
        assert.strictEqual(yield* handled, code)
      }
    })
  )

  it.effect("catchFamily and catchCategory take several", () =>
    Effect.gen(function* () {
      for (const code of ["ResourceInUse.Disk", "AuthFailure.TokenFailure", "AuthFailure.New"]) {
        const call = fail(code)
        assert.strictEqual(yield* call.pipe(ApiError.catchFamily("AuthFailure", "ResourceInUse", caught)), code)
        assert.strictEqual(yield* call.pipe(ApiError.catchFamily(["AuthFailure", "ResourceInUse"], caught)), code)
        assert.strictEqual(yield* call.pipe(ApiError.catchCategory("conflict", "authentication", caught)), code)
      }
      const passed = yield* Effect.flip(
        fail("InternalError").pipe(ApiError.catchFamily("AuthFailure", "ResourceInUse", caught))
      )
      assert.strictEqual(passed._tag, "InternalError")
    })
  )

  it.effect("catchEveryTag takes a default", () =>
    Effect.gen(function* () {
      const handle = (call: ReturnType<typeof fail>) =>
        call.pipe(
          ApiError.catchEveryTag({ ResourceInUse: () => Effect.succeed("busy") }, ({ _tag }) =>
            Effect.succeed(`other: ${_tag}`)
          )
        )
      assert.strictEqual(yield* fail("ResourceInUse.Disk").pipe(handle), "busy")
      assert.strictEqual(yield* fail("InternalError").pipe(handle), "other: InternalError")
      assert.strictEqual(yield* fail("toString").pipe(handle), "other: UnrecognizedError")
    })
  )
})
