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

/** Whether a text has only characters of ASCII. */
export const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text)

/**
 * Returns a text whose code units sort as the UTF-8 bytes of the given text. Those of UTF-16 do not: a surrogate is smaller than some
 * units, but its character has the greater bytes.
 */
export const sortKey = (text: string): string => {
  if (!/[\ud800-\uffff]/.test(text)) return text
  const formed = text.toWellFormed()
  let key = ""
  for (let index = 0; index < formed.length; index++) {
    const unit = formed.charCodeAt(index)
    key += String.fromCharCode(unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800)
  }
  return key
}
