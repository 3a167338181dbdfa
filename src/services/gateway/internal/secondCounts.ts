import type { Print } from "./callPrints.js"

/** A counter is four numbers: the two halves of its print, its second, and its calls, of which a free one has none. */
const width = 4

/** So many counters share a place: as many bytes as the processor fetches at once. */
const together = 4

/** Counters that there are at first. */
const initial = 1024

/**
 * Counts a call of a second, and tells how many there are with it; beyond `atMost` it is told, but not counted. `now` is the
 * second that it is.
 */
export type Count = (print: Print, second: number, now: number, atMost: number) => number

/**
 * Counts calls by the second, in a table that grows when a place of it is full: to four times the capacity, so that hardly a
 * place is full below that. From then on the counter of a full place that has the fewest calls is given up: a flood of callers
 * pushes itself out, and nobody who has used up a limit.
 *
 * A counter whose second is past is free, so there is nothing to sweep.
 */
export const make = (capacity: number): Count => {
  const largest = width * Math.max(initial, 2 ** Math.ceil(Math.log2(4 * capacity)))
  let table = new Int32Array(initial * width)

  const placeOf = (one: number): number => (one & (table.length / (width * together) - 1)) * width * together

  // Seconds are compared by their distance: as numbers of 32 bits they begin anew in 2038.
  const callsAt = (at: number, now: number): number =>
    (((table[at + 2] ?? 0) - now) | 0) < 0 ? 0 : (table[at + 3] ?? 0)

  const put = (at: number, one: number, other: number, second: number, calls: number): void => {
    table[at] = one
    table[at + 1] = other
    table[at + 2] = second
    table[at + 3] = calls
  }

  /** Where the counter is, or the one that makes room for it. */
  const find = (one: number, other: number, second: number, now: number): number => {
    const begin = placeOf(one)
    let found = begin
    let fewest = Number.POSITIVE_INFINITY
    for (let at = begin; at < begin + width * together; at += width) {
      if (table[at] === one && table[at + 1] === other && table[at + 2] === second) return at
      const calls = callsAt(at, now)
      if (calls < fewest) {
        found = at
        fewest = calls
      }
    }
    if (fewest === 0 || table.length === largest) {
      put(found, one, other, second, 0)
      return found
    }
    grow(now)
    return find(one, other, second, now)
  }

  /** Each place becomes two, so what was in it has room there. */
  const grow = (now: number): void => {
    const before = table
    table = new Int32Array(before.length * 2)
    for (let from = 0; from < before.length; from += width) {
      const one = before[from] ?? 0
      const other = before[from + 1] ?? 0
      const second = before[from + 2] ?? 0
      const calls = before[from + 3] ?? 0
      if (((second - now) | 0) >= 0) put(find(one, other, second, now), one, other, second, calls)
    }
  }

  return (print, second, now, atMost) => {
    // A counter of the next second stands somewhere else, so that one that is planned far ahead does not fill its place.
    const one = print.one ^ Math.imul(second, 0x27d4eb2f)
    const at = find(one, print.other, second | 0, now)
    const calls = (table[at + 3] ?? 0) + 1
    if (calls <= atMost) table[at + 3] = calls
    return calls
  }
}
