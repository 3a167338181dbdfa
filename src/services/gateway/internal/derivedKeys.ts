/** Keeps the keys that a gateway derives from SecretKeys: three of the four HMACs of a signature. */
import * as Equal from "effect/Equal"
import * as Redacted from "effect/Redacted"
import { lastValueBy } from "../../../domain/internal/lastValue.js"
import * as Signature from "../../../domain/wire/Signature.js"

/** The size of an HMAC-SHA256, in bytes. */
const keySize = 32

/** A mark is two numbers: a hash of the SecretId and the scope, and when the key was last used. */
const markSize = 2

/** A key can be in any place of its bucket. The marks of a bucket are as many bytes as the processor fetches at once. */
const perBucket = 8

/** The number of places of a new table. */
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
 * A table of keys, without an object for each: 56 bytes for a place, with all that belongs to it. The table doubles while it needs
 * more places, up to `capacity`, a power of two. From then on a full bucket drops the key that was used least recently.
 *
 * Two keys can have the same mark by chance. They never pass for each other: the table compares the SecretKey and the scope, which
 * are all that a key is derived from.
 */
class KeyTable {
  private marks = new Int32Array(initial * markSize)
  private bytes = new Uint8Array(initial * keySize)
  private secretKeys: Array<Redacted.Redacted | undefined> = Array.from({ length: initial })
  private scopes: Array<string | undefined> = Array.from({ length: initial })
  private uses = 0

  constructor(private readonly capacity: number) {}

  /** Returns the place of a key, or -1. */
  find(mark: number, secretKey: Redacted.Redacted, scope: string): number {
    const { marks, scopes, secretKeys } = this
    const first = this.bucketOf(mark)
    for (let place = first; place < first + perBucket; place++) {
      if (marks[place * markSize] !== mark || scopes[place] !== scope) continue
      const known = secretKeys[place]
      if (known === secretKey) return place
      // A secret that was wiped has no value, and equals no other.
      if (known !== undefined && Equal.equals(known, secretKey)) return place
    }
    return -1
  }

  /** Adds a key, and returns its place. */
  add(mark: number, secretKey: Redacted.Redacted, scope: string, key: Uint8Array): number {
    const place = this.free(mark)
    this.marks[place * markSize] = mark
    this.bytes.set(key, place * keySize)
    this.secretKeys[place] = secretKey
    this.scopes[place] = scope
    return place
  }

  /** Copies a key, and notes that it was used. */
  copy(place: number, to: Uint8Array): void {
    const { bytes } = this
    this.uses = (this.uses + 1) | 0
    this.marks[place * markSize + 1] = this.uses
    const start = place * keySize
    for (let index = 0; index < keySize; index++) to[index] = bytes[start + index] ?? 0
  }

  private bucketOf(mark: number): number {
    return (mark & (this.secretKeys.length / perBucket - 1)) * perBucket
  }

  /** Returns a free place of a bucket. It makes one, by growth while the table may grow. */
  private free(mark: number): number {
    const first = this.bucketOf(mark)
    let found = first
    let oldest = -1
    for (let place = first; place < first + perBucket; place++) {
      if (this.secretKeys[place] === undefined) return place
      const age = (this.uses - (this.marks[place * markSize + 1] ?? 0)) >>> 0
      if (age > oldest) {
        found = place
        oldest = age
      }
    }
    if (this.secretKeys.length >= this.capacity) return found
    this.grow()
    return this.free(mark)
  }

  /** Splits each bucket into two, which have room for all keys of the old one. */
  private grow(): void {
    const { bytes, marks, scopes, secretKeys } = this
    const length = secretKeys.length * 2
    this.marks = new Int32Array(length * markSize)
    this.bytes = new Uint8Array(length * keySize)
    this.secretKeys = Array.from({ length })
    this.scopes = Array.from({ length })
    for (const [place, secretKey] of secretKeys.entries()) {
      if (secretKey === undefined) continue
      const mark = marks[place * markSize] ?? 0
      const key = bytes.subarray(place * keySize, (place + 1) * keySize)
      const to = this.add(mark, secretKey, scopes[place] ?? "", key)
      this.marks[to * markSize + 1] = marks[place * markSize + 1] ?? 0
    }
  }
}

const isSameScope = (one: Signature.Scope, other: Signature.Scope): boolean =>
  one.date === other.date && one.service === other.service

const readScope = ({ date, service }: Signature.Scope): { readonly text: string; readonly mark: number } => {
  const text = `${date}/${service}`
  return { text, mark: hash(text, 0) }
}

/** What a key is derived from. */
interface Use {
  readonly secretKey: Redacted.Redacted
  readonly scope: Signature.Scope
}

const isSameUse = (one: Use, other: Use): boolean =>
  one.secretKey === other.secretKey && isSameScope(one.scope, other.scope)

/** The key of a caller. */
export interface Credential {
  readonly secretId: string
  readonly secretKey: Redacted.Redacted
}

/**
 * Makes a function that calls `use` with data and with the key that is derived for a credential and a scope. It derives a key that it
 * keeps once, as long as the table has room for it.
 *
 * The key is for `use` alone, and for the time of that call: the next call puts another one into the same bytes.
 */
export const make = <A, B>(options: {
  /** The most keys that are kept, a power of two. */
  readonly capacity: number
  readonly use: (data: A, key: Signature.SigningKey) => B
  /** Whether a key is kept, by what `use` returned. A caller who has proved nothing takes no place. Default: yes. */
  readonly isKept?: (result: B) => boolean
  /** How a key is derived. Default: `Signature.signingKey`. */
  readonly derive?: typeof Signature.signingKey
}): ((credential: Credential, scope: Signature.Scope, data: A) => B) => {
  const { derive = Signature.signingKey, isKept, use } = options
  const table = new KeyTable(options.capacity)
  // Most requests are of the same product and day as the one before.
  const read = lastValueBy(isSameScope, readScope)
  const current = new Uint8Array(keySize)
  const key = Redacted.make(current)
  // The latest key, for any caller: the next one takes its place. A caller who fails again and again costs no derivation.
  const deriveOnce = lastValueBy(isSameUse, ({ scope, secretKey }: Use) => derive(secretKey, scope))

  return ({ secretId, secretKey }, scope, data) => {
    const { mark, text } = read(scope)
    const ofCaller = hash(secretId, mark)
    const found = table.find(ofCaller, secretKey, text)
    if (found >= 0) {
      table.copy(found, current)
      return use(data, key)
    }
    const derived = deriveOnce({ secretKey, scope })
    const result = use(data, derived)
    if (isKept === undefined || isKept(result)) {
      table.copy(table.add(ofCaller, secretKey, text, Redacted.value(derived)), current)
    }
    return result
  }
}
