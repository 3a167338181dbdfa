import { readdirSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import { decoder } from "effect-tencentcloud/ApiError"
import * as ClientError from "effect-tencentcloud/ClientError"
import { classes, InternalErrorAsyncRequestError } from "effect-tencentcloud/CommonError"
import * as ErrorCode from "effect-tencentcloud/ErrorCode"
import { type Failure, isRetryable } from "effect-tencentcloud/RetryPolicy"

const document = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8")

/** The cells of every row, by what stands in its first one. */
const rows = new Map(
  document
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.slice(2, -2).split(" | "))
    .map(([name = "", ...cells]) => [name, cells])
)

/** What the client does beside the policy, and its own tests hold. */
const repaired = new Map([
  ["AuthFailure.SignatureExpire", "once, at the server's time"],
  ["AuthFailure.InvalidSecretId", "once, with another key"],
  ["AuthFailure.MFAFailure", "once, with another key"],
  ["AuthFailure.SecretIdNotFound", "once, with another key"],
  ["AuthFailure.SignatureFailure", "once, with another key"],
  ["AuthFailure.TokenFailure", "once, with another key"]
])

const triedAgain = (error: Failure): string => {
  const call = { product: "cvm", action: "RunInstances" }
  if ("category" in error && error.category === "throttling") return "in its second"
  if (isRetryable(error, { ...call, idempotent: false })) return "yes"
  return isRetryable(error, { ...call, idempotent: true }) ? "if harmless" : "no"
}

describe("docs/errors.md", () => {
  const documented = [...classes, InternalErrorAsyncRequestError]

  it.each(documented)("tells the category and the retries of $code", (ErrorClass) => {
    const [meaning, category, again, advice] = rows.get(`\`${ErrorClass.code}\``) ?? []
    assert.strictEqual(category, ErrorClass.category)
    assert.strictEqual(again, repaired.get(ErrorClass.code) ?? triedAgain(new ErrorClass({ message: "" })))
    assert.match(meaning ?? "", /\w\.$/)
    assert.match(advice ?? "", /[\w`]\.$/)
  })

  const at = { action: "RunInstances", host: "cvm.tencentcloudapi.com" }
  const attempt = { ...at, after: Duration.seconds(1) }
  const answer = { ...at, contentType: "", reason: "", requestId: "", body: Redacted.make("") }
  const clientErrors: ReadonlyArray<readonly [string, Failure]> = [
    ["`InvalidRequestInput`", new ClientError.InvalidRequestInput({ action: "RunInstances", issues: [] })],
    ["`CredentialsUnavailable`", new ClientError.CredentialsUnavailable({ sources: [] })],
    ["`TransportError`, not `sent`", new ClientError.TransportError({ ...at, reason: "", sent: false })],
    ["`TransportError`, `sent`", new ClientError.TransportError({ ...at, reason: "", sent: true })],
    [
      "`TransportError`, `permanent`",
      new ClientError.TransportError({ ...at, reason: "", sent: false, permanent: true })
    ],
    ["`RequestTimeout` of an `attempt`", new ClientError.RequestTimeout({ ...attempt, scope: "attempt" })],
    ["`RequestTimeout` of the `call`", new ClientError.RequestTimeout({ ...attempt, scope: "call" })],
    [
      "`MalformedResponse`, cut off or from a proxy",
      new ClientError.MalformedResponse({ ...answer, status: 200, truncated: true })
    ],
    ["`MalformedResponse`, any other", new ClientError.MalformedResponse({ ...answer, status: 200, truncated: false })]
  ]

  it.each(clientErrors)("tells the retries of %s", (name, error) => {
    const [, again] = rows.get(name) ?? []
    assert.strictEqual(again, triedAgain(error))
  })

  it("leaves out no failure of this side, and names none that does not exist", () => {
    const tags = [...new Set(clientErrors.map(([, { _tag }]) => _tag))].sort()
    const exported = Object.entries(ClientError).flatMap(([name, value]) => (typeof value === "function" ? name : []))
    assert.deepStrictEqual(tags, exported.sort())
    assert.strictEqual(rows.size, documented.length + clientErrors.length)
  })

  it.each([429, 500, 502, 503, 504])("names HTTP %i as one that is tried again", (status) => {
    const error = new ClientError.MalformedResponse({ ...answer, status, truncated: false })
    assert.strictEqual(triedAgain(error), "if harmless")
    assert.include(document, String(status))
  })

  it("names as throttling only children of LimitExceeded that are", () => {
    const named = document.match(/(?<=`)LimitExceeded\.\w+(?=`)/g) ?? []
    assert.isNotEmpty(named)
    assert.deepStrictEqual([...new Set(named.map((code) => ErrorCode.categoryOf(code)))], ["throttling"])
  })

  it("names every child of LimitExceeded in the catalogue that is throttling", () => {
    const catalogue = new URL("../../catalogue/", import.meta.url)
    const codes = readdirSync(catalogue)
      .filter((name) => name.endsWith(".json"))
      .flatMap((name) => readFileSync(new URL(name, catalogue), "utf8").match(/(?<=")LimitExceeded\.\w+(?=")/g) ?? [])
    const decode = decoder([])
    const throttling = [...new Set(codes)].filter((code) => decode({ code, message: "" }).category === "throttling")
    const named = document.match(/(?<=`)LimitExceeded\.\w+(?=`)/g) ?? []
    assert.deepStrictEqual(throttling.sort(), [...new Set(named)].sort())
  })
})
