/** Converts between bytes and text with what every runtime has. */
import * as Option from "effect/Option"

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export const encode = (text: string): Uint8Array => encoder.encode(text)

export const decode = (bytes: Uint8Array): string => decoder.decode(bytes)

const exact = /* #__PURE__ */ new TextDecoder("utf-8", { fatal: true })

export const decodeExactly = /* #__PURE__ */ Option.liftThrowable((bytes: Uint8Array): string => exact.decode(bytes))

export const concat = (chunks: ReadonlyArray<Uint8Array>): Uint8Array => {
  const whole = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.byteLength, 0))
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}

/** Compares two texts by their UTF-8 bytes. The order can differ from that of their UTF-16 code units. */
export const compare = (one: string, other: string): number => {
  const [left, right] = [encode(one), encode(other)]
  const shared = Math.min(left.byteLength, right.byteLength)
  for (let index = 0; index < shared; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return left.byteLength - right.byteLength
}
