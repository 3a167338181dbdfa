/**
 * How requests are told from whom they are.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import type { ClockSync } from "../services/ClockSync.js"
import * as CredentialValidator from "../services/CredentialValidator.js"
import type { KeyStore } from "../services/KeyStore.js"

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
