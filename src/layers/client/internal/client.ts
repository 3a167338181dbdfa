/**
 * The client in parts. They stand apart from the clients that load something on demand: a bundler that writes one file wraps every
 * module that an `import()` reaches, in case it is needed later, which costs a program 7 KB.
 */
import * as Layer from "effect/Layer"
import * as ApiClient from "../../../services/client/ApiClient.js"
import type { ClockSync } from "../../../services/client/ClockSync.js"
import type { CredentialProvider } from "../../../services/client/CredentialProvider.js"
import type { Signer } from "../../../services/client/Signer.js"
import * as Throttle from "../../../services/client/Throttle.js"
import type { Transport } from "../../../services/client/Transport.js"
import * as ClockSyncLayers from "../ClockSync.js"
import * as SignerLayers from "../Signer.js"

export const layer = (
  options?: ApiClient.Options
): Layer.Layer<ApiClient.ApiClient, never, Transport | Signer | ClockSync | CredentialProvider | Throttle.Throttle> =>
  Layer.effect(ApiClient.ApiClient, ApiClient.make(options))

export const layerTransport = (
  options?: ApiClient.Options
): Layer.Layer<ApiClient.ApiClient, never, CredentialProvider | Transport> =>
  layer(options).pipe(
    Layer.provide(SignerLayers.layer),
    Layer.provide([ClockSyncLayers.layerLearning, Layer.succeed(Throttle.Throttle, Throttle.unlimited)])
  )
