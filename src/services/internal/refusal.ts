import * as Effect from "effect/Effect"
import * as CommonError from "../../domain/CommonError.js"
import * as Message from "../../domain/Message.js"
import type * as Parameters from "../../domain/Parameters.js"

type Refusal = new (props: { readonly message: string }) => CommonError.CommonError

/** Refuses a request, in the language that it asks for. */
export const refuse = (
  { language }: { readonly language: Message.Language },
  error: Refusal,
  message: Message.Message
): Effect.Effect<never, CommonError.CommonError> => Effect.fail(new error({ message: message[language] }))

/** Refuses parameters that are malformed as a query or a form. */
export const refuseFlat = (context: { readonly language: Message.Language }, fault: Parameters.Fault) => {
  const message = {
    separator: Message.formSeparator,
    emptyName: Message.formEmptyName,
    repeated: Message.repeated(fault.name),
    list: Message.wrongList(fault.name),
    format: Message.wrongFormat(fault.name)
  }[fault.kind]
  return refuse(context, CommonError.InvalidParameter, message)
}
