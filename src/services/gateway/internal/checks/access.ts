/**
 * The checks of what a caller may do: from which address, how often, and which operations.
 *
 * @since 0.1.0
 */

import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as CommonError from "../../../../domain/errors/CommonError.js"
import * as Message from "../../../../domain/rules/Message.js"
import * as Host from "../../../../domain/wire/Host.js"
import * as Region from "../../../../domain/wire/Region.js"
import * as Step from "../../../internal/runtime/step.js"
import * as AddressList from "../../AddressList.js"
import { type Attempt, Authorizer, type AuthorizerError, type Denied } from "../../Authorizer.js"
import type { Route } from "../../Handlers.js"
import { type Exceeded, RateLimiter } from "../../RateLimiter.js"
import { askPort, goOn, passOn } from "../askPort.js"
import { ownerOf } from "../caller.js"
import { type Check, make, type RequestContext } from "../check.js"
import { toDefect } from "../portFailure.js"
import { refuse } from "../refusal.js"

type Checked = Effect.Effect<RequestContext, CommonError.CommonError>

const checkAddress = (step: Step.StepContext<never>, context: RequestContext): Checked => {
  const list = Context.get(step.context, AddressList.AddressList)
  const { address } = context.wire
  if (list.isDenied(address)) return refuse(context, CommonError.IpInBlacklist, Message.ipInBlacklist)
  return list.isAllowed(address)
    ? Effect.succeed(context)
    : refuse(context, CommonError.IpNotInWhitelist, Message.ipNotInWhitelist)
}

/**
 * The address of the caller is not on the deny list. If there is an allow list, the address is on it.
 *
 * @since 0.1.0
 * @category checks
 */
export const addresses: Check<never, "addresses"> = /* #__PURE__ */ make("addresses", {
  isOn: /* #__PURE__ */ Effect.map(AddressList.AddressList, (list) => list !== AddressList.noop),
  run: (context) => Step.makeFrom(context, checkAddress)
})

/**
 * The region that a host name resolves to. Regions that neither the cloud nor the action knows count as the nearest region, all
 * together, so that a caller who invents names gets no more calls.
 */
const accessRegion = ({ wire }: RequestContext, { action }: Route): string => {
  const { region } = Host.parse(wire.headers.host ?? "")
  return region !== undefined && (Region.isKnown(region) || action.regions?.includes(region)) ? region : "nearest"
}

const exceededErrors = {
  action: CommonError.RequestLimitExceeded,
  account: CommonError.RequestLimitExceededUinLimitExceeded,
  accountGlobal: CommonError.RequestLimitExceededGlobalRegionUinLimitExceeded,
  address: CommonError.RequestLimitExceededIPLimitExceeded
}

const refuseExceeded = ({ calls, kind, limit }: Exceeded, context: RequestContext) =>
  refuse(context, exceededErrors[kind], Message.requestLimitExceeded(calls, limit))

/** A request, as a limit counts it. */
const callOf = ({ caller, route, wire }: RequestContext.With<"caller" | "route">, region: string) => {
  const { name, product, rateLimit } = route.action
  const { account, identity } = ownerOf(caller)
  return { product, action: name, accessRegion: region, account, identity, address: wire.address, limit: rateLimit }
}

/**
 * The caller has a call left in this second.
 *
 * @since 0.1.0
 * @category checks
 */
export const rateLimit: Check<RateLimiter, "rate limit"> = /* #__PURE__ */ make("rate limit", {
  needs: ["caller", "route"],
  run: askPort(
    RateLimiter,
    (limiter, context: RequestContext.With<"caller" | "route">) =>
      limiter.take(callOf(context, accessRegion(context, context.route))),
    { onAnswer: passOn, onFailure: refuseExceeded }
  )
})

/** Finds the resources on which a caller may not perform an operation. */
const findMissing = (
  authorizer: Authorizer["Type"],
  attempt: Attempt
): Effect.Effect<NonNullable<RequestContext["missing"]>, AuthorizerError> => {
  const resources = attempt.resources.length === 0 ? ["*"] : attempt.resources
  const missing = Effect.filter(resources, (resource) =>
    Effect.matchEffect(authorizer.authorize({ ...attempt, resources: [resource] }), {
      onSuccess: () => Effect.succeed(false),
      onFailure: (failure) => (failure._tag === "Denied" ? Effect.succeed(true) : Effect.fail(failure))
    })
  )
  return Effect.map(missing, (missing) => missing.map((resource) => ({ action: attempt.operation, resource })))
}

/** What the check of policies asks about. */
interface Authorization {
  readonly context: RequestContext
  readonly attempt: Attempt
}

const orRefuse = {
  port: Authorizer.key,
  onAnswer: (_: unknown, { context }: Authorization) => Effect.succeed(context),
  onFailure: ({ operation, resource }: Denied, { context }: Authorization) => {
    const message = Message.unauthorized({ requestId: context.requestId, operation, resource })
    return refuse(context, CommonError.AuthFailureUnauthorizedOperation, message)
  }
}

const noteMissing = {
  port: Authorizer.key,
  onAnswer: (missing: NonNullable<RequestContext["missing"]>, { context }: Authorization) =>
    Effect.succeed(context.with("missing", missing)),
  onFailure: (failure: never) => failure
}

const authorize = (step: Step.StepContext<Authorizer>, data: Authorization): Checked => {
  const authorizer = Context.get(step.context, Authorizer)
  const { attempt } = data
  if (authorizer.mode === "soft") return goOn(step, data, findMissing(authorizer, attempt), noteMissing)
  let answer: ReturnType<Authorizer["Type"]["authorize"]>
  try {
    answer = authorizer.authorize(attempt)
  } catch (defect) {
    return Exit.failCause(toDefect(Authorizer.key, Cause.die(defect)))
  }
  return goOn(step, data, answer, orRefuse)
}

/**
 * The `Authorizer` grants the operation on each resource of the request. If the parameters are invalid, the resources are not known,
 * and the check asks about `*`. If the Authorizer is soft, the call goes on, and the journal notes what is missing.
 *
 * @since 0.1.0
 * @category checks
 */
export const cam: Check<Authorizer, "cam"> = /* #__PURE__ */ make("cam", {
  needs: ["decoded", "caller", "route"],
  run: (context) => {
    const { caller, decoded, requestId, route, wire } = context
    // An anonymous caller has no policies. The action itself says that it may be called unsigned.
    if (caller._tag === "Anonymous") return Effect.succeed(context)
    const { action } = route
    const attempt: Attempt = {
      account: caller.key.account,
      identity: caller.key.identity,
      operation: `${action.product}:${action.name}`,
      // The codec of this action made the value.
      resources: Either.isRight(decoded) ? action.resources(decoded.right as never) : ["*"],
      address: wire.address,
      requestId
    }
    return Step.makeFrom({ context, attempt }, authorize)
  }
})
