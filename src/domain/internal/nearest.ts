/** Finds the name that somebody meant and misspelt. */

/** Longer names are not compared, nor more than this many: the cost has a bound, whatever a program passes. */
const maxLength = 64
const maxNames = 500

/** The number of letters to insert, remove, replace or swap that make one text out of the other; `limit + 1` if there are more. */
const distance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let beforeLast: ReadonlyArray<number> = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (beforeLast[j - 2] ?? 0) + 1 : limit + 1
      )
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? limit + 1
}

/** How a program in another style may write the same name: `instance_ids` for `InstanceIds`. */
const simplify = (name: string): string => name.toLowerCase().replace(/[_-]/g, "")

/**
 * Returns the one of these names that is nearest to a misspelt one: at most a third of its letters differ, and at most three. Undefined
 * if none is near.
 */
export const nearest = (misspelt: string, names: Iterable<string>): string | undefined => {
  if (misspelt.length > maxLength) return undefined
  const given = simplify(misspelt)
  const limit = Math.min(3, Math.max(1, Math.floor(given.length / 3)))
  let found: string | undefined
  let least = limit + 1
  let seen = 0
  for (const name of names) {
    seen += 1
    if (seen > maxNames) break
    if (name.length > maxLength) continue
    const away = distance(given, simplify(name), limit)
    if (away < least) {
      least = away
      found = name
    }
  }
  return found
}
