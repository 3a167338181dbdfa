/**
 * Goes through the pages of one listing. It remembers what came, so that no item comes twice, none is lost without a word, and the
 * listing ends whatever the service answers.
 */

import * as Either from "effect/Either"
import * as Hash from "effect/Hash"
import * as Json from "../../wire/Json.js"
import { itemsOf, type Paging, valueAt } from "../Paging.js"

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
}

/** How many pages without items may come in a row while the total says that there are more. */
const maxEmptyPages = 10

/** How far to go on after a page without items, if the size of a page is unknown. No service has smaller pages by default. */
const leastPage = 10

/** The same, if the request says the size. A service may have smaller pages than it is asked for, and hardly any has smaller than this. */
const mostPage = 100

const textOf = (item: unknown): string | undefined => Either.getOrUndefined(Json.stringify(item))

/** A short text that two different pages do not share, or `undefined` if items have no JSON form. */
const fingerprintOf = (items: ReadonlyArray<unknown>): string | undefined => {
  const [first, last] = [textOf(items[0]), textOf(items.at(-1))]
  if (first === undefined || last === undefined) return undefined
  return [items.length, first.length, Hash.string(first), last.length, Hash.string(last)].join(" ")
}

/** Returns how many items at the end of one list are those at the start of another, in linear time (Knuth, Morris and Pratt). */
const overlapOf = (before: ReadonlyArray<unknown>, after: ReadonlyArray<unknown>): number => {
  const pattern = after.map(textOf)
  const borders = [0]
  const extend = (length: number, text: string | undefined): number => {
    let matched = length
    while (matched > 0 && (matched === pattern.length || pattern[matched] !== text)) matched = borders[matched - 1] ?? 0
    return text !== undefined && pattern[matched] === text ? matched + 1 : matched
  }
  for (let index = 1; index < pattern.length; index++) borders.push(extend(borders[index - 1] ?? 0, pattern[index]))
  return before.reduce<number>((matched, item) => extend(matched, textOf(item)), 0)
}

/** A page of a listing by offset. */
interface Page {
  readonly offset: number
  readonly items: ReadonlyArray<unknown>
  readonly total: number | undefined
  /** How many items the request asks for, if it says so. */
  readonly limit: number | undefined
}

const countIn = (value: unknown): number | undefined => {
  const count = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value ?? Number.NaN)
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined
}

class OffsetPager implements Pager {
  private start: number | undefined = undefined
  /** How many different items came. */
  private count = 0
  private before: ReadonlyArray<unknown> | undefined = undefined
  private readonly fingerprints = new Set<string>()
  private total: number | undefined = undefined
  /** Whether the service's totals count the items of a page only. */
  private isPageTotal = false
  /** Whether the service hides items after it has cut the page, so that a page of 100 may have 60 items. */
  private isHiding = false
  private wasLikelyLast = false
  private emptyPages = 0
  private repeatedPages = 0

  constructor(private readonly paging: Paging & { readonly by: "offset" }) {}

  advance(request: object, answer: object): Step {
    const { paging } = this
    const offset = countIn(valueAt(request, paging.offset) ?? 0)
    // The request starts at a place that cannot be counted from.
    if (offset === undefined) return { seen: 0 }
    this.start ??= offset
    const limit = countIn(Reflect.get(request, "Limit"))
    const page: Page = {
      offset,
      items: itemsOf(paging, answer),
      total: countIn(valueAt(answer, paging.total)),
      limit: limit === 0 ? undefined : limit
    }
    return page.items.length === 0 ? this.afterEmpty(page) : this.afterItems(page)
  }

  private afterEmpty({ limit, offset, total = this.total }: Page): Step {
    const isOver = this.wasLikelyLast || this.isPageTotal || total === undefined || this.reached(total)
    if (isOver) return { seen: 0 }
    this.emptyPages += 1
    if (this.emptyPages > maxEmptyPages) {
      const reason = `has no items, as the ${maxEmptyPages} before it, although there are ${total} in all`
      return { seen: 0, stalled: reason }
    }
    const next = offset + (limit === undefined ? leastPage : Math.min(limit, mostPage))
    return next >= total ? { seen: 0 } : { seen: 0, ...this.goOn(next) }
  }

  private afterItems(page: Page): Step {
    const { items, limit } = page
    const count = items.length
    const fingerprint = fingerprintOf(items)
    if (fingerprint !== undefined && this.fingerprints.has(fingerprint) && !this.isLastText(page)) {
      return this.afterRepetition(page)
    }
    if (fingerprint !== undefined) this.fingerprints.add(fingerprint)
    this.emptyPages = 0
    this.repeatedPages = 0
    const isKnownFull = limit !== undefined && this.before !== undefined && this.before.length >= limit
    const isApart = isKnownFull || (this.isHiding && limit !== undefined)
    const seen = this.before === undefined || isApart || this.isLastText(page) ? 0 : overlapOf(this.before, items)
    if (seen > 0) this.isHiding = true
    this.before = items
    this.count += count - seen
    this.learnTotal(page)
    const next = page.offset + (this.isHiding && limit !== undefined ? Math.max(limit, count) : count)
    const { total } = this
    if (total === undefined || !this.reached(total)) return { seen, ...this.goOn(next) }
    // Exactly one full page: its total may be its own.
    const isLikelyLast = page.offset === 0 && page.total === count && mayBeFull(count, limit)
    this.wasLikelyLast = isLikelyLast
    return isLikelyLast ? { seen, ...this.goOn(next), isLikelyLast } : { seen }
  }

  /** Whether a page is one text or number that makes the total complete. A list may hold the same text twice. */
  private isLastText({ items: [item, ...others], total }: Page): boolean {
    return others.length === 0 && typeof item !== "object" && (this.start ?? 0) + this.count + 1 === total
  }

  /** After a page that came before. */
  private afterRepetition({ items, limit, offset }: Page): Step {
    const seen = items.length
    const isShort = limit !== undefined && seen < limit
    // The service returns everything whatever it is asked.
    if (this.wasLikelyLast || (isShort && this.total === undefined)) return { seen }
    this.repeatedPages += 1
    // All that is new on this page may be hidden.
    if (isShort && this.repeatedPages === 1) {
      this.isHiding = true
      return { seen, ...this.goOn(offset + limit) }
    }
    const reason = `repeats the items of an earlier page, although the request asks for those from ${this.paging.offset} ${offset}: the service seems to ignore it`
    return { seen, stalled: reason }
  }

  private learnTotal({ items, offset, total }: Page): void {
    if (this.wasLikelyLast) this.isPageTotal = true
    this.wasLikelyLast = false
    if (offset > 0 && total === items.length) this.isPageTotal = true
    if (this.isPageTotal) this.total = undefined
    // A total that is less than what came counts something else.
    else if (total !== undefined && total >= (this.start ?? 0) + this.count) this.total = total
    else if (this.total === undefined || this.reached(this.total)) this.total = undefined
  }

  /** Whether so many items have come, with those that the first request skips. */
  private reached(total: number): boolean {
    return (this.start ?? 0) + this.count >= total
  }

  private goOn(offset: number): { readonly next?: object } {
    if (!Number.isSafeInteger(offset)) return {}
    const { offset: name, textual } = this.paging
    return { next: { [name]: textual === true ? String(offset) : offset } }
  }
}

/** Whether a page may be full. Without a limit, pages are full at a round number of items. */
const mayBeFull = (count: number, limit: number | undefined): boolean =>
  (limit !== undefined && count >= limit) || count % leastPage === 0

/** The longest token that is remembered as it is. */
const maxTokenLength = 200

const shorten = (token: unknown): string => {
  const text = String(token)
  return text.length <= maxTokenLength
    ? text
    : `${text.slice(0, maxTokenLength)} ${text.slice(-maxTokenLength)} ${text.length} ${Hash.string(text)}`
}

class TokenPager implements Pager {
  private readonly tokens = new Set<string>()

  constructor(private readonly paging: Paging & { readonly by: "token" }) {}

  advance(request: object, answer: object): Step {
    const { paging } = this
    const asked = valueAt(request, paging.token) ?? ""
    const token = valueAt(answer, paging.next) ?? ""
    if (asked !== "") this.tokens.add(shorten(asked))
    if (token === "" || token === asked) return { seen: 0 }
    return this.tokens.has(shorten(token))
      ? { seen: 0, stalled: `has the ${paging.next} of an earlier page: the pages go in a circle` }
      : { seen: 0, next: { [paging.token]: token } }
  }
}

/** Makes what goes through the pages of one listing. */
export const make = (paging: Paging): Pager =>
  paging.by === "token" ? new TokenPager(paging) : new OffsetPager(paging)
