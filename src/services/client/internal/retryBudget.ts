/** Bounds the retries of all calls of a client together, at each host. */
import type { Budget } from "../../../domain/rules/RetryPolicy.js"
import { BoundedMap } from "../../internal/boundedMap.js"

/** A budget with its defaults: those of the AWS SDKs. */
export interface Prices {
  readonly tokens: number
  readonly retry: number
  readonly timeout: number
  readonly success: number
}

/** Fills in the defaults of a budget. */
export const pricesOf = ({ retry = 5, success = 1, timeout = 10, tokens = 500 }: Budget = {}): Prices => ({
  tokens,
  retry,
  timeout,
  success
})

/** A program calls few hosts. A host that is forgotten has all of its tokens again. */
const capacity = 1000

/**
 * The tokens that retries have taken out, host by host. It keeps retries from multiplying the load of a service that fails already: if
 * every call fails, a host gets a hundred retries by default, and then one attempt for each call.
 */
export class RetryBudget {
  /** Only of hosts that do not have all of their tokens. */
  private readonly spent = new BoundedMap<string, number>(capacity)

  /** Puts back what a success is worth. While nothing is spent, this costs a call nothing. */
  recordSuccess(host: string, worth: number): void {
    if (this.spent.size === 0) return
    const spent = this.spent.get(host)
    if (spent === undefined) return
    if (spent > worth) this.spent.set(host, spent - worth)
    else this.spent.delete(host)
  }

  /** Takes the price of a retry out, and returns whether there was enough. */
  withdraw(host: string, price: number, tokens: number): boolean {
    const spent = (this.spent.get(host) ?? 0) + price
    if (spent > tokens) return false
    this.spent.set(host, spent)
    return true
  }
}
