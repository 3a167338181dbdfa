/** The one place that knows Node's crypto, so that another runtime needs one other file. */
import * as Crypto from "node:crypto"

export type Bytes = string | Uint8Array

/** At once, where Node can (20.12, 21.7 and later): half the time of an object that is made, fed and asked. */
export const sha256Hex: (data: Bytes) => string =
  typeof Crypto.hash === "function"
    ? (data) => Crypto.hash("sha256", data, "hex")
    : (data) => Crypto.createHash("sha256").update(data).digest("hex")

export const hmacSha256 = (key: Bytes, data: string): Uint8Array =>
  Crypto.createHmac("sha256", key).update(data).digest()

const block = 64

/** What HMAC hashes before the message and before the first hash (RFC 2104): the key, padded in two ways, and room for those. */
const inner = Buffer.alloc(block + 4096)
const outer = Buffer.alloc(block + 32)

/**
 * HMAC-SHA256 by two hashes at once: two thirds of the time that Node's own object takes. The pads are made each time, which is
 * quicker than to look up those of a key, and keeps nothing.
 */
export const hmacSha256Hex = (key: Uint8Array, data: string): string => {
  const short = key.byteLength > block ? Buffer.from(sha256Hex(key), "hex") : key
  const { length } = short
  // A text of UTF-16 has at most three bytes for each unit.
  const room = block + data.length * 3
  const message = room <= inner.byteLength ? inner : Buffer.alloc(room)
  for (let index = 0; index < length; index++) {
    const byte = short[index] ?? 0
    message[index] = byte ^ 0x36
    outer[index] = byte ^ 0x5c
  }
  message.fill(0x36, length, block)
  outer.fill(0x5c, length, block)
  const end = block + message.write(data, block)
  outer.write(sha256Hex(message.subarray(0, end)), block, "hex")
  return sha256Hex(outer)
}

export const hmacBase64 = (hash: "sha1" | "sha256", key: Bytes, data: string): string =>
  Crypto.createHmac(hash, key).update(data).digest("base64")

/** Compares in a time that tells nothing of where two texts differ; their lengths are no secret. */
export const equals = (one: string, other: string): boolean => {
  const left = Buffer.from(one)
  const right = Buffer.from(other)
  return left.byteLength === right.byteLength && Crypto.timingSafeEqual(left, right)
}
