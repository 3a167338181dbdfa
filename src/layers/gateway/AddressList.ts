/**
 * From which addresses a gateway may be called.
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
 * From every address; this is the default, too.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerNoop: Layer.Layer<AddressList.AddressList> = Layer.succeed(AddressList.AddressList, AddressList.noop)

/**
 * From those that the lists leave. Fails where an entry is neither an address nor a network, naming its place.
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
