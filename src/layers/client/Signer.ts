/**
 * Signs requests.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import type { ClockSync } from "../../services/client/ClockSync.js"
import type { CredentialProvider } from "../../services/client/CredentialProvider.js"
import * as Signer from "../../services/client/Signer.js"

export * from "../../services/client/Signer.js"

/**
 * Signs with the key of the `CredentialProvider`, at the time of the `ClockSync`. The layer is never shared: each
 * client that you provide it to signs with its own key.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Signer.Signer, never, CredentialProvider | ClockSync> = /* #__PURE__ */ Layer.fresh(
  /* #__PURE__ */ Layer.effect(Signer.Signer, Signer.make)
)
