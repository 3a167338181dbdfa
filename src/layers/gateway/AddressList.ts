/**
 * The ways to restrict the addresses that may call a gateway.
 *
 * @since 0.1.0
 */
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Network from "../../domain/rules/Network.js"
import * as AddressList from "../../services/gateway/AddressList.js"

export * from "../../services/gateway/AddressList.js"

/**
 * Allows every address, like the default.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerNoop: Layer.Layer<AddressList.AddressList> = Layer.succeed(AddressList.AddressList, AddressList.noop)

/**
 * Allows and denies addresses by lists. Fails with the place of an entry that is neither an address nor a network.
 *
 * @example
 * ```ts
 * import * as AddressList from "effect-tencentcloud/AddressList"
 *
 * export const OfficeOnly = AddressList.layer({ allow: ["203.0.113.0/24"], deny: ["203.0.113.66"] })
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (lists: AddressList.Lists): Layer.Layer<AddressList.AddressList, ConfigError.ConfigError> =>
  Layer.effect(
    AddressList.AddressList,
    Effect.suspend(() => {
      for (const name of ["deny", "allow"] as const) {
        const odd = lists[name]?.findIndex((network) => !Network.isNetwork(network)) ?? -1
        if (odd >= 0) {
          const fault = "should be an address or a network such as `10.0.0.0/8`"
          return Effect.fail(ConfigError.InvalidData(["addresses", name, String(odd)], fault))
        }
      }
      return Effect.succeed(AddressList.make(lists))
    })
  )
