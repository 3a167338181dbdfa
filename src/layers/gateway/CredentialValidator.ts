/**
 * How requests are told from whom they are.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import type { ClockSync } from "../../services/client/ClockSync.js"
import * as CredentialValidator from "../../services/gateway/CredentialValidator.js"
import type { KeyStore } from "../../services/gateway/KeyStore.js"

export * from "../../services/gateway/CredentialValidator.js"

/**
 * By the keys of the KeyStore.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<CredentialValidator.CredentialValidator, never, KeyStore | ClockSync> = Layer.effect(
  CredentialValidator.CredentialValidator,
  CredentialValidator.make
)
