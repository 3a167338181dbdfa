/**
 * Calls Tencent Cloud over `fetch`, for runtimes other than Node and for the smallest bundle. On Node, `ApiClient.layer` is faster and
 * knows more: proxies, certificates, a time limit for each step, and whether it sent a request before that failed.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ApiClient from "../../services/client/ApiClient.js"
import { Transport } from "../../services/client/Transport.js"
import * as CredentialProvider from "./CredentialProvider.js"
import * as Client from "./internal/client.js"
import * as FetchTransport from "./internal/fetchTransport.js"

export type { TransportOptions } from "./internal/fetchTransport.js"

/**
 * The client over `fetch`, with the key of the environment: `TENCENTCLOUD_SECRET_ID` and `TENCENTCLOUD_SECRET_KEY`.
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

/**
 * The client over `fetch`, with a credential of your choice: the bindings of a Worker, a temporary key that your server gave to a page.
 * It imports nothing of Node. `transport` has the options of the transport, such as a `fetch` of your own.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
 * import * as FetchClient from "effect-tencentcloud/FetchClient"
 * import { DescribeZones } from "effect-tencentcloud/products/cvm"
 *
 * // A Worker of Cloudflare: its secrets come with each request.
 * export default {
 *   fetch: (_request: Request, env: { readonly SECRET_ID: string; readonly SECRET_KEY: string }) => {
 *     const Client = FetchClient.layerCredential({ region: "ap-guangzhou" }).pipe(
 *       Layer.provide(CredentialProvider.layerStatic({ secretId: env.SECRET_ID, secretKey: env.SECRET_KEY }))
 *     )
 *     return DescribeZones().pipe(
 *       Effect.map(({ ZoneSet }) => Response.json(ZoneSet)),
 *       Effect.catchAll((error) => Effect.succeed(Response.json({ error: error._tag }, { status: 502 }))),
 *       Effect.provide(Client),
 *       Effect.runPromise
 *     )
 *   }
 * }
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerCredential = (
  options?: ApiClient.Options,
  transport?: FetchTransport.TransportOptions
): Layer.Layer<ApiClient.ApiClient, never, CredentialProvider.CredentialProvider> =>
  // If one layer gets two keys, Effect would otherwise build it with the first.
  Layer.fresh(
    Layer.effect(
      ApiClient.ApiClient,
      Effect.suspend(() => Effect.provideService(Client.make(options), Transport, FetchTransport.make(transport)))
    )
  )

/**
 * The client over `fetch`, with options from configuration. See {@link layer}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<ApiClient.Options>
): Layer.Layer<ApiClient.ApiClient, ConfigError> => Layer.unwrapEffect(Effect.map(Config.unwrap(options), layer))

/**
 * The transport over `fetch`. Use it with `ApiClient.layerTransport` to choose the credential too.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 * import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
 * import * as FetchClient from "effect-tencentcloud/FetchClient"
 *
 * export const ClientLive = ApiClient.layerTransport({ region: "ap-guangzhou" }).pipe(
 *   Layer.provide(FetchClient.layerTransport({ maxBodySize: 1024 * 1024 })),
 *   Layer.provide(CredentialProvider.layerEnvironment)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerTransport = (options?: FetchTransport.TransportOptions): Layer.Layer<Transport> =>
  Layer.sync(Transport, () => FetchTransport.make(options))
