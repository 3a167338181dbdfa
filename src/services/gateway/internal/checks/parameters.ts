/**
 * The checks of the parameters of an action.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as CommonError from "../../../../domain/errors/CommonError.js"
import * as Issue from "../../../../domain/errors/Issue.js"
import * as Message from "../../../../domain/rules/Message.js"
import * as Json from "../../../../domain/wire/Json.js"
import { type Check, make, type RequestContext } from "../check.js"
import { readParameters } from "../readParameters.js"
import { refuse } from "../refusal.js"

/**
 * The action accepts the content type, and the parameters can be read. They are decoded here; the check `parameters` says what is
 * wrong with them.
 *
 * @since 0.1.0
 * @category checks
 */
export const content: Check<never, "content"> = /* #__PURE__ */ make("content", {
  needs: ["signature", "route"],
  run: readParameters
})

const issueOrder: ReadonlyArray<Issue.Issue["kind"]> = ["unknown", "missing", "type", "value"]

const refuseIssue = (context: RequestContext, issue: Issue.Issue) => {
  const name = Issue.formatPath(issue.path)
  if (name === "") {
    const refusal = issue.kind === "value" ? CommonError.InvalidParameterValue : CommonError.InvalidParameter
    return refuse(context, refusal, Message.wrongParameters(issue.expected))
  }
  switch (issue.kind) {
    case "unknown":
      return refuse(context, CommonError.UnknownParameter, Message.unknownParameter(name))
    case "missing":
      return refuse(context, CommonError.MissingParameter, Message.missingParameter(name))
    case "type":
      return refuse(context, CommonError.InvalidParameter, Message.wrongType(name, issue.expected))
    case "value":
      return refuse(context, CommonError.InvalidParameterValue, Message.wrongValue(name, issue.expected))
  }
}

/**
 * The parameters are those of the action: none is unknown, none is missing, each has its type, and each value is valid. If there are
 * several issues, the answer names the first in that order.
 *
 * @since 0.1.0
 * @category checks
 */
export const parameters: Check<never, "parameters"> = /* #__PURE__ */ make("parameters", {
  needs: ["decoded"],
  run: (context) => {
    const { decoded } = context
    if (Either.isRight(decoded)) return Effect.succeed(context)
    const [first] = [...decoded.left].sort(
      (one, other) => issueOrder.indexOf(one.kind) - issueOrder.indexOf(other.kind)
    )
    return refuseIssue(context, first ?? decoded.left[0])
  }
})

/**
 * Ends a request that asks for a dry run: it would have succeeded.
 *
 * @since 0.1.0
 * @category checks
 */
export const dryRun: Check<never, "dry run"> = /* #__PURE__ */ make("dry run", {
  needs: ["decoded"],
  run: (context) => {
    const { decoded } = context
    return Either.isRight(decoded) && Json.isObject(decoded.right) && decoded.right.DryRun === true
      ? refuse(context, CommonError.DryRunOperation, Message.dryRun)
      : Effect.succeed(context)
  }
})
