/**
 * Signature version 1: HMAC-SHA1 or HMAC-SHA256 over the sorted parameters of a query or a form.
 * Source: https://www.tencentcloud.com/document/api/213/31575
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as crypto from "#crypto"
import * as bytes from "./internal/bytes.js"

/**
 * The HMAC, as `SignatureMethod` names it.
 *
 * @since 0.1.0
 * @category models
 */
export type Method = "HmacSHA1" | "HmacSHA256"

/**
 * A parameter: its name and its value, both unencoded.
 *
 * @since 0.1.0
 * @category models
 */
export type Parameter = readonly [name: string, value: string]

/**
 * Returns the method for a request's `SignatureMethod`. Anything but `HmacSHA256` means HmacSHA1, and so does an absent one.
 *
 * @since 0.1.0
 * @category getters
 */
export const methodOf = (signatureMethod: string | undefined): Method =>
  signatureMethod === "HmacSHA256" ? "HmacSHA256" : "HmacSHA1"

/** V8 sees faster that two names differ than which is the smaller. */
const byKey = (one: readonly [string, unknown], other: readonly [string, unknown]): number =>
  one[0] === other[0] ? 0 : one[0] < other[0] ? -1 : 1

/** Sorts by the bytes of the names. For ASCII these are the code units. Any other name is encoded once, before it is compared. */
const sort = (parameters: ReadonlyArray<Parameter>): ReadonlyArray<Parameter> => {
  const rest = parameters.filter(([name]) => name !== "Signature")
  if (rest.every(([name]) => bytes.isAscii(name))) return rest.sort(byKey)
  return rest
    .map((parameter) => [bytes.sortKey(parameter[0]), parameter] as const)
    .sort(byKey)
    .map(([, parameter]) => parameter)
}

const join = (parameters: ReadonlyArray<Parameter>): string =>
  sort(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join("&")

/**
 * Returns the text to sign: the method, the host, the path, and all parameters but `Signature`, sorted by the bytes of their
 * names.
 *
 * @since 0.1.0
 * @category signing
 */
export const source = (request: {
  readonly method: string
  readonly host: string
  /** Default: `/`. */
  readonly path?: string | undefined
  readonly parameters: ReadonlyArray<Parameter>
}): string => `${request.method}${request.host}${request.path ?? "/"}?${join(request.parameters)}`

/**
 * Signs a source. Returns the signature in Base64.
 *
 * @since 0.1.0
 * @category signing
 */
export const sign = (source: string, method: Method, secretKey: Redacted.Redacted): string =>
  crypto.hmacBase64(method === "HmacSHA1" ? "sha1" : "sha256", Redacted.value(secretKey), source)

/**
 * Returns whether a signature is correct. Also accepts a host that was signed without its port, and names that were signed
 * with `.` for `_`, as the official Python client does. So is a signature for one of the other `hosts`.
 *
 * @since 0.1.0
 * @category verification
 */
export const verify = (
  request: {
    readonly method: string
    readonly host: string
    readonly path?: string | undefined
    readonly parameters: ReadonlyArray<Parameter>
    /** Other hosts that the signature may be for. Default: none. */
    readonly hosts?: ReadonlyArray<string> | undefined
  },
  signature: string,
  method: Method,
  secretKey: Redacted.Redacted
): boolean => {
  const { host, hosts = [] } = request
  const portless = host.replace(/:\d+$/, "")
  const path = request.path ?? "/"
  const texts = [join(request.parameters)]
  if (request.parameters.some(([name]) => name.includes("_"))) {
    // That client renames before it sorts.
    texts.push(join(request.parameters.map(([name, value]) => [name.replaceAll("_", "."), value])))
  }
  return [...new Set([host, portless, ...hosts])].some((host) =>
    texts.some((text) => crypto.equals(sign(`${request.method}${host}${path}?${text}`, method, secretKey), signature))
  )
}
