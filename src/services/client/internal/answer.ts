import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import type * as Action from "../../../domain/contract/Action.js"
import { MalformedResponse } from "../../../domain/errors/ClientError.js"
import * as Issue from "../../../domain/errors/Issue.js"
import * as Envelope from "../../../domain/wire/Envelope.js"
import type * as Json from "../../../domain/wire/Json.js"
import type { WireResponse } from "../../../domain/wire/Wire.js"

/** Where an answer comes from. */
export interface Origin {
  readonly host: string
  readonly region: string | undefined
}

/**
 * Puts the RequestId beside the members of a result, unless it is there: a shape keeps it. A decoder may give one object many times
 * over, so a plain one is copied; an instance of a class has to be this call's own, and is told from a plain one by its prototype.
 * Where it is frozen, there is no place for it.
 */
const withRequestId = (value: object, requestId: string): object | undefined => {
  // No other answer has it, so this is no object of another one's.
  if (requestId !== "" && "RequestId" in value && value.RequestId === requestId) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return { ...value, RequestId: requestId }
  const member = { value: requestId, enumerable: true, writable: true, configurable: true }
  return Reflect.defineProperty(value, "RequestId", member) ? value : undefined
}

/** An error answer, as one of this action's errors. */
export const failure = <A extends Action.Action.Any>(
  action: A,
  { region }: Origin,
  { code, message, requestId }: { readonly code: string; readonly message: string; readonly requestId: string }
): Action.Action.Error<A> => {
  const where = { product: action.product, action: action.name, ...(region === undefined ? {} : { region }) }
  // The decoder of this very action gives the errors of this very action.
  return action.decodeError({ code, message, requestId, ...where }) as Action.Action.Error<A>
}

/** What the envelope adds to every result, and no contract names. */
const withoutCommon = ({
  DeprecatedWarning: _,
  Error: __,
  RequestId: ___,
  ...result
}: Json.JsonObject): Json.JsonObject => result

/** A result, or the data of an event, by this action's codec. Fails with why it is none, as a clause. */
export const result = <A extends Action.Action.Any>(
  action: A,
  data: Json.JsonObject,
  requestId: string,
  mode: "response" | "strict"
): Either.Either<Action.Action.Success<A>, string> => {
  const decoded = action.response.decode(mode === "strict" ? withoutCommon(data) : data, mode)
  const misfit = (faults: string) => Either.left(`does not fit the action's contract: ${faults}`)
  if (Either.isLeft(decoded)) return misfit(decoded.left.map(Issue.format).join("; "))
  if (typeof decoded.right !== "object" || decoded.right === null) return misfit("a response is an object")
  const whole = withRequestId(decoded.right, requestId)
  return whole === undefined
    ? misfit("its class is frozen, and takes no RequestId")
    : Either.right(whole as Action.Action.Success<A>)
}

/**
 * Reads an answer as this action's result, or as one of its errors. What the service says beside it of an action that it is about to
 * give up goes to `warn`.
 */
export const read = <A extends Action.Action.Any>(
  action: A,
  origin: Origin,
  response: WireResponse,
  mode: "response" | "strict",
  warn: (warning: string) => Effect.Effect<void>
): Effect.Effect<Action.Action.Success<A>, Action.Action.Error<A>> => {
  const malformed = (reason: string, requestId: string, truncated = false) =>
    Exit.fail(
      new MalformedResponse({
        action: action.name,
        host: origin.host,
        status: response.status,
        contentType: response.headers["content-type"] ?? "",
        reason,
        truncated,
        requestId,
        body: Redacted.make(response.body)
      })
    )
  const decoded = Envelope.decode(response.body)
  if (Either.isLeft(decoded)) {
    const { reason, requestId, truncated } = decoded.left
    // The API itself always answers with 200. A redirect, or a refusal of something in between, may well have no body.
    return malformed(reason, requestId, truncated && response.status === 200)
  }
  const envelope = decoded.right
  if (envelope._tag === "Failure") return Exit.fail(failure(action, origin, envelope))
  const read = result(action, envelope.response, envelope.requestId, mode)
  if (Either.isLeft(read)) return malformed(read.left, envelope.requestId)
  const { DeprecatedWarning: warning } = envelope.response
  return typeof warning === "string" ? Effect.as(warn(warning), read.right) : Exit.succeed(read.right)
}
