import { assert, describe, it } from "@effect/vitest"
import * as Message from "../../../src/domain/rules/Message.js"

/** The sentences of the real service: clients parse some of them. */
const english: ReadonlyArray<readonly [message: Message.Message, sentence: string]> = [
  [Message.secretIdNotFound, "The SecretId is not found, please ensure that your SecretId is correct."],
  [Message.signatureExpire, "The signature is expired, please request again."],
  [
    Message.signatureFailure,
    "The provided credentials could not be validated. Please check your signature is correct."
  ],
  [
    Message.requestTooLargeForV1,
    "The provided credentials could not be validated because of exceeding request size limit, please use new signature method `TC3-HMAC-SHA256`."
  ],
  [
    Message.invalidAuthorization("`Service` in Credential not valid"),
    "The request `Authorization` header does not conform to tencentcloud standards: `Service` in Credential not valid."
  ],
  [
    Message.unauthorized({ requestId: "ed93", operation: "sms:SendSms", resource: "*" }),
    "You are not authorized to perform this operation. Check your CAM policies, and ensure that you are using the correct access keys. [[request id:ed93]you are not authorized to perform operation (sms:SendSms)\nresource (*) has no permission\n]"
  ],
  [Message.missingParameter("x"), "The request is missing a required parameter `x`."],
  [Message.missingHeader("X-TC-Action"), "The request header is missing a required common parameter `X-TC-Action`."],
  [Message.unknownParameter("x"), "The parameter `x` is not recognized."],
  [
    Message.wrongType("Infos.0.Name", "string"),
    "The value type of parameter `Infos.0.Name` is not valid, input type should be `string`"
  ],
  [Message.wrongList("x"), "Parameter `x` invalid array format, array index must be continuous and starts with 0."],
  [Message.repeated("x"), "Parameter `x` input repeated."],
  [Message.wrongCommonType("Nonce"), "Parameter `Nonce` type error."],
  [Message.wrongFormat("x"), "Parameter `x` format invalid."],
  [Message.formSeparator, "Url key and value should be splited by `=`."],
  [Message.formEmptyName, "The request has a parameter key which is empty string."],
  [Message.notJson, "The request content not valid json format for specified content-type=application/json."],
  [
    Message.wrongCommonValue("Region"),
    "A value specified in `Region` is not valid, is unsupported, or cannot be used."
  ],
  [Message.wrongContentHash, "The value specified in `X-TC-Content-SHA256` is not correct."],
  [Message.unsupportedRegion, "The action not support this region."],
  [
    Message.unsupportedContentType("multipart/form-data"),
    "this action does not support Content-Type=`multipart/form-data`"
  ],
  [
    Message.noSuchVersion("2019-07-22", "tms"),
    "The specified api version=`2019-07-22` does not exist in service=`tms`."
  ],
  [
    Message.invalidAction("x", "tcb", "2018-06-08"),
    "The request action=`x` is invalid or not found in service=`tcb` and version=`2018-06-08`."
  ],
  [
    Message.requestLimitExceeded(21, 20),
    "Your current request times equals to `21` in a second, which exceeds the frequency limit `20` for a second. Please reduce the frequency of calls."
  ],
  [
    Message.internalError,
    "An internal error has occurred. Retry your request, but if the problem persists, contact us."
  ]
]

const chinese: ReadonlyArray<readonly [message: Message.Message, sentence: string]> = [
  [Message.secretIdNotFound, "SecretId不存在，请输入正确的密钥。"],
  [Message.signatureFailure, "请求签名验证失败，请检查您的签名计算是否正确。"],
  [Message.unauthorized({ requestId: "", operation: "", resource: "" }), "操作未授权，请检查CAM策略。"],
  [Message.missingParameter("x"), "请求缺少必传参数 `x`。"],
  [Message.missingHeader("x"), "请求头部缺少必传的公共参数 `x`。"],
  [Message.wrongType("x", "string"), "参数 `x` 取值类型错误。"],
  [Message.repeated("x"), "参数 `x` 重复输入。"],
  [Message.wrongCommonValue("x"), "参数 `x` 取值错误。"],
  [Message.requestLimitExceeded(21, 20), "您当前每秒请求 `21` 次，超过了每秒频率上限 `20`，请稍后重试。"],
  [Message.internalError, "内部服务错误，请稍后重试。"]
]

describe("the sentences are those of the real service", () => {
  it.each(english.map(([message, sentence]) => ({ message, sentence })))("$sentence", ({ message, sentence }) =>
    assert.strictEqual(message["en-US"], sentence)
  )
  it.each(chinese.map(([message, sentence]) => ({ message, sentence })))("$sentence", ({ message, sentence }) =>
    assert.strictEqual(message["zh-CN"], sentence)
  )
})

it("every sentence exists in both languages", () => {
  const messages = Object.values(Message).flatMap(
    (member): ReadonlyArray<unknown> => (typeof member === "function" ? [] : [member])
  )
  assert.isNotEmpty(messages)
  for (const message of [...messages, ...english.map(([message]) => message)]) {
    assert.hasAllKeys(message, ["en-US", "zh-CN"])
    for (const sentence of Object.values(Object(message))) assert.match(String(sentence), /\S/)
    assert.match(String(Object(message)["zh-CN"]), /\p{Script=Han}/u)
  }
})

it("a long name from the request is cut off", () =>
  assert.strictEqual(
    Message.unknownParameter("x".repeat(10_000))["en-US"],
    `The parameter \`${"x".repeat(128)}…\` is not recognized.`
  ))

it.each([
  ["en-US", true],
  ["zh-CN", true],
  ["en-us", false],
  ["zh", false],
  ["", false]
])("%j is a language: %j", (text, expected) => assert.strictEqual(Message.isLanguage(text), expected))
