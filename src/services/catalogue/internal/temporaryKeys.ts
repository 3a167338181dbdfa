/**
 * Temporary keys that are kept nowhere. A SecretId says who owns its key and when the key ends. The SecretKey and the token are computed
 * from it, with a secret of the emulator. So a stranger who asks for any number of keys takes no memory, and a key that has ended is
 * forgotten.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as crypto from "#crypto"
import { lastValue } from "../../../domain/internal/lastValue.js"
import { emulatorPrefix } from "../../../domain/rules/internal/emulatorKey.js"
import type * as Timestamp from "../../../domain/wire/Timestamp.js"
import type { Key, KeyStore } from "../../gateway/KeyStore.js"
import { uuid } from "../../internal/runtime/uuid.js"

/** Who a key is for, and until when. */
export interface Session extends Pick<Key, "account" | "identity"> {
  /** The first second in which the key is no longer valid. */
  readonly expiresAt: Timestamp.Timestamp
  /** Whether the caller has proved a second factor. */
  readonly hasMfa: boolean
}

/** A key, as STS answers with it. */
export interface Handed {
  readonly TmpSecretId: string
  readonly TmpSecretKey: string
  readonly Token: string
}

/** Hands out keys, and finds them again. */
export interface TemporaryKeys {
  readonly handOut: (session: Session) => Effect.Effect<Handed>
  readonly store: KeyStore["Type"]
}

/** Half of a hash, which nobody can guess. */
const tagLength = 22

/** The longest SecretId that is looked at. One of ours is half as long. */
const maxLength = 512

type Text = readonly [expiresAt: number, account: string, identity: string, mfa: 0 | 1, nonce: string]

/** Makes the keys of one emulator. No other emulator accepts them. */
export const make: Effect.Effect<TemporaryKeys> = Effect.map(Effect.all([uuid, uuid]), (parts) => {
  const secret = Redacted.make(parts.join())
  const sign = (use: string, text: string): string =>
    Encoding.encodeBase64Url(crypto.hmacSha256(Redacted.value(secret), `${use} ${text}`))
  const tagOf = (body: string): string => sign("id", body).slice(0, tagLength)
  const secretKeyOf = (body: string): string => sign("key", body)
  const tokenOf = (body: string): string => sign("token", body)

  const read = (secretId: string): Option.Option<Key> => {
    if (!secretId.startsWith(emulatorPrefix) || secretId.length > maxLength) return Option.none()
    const tag = secretId.slice(emulatorPrefix.length, emulatorPrefix.length + tagLength)
    const body = secretId.slice(emulatorPrefix.length + tagLength)
    if (!crypto.equals(tag, tagOf(body))) return Option.none()
    const text = Either.getOrThrow(Encoding.decodeBase64UrlString(body))
    // The tag proves that this emulator wrote it.
    const [expiresAt, account, identity, mfa] = JSON.parse(text) as Text
    return Option.some({
      secretId,
      secretKey: Redacted.make(secretKeyOf(body)),
      account,
      identity,
      enabled: true,
      mfa: mfa === 1 ? "done" : "not required",
      session: { token: Redacted.make(tokenOf(body)), expiresAt }
    })
  }
  // A gateway asks twice for each request, and a caller makes several.
  const find = lastValue(read)

  return {
    handOut: ({ account, expiresAt, hasMfa, identity }) =>
      Effect.map(uuid, (nonce) => {
        const text: Text = [expiresAt, account, identity, hasMfa ? 1 : 0, nonce]
        const body = Encoding.encodeBase64Url(JSON.stringify(text))
        return {
          TmpSecretId: emulatorPrefix + tagOf(body) + body,
          TmpSecretKey: secretKeyOf(body),
          Token: tokenOf(body)
        }
      }),
    store: { find: (secretId) => Effect.succeed(find(secretId)) }
  }
})
