/**
 * How often an action may be called: limits, and whose calls count together.
 *
 * @since 0.1.0
 */

/**
 * A call, as far as limits see it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Call {
  readonly product: string
  readonly action: string
  /** The region that the host name resolves to, which is not `X-TC-Region`. */
  readonly accessRegion: string
  /** The main account. */
  readonly account: string
  /** Who calls: a sub-account, or the main account itself. */
  readonly identity: string
  readonly address: string | undefined
  /** The action's own limit, where it has one. */
  readonly limit: number | undefined
}

/**
 * Limits, in calls per second; undefined for none.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limits {
  /** Of one action, from one access region, by one sub-account, where the action has no limit of its own. */
  readonly action?: number | undefined
  /** Of a whole main account in one access region. */
  readonly account?: number | undefined
  /** Of a whole main account over all regions. */
  readonly accountGlobal?: number | undefined
  /** Of one address. */
  readonly address?: number | undefined
}

/**
 * The limit of an action that names none: a common one of the real service.
 *
 * @since 0.1.0
 * @category constants
 */
export const defaultActionLimit = 20

/**
 * Which limit a bucket counts for.
 *
 * @since 0.1.0
 * @category models
 */
export type Kind = "action" | "account" | "accountGlobal" | "address"

/**
 * Calls that count together.
 *
 * @since 0.1.0
 * @category models
 */
export interface Bucket {
  readonly kind: Kind
  readonly key: string
  readonly limit: number
}

const key = (...parts: ReadonlyArray<string>): string =>
  parts.map((part) => encodeURIComponent(part.toWellFormed())).join("/")

/**
 * The buckets that a call counts in, widest last. All of them have to have room.
 *
 * @since 0.1.0
 * @category getters
 */
export const buckets = (call: Call, limits: Limits): ReadonlyArray<Bucket> => {
  const all: Array<Bucket> = []
  const add = (kind: Kind, limit: number | undefined, ...parts: ReadonlyArray<string>) => {
    if (limit !== undefined) all.push({ kind, limit, key: key(kind, ...parts) })
  }
  const { accessRegion, account, action, address, identity, product } = call
  add("action", call.limit ?? limits.action, product, action, accessRegion, account, identity)
  add("account", limits.account, accessRegion, account)
  add("accountGlobal", limits.accountGlobal, account)
  if (address !== undefined) add("address", limits.address, address)
  return all
}
