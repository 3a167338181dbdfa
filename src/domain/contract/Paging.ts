/**
 * How an action returns its results in pages.
 *
 * @since 0.1.0
 */

/**
 * The members that page through a list. Members of the response are paths with dots, such as `Result.Items`, because some
 * services wrap their result.
 *
 * - `offset`: the request says how many items to skip
 * - `number`: the request says the number of the page
 * - `token`: the response holds a token for the next page, and the next request repeats it
 *
 * By offset and by number, most responses say how many items there are in all.
 *
 * @since 0.1.0
 * @category models
 */
export type Paging =
  | {
      readonly by: "offset"
      readonly offset: string
      /** Whether the offset is a text on the wire. */
      readonly textual?: boolean | undefined
      /** Without a total, the listing ends with a page that is not full. */
      readonly total?: string | undefined
      readonly items: string
    }
  | {
      readonly by: "number"
      readonly number: string
      /** Whether the number is a text on the wire. */
      readonly textual?: boolean | undefined
      /** The member of the request that says how many items a page has, if there is one. */
      readonly size?: string | undefined
      /** The number of the first page, 0 or 1. */
      readonly first: number
      /** Without a total, the listing ends with a page that is not full. */
      readonly total?: string | undefined
      readonly items: string
    }
  | {
      readonly by: "token"
      readonly token: string
      readonly next: string
      readonly items: string
    }

/**
 * Returns the value at a path with dots, or `undefined` if there is none.
 *
 * @since 0.1.0
 * @category getters
 */
export const valueAt = (value: unknown, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>(
      (inner, name) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, name) : undefined),
      value
    )

/**
 * Returns the items of a page. Returns none if the response has no such list.
 *
 * @since 0.1.0
 * @category getters
 */
export const itemsOf = (paging: Paging, response: object): ReadonlyArray<unknown> => {
  const items = valueAt(response, paging.items)
  return Array.isArray(items) ? items : []
}

/** Returns how many items there are in all. Some services send a smaller number than one page has, which is ignored. */
const totalOf = (path: string | undefined, response: object, count: number): number | undefined => {
  const total = path === undefined ? Number.NaN : Number(valueAt(response, path) ?? Number.NaN)
  return total >= count ? total : undefined
}

/**
 * Returns the name of the request's member that chooses the page.
 *
 * @since 0.1.0
 * @category getters
 */
export const placeOf = (paging: Paging): string => {
  switch (paging.by) {
    case "offset":
      return paging.offset
    case "number":
      return paging.number
    case "token":
      return paging.token
  }
}

/**
 * Returns the members that the next request has in addition to the last one, or `undefined` after the last page.
 *
 * - By offset, a page is the last one if it is empty, or if all items have been seen.
 * - By number, a page is the last one if it is empty, or has fewer items than its request asks for. It is also the last one if so many
 *   pages of its size hold all items.
 * - By token, a page is the last one if the service sends no token, or repeats the request's. An empty page is not the last
 *   one if it has a new token.
 *
 * @since 0.1.0
 * @category getters
 */
export const next = (paging: Paging, request: object, response: object): object | undefined => {
  if (paging.by === "token") {
    const token = valueAt(response, paging.next) ?? ""
    return token === "" || token === valueAt(request, paging.token) ? undefined : { [paging.token]: token }
  }
  const count = itemsOf(paging, response).length
  const total = totalOf(paging.total, response, count)
  const member = placeOf(paging)
  const before = Number(valueAt(request, member) ?? (paging.by === "offset" ? 0 : paging.first))
  const place = before + (paging.by === "offset" ? count : 1)
  const seen = paging.by === "offset" ? place : (place - paging.first) * count
  if (count === 0 || !Number.isSafeInteger(place) || (total !== undefined && seen >= total)) return undefined
  if (paging.by === "number" && paging.size !== undefined) {
    const size = Number(valueAt(request, paging.size) ?? Number.NaN)
    if (count < size) return undefined
  }
  return { [member]: paging.textual === true ? String(place) : place }
}
