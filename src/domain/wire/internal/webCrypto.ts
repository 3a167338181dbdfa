/**
 * The twin of crypto.ts for runtimes without `node:crypto`: browsers, Workers, edge runtimes. `imports` in package.json chooses between
 * them. The hashes of Web Crypto are asynchronous, and a signature is computed in one go, so these are plain JavaScript.
 */
import { hmac } from "@noble/hashes/hmac.js"
import { sha1 } from "@noble/hashes/legacy.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex } from "@noble/hashes/utils.js"
import { encode } from "./bytes.js"
import type * as Node from "./crypto.js"

type Bytes = Node.Bytes

const toBytes = (data: Bytes): Uint8Array => (typeof data === "string" ? encode(data) : data)

export const sha256Hex: typeof Node.sha256Hex = (data) => bytesToHex(sha256(toBytes(data)))

export const hmacSha256: typeof Node.hmacSha256 = (key, data) => hmac(sha256, toBytes(key), toBytes(data))

export const hmacSha256Hex: typeof Node.hmacSha256Hex = (key, data) => bytesToHex(hmac(sha256, key, toBytes(data)))

export const hmacBase64: typeof Node.hmacBase64 = (hash, key, data) =>
  btoa(String.fromCharCode(...hmac(hash === "sha1" ? sha1 : sha256, toBytes(key), toBytes(data))))

/** Compares two texts in a time that does not depend on where they differ. Their lengths are no secret. */
export const equals: typeof Node.equals = (one, other) => {
  const [left, right] = [encode(one), encode(other)]
  if (left.byteLength !== right.byteLength) return false
  let difference = 0
  for (let index = 0; index < left.byteLength; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)
  return difference === 0
}
