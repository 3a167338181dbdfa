/**
 * The keys that a server knows.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type * as Timestamp from "../../domain/wire/Timestamp.js"

/**
 * A key as the server knows it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Key {
  readonly secretId: string
  readonly secretKey: Redacted.Redacted
  /** The uin of the main account that it belongs to. */
  readonly account: string
  /** The uin of whose key it is: a sub-account, or the main account itself. */
  readonly identity: string
  readonly enabled: boolean
  /** Whether it may be used only after multi-factor authentication. */
  readonly mfa: "not required" | "required" | "done"
  /** A temporary key's token, and the first second in which it is no longer taken. */
  readonly session: { readonly token: Redacted.Redacted; readonly expiresAt: Timestamp.Timestamp } | undefined
}

/**
 * Finds the key of a SecretId; none where the server does not know it.
 *
 * @since 0.1.0
 * @category tags
 */
export class KeyStore extends Context.Tag("effect-tencentcloud/KeyStore")<
  KeyStore,
  {
    readonly find: (secretId: string) => Effect.Effect<Option.Option<Key>>
  }
>() {}
