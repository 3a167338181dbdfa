/** The one place that knows Node's crypto, so that another runtime needs one other file. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto"

export type Bytes = string | Uint8Array

export const sha256Hex = (data: Bytes): string => createHash("sha256").update(data).digest("hex")

export const hmacSha256 = (key: Bytes, data: string): Uint8Array => createHmac("sha256", key).update(data).digest()

export const hmacSha256Hex = (key: Bytes, data: string): string => createHmac("sha256", key).update(data).digest("hex")

export const hmacBase64 = (hash: "sha1" | "sha256", key: Bytes, data: string): string =>
  createHmac(hash, key).update(data).digest("base64")

/** Compares in a time that tells nothing of where two texts differ; their lengths are no secret. */
export const equals = (one: string, other: string): boolean => {
  const left = Buffer.from(one)
  const right = Buffer.from(other)
  return left.byteLength === right.byteLength && timingSafeEqual(left, right)
}
