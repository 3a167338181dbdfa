/**
 * The ways to store the keys of a gateway: in memory, or in configuration.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { hide } from "../../domain/rules/internal/hide.js"
import type * as Timestamp from "../../domain/wire/Timestamp.js"
import * as KeyStore from "../../services/gateway/KeyStore.js"

export * from "../../services/gateway/KeyStore.js"

/**
 * A key, as you write it in a program or a file.
 *
 * @since 0.1.0
 * @category models
 */
export interface KeyInput {
  readonly secretId: string
  readonly secretKey: string | Redacted.Redacted
  /** The main account. Default: `100000000001`. */
  readonly account?: string | undefined
  /** The owner of the key. Default: the main account. */
  readonly identity?: string | undefined
  /** Default: true. */
  readonly enabled?: boolean | undefined
  /** Default: `not required`. */
  readonly mfa?: KeyStore.Key["mfa"] | undefined
  /** The token of a temporary key. Default: none, which makes the key permanent. */
  readonly session?: { readonly token: string | Redacted.Redacted; readonly expiresAt: Timestamp.Timestamp } | undefined
}

const toKey = (input: KeyInput): KeyStore.Key => {
  const account = input.account ?? "100000000001"
  return {
    secretId: input.secretId,
    secretKey: hide(input.secretKey),
    account,
    identity: input.identity ?? account,
    enabled: input.enabled ?? true,
    mfa: input.mfa ?? "not required",
    session:
      input.session === undefined ? undefined : { token: hide(input.session.token), expiresAt: input.session.expiresAt }
  }
}

/**
 * Keeps keys in memory. Of two keys with the same SecretId, the later one wins.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory = (keys: Iterable<KeyInput>): Layer.Layer<KeyStore.KeyStore> =>
  Layer.sync(KeyStore.KeyStore, () => {
    const byId = new Map(Array.from(keys, (input) => [input.secretId, toKey(input)]))
    return { find: (secretId) => Effect.succeed(Option.fromNullable(byId.get(secretId))) }
  })

/**
 * Reads keys from configuration.
 *
 * @example
 * ```ts
 * import * as Config from "effect/Config"
 * import * as KeyStore from "effect-tencentcloud/KeyStore"
 *
 * // The key that a client on this machine signs with. A gateway for development needs no other.
 * export const KeyStoreLive = KeyStore.layerConfig(
 *   Config.map(
 *     Config.all({
 *       secretId: Config.string("TENCENTCLOUD_SECRET_ID"),
 *       secretKey: Config.redacted("TENCENTCLOUD_SECRET_KEY")
 *     }),
 *     (key) => [key]
 *   )
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  keys: Config.Config.Wrap<ReadonlyArray<KeyInput>>
): Layer.Layer<KeyStore.KeyStore, ConfigError.ConfigError> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(keys), layerMemory))
