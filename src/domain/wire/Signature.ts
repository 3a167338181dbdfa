/**
 * Signature version 3, TC3-HMAC-SHA256: what is signed, with which key, and how it is checked.
 * Source: https://www.tencentcloud.com/document/api/213/33224
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as crypto from "./internal/crypto.js"
import * as Timestamp from "./Timestamp.js"

/**
 * Signature version 1: HMAC-SHA1 or HMAC-SHA256 over the sorted parameters of a query or a form.
 *
 * @since 0.1.0
 * @category version 1
 */
export * as V1 from "./SignatureV1.js"

/**
 * The name of the algorithm, as it stands in `Authorization`.
 *
 * @since 0.1.0
 * @category constants
 */
export const algorithm = "TC3-HMAC-SHA256"

/**
 * The word that stands for the body in `X-TC-Content-SHA256`, and in the hash, where the body itself is not signed.
 *
 * @since 0.1.0
 * @category constants
 */
export const unsignedPayload = "UNSIGNED-PAYLOAD"

/**
 * The SHA-256 of a body, in lower-case hexadecimal: what `X-TC-Content-SHA256` may state.
 *
 * @since 0.1.0
 * @category getters
 */
export const hash = (body: string | Uint8Array): string => crypto.sha256Hex(body)

/**
 * What a signature speaks of.
 *
 * @since 0.1.0
 * @category models
 */
export interface Signable {
  /** `GET` or `POST`. */
  readonly method: string
  /** Default: `/`, which is the path of every request that follows the protocol. */
  readonly path?: string | undefined
  /** The query string as it is sent, already encoded, without its `?`. Empty for POST. */
  readonly query: string
  /** The headers that are signed: lower-case name, value as it is sent. `content-type` and `host` must be among them. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as it is sent; empty for GET. */
  readonly payload: string | Uint8Array
}

/**
 * What a signature is good for: one product on one UTC day.
 *
 * @since 0.1.0
 * @category models
 */
export interface Scope {
  /** UTC day, `2019-02-25`. */
  readonly date: string
  /** The product, as it is the first label of the host name. */
  readonly service: string
}

/**
 * A scope as it stands in `Authorization` and in the string to sign.
 *
 * @since 0.1.0
 * @category formatting
 */
export const formatScope = (scope: Scope): string => `${scope.date}/${scope.service}/tc3_request`

/**
 * The names of signed headers, in the order in which they are signed.
 *
 * @since 0.1.0
 * @category formatting
 */
export const signedHeaderNames = (headers: Readonly<Record<string, string>>): ReadonlyArray<string> =>
  Object.keys(headers).sort()

/** A header may be called `constructor`, so only an object's own members count. */
const header = (headers: Readonly<Record<string, string>>, name: string): string =>
  Object.hasOwn(headers, name) ? (headers[name] ?? "") : ""

/** The names of the signed headers, in the order in which they are hashed. */
interface Names {
  readonly names: ReadonlyArray<string>
  /** The same as they are listed. */
  readonly listed: string
}

interface Canonical extends Omit<Signable, "payload">, Names {
  readonly payloadHash: string
}

const canonical = (request: Canonical, value: (raw: string) => string, host?: string): string => {
  let headers = ""
  for (const name of request.names) {
    const raw = name === "host" && host !== undefined ? host : header(request.headers, name)
    headers += `${name}:${value(raw).trim()}\n`
  }
  const { listed, method, path = "/", payloadHash, query } = request
  return `${method}\n${path}\n${query}\n${headers}\n${listed}\n${payloadHash}`
}

const lowerCase = (value: string): string => value.toLowerCase()
const asSent = (value: string): string => value

/** The names that were signed last: most requests of a program sign the same. */
let latest: Names = { names: [], listed: "" }

const { hasOwnProperty } = Object.prototype

const areLatest = (headers: Readonly<Record<string, string>>): boolean => {
  const { names } = latest
  let index = 0
  for (const name in headers) {
    if (names[index] !== name || !hasOwnProperty.call(headers, name)) return false
    index += 1
  }
  return index === names.length
}

const namesOf = (headers: Readonly<Record<string, string>>): Names => {
  if (!areLatest(headers)) {
    const names = signedHeaderNames(headers)
    latest = { names, listed: names.join(";") }
  }
  return latest
}

const ofSignable = ({ headers, method, path, payload, query }: Signable): Canonical => {
  const { listed, names } = namesOf(headers)
  return { method, path, query, headers, names, listed, payloadHash: hash(payload) }
}

/**
 * The canonical request: method, path, query, headers, their names, and the hash of the body, a line each. Values of
 * headers are written in lower case, as the document says.
 *
 * @since 0.1.0
 * @category signing
 */
export const canonicalRequest = (signable: Signable): string => canonical(ofSignable(signable), lowerCase)

/**
 * The text that is signed.
 *
 * @since 0.1.0
 * @category signing
 */
export const stringToSign = (canonicalRequest: string, timestamp: Timestamp.Timestamp | string, scope: Scope): string =>
  textToSign(canonicalRequest, timestamp, formatScope(scope))

const textToSign = (canonicalRequest: string, timestamp: Timestamp.Timestamp | string, scope: string): string =>
  `${algorithm}\n${timestamp}\n${scope}\n${crypto.sha256Hex(canonicalRequest)}`

/**
 * The three keys that lead from a SecretKey to a signature. The last one signs, and may be kept for its day.
 *
 * @since 0.1.0
 * @category models
 */
export interface DerivedKeys {
  readonly date: Uint8Array
  readonly service: Uint8Array
  readonly signing: Uint8Array
}

/**
 * Derives the keys of a scope: HMAC of the date, of the product, and of `tc3_request`, one keyed with the other.
 *
 * @since 0.1.0
 * @category signing
 */
export const deriveKeys = (secretKey: Redacted.Redacted, scope: Scope): DerivedKeys => {
  const date = crypto.hmacSha256(`TC3${Redacted.value(secretKey)}`, scope.date)
  const service = crypto.hmacSha256(date, scope.service)
  return { date, service, signing: crypto.hmacSha256(service, "tc3_request") }
}

/**
 * A key that signs for one scope.
 *
 * @since 0.1.0
 * @category models
 */
export type SigningKey = Redacted.Redacted<Uint8Array>

/**
 * The key that signs for a scope.
 *
 * @since 0.1.0
 * @category signing
 */
export const signingKey = (secretKey: Redacted.Redacted, scope: Scope): SigningKey =>
  Redacted.make(deriveKeys(secretKey, scope).signing)

/**
 * Signs, and gives the value of the header `Authorization`.
 *
 * @since 0.1.0
 * @category signing
 */
export const authorization = (options: {
  readonly signable: Signable
  readonly timestamp: Timestamp.Timestamp
  readonly service: string
  readonly secretId: string
  readonly key: SigningKey
}): string => {
  const { key, secretId, service, signable, timestamp } = options
  const scope = formatScope({ date: Timestamp.utcDay(timestamp), service })
  const request = ofSignable(signable)
  const text = textToSign(canonical(request, lowerCase), timestamp, scope)
  return format(secretId, scope, request.listed, crypto.hmacSha256Hex(Redacted.value(key), text))
}

/**
 * What the header `Authorization` says.
 *
 * @since 0.1.0
 * @category models
 */
export interface Authorization {
  readonly secretId: string
  readonly scope: Scope
  /** Lower-case names, in the order of the header. */
  readonly signedHeaders: ReadonlyArray<string>
  /** 64 lower-case hexadecimal digits. */
  readonly signature: string
}

/**
 * Writes the header `Authorization`.
 *
 * @since 0.1.0
 * @category formatting
 */
export const formatAuthorization = (parts: Authorization): string =>
  format(parts.secretId, formatScope(parts.scope), parts.signedHeaders.join(";"), parts.signature)

const format = (secretId: string, scope: string, signedHeaders: string, signature: string): string =>
  `${algorithm} Credential=${secretId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`

/** Real clients sign two or three. */
const maxSignedHeaders = 64

/** As nearly every client writes it: what it finds here, the way through all parts would find as well. */
const usual =
  /^TC3-HMAC-SHA256 Credential=([\w*-]+)\/(\d{4}-\d{2}-\d{2})\/([\w-]+)\/tc3_request, ?SignedHeaders=([^,=\s]+), ?Signature=([0-9a-f]{64})$/

interface Fields {
  readonly secretId: string
  readonly date: string
  readonly service: string
  readonly signedHeaders: string
  readonly signature: string
}

/** Reads it in whatever order and with whatever white space. */
const readParts = (text: string): Either.Either<Fields, string> => {
  const map = new Map<string, string>()
  for (const part of text.split(",")) {
    const equals = part.indexOf("=")
    const name = part.slice(0, Math.max(equals, 0)).trim()
    if (name === "") return Either.left("its parts should be written as `Name=value` and separated by commas")
    if (map.has(name)) return Either.left("one of its parts is given twice")
    map.set(name, part.slice(equals + 1).trim())
  }
  const credential = map.get("Credential")
  const signedHeaders = map.get("SignedHeaders")
  const signature = map.get("Signature")
  if (credential === undefined) return Either.left("`Credential` is missing")
  if (signedHeaders === undefined) return Either.left("`SignedHeaders` is missing")
  if (signature === undefined) return Either.left("`Signature` is missing")
  const [secretId, date, service, terminator, ...rest] = credential.split("/")
  if (!secretId || !date || !service || terminator !== "tc3_request" || rest.length > 0)
    return Either.left("`Credential` should be `SecretId/Date/Service/tc3_request`")
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return Either.left("`Date` in Credential not valid")
  return /^[0-9a-f]{64}$/.test(signature)
    ? Either.right({ secretId, date, service, signedHeaders, signature })
    : Either.left("`Signature` should be 64 lower-case hexadecimal digits")
}

const readFields = (header: string): Either.Either<Fields, string> => {
  const [, secretId, date, service, signedHeaders, signature] = usual.exec(header) ?? []
  if (secretId && date && service && signedHeaders && signature) {
    return Either.right({ secretId, date, service, signedHeaders, signature })
  }
  const space = header.indexOf(" ")
  return header.slice(0, Math.max(space, 0)) === algorithm
    ? readParts(header.slice(space + 1))
    : Either.left(`it should begin with \`${algorithm}\``)
}

/** The list of signed headers that was read last, and how they are hashed: most clients sign the same. */
let read: Names & { readonly inOrder: ReadonlyArray<string> } = { names: [], listed: "", inOrder: [] }

const readNames = (listed: string): Either.Either<ReadonlyArray<string>, string> => {
  if (listed === read.listed && listed !== "") return Either.right(read.inOrder)
  const inOrder = listed.split(";")
  const odd = inOrder.length > maxSignedHeaders || inOrder.some((name) => !/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name))
  if (odd || new Set(inOrder).size !== inOrder.length)
    return Either.left("`SignedHeaders` should be distinct lower-case names separated by semicolons")
  if (!inOrder.includes("content-type") || !inOrder.includes("host")) {
    return Either.left("`SignedHeaders` should name `content-type` and `host`")
  }
  read = { names: [...inOrder].sort(), listed, inOrder: Object.freeze(inOrder) }
  return Either.right(inOrder)
}

/** How signed headers are hashed. */
const namesRead = (inOrder: ReadonlyArray<string>): Names =>
  inOrder === read.inOrder ? read : { names: [...inOrder].sort(), listed: inOrder.join(";") }

/**
 * Reads the header `Authorization`. Fails with what is wrong with it, as a clause that quotes nothing.
 *
 * @since 0.1.0
 * @category decoding
 */
export const parseAuthorization = (header: string): Either.Either<Authorization, string> => {
  const fields = readFields(header)
  if (Either.isLeft(fields)) return Either.left(fields.left)
  const { date, secretId, service, signature, signedHeaders } = fields.right
  const names = readNames(signedHeaders)
  return Either.isRight(names)
    ? Either.right({ secretId, scope: { date, service }, signedHeaders: names.right, signature })
    : Either.left(names.left)
}

/**
 * A signed request as the server has it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Received {
  readonly method: string
  /** As it was sent. Default: `/`. */
  readonly path?: string | undefined
  /** The raw query, as it was sent. */
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string | Uint8Array
  /** The text of `X-TC-Timestamp`. */
  readonly timestamp: string
  readonly authorization: Authorization
}

/**
 * Whether a signature is right. Every byte of what it speaks of counts, and the comparison takes the same time wherever a
 * wrong one differs.
 *
 * Two things that real clients do are taken as well: values of headers signed as they were sent, and not in lower case; and
 * a host signed without the port that was sent.
 *
 * @since 0.1.0
 * @category verification
 */
export const verify = (received: Received, key: SigningKey): boolean => {
  const { authorization, headers, method, path, payload, query, timestamp } = received
  const { scope, signature, signedHeaders } = authorization
  const { listed, names } = namesRead(signedHeaders)
  const request: Canonical = { method, path, query, headers, names, listed, payloadHash: hash(payload) }
  const secret = Redacted.value(key)
  const isSigned = (text: string): boolean =>
    crypto.equals(crypto.hmacSha256Hex(secret, stringToSign(text, timestamp, scope)), signature)
  const isSignedFor = (host: string): boolean => {
    const lower = canonical(request, lowerCase, host)
    if (isSigned(lower)) return true
    const sent = canonical(request, asSent, host)
    return sent !== lower && isSigned(sent)
  }
  const host = header(headers, "host")
  const portless = host.replace(/:\d+$/, "")
  return isSignedFor(host) || (portless !== host && isSignedFor(portless))
}
