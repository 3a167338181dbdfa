/**
 * Signature version 1: every parameter of a query or a form, sorted, under HMAC-SHA1 or HMAC-SHA256.
 * Source: https://www.tencentcloud.com/document/api/213/31575
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as bytes from "./internal/bytes.js"
import * as crypto from "./internal/crypto.js"

/**
 * The hash under the HMAC, as `SignatureMethod` names it.
 *
 * @since 0.1.0
 * @category models
 */
export type Method = "HmacSHA1" | "HmacSHA256"

/**
 * A parameter: its name and its value, neither of them encoded.
 *
 * @since 0.1.0
 * @category models
 */
export type Parameter = readonly [name: string, value: string]

/**
 * The method that a request names in `SignatureMethod`: anything but `HmacSHA256` means HmacSHA1, as does nothing.
 *
 * @since 0.1.0
 * @category getters
 */
export const methodOf = (signatureMethod: string | undefined): Method =>
  signatureMethod === "HmacSHA256" ? "HmacSHA256" : "HmacSHA1"

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text)

/** By the bytes of the names; of ASCII those are the code units, which are compared much faster. */
const sorted = (parameters: ReadonlyArray<Parameter>): ReadonlyArray<Parameter> => {
  const signed = parameters.filter(([name]) => name !== "Signature")
  return signed.every(([name]) => isAscii(name))
    ? signed.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    : signed.sort(([one], [other]) => bytes.compare(one, other))
}

const join = (parameters: ReadonlyArray<Parameter>): string =>
  sorted(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join("&")

/**
 * The text that is signed: method, host, path, and all parameters but `Signature`, sorted by the bytes of their names.
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
 * Signs a source; the signature is in Base64.
 *
 * @since 0.1.0
 * @category signing
 */
export const sign = (source: string, method: Method, secretKey: Redacted.Redacted): string =>
  crypto.hmacBase64(method === "HmacSHA1" ? "sha1" : "sha256", Redacted.value(secretKey), source)

/**
 * Whether a signature is right. Taken as well are a host signed without its port, and `_` in names signed as `.`, which is
 * what Python's official client does.
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
  },
  signature: string,
  method: Method,
  secretKey: Redacted.Redacted
): boolean => {
  const portless = request.host.replace(/:\d+$/, "")
  const path = request.path ?? "/"
  const texts = [join(request.parameters)]
  if (request.parameters.some(([name]) => name.includes("_"))) {
    // Renamed before they are sorted, as that client does it.
    texts.push(join(request.parameters.map(([name, value]) => [name.replaceAll("_", "."), value])))
  }
  return [...new Set([request.host, portless])].some((host) =>
    texts.some((text) => crypto.equals(sign(`${request.method}${host}${path}?${text}`, method, secretKey), signature))
  )
}
