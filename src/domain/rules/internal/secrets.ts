/**
 * The one list of secret members. Journals, hooks, errors and logs remove them from requests and answers by it.
 *
 * A member is secret by its name, by the contract of its action (`secrets`), or because the program says so.
 */
import * as Either from "effect/Either"
import * as Body from "../../wire/Body.js"
import * as Json from "../../wire/Json.js"
import * as Parameters from "../../wire/Parameters.js"
import type * as Wire from "../../wire/Wire.js"

/** The text in place of a secret. */
export const removed = "<removed>"

/** Parts of names that say that a member is a secret. The published contracts have members of each kind. */
const words = [
  "password",
  "passwd",
  "pwd",
  "passphrase",
  "key_?pass$",
  "data_?pass$",
  "secret(?!_?id)",
  "token",
  "credential",
  "signature$",
  "authorization",
  "cookie",
  "kube_?config$",
  "plain_?(text|key)",
  "salt_?value",
  "(private|api|access|auth|auth_?back|sign|encrypt|decrypt|decryption|aes|des|pre_?shared?|webhook|session|stream|callback|notify)_?key$",
  "(app|client|cert|certificate|license|vpn|play|lora_?nwk|lora_?app|app_?s|nwk_?s|data|plain|open|record|recorder)_?key$",
  "_key_?material$"
]

const secretName = new RegExp(words.join("|"), "i")

/** These have a word of the list, and are no secrets: the token of a retry or of a page, and the public half of a key. */
const harmlessName = /clienttoken|nexttoken|pagetoken|public_?key|^masked_?key$/i

/** Says of a name whether it is a secret's. */
export type IsSecret = (name: string) => boolean

/** A longer name is no member's. To look for words in it would take long, so it counts as a secret's. */
const longestName = 1024

/** Whether the name itself says that it is a secret's. */
export const byName: IsSecret = (name) =>
  name.length > longestName || (secretName.test(name) && !harmlessName.test(name))

/** The list: by name, and these names too. Their case does not matter. */
export const listOf = (names: ReadonlyArray<string> = []): IsSecret => {
  if (names.length === 0) return byName
  const more = new Set(names.map((name) => name.toLowerCase()))
  return (name) => name.length > longestName || more.has(name.toLowerCase()) || byName(name)
}

const namesOfPair = ["Name", "Key", "Param", "Field"]

/** A pair such as `{ Name: "MYSQL_PASSWORD", Value: "…" }` names its secret in one member and holds it in another. */
const isSecretPair = (value: Json.JsonObject, isSecret: IsSecret): boolean =>
  namesOfPair.some((member) => {
    const name = value[member]
    return typeof name === "string" && isSecret(name)
  })

const isValueOfPair = (name: string): boolean => /^(current_?|default_?|new_?)?values?$/i.test(name)

/** Deeper than the members of any action. What lies deeper is left out. */
const deepest = 64

const fromValue = (value: Json.Json, isSecret: IsSecret, longest: number, depth = 0): Json.Json => {
  if (typeof value === "string") return value.length > longest ? `${value.slice(0, longest)}…` : value
  if (typeof value !== "object" || value === null) return value
  if (depth >= deepest) return "…"
  if (Array.isArray(value)) return value.map((element) => fromValue(element, isSecret, longest, depth + 1))
  if (!Json.isObject(value)) return value
  const isPair = isSecretPair(value, isSecret)
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      isSecret(name) || (isPair && isValueOfPair(name)) ? removed : fromValue(member, isSecret, longest, depth + 1)
    ])
  )
}

/**
 * A JSON text without its secrets. Undefined if it is no JSON: it might hold a secret anywhere. The texts in it are cut to `longest`
 * characters.
 */
export const fromJson = (text: string, isSecret: IsSecret, longest = Number.POSITIVE_INFINITY): string | undefined =>
  Either.getOrUndefined(
    Either.flatMap(Json.parse(text), (value) => Json.stringify(fromValue(value, isSecret, longest)))
  )

/** The name of a flat parameter without the places before it: `Password` of `Logins.0.Password`. */
const lastName = (path: string): string => path.slice(path.lastIndexOf(".") + 1)

/** Finds the values of pairs in a flat form: `Pairs.0.Value`, where `Pairs.0.Name` names a secret. */
const secretPairs = (parameters: ReadonlyArray<readonly [string, string]>, isSecret: IsSecret): IsSecret => {
  const places = new Set(
    parameters.flatMap(([name, value]) =>
      namesOfPair.includes(lastName(name)) && isSecret(value) ? name.slice(0, name.lastIndexOf(".") + 1) : []
    )
  )
  return (name) => {
    const value = name.replace(/\.\d+$/, "")
    return places.has(value.slice(0, value.lastIndexOf(".") + 1)) && isValueOfPair(lastName(value))
  }
}

/** A query or a form without its secrets. Undefined if it is malformed. */
export const fromForm = (text: string, isSecret: IsSecret): string | undefined =>
  Either.getOrUndefined(
    Either.map(Parameters.parse(text), (parameters) => {
      const inPair = secretPairs(parameters, isSecret)
      return Parameters.format(
        parameters.map(
          ([name, value]) =>
            [name, isSecret(name) || isSecret(lastName(name)) || inPair(name) ? removed : value] as const
        )
      )
    })
  )

/** Headers without their secrets. Those that carry a member of an octet-stream end with its name. */
export const fromHeaders = (headers: Wire.Headers, isSecret: IsSecret): Wire.Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      // The rest of an Authorization says who calls.
      name === "authorization" && /, *Signature=/.test(value)
        ? value.replace(/Signature=.*/, `Signature=${removed}`)
        : isSecret(name) || isSecret(name.slice(name.lastIndexOf("-") + 1))
          ? removed
          : value
    ])
  )

/** A body that cannot be read might hold a secret. Its size remains. */
export const sizeOnly = (body: string | Uint8Array): string => `<${Body.byteLength(body)} bytes>`

/** The body of a request without its secrets. Of a body that is neither JSON nor a form, the size. */
export const fromBody = (
  { body, headers }: Pick<Wire.WireRequest, "body" | "headers">,
  isSecret: IsSecret,
  longest?: number
): string => {
  if (body.length === 0) return ""
  switch (Body.mediaType(headers)) {
    case "application/json":
      return fromJson(Body.text(body), isSecret, longest) ?? sizeOnly(body)
    case "application/x-www-form-urlencoded":
      return fromForm(Body.text(body), isSecret) ?? sizeOnly(body)
    default:
      return sizeOnly(body)
  }
}

/** A request without its secrets. The texts in a body of JSON are cut to `longest` characters. */
export const fromRequest = (
  request: Wire.WireRequest,
  isSecret: IsSecret,
  longest?: number
): Wire.WireRequest & { readonly body: string } => ({
  ...request,
  query: fromForm(request.query, isSecret) ?? sizeOnly(request.query),
  headers: fromHeaders(request.headers, isSecret),
  body: fromBody(request, isSecret, longest)
})

/** An answer without its secrets. One that streams has no body. Its texts are cut to `longest` characters. */
export const fromResponse = (
  { body, headers, stream: _, ...answered }: Wire.WireResponse,
  isSecret: IsSecret,
  longest?: number
): Omit<Wire.WireResponse, "stream"> => ({
  ...answered,
  headers: fromHeaders(headers, isSecret),
  body: body === "" ? "" : (fromJson(body, isSecret, longest) ?? sizeOnly(body))
})

/** Collects the texts of the secret members in a value. */
const collect = (value: unknown, isSecret: IsSecret, isInSecret: boolean, into: Set<string>, depth: number): void => {
  if (typeof value === "string") {
    if (isInSecret && value.length >= minLength) into.add(value)
    return
  }
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || depth > maxDepth) return
  const isPair = Json.isObject(value) && isSecretPair(value, isSecret)
  for (const [name, member] of Object.entries(value)) {
    collect(member, isSecret, isInSecret || isSecret(name) || (isPair && isValueOfPair(name)), into, depth + 1)
  }
}

/** A shorter text is in too many words. */
const minLength = 4
const maxDepth = 32

/**
 * Removes from a text the secrets that a request holds. A service may repeat in its message what the request has said, a password too.
 */
export const fromMessage = (text: string, request: unknown, isSecret: IsSecret): string => {
  if (text === "" || typeof request !== "object" || request === null) return text
  const secrets = new Set<string>()
  try {
    collect(request, isSecret, false, secrets, 0)
  } catch {
    // A getter of the program's own threw. The request was sent, so this is not the place to fail.
    return text
  }
  return [...secrets].reduce((rest, secret) => rest.split(secret).join(removed), text)
}
