/**
 * A verifier of signatures that shares nothing with the library. It follows the published documents, and knows the two habits of the
 * official clients that a server must accept: a host that is signed without its port, and header values that are not in lower case.
 */
import * as Crypto from "node:crypto"

/** A request as a client writes it: names in any case, in any order, more than once. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body: Uint8Array
}

export interface KnownKey {
  readonly secretId: string
  readonly secretKey: string
  readonly token?: string
}

/** The fields of the header `Authorization`. */
export interface Fields {
  readonly algorithm: string
  readonly secretId: string
  readonly date: string
  readonly service: string
  readonly terminator: string
  readonly signedHeaders: string
  readonly signature: string
}

export const formatFields = (fields: Fields): string => {
  const { algorithm, date, secretId, service, signature, signedHeaders, terminator } = fields
  const credential = [secretId, date, service, terminator].join("/")
  return `${algorithm} Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${signature}`
}

const trimSpaces = (value: string): string => value.replace(/^[ \t]+/, "").replace(/[ \t]+$/, "")

/** Headers that HTTP allows once. The first one counts. */
const single = new Set(["authorization", "content-type", "host"])

/** The value of a header, without the white space around it. The values of one that is there more than once are a list. */
export const headerOf = (sent: Sent, name: string): string | undefined => {
  const found = sent.headers.filter(([given]) => given.toLowerCase() === name).map(([, value]) => trimSpaces(value))
  return single.has(name) || found.length === 0 ? found[0] : found.join(", ")
}

const sha256 = (data: string | Uint8Array): string => Crypto.createHash("sha256").update(data).digest("hex")
const hmac = (key: string | Uint8Array, data: string): Buffer => Crypto.createHmac("sha256", key).update(data).digest()

const unsignedPayload = "UNSIGNED-PAYLOAD"

/** What a client or a server chooses where the document leaves a choice. */
export interface Choice {
  readonly host: string
  readonly isLower: boolean
  /** The payload, if it is not the one that the request says. */
  readonly payload?: string
}

const signingKeys = new Map<string, Buffer>()

const signingKey = (secretKey: string, { date, service, terminator }: Omit<Fields, "signature">): Buffer => {
  const name = JSON.stringify([secretKey, date, service, terminator])
  const key = signingKeys.get(name) ?? hmac(hmac(hmac(`TC3${secretKey}`, date), service), terminator)
  signingKeys.set(name, key)
  return key
}

/** The signature of version 3. */
export const signV3 = (
  sent: Sent,
  fields: Omit<Fields, "signature">,
  secretKey: string,
  { host, isLower, payload }: Choice
): string => {
  const isUnsigned = headerOf(sent, "x-tc-content-sha256") === unsignedPayload
  const hashed = payload ?? (isUnsigned ? unsignedPayload : sent.method === "GET" ? "" : sent.body)
  const headers = fields.signedHeaders
    .split(";")
    .sort()
    .map((name) => {
      const value = name === "host" ? host : (headerOf(sent, name) ?? "")
      return `${name}:${isLower ? value.toLowerCase() : value}\n`
    })
  const lines = [sent.method, sent.path, sent.query, headers.join(""), fields.signedHeaders, sha256(hashed)]
  const scope = [fields.date, fields.service, fields.terminator].join("/")
  const text = ["TC3-HMAC-SHA256", headerOf(sent, "x-tc-timestamp"), scope, sha256(lines.join("\n"))].join("\n")
  return hmac(signingKey(secretKey, fields), text).toString("hex")
}

export const dayOf = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10)

const hostsOf = (sent: Sent): ReadonlyArray<string> => {
  const host = headerOf(sent, "host") ?? ""
  return [host, host.replace(/:[0-9]+$/, "")]
}

const parseFields = (header: string): Fields | undefined => {
  const space = header.indexOf(" ")
  const parts = header
    .slice(space + 1)
    .split(",")
    .map((part) => /^([^=]+)=(.*)$/s.exec(trimSpaces(part)))
  if (parts.length !== 3) return undefined
  const named = new Map(parts.map((part) => [part?.[1], part?.[2] ?? ""]))
  const [credential, signedHeaders, signature] = ["Credential", "SignedHeaders", "Signature"].map((name) =>
    named.get(name)
  )
  const [secretId, date, service, terminator, ...more] = (credential ?? "").split("/")
  if (more.length > 0 || !secretId || !date || !service || !terminator || !signedHeaders || !signature) return undefined
  return { algorithm: header.slice(0, space), secretId, date, service, terminator, signedHeaders, signature }
}

const isList = (signedHeaders: string): boolean => {
  const names = signedHeaders.split(";")
  return (
    new Set(names).size === names.length &&
    names.every((name) => name !== "" && name === name.toLowerCase()) &&
    names.includes("content-type") &&
    names.includes("host")
  )
}

/** A hash of the body that the request states must be the right one. */
const isHashRight = (sent: Sent): boolean => {
  const stated = headerOf(sent, "x-tc-content-sha256")
  return stated === undefined || stated === unsignedPayload || stated === sha256(sent.body)
}

const isTokenRight = (key: KnownKey, token: string | undefined): boolean => (token || undefined) === key.token

const verifyV3 = (sent: Sent, keys: ReadonlyArray<KnownKey>, now: number): boolean => {
  const fields = parseFields(headerOf(sent, "authorization") ?? "")
  const timestamp = headerOf(sent, "x-tc-timestamp") ?? ""
  if (fields === undefined || !/^[0-9]+$/.test(timestamp) || Math.abs(Number(timestamp) - now) > 300) return false
  const key = keys.find(({ secretId }) => secretId === fields.secretId)
  if (key === undefined || !isTokenRight(key, headerOf(sent, "x-tc-token"))) return false
  if (fields.algorithm !== "TC3-HMAC-SHA256" || fields.terminator !== "tc3_request") return false
  if (!isHashRight(sent)) return false
  if (fields.date !== dayOf(Number(timestamp)) || !isList(fields.signedHeaders)) return false
  // A host of the cloud names its product, and the scope must name the same.
  const [, product] = /^([^.]+)\..*tencentcloudapi\.com(:[0-9]+)?$/i.exec(headerOf(sent, "host") ?? "") ?? []
  if (product !== undefined && product.toLowerCase() !== fields.service) return false
  return hostsOf(sent).some((host) =>
    [true, false].some((isLower) => signV3(sent, fields, key.secretKey, { host, isLower }) === fields.signature)
  )
}

export type Parameters = ReadonlyArray<readonly [name: string, value: string]>

const decodeText = (text: string): string => {
  const spaced = text.replaceAll("+", " ")
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

/** The parameters of a query or a form, or nothing if it is malformed. */
export const parseParameters = (text: string): Parameters | undefined => {
  const parameters = (text === "" ? [] : text.split("&")).map((part) => {
    const [name = "", ...value] = part.split("=")
    return { isPair: value.length > 0 && name !== "", pair: [decodeText(name), decodeText(value.join("="))] as const }
  })
  return parameters.every(({ isPair }) => isPair) ? parameters.map(({ pair }) => pair) : undefined
}

/** The signature of version 1. */
export const signV1 = (
  request: { readonly method: string; readonly path: string; readonly host: string; readonly parameters: Parameters },
  secretKey: string,
  renames: boolean
): string => {
  const { host, method, parameters, path } = request
  const pairs = parameters
    .filter(([name]) => name !== "Signature")
    .map(([name, value]) => [renames ? name.replaceAll("_", ".") : name, value] as const)
    .sort(([one], [other]) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
  const source = `${method}${host}${path}?${pairs.map(([name, value]) => `${name}=${value}`).join("&")}`
  const isSha256 = parameters.some(([name, value]) => name === "SignatureMethod" && value === "HmacSHA256")
  return Crypto.createHmac(isSha256 ? "sha256" : "sha1", secretKey)
    .update(source)
    .digest("base64")
}

/** The text that holds the parameters. A query counts for a POST too. */
const flatText = ({ body, method, query }: Sent): string => {
  const form = method === "GET" ? "" : Buffer.from(body).toString("utf8")
  return query === "" || form === "" ? query + form : `${query}&${form}`
}

const verifyV1 = (sent: Sent, keys: ReadonlyArray<KnownKey>, now: number): boolean => {
  const parameters = parseParameters(flatText(sent)) ?? []
  const named = new Map(parameters)
  if (named.size !== parameters.length) return false
  const timestamp = named.get("Timestamp") ?? ""
  if (!/^[0-9]+$/.test(timestamp) || Math.abs(Number(timestamp) - now) > 300) return false
  if (!/^[0-9]+$/.test(named.get("Nonce") ?? "")) return false
  const method = named.get("SignatureMethod")
  if (method !== undefined && method !== "HmacSHA1" && method !== "HmacSHA256") return false
  const key = keys.find(({ secretId }) => secretId === named.get("SecretId"))
  if (key === undefined || !isTokenRight(key, named.get("Token"))) return false
  return hostsOf(sent).some((host) =>
    [false, true].some(
      (renames) => signV1({ ...sent, host, parameters }, key.secretKey, renames) === named.get("Signature")
    )
  )
}

/** Whether a request is authentic. A header `Authorization` of any kind makes it one of version 3. */
export const isAuthentic = (sent: Sent, keys: ReadonlyArray<KnownKey>, now: number): boolean => {
  if (sent.method !== "GET" && sent.method !== "POST") return false
  return headerOf(sent, "authorization") === undefined ? verifyV1(sent, keys, now) : verifyV3(sent, keys, now)
}
