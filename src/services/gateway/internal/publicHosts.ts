/** Verifies signatures for the host names under which callers know a gateway. */
import { isHost } from "../../../domain/wire/internal/forwarded.js"
import type { CredentialValidator, Signed } from "../CredentialValidator.js"

/** A wrong signature costs an HMAC or two for each name. */
const maxHosts = 8

/** What is wrong with the host names of a gateway, or nothing. */
export const faultOf = (hosts: ReadonlyArray<string>): string | undefined => {
  if (hosts.length > maxHosts) {
    return `\`hosts\` has ${hosts.length} names, and takes at most ${maxHosts}. Let the proxy pass \`Host\` on instead.`
  }
  const odd = hosts.find((host) => !isHost(host))
  return odd === undefined
    ? undefined
    : `\`hosts\` has an entry that is no host: \`${odd}\`. Write a name such as \`ebs.example.com\` or \`10.0.0.1:8080\`, without a scheme and a path.`
}

const withHosts = (signed: Signed, hosts: ReadonlyArray<string>): Signed =>
  signed.version === "v1" ? { ...signed, hosts } : { ...signed, received: { ...signed.received, hosts } }

/** Adds the host names of a gateway to what a signature may name. Some clients sign a host without its port. */
export const addTo = (
  validator: CredentialValidator["Type"],
  hosts: ReadonlyArray<string>
): CredentialValidator["Type"] => {
  const all = [...new Set(hosts.flatMap((host) => [host, host.replace(/:\d+$/, "")]))]
  return {
    identify: (claim) => validator.identify(claim),
    verify: (signed, key) => validator.verify(withHosts(signed, all), key),
    checkMfa: (key) => validator.checkMfa(key)
  }
}
