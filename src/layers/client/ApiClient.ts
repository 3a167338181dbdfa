/**
 * The client: in parts, and ready-made.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as ApiClient from "../../services/client/ApiClient.js"
import type { ClockSync } from "../../services/client/ClockSync.js"
import type { CredentialProvider } from "../../services/client/CredentialProvider.js"
import type { Signer } from "../../services/client/Signer.js"
import type { Throttle } from "../../services/client/Throttle.js"
import type { Transport } from "../../services/client/Transport.js"
import * as CredentialProviderLayers from "./CredentialProvider.js"
import * as Client from "./internal/client.js"

export * from "../../services/client/ApiClient.js"

/**
 * Over whatever services are given.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: (
  options?: ApiClient.Options
) => Layer.Layer<ApiClient.ApiClient, never, Transport | Signer | ClockSync | CredentialProvider | Throttle> =
  Client.layer

/**
 * Over whatever transport is given, with a clock that learns from answers and without a rate limit of its own: only the credential
 * and the transport are left to choose.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerTransport: (
  options?: ApiClient.Options
) => Layer.Layer<ApiClient.ApiClient, never, CredentialProvider | Transport> = Client.layerTransport

// What follows is loaded where it is used: a program pays for the transport that it has chosen, and for no other.

/**
 * Over the HttpClient of `@effect/platform`, whichever it is: only the credential and the HTTP client are left to choose.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerHttp = (
  options?: ApiClient.Options
): Layer.Layer<ApiClient.ApiClient, never, CredentialProvider | HttpClient.HttpClient> =>
  layerTransport(options).pipe(
    Layer.provide(
      Layer.unwrapEffect(
        Effect.map(
          Effect.promise(() => import("./Transport.js")),
          ({ layerHttp }) => layerHttp
        )
      )
    )
  )

/**
 * Over `fetch`, with the key of the environment. In a bundle `FetchClient`, which is the same, is smaller.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFetch = (options?: ApiClient.Options): Layer.Layer<ApiClient.ApiClient> =>
  Layer.unwrapEffect(
    Effect.map(
      Effect.promise(() => import("./FetchClient.js")),
      (FetchClient) => FetchClient.layer(options)
    )
  )

// A function: a bundler keeps what is called where a module begins, and all that it loads.
const nodeTransport = () =>
  Layer.unwrapEffect(
    Effect.map(
      Effect.promise(() => import("./NodeTransport.js")),
      (NodeTransport) => NodeTransport.layer()
    )
  )

/**
 * Everything chosen, for Node: over `NodeTransport`, with the key of the environment and its proxy. Fails where the environment
 * names a proxy that is none.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 *
 * const main = Effect.log("call something here").pipe(
 *   Effect.provide(ApiClient.layerDefault({ region: "ap-guangzhou" }))
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerDefault = (options?: ApiClient.Options): Layer.Layer<ApiClient.ApiClient, ConfigError> =>
  layerTransport(options).pipe(Layer.provide([CredentialProviderLayers.layerEnvironment, nodeTransport()]))
