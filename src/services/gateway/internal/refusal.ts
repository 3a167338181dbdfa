/** Makes the errors that refuse a request. Those that say the same to every caller are made once. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as CommonError from "../../../domain/errors/CommonError.js"
import { InternalError, InvalidParameter } from "../../../domain/errors/CommonError.js"
import * as Message from "../../../domain/rules/Message.js"
import type * as Parameters from "../../../domain/wire/Parameters.js"

/** The class of an error. */
type ErrorClass<E> = new (props: { readonly message: string }) => E

/** A request, as far as a refusal needs it. */
interface Request {
  readonly language: Message.Language
}

/**
 * The error that refuses a request. It has no stack: a stack would only say where the gateway made it, and takes longer than the rest
 * of the request.
 */
const makeError = <E>(Class: ErrorClass<E>, message: Message.Message, language: Message.Language): E => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return new Class({ message: message[language] })
  } finally {
    Error.stackTraceLimit = limit
  }
}

// These are exits, because `Effect.fail` asks the fiber for its span first (docs/performance.md, P2).

/**
 * A refusal that says the same to every caller. It is made once for each language, so that a flood of requests with wrong signatures
 * costs less than as many with right ones. It is frozen, because all requests share it.
 */
export const always = <E extends object>(Class: ErrorClass<E>, message: Message.Message) => {
  const refusals: Partial<Record<Message.Language, Effect.Effect<never, E>>> = {}
  return (language: Message.Language): Effect.Effect<never, E> => {
    const refusal = refusals[language] ?? Exit.fail(Object.freeze(makeError(Class, message, language)))
    refusals[language] = refusal
    return refusal
  }
}

/** Refuses a request. */
export const refuse = (
  { language }: Request,
  Class: ErrorClass<CommonError.CommonError>,
  message: Message.Message
): Effect.Effect<never, CommonError.CommonError> => Exit.fail(makeError(Class, message, language))

/** Refuses a request because the list of checks is in an order that cannot work. */
export const refuseTooEarly = (
  context: Request,
  check: string,
  missing: string | undefined
): Effect.Effect<never, CommonError.CommonError> =>
  Effect.zipRight(
    Effect.logError(`The check ${check} needs ${missing}, which no earlier check has found: look at their order.`),
    refuse(context, InternalError, Message.internalError)
  )

const flatFaultMessage = ({ kind, name }: Parameters.Fault): Message.Message => {
  switch (kind) {
    case "separator":
      return Message.formSeparator
    case "emptyName":
      return Message.formEmptyName
    case "repeated":
      return Message.repeated(name)
    case "list":
      return Message.wrongList(name)
    case "format":
      return Message.wrongFormat(name)
  }
}

/** Refuses a request whose query or form is malformed. */
export const refuseFlat = (context: Request, fault: Parameters.Fault): Effect.Effect<never, CommonError.CommonError> =>
  refuse(context, InvalidParameter, flatFaultMessage(fault))
