import * as Redacted from "effect/Redacted"
import * as Signature from "../../domain/Signature.js"

/** What an HMAC-SHA256 has. */
const size = 32

/** Keys that there is room for at first. */
const initial = 64

/** The keys of one product on one day: where each stands, by its SecretId. */
interface Group extends Signature.Scope {
  readonly places: Map<string, number>
}

/**
 * Keeps the keys derived for a scope, three of the four HMACs of a signature, for a server that sees many: their bytes stand
 * side by side, and no object is made for a key. A key is derived anew when its SecretKey has changed. When there are too many,
 * a hand goes round, and one goes that has not been asked for since it came by the last time.
 *
 * A key is lent: it is good until the next one is asked for.
 */
export const make = (
  capacity: number
): ((
  credential: { readonly secretId: string; readonly secretKey: Redacted.Redacted },
  scope: Signature.Scope
) => Signature.SigningKey) => {
  const groups = new Map<string, Group>()
  // Most requests are of the same product and day as the one before.
  let last: Group | undefined

  // What is known of the key at each place.
  const secretIds: Array<string> = []
  const secretKeys: Array<Redacted.Redacted> = []
  const groupOf: Array<Group> = []
  let bytes = new Uint8Array(Math.min(initial, capacity) * size)
  let asked = new Uint8Array(Math.min(initial, capacity))
  let hand = 0

  const lent = new Uint8Array(size)
  const key = Redacted.make(lent)

  const nameOf = ({ date, service }: Signature.Scope): string => `${date}/${service}`

  const groupFor = (scope: Signature.Scope): Group => {
    if (last !== undefined && last.service === scope.service && last.date === scope.date) return last
    last = groups.get(nameOf(scope)) ?? { date: scope.date, service: scope.service, places: new Map() }
    return last
  }

  const grow = (): void => {
    const room = Math.min(asked.length * 2, capacity)
    const [bytesBefore, askedBefore] = [bytes, asked]
    bytes = new Uint8Array(room * size)
    bytes.set(bytesBefore)
    asked = new Uint8Array(room)
    asked.set(askedBefore)
  }

  /** A place that is free, or is made so. */
  const free = (): number => {
    const { length } = secretIds
    if (length < capacity) {
      if (length === asked.length) grow()
      return length
    }
    while (asked[hand] === 1) {
      asked[hand] = 0
      hand = (hand + 1) % capacity
    }
    const place = hand
    hand = (hand + 1) % capacity
    const group = groupOf[place]
    const secretId = secretIds[place]
    if (group !== undefined && secretId !== undefined) {
      group.places.delete(secretId)
      if (group.places.size === 0) groups.delete(nameOf(group))
    }
    return place
  }

  const isOf = (place: number, secretKey: Redacted.Redacted): boolean => {
    const known = secretKeys[place]
    return known === secretKey || (known !== undefined && Redacted.value(known) === Redacted.value(secretKey))
  }

  /** Derives a key and keeps it, in the place where it was under another SecretKey, or in a free one. */
  const keep = (was: number | undefined, secretId: string, secretKey: Redacted.Redacted, group: Group): number => {
    const derived = Redacted.value(Signature.signingKey(secretKey, group))
    const place = was ?? free()
    bytes.set(derived, place * size)
    secretIds[place] = secretId
    secretKeys[place] = secretKey
    groupOf[place] = group
    group.places.set(secretId, place)
    // The hand may have taken the last key of the group.
    groups.set(nameOf(group), group)
    return place
  }

  return ({ secretId, secretKey }, scope) => {
    const group = groupFor(scope)
    const known = group.places.get(secretId)
    const place = known !== undefined && isOf(known, secretKey) ? known : keep(known, secretId, secretKey, group)
    asked[place] = 1
    const begin = place * size
    for (let index = 0; index < size; index++) lent[index] = bytes[begin + index] ?? 0
    return key
  }
}
