/**
 * The target of a request line: `/`, `/?Action=…`, or the whole address, as a client sends it to a proxy.
 *
 * @since 0.1.0
 */

/**
 * A target, in its two parts.
 *
 * @since 0.1.0
 * @category models
 */
export interface Target {
  readonly path: string
  /** Still encoded, without its `?`. */
  readonly query: string
}

/**
 * Splits a target, and leaves out scheme and authority where it has them. No percent-escape is touched: a signature speaks of
 * the query as it was sent.
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
