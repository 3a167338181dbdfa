/** What a mutation is, and the ways to change a request. */
import type { Random } from "../../fixtures/Random.js"
import type { Base } from "./kinds.js"
import * as Reference from "./reference.js"

/**
 * What must come of a mutation, known from how it is made:
 *
 * - `accepted`: another spelling of the same request. The handler runs.
 * - `authentic`: the signature still holds. What the request says may be refused, but not who sent it.
 * - `unauthentic`: another request. It is well formed, so its answer is a failure of authentication.
 * - `refused`: another request, which an earlier check may refuse.
 */
export type Expected = "accepted" | "authentic" | "unauthentic" | "refused"

export interface Mutation {
  readonly name: string
  readonly expected: Expected
  /** Returns nothing if the request has nothing to change in this way. */
  readonly change: (base: Base, random: Random) => Reference.Sent | undefined
  /** Whether the mutation is only seen on a socket. */
  readonly socketOnly?: boolean
}

export const mutation = (name: string, expected: Expected, change: Mutation["change"]): Mutation => ({
  name,
  expected,
  change
})

export type Headers = Reference.Sent["headers"]

export const withHeaders = (sent: Reference.Sent, change: (headers: Headers) => Headers): Reference.Sent => ({
  ...sent,
  headers: change(sent.headers)
})

const isCalled = (name: string) => (header: readonly [string, string]) => header[0].toLowerCase() === name

/** Changes the value of a header. Returns nothing if there is none, or if the value stays. */
export const mapHeader = (
  sent: Reference.Sent,
  name: string,
  change: (value: string) => string | undefined
): Reference.Sent | undefined => {
  const value = Reference.headerOf(sent, name)
  const changed = value === undefined ? undefined : change(value)
  if (changed === undefined || changed === value) return undefined
  return withHeaders(sent, (headers) =>
    headers.map((header) => (isCalled(name)(header) ? [header[0], changed] : header))
  )
}

export const setHeader = (sent: Reference.Sent, name: string, value: string): Reference.Sent =>
  mapHeader(sent, name.toLowerCase(), () => value) ?? addHeader(sent, name, value)

export const addHeader = (sent: Reference.Sent, name: string, value: string): Reference.Sent =>
  withHeaders(sent, (headers) => [...headers, [name, value]])

export const removeHeader = (sent: Reference.Sent, name: string): Reference.Sent | undefined =>
  Reference.headerOf(sent, name) === undefined
    ? undefined
    : withHeaders(sent, (headers) => headers.filter((header) => !isCalled(name)(header)))

/** Flips one bit of a text of one byte for each character. */
export const flipText = (text: string, random: Random, bits = 8): string | undefined => {
  if (text === "") return undefined
  const at = random.int(text.length)
  const flipped = String.fromCharCode(text.charCodeAt(at) ^ (1 << random.int(bits)))
  return text.slice(0, at) + flipped + text.slice(at + 1)
}

export const flipBytes = (bytes: Uint8Array, random: Random): Uint8Array | undefined => {
  if (bytes.length === 0) return undefined
  const at = random.int(bytes.length)
  return bytes.map((byte, index) => (index === at ? byte ^ (1 << random.int(8)) : byte))
}

/** Whether two texts differ, other than in the case of their letters. */
export const differs = (one: string, other: string): boolean => one.toLowerCase() !== other.toLowerCase()

/** Writes the header `Authorization` with other fields, and the old signature. */
export const withFields = (base: Base, change: Partial<Reference.Fields>): Reference.Sent | undefined => {
  const { sent, v3 } = base
  if (v3 === undefined) return undefined
  return mapHeader(sent, "authorization", () => Reference.formatFields({ ...v3.fields, ...change }))
}

/** Signs a request again, with other fields or with the key of somebody else. */
export const signAgain = (
  base: Base,
  change: {
    readonly sent?: Reference.Sent | undefined
    readonly fields?: Partial<Reference.Fields>
    readonly secretKey?: string
    readonly choice?: Partial<Reference.Choice>
  }
): Reference.Sent | undefined => {
  const { key, v3 } = base
  if (v3 === undefined) return undefined
  const sent = change.sent ?? base.sent
  const fields = { ...v3.fields, ...change.fields }
  const choice = { ...v3.choice, ...change.choice }
  const signature = Reference.signV3(sent, fields, change.secretKey ?? key.secretKey, choice)
  return mapHeader(sent, "authorization", () => Reference.formatFields({ ...fields, signature }))
}
