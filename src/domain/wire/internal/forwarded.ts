/** Reads what proxies say of a request: `Forwarded` (RFC 7239), `X-Forwarded-For` and `X-Forwarded-Host`. */

/** What one proxy says: who sent it the request, and for which host. */
export interface Hop {
  readonly for: string | undefined
  readonly host: string | undefined
}

/** A parameter of `Forwarded`, with what separates it from the next. A value without quotation marks may be an address with a port. */
const parameter = /[ \t]*(?:([\w!#$%&'*+.^`|~-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))[ \t]*)?([;,]|$)/y

/**
 * Reads `Forwarded`, whose last hop is the nearest. Returns nothing if any part of it is malformed: a caller may have written the first
 * hops, and must not be able to hide the others.
 */
export const parseForwarded = (header: string): ReadonlyArray<Hop> | undefined => {
  const hops: Array<Hop> = []
  let hop = new Map<string, string>()
  parameter.lastIndex = 0
  for (;;) {
    const match = parameter.exec(header)
    if (match === null) return undefined
    const [, name, quoted, bare = "", separator] = match
    if (name !== undefined) {
      const key = name.toLowerCase()
      if (hop.has(key)) return undefined
      hop.set(key, quoted === undefined ? bare : quoted.replace(/\\(.)/g, "$1"))
    }
    if (separator === ";") continue
    if (hop.size > 0) hops.push({ for: hop.get("for"), host: hop.get("host") })
    if (separator === "") return hops
    hop = new Map()
  }
}

/** The last elements of a list, the last one first. Empty ones do not count. */
export const lastElements = (list: string, most: number): ReadonlyArray<string> => {
  const elements: Array<string> = []
  let end = list.length
  while (end >= 0 && elements.length < most) {
    const comma = end === 0 ? -1 : list.lastIndexOf(",", end - 1)
    const element = list.slice(comma + 1, end).trim()
    if (element !== "") elements.push(element)
    end = comma
  }
  return elements
}

const node = /^(?:\[([^\]]*)\]|([^:]*))(?::(?:\d{1,5}|_[\w.-]+))?$/

/** The address in the name of a node: `203.0.113.7`, `203.0.113.7:4711`, `[2001:db8::1]:4711`, `2001:db8::1`. It may be no address. */
export const addressOf = (name: string): string => {
  const [, inBrackets, plain] = node.exec(name) ?? []
  return inBrackets ?? plain ?? name
}

const host = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/** No name of a host is longer, with its port. */
const maxHost = 260

/** Whether a text is the name of a host, or an address, with or without a port. */
export const isHost = (text: string): boolean => text.length <= maxHost && host.test(text)
