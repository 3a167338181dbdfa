/**
 * The checks that find the action of a request, and whether its region offers it.
 *
 * @since 0.1.0
 */

import * as Effect from "effect/Effect"
import * as CommonError from "../../../../domain/errors/CommonError.js"
import * as Message from "../../../../domain/rules/Message.js"
import * as Step from "../../../internal/runtime/step.js"
import type { Handlers } from "../../Handlers.js"
import { type Check, headOnly, make, type RequestContext } from "../check.js"
import { findRoute } from "../findRoute.js"
import { refuse } from "../refusal.js"

const findAction = (
  step: Step.StepContext<Handlers>,
  context: RequestContext.With<"common">
): Effect.Effect<RequestContext, CommonError.CommonError> =>
  Step.flatMapNow(step, findRoute(step, context), (route) =>
    route.action.offline
      ? refuse(context, CommonError.ActionOffline, Message.actionOffline(context.common.action))
      : Effect.succeed(context.with("route", route))
  )

/**
 * The product, the version and the action exist, and the action is not offline.
 *
 * @since 0.1.0
 * @category checks
 */
export const action: Check<Handlers, "action"> = /* #__PURE__ */ make("action", {
  needsBody: headOnly,
  needs: ["common"],
  run: (context) => Step.makeFrom(context, findAction)
})

/**
 * The region offers the action. If the action needs a region, there is one.
 *
 * @since 0.1.0
 * @category checks
 */
export const region: Check<never, "region"> = /* #__PURE__ */ make("region", {
  needs: ["common", "route"],
  run: (context) => {
    const { common, route } = context
    const { regions } = route.action
    if (regions === undefined) return Effect.succeed(context)
    if (common.region === undefined) {
      return refuse(context, CommonError.MissingParameter, Message.missingParameter("Region"))
    }
    return regions.includes(common.region)
      ? Effect.succeed(context)
      : refuse(context, CommonError.UnsupportedRegion, Message.unsupportedRegion)
  }
})
