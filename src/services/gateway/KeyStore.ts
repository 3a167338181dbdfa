/**
 * The keys that a gateway knows.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type * as Timestamp from "../../domain/wire/Timestamp.js"
import { PortError } from "./internal/portFailure.js"

/**
 * A key.
 *
 * @since 0.1.0
 * @category models
 */
export interface Key {
  readonly secretId: string
  readonly secretKey: Redacted.Redacted
  /** The uin of the main account of the key. */
  readonly account: string
  /** The uin of the owner of the key: a sub-account, or the main account itself. */
  readonly identity: string
  readonly enabled: boolean
  /** Whether the key needs multi-factor authentication, and has had it. */
  readonly mfa: "not required" | "required" | "done"
  /** The token of a temporary key, and the first second in which the token is no longer valid. */
  readonly session: { readonly token: Redacted.Redacted; readonly expiresAt: Timestamp.Timestamp } | undefined
}

/**
 * A store of keys could not do its work. A gateway answers `InternalError`, and logs the kind of failure without its message.
 *
 * @since 0.1.0
 * @category errors
 */
export class KeyStoreError extends PortError {
  readonly _tag = "KeyStoreError"
}

/**
 * Finds keys by their SecretId.
 *
 * @since 0.1.0
 * @category tags
 */
export class KeyStore extends Context.Tag("effect-tencentcloud/KeyStore")<
  KeyStore,
  {
    /** Returns the key of a SecretId, or none if the gateway does not know it. Fails if the store cannot say. */
    readonly find: (secretId: string) => Effect.Effect<Option.Option<Key>, KeyStoreError>
  }
>() {}
