/**
 * A client straight into a gateway, in one process: what programs are tested with. No socket, no credential, no waiting: under
 * `TestClock` time stands still, so calls are not tried again unless a policy is given.
 *
 * @since 0.1.0
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as RetryPolicy from "../../domain/rules/RetryPolicy.js"
import type * as ApiClient from "../../services/client/ApiClient.js"
import { ClockSync } from "../../services/client/ClockSync.js"
import { CredentialProvider } from "../../services/client/CredentialProvider.js"
import { Transport, TransportFault } from "../../services/client/Transport.js"
import { Authorizer } from "../../services/gateway/Authorizer.js"
import * as Gateway from "../../services/gateway/Gateway.js"
import type { Handlers } from "../../services/gateway/Handlers.js"
import { KeyStore } from "../../services/gateway/KeyStore.js"
import { RateLimiter } from "../../services/gateway/RateLimiter.js"
import * as ApiClientLayers from "../client/ApiClient.js"
import * as ClockSyncLayers from "../client/ClockSync.js"
import * as CredentialProviderLayers from "../client/CredentialProvider.js"
import * as SignerLayers from "../client/Signer.js"
import * as AuthorizerLayers from "../gateway/Authorizer.js"
import * as CredentialValidatorLayers from "../gateway/CredentialValidator.js"
import * as GatewayLayers from "../gateway/Gateway.js"
import * as KeyStoreLayers from "../gateway/KeyStore.js"
import * as RateLimiterLayers from "../gateway/RateLimiter.js"

/**
 * The key that both sides know, where a test gives none.
 *
 * @since 0.1.0
 * @category constants
 */
export const key = { secretId: "AKIDINPROCESS", secretKey: "in-process" } as const

/** What the test gives, and else the default: so that a test names only what it is about. */
const given = <I, S>(tag: Context.Tag<I, S>, fallback: Layer.Layer<I>): Layer.Layer<I> =>
  Layer.unwrapEffect(
    Effect.map(Effect.serviceOption(tag), (service) =>
      Option.isSome(service) ? Layer.succeed(tag, service.value) : fallback
    )
  )

/**
 * Sends straight into a gateway in the same process: there is no socket, and in a test both ends share one virtual time.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerTransport: Layer.Layer<Transport, never, Gateway.Gateway> = /* #__PURE__ */ Layer.fresh(
  /* #__PURE__ */ Layer.effect(
    Transport,
    /* #__PURE__ */ Effect.map(Gateway.Gateway, (gateway) => ({
      send: (request) =>
        Effect.flatMap(gateway.handle(request), (response) =>
          response.cut === undefined
            ? Effect.succeed(response)
            : Effect.fail(new TransportFault({ reason: "other side closed", sent: true }))
        )
    }))
  )
)

/**
 * With options for the client. See {@link layer}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerWith = (
  options?: ApiClient.Options
): Layer.Layer<ApiClient.ApiClient | Gateway.Gateway, never, Handlers> => {
  const gateway = GatewayLayers.layer().pipe(
    Layer.provide(CredentialValidatorLayers.layer),
    Layer.provide([
      given(KeyStore, KeyStoreLayers.layerMemory([key])),
      given(Authorizer, AuthorizerLayers.layerAllowAll),
      given(RateLimiter, RateLimiterLayers.layerMemory({})),
      ClockSyncLayers.layerSystem
    ])
  )
  const client = ApiClientLayers.layerServices({ region: "ap-guangzhou", retry: RetryPolicy.none, ...options }).pipe(
    Layer.provide([SignerLayers.layer, layerTransport]),
    Layer.provide([
      given(CredentialProvider, CredentialProviderLayers.layerStatic(key)),
      given(ClockSync, ClockSyncLayers.layerSystem),
      RateLimiterLayers.layerUnlimited
    ])
  )
  // A memo map of its own: two clouds in one program would share the layers of their parts, which are the same values.
  return Layer.scopedContext(Layer.build(Layer.provideMerge(client, gateway)))
}

/**
 * A client and the gateway that it calls, for the handlers that are given.
 *
 * It is never shared: two clouds in one program, each with its own handlers, are two.
 *
 * What a test is about is given as a layer below it: `ClockSync` and `CredentialProvider` are the client's; `KeyStore`,
 * `Authorizer` and `RateLimiter` are the gateway's. What is not given has a default that lets calls succeed; of limits only those of
 * the contracts count.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import type { Handlers } from "effect-tencentcloud/Handlers"
 * import * as ClockSync from "effect-tencentcloud/ClockSync"
 * import * as InProcess from "effect-tencentcloud/InProcess"
 *
 * declare const VolumesLive: Layer.Layer<Handlers>
 *
 * export const TestLayer = InProcess.layer.pipe(
 *   Layer.provide(VolumesLive),
 *   Layer.provide(ClockSync.layerOff("6 minutes"))
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<ApiClient.ApiClient | Gateway.Gateway, never, Handlers> = /* #__PURE__ */ Layer.fresh(
  /* #__PURE__ */ layerWith()
)
