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
 * The kinds of limits in the order in which a call counts in them, widest last.
 *
 * @since 0.1.0
 * @category constants
 */
export const kinds: ReadonlyArray<Kind> = ["action", "account", "accountGlobal", "address"]

/**
 * The limit of a kind that a call is under; undefined where it is under none.
 *
 * @since 0.1.0
 * @category getters
 */
export const limitOf = (kind: Kind, call: Call, limits: Limits): number | undefined => {
  switch (kind) {
    case "action":
      return call.limit ?? limits.action
    case "address":
      return call.address === undefined ? undefined : limits.address
    default:
      return limits[kind]
  }
}

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

/** The names that calls have in common where they count together. */
const names = (kind: Kind, call: Call): ReadonlyArray<string> => {
  switch (kind) {
    case "action":
      return [call.product, call.action, call.accessRegion, call.account, call.identity]
    case "account":
      return [call.accessRegion, call.account]
    case "accountGlobal":
      return [call.account]
    case "address":
      return [call.address ?? ""]
  }
}

const key = (...parts: ReadonlyArray<string>): string =>
  parts.map((part) => encodeURIComponent(part.toWellFormed())).join("/")

/**
 * The buckets that a call counts in, widest last. All of them have to have room.
 *
 * @since 0.1.0
 * @category getters
 */
export const buckets = (call: Call, limits: Limits): ReadonlyArray<Bucket> =>
  kinds.flatMap((kind) => {
    const limit = limitOf(kind, call, limits)
    return limit === undefined ? [] : [{ kind, limit, key: key(kind, ...names(kind, call)) }]
  })
