/**
 * Decides which addresses may call a gateway.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Network from "../../domain/rules/Network.js"

/**
 * Allows and denies addresses. The default allows all of them, so a gateway does not need this service.
 *
 * @since 0.1.0
 * @category tags
 */
export class AddressList extends Context.Reference<AddressList>()("effect-tencentcloud/AddressList", {
  defaultValue: (): {
    /** Whether an address is on the deny list. */
    readonly isDenied: (address: string | undefined) => boolean
    /** Whether an address is on the allow list, or there is none. */
    readonly isAllowed: (address: string | undefined) => boolean
  } => noop
}) {}

/**
 * Allows every address. A gateway then skips the check.
 *
 * @since 0.1.0
 * @category constructors
 */
export const noop: AddressList["Type"] = { isDenied: () => false, isAllowed: () => true }

/**
 * Lists of addresses and networks: `203.0.113.7`, `10.0.0.0/8`, `2001:db8::/32`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Lists {
  /** The addresses that may not call. Default: none. */
  readonly deny?: ReadonlyArray<string> | undefined
  /** The only addresses that may call. Default: all. */
  readonly allow?: ReadonlyArray<string> | undefined
}

/**
 * Makes the service. A caller whose address is unknown is on no list. An address that cannot be read, as a proxy may hand it down, is
 * denied if there is a deny list.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = ({ allow, deny = [] }: Lists): AddressList["Type"] => {
  const isOn = (list: ReadonlyArray<string>, address: string | undefined): boolean =>
    address !== undefined && list.some((network) => Network.contains(network, address))
  return {
    isDenied: (address) =>
      deny.length > 0 && address !== undefined && (!Network.isAddress(address) || isOn(deny, address)),
    isAllowed: (address) => allow === undefined || isOn(allow, address)
  }
}
