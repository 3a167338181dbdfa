import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FC from "effect/FastCheck"
import * as Envelope from "effect-tencentcloud/Envelope"

const text = FC.string({ unit: "binary" })

describe("a failure", () => {
  it("has the form of the protocol", () =>
    assert.strictEqual(
      Envelope.encodeFailure({
        code: "AuthFailure.SignatureFailure",
        message: "Check your signature.",
        requestId: "ed93"
      }),
      '{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"Check your signature."},"RequestId":"ed93"}}'
    ))

  it.prop("comes back as it was written", [text, text, text], ([code, message, requestId]) =>
    assert.deepStrictEqual(
      Envelope.decode(Envelope.encodeFailure({ code, message, requestId })),
      Either.right({ _tag: "Failure" as const, code, message, requestId })
    )
  )

  const failure = Either.right({ _tag: "Failure" as const, code: "LimitExceeded", message: "no", requestId: "1" })
  it.each([
    ["Error before RequestId", '{"Response":{"Error":{"Code":"LimitExceeded","Message":"no"},"RequestId":"1"}}'],
    ["RequestId before Error", '{"Response":{"RequestId":"1","Error":{"Message":"no","Code":"LimitExceeded"}}}'],
    [
      "beside a result",
      '{"Response":{"TotalCount":1,"Volumes":[{}],"RequestId":"1","Error":{"Code":"LimitExceeded","Message":"no"}}}'
    ],
    [
      "with undocumented members",
      '{"Response":{"Error":{"Code":"LimitExceeded","Message":"no","More":{}},"RequestId":"1"},"retcode":0}'
    ]
  ])("is a failure whatever else it has: %s", (_, body) => assert.deepStrictEqual(Envelope.decode(body), failure))

  it.each([
    ["no message", '{"Response":{"Error":{"Code":"InternalError"},"RequestId":"1"}}', "1"],
    [
      "a message that is no text",
      '{"Response":{"Error":{"Code":"InternalError","Message":null},"RequestId":"1"}}',
      "1"
    ],
    ["no RequestId", '{"Response":{"Error":{"Code":"InternalError","Message":""}}}', ""],
    [
      "a RequestId that is a number",
      '{"Response":{"Error":{"Code":"InternalError","Message":""},"RequestId":17}}',
      "17"
    ],
    [
      "one with more digits than a number can hold",
      '{"Response":{"Error":{"Code":"InternalError"},"RequestId":9223372036854775807}}',
      "9223372036854775807"
    ],
    ["a RequestId that is nothing of both", '{"Response":{"Error":{"Code":"InternalError"},"RequestId":{"Id":1}}}', ""]
  ])("is read despite %s", (_, body, requestId) =>
    assert.deepStrictEqual(
      Envelope.decode(body),
      Either.right({ _tag: "Failure" as const, code: "InternalError", message: "", requestId })
    )
  )
})

describe("a result", () => {
  const result = FC.dictionary(
    FC.string({ unit: "binary" }).filter((name) => name !== "Error" && name !== "RequestId"),
    FC.oneof(
      FC.maxSafeInteger(),
      FC.bigInt({ min: 2n ** 53n, max: 2n ** 64n }),
      text,
      FC.constant(null),
      FC.array(text)
    ),
    { noNullPrototype: true }
  )

  it.prop("comes back as it was written", [result, text], ([result, requestId]) => {
    const decoded = Either.flatMap(Envelope.encodeSuccess(result, requestId), Envelope.decode)
    assert.deepStrictEqual(
      decoded,
      Either.right({ _tag: "Success" as const, requestId, response: { ...result, RequestId: requestId } })
    )
  })

  it("the RequestId of the answer replaces its own", () =>
    assert.deepStrictEqual(
      Envelope.encodeSuccess({ RequestId: "mine", A: 1 }, "theirs"),
      Either.right('{"Response":{"RequestId":"theirs","A":1}}')
    ))

  it("is valid without a RequestId", () =>
    assert.deepStrictEqual(
      Envelope.decode('{"Response":{"A":1}}'),
      Either.right({ _tag: "Success" as const, requestId: "", response: { A: 1 } })
    ))

  it.each([
    ["no object", "hunter2", "The result is not an object."],
    ["a list", ["hunter2"], "The result is not an object."],
    ["nothing", undefined, "The result is not an object."],
    ["a member `Error`", { Error: "hunter2" }, "The result has a member `Error`: clients would read a failure."],
    ["no JSON form", { toJSON: () => assert.fail("hunter2") }, "The result cannot be written as JSON."],
    ["no JSON form inside", { A: { toJSON: () => assert.fail("hunter2") } }, "The result cannot be written as JSON."]
  ])("is rejected with %s", (_, result, reason) =>
    assert.deepStrictEqual(Envelope.encodeSuccess(result, "1"), Either.left(reason))
  )
})

describe("an Error that is null", () => {
  it("reads as absent, like any other member of an answer", () =>
    assert.deepStrictEqual(
      Envelope.decode('{"Response":{"Error":null,"RequestId":"1"}}'),
      Either.right({ _tag: "Success", requestId: "1", response: { Error: null, RequestId: "1" } })
    ))
})

describe("a text that is no envelope", () => {
  const malformed: ReadonlyArray<readonly [kind: string, body: string, fault: Envelope.Malformed]> = [
    ["empty", "", { reason: "is empty", truncated: true, requestId: "" }],
    [
      "a page of HTML",
      "<!DOCTYPE html><title>502 hunter2</title>",
      { reason: "is a page of HTML or XML, not JSON", truncated: false, requestId: "" }
    ],
    [
      "broken off",
      '{"Response":{"Password":"hunter2","Reque',
      { reason: "is JSON that breaks off after 40 characters", truncated: true, requestId: "" }
    ],
    ["not JSON", "upstream hunter2", { reason: "is not JSON", truncated: false, requestId: "" }],
    ["broken JSON", '{"Response":hunter2}', { reason: "is not valid JSON", truncated: false, requestId: "" }],
    ...[
      '{"Password":"hunter2"}',
      '{"Response":"hunter2"}',
      '{"Response":["hunter2"]}',
      '{"Response":null}',
      "null",
      "[]",
      "1"
    ].map(
      (body) =>
        [
          `without a Response: ${body}`,
          body,
          { reason: "has no `Response` object", truncated: false, requestId: "" }
        ] as const
    ),
    ...['{"Message":"hunter2"}', '{"Code":1}', '"hunter2"', "[]"].map(
      (error) =>
        [
          `an Error without a Code: ${error}`,
          `{"Response":{"RequestId":"1","Error":${error}}}`,
          { reason: "has an `Error` without a `Code`", truncated: false, requestId: "1" }
        ] as const
    )
  ]

  it.each(malformed)("%s", (_, body, fault) => assert.deepStrictEqual(Envelope.decode(body), Either.left(fault)))

  it.prop("never throws", [FC.oneof(text, FC.json())], ([body]) =>
    assert.isTrue(Either.isEither(Envelope.decode(body)))
  )
})
