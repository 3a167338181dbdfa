/** The official client, as its users configure it, against our gateway over HTTP. */
import * as Http from "node:http"
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { GatewayServer } from "effect-tencentcloud/NodeGateway"
import { hash } from "effect-tencentcloud/Signature"
import { type ClientProfile, CommonClient, type Credential, type RequestOptions } from "tencentcloud-sdk-nodejs-common"
import type Exceptions from "tencentcloud-sdk-nodejs-common/tencentcloud/common/exception/tencent_cloud_sdk_exception.js"
import * as Json from "../../src/domain/wire/Json.js"
import { keys, ServerLive, serverOff } from "./fixture.js"

type SdkException = Exceptions.default

/** How parameters travel, and under which signature. Flat ones lose what a query or a form cannot say. */
const encodings = [
  { name: "JSON, TC3-HMAC-SHA256", reqMethod: "POST", signMethod: "TC3-HMAC-SHA256", flat: false },
  { name: "GET, TC3-HMAC-SHA256", reqMethod: "GET", signMethod: "TC3-HMAC-SHA256", flat: true },
  { name: "form, HmacSHA256", reqMethod: "POST", signMethod: "HmacSHA256", flat: true },
  { name: "form, HmacSHA1", reqMethod: "POST", signMethod: "HmacSHA1", flat: true },
  { name: "GET, HmacSHA256", reqMethod: "GET", signMethod: "HmacSHA256", flat: true },
  { name: "GET, HmacSHA1", reqMethod: "GET", signMethod: "HmacSHA1", flat: true }
] as const

const routes = ["endpoint", "proxy"] as const

const modes = routes.flatMap((route) => encodings.map((encoding) => ({ ...encoding, route })))

type Mode = (typeof modes)[number]

/** What a call is about; the rest is as a call that succeeds needs it. */
interface Call {
  readonly action: string
  readonly request?: object
  readonly key?: Credential
  readonly region?: string
  readonly version?: string
  readonly host?: string
  readonly language?: "zh-CN" | "en-US"
  readonly headers?: Readonly<Record<string, string>>
  readonly options?: RequestOptions
}

const traceId = "interop-trace"

const makeClient = (mode: Mode, call: Omit<Call, "action">): Effect.Effect<CommonClient, never, GatewayServer> =>
  Effect.map(GatewayServer, ({ address }) => {
    const { host = "ebs.tencentcloudapi.com", key = keys.owner, language, region = "ap-guangzhou" } = call
    const profile: ClientProfile = {
      signMethod: mode.signMethod,
      httpProfile: {
        reqMethod: mode.reqMethod,
        protocol: "http://",
        headers: { "X-TC-TraceId": traceId, ...call.headers },
        // An agent of its own keeps a proxy of the environment out of the way.
        ...(mode.route === "proxy" ? { proxy: address.url } : { agent: new Http.Agent() })
      },
      ...(language === undefined ? {} : { language })
    }
    const endpoint = mode.route === "proxy" ? host : `${address.host}:${address.port}`
    return new CommonClient(endpoint, call.version ?? "2026-01-01", { credential: { ...key }, region, profile })
  })

const attempt = (request: () => Promise<unknown>): Effect.Effect<unknown, SdkException> =>
  Effect.tryPromise({ try: request, catch: (exception) => exception as SdkException })

const send = (mode: Mode, call: Call): Effect.Effect<unknown, SdkException, GatewayServer> =>
  Effect.flatMap(makeClient(mode, call), (client) =>
    attempt(() => client.request(call.action, call.request ?? {}, call.options ?? {}))
  )

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const assertFields = (actual: unknown, expected: object) => {
  const { RequestId, ...fields } = actual as { readonly RequestId: string }
  assert.match(RequestId, uuid)
  assert.deepStrictEqual(fields, expected)
}

/** What is sent, what the handler is given, and what it is given where the parameters travelled flat. */
const values: ReadonlyArray<{
  readonly name: string
  readonly sent: Json.JsonObject
  readonly received?: Json.JsonObject
  readonly flat?: Json.JsonObject
}> = [
  { name: "nothing", sent: {} },
  { name: "an empty text", sent: { Text: "" } },
  { name: "unicode", sent: { Text: "云硬盘 🚀 café e\u0301 \u{10ffff}\u00ad\u2028" } },
  { name: "reserved characters", sent: { Text: " !\"#$%&'()*+,/:;=?@[\\]^`{|}~\r\n\t%20+&a=b " } },
  { name: "numbers", sent: { Count: -0.5 } },
  { name: "false, which is not absent", sent: { Enabled: false, Count: 0 } },
  { name: "true", sent: { Enabled: true } },
  { name: "an integer past 2^53", sent: { Uin: 9_223_372_036_854_775_807n } },
  { name: "an integer past 2^53, negative", sent: { Uin: -9_223_372_036_854_775_808n } },
  { name: "a list", sent: { Names: ["b", "a", ""] } },
  { name: "a list of twelve, whose indexes do not sort as text", sent: { Names: [..."abcdefghijkl"] } },
  {
    name: "objects in lists in objects",
    sent: { Filters: [{ Name: "zone", Values: ["广州", "b"] }, { Name: "x" }], Options: { Snapshot: { Days: 7 } } }
  },
  { name: "null", sent: { Text: null, Options: { Snapshot: null } }, received: { Options: {} }, flat: {} },
  { name: "null at the end of a list", sent: { Names: ["a", null] }, flat: { Names: ["a"] } },
  { name: "an empty list", sent: { Names: [] }, flat: {} },
  { name: "empty objects", sent: { Options: { Snapshot: {} } }, flat: {} },
  {
    name: "an empty list in a list",
    sent: { Filters: [{ Name: "zone", Values: [] }] },
    flat: { Filters: [{ Name: "zone" }] }
  }
]

interface Refusal extends Call {
  readonly name: string
  readonly code: string
  readonly message: string | RegExp
  /** The modes in which the official client can bring it about; all, if left out. */
  readonly only?: (mode: Mode) => boolean
}

const notFound = "The SecretId is not found, please ensure that your SecretId is correct."
const badToken = "The token is invalid or has expired, please get a new temporary key."
const create = { action: "CreateVolume", request: { Size: 10 } }

const refusals: ReadonlyArray<Refusal> = [
  {
    name: "a wrong SecretKey",
    ...create,
    key: { ...keys.owner, secretKey: "another" },
    code: "AuthFailure.SignatureFailure",
    message: "The provided credentials could not be validated. Please check your signature is correct."
  },
  {
    name: "a SecretId that does not exist",
    ...create,
    key: { ...keys.owner, secretId: "AKIDNOBODY" },
    code: "AuthFailure.SecretIdNotFound",
    message: notFound
  },
  { name: "a disabled key", ...create, key: keys.disabled, code: "AuthFailure.SecretIdNotFound", message: notFound },
  {
    name: "a SecretId that is no API key's",
    ...create,
    key: { ...keys.owner, secretId: "somebody" },
    code: "AuthFailure.InvalidSecretId",
    message: "The SecretId is not that of a cloud API key, please ensure that your SecretId is correct."
  },
  {
    name: "a temporary key without its token",
    ...create,
    key: { secretId: keys.temporary.secretId, secretKey: keys.temporary.secretKey },
    code: "AuthFailure.SecretIdNotFound",
    message: notFound
  },
  {
    name: "a wrong token",
    ...create,
    key: { ...keys.temporary, token: "another" },
    code: "AuthFailure.TokenFailure",
    message: badToken
  },
  { name: "an expired token", ...create, key: keys.expired, code: "AuthFailure.TokenFailure", message: badToken },
  {
    name: "a key that needs multi-factor authentication",
    ...create,
    key: keys.mfa,
    code: "AuthFailure.MFAFailure",
    message: "The key requires multi-factor authentication, please verify and use the temporary key that it gives."
  },
  {
    name: "a sub-account that CAM grants nothing",
    ...create,
    key: keys.stranger,
    code: "AuthFailure.UnauthorizedOperation",
    message: /^You are not authorized .*operation \(ebs:CreateVolume\)\nresource \(\*\) has no permission\n\]$/s
  },
  {
    name: "the unsigned mode",
    ...create,
    options: { skipSign: true },
    only: ({ signMethod }) => signMethod === "TC3-HMAC-SHA256",
    code: "AuthFailure.InvalidAuthorization",
    message: /^The request `Authorization` header does not conform to tencentcloud standards: /
  },
  {
    name: "a missing parameter",
    action: "CreateVolume",
    code: "MissingParameter",
    message: "The request is missing a required parameter `Size`."
  },
  {
    name: "an unknown parameter",
    action: "CreateVolume",
    request: { Size: 10, size: 10 },
    code: "UnknownParameter",
    message: "The parameter `size` is not recognized."
  },
  {
    name: "an unknown parameter, deep in a list",
    action: "Echo",
    request: { Filters: [{ Name: "a" }, { Name: "b", Value: "c" }] },
    code: "UnknownParameter",
    message: "The parameter `Filters.1.Value` is not recognized."
  },
  {
    name: "a value of the wrong type",
    action: "CreateVolume",
    request: { Size: "ten" },
    code: "InvalidParameter",
    message: /^The value type of parameter `Size` is not valid, input type should be `/
  },
  {
    name: "a value that is not accepted",
    action: "CreateVolume",
    request: { Size: 10, Type: "TAPE" },
    code: "InvalidParameterValue",
    message: /^The value specified in the parameter `Type` is not valid/
  },
  {
    name: "a value out of range",
    action: "CreateVolume",
    request: { Size: 9 },
    code: "InvalidParameterValue",
    message: /^The value specified in the parameter `Size` is not valid/
  },
  {
    name: "null before another item of a list, which leaves a gap among its flat indexes",
    action: "Echo",
    request: { Names: [null, "b"] },
    only: ({ flat }) => flat,
    code: "InvalidParameter",
    message: "Parameter `Names` invalid array format, array index must be continuous and starts with 0."
  },
  {
    name: "undefined, which the official client writes into such a query as an empty text",
    action: "CreateVolume",
    request: { Size: undefined },
    only: ({ reqMethod, signMethod }) => reqMethod === "GET" && signMethod === "TC3-HMAC-SHA256",
    code: "InvalidParameter",
    message: /^The value type of parameter `Size` is not valid/
  },
  {
    name: "an action that does not exist",
    action: "CreateVolumes",
    code: "InvalidAction",
    message: "The request action=`CreateVolumes` is invalid or not found in service=`ebs` and version=`2026-01-01`."
  },
  {
    name: "a version that does not exist",
    ...create,
    version: "2019-07-22",
    code: "NoSuchVersion",
    message: "The specified api version=`2019-07-22` does not exist in service=`ebs`."
  },
  {
    name: "a product that does not exist",
    ...create,
    host: "abs.tencentcloudapi.com",
    only: ({ route }) => route === "proxy",
    code: "NoSuchProduct",
    message: "The specified product=`abs` does not exist."
  },
  {
    name: "an action that is out of service",
    action: "DescribeDisks",
    code: "ActionOffline",
    message: "The action `DescribeDisks` is offline."
  },
  {
    name: "a call too many",
    action: "DescribeQuota",
    code: "RequestLimitExceeded",
    message:
      /^Your current request times equals to `\d+` in a second, which exceeds the frequency limit `0` for a second/
  },
  {
    name: "a region that does not offer the action",
    ...create,
    region: "eu-frankfurt",
    code: "UnsupportedRegion",
    message: "The action not support this region."
  },
  {
    name: "no region where one is needed",
    ...create,
    region: "",
    code: "MissingParameter",
    message: "The request is missing a required parameter `Region`."
  },
  {
    name: "a region that cannot be one",
    ...create,
    region: "Guangzhou!",
    code: "InvalidParameterValue",
    message: "A value specified in `Region` is not valid, is unsupported, or cannot be used."
  },
  {
    name: "a query of more than 32 KB",
    action: "Echo",
    request: { Text: "x".repeat(32 * 1024) },
    only: ({ reqMethod }) => reqMethod === "GET",
    code: "RequestSizeLimitExceeded",
    message: /32 KB/
  },
  {
    name: "a form of more than 1 MB",
    action: "Echo",
    request: { Text: "x".repeat(1024 * 1024) },
    only: ({ reqMethod, signMethod }) => reqMethod === "POST" && signMethod !== "TC3-HMAC-SHA256",
    code: "RequestSizeLimitExceeded",
    message: /please use new signature method `TC3-HMAC-SHA256`/
  },
  {
    name: "a dry run that would have succeeded",
    action: "CreateVolume",
    request: { Size: 10, DryRun: true },
    code: "DryRunOperation",
    message: "The request would have succeeded, but the parameter `DryRun` is set."
  },
  {
    name: "a declared error of the handler",
    action: "DeleteVolume",
    request: { VolumeId: "vol-attached" },
    code: "ResourceInUse.VolumeAttached",
    message: "卷 vol-attached is attached."
  },
  {
    name: "a common error of the handler",
    action: "DeleteVolume",
    request: { VolumeId: "vol-云" },
    code: "ResourceNotFound",
    message: "There is no volume vol-云."
  },
  {
    name: "a defect of the handler",
    action: "DeleteVolume",
    request: { VolumeId: "vol-broken" },
    code: "InternalError",
    message: "An internal error has occurred. Retry your request, but if the problem persists, contact us."
  },
  {
    name: "an error in Chinese",
    action: "CreateVolume",
    language: "zh-CN",
    code: "MissingParameter",
    message: "请求缺少必传参数 `Size`。"
  }
]

const assertRefused = (mode: Mode, refusal: Refusal) =>
  Effect.map(Effect.flip(send(mode, refusal)), (exception) => {
    assert.strictEqual(exception.code, refusal.code, exception.message)
    if (typeof refusal.message === "string") assert.strictEqual(exception.message, refusal.message)
    else assert.match(exception.message, refusal.message)
    assert.match(exception.requestId, uuid)
    assert.strictEqual(exception.traceId, traceId)
    const [, told] = /\[request id:([^\]]*)\]/.exec(exception.message) ?? []
    if (told !== undefined) assert.strictEqual(told, exception.requestId)
  })

layer(ServerLive, { excludeTestServices: true })("the official client", (it) => {
  for (const mode of modes) {
    describe(`${mode.name}, by ${mode.route}`, () => {
      it.effect("gets an answer", () =>
        Effect.map(send(mode, { action: "CreateVolume", request: { Size: 20, Type: "SSD" } }), (answer) =>
          assertFields(answer, { VolumeId: "vol-SSD-20" })
        )
      )

      it.effect("gets an answer with a temporary key", () =>
        Effect.map(send(mode, { ...create, key: keys.temporary }), (answer) =>
          assertFields(answer, { VolumeId: "vol-HDD-10" })
        )
      )

      for (const { flat, name, received, sent } of values) {
        it.effect(`sends ${name} unchanged`, () =>
          Effect.gen(function* () {
            const { Received } = (yield* send(mode, { action: "Echo", request: sent })) as { Received: string }
            const expected = (mode.flat ? flat : undefined) ?? received ?? sent
            assert.deepStrictEqual(Either.getOrThrow(Json.parse(Received)), expected)
          })
        )
      }

      for (const refusal of refusals.filter(({ only }) => only === undefined || only(mode))) {
        it.effect(`gets ${refusal.code} for ${refusal.name}`, () => assertRefused(mode, refusal))
      }
    })
  }
})

const json: Mode = { ...encodings[0], route: "endpoint" }
const image = Buffer.from("\r\n--\0图\xff")
const upload = { Name: "云.img", Sha256: hash(image) }

layer(ServerLive, { excludeTestServices: true })("the official client, with bytes", (it) => {
  it.effect("uploads a multipart body", () =>
    Effect.map(
      send(json, {
        action: "UploadImage",
        request: { Name: upload.Name, Content: image },
        options: { multipart: true }
      }),
      (answer) => assertFields(answer, upload)
    )
  )

  it.effect("uploads an octet-stream, with its parameters in headers", () =>
    makeClient(json, { headers: { "X-EBS-Name": "cloud.img" } }).pipe(
      Effect.flatMap((client) => attempt(() => client.requestOctetStream("UploadImage", image))),
      Effect.map((answer) => assertFields(answer, { ...upload, Name: "cloud.img" }))
    )
  )

  it.effect("cannot send a multipart body if the action has no binary member", () =>
    assertRefused(json, {
      name: "multipart",
      action: "Echo",
      request: { Text: "a" },
      options: { multipart: true },
      code: "UnsupportedProtocol",
      message: "this action does not support Content-Type=`multipart/form-data`"
    })
  )
})

for (const direction of ["ahead", "behind"] as const) {
  layer(serverOff("6 minutes", direction), { excludeTestServices: true })(
    `the official client, under a gateway whose clock is 6 minutes ${direction}`,
    (it) => {
      it.effect.each(encodings)("gets AuthFailure.SignatureExpire: $name", (encoding) =>
        assertRefused(
          { ...encoding, route: "endpoint" },
          {
            name: "a clock that is off",
            ...create,
            code: "AuthFailure.SignatureExpire",
            message: "The signature is expired, please request again."
          }
        )
      )
    }
  )

  layer(serverOff("4 minutes", direction), { excludeTestServices: true })(
    `the official client, under a gateway whose clock is 4 minutes ${direction}`,
    (it) => {
      it.effect.each(encodings)("gets an answer: $name", (encoding) =>
        Effect.map(send({ ...encoding, route: "endpoint" }, create), (answer) =>
          assertFields(answer, { VolumeId: "vol-HDD-10" })
        )
      )
    }
  )
}
