import * as Net from "node:net"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"

/** A proxy, without what logs in to it, which stays apart. */
export interface Proxy {
  readonly url: URL
  /** `Proxy-Authorization`, where the proxy's URL has a user. */
  readonly authorization: Redacted.Redacted | undefined
}

/** What would have been right. Never quotes what was there, which may hold a password. */
const expected = "expected the URL of an HTTP proxy, such as `http://proxy.example:3128` or `http://user:password@…`"

/** Reads a proxy's URL. Without a scheme it is taken for `http://`, as curl does. */
export const parse = (text: string): Either.Either<Proxy, string> =>
  Either.try({
    try: () => {
      const url = new URL(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`)
      const user = decodeURIComponent(url.username)
      const password = decodeURIComponent(url.password)
      return { url, login: user === "" ? undefined : `${user}:${password}` }
    },
    catch: () => expected
  }).pipe(
    Either.filterOrLeft(
      ({ url }) => /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "" && url.hash === "",
      () => expected
    ),
    Either.map(({ login, url }) => ({
      url: new URL(`${url.protocol}//${url.host}`),
      authorization:
        login === undefined ? undefined : Redacted.make(`Basic ${Buffer.from(login, "utf8").toString("base64")}`)
    }))
  )

interface Target {
  readonly host: string
  readonly port: string
}

type Rule = (target: Target) => boolean

const familyOf = (host: string): Net.IPVersion | undefined =>
  Net.isIPv4(host) ? "ipv4" : Net.isIPv6(host) ? "ipv6" : undefined

/** An address of IPv4 is found in the form of IPv6 as well. */
const within =
  (addresses: Net.BlockList): Rule =>
  ({ host }) => {
    const family = familyOf(host)
    return family !== undefined && addresses.check(host, family)
  }

const network = (range: string): Rule => {
  const [, base = "", bits] = /^([^/]*)\/(\d{1,3})$/.exec(range) ?? []
  const family = familyOf(base)
  if (family === undefined || Number(bits) > (family === "ipv4" ? 32 : 128)) return () => false
  const addresses = new Net.BlockList()
  addresses.addSubnet(base, Number(bits), family)
  return within(addresses)
}

const name = (text: string): Rule => {
  const family = familyOf(text)
  if (family !== undefined) {
    const addresses = new Net.BlockList()
    addresses.addAddress(text, family)
    return within(addresses)
  }
  const suffix = text.replace(/^\*?\.?/, ".")
  // `.example.com` and `*.example.com` are those below it; `example.com` is itself too.
  const itself = text.startsWith(".") || text.startsWith("*.") ? undefined : text
  return ({ host }) => host === itself || host.endsWith(suffix)
}

const rule = (entry: string): Rule => {
  if (entry === "*") return () => true
  if (entry.includes("/")) return network(entry)
  if (familyOf(entry) !== undefined) return name(entry)
  const [, bracketed, plain = "", port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? []
  const matches = name(bracketed ?? plain)
  return (target) => (port === undefined || port === target.port) && matches(target)
}

/**
 * Reads `NO_PROXY`: which hosts are reached without the proxy. Something in it that is no rule matches nothing, as other
 * programs have it: the list is shared with them.
 */
export const bypass = (list: string): ((url: URL) => boolean) => {
  const rules = list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .map(rule)
  return (url) => {
    const target = {
      host: url.hostname.replace(/^\[|\]$|\.$/g, ""),
      port: url.port || (url.protocol === "https:" ? "443" : "80")
    }
    return rules.some((matches) => matches(target))
  }
}
