/**
 * The messages of the gateway's errors in both languages. Clients parse some of them, so their wording is part of the
 * protocol. They are the real service's own sentences where those are known. Our own are marked as such.
 *
 * @since 0.1.0
 */

import type { Language } from "../wire/Language.js"

export { isLanguage, type Language } from "../wire/Language.js"

/**
 * A message in each language.
 *
 * @since 0.1.0
 * @category models
 */
export type Message = Readonly<Record<Language, string>>

const message = (english: string, chinese: string): Message => ({ "en-US": english, "zh-CN": chinese })

/** Quotes a name. Names come from the request, so a long one is cut off. */
const quote = (name: string): string => `\`${name.length > 128 ? `${name.slice(0, 128)}…` : name}\``

/**
 * `AuthFailure.InvalidSecretId`. Our own wording.
 *
 * @since 0.1.0
 * @category messages
 */
export const invalidSecretId: Message = /* #__PURE__ */ message(
  "The SecretId is not that of a cloud API key, please ensure that your SecretId is correct.",
  "密钥非法，不是云API密钥类型，请检查您的SecretId。"
)

/**
 * `AuthFailure.MFAFailure`. Our own wording.
 *
 * @since 0.1.0
 * @category messages
 */
export const mfaFailure: Message = /* #__PURE__ */ message(
  "The key requires multi-factor authentication, please verify and use the temporary key that it gives.",
  "MFA验证失败，请先完成多因子认证，并使用认证后的临时密钥。"
)

/**
 * `AuthFailure.SecretIdNotFound`, also for a temporary key without its token.
 *
 * @since 0.1.0
 * @category messages
 */
export const secretIdNotFound: Message = /* #__PURE__ */ message(
  "The SecretId is not found, please ensure that your SecretId is correct.",
  "SecretId不存在，请输入正确的密钥。"
)

/**
 * `AuthFailure.SignatureExpire`.
 *
 * @since 0.1.0
 * @category messages
 */
export const signatureExpire: Message = /* #__PURE__ */ message(
  "The signature is expired, please request again.",
  "签名过期，请检查本地时间后重新请求。"
)

/**
 * `AuthFailure.SignatureFailure`.
 *
 * @since 0.1.0
 * @category messages
 */
export const signatureFailure: Message = /* #__PURE__ */ message(
  "The provided credentials could not be validated. Please check your signature is correct.",
  "请求签名验证失败，请检查您的签名计算是否正确。"
)

/**
 * `AuthFailure.TokenFailure`. Our own wording.
 *
 * @since 0.1.0
 * @category messages
 */
export const tokenFailure: Message = /* #__PURE__ */ message(
  "The token is invalid or has expired, please get a new temporary key.",
  "Token错误或已过期，请重新获取临时密钥。"
)

/**
 * `AuthFailure.InvalidAuthorization`. `fault` says what is wrong with the header.
 *
 * @since 0.1.0
 * @category messages
 */
export const invalidAuthorization = (fault: string): Message =>
  message(
    `The request \`Authorization\` header does not conform to tencentcloud standards: ${fault}.`,
    `请求头部的 \`Authorization\` 不符合腾讯云标准：${fault}。`
  )

/**
 * `AuthFailure.UnauthorizedOperation`, with the operation and its resource.
 *
 * @since 0.1.0
 * @category messages
 */
export const unauthorized = (denied: {
  readonly requestId: string
  readonly operation: string
  readonly resource: string
}): Message =>
  message(
    `You are not authorized to perform this operation. Check your CAM policies, and ensure that you are using the correct access keys. [[request id:${denied.requestId}]you are not authorized to perform operation (${denied.operation})\nresource (${denied.resource}) has no permission\n]`,
    "操作未授权，请检查CAM策略。"
  )

/**
 * `MissingParameter`, for a parameter of the action, or a common parameter of signature version 1.
 *
 * @since 0.1.0
 * @category messages
 */
export const missingParameter = (name: string): Message =>
  message(`The request is missing a required parameter ${quote(name)}.`, `请求缺少必传参数 ${quote(name)}。`)

/**
 * `MissingParameter`, for a header of signature version 3.
 *
 * @since 0.1.0
 * @category messages
 */
export const missingHeader = (name: string): Message =>
  message(
    `The request header is missing a required common parameter ${quote(name)}.`,
    `请求头部缺少必传的公共参数 ${quote(name)}。`
  )

/**
 * `UnknownParameter`. Names are case-sensitive.
 *
 * @since 0.1.0
 * @category messages
 */
export const unknownParameter = (name: string): Message =>
  message(`The parameter ${quote(name)} is not recognized.`, `参数 ${quote(name)} 无法识别。`)

/**
 * `InvalidParameter`, for a value of the wrong type. `name` is a path with dots.
 *
 * @since 0.1.0
 * @category messages
 */
export const wrongType = (name: string, expected: string): Message =>
  message(
    `The value type of parameter ${quote(name)} is not valid, input type should be ${quote(expected)}`,
    `参数 ${quote(name)} 取值类型错误。`
  )

/**
 * `InvalidParameter`, for a flat list whose indexes do not start at 0 or have a gap.
 *
 * @since 0.1.0
 * @category messages
 */
export const wrongList = (name: string): Message =>
  message(
    `Parameter ${quote(name)} invalid array format, array index must be continuous and starts with 0.`,
    `参数 ${quote(name)} 数组格式错误，下标必须从0开始且连续。`
  )

/**
 * `InvalidParameter`, for a name that occurs twice.
 *
 * @since 0.1.0
 * @category messages
 */
export const repeated = (name: string): Message =>
  message(`Parameter ${quote(name)} input repeated.`, `参数 ${quote(name)} 重复输入。`)

/**
 * `InvalidParameter`, for a common parameter that is no number.
 *
 * @since 0.1.0
 * @category messages
 */
export const wrongCommonType = (name: string): Message =>
  message(`Parameter ${quote(name)} type error.`, `参数 ${quote(name)} 取值类型错误。`)

/**
 * `InvalidParameter`, for a parameter that cannot be read.
 *
 * @since 0.1.0
 * @category messages
 */
export const wrongFormat = (name: string): Message =>
  message(`Parameter ${quote(name)} format invalid.`, `参数 ${quote(name)} 格式错误。`)

/**
 * `InvalidParameter`, for a part of a form without `=`.
 *
 * @since 0.1.0
 * @category messages
 */
export const formSeparator: Message = /* #__PURE__ */ message(
  "Url key and value should be splited by `=`.",
  "请求参数的键与值应以 `=` 分隔。"
)

/**
 * `InvalidParameter`, for a part of a form without a name.
 *
 * @since 0.1.0
 * @category messages
 */
export const formEmptyName: Message = /* #__PURE__ */ message(
  "The request has a parameter key which is empty string.",
  "请求中存在名称为空的参数。"
)

/**
 * `InvalidParameter`, for a body that is not JSON.
 *
 * @since 0.1.0
 * @category messages
 */
export const notJson: Message = /* #__PURE__ */ message(
  "The request content not valid json format for specified content-type=application/json.",
  "请求内容不是合法的JSON格式，与 content-type=application/json 不符。"
)

/**
 * `InvalidRequest`, for a multipart body that cannot be read. Our own wording.
 *
 * @since 0.1.0
 * @category messages
 */
export const notMultipart: Message = /* #__PURE__ */ message(
  "The request content not valid multipart format for specified content-type=multipart/form-data.",
  "请求内容不是合法的multipart格式，与 content-type=multipart/form-data 不符。"
)

/**
 * `InvalidRequest`, for bytes that are not HTTP. Our own wording.
 *
 * @since 0.1.0
 * @category messages
 */
export const malformedHttp: Message = /* #__PURE__ */ message(
  "The request is not valid HTTP/1.1.",
  "请求不是合法的HTTP/1.1报文。"
)

/**
 * `InvalidParameterValue`, for Region, Language or another common parameter.
 *
 * @since 0.1.0
 * @category messages
 */
export const wrongCommonValue = (name: string): Message =>
  message(
    `A value specified in ${quote(name)} is not valid, is unsupported, or cannot be used.`,
    `参数 ${quote(name)} 取值错误。`
  )

/**
 * `InvalidParameterValue`, for a hash that does not match the body.
 *
 * @since 0.1.0
 * @category messages
 */
export const wrongContentHash: Message = /* #__PURE__ */ message(
  "The value specified in `X-TC-Content-SHA256` is not correct.",
  "`X-TC-Content-SHA256` 取值与请求内容不符。"
)

/**
 * `InvalidParameterValue`, for a parameter of the action. The message does not repeat the value, which may be a secret.
 *
 * @since 0.1.0
 * @category messages
 */
export const wrongValue = (name: string, expected: string): Message =>
  message(
    `The value specified in the parameter ${quote(name)} is not valid: expected ${expected}.`,
    `参数 ${quote(name)} 取值错误：应为 ${expected}。`
  )

/**
 * `InvalidParameter` or `InvalidParameterValue`, for the parameters as a whole, which have no name.
 *
 * @since 0.1.0
 * @category messages
 */
export const wrongParameters = (expected: string): Message =>
  message(`The parameters are not valid as a whole: expected ${expected}.`, `请求参数整体取值错误：应为 ${expected}。`)

/**
 * `UnsupportedRegion`.
 *
 * @since 0.1.0
 * @category messages
 */
export const unsupportedRegion: Message = /* #__PURE__ */ message(
  "The action not support this region.",
  "该接口不支持此地域。"
)

/**
 * `UnsupportedProtocol`, for the method. Our own wording.
 *
 * @since 0.1.0
 * @category messages
 */
export const unsupportedMethod = (method: string): Message =>
  message(
    `The request method ${quote(method)} is not supported, only GET and POST requests are supported.`,
    `不支持请求方法 ${quote(method)}，仅支持 GET 和 POST 请求。`
  )

/**
 * `UnsupportedProtocol`, for the content type.
 *
 * @since 0.1.0
 * @category messages
 */
export const unsupportedContentType = (contentType: string): Message =>
  message(
    `this action does not support Content-Type=${quote(contentType)}`,
    `该接口不支持 Content-Type=${quote(contentType)}`
  )

/**
 * `NoSuchProduct`. Our own wording.
 *
 * @since 0.1.0
 * @category messages
 */
export const noSuchProduct = (product: string): Message =>
  message(`The specified product=${quote(product)} does not exist.`, `产品 ${quote(product)} 不存在。`)

/**
 * `NoSuchVersion`. The service is undefined if the request names none.
 *
 * @since 0.1.0
 * @category messages
 */
export const noSuchVersion = (version: string, service: string | undefined): Message =>
  service === undefined
    ? message(`The specified api version=${quote(version)} does not exist.`, `不存在接口版本 ${quote(version)}。`)
    : message(
        `The specified api version=${quote(version)} does not exist in service=${quote(service)}.`,
        `产品 ${quote(service)} 不存在接口版本 ${quote(version)}。`
      )

/**
 * `InvalidAction`. The service is undefined if the request names none.
 *
 * @since 0.1.0
 * @category messages
 */
export const invalidAction = (action: string, service: string | undefined, version: string): Message =>
  service === undefined
    ? message(
        `The request action=${quote(action)} is invalid or not found in version=${quote(version)}.`,
        `版本 ${quote(version)} 中不存在接口 ${quote(action)}。`
      )
    : message(
        `The request action=${quote(action)} is invalid or not found in service=${quote(service)} and version=${quote(version)}.`,
        `产品 ${quote(service)} 的版本 ${quote(version)} 中不存在接口 ${quote(action)}。`
      )

/**
 * `ActionOffline`. Our own wording.
 *
 * @since 0.1.0
 * @category messages
 */
export const actionOffline = (action: string): Message =>
  message(`The action ${quote(action)} is offline.`, `接口 ${quote(action)} 已下线。`)

/**
 * `RequestLimitExceeded` and its children, with the number of calls in this second, and the limit.
 *
 * @since 0.1.0
 * @category messages
 */
export const requestLimitExceeded = (times: number, limit: number): Message =>
  message(
    `Your current request times equals to \`${times}\` in a second, which exceeds the frequency limit \`${limit}\` for a second. Please reduce the frequency of calls.`,
    `您当前每秒请求 \`${times}\` 次，超过了每秒频率上限 \`${limit}\`，请稍后重试。`
  )

/**
 * `RequestSizeLimitExceeded`. Our own wording.
 *
 * @since 0.1.0
 * @category messages
 */
export const requestTooLarge = (limit: string): Message =>
  message(`The request size exceeds the limit of ${limit}.`, `请求包超过限制大小 ${limit}。`)

/**
 * `RequestSizeLimitExceeded`, for the limit of signature version 1.
 *
 * @since 0.1.0
 * @category messages
 */
export const requestTooLargeForV1: Message = /* #__PURE__ */ message(
  "The provided credentials could not be validated because of exceeding request size limit, please use new signature method `TC3-HMAC-SHA256`.",
  "请求包超过限制大小，签名无法验证，请使用新的签名方法 `TC3-HMAC-SHA256`。"
)

/**
 * `ResponseSizeLimitExceeded`. Our own wording.
 *
 * @since 0.1.0
 * @category messages
 */
export const responseTooLarge = (limit: string): Message =>
  message(
    `The response size exceeds the limit of ${limit}. Please ask for less at a time.`,
    `返回包超过限制大小 ${limit}，请减少单次请求的数据量。`
  )

/**
 * `DryRunOperation`.
 *
 * @since 0.1.0
 * @category messages
 */
export const dryRun: Message = /* #__PURE__ */ message(
  "The request would have succeeded, but the parameter `DryRun` is set.",
  "DryRun 操作，请求参数合法，仅因设置了 `DryRun` 而未执行。"
)

/**
 * `InternalError`.
 *
 * @since 0.1.0
 * @category messages
 */
export const internalError: Message = /* #__PURE__ */ message(
  "An internal error has occurred. Retry your request, but if the problem persists, contact us.",
  "内部服务错误，请稍后重试。"
)

/**
 * `IpInBlacklist`. Our own wording.
 *
 * @since 0.1.0
 * @category messages
 */
export const ipInBlacklist: Message = /* #__PURE__ */ message(
  "Your IP address is on the blacklist and is not allowed to call this API.",
  "您的IP地址在黑名单中，禁止调用此接口。"
)

/**
 * `IpNotInWhitelist`. Our own wording.
 *
 * @since 0.1.0
 * @category messages
 */
export const ipNotInWhitelist: Message = /* #__PURE__ */ message(
  "Your IP address is not on the whitelist and is not allowed to call this API.",
  "您的IP地址不在白名单中，禁止调用此接口。"
)

/**
 * `InvalidRequest`, for a request that arrives too slowly. Our own wording.
 *
 * @since 0.1.0
 * @category messages
 */
export const requestTooSlow: Message = /* #__PURE__ */ message(
  "The request did not arrive in time.",
  "请求未在规定时间内接收完毕。"
)

/**
 * `RequestLimitExceeded`, for a body that has no room beside the others that arrive at the same time. Our own wording.
 *
 * @since 0.1.0
 * @category messages
 */
export const tooManyBytes: Message = /* #__PURE__ */ message(
  "The service is receiving too much data at once. Please retry your request later.",
  "服务当前接收的数据过多，请稍后重试。"
)
