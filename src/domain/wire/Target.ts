/**
 * The target of a request line: `/`, `/?Action=…`, or a whole URL, as a client sends it to a proxy.
 *
 * @since 0.1.0
 */

/**
 * The two parts of a target.
 *
 * @since 0.1.0
 * @category models
 */
export interface Target {
  readonly path: string
  /** Still encoded, and without its `?`. */
  readonly query: string
}

/**
 * Splits a target, and drops its scheme and authority. Percent-escapes stay, because a signature covers the query as the
 * client sent it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const parse = (target: string): Target => {
  const local = target.replace(/^https?:\/\/[^/?#]*/i, "")
  const mark = local.indexOf("?")
  const path = mark < 0 ? local : local.slice(0, mark)
  return { path: path === "" ? "/" : path, query: mark < 0 ? "" : local.slice(mark + 1) }
}
