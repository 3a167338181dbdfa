/**
 * Calls Tencent Cloud. Start with {@link layer}, the client for Node with everything chosen. The other layers let you choose the
 * transport, the credential, or every part.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ApiClient from "../../services/client/ApiClient.js"
import type { ClockSync } from "../../services/client/ClockSync.js"
import type { Signer } from "../../services/client/Signer.js"
import type { Throttle } from "../../services/client/Throttle.js"
import { Transport } from "../../services/client/Transport.js"
import * as CredentialProvider from "./CredentialProvider.js"
import * as Client from "./internal/client.js"

export * from "../../services/client/ApiClient.js"

/** A client for each place that the layer is provided to. If one layer gets two keys, Effect would otherwise build it with the first. */
const ownClient = <R>(make: Effect.Effect<ApiClient.ApiClient["Type"], never, R>) =>
  Layer.fresh(Layer.effect(ApiClient.ApiClient, make))

const loadNode = async () => ({
  NodeTransport: await import("./NodeTransport.js"),
  NodeClient: await import("./internal/nodeClient.js")
})

/**
 * The client for Node: it sends over `NodeTransport`, and takes from the machine what its options leave open.
 *
 * - The key: from the whole chain of `CredentialSources`. That is the environment, then files, then the role of the pod, then the role of
 *   the instance. If `TENCENTCLOUD_ROLE_ARN` is set, the key assumes that role.
 * - The region: `TENCENTCLOUD_REGION`, then the region of the profile of `tccli`.
 * - The endpoint: `TENCENTCLOUD_ENDPOINT_CVM` for the product `cvm` and so on, then `TENCENTCLOUD_ENDPOINT` for all products, then the
 *   profile of `tccli`. A host may have `http://` before it and a port after it.
 *
 * The options of a call and of this layer come before all of these. Fails if the environment or the profile holds a region, an endpoint
 * or a proxy that is invalid.
 *
 * The transport is loaded when the layer is built, so a program that uses another layer does not load it.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 *
 * const main = Effect.log("call something here").pipe(
 *   Effect.provide(ApiClient.layer({ region: "ap-guangzhou" }))
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: ApiClient.Options): Layer.Layer<ApiClient.ApiClient, ConfigError> =>
  Layer.scoped(
    ApiClient.ApiClient,
    Effect.gen(function* () {
      const { NodeClient, NodeTransport } = yield* Effect.promise(loadNode)
      const transport = yield* NodeTransport.make()
      const credentials = yield* Effect.flatMap(NodeClient.makeSource, CredentialProvider.make)
      return yield* Client.make(yield* NodeClient.complete(options)).pipe(
        Effect.provideService(CredentialProvider.CredentialProvider, credentials),
        Effect.provideService(Transport, transport)
      )
    })
  )

/**
 * The client for Node, with options from configuration. See {@link layer}.
 *
 * @example
 * ```ts
 * import * as Config from "effect/Config"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 *
 * export const ClientLive = ApiClient.layerConfig({
 *   region: Config.string("TENCENTCLOUD_REGION"),
 *   timeout: Config.duration("CALL_TIMEOUT").pipe(Config.withDefault("30 seconds"))
 * })
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<ApiClient.Options>
): Layer.Layer<ApiClient.ApiClient, ConfigError> => Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))

/**
 * The client over a transport and a credential of your choice. It learns the server's clock and its rate limits from
 * responses.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 * import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
 * import * as NodeTransport from "effect-tencentcloud/NodeTransport"
 *
 * export const ClientLive = ApiClient.layerTransport({ region: "ap-guangzhou" }).pipe(
 *   Layer.provide(NodeTransport.layer({ connections: 8 })),
 *   Layer.provide(CredentialProvider.layerEnvironment)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerTransport = (
  options?: ApiClient.Options
): Layer.Layer<ApiClient.ApiClient, never, CredentialProvider.CredentialProvider | Transport> =>
  ownClient(Client.make(options))

/**
 * The client over the `HttpClient` of `@effect/platform`, whichever you provide, and a credential of your choice.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerHttp = (
  options?: ApiClient.Options
): Layer.Layer<ApiClient.ApiClient, never, CredentialProvider.CredentialProvider | HttpClient.HttpClient> =>
  ownClient(
    Effect.gen(function* () {
      const HttpTransport = yield* Effect.promise(() => import("./internal/httpTransport.js"))
      const transport = yield* HttpTransport.make
      return yield* Effect.provideService(Client.make(options), Transport, transport)
    })
  )

/**
 * The client over parts that you provide, each of them.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerServices = (
  options?: ApiClient.Options
): Layer.Layer<
  ApiClient.ApiClient,
  never,
  Transport | Signer | ClockSync | CredentialProvider.CredentialProvider | Throttle
> => ownClient(ApiClient.make(options))
