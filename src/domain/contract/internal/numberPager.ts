/** Goes through the pages of a listing whose requests say the number of the page. */
import { itemsOf, type Paging, valueAt } from "../Paging.js"
import {
  countIn,
  fingerprintOf,
  leastPage,
  maxEmptyPages,
  mayBeFull,
  memberOf,
  type Pager,
  type Step
} from "./pageOfItems.js"

/** A page of a listing by number. */
interface Page {
  readonly number: number
  readonly items: ReadonlyArray<unknown>
  readonly total: number | undefined
  /** How many items the request asks for, if it says so. */
  readonly size: number | undefined
}

export class NumberPager implements Pager {
  /** The number of the first page that was asked for. */
  private start: number | undefined = undefined
  /** How many items came. */
  private count = 0
  /** How many items the largest page had. A service may have smaller pages than it is asked for. */
  private most = 0
  private total: number | undefined = undefined
  /** The number of the next page. */
  private place = 0
  private emptyPages = 0
  private wasLikelyLast = false
  /** Whether the service's totals count the items of a page only. */
  private isPageTotal = false
  private readonly fingerprints = new Set<string>()

  constructor(private readonly paging: Paging & { readonly by: "number" }) {}

  advance(request: object, answer: object): Step {
    const { first, number: name, size: sizeName, total } = this.paging
    const number = countIn(valueAt(request, name) ?? first)
    // The request starts at a place that cannot be counted from.
    if (number === undefined) return { seen: 0 }
    this.start ??= number
    const size = sizeName === undefined ? undefined : countIn(valueAt(request, sizeName))
    const page: Page = {
      number,
      items: itemsOf(this.paging, answer),
      total: total === undefined ? undefined : countIn(valueAt(answer, total)),
      size: size === 0 ? undefined : size
    }
    return page.items.length === 0 ? this.afterEmpty(page) : this.afterItems(page)
  }

  foresee(most: number): ReadonlyArray<object> {
    const { paging, place, total = 0 } = this
    const last = paging.first + (this.most === 0 ? 0 : Math.ceil(total / this.most) - 1)
    const count = Math.max(0, Math.min(most, last - place))
    return Array.from({ length: count }, (_, index) => memberOf(paging.number, place + index + 1, paging))
  }

  private afterEmpty({ number, size, total = this.total }: Page): Step {
    const isOver = this.wasLikelyLast || this.isPageTotal || total === undefined
    if (isOver || this.isBehind(number, total, this.most || Math.min(size ?? leastPage, leastPage))) return { seen: 0 }
    this.emptyPages += 1
    if (this.emptyPages <= maxEmptyPages) return { seen: 0, ...this.goOn(number + 1) }
    const reason = `has no items, as the ${maxEmptyPages} before it, although there are ${total} in all`
    return { seen: 0, stalled: reason }
  }

  private afterItems(page: Page): Step {
    const { items, number, size } = page
    const fingerprint = fingerprintOf(items)
    if (fingerprint !== undefined && this.fingerprints.has(fingerprint)) return this.afterRepetition(page)
    if (fingerprint !== undefined) this.fingerprints.add(fingerprint)
    this.emptyPages = 0
    this.most = Math.max(this.most, items.length)
    this.count += items.length
    this.learnTotal(page)
    const { total } = this
    if (total === undefined) {
      // A page that is not full is the last one.
      const isFull = items.length >= this.most && (size === undefined || mayBeFull(items.length, size))
      return this.paging.total !== undefined || isFull ? { seen: 0, ...this.goOn(number + 1) } : { seen: 0 }
    }
    if (!this.isBehind(number, total, this.most)) return { seen: 0, ...this.goOn(number + 1) }
    // Exactly one full page: its total may be its own.
    const isLikelyLast = number === this.paging.first && page.total === items.length && mayBeFull(items.length, size)
    this.wasLikelyLast = isLikelyLast
    return isLikelyLast ? { seen: 0, ...this.goOn(number + 1), isLikelyLast } : { seen: 0 }
  }

  /** After a page that came before. Services return their last page, or everything, for a number behind the end. */
  private afterRepetition({ items, number }: Page): Step {
    const seen = items.length
    if (this.wasLikelyLast || this.total === undefined) return { seen }
    const reason = `repeats the items of an earlier page, although the request asks for ${this.paging.number} ${number}: the service seems to ignore it`
    return { seen, stalled: reason }
  }

  private learnTotal({ items, number, total }: Page): void {
    if (this.wasLikelyLast) this.isPageTotal = true
    this.wasLikelyLast = false
    if (number > this.paging.first && total === items.length) this.isPageTotal = true
    // A total that is less than what came counts something else.
    this.total = this.isPageTotal || total === undefined || total < this.count ? undefined : total
  }

  /** Whether all items came, or a page and those before it have all of them. */
  private isBehind(number: number, total: number, size: number): boolean {
    const isFromStart = this.start === this.paging.first
    return (isFromStart && this.count >= total) || (number - this.paging.first + 1) * size >= total
  }

  private goOn(number: number): { readonly next?: object } {
    this.place = number
    return Number.isSafeInteger(number) ? { next: memberOf(this.paging.number, number, this.paging) } : {}
  }
}
