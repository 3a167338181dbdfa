/** Keeps the keys that a client derives from its SecretKeys: three of the four HMACs of a signature. */
import * as Redacted from "effect/Redacted"
import * as Signature from "../../../domain/wire/Signature.js"
import { BoundedMap } from "../../internal/boundedMap.js"

/** What a key is derived from, with the name of the SecretKey. */
export interface Credential {
  readonly secretId: string
  readonly secretKey: Redacted.Redacted
}

interface Entry {
  readonly secretKey: string
  readonly key: Signature.SigningKey
}

interface Last extends Entry, Signature.Scope {
  readonly secretId: string
}

/**
 * Makes a function that calls `use` with data and with the key that is derived for a credential and a scope. The key is for `use`
 * alone.
 *
 * It derives a key again when the SecretKey has changed. Of more keys than `capacity`, it drops the one that was used least recently.
 */
export const make = <A, B>(options: {
  readonly capacity: number
  readonly use: (data: A, key: Signature.SigningKey) => B
  /** How a key is derived. Default: `Signature.signingKey`. */
  readonly derive?: typeof Signature.signingKey
}): ((credential: Credential, scope: Signature.Scope, data: A) => B) => {
  const { capacity, derive = Signature.signingKey, use } = options
  const entries = new BoundedMap<string, Entry>(capacity)

  const entryOf = (secretId: string, secretKey: Redacted.Redacted, { date, service }: Signature.Scope): Entry => {
    const secret = Redacted.value(secretKey)
    const name = `${secretId}/${date}/${service}`
    const known = entries.use(name)
    if (known !== undefined && known.secretKey === secret) return known
    const entry = { secretKey: secret, key: derive(secretKey, { date, service }) }
    entries.set(name, entry)
    return entry
  }

  // Most signatures are made with the key of the one before.
  let last: Last | undefined
  const isLast = (secretId: string, secretKey: Redacted.Redacted, { date, service }: Signature.Scope): boolean =>
    last !== undefined &&
    last.secretId === secretId &&
    last.secretKey === Redacted.value(secretKey) &&
    last.service === service &&
    last.date === date

  return ({ secretId, secretKey }, scope, data) => {
    if (last === undefined || !isLast(secretId, secretKey, scope)) {
      const { date, service } = scope
      last = { ...entryOf(secretId, secretKey, scope), secretId, date, service }
    }
    return use(data, last.key)
  }
}
