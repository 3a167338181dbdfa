/**
 * Goes through the pages of one listing. It remembers what came, so that no item comes twice, none is lost without a word, and the
 * listing ends whatever the service answers.
 */

import * as Hash from "effect/Hash"
import { itemsOf, type Paging, valueAt } from "../Paging.js"
import { NumberPager } from "./numberPager.js"
import {
  countIn,
  fingerprintOf,
  leastPage,
  maxEmptyPages,
  mayBeFull,
  memberOf,
  type Pager,
  type Step,
  textOf
} from "./pageOfItems.js"

/** How far to go on after a page without items, if the request says the size of a page. A service may have smaller pages than it is asked for, and hardly any has smaller than this. */
const mostPage = 100

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

class OffsetPager implements Pager {
  private start: number | undefined = undefined
  /** How many different items came. */
  private count = 0
  /** How many items the largest page had. */
  private most = 0
  /** Where the next page begins, and how far it is from there to the one after it. */
  private place = 0
  private step = 0
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
      total: paging.total === undefined ? undefined : countIn(valueAt(answer, paging.total)),
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
    this.most = Math.max(this.most, count)
    this.before = items
    this.count += count - seen
    this.learnTotal(page)
    const step = this.isHiding && limit !== undefined ? Math.max(limit, count) : count
    const next = page.offset + step
    this.step = step
    this.place = next
    const { total } = this
    if (this.paging.total === undefined && !this.isFull(count, limit)) return { seen }
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

  /** Whether more may follow a page, where no total says so. */
  private isFull(count: number, limit: number | undefined): boolean {
    return count >= this.most && (limit === undefined || mayBeFull(count, limit))
  }

  foresee(most: number): ReadonlyArray<object> {
    const { paging, place, step, total = 0 } = this
    const count = step === 0 ? 0 : Math.max(0, Math.min(most, Math.ceil((total - place) / step) - 1))
    return Array.from({ length: count }, (_, index) => memberOf(paging.offset, place + (index + 1) * step, paging))
  }

  /** Whether so many items have come, with those that the first request skips. */
  private reached(total: number): boolean {
    return (this.start ?? 0) + this.count >= total
  }

  private goOn(offset: number): { readonly next?: object } {
    return Number.isSafeInteger(offset) ? { next: memberOf(this.paging.offset, offset, this.paging) } : {}
  }
}

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

  foresee(): ReadonlyArray<object> {
    return []
  }
}

/** Makes what goes through the pages of one listing. */
export const make = (paging: Paging): Pager => {
  switch (paging.by) {
    case "offset":
      return new OffsetPager(paging)
    case "number":
      return new NumberPager(paging)
    case "token":
      return new TokenPager(paging)
  }
}
