/** The same checks as in the gateway, written by hand in one `node:http` server. Sends its port. */
import { randomUUID } from "node:crypto"
import { createServer, type IncomingHttpHeaders } from "node:http"
import { type AddressInfo, BlockList } from "node:net"
import { isRight, type Key, parse, type Stated } from "../byHand.js"
import { call, key, product } from "../instances.js"
import { serving } from "../processes.js"
import { account, identity, limits, networks, policy } from "../served.js"

const keys = new Map<string, Key & { readonly account: string; readonly identity: string }>([
  [key.secretId, { ...key, account, identity }]
])

const blockList = (list: ReadonlyArray<string>): BlockList => {
  const blocks = new BlockList()
  for (const network of list) {
    const [address = "", prefix] = network.split("/")
    blocks.addSubnet(address, Number(prefix ?? 32))
  }
  return blocks
}
const [allowed, denied] = [blockList(networks.allow), blockList(networks.deny)]

const policies = new Map([
  [identity, policy.statement.map(({ action }) => new RegExp(`^${action.replace("*", ".*")}$`))]
])

/** Two generations: deleting the oldest entry of a Set gets slower with each deleted one. */
let [seen, seenBefore] = [new Set<string>(), new Set<string>()]

const isReplay = (signature: string): boolean => {
  if (seen.has(signature) || seenBefore.has(signature)) return true
  if (seen.size >= 50_000) [seen, seenBefore] = [new Set(), seen]
  seen.add(signature)
  return false
}

let second = 0
const counts = new Map<string, number>()

const isTooMany = (name: string, limit: number): boolean => {
  const count = (counts.get(name) ?? 0) + 1
  counts.set(name, count)
  return count > limit
}

const isFilter = (filter: unknown): boolean =>
  typeof filter === "object" &&
  filter !== null &&
  "Name" in filter &&
  typeof filter.Name === "string" &&
  "Values" in filter &&
  Array.isArray(filter.Values) &&
  filter.Values.every((value) => typeof value === "string")

const areParameters = (text: string): boolean => {
  const parameters: Record<string, unknown> = JSON.parse(text)
  for (const [name, value] of Object.entries(parameters)) {
    const fits =
      name === "Filters"
        ? Array.isArray(value) && value.every(isFilter)
        : (name === "Offset" || name === "Limit") && Number.isInteger(value)
    if (!fits) return false
  }
  return true
}

const failure = (code: string): string =>
  JSON.stringify({ Response: { Error: { Code: code, Message: `It is refused: ${code}.` }, RequestId: randomUUID() } })

const headerChecks = (headers: IncomingHttpHeaders, stated: Stated | undefined, now: number): string | undefined => {
  const timestamp = Number(headers["x-tc-timestamp"])
  if (!Number.isInteger(timestamp)) return "InvalidParameter"
  if (headers["x-tc-action"] !== call.action) return "InvalidAction"
  if (headers["x-tc-version"] !== call.version) return "NoSuchVersion"
  if (headers.host?.split(".", 1)[0] !== product) return "NoSuchProduct"
  if (stated === undefined || stated.service !== product) return "AuthFailure.InvalidAuthorization"
  if (Math.abs(timestamp - now / 1000) > 300) return "AuthFailure.SignatureExpire"
  return undefined
}

const checks = (headers: IncomingHttpHeaders, body: Buffer, address: string): string | undefined => {
  const now = Date.now()
  const stated = parse(headers.authorization ?? "")
  const fault = headerChecks(headers, stated, now)
  if (fault !== undefined || stated === undefined) return fault
  const known = keys.get(stated.secretId)
  if (known === undefined) return "AuthFailure.SecretIdNotFound"
  if (!isRight(known, headers, body, stated)) return "AuthFailure.SignatureFailure"
  if (isReplay(`${stated.secretId} ${headers["x-tc-timestamp"]} ${stated.signature}`))
    return "AuthFailure.SignatureExpire"
  if (denied.check(address)) return "IpInBlacklist"
  if (!allowed.check(address)) return "IpNotInWhitelist"
  if (Math.floor(now / 1000) !== second) {
    second = Math.floor(now / 1000)
    counts.clear()
  }
  if (
    isTooMany(`action ${call.action} ${known.identity}`, limits.action) ||
    isTooMany(`account ${headers["x-tc-region"]} ${known.account}`, limits.account) ||
    isTooMany(`everywhere ${known.account}`, limits.accountGlobal) ||
    isTooMany(`address ${address}`, limits.address)
  ) {
    return "RequestLimitExceeded"
  }
  if (headers["content-type"] !== "application/json") return "UnsupportedProtocol"
  const grants = policies.get(known.identity) ?? []
  if (!grants.some((grant) => grant.test(`${product}:${call.action}`))) return "UnauthorizedOperation"
  return areParameters(body.toString()) ? undefined : "InvalidParameter"
}

const server = createServer((message, response) => {
  const chunks: Array<Buffer> = []
  message.on("data", (chunk: Buffer) => chunks.push(chunk))
  message.on("end", () => {
    const [first, ...others] = chunks
    const body = first !== undefined && others.length === 0 ? first : Buffer.concat(chunks)
    const fault = checks(message.headers, body, message.socket.remoteAddress ?? "")
    const text =
      fault === undefined
        ? JSON.stringify({ Response: { TotalCount: 0, InstanceSet: [], RequestId: randomUUID() } })
        : failure(fault)
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
    response.end(text)
  })
})

server.listen(0, "127.0.0.1", () => serving((server.address() as AddressInfo).port))
