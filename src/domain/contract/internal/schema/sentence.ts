/** Keeps secrets out of the messages of schema libraries, which like to print the value that they reject. */

/** A value with more parts than this is not searched, and its message is dropped. */
const maxParts = 1000

/** Returns the strings and numbers in a value as a sentence would print them, or `undefined` if there are too many. */
const leavesOf = (value: unknown): ReadonlyArray<string> | undefined => {
  const leaves: Array<string> = []
  const open: Array<unknown> = [value]
  const seen = new Set<object>()
  while (open.length > 0) {
    if (leaves.length + open.length > maxParts) return undefined
    const next = open.pop()
    if (typeof next === "string" || typeof next === "number" || typeof next === "bigint") leaves.push(String(next))
    if (typeof next !== "object" || next === null || seen.has(next)) continue
    seen.add(next)
    open.push(...Object.values(next))
  }
  return leaves.filter((leaf) => leaf !== "")
}

/** Returns the quoted parts of a sentence, without the dots of a quote that was shortened. */
const quotesIn = (sentence: string): ReadonlyArray<string> =>
  [...sentence.matchAll(/"([^"]*)"|'([^']*)'|`([^`]*)`/g)]
    .map(([, double, single, back]) => (double ?? single ?? back ?? "").replace(/(\.\.\.|…)$/, ""))
    .filter((quote) => quote !== "")

/** Returns the sentence if it shows nothing of the value, which may be a password. Otherwise returns `undefined`. */
export const withoutValue = (value: unknown, sentence: string | undefined): string | undefined => {
  if (sentence === undefined) return undefined
  const leaves = leavesOf(value)
  if (leaves === undefined) return undefined
  const quotes = quotesIn(sentence)
  const isShown = (leaf: string): boolean =>
    sentence.includes(leaf) ||
    sentence.includes(JSON.stringify(leaf).slice(1, -1)) ||
    quotes.some((quote) => leaf.includes(quote))
  return leaves.some(isShown) ? undefined : sentence
}
