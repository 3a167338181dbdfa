/**
 * The hashes of `node:crypto`, for Node, Bun and Deno. Other runtimes get its twin, webCrypto.ts: `imports` in package.json chooses
 * between them by the name `#crypto`.
 */
import * as Crypto from "node:crypto"

export type Bytes = string | Uint8Array

/** Hashes in one call where Node can (20.12, 21.7 and later), which takes half the time of a hash object. */
export const sha256Hex: (data: Bytes) => string =
  typeof Crypto.hash === "function"
    ? (data) => Crypto.hash("sha256", data, "hex")
    : (data) => Crypto.createHash("sha256").update(data).digest("hex")

export const hmacSha256 = (key: Bytes, data: string): Uint8Array =>
  Crypto.createHmac("sha256", key).update(data).digest()

const blockSize = 64

/** The inputs of HMAC's two hashes (RFC 2104): the key with the inner pad and the message, and the key with the outer pad. */
const inner = Buffer.alloc(blockSize + 4096)
const outer = Buffer.alloc(blockSize + 32)

/**
 * Returns HMAC-SHA256 in hexadecimal digits, by two one-shot hashes: docs/performance.md, P15.
 *
 * Each call computes the pads again, which is faster than to look up those of a key. The buffers are not erased: they keep
 * the padded key of the last call, and the parts of earlier messages that nothing has overwritten. Only this function reads
 * them.
 */
export const hmacSha256Hex = (key: Uint8Array, data: Bytes): string => {
  const short = key.byteLength > blockSize ? Buffer.from(sha256Hex(key), "hex") : key
  const { length } = short
  const isText = typeof data === "string"
  // UTF-8 has at most three bytes for each unit of UTF-16.
  const size = blockSize + (isText ? data.length * 3 : data.byteLength)
  const message = size <= inner.byteLength ? inner : Buffer.alloc(size)
  for (let index = 0; index < length; index++) {
    const byte = short[index] ?? 0
    message[index] = byte ^ 0x36
    outer[index] = byte ^ 0x5c
  }
  message.fill(0x36, length, blockSize)
  outer.fill(0x5c, length, blockSize)
  if (!isText) message.set(data, blockSize)
  const end = isText ? blockSize + message.write(data, blockSize) : size
  outer.write(sha256Hex(message.subarray(0, end)), blockSize, "hex")
  return sha256Hex(outer)
}

export const hmacBase64 = (hash: "sha1" | "sha256", key: Bytes, data: string): string =>
  Crypto.createHmac(hash, key).update(data).digest("base64")

/** Compares two texts in a time that does not depend on where they differ. Their lengths are no secret. */
export const equals = (one: string, other: string): boolean => {
  const left = Buffer.from(one)
  const right = Buffer.from(other)
  return left.byteLength === right.byteLength && Crypto.timingSafeEqual(left, right)
}
