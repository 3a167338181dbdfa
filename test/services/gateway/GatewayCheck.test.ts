import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as GatewayCheck from "effect-tencentcloud/GatewayCheck"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import type * as Wire from "effect-tencentcloud/Wire"
import * as Answer from "../../fixtures/Answer.js"
import { now, type V1, type V3, v1, v3 } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"

const secretKey = "key"
const sub = { secretId: "AKIDsub", secretKey }
const off = { secretId: "AKIDoff", secretKey }
const mfa = { secretId: "AKIDmfa", secretKey }
const temporary = { secretId: "AKIDtemporary", secretKey }

const layer = InProcess.layer.pipe(
  Layer.provide([
    Volumes.layer(),
    KeyStore.layerMemory([
      InProcess.key,
      { ...sub, identity: "2" },
      { ...off, enabled: false },
      { ...mfa, mfa: "required" },
      { ...temporary, session: { token: "token", expiresAt: now + 3600 } }
    ]),
    Layer.orDie(
      Authorizer.layerPolicies({ "2": [{ version: "2.0", statement: { effect: "allow", action: "ebs:Describe*" } }] })
    )
  ])
)

interface Refusal {
  readonly check: string
  readonly name: string
  readonly v3?: V3
  readonly v1?: V1
  /** How often it is sent; the last answer counts. */
  readonly times?: number
  readonly code: string
  readonly en: string
  /** Left out where the specification has no text; there has to be one all the same. */
  readonly zh?: string
}

const json = (body: unknown) => JSON.stringify(body)
const without = (header: string) => ({ headers: { [header]: undefined } })
const query = (text: string) => ({ method: "GET", query: text }) as const

const missingHeader = (name: string) => ({
  code: "MissingParameter",
  en: `The request header is missing a required common parameter \`${name}\`.`,
  zh: `请求头部缺少必传的公共参数 \`${name}\`。`
})
const missing = (name: string) => ({
  code: "MissingParameter",
  en: `The request is missing a required parameter \`${name}\`.`,
  zh: `请求缺少必传参数 \`${name}\`。`
})
const commonType = (name: string) => ({ code: "InvalidParameter", en: `Parameter \`${name}\` type error.` })
const commonValue = (name: string) => ({
  code: "InvalidParameterValue",
  en: `A value specified in \`${name}\` is not valid, is unsupported, or cannot be used.`,
  zh: `参数 \`${name}\` 取值错误。`
})
const malformedAuthorization = (fault: string) => ({
  code: "AuthFailure.InvalidAuthorization",
  en: `The request \`Authorization\` header does not conform to tencentcloud standards: ${fault}.`
})
const expired = {
  code: "AuthFailure.SignatureExpire",
  en: "The signature is expired, please request again.",
  zh: "签名过期，请检查本地时间后重新请求。"
}
const notFound = {
  code: "AuthFailure.SecretIdNotFound",
  en: "The SecretId is not found, please ensure that your SecretId is correct.",
  zh: "SecretId不存在，请输入正确的密钥。"
}
const tokenFailure = {
  code: "AuthFailure.TokenFailure",
  en: "The token is invalid or has expired, please get a new temporary key."
}
const signatureFailure = {
  code: "AuthFailure.SignatureFailure",
  en: "The provided credentials could not be validated. Please check your signature is correct.",
  zh: "请求签名验证失败，请检查您的签名计算是否正确。"
}
const separator = { code: "InvalidParameter", en: "Url key and value should be splited by `=`." }
const emptyName = { code: "InvalidParameter", en: "The request has a parameter key which is empty string." }
const repeated = (name: string) => ({
  code: "InvalidParameter",
  en: `Parameter \`${name}\` input repeated.`,
  zh: `参数 \`${name}\` 重复输入。`
})
const notJson = {
  code: "InvalidParameter",
  en: "The request content not valid json format for specified content-type=application/json."
}
const unknown = (name: string) => ({ code: "UnknownParameter", en: `The parameter \`${name}\` is not recognized.` })
const wrongType = (name: string, type: string) => ({
  code: "InvalidParameter",
  en: `The value type of parameter \`${name}\` is not valid, input type should be \`${type}\``,
  zh: `参数 \`${name}\` 取值类型错误。`
})
const unsupportedType = (type: string) => ({
  code: "UnsupportedProtocol",
  en: `this action does not support Content-Type=\`${type}\``
})

const refusals: ReadonlyArray<Refusal> = [
  {
    check: "size",
    name: "a GET over 32 KB",
    v3: query(`Limit=${"0".repeat(32 * 1024 - 5)}`),
    code: "RequestSizeLimitExceeded",
    en: "The request size exceeds the limit of 32 KB."
  },
  {
    check: "size",
    name: "a POST over 10 MB",
    v3: { body: " ".repeat(10 * 1024 * 1024 + 1) },
    code: "RequestSizeLimitExceeded",
    en: "The request size exceeds the limit of 10 MB."
  },

  { check: "common parameters", name: "no action", v3: without("x-tc-action"), ...missingHeader("X-TC-Action") },
  {
    check: "common parameters",
    name: "no timestamp",
    v3: without("x-tc-timestamp"),
    ...missingHeader("X-TC-Timestamp")
  },
  { check: "common parameters", name: "no version", v3: without("x-tc-version"), ...missingHeader("X-TC-Version") },
  {
    check: "common parameters",
    name: "an empty version",
    v3: { headers: { "x-tc-version": "" } },
    ...missingHeader("X-TC-Version")
  },
  {
    check: "common parameters",
    name: "the Authorization of another cloud, without the headers",
    v3: {
      headers: {
        authorization: "AWS4-HMAC-SHA256 Credential=AKID/20260101/ebs/aws4_request",
        "x-tc-action": undefined,
        "x-tc-timestamp": undefined,
        "x-tc-version": undefined
      }
    },
    ...missingHeader("X-TC-Action")
  },
  ...["Timestamp", "Action", "Version", "SecretId", "Nonce"].map((name) => ({
    check: "common parameters",
    name: `version 1 without ${name}`,
    v1: { parameters: { [name]: undefined } },
    ...missing(name)
  })),
  { check: "common parameters", name: "version 1 with no signature", v1: { signature: "" }, ...missing("Signature") },

  ...["soon", "1767225600.5", "-1", "17672256000000"].map((timestamp) => ({
    check: "common parameter formats",
    name: `the timestamp ${timestamp}`,
    v3: { headers: { "x-tc-timestamp": timestamp } },
    ...commonType("X-TC-Timestamp")
  })),
  {
    check: "common parameter formats",
    name: "a timestamp of version 1",
    v1: { parameters: { Timestamp: "soon" } },
    ...commonType("Timestamp")
  },
  {
    check: "common parameter formats",
    name: "a nonce that is no number",
    v1: { parameters: { Nonce: "-1" } },
    ...commonType("Nonce")
  },
  {
    check: "common parameter formats",
    name: "an invalid region",
    v3: { headers: { "x-tc-region": "Guangzhou" } },
    ...commonValue("Region")
  },
  {
    check: "common parameter formats",
    name: "an empty region",
    v1: { parameters: { Region: "" } },
    ...commonValue("Region")
  },
  {
    check: "common parameter formats",
    name: "an unknown signature method",
    v1: { parameters: { SignatureMethod: "HmacMD5" } },
    ...commonValue("SignatureMethod")
  },

  {
    check: "action",
    name: "an unknown product",
    v3: { host: "nope.tencentcloudapi.com", service: "nope" },
    code: "NoSuchProduct",
    en: "The specified product=`nope` does not exist."
  },
  {
    check: "action",
    name: "an unknown version",
    v3: { headers: { "x-tc-version": "2019-07-22" } },
    code: "NoSuchVersion",
    en: "The specified api version=`2019-07-22` does not exist in service=`ebs`."
  },
  {
    check: "action",
    name: "an unknown action",
    v3: { action: "describeVolumes" },
    code: "InvalidAction",
    en: "The request action=`describeVolumes` is invalid or not found in service=`ebs` and version=`2026-01-01`."
  },
  {
    check: "action",
    name: "an unknown action, in version 1",
    v1: { parameters: { Action: "constructor" } },
    code: "InvalidAction",
    en: "The request action=`constructor` is invalid or not found in service=`ebs` and version=`2026-01-01`."
  },
  {
    check: "action",
    name: "an action that is offline",
    v3: { action: "RestoreVolume" },
    code: "ActionOffline",
    en: "The action `RestoreVolume` is offline."
  },

  {
    check: "authorization",
    name: "SKIP",
    v3: { headers: { authorization: "SKIP" } },
    ...malformedAuthorization("it should begin with `TC3-HMAC-SHA256`")
  },
  {
    check: "authorization",
    name: "no signature in it",
    v3: {
      headers: { authorization: "TC3-HMAC-SHA256 Credential=AKID/2026-01-01/ebs/tc3_request, SignedHeaders=host" }
    },
    ...malformedAuthorization("`Signature` is missing")
  },
  {
    check: "authorization",
    name: "another product's scope",
    v3: { service: "cvm" },
    ...malformedAuthorization("`Service` in Credential not valid")
  },
  {
    check: "authorization",
    name: "another day's scope",
    v3: { timestamp: now + 1, headers: { "x-tc-timestamp": String(now - 1) } },
    ...signatureFailure
  },

  { check: "clock", name: "a timestamp that is 301 seconds old", v3: { timestamp: now - 301 }, ...expired },
  { check: "clock", name: "a timestamp that is 301 seconds ahead", v3: { timestamp: now + 301 }, ...expired },
  {
    check: "clock",
    name: "a timestamp of version 1 that is 301 seconds old",
    v1: { parameters: { Timestamp: String(now - 301) } },
    ...expired
  },

  { check: "key", name: "an unknown key", v3: { key: { secretId: "AKIDunknown", secretKey } }, ...notFound },
  { check: "key", name: "a disabled key", v3: { key: off }, ...notFound },
  {
    check: "key",
    name: "what is no key",
    v1: { key: { secretId: "me", secretKey } },
    code: "AuthFailure.InvalidSecretId",
    en: "The SecretId is not that of a cloud API key, please ensure that your SecretId is correct."
  },
  { check: "key", name: "a temporary key without its token", v3: { key: temporary }, ...notFound },
  { check: "key", name: "another token", v3: { key: temporary, headers: { "x-tc-token": "other" } }, ...tokenFailure },
  { check: "key", name: "a token too many", v1: { parameters: { Token: "token" } }, ...tokenFailure },

  {
    check: "signature",
    name: "another key",
    v3: { key: { ...InProcess.key, secretKey: "other" } },
    ...signatureFailure
  },
  { check: "signature", name: "another body", v3: { body: "{}", payload: '{"Limit":1}' }, ...signatureFailure },
  { check: "signature", name: "another host", v3: { signedHost: "ebs.example.com" }, ...signatureFailure },
  { check: "signature", name: "another host in version 1", v1: { signedHost: "ebs.example.com" }, ...signatureFailure },
  { check: "signature", name: "another signature in version 1", v1: { signature: "?" }, ...signatureFailure },
  {
    check: "signature",
    name: "a hash of another body",
    v3: { headers: { "x-tc-content-sha256": "0".repeat(64) } },
    code: "InvalidParameterValue",
    en: "The value specified in `X-TC-Content-SHA256` is not correct."
  },
  {
    check: "signature",
    name: "an unsigned payload that is not said to be one",
    v3: { payload: "UNSIGNED-PAYLOAD" },
    ...signatureFailure
  },

  {
    check: "mfa",
    name: "a key that needs it",
    v3: { key: mfa },
    code: "AuthFailure.MFAFailure",
    en: "The key requires multi-factor authentication, please verify and use the temporary key that it gives."
  },

  {
    check: "rate limit",
    name: "the third call of an action that may be called twice",
    v3: { action: "EncryptVolume" },
    times: 3,
    code: "RequestLimitExceeded",
    en: "Your current request times equals to `3` in a second, which exceeds the frequency limit `2` for a second. Please reduce the frequency of calls.",
    zh: "您当前每秒请求 `3` 次，超过了每秒频率上限 `2`，请稍后重试。"
  },

  {
    check: "region",
    name: "no region",
    v3: { action: "EncryptVolume", ...without("x-tc-region") },
    ...missing("Region")
  },
  {
    check: "region",
    name: "a region that does not offer it",
    v3: { action: "EncryptVolume", headers: { "x-tc-region": "ap-beijing" } },
    code: "UnsupportedRegion",
    en: "The action not support this region."
  },

  { check: "content", name: "a text", v3: { contentType: "text/plain" }, ...unsupportedType("text/plain") },
  { check: "content", name: "no content type", v3: { contentType: "" }, ...unsupportedType("") },
  {
    check: "content",
    name: "parts, for an action without a binary member",
    v3: { contentType: "multipart/form-data; boundary=x" },
    ...unsupportedType("multipart/form-data")
  },
  {
    check: "content",
    name: "parts that cannot be read",
    v3: { action: "ImportVolume", contentType: "multipart/form-data; boundary=x", body: "--y" },
    code: "InvalidRequest",
    en: "The request content not valid multipart format for specified content-type=multipart/form-data."
  },
  ...["", "{", "[]", '"text"', "null", "Limit=1"].map((body) => ({
    check: "content",
    name: `the body ${body}, as JSON`,
    v3: { body },
    ...notJson
  })),
  { check: "content", name: "a query part without =", v3: query("Limit"), ...separator },
  { check: "content", name: "a query part without a name", v3: query("=1"), ...emptyName },
  { check: "content", name: "a repeated name", v3: query("Limit=1&Limit=2"), ...repeated("Limit") },
  {
    check: "content",
    name: "a list that does not begin with 0",
    v1: { parameters: { "Filters.1.Name": "zone" } },
    code: "InvalidParameter",
    en: "Parameter `Filters` invalid array format, array index must be continuous and starts with 0."
  },
  {
    check: "content",
    name: "a name that is both a value and an object",
    v3: query("Filters=1&Filters.0.Name=zone"),
    code: "InvalidParameter",
    en: "Parameter `Filters.0.Name` format invalid."
  },

  {
    check: "cam",
    name: "a sub-account without a policy for it",
    v3: { key: sub, action: "DeleteVolumes", body: json({ VolumeIds: ["vol-1"] }) },
    code: "AuthFailure.UnauthorizedOperation",
    en: "You are not authorized to perform this operation. Check your CAM policies, and ensure that you are using the correct access keys. [[request id:<uuid>]you are not authorized to perform operation (ebs:DeleteVolumes)\nresource (qcs::ebs::uin/100000000001:volume/vol-1) has no permission\n]",
    zh: "操作未授权，请检查CAM策略。"
  },

  { check: "parameters", name: "an unknown one", v3: { body: json({ limit: 1 }) }, ...unknown("limit") },
  {
    check: "parameters",
    name: "an unknown one, deeper",
    v3: { body: json({ Filters: [{ Name: "zone", Values: [], Colour: 1 }] }) },
    ...unknown("Filters.0.Colour")
  },
  { check: "parameters", name: "an unknown one in version 1", v1: { parameters: { Size: "1" } }, ...unknown("Size") },
  { check: "parameters", name: "a missing one", v3: { action: "CreateVolume" }, ...missing("Size") },
  {
    check: "parameters",
    name: "a missing one, deeper",
    v1: { parameters: { "Filters.0.Name": "zone" } },
    ...missing("Filters.0.Values")
  },
  {
    check: "parameters",
    name: "a number in place of a string",
    v3: { action: "CreateVolume", body: json({ Size: 10, Name: 5 }) },
    ...wrongType("Name", "string")
  },
  {
    check: "parameters",
    name: "another type, deeper",
    v3: { body: json({ Filters: [{ Name: "zone", Values: "a" }] }) },
    ...wrongType("Filters.0.Values", "list")
  },
  {
    check: "parameters",
    name: "a value out of its range",
    v3: { action: "CreateVolume", body: json({ Size: 5 }) },
    code: "InvalidParameterValue",
    en: "The value specified in the parameter `Size` is not valid: expected a number between 10 and 32000."
  },

  {
    check: "dry run",
    name: "a request that would have succeeded",
    v3: { action: "CreateVolume", body: json({ Size: 10, DryRun: true }) },
    code: "DryRunOperation",
    en: "The request would have succeeded, but the parameter `DryRun` is set."
  }
]

const inChinese = (refusal: Refusal): Refusal => ({
  ...refusal,
  ...(refusal.v1 === undefined
    ? { v3: { ...refusal.v3, headers: { ...refusal.v3?.headers, "x-tc-language": "zh-CN" } } }
    : { v1: { ...refusal.v1, parameters: { ...refusal.v1.parameters, Language: "zh-CN" } } })
})

const ask = (refusal: Refusal) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(now * 1000)
    const request = refusal.v1 === undefined ? v3(refusal.v3) : v1(refusal.v1)
    for (let time = 1; time < (refusal.times ?? 1); time++) yield* Answer.of(request)
    const { code, message, requestId } = yield* Answer.of(request)
    return { code, message: message?.replace(requestId, "<uuid>") }
  }).pipe(Effect.provide(layer))

describe("GatewayCheck", () => {
  it.effect.each(refusals)("$check: $name", (refusal) =>
    Effect.gen(function* () {
      const { code, en, zh } = refusal
      assert.deepStrictEqual(yield* ask(refusal), { code, message: en })
      const chinese = yield* ask(inChinese(refusal))
      assert.strictEqual(chinese.code, code)
      if (zh === undefined) assert.match(chinese.message ?? "", /\p{Script=Han}/u)
      else assert.strictEqual(chinese.message, zh)
    })
  )

  /** What the parts of a signed request cannot say. */
  const odd: ReadonlyArray<Pick<Refusal, "check" | "name" | "code" | "en"> & { readonly wire: Wire.WireRequest }> = [
    ...["PUT", "HEAD", "get", ""].map((method) => ({
      check: "method",
      name: method,
      wire: { ...v3(), method },
      code: "UnsupportedProtocol",
      en: `The request method \`${method}\` is not supported, only GET and POST requests are supported.`
    })),
    {
      check: "size",
      name: "a POST with version 1 over 1 MB",
      wire: { ...v1({ method: "POST" }), body: "x".repeat(1024 * 1024 + 1) },
      code: "RequestSizeLimitExceeded",
      en: "The provided credentials could not be validated because of exceeding request size limit, please use new signature method `TC3-HMAC-SHA256`."
    },
    {
      check: "signature version",
      name: "JSON without Authorization is a form",
      wire: v3({ body: '{"Limit":1}', headers: { authorization: undefined } }),
      ...separator
    },
    { check: "signature version", name: "an empty name", wire: { ...v1(), query: "=1&Limit=1" }, ...emptyName },
    {
      check: "repeated parameters",
      name: "a repeated name",
      wire: { ...v1(), query: `${v1().query}&Region=ap-beijing` },
      ...repeated("Region")
    },
    { check: "common parameters", name: "no parameters", wire: { ...v1(), query: "" }, ...missing("Timestamp") },
    {
      check: "common parameter formats",
      name: "another language",
      wire: v3({ headers: { "x-tc-language": "fr-FR" } }),
      ...commonValue("Language")
    },
    {
      check: "common parameter formats",
      name: "another language in version 1",
      wire: v1({ parameters: { Language: "fr-FR" } }),
      ...commonValue("Language")
    }
  ]

  it.effect.each(odd)("$check: $name", ({ code, en, wire }) =>
    Effect.gen(function* () {
      const answer = yield* Answer.of(wire)
      assert.deepStrictEqual([answer.code, answer.message], [code, en])
    }).pipe(Effect.provide(layer))
  )

  it.effect("the language applies from the first check on", () =>
    Effect.gen(function* () {
      const { message } = yield* Answer.of({ ...v3({ headers: { "x-tc-language": "zh-CN" } }), method: "PUT" })
      assert.strictEqual(message, "不支持请求方法 `PUT`，仅支持 GET 和 POST 请求。")
    }).pipe(Effect.provide(layer))
  )

  it.effect.each([
    { name: "a GET of 32 KB", request: v3(query(`Limit=${"0".repeat(32 * 1024 - 6)}`)) },
    { name: "a POST of 10 MB", request: v3({ body: `{}${" ".repeat(10 * 1024 * 1024 - 2)}` }) },
    { name: "a timestamp that is 300 seconds old", request: v3({ timestamp: now - 300 }) },
    { name: "a timestamp that is 300 seconds ahead", request: v3({ timestamp: now + 300 }) }
  ])("passes at the bound: $name", ({ request }) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      assert.strictEqual((yield* Answer.of(request)).code, undefined)
    }).pipe(Effect.provide(layer))
  )

  it.effect.each([
    {
      first: "common parameters",
      then: "authorization",
      v3: { headers: { authorization: "SKIP", "x-tc-version": "" } }
    },
    { first: "common parameters", then: "formats", v3: { headers: { "x-tc-version": "", "x-tc-region": "?" } } },
    { first: "action", then: "clock", v3: { action: "Nope", timestamp: 1 } },
    { first: "authorization", then: "clock", v3: { service: "cvm", timestamp: 1 } },
    { first: "clock", then: "key", v3: { timestamp: 1, key: { secretId: "AKIDunknown", secretKey } } },
    { first: "key", then: "signature", v3: { key: off, payload: "?" } },
    { first: "signature", then: "mfa", v3: { key: mfa, payload: "?" } },
    { first: "signature", then: "parameters", v3: { body: json({ Nope: 1 }), payload: "?" } },
    { first: "region", then: "content", v3: { action: "EncryptVolume", body: "", headers: { "x-tc-region": "ap-x" } } },
    { first: "content", then: "cam", v3: { action: "DeleteVolumes", key: sub, body: "" } },
    { first: "cam", then: "parameters", v3: { action: "DeleteVolumes", key: sub, body: json({ Nope: 1 }) } },
    { first: "parameters", then: "dry run", v3: { action: "CreateVolume", body: json({ DryRun: true }) } }
  ])("$first comes before $then", ({ first, v3: parts }) =>
    Effect.gen(function* () {
      const codes: Record<string, string> = {
        "common parameters": "MissingParameter",
        action: "InvalidAction",
        authorization: "AuthFailure.InvalidAuthorization",
        clock: "AuthFailure.SignatureExpire",
        key: "AuthFailure.SecretIdNotFound",
        signature: "AuthFailure.SignatureFailure",
        region: "UnsupportedRegion",
        content: "InvalidParameter",
        cam: "AuthFailure.UnauthorizedOperation",
        parameters: "MissingParameter"
      }
      yield* TestClock.setTime(now * 1000)
      assert.strictEqual((yield* Answer.of(v3(parts))).code, codes[first])
    }).pipe(Effect.provide(layer))
  )

  it.effect(
    "of several faults in the parameters, unknown names come before missing ones, and missing ones before wrong values",
    () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now * 1000)
        const codeOf = (body: object) =>
          Effect.map(Answer.of(v3({ action: "CreateVolume", body: json(body) })), ({ code }) => code)
        assert.deepStrictEqual(
          [
            yield* codeOf({ Name: 1, Colour: "red" }),
            yield* codeOf({ Name: 1 }),
            yield* codeOf({ Name: 1, Size: 5 }),
            yield* codeOf({ Size: 5 })
          ],
          ["UnknownParameter", "MissingParameter", "InvalidParameter", "InvalidParameterValue"]
        )
      }).pipe(Effect.provide(layer))
  )

  it.effect("every default check rejects something here", () =>
    Effect.sync(() => {
      const refused = new Set([...refusals, ...odd].map(({ check }) => check))
      assert.deepStrictEqual(
        GatewayCheck.checks.flatMap(({ isOn, name }) => (isOn === undefined && !refused.has(name) ? [name] : [])),
        []
      )
    })
  )
})
