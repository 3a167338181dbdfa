import * as Redacted from "effect/Redacted"
import * as Signature from "../../../domain/wire/Signature.js"

interface Entry {
  readonly secretKey: string
  readonly key: Signature.SigningKey
}

/**
 * Keeps the keys derived for a scope: three of the four HMACs of a signature. A key is dropped when its SecretKey has
 * changed, and the one used least recently when there are too many.
 */
export const make = (
  capacity: number
): ((
  credential: { readonly secretId: string; readonly secretKey: Redacted.Redacted },
  scope: Signature.Scope
) => Signature.SigningKey) => {
  const entries = new Map<string, Entry>()
  // Most signatures are made with the key of the one before.
  let last: (Entry & Signature.Scope & { readonly secretId: string }) | undefined
  return ({ secretId, secretKey }, { date, service }) => {
    const secret = Redacted.value(secretKey)
    if (
      last !== undefined &&
      last.secretId === secretId &&
      last.secretKey === secret &&
      last.service === service &&
      last.date === date
    ) {
      return last.key
    }
    const name = `${secretId}/${date}/${service}`
    const known = entries.get(name)
    entries.delete(name)
    const entry =
      known !== undefined && known.secretKey === secret
        ? known
        : { secretKey: secret, key: Signature.signingKey(secretKey, { date, service }) }
    entries.set(name, entry)
    if (entries.size > capacity) {
      const oldest = entries.keys().next()
      if (!oldest.done) entries.delete(oldest.value)
    }
    last = { ...entry, secretId, date, service }
    return entry.key
  }
}
