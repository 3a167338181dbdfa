/** Counts calls per second in a table of numbers, whose size is bounded. */
import type { Hash } from "./callHash.js"

/** A counter is four numbers: the two halves of its hash, its second, and its calls. A free counter has no calls. */
const width = 4

/** The counters of one bucket: as many bytes as the processor fetches at once. */
const perBucket = 4

/** The number of counters of a new table. */
const initial = 1024

/**
 * Counts a call in a second, and returns the number of calls in that second with this one. A call beyond `atMost` is not counted.
 * `now` is the current second.
 */
export type Count = (hash: Hash, second: number, now: number, atMost: number) => number

/**
 * Makes the counters. The table doubles when a bucket is full, up to four times the capacity, so that few buckets are full below
 * the capacity. From then on a full bucket drops the counter with the fewest calls: a flood of callers drops itself, and keeps
 * every caller that has used up a limit.
 *
 * A counter of a past second is free, so nothing has to be swept.
 */
export const make = (capacity: number): Count => {
  const largest = width * Math.max(initial, 2 ** Math.ceil(Math.log2(4 * capacity)))
  let table = new Int32Array(initial * width)

  const bucketOf = (high: number): number => (high & (table.length / (width * perBucket) - 1)) * width * perBucket

  // The distance of two seconds is right even after 2038, when they overflow 32 bits.
  const callsAt = (at: number, now: number): number =>
    (((table[at + 2] ?? 0) - now) | 0) < 0 ? 0 : (table[at + 3] ?? 0)

  const put = (at: number, high: number, low: number, second: number, calls: number): void => {
    table[at] = high
    table[at + 1] = low
    table[at + 2] = second
    table[at + 3] = calls
  }

  /** Returns the place of a counter. A counter that is new takes the place of another one. */
  const find = (high: number, low: number, second: number, now: number): number => {
    const first = bucketOf(high)
    let found = first
    let fewest = Number.POSITIVE_INFINITY
    for (let at = first; at < first + width * perBucket; at += width) {
      if (table[at] === high && table[at + 1] === low && table[at + 2] === second) return at
      const calls = callsAt(at, now)
      if (calls < fewest) {
        found = at
        fewest = calls
      }
    }
    if (fewest === 0 || table.length === largest) {
      put(found, high, low, second, 0)
      return found
    }
    grow(now)
    return find(high, low, second, now)
  }

  /** Splits each bucket into two, which have room for all counters of the old one. */
  const grow = (now: number): void => {
    const before = table
    table = new Int32Array(before.length * 2)
    for (let from = 0; from < before.length; from += width) {
      const high = before[from] ?? 0
      const low = before[from + 1] ?? 0
      const second = before[from + 2] ?? 0
      const calls = before[from + 3] ?? 0
      if (((second - now) | 0) >= 0) put(find(high, low, second, now), high, low, second, calls)
    }
  }

  return (hash, second, now, atMost) => {
    // Each second has another bucket, so that a caller who plans far ahead does not fill one.
    const high = hash.high ^ Math.imul(second, 0x27d4eb2f)
    const at = find(high, hash.low, second | 0, now)
    const calls = (table[at + 3] ?? 0) + 1
    if (calls <= atMost) table[at + 3] = calls
    return calls
  }
}
