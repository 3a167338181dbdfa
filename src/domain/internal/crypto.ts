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

/** What HMAC hashes before the message, and what before the first hash (RFC 2104): the key, padded in two ways. */
interface Pads {
  readonly inner: Buffer
  /** With room for the first hash. */
  readonly outer: Buffer
}

const padsOf = (key: Uint8Array): Pads => {
  const short = key.byteLength > block ? Buffer.from(sha256Hex(key), "hex") : key
  const inner = Buffer.alloc(block, 0x36)
  const outer = Buffer.alloc(block + 32, 0x5c)
  for (const [index, byte] of short.entries()) {
    inner[index] = 0x36 ^ byte
    outer[index] = 0x5c ^ byte
  }
  return { inner, outer }
}

/** The pads of a key are good as long as it, and so are kept beside it. */
const known = new WeakMap<Uint8Array, Pads>()

const scratch = Buffer.alloc(block + 4096)

/**
 * HMAC-SHA256 by two hashes at once: two thirds of the time that Node's own object takes. It is for keys that are used again and
 * again; whoever changes the bytes of a key has to give other bytes.
 */
export const hmacSha256Hex = (key: Uint8Array, data: string): string => {
  let pads = known.get(key)
  if (pads === undefined) {
    pads = padsOf(key)
    known.set(key, pads)
  }
  const { inner, outer } = pads
  // A text of UTF-16 has at most three bytes for each unit.
  const room = block + data.length * 3
  const message = room <= scratch.byteLength ? scratch : Buffer.alloc(room)
  message.set(inner)
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
