/**
 * From which addresses a gateway may be called.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Network from "../../domain/rules/Network.js"

/**
 * Judges addresses. It has a default that lets every one pass, so a gateway does not have to be given one.
 *
 * @since 0.1.0
 * @category tags
 */
export class AddressList extends Context.Reference<AddressList>()("effect-tencentcloud/AddressList", {
  defaultValue: (): {
    readonly isDenied: (address: string | undefined) => boolean
    readonly isAllowed: (address: string | undefined) => boolean
  } => noop
}) {}

/**
 * Lets every address pass. A gateway does not even ask.
 *
 * @since 0.1.0
 * @category constructors
 */
export const noop: AddressList["Type"] = { isDenied: () => false, isAllowed: () => true }

/**
 * The lists: addresses and networks, `203.0.113.7`, `10.0.0.0/8`, `2001:db8::/32`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Lists {
  /** These may not call. Default: none. */
  readonly deny?: ReadonlyArray<string> | undefined
  /** These alone may call. Default: all. */
  readonly allow?: ReadonlyArray<string> | undefined
}

/**
 * Makes the service. Who calls from no known address is on no list.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = ({ allow, deny = [] }: Lists): AddressList["Type"] => {
  const isOn = (list: ReadonlyArray<string>, address: string | undefined): boolean =>
    address !== undefined && list.some((network) => Network.contains(network, address))
  return {
    isDenied: (address) => isOn(deny, address),
    isAllowed: (address) => allow === undefined || isOn(allow, address)
  }
}
