/** Encodes a request, when there is a connection for it. */
import * as Either from "effect/Either"
import type * as Action from "../../../domain/contract/Action.js"
import { InvalidRequestInput } from "../../../domain/errors/ClientError.js"
import * as Json from "../../../domain/wire/Json.js"
import * as Request from "../../../domain/wire/Request.js"
import type { CallPlan } from "./callPlan.js"

const invalid = (
  { name, product }: Action.Action.Any,
  { request: { region } }: CallPlan,
  expected: string
): Either.Either<never, InvalidRequestInput> => {
  const issues = [{ kind: "value", path: ["request"], expected, found: "" }] as const
  return Either.left(new InvalidRequestInput({ product, action: name, region, issues }))
}

/** Bytes have no form in JSON or in a query, so a request with bytes is sent as multipart or as an octet-stream. */
const encodingOf = (
  action: Action.Action.Any,
  parameters: unknown,
  wanted: Request.Encoding | undefined
): Either.Either<Request.Encoding, string> => {
  const isBinary = (name: string) => Json.isObject(parameters) && parameters[name] instanceof Uint8Array
  if (!action.binary.some(isBinary)) return Either.right(wanted ?? "json")
  const encoding = wanted ?? (action.octetStream === true ? "octet-stream" : "multipart")
  return encoding === "multipart" || encoding === "octet-stream"
    ? Either.right(encoding)
    : Either.left("holds bytes, which only multipart and octet-stream carry")
}

/** Common parameters that a member of the action can be too, as long as the call has no other value for them. */
const shared: ReadonlyArray<string> = ["Region", "Language"]

/**
 * Version 1 sends the common parameters beside those of the action, and no name twice. So a member with the name of a common parameter
 * travels if both have the same value, or if the call sets no region or language. Fails with the name of any other.
 */
const besideCommon = (payload: Request.Payload, request: Request.Request): Either.Either<Request.Payload, string> => {
  const own = payload.parameters.filter(([name]) => Request.commonNames.has(name))
  if (own.length === 0) return Either.right(payload)
  const common = new Map(Request.commonParameters(request))
  const reserved = own.find(
    ([name, value]) => (common.get(name) ?? (shared.includes(name) ? value : undefined)) !== value
  )
  if (reserved !== undefined) return Either.left(reserved[0])
  return Either.right({ ...payload, parameters: payload.parameters.filter(([name]) => !common.has(name)) })
}

/** Encodes what the codec has written. `id` becomes the boundary of a multipart body. */
export const encodePayload = (
  action: Action.Action.Any,
  parameters: unknown,
  plan: CallPlan,
  id: string
): Either.Either<Request.Payload, InvalidRequestInput> => {
  const payload = Either.flatMap(encodingOf(action, parameters, plan.encoding), (encoding) =>
    Request.payload({ product: action.product, encoding, parameters, boundary: id })
  )
  if (Either.isLeft(payload)) {
    const expected = `a request that can be sent as ${plan.encoding ?? "json, multipart or octet-stream"}; it ${payload.left}`
    return invalid(action, plan, expected)
  }
  const isVersion1 = plan.signatureMethod === "HmacSHA1" || plan.signatureMethod === "HmacSHA256"
  if (!isVersion1) return Either.right(payload.right)
  return Either.orElse(besideCommon(payload.right, plan.request), (reserved) => {
    const expected = `no other value for \`${reserved}\` than the common parameter of that name in signature version 1: use \`TC3-HMAC-SHA256\``
    return invalid(action, plan, expected)
  })
}
