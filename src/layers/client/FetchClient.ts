/**
 * The client over `fetch`, ready-made: nothing of Node but its crypto, and the smallest bundle.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ApiClient from "../../services/client/ApiClient.js"
import { Transport } from "../../services/client/Transport.js"
import * as CredentialProvider from "./CredentialProvider.js"
import * as FetchTransport from "./FetchTransport.js"
import * as Client from "./internal/client.js"

/**
 * Over `fetch`, with the key of the environment. `ApiClient.layerFetch` is the same; a program that is bundled into one file is 7 KB
 * smaller when it takes this module, beside which nothing is loaded on demand.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as FetchClient from "effect-tencentcloud/FetchClient"
 *
 * const main = Effect.log("call something here").pipe(Effect.provide(FetchClient.layer({ region: "ap-guangzhou" })))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: ApiClient.Options): Layer.Layer<ApiClient.ApiClient> =>
  Layer.scoped(
    ApiClient.ApiClient,
    Effect.flatMap(CredentialProvider.make(CredentialProvider.environment), (credentials) =>
      Client.make(options).pipe(
        Effect.provideService(CredentialProvider.CredentialProvider, credentials),
        Effect.provideService(Transport, FetchTransport.make())
      )
    )
  )
