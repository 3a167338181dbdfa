/** Reads the parameters of a request: from JSON, a query, a form, parts, or bytes with headers. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Codec from "../../../domain/contract/Codec.js"
import * as CommonError from "../../../domain/errors/CommonError.js"
import * as Message from "../../../domain/rules/Message.js"
import * as Body from "../../../domain/wire/Body.js"
import * as Json from "../../../domain/wire/Json.js"
import * as Multipart from "../../../domain/wire/Multipart.js"
import * as Parameters from "../../../domain/wire/Parameters.js"
import { commonNames } from "../../../domain/wire/Request.js"
import type { Parameter } from "../../../domain/wire/SignatureV1.js"
import type { RequestContext } from "./check.js"
import { refuse, refuseFlat } from "./refusal.js"

/** A context in which the parameters are decoded. */
type Read = Effect.Effect<RequestContext, CommonError.CommonError>

/** A context in which the action is known. */
type Routed = RequestContext.With<"route">

const decode = (context: Routed, parameters: unknown, mode: Codec.Mode): Read =>
  Effect.succeed(context.with("decoded", context.route.action.request.decode(parameters, mode)))

const readFlat = (context: Routed, parameters: ReadonlyArray<Parameter>): Read => {
  const nested = Parameters.unflatten(parameters)
  return Either.isLeft(nested) ? refuseFlat(context, nested.left) : decode(context, nested.right, "form")
}

const readQuery = (context: Routed, text: string): Read => {
  const flat = Parameters.parse(text)
  return Either.isLeft(flat) ? refuseFlat(context, flat.left) : readFlat(context, flat.right)
}

const readJson = (context: Routed): Read => {
  // A lenient decoder would silently replace bytes that are not UTF-8.
  const json = Option.map(Body.exactText(context.wire.body), Json.parse)
  return Option.isSome(json) && Either.isRight(json.value) && Json.isObject(json.value.right)
    ? decode(context, json.value.right, "request")
    : refuse(context, CommonError.InvalidParameter, Message.notJson)
}

const readMultipart = (context: Routed): Read => {
  const parts = Multipart.parse(context.wire.headers, Body.bytes(context.wire.body))
  if (Either.isLeft(parts)) return refuse(context, CommonError.InvalidRequest, Message.notMultipart)
  const members = new Map<string, string | Uint8Array>()
  for (const [name, value] of parts.right) {
    if (members.has(name)) return refuseFlat(context, { kind: "repeated", name })
    members.set(name, value)
  }
  return decode(context, Object.fromEntries(members), "parts")
}

/** The members of an octet-stream travel in headers. They need not be signed: the official clients do not sign them. */
const readOctetStream = (context: Routed): Read => {
  const { action } = context.route
  const { body, headers } = context.wire
  const prefix = `x-${action.product}-`.toLowerCase()
  const names = new Map(action.request.members.map((name) => [name.toLowerCase(), name]))
  const members: Array<readonly [string, string | Uint8Array]> = []
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(prefix)) continue
    const name = header.slice(prefix.length)
    members.push([names.get(name) ?? name, value])
  }
  const binary = action.binary.map((name) => [name, Body.bytes(body)] as const)
  return decode(context, Object.fromEntries([...members, ...binary]), "parts")
}

/** Reads the parameters of a request, and decodes them. */
export const readParameters = (context: Routed): Read => {
  const { flat, route, wire } = context
  if (flat !== undefined) {
    const { members } = route.action.request
    // A member can have the name of a common parameter, such as `SecretId`. There is one value for both, and it is the member's too.
    return readFlat(
      context,
      flat.filter(([name]) => !commonNames.has(name) || members.includes(name))
    )
  }
  if (wire.method === "GET") return readQuery(context, wire.query)
  const type = Body.mediaType(wire.headers)
  const { binary } = route.action
  if (type === "application/json") return readJson(context)
  if (type === "application/x-www-form-urlencoded") return readQuery(context, Body.text(wire.body))
  if (type === "multipart/form-data" && binary.length > 0) return readMultipart(context)
  if (type === "application/octet-stream" && binary.length === 1) return readOctetStream(context)
  return refuse(context, CommonError.UnsupportedProtocol, Message.unsupportedContentType(type))
}
