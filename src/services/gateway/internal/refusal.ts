import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as CommonError from "../../../domain/errors/CommonError.js"
import { InvalidParameter } from "../../../domain/errors/CommonError.js"
import * as Message from "../../../domain/rules/Message.js"
import type * as Parameters from "../../../domain/wire/Parameters.js"

/** The class of an error, as far as refusing needs it. */
type Refusal<E> = new (props: { readonly message: string }) => E

/**
 * The error that refuses a request, in the language that it asks for. Where a gateway has made it tells nobody anything: finding
 * that out would take longer than the whole request, and those that are refused should cost least of all.
 */
export const errorOf = <E>(Refused: Refusal<E>, message: Message.Message, language: Message.Language): E => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return new Refused({ message: message[language] })
  } finally {
    Error.stackTraceLimit = limit
  }
}

// Exits, since `Effect.fail` asks the fiber for its span first.

/**
 * A refusal that says the same to everybody: made once for each language, so that a flood of requests with wrong signatures costs
 * less than as many with right ones.
 */
export const always = <E>(Refused: Refusal<E>, message: Message.Message) => {
  const made: Partial<Record<Message.Language, Effect.Effect<never, E>>> = {}
  return (language: Message.Language): Effect.Effect<never, E> => {
    const refusal = made[language] ?? Exit.fail(errorOf(Refused, message, language))
    made[language] = refusal
    return refusal
  }
}

/** Refuses a request. */
export const refuse = (
  { language }: { readonly language: Message.Language },
  error: Refusal<CommonError.CommonError>,
  message: Message.Message
): Effect.Effect<never, CommonError.CommonError> => Exit.fail(errorOf(error, message, language))

const flatFault = ({ kind, name }: Parameters.Fault): Message.Message => {
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

/** Refuses parameters that are malformed as a query or a form. */
export const refuseFlat = (context: { readonly language: Message.Language }, fault: Parameters.Fault) =>
  refuse(context, InvalidParameter, flatFault(fault))
