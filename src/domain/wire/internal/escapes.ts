/** Decodes percent-escapes of foreign texts. It sees first whether they are well formed, because a failure costs much more. */

const digit = (code: number): number =>
  code >= 48 && code <= 57 ? code - 48 : (code | 32) >= 97 && (code | 32) <= 102 ? (code | 32) - 87 : -1

/** The byte of an escape, or -1 if there is none. */
const byteAt = (text: string, at: number): number => {
  if (text.charCodeAt(at) !== 37) return -1
  const high = digit(text.charCodeAt(at + 1))
  const low = digit(text.charCodeAt(at + 2))
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

/** How many bytes follow the first byte of a character in UTF-8, or -1 if none begins with it. */
const restOf = (first: number): number =>
  first < 0x80 ? (first < 0 ? -1 : 0) : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : -1

/** Whether all escapes are complete, and UTF-8. */
const isWellFormed = (text: string): boolean => {
  for (let at = text.indexOf("%"); at >= 0; at = text.indexOf("%", at)) {
    const first = byteAt(text, at)
    const rest = restOf(first)
    if (rest < 0) return false
    at += 3
    // No longer form than needed, no surrogate, and nothing past U+10FFFF.
    let least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
    let most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
    for (let count = 0; count < rest; count++) {
      const byte = byteAt(text, at)
      if (byte < least || byte > most) return false
      at += 3
      least = 0x80
      most = 0xbf
    }
  }
  return true
}

/** Decodes the escapes of a text. Returns it as it is if any of them is malformed. */
export const decodeEscapes = (text: string): string =>
  text.includes("%") && isWellFormed(text) ? decodeURIComponent(text) : text
