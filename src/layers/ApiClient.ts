/**
 * The client: in parts, and ready-made.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ApiClient from "../services/ApiClient.js"
import type { ClockSync } from "../services/ClockSync.js"
import type { CredentialProvider } from "../services/CredentialProvider.js"
import type { RateLimiter } from "../services/RateLimiter.js"
import type { Signer } from "../services/Signer.js"
import type { Transport } from "../services/Transport.js"
import * as ClockSyncLayers from "./ClockSync.js"
import * as CredentialProviderLayers from "./CredentialProvider.js"
import * as FetchTransport from "./FetchTransport.js"
import * as RateLimiterLayers from "./RateLimiter.js"
import * as SignerLayers from "./Signer.js"

/**
 * Over whatever services are given.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options?: ApiClient.Options
): Layer.Layer<ApiClient.ApiClient, never, Transport | Signer | ClockSync | CredentialProvider | RateLimiter> =>
  Layer.effect(ApiClient.ApiClient, ApiClient.make(options))

/**
 * Over whatever transport is given, with a clock that learns from answers and without a rate limit of its own: only the credential
 * and the transport are left to choose.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerTransport = (
  options?: ApiClient.Options
): Layer.Layer<ApiClient.ApiClient, never, CredentialProvider | Transport> =>
  layer(options).pipe(
    Layer.provide(SignerLayers.layer),
    Layer.provide([ClockSyncLayers.layerLearning, RateLimiterLayers.layerUnlimited])
  )

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

// A function: a bundler keeps what is called where a module begins, and all that it loads.
const nodeTransport = () =>
  Layer.unwrapEffect(
    Effect.map(
      Effect.promise(() => import("./NodeTransport.js")),
      (NodeTransport) => NodeTransport.layer()
    )
  )

/**
 * Over `fetch`, with the key of the environment: nothing of Node but its crypto, and the smallest bundle.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFetch = (options?: ApiClient.Options): Layer.Layer<ApiClient.ApiClient> =>
  layerTransport(options).pipe(Layer.provide([CredentialProviderLayers.layerEnvironment, FetchTransport.layer()]))

/**
 * Everything chosen, for Node: over `NodeTransport`, with the key of the environment and its proxy. Fails where the environment
 * names a proxy that is none.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as ApiClient from "effect-tencentcloud/layers/ApiClient"
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
