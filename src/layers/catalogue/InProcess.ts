/**
 * A client and the gateway that it calls, in one process: for tests. Calls need no socket and no credential, and time is virtual
 * under `TestClock`. Since time stands still there, calls are not retried unless you give a policy.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RetryPolicy from "../../domain/rules/RetryPolicy.js"
import { TransportFault } from "../../domain/wire/Wire.js"
import * as Emulator from "../../services/catalogue/Emulator.js"
import type * as ApiClient from "../../services/client/ApiClient.js"
import { Transport } from "../../services/client/Transport.js"
import { Gateway } from "../../services/gateway/Gateway.js"
import type { Handlers } from "../../services/gateway/Handlers.js"
import * as ApiClientLayers from "../client/ApiClient.js"
import * as ClockSync from "../client/ClockSync.js"
import * as CredentialProvider from "../client/CredentialProvider.js"
import * as Signer from "../client/Signer.js"
import * as Throttle from "../client/Throttle.js"
import * as Authorizer from "../gateway/Authorizer.js"
import * as CredentialValidator from "../gateway/CredentialValidator.js"
import * as GatewayLayers from "../gateway/Gateway.js"
import * as KeyStore from "../gateway/KeyStore.js"
import * as RateLimiter from "../gateway/RateLimiter.js"
import * as TimestampValidator from "../gateway/TimestampValidator.js"

/**
 * The key that the client and the gateway share by default. The gateway accepts the key of the emulator as well.
 *
 * @since 0.1.0
 * @category constants
 */
export const key = { secretId: "AKIDINPROCESS", secretKey: "in-process" } as const

/**
 * A transport that calls a gateway in the same process, without a socket. Two clients that have a gateway each have a transport
 * each.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerTransport: Layer.Layer<Transport, never, Gateway> = /* #__PURE__ */ Layer.fresh(
  /* #__PURE__ */ Layer.effect(
    Transport,
    /* #__PURE__ */ Effect.map(Gateway, (gateway) => ({
      isLocal: true,
      send: (request) =>
        Effect.flatMap(gateway.handle(request), (response) =>
          response.cut === undefined
            ? Effect.succeed(response)
            : Effect.fail(new TransportFault({ reason: "other side closed", sent: true }))
        )
    }))
  )
)

/** Provides default parts. A part that a test provides beneath replaces its default. */
const unlessGiven = <A, R>(defaults: Layer.Layer<A, never, R>): Layer.Layer<A, never, R> =>
  Layer.scopedContext(
    Effect.zipWith(Layer.build(defaults), Effect.context<never>(), (defaults, given) => Context.merge(defaults, given))
  )

/**
 * Like {@link layer}, with options for the client.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerWith = (options?: ApiClient.Options): Layer.Layer<ApiClient.ApiClient | Gateway, never, Handlers> =>
  // Fresh, so that two of them with different handlers in one program are two clouds.
  Layer.fresh(
    ApiClientLayers.layerServices({ region: "ap-guangzhou", retry: RetryPolicy.none, ...options }).pipe(
      Layer.provide([Signer.layer, layerTransport]),
      Layer.provideMerge(GatewayLayers.layer()),
      Layer.provide(unlessGiven(CredentialValidator.layer)),
      Layer.provide(
        unlessGiven(
          Layer.mergeAll(
            CredentialProvider.layerStatic(key),
            ClockSync.layerSystem,
            Throttle.layerUnlimited,
            KeyStore.layerMemory([key, Emulator.key]),
            TimestampValidator.layer,
            Authorizer.layerAllowAll,
            RateLimiter.layerMemory({})
          )
        )
      )
    )
  )

/**
 * A client and the gateway that it calls, for the handlers that you provide.
 *
 * Provide what a test is about as a layer beneath. `CredentialProvider`, `ClockSync` and `Throttle` belong to the client. `KeyStore`,
 * `CredentialValidator`, `TimestampValidator`, `Authorizer` and `RateLimiter` belong to the gateway. Every other part has a default
 * that lets calls succeed. By default only the limits of the contracts count.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import type { Handlers } from "effect-tencentcloud/Gateway"
 * import * as ClockSync from "effect-tencentcloud/ClockSync"
 * import * as InProcess from "effect-tencentcloud/InProcess"
 *
 * declare const VolumesLive: Layer.Layer<Handlers>
 *
 * export const TestLayer = InProcess.layer.pipe(
 *   Layer.provide(VolumesLive),
 *   Layer.provide(ClockSync.layerSkewed("6 minutes"))
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<ApiClient.ApiClient | Gateway, never, Handlers> = /* #__PURE__ */ layerWith()
