/** Hashes the names by which calls count together, so that counters need no text as a key. */
import * as RateLimit from "../../../domain/rules/RateLimit.js"

/** A hash of 64 bits, in two halves. */
export interface Hash {
  high: number
  low: number
}

/** One hash of a call for each kind of limit. */
export type Hashes = Readonly<Record<RateLimit.Kind, Hash>>

/** Spreads each bit over all others. No two numbers give the same result. */
const spread = (half: number): number => {
  let bits = Math.imul(half ^ (half >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}

/** Ends a name. It is no unit of UTF-16, so that `a`, `bc` and `ab`, `c` have different hashes. */
const end = 0x10000

/**
 * Makes a function that hashes calls. It returns the same object each time: read the hashes before the next call.
 *
 * A table of numbers costs the same look-up however many callers there are; a `Map` of texts does not. Two callers share a hash
 * once in 2^64, and nobody can search for such a pair without the seeds.
 */
export const make = (seeds: readonly [number, number]): ((call: RateLimit.Call) => Hashes) => {
  const empty = (): Hash => ({ high: 0, low: 0 })
  const hashes = { action: empty(), account: empty(), accountGlobal: empty(), address: empty() }
  let high = 0
  let low = 0

  const add = (name: string): void => {
    let [a, b] = [high, low]
    for (let index = 0; index < name.length; index++) {
      const unit = name.charCodeAt(index)
      a = Math.imul(a ^ unit, 0x9e3779b1)
      a ^= a >>> 15
      b = Math.imul(((b << 5) | (b >>> 27)) ^ unit, 0x85ebca77)
    }
    high = Math.imul(a ^ end, 0x9e3779b1)
    low = Math.imul(((b << 5) | (b >>> 27)) ^ end, 0x85ebca77)
  }

  const store = (kind: RateLimit.Kind): void => {
    hashes[kind].high = spread(high)
    hashes[kind].low = spread(low)
  }

  return (call) => {
    // The names that the wide limits share come first, so that each name is read once.
    high = seeds[0]
    low = seeds[1]
    add(RateLimit.accountOf(call))
    store("accountGlobal")
    add(call.accessRegion)
    store("account")
    add(call.identity)
    add(call.product)
    add(call.action)
    store("action")
    if (call.address !== undefined) {
      // Another start, so that an address and an account of the same name differ.
      high = ~seeds[0]
      low = ~seeds[1]
      add(call.address)
      store("address")
    }
    return hashes
  }
}
