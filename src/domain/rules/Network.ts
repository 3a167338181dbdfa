/**
 * Networks of IP addresses: `10.0.0.1`, `10.0.0.0/8`, `2001:db8::/32`.
 *
 * @since 0.1.0
 */
import ipaddr from "ipaddr.js"

type Address = ipaddr.IPv4 | ipaddr.IPv6

interface Range {
  readonly kind: "ipv4" | "ipv6"
  readonly cidr: [Address, number]
}

/**
 * Returns whether a text is an address or a network.
 *
 * @since 0.1.0
 * @category guards
 */
export const isNetwork = (text: string): boolean =>
  // Only the plain form of IPv4. The library also accepts `10.1` and `0x7f000001`, which are most likely mistakes.
  ipaddr.IPv4.isValidFourPartDecimal(text) ||
  ipaddr.IPv4.isValidCIDRFourPartDecimal(text) ||
  ipaddr.IPv6.isValid(text) ||
  // A network of IPv4 inside IPv6 would match no address, because those addresses are read as IPv4.
  (ipaddr.IPv6.isValidCIDR(text) && !ipaddr.IPv6.parseCIDR(text)[0].isIPv4MappedAddress())

/** No address is longer: an IPv6 address with the name of an interface. */
const maxAddress = 64

/**
 * Returns whether a text is an address, in the plain form of IPv4 or in any form of IPv6. An address with a port, with a space or
 * with a leading zero is none.
 *
 * @since 0.1.0
 * @category guards
 */
export const isAddress = (text: string): boolean => addressOf(text) !== undefined

/**
 * Returns an address in its shortest form, and an IPv4 address within IPv6 as one of IPv4. Returns nothing for any other text.
 *
 * @since 0.1.0
 * @category formatting
 */
export const format = (text: string): string | undefined => addressOf(text)?.toString()

/**
 * Returns whether a network contains an address. Returns false if either one is invalid.
 *
 * @since 0.1.0
 * @category predicates
 */
export const contains = (network: string, address: string): boolean => {
  const range = rangeOf(network)
  const parsed = addressOf(address)
  return range !== undefined && parsed !== undefined && range.kind === parsed.kind() && parsed.match(...range.cidr)
}

const parseRange = (network: string): Range | undefined => {
  if (!isNetwork(network)) return undefined
  if (!ipaddr.isValid(network)) {
    const cidr = ipaddr.parseCIDR(network)
    return { kind: cidr[0].kind(), cidr }
  }
  const address = ipaddr.process(network)
  return { kind: address.kind(), cidr: [address, address.kind() === "ipv4" ? 32 : 128] }
}

/** Caches the results of a parser. Every request needs the same networks, and callers come back. */
const cached = <A>(capacity: number, parse: (text: string) => A): ((text: string) => A) => {
  const cache = new Map<string, A>()
  return (text) => {
    const known = cache.get(text)
    // True: `undefined` can be a result too, and then it is an `A`.
    if (known !== undefined || cache.has(text)) return known as A
    const result = parse(text)
    if (cache.size >= capacity) cache.clear()
    cache.set(text, result)
    return result
  }
}

const rangeOf = cached(10_000, parseRange)

const cachedAddress = cached(1000, (text): Address | undefined =>
  // The library reads `010.0.0.1` as an octal number, which no sender of an address means.
  ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text) ? ipaddr.process(text) : undefined
)

const addressOf = (text: string): Address | undefined => (text.length > maxAddress ? undefined : cachedAddress(text))
