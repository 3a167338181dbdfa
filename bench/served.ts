/** What a gateway and its load share: the callers and the calls. */
import * as ByHand from "./byHand.js"
import { call, key, product, request } from "./instances.js"

/** The account of the key, and its sub-account in the policies. */
export const account = "100000000001"
export const identity = "100000000002"

export const host = `${product}.tencentcloudapi.com`

/** The permissions that the gateway grants. */
export const policy = {
  version: "2.0",
  statement: [{ effect: "allow", action: `${product}:Describe*`, resource: "*" }]
}

/** No call exceeds a limit, but all four limits count each. */
export const limits = { action: 1e9, account: 1e9, accountGlobal: 1e9, address: 1e9 }

export const networks = { allow: ["127.0.0.0/8"], deny: ["127.0.0.66"] }

export interface Signed {
  readonly headers: Record<string, string>
  readonly body: string
}

/** Requests as they are sent, each different from the others, so that none is a replay. */
export const sign = (index: number, by: ByHand.Key = key): Signed => {
  const body = JSON.stringify({ ...request, Offset: index })
  const timestamp = Math.floor(Date.now() / 1000)
  return { body, headers: ByHand.headersOf(by, product, host, call, timestamp, body) }
}
