/** What a pager is, and what those by offset and by number share: how they count, and how they know a page again. */
import * as Either from "effect/Either"
import * as Hash from "effect/Hash"
import * as Json from "../../wire/Json.js"

/** What to do after a page. */
export interface Step {
  /** How many items at the start of the page came before. All of them, if the page has nothing new. */
  readonly seen: number
  /** The members that the next request has in addition to the first one. Absent after the last page. */
  readonly next?: object
  /** Why there are no more pages, although the listing has not ended. It completes "a body that …". */
  readonly stalled?: string
  /** Whether the total says that this was the last page. The next request only makes sure. */
  readonly isLikelyLast?: boolean
}

/** Goes from page to page. */
export interface Pager {
  readonly advance: (request: object, page: object) => Step
  /**
   * Returns the members that the requests after the next one will likely have, at most so many. Returns none if the total is unknown,
   * or if pages have tokens.
   */
  readonly foresee: (most: number) => ReadonlyArray<object>
}

/** How many pages without items may come in a row while the total says that there are more. */
export const maxEmptyPages = 10

/** How many items a page has at least, if its size is unknown. No service has smaller pages by default. */
export const leastPage = 10

export const textOf = (item: unknown): string | undefined => Either.getOrUndefined(Json.stringify(item))

/** A short text that two different pages do not share, or `undefined` if items have no JSON form. */
export const fingerprintOf = (items: ReadonlyArray<unknown>): string | undefined => {
  const [first, last] = [textOf(items[0]), textOf(items.at(-1))]
  if (first === undefined || last === undefined) return undefined
  return [items.length, first.length, Hash.string(first), last.length, Hash.string(last)].join(" ")
}

export const countIn = (value: unknown): number | undefined => {
  const count = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value ?? Number.NaN)
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined
}

/** Whether a page may be full. Without a limit, pages are full at a round number of items. */
export const mayBeFull = (count: number, limit: number | undefined): boolean =>
  (limit !== undefined && count >= limit) || count % leastPage === 0

/** The member of a request that says where a page is: a number, or a text where the service wants that. */
export const memberOf = (
  name: string,
  place: number,
  { textual }: { readonly textual?: boolean | undefined }
): object => ({
  [name]: textual === true ? String(place) : place
})
