/** Reads the URL of a proxy, and the list of hosts that are reached without it. */
import * as Net from "node:net"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"

/** A proxy. Its URL holds no login. */
export interface Proxy {
  readonly url: URL
  /** The header `Proxy-Authorization`, if the URL names a user. */
  readonly authorization: Redacted.Redacted | undefined
}

/** Says what is expected. It never quotes the URL, which may hold a password. */
const expected = "expected the URL of an HTTP proxy, such as `http://proxy.example:3128` or `http://user:password@…`"

/** Reads the URL of a proxy. A URL without a scheme is one of `http://`, as for curl. */
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

/** Matches the addresses of a list. It finds an IPv4 address in its IPv6 form too. */
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
  // `.example.com` and `*.example.com` match the hosts below; `example.com` matches itself too.
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
 * Reads `NO_PROXY`, the list of hosts that are reached without the proxy. An entry that is no rule matches nothing, as in other
 * programs, which share the list.
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
