import * as Equal from "effect/Equal"
import * as Redacted from "effect/Redacted"
import * as Signature from "../../../domain/wire/Signature.js"

/** What an HMAC-SHA256 has. */
const size = 32

/** A mark is two numbers: what is left of a SecretId and a scope, and when the key was asked for the last time. */
const width = 2

/** A key may be in any of so many places: their marks are as many bytes as the processor fetches at once. */
const together = 8

/** Places that there are at first. */
const initial = 64

const hash = (text: string, seed: number): number => {
  let bits = seed
  for (let index = 0; index < text.length; index++) {
    bits = Math.imul(bits ^ text.charCodeAt(index), 0x9e3779b1)
    bits ^= bits >>> 15
  }
  return bits
}

/**
 * Keeps the keys derived for a scope, three of the four HMACs of a signature, for a server that sees many. There is no object
 * for a key: their bytes stand side by side, 56 for each place with all that belongs to it. There are as many places as are
 * needed, up to `most`, a power of two; then, of the keys that could be in a place, the one goes that was asked for least
 * recently.
 *
 * Marks may be alike by chance: what counts is the SecretKey and the scope, which is all that a key is derived from.
 *
 * A key is lent: it is good until the next one is asked for.
 */
export const make = (
  most: number
): ((
  credential: { readonly secretId: string; readonly secretKey: Redacted.Redacted },
  scope: Signature.Scope
) => Signature.SigningKey) => {
  let marks = new Int32Array(initial * width)
  let bytes = new Uint8Array(initial * size)
  let secretKeys: Array<Redacted.Redacted | undefined> = Array.from({ length: initial })
  let scopes: Array<string | undefined> = Array.from({ length: initial })
  let asked = 0

  // Most requests are of the same product and day as the one before.
  let last = { date: "", service: "", text: "/", mark: hash("/", 0) }

  const lent = new Uint8Array(size)
  const key = Redacted.make(lent)

  const read = (scope: Signature.Scope): void => {
    if (last.date === scope.date && last.service === scope.service) return
    const text = `${scope.date}/${scope.service}`
    last = { date: scope.date, service: scope.service, text, mark: hash(text, 0) }
  }

  const firstOf = (mark: number): number => (mark & (secretKeys.length / together - 1)) * together

  /** Where the key of a mark is, or -1. */
  const find = (mark: number, secretKey: Redacted.Redacted): number => {
    const first = firstOf(mark)
    for (let place = first; place < first + together; place++) {
      if (marks[place * width] !== mark || scopes[place] !== last.text) continue
      const known = secretKeys[place]
      if (known === secretKey) return place
      // A secret that has been wiped since has no value to be asked for, and equals no other.
      if (known !== undefined && Equal.equals(known, secretKey)) return place
    }
    return -1
  }

  /** A free place for a mark; none of those that are taken is, while there can be more. */
  const free = (mark: number): number => {
    const first = firstOf(mark)
    let found = first
    let oldest = -1
    for (let place = first; place < first + together; place++) {
      if (secretKeys[place] === undefined) return place
      const age = (asked - (marks[place * width + 1] ?? 0)) >>> 0
      if (age > oldest) {
        found = place
        oldest = age
      }
    }
    if (secretKeys.length >= most) return found
    grow()
    return free(mark)
  }

  /** Each group of places becomes two, so what was in it has room there. */
  const grow = (): void => {
    const before = { marks, bytes, secretKeys, scopes }
    const { length } = secretKeys
    marks = new Int32Array(length * 2 * width)
    bytes = new Uint8Array(length * 2 * size)
    secretKeys = Array.from({ length: length * 2 })
    scopes = Array.from({ length: length * 2 })
    for (let place = 0; place < length; place++) {
      const secretKey = before.secretKeys[place]
      if (secretKey === undefined) continue
      const mark = before.marks[place * width] ?? 0
      const to = free(mark)
      marks[to * width] = mark
      marks[to * width + 1] = before.marks[place * width + 1] ?? 0
      bytes.set(before.bytes.subarray(place * size, (place + 1) * size), to * size)
      secretKeys[to] = secretKey
      scopes[to] = before.scopes[place]
    }
  }

  const keep = (mark: number, secretKey: Redacted.Redacted, scope: Signature.Scope): number => {
    const derived = Redacted.value(Signature.signingKey(secretKey, scope))
    const place = free(mark)
    marks[place * width] = mark
    bytes.set(derived, place * size)
    secretKeys[place] = secretKey
    scopes[place] = last.text
    return place
  }

  return ({ secretId, secretKey }, scope) => {
    read(scope)
    const mark = hash(secretId, last.mark)
    const found = find(mark, secretKey)
    const place = found < 0 ? keep(mark, secretKey, scope) : found
    asked = (asked + 1) | 0
    marks[place * width + 1] = asked
    const begin = place * size
    for (let index = 0; index < size; index++) lent[index] = bytes[begin + index] ?? 0
    return key
  }
}
