/** Sees the caller behind the proxies that a gateway trusts. */
import * as Network from "../../../domain/rules/Network.js"
import * as Forwarded from "../../../domain/wire/internal/forwarded.js"
import type * as Wire from "../../../domain/wire/Wire.js"

/** The proxies that a gateway trusts. */
export type Trust = ReadonlyArray<string> | ((address: string | undefined) => boolean)

/** The address of a caller whose proxy does not say it in a way that can be read. No list of addresses contains it. */
export const unknownAddress = "unknown"

/** More proxies than a request goes through. */
const maxHops = 32

/** Names for networks, so that nobody has to write them down. */
const networkNames: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ["loopback", ["127.0.0.0/8", "::1/128"]],
  ["private", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]]
])

/** What is wrong with the proxies that a gateway is to trust, or nothing. */
export const faultOf = (trust: Trust): string | undefined => {
  if (typeof trust === "function") return undefined
  const odd = trust.find((entry) => !networkNames.has(entry) && !Network.isNetwork(entry))
  return odd === undefined
    ? undefined
    : `\`trustProxy\` has an entry that is no address and no network: \`${odd}\`. Write one such as \`10.0.0.0/8\`, \`loopback\` or \`private\`.`
}

type IsTrusted = (address: string | undefined) => boolean

const judgeOf = (trust: Trust): IsTrusted => {
  if (typeof trust === "function") return trust
  const networks = trust.flatMap((entry) => networkNames.get(entry) ?? [entry])
  return (address) => address !== undefined && networks.some((network) => Network.contains(network, address))
}

/**
 * Finds the caller: the nearest address that is not a trusted proxy's, or else the farthest. Returns nothing if the nearest proxy does
 * not say who called it.
 */
const callerOf = (isTrusted: IsTrusted, hops: ReadonlyArray<string | undefined>): string | undefined => {
  let caller: string | undefined
  for (const hop of hops) {
    if (hop === undefined) return caller
    caller = Network.format(Forwarded.addressOf(hop))
    if (caller === undefined) return unknownAddress
    if (!isTrusted(caller)) return caller
  }
  return hops.length > maxHops ? unknownAddress : caller
}

/** What both headers say. A proxy writes one of them, and a caller can write the other: if they differ, nobody knows which to believe. */
const agree = (one: string | undefined, other: string | undefined): string | undefined =>
  one === undefined || one === other ? other : other === undefined ? one : unknownAddress

const present = (header: string | undefined): string | undefined => (header?.trim() === "" ? undefined : header)

/** Finds the caller of a request from a trusted proxy, and the host that it called. */
const seeThrough = (isTrusted: IsTrusted, request: Wire.WireRequest): Wire.WireRequest => {
  const { headers } = request
  const list = present(headers["x-forwarded-for"])
  const header = present(headers.forwarded)
  const given = headers["x-forwarded-host"]
  if (list === undefined && header === undefined && given === undefined) return request
  const addresses = list === undefined ? [] : Forwarded.lastElements(list, maxHops + 1)
  const listed = list !== undefined && addresses.length === 0 ? unknownAddress : callerOf(isTrusted, addresses)
  const hops = header === undefined ? [] : Forwarded.parseForwarded(header)
  const nearest = hops?.slice(-maxHops - 1).reverse()
  const stated =
    nearest === undefined
      ? unknownAddress
      : callerOf(
          isTrusted,
          nearest.map((hop) => hop.for)
        )
  const address = agree(listed, stated) ?? request.address
  const host = given?.split(",", 1)[0]?.trim() ?? hops?.find((hop) => hop.host !== undefined)?.host
  return host === undefined || !Forwarded.isHost(host)
    ? { ...request, address }
    : { ...request, address, headers: { ...headers, host } }
}

/** Replaces the proxy that sent a request with the caller. */
export type SeeCaller = (request: Wire.WireRequest) => Wire.WireRequest

/**
 * Makes the function that replaces a trusted proxy's address and host with those of the caller. A request from anybody else stays as it
 * is.
 */
export const make = (trust: Trust): SeeCaller => {
  const isTrusted = judgeOf(trust)
  return (request) => (isTrusted(request.address) ? seeThrough(isTrusted, request) : request)
}
