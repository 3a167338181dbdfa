/** Pages of sample lists: which page a request wants, and what a response says about its page. */
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import type * as Json from "../../../wire/Json.js"
import { type Paging, placeOf } from "../../Paging.js"
import { type Member, members, type Table } from "../shapeTable.js"
import * as counts from "./counts.js"
import type { Wanted } from "./wanted.js"

export interface Page {
  readonly offset: number
  readonly limit: number
}

/** The elements on one page of a list, and the length of the whole list. */
export interface Slice {
  readonly elements: ReadonlyArray<unknown>
  readonly total: number
}

/** An object that may hold a list in pages: a response, or the object in it that wraps the result. */
export interface Outer {
  readonly wanted: Wanted
  /** The path of the object in a {@link Paging}, such as `Result.`. */
  readonly path: string
}

const limitNames = ["Limit", "PageSize", "Size", "Rp", "MaxResults", "MaxItems"]
const numberNames = ["PageNumber", "PageNo", "PageNum", "PageIndex", "Page", "CurrentPage"]

const numberIn = (request: Json.JsonObject, names: ReadonlyArray<string>): number | undefined => {
  const name = names.find((name) => request[name] !== undefined)
  const number = name === undefined ? Number.NaN : Number(request[name])
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

/** Makes the token of the page that begins at an offset. */
const tokenOf = (offset: number): string => Encoding.encodeBase64Url(`offset=${offset}`)

const offsetOf = (token: unknown): number => {
  const text = typeof token === "string" ? Either.getOrElse(Encoding.decodeBase64UrlString(token), () => "") : ""
  return Number(/^offset=(\d{1,9})$/.exec(text)?.[1] ?? 0)
}

/** Returns the page that a request wants, or `undefined` if it wants everything. */
export const pageOf = ({ paging, request }: Wanted): Page | undefined => {
  const given = numberIn(request, limitNames)
  const limit = given === undefined || given === 0 ? 20 : given
  if (paging?.by === "token") return { limit, offset: offsetOf(request[paging.token]) }
  if (paging?.by === "number") {
    const number = numberIn(request, [paging.number]) ?? paging.first
    return { limit, offset: Math.max(0, number - paging.first) * limit }
  }
  const offset = numberIn(request, [paging?.offset ?? "Offset"])
  if (paging !== undefined || offset !== undefined) return { limit, offset: offset ?? 0 }
  const number = numberIn(request, numberNames) ?? 1
  return given === undefined ? undefined : { limit, offset: (Math.max(1, number) - 1) * limit }
}

/** Returns a request without the members that choose its page. */
export const withoutPage = (request: Json.JsonObject, paging: Paging | undefined): Json.JsonObject => {
  const names = new Set([...limitNames, ...numberNames, paging === undefined ? "Offset" : placeOf(paging)])
  return Object.fromEntries(Object.entries(request).filter(([name]) => !names.has(name)))
}

/** Returns a list that is all on one page. */
export const whole = (elements: ReadonlyArray<unknown>): Slice => ({ elements, total: elements.length })

/** Makes the elements of one page. */
export const slice = (total: number, page: Page | undefined, element: (index: number) => unknown): Slice => {
  const offset = page?.offset ?? 0
  const length = Math.max(0, Math.min(page?.limit ?? total, total - offset))
  return { elements: Array.from({ length }, (_, index) => element(offset + index)), total }
}

/** Returns the list that comes in pages: the one that the paging names, or the one that a total counts. */
export const pagedListOf = (table: Table, { path, wanted: { paging } }: Outer): Member | undefined => {
  if (paging !== undefined) return members(table).find(({ name }) => path + name === paging.items)
  for (const [count, list] of counts.countsOf(table)) if (counts.isTotal(count.name)) return list
  return undefined
}

/** Returns what a member says about the page: the next token, whether there is more, or the number of pages. */
export const statementOf = (member: Member, outer: Outer, page: Page, { elements, total }: Slice): unknown => {
  const { name, type } = member
  const { paging } = outer.wanted
  const end = page.offset + elements.length
  const hasMore = end < total
  if (paging?.by === "token" && outer.path + name === paging.next) return hasMore ? tokenOf(end) : ""
  if (type === "bool") {
    if (/^(HasMore|HasNext(Page)?|IsTruncated|Truncated)$/.test(name)) return hasMore
    return /^(ListOver|IsEnd|IsOver|Finish|Finished|NoMore|IsLast(Page)?)$/.test(name) ? !hasMore : undefined
  }
  const isPageCount = /^(TotalPages?|TotalPage(Number|Num|Count)|PageCount)$/.test(name)
  return isPageCount && counts.isNumber(member) ? Math.ceil(total / page.limit) : undefined
}
