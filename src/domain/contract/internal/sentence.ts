/** More values than this, and none is looked through. */
const most = 1000

/** The texts and numbers of a value, as they would stand in a sentence; undefined where there are too many. */
const leaves = (value: unknown): ReadonlyArray<string> | undefined => {
  const found: Array<string> = []
  const open: Array<unknown> = [value]
  const seen = new Set<object>()
  while (open.length > 0) {
    if (found.length + open.length > most) return undefined
    const next = open.pop()
    if (typeof next === "string" || typeof next === "number" || typeof next === "bigint") found.push(String(next))
    if (typeof next !== "object" || next === null || seen.has(next)) continue
    seen.add(next)
    open.push(...Object.values(next))
  }
  return found.filter((leaf) => leaf !== "")
}

/** What stands in quotes, without the dots of a text that was cut. */
const quotes = (sentence: string): ReadonlyArray<string> =>
  [...sentence.matchAll(/"([^"]*)"|'([^']*)'|`([^`]*)`/g)]
    .map(([, double, single, back]) => (double ?? single ?? back ?? "").replace(/(\.\.\.|…)$/, ""))
    .filter((quote) => quote !== "")

/**
 * A sentence that was made about a value at run time, where it gives nothing of the value away; undefined where it may. The
 * schema libraries like to print what they refuse, and that may be a password.
 */
export const about = (value: unknown, sentence: string | undefined): string | undefined => {
  if (sentence === undefined) return undefined
  const parts = leaves(value)
  if (parts === undefined) return undefined
  const quoted = quotes(sentence)
  const shows = (part: string): boolean =>
    sentence.includes(part) ||
    sentence.includes(JSON.stringify(part).slice(1, -1)) ||
    quoted.some((quote) => part.includes(quote))
  return parts.some(shows) ? undefined : sentence
}
