/**
 * The protocol by hand: the floor, written directly with `node:crypto`. The benchmarks also use it to check the signatures of the
 * contenders.
 */
import { createHash, createHmac, hash as hashAtOnce, timingSafeEqual } from "node:crypto"

export interface Key {
  readonly secretId: string
  readonly secretKey: string
}

/** Node has had the one-shot function since 20.12. */
export const sha256: (data: string | Uint8Array) => string =
  typeof hashAtOnce === "function"
    ? (data) => hashAtOnce("sha256", data)
    : (data) => createHash("sha256").update(data).digest("hex")

const hmac = (key: string | Uint8Array, text: string): Buffer => createHmac("sha256", key).update(text).digest()

/** The key of a day and a product: three of the four HMACs of a signature. */
export const deriveKey = (secretKey: string, date: string, service: string): Buffer =>
  hmac(hmac(hmac(`TC3${secretKey}`, date), service), "tc3_request")

/** There are few keys, or so many that none repeats. */
const capacity = 1000
const derived = new Map<string, Buffer>()

const keyOf = ({ secretId, secretKey }: Key, date: string, service: string): Buffer => {
  const name = `${secretId}/${date}/${service}`
  const known = derived.get(name)
  if (known !== undefined) return known
  if (derived.size >= capacity) derived.clear()
  const key = deriveKey(secretKey, date, service)
  derived.set(name, key)
  return key
}

let day = { from: 0, date: "" }

/** `2019-02-25`, formatted once a day. */
const dateOf = (timestamp: number): string => {
  const from = timestamp - (timestamp % 86_400)
  if (from !== day.from) day = { from, date: new Date(from * 1000).toISOString().slice(0, 10) }
  return day.date
}

/** The value of `Authorization` for a POST of JSON: two hashes and an HMAC. */
export const authorize = (
  key: Key,
  service: string,
  host: string,
  action: string,
  timestamp: number,
  body: string
): string => {
  const date = dateOf(timestamp)
  const canonical = `POST\n/\n\ncontent-type:application/json\nhost:${host}\nx-tc-action:${action.toLowerCase()}\n\ncontent-type;host;x-tc-action\n${sha256(body)}`
  const text = `TC3-HMAC-SHA256\n${timestamp}\n${date}/${service}/tc3_request\n${sha256(canonical)}`
  const signature = createHmac("sha256", keyOf(key, date, service))
    .update(text)
    .digest("hex")
  return `TC3-HMAC-SHA256 Credential=${key.secretId}/${date}/${service}/tc3_request, SignedHeaders=content-type;host;x-tc-action, Signature=${signature}`
}

/** The parts of `Authorization`. */
export interface Stated {
  readonly secretId: string
  readonly date: string
  readonly service: string
  readonly signedHeaders: string
  readonly signature: string
}

const form =
  /^TC3-HMAC-SHA256 Credential=([^/]+)\/(\d{4}-\d{2}-\d{2})\/([^/]+)\/tc3_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/

export const parse = (authorization: string): Stated | undefined => {
  const [, secretId, date, service, signedHeaders, signature] = form.exec(authorization) ?? []
  return secretId === undefined || date === undefined || service === undefined || !signedHeaders || !signature
    ? undefined
    : { secretId, date, service, signedHeaders, signature }
}

/** Whether the signature of a POST is correct. */
export const isRight = (
  key: Key,
  headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>,
  body: string | Uint8Array,
  { date, service, signature, signedHeaders }: Stated
): boolean => {
  let lines = ""
  for (const name of signedHeaders.split(";")) lines += `${name}:${String(headers[name]).toLowerCase()}\n`
  const canonical = `POST\n/\n\n${lines}\n${signedHeaders}\n${sha256(body)}`
  const text = `TC3-HMAC-SHA256\n${headers["x-tc-timestamp"]}\n${date}/${service}/tc3_request\n${sha256(canonical)}`
  const expected = createHmac("sha256", keyOf(key, date, service))
    .update(text)
    .digest()
  return timingSafeEqual(expected, Buffer.from(signature, "hex"))
}

/** Whether a request is signed by a key, with or without the port in its host: the official client omits it. */
export const isSigned = (
  key: Key,
  headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>,
  body: string | Uint8Array
): boolean => {
  const stated = parse(String(headers.authorization))
  const host = String(headers.host)
  return (
    stated?.secretId === key.secretId &&
    [host, host.replace(/:\d+$/, "")].some((each) => isRight(key, { ...headers, host: each }, body, stated))
  )
}

/** The headers of a POST of JSON. */
export const headersOf = (
  key: Key,
  service: string,
  host: string,
  call: { readonly action: string; readonly version: string; readonly region: string },
  timestamp: number,
  body: string
): Record<string, string> => ({
  host,
  "content-type": "application/json",
  "x-tc-action": call.action,
  "x-tc-version": call.version,
  "x-tc-region": call.region,
  "x-tc-timestamp": String(timestamp),
  authorization: authorize(key, service, host, call.action, timestamp, body)
})
