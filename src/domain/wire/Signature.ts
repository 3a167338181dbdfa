/**
 * Signs requests and verifies signatures: version 3, TC3-HMAC-SHA256. {@link V1} has the older version 1.
 * Source: https://www.tencentcloud.com/document/api/213/33224
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as crypto from "#crypto"
import * as Timestamp from "./Timestamp.js"

/**
 * Signature version 1: HMAC-SHA1 or HMAC-SHA256 over the sorted parameters of a query or a form.
 *
 * @since 0.1.0
 * @category version 1
 */
export * as V1 from "./SignatureV1.js"

/**
 * The name of the algorithm in `Authorization`.
 *
 * @since 0.1.0
 * @category constants
 */
export const algorithm = "TC3-HMAC-SHA256"

/**
 * The word that replaces the body, in the hash and in `X-TC-Content-SHA256`, if the signature does not cover the body.
 *
 * @since 0.1.0
 * @category constants
 */
export const unsignedPayload = "UNSIGNED-PAYLOAD"

/**
 * Returns the SHA-256 of a body in lower-case hexadecimal digits, as `X-TC-Content-SHA256` writes it.
 *
 * @since 0.1.0
 * @category getters
 */
export const hash = (body: string | Uint8Array): string => crypto.sha256Hex(body)

/**
 * The parts of a request that a signature covers.
 *
 * @since 0.1.0
 * @category models
 */
export interface Signable {
  /** `GET` or `POST`. */
  readonly method: string
  /** Default: `/`, the path of every request that follows the protocol. */
  readonly path?: string | undefined
  /** The query string as the request sends it: encoded, and without its `?`. Empty for POST. */
  readonly query: string
  /** The signed headers, with lower-case names and values as the request sends them. Must have `content-type` and `host`. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as the request sends it. Empty for GET. */
  readonly payload: string | Uint8Array
}

/**
 * The scope of a signature: one product on one UTC day.
 *
 * @since 0.1.0
 * @category models
 */
export interface Scope {
  /** The UTC day: `2019-02-25`. */
  readonly date: string
  /** The product, as the first label of the host name writes it. */
  readonly service: string
}

/**
 * Formats a scope for `Authorization` and for the string to sign.
 *
 * @since 0.1.0
 * @category formatting
 */
export const formatScope = (scope: Scope): string => `${scope.date}/${scope.service}/tc3_request`

/** Only an object's own members count, because a header may be called `constructor`. */
const header = (headers: Readonly<Record<string, string>>, name: string): string =>
  Object.hasOwn(headers, name) ? (headers[name] ?? "") : ""

/** The names of the signed headers. */
interface SignedNames {
  /** The names in the order of their values in the canonical request. */
  readonly names: ReadonlyArray<string>
  /** The list of the names in `Authorization` and in the canonical request. */
  readonly list: string
}

interface Canonical extends Omit<Signable, "payload">, SignedNames {
  readonly payloadHash: string
}

/** Removes the white space that HTTP allows around a value. A no-break space is a part of it. */
const trim = (value: string): string => {
  const trimmed = value.trim()
  return trimmed.length === value.length ? value : value.replace(/^[ \t]+/, "").replace(/[ \t]+$/, "")
}

const formatCanonical = (request: Canonical, value: (raw: string) => string, host?: string): string => {
  let headers = ""
  for (const name of request.names) {
    const raw = name === "host" && host !== undefined ? host : header(request.headers, name)
    headers += `${name}:${trim(value(raw))}\n`
  }
  const { list, method, path = "/", payloadHash, query } = request
  return `${method}\n${path}\n${query}\n${headers}\n${list}\n${payloadHash}`
}

const lowerCase = (value: string): string => value.toLowerCase()
const asSent = (value: string): string => value

/** The last names, because most requests of a program sign the same headers: docs/performance.md, P8. */
let latest: SignedNames = { names: [], list: "" }

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

const namesOf = (headers: Readonly<Record<string, string>>): SignedNames => {
  if (!areLatest(headers)) {
    const names = Object.keys(headers).sort()
    latest = { names, list: names.join(";") }
  }
  return latest
}

const toCanonical = ({ headers, method, path, payload, query }: Signable): Canonical => {
  const { list, names } = namesOf(headers)
  return { method, path, query, headers, names, list, payloadHash: hash(payload) }
}

/**
 * Returns the canonical request. Its lines are the method, the path, the query, the headers, their names, and the hash of the
 * body. It has the values of headers in lower case, as the document says.
 *
 * @since 0.1.0
 * @category signing
 */
export const canonicalRequest = (signable: Signable): string => formatCanonical(toCanonical(signable), lowerCase)

/**
 * Returns the text to sign.
 *
 * @since 0.1.0
 * @category signing
 */
export const stringToSign = (canonicalRequest: string, timestamp: Timestamp.Timestamp | string, scope: Scope): string =>
  textToSign(canonicalRequest, timestamp, formatScope(scope))

const textToSign = (canonicalRequest: string, timestamp: Timestamp.Timestamp | string, scope: string): string =>
  `${algorithm}\n${timestamp}\n${scope}\n${crypto.sha256Hex(canonicalRequest)}`

/**
 * The three keys between a SecretKey and a signature. The last one signs, and is valid for its day.
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
 * Derives the keys of a scope: the HMAC of the date, of the product, and of `tc3_request`. Each is the key of the next one.
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
 * Derives the key that signs for a scope.
 *
 * @since 0.1.0
 * @category signing
 */
export const signingKey = (secretKey: Redacted.Redacted, scope: Scope): SigningKey =>
  Redacted.make(deriveKeys(secretKey, scope).signing)

/**
 * Signs a request. Returns the value of the header `Authorization`.
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
  const request = toCanonical(signable)
  const text = textToSign(formatCanonical(request, lowerCase), timestamp, scope)
  return format(secretId, scope, request.list, crypto.hmacSha256Hex(Redacted.value(key), text))
}

/**
 * The parts of the header `Authorization`.
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
 * Formats the header `Authorization`.
 *
 * @since 0.1.0
 * @category formatting
 */
export const formatAuthorization = (parts: Authorization): string =>
  format(parts.secretId, formatScope(parts.scope), parts.signedHeaders.join(";"), parts.signature)

const format = (secretId: string, scope: string, signedHeaders: string, signature: string): string =>
  `${algorithm} Credential=${secretId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`

/** Real clients sign two or three headers. */
const maxSignedHeaders = 64

/** The most letters of the service in a scope: more than the name of any product has. */
const maxService = 64

/** The form that nearly every client writes. It is a fast path, and reads the same as {@link parseParts}. */
const usual =
  /^TC3-HMAC-SHA256 Credential=([\w*-]+)\/(\d{4}-\d{2}-\d{2})\/([\w-]{1,64})\/tc3_request, ?SignedHeaders=([^,=\s]+), ?Signature=([0-9a-f]{64})$/

interface Fields {
  readonly secretId: string
  readonly date: string
  readonly service: string
  readonly signedHeaders: string
  readonly signature: string
}

/** Parses the parts in any order and with any white space. */
const parseParts = (text: string): Either.Either<Fields, string> => {
  const map = new Map<string, string>()
  for (const part of text.split(",")) {
    const equals = part.indexOf("=")
    const name = part.slice(0, Math.max(equals, 0)).trim()
    if (name === "") return Either.left("its parts should be written as `Name=value` and separated by commas")
    if (map.has(name)) return Either.left("one of its parts occurs twice")
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
  if (service.length > maxService) return Either.left("`Service` in Credential not valid")
  return /^[0-9a-f]{64}$/.test(signature)
    ? Either.right({ secretId, date, service, signedHeaders, signature })
    : Either.left("`Signature` should be 64 lower-case hexadecimal digits")
}

const parseFields = (header: string): Either.Either<Fields, string> => {
  const [, secretId, date, service, signedHeaders, signature] = usual.exec(header) ?? []
  if (secretId && date && service && signedHeaders && signature) {
    return Either.right({ secretId, date, service, signedHeaders, signature })
  }
  const space = header.indexOf(" ")
  return header.slice(0, Math.max(space, 0)) === algorithm
    ? parseParts(header.slice(space + 1))
    : Either.left(`it should begin with \`${algorithm}\``)
}

/** The last list of signed headers, because most clients sign the same ones: docs/performance.md, P8. */
let latestParsed: SignedNames & { readonly inOrder: ReadonlyArray<string> } = { names: [], list: "", inOrder: [] }

const parseNames = (list: string): Either.Either<ReadonlyArray<string>, string> => {
  if (list === latestParsed.list && list !== "") return Either.right(latestParsed.inOrder)
  const inOrder = list.split(";")
  const isInvalid =
    inOrder.length > maxSignedHeaders || inOrder.some((name) => !/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name))
  if (isInvalid || new Set(inOrder).size !== inOrder.length)
    return Either.left("`SignedHeaders` should be distinct lower-case names separated by semicolons")
  if (!inOrder.includes("content-type") || !inOrder.includes("host")) {
    return Either.left("`SignedHeaders` should name `content-type` and `host`")
  }
  latestParsed = { names: [...inOrder].sort(), list, inOrder: Object.freeze(inOrder) }
  return Either.right(inOrder)
}

const signedNamesOf = (inOrder: ReadonlyArray<string>): SignedNames =>
  inOrder === latestParsed.inOrder ? latestParsed : { names: [...inOrder].sort(), list: inOrder.join(";") }

/**
 * Parses the header `Authorization`. Fails with a clause that says what is wrong, and quotes nothing of the header.
 *
 * @since 0.1.0
 * @category decoding
 */
export const parseAuthorization = (header: string): Either.Either<Authorization, string> => {
  const fields = parseFields(header)
  if (Either.isLeft(fields)) return Either.left(fields.left)
  const { date, secretId, service, signature, signedHeaders } = fields.right
  const names = parseNames(signedHeaders)
  return Either.isRight(names)
    ? Either.right({ secretId, scope: { date, service }, signedHeaders: names.right, signature })
    : Either.left(names.left)
}

/**
 * A signed request as the server received it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Received {
  readonly method: string
  /** As the client sent it. Default: `/`. */
  readonly path?: string | undefined
  /** The raw query, as the client sent it. */
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string | Uint8Array
  /** The text of `X-TC-Timestamp`. */
  readonly timestamp: string
  readonly authorization: Authorization
  /** Other hosts that the signature may be for, such as those under which callers know a server behind a proxy. Default: none. */
  readonly hosts?: ReadonlyArray<string> | undefined
}

/**
 * Returns whether a signature is correct. It depends on every byte of the signed parts. The comparison takes the same time
 * wherever a wrong signature differs.
 *
 * Real clients also sign the values of headers as they send them, not in lower case, or sign the host without its port. Both
 * are accepted. So is a signature for one of the other `hosts`.
 *
 * @since 0.1.0
 * @category verification
 */
export const verify = (received: Received, key: SigningKey): boolean => {
  const { authorization, headers, hosts, method, path, payload, query, timestamp } = received
  const { scope, signature, signedHeaders } = authorization
  const { list, names } = signedNamesOf(signedHeaders)
  const request: Canonical = { method, path, query, headers, names, list, payloadHash: hash(payload) }
  const secret = Redacted.value(key)
  const isSigned = (text: string): boolean =>
    crypto.equals(crypto.hmacSha256Hex(secret, stringToSign(text, timestamp, scope)), signature)
  const isSignedFor = (host: string): boolean => {
    const lower = formatCanonical(request, lowerCase, host)
    if (isSigned(lower)) return true
    const sent = formatCanonical(request, asSent, host)
    return sent !== lower && isSigned(sent)
  }
  const host = header(headers, "host")
  const portless = host.replace(/:\d+$/, "")
  if (isSignedFor(host) || (portless !== host && isSignedFor(portless))) return true
  return hosts?.some((other) => other !== host && other !== portless && isSignedFor(other)) ?? false
}
