import type * as RateLimit from "../../../domain/rules/RateLimit.js"

/** 64 bits that stand for the names by which calls count together, in two halves. */
export interface Print {
  one: number
  other: number
}

/** The prints of a call, in each of its limits. */
export type Prints = Readonly<Record<RateLimit.Kind, Print>>

/** Spreads each bit over all of them, and makes no two numbers one. */
const spread = (half: number): number => {
  let bits = Math.imul(half ^ (half >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}

/** No unit of UTF-16, so that moving the border between two names makes others. */
const end = 0x10000

/**
 * Reads calls. The prints that it gives are those of one call until it reads the next.
 *
 * Names are told apart by prints, and not by a text put together of them, since a table of numbers can be looked into at the
 * same cost however many there are. Two callers have the same print once in 2^64; the seeds see to it that nobody can look for
 * such a pair.
 */
export const make = (seeds: readonly [number, number]): ((call: RateLimit.Call) => Prints) => {
  const print = (): Print => ({ one: 0, other: 0 })
  const prints = { action: print(), account: print(), accountGlobal: print(), address: print() }
  let one = 0
  let other = 0

  const add = (name: string): void => {
    let [a, b] = [one, other]
    for (let index = 0; index < name.length; index++) {
      const unit = name.charCodeAt(index)
      a = Math.imul(a ^ unit, 0x9e3779b1)
      a ^= a >>> 15
      b = Math.imul(((b << 5) | (b >>> 27)) ^ unit, 0x85ebca77)
    }
    one = Math.imul(a ^ end, 0x9e3779b1)
    other = Math.imul(((b << 5) | (b >>> 27)) ^ end, 0x85ebca77)
  }

  const keep = (kind: RateLimit.Kind): void => {
    prints[kind].one = spread(one)
    prints[kind].other = spread(other)
  }

  return (call) => {
    // Each name is read once: what the wide limits share comes first.
    one = seeds[0]
    other = seeds[1]
    add(call.account)
    keep("accountGlobal")
    add(call.accessRegion)
    keep("account")
    add(call.identity)
    add(call.product)
    add(call.action)
    keep("action")
    if (call.address !== undefined) {
      // From another start: an address is no account.
      one = ~seeds[0]
      other = ~seeds[1]
      add(call.address)
      keep("address")
    }
    return prints
  }
}
