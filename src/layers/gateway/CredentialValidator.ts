/**
 * Authenticates requests with the keys of a KeyStore.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import * as CredentialValidator from "../../services/gateway/CredentialValidator.js"
import type { KeyStore } from "../../services/gateway/KeyStore.js"

export * from "../../services/gateway/CredentialValidator.js"

/**
 * Authenticates requests with the keys of the KeyStore that it is provided with. Two gateways in one program that have a KeyStore
 * each have a validator each.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<CredentialValidator.CredentialValidator, never, KeyStore> = /* #__PURE__ */ Layer.fresh(
  /* #__PURE__ */ Layer.effect(CredentialValidator.CredentialValidator, CredentialValidator.make)
)
