/**
 * How an action gives its results in pages.
 *
 * @since 0.1.0
 */

/**
 * Where the parts of a page stand. Members of the response are paths with dots, `Result.Items`, since some services wrap theirs.
 *
 * - `offset`: the request says how many items are left out, the response how many there are in all
 * - `token`: the response says where the next page begins, and the next request repeats it
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

const at = (value: unknown, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>(
      (inner, name) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, name) : undefined),
      value
    )

/**
 * The items of a page; none where the response has no such list.
 *
 * @since 0.1.0
 * @category getters
 */
export const itemsOf = (paging: Paging, response: object): ReadonlyArray<unknown> => {
  const items = at(response, paging.items)
  return Array.isArray(items) ? items : []
}

/** How many there are in all. What is less than one page alone is no such number, though some services call it so. */
const totalOf = (paging: Paging & { readonly by: "offset" }, response: object, count: number): number | undefined => {
  const total = Number(at(response, paging.total) ?? Number.NaN)
  return total >= count ? total : undefined
}

/**
 * What the next request has beside what the last one had; undefined after the last page.
 *
 * By offset it is the last one when it is empty, or when all there are have been seen. By token it is the last one when the service
 * gives no token, or the one again that it was given: an empty page may well be followed by others.
 *
 * @since 0.1.0
 * @category getters
 */
export const next = (paging: Paging, request: object, response: object): object | undefined => {
  if (paging.by === "token") {
    const token = at(response, paging.next) ?? ""
    return token === "" || token === at(request, paging.token) ? undefined : { [paging.token]: token }
  }
  const count = itemsOf(paging, response).length
  const offset = Number(at(request, paging.offset) ?? 0) + count
  const total = totalOf(paging, response, count)
  if (count === 0 || !Number.isSafeInteger(offset) || (total !== undefined && offset >= total)) return undefined
  return { [paging.offset]: paging.textual === true ? String(offset) : offset }
}
