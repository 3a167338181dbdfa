/**
 * How an action returns its results in pages.
 *
 * @since 0.1.0
 */

/**
 * The members that page through a list. Members of the response are paths with dots, such as `Result.Items`, because some
 * services wrap their result.
 *
 * - `offset`: the request says how many items to skip, and the response says how many there are in all
 * - `token`: the response holds a token for the next page, and the next request repeats it
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
      readonly total: string
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
const totalOf = (paging: Paging & { readonly by: "offset" }, response: object, count: number): number | undefined => {
  const total = Number(valueAt(response, paging.total) ?? Number.NaN)
  return total >= count ? total : undefined
}

/**
 * Returns the members that the next request has in addition to the last one, or `undefined` after the last page.
 *
 * - By offset, a page is the last one if it is empty, or if all items have been seen.
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
  const offset = Number(valueAt(request, paging.offset) ?? 0) + count
  const total = totalOf(paging, response, count)
  if (count === 0 || !Number.isSafeInteger(offset) || (total !== undefined && offset >= total)) return undefined
  return { [paging.offset]: paging.textual === true ? String(offset) : offset }
}
