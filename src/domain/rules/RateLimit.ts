/**
 * Limits of calls per second, and which calls count together.
 *
 * @since 0.1.0
 */

/**
 * The properties of a call that limits depend on.
 *
 * @since 0.1.0
 * @category models
 */
export interface Call {
  readonly product: string
  readonly action: string
  /** The region that the host name resolves to. It is not `X-TC-Region`. */
  readonly accessRegion: string
  /** The main account. */
  readonly account: string
  /** The caller: a sub-account, or the main account itself. */
  readonly identity: string
  readonly address: string | undefined
  /** The action's own limit, if it has one. */
  readonly limit: number | undefined
}

/**
 * Limits in calls per second. `undefined` means no limit.
 *
 * @since 0.1.0
 * @category models
 */
export interface Limits {
  /** For one action by one sub-account from one access region, if the action has no limit of its own. */
  readonly action?: number | undefined
  /** For a whole main account in one access region. */
  readonly account?: number | undefined
  /** For a whole main account in all regions. */
  readonly accountGlobal?: number | undefined
  /** For one address. */
  readonly address?: number | undefined
}

/**
 * The limit of an action that has none of its own. Many actions of the real service have this limit.
 *
 * @since 0.1.0
 * @category constants
 */
export const defaultActionLimit = 20

/**
 * The kind of limit that a bucket counts for.
 *
 * @since 0.1.0
 * @category models
 */
export type Kind = "action" | "account" | "accountGlobal" | "address"

/**
 * The kinds of limits in the order of their checks, the widest last.
 *
 * @since 0.1.0
 * @category constants
 */
export const kinds: ReadonlyArray<Kind> = ["action", "account", "accountGlobal", "address"]

/**
 * Returns the limit of a kind for a call, or `undefined` if there is none.
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
 * A bucket of calls that count together.
 *
 * @since 0.1.0
 * @category models
 */
export interface Bucket {
  readonly kind: Kind
  readonly key: string
  readonly limit: number
}

/**
 * Returns the account that a call counts for. A call without one, of an action that may be called unsigned, counts for its address:
 * otherwise one caller could use up the limit of all others.
 *
 * @since 0.1.0
 * @category getters
 */
export const accountOf = ({ account, address }: Pick<Call, "account" | "address">): string =>
  account === "" && address !== undefined ? `@${address}` : account

/** Returns the names that all calls of one bucket have in common. */
const names = (kind: Kind, call: Call): ReadonlyArray<string> => {
  switch (kind) {
    case "action":
      return [call.product, call.action, call.accessRegion, accountOf(call), call.identity]
    case "account":
      return [call.accessRegion, accountOf(call)]
    case "accountGlobal":
      return [accountOf(call)]
    case "address":
      return [call.address ?? ""]
  }
}

const key = (...parts: ReadonlyArray<string>): string =>
  parts.map((part) => encodeURIComponent(part.toWellFormed())).join("/")

/**
 * Returns the buckets that a call counts in, the widest last. The call passes only if all of them have room.
 *
 * @since 0.1.0
 * @category getters
 */
export const buckets = (call: Call, limits: Limits): ReadonlyArray<Bucket> =>
  kinds.flatMap((kind) => {
    const limit = limitOf(kind, call, limits)
    return limit === undefined ? [] : [{ kind, limit, key: key(kind, ...names(kind, call)) }]
  })
