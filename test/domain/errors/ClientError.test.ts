import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import {
  type ClientError,
  CredentialsUnavailable,
  InvalidRequestInput,
  MalformedResponse,
  RequestTimeout,
  TransportError
} from "effect-tencentcloud/ClientError"

const secret = "hunter2"
const call = { action: "DescribeVolumes", host: "ebs.tencentcloudapi.com" }
const answer = {
  ...call,
  status: 200,
  contentType: "application/json",
  reason: "is not valid JSON",
  truncated: false,
  requestId: "5c1f",
  body: Redacted.make(`{"Password":"${secret}"`)
}

const errors: ReadonlyArray<readonly [error: ClientError, tag: string, message: string]> = [
  [
    new TransportError({ ...call, reason: "connect ECONNREFUSED 127.0.0.1:443", sent: false }),
    "TransportError",
    "DescribeVolumes at ebs.tencentcloudapi.com did not get through: connect ECONNREFUSED 127.0.0.1:443. Nothing was sent: check the host name, the network and the proxy."
  ],
  [
    new TransportError({ ...call, reason: "socket hang up", sent: true }),
    "TransportError",
    "DescribeVolumes at ebs.tencentcloudapi.com did not get through: socket hang up. The operation may have happened: check before you call again."
  ],
  [
    new TransportError({ ...call, reason: "the proxy refused a tunnel with HTTP 407", sent: false, permanent: true }),
    "TransportError",
    "DescribeVolumes at ebs.tencentcloudapi.com did not get through: the proxy refused a tunnel with HTTP 407. Nothing was sent, and another call would fail in the same way."
  ],
  [
    new TransportError({ ...call, reason: "the answer is too large", sent: true, permanent: true }),
    "TransportError",
    "DescribeVolumes at ebs.tencentcloudapi.com did not get through: the answer is too large. The operation may have happened, and another call would fail in the same way."
  ],
  [
    new RequestTimeout({ ...call, scope: "attempt", after: Duration.seconds(60) }),
    "RequestTimeout",
    "DescribeVolumes at ebs.tencentcloudapi.com gave no answer within 1m, the `timeout` of the attempt. The operation may have happened: check before you call again, or allow more time."
  ],
  [
    new RequestTimeout({ ...call, scope: "call", after: Duration.minutes(5) }),
    "RequestTimeout",
    "DescribeVolumes at ebs.tencentcloudapi.com gave no answer within 5m, the `deadline` of the call. The operation may have happened: check before you call again, or allow more time."
  ],
  [
    new MalformedResponse(answer),
    "MalformedResponse",
    "DescribeVolumes at ebs.tencentcloudapi.com answered with HTTP 200, Content-Type application/json, and a body that is not valid JSON. The raw body is in the error's `body`. (RequestId 5c1f)"
  ],
  [
    new MalformedResponse({ ...answer, status: 502, contentType: "", reason: "is empty", requestId: "" }),
    "MalformedResponse",
    "DescribeVolumes at ebs.tencentcloudapi.com answered with HTTP 502, no Content-Type, and a body that is empty. API 3.0 itself always answers with 200: check what is in between, such as a proxy or a load balancer."
  ],
  [
    new CredentialsUnavailable({
      sources: [
        { source: "environment", reason: "TENCENTCLOUD_SECRET_ID is not set" },
        { source: "static", reason: "SecretKey is blank" }
      ]
    }),
    "CredentialsUnavailable",
    "No credential to sign with. environment: TENCENTCLOUD_SECRET_ID is not set; static: SecretKey is blank."
  ],
  [
    new InvalidRequestInput({
      action: "CreateVolume",
      issues: [
        { kind: "missing", path: ["Size"], expected: "number", found: "" },
        { kind: "type", path: ["Tags", 0, "Key"], expected: "string", found: "number" }
      ]
    }),
    "InvalidRequestInput",
    "The input of CreateVolume is wrong, and nothing was sent. `Size` is missing; `Tags.0.Key` is number where string was expected."
  ]
]

it.each(errors)("%s says what happened, where, and what to do", (error, tag, message) => {
  assert.strictEqual(error._tag, tag)
  assert.strictEqual(error.name, tag)
  assert.strictEqual(error.message, message)
  assert.instanceOf(error, Error)
})

it("a TransportError is not permanent by default", () => {
  assert.isFalse(new TransportError({ ...call, reason: "", sent: false }).permanent)
  assert.isTrue(new TransportError({ ...call, reason: "", sent: false, permanent: true }).permanent)
})

it.effect("each is caught by its tag", () =>
  Effect.forEach(errors, ([error, tag]) =>
    Effect.gen(function* () {
      const named = (caught: ClientError) => Effect.succeed(caught._tag)
      const caught = yield* Effect.fail(error).pipe(
        Effect.catchTags({
          TransportError: named,
          RequestTimeout: named,
          MalformedResponse: named,
          CredentialsUnavailable: named,
          InvalidRequestInput: named
        })
      )
      assert.strictEqual(caught, tag)
    })
  )
)

describe("the body of an answer", () => {
  const error = new MalformedResponse(answer)

  it("can be read explicitly", () => assert.include(Redacted.value(error.body), secret))

  it.each([
    ["the message", error.message],
    ["the stack", error.stack ?? ""],
    ["String", String(error)],
    ["JSON.stringify", JSON.stringify(error)],
    ["util.inspect", inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })],
    ["the spread fields", inspect({ ...error }, { depth: Number.POSITIVE_INFINITY })],
    ["Cause.pretty", Cause.pretty(Cause.fail(error), { renderErrorCause: true })],
    ["the JSON of an Exit", JSON.stringify(Exit.fail(error))],
    ["util.inspect of an Exit", inspect(Exit.fail(error), { depth: Number.POSITIVE_INFINITY })]
  ])("is not shown by %s", (_, shown) => {
    assert.notInclude(shown, secret)
    assert.isNotEmpty(shown)
  })
})
