/** Finds the action that a request names, with its handler. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as CommonError from "../../../domain/errors/CommonError.js"
import * as Message from "../../../domain/rules/Message.js"
import * as Host from "../../../domain/wire/Host.js"
import type * as Wire from "../../../domain/wire/Wire.js"
import * as Step from "../../internal/runtime/step.js"
import { Handlers, type Route } from "../Handlers.js"
import type { RequestContext } from "./check.js"
import { refuse } from "./refusal.js"
import { findUnnamed } from "./unnamedRoute.js"

/** The service in the scope of a header `Authorization`, which may turn out to be malformed. It is a name of at most 64 letters. */
const scopeService = ({ headers: { authorization = "" } }: Wire.WireRequest): string | undefined => {
  const mark = "Credential="
  const start = authorization.indexOf(mark)
  if (start < 0) return undefined
  const date = authorization.indexOf("/", start + mark.length)
  const service = date < 0 ? -1 : authorization.indexOf("/", date + 1)
  const end = service < 0 ? -1 : authorization.indexOf("/", service + 1)
  return end < 0 || end - service > 65 ? undefined : authorization.slice(service + 1, end)
}

/** The service that a signature says, where it is more than the host that the client called. */
const ownService = (wire: Wire.WireRequest, { label }: Host.Host): string | undefined => {
  const service = scopeService(wire)
  return service === label || service === wire.headers.host ? undefined : service
}

/**
 * The product that a request names: the first label of its host. If the caller uses another name (an address, `localhost`, a proxy),
 * it is the service in the scope of the signature.
 */
const namedProduct = (
  handlers: Handlers["Type"],
  wire: Wire.WireRequest,
  { isPublic, label }: Host.Host
): string | undefined => {
  const isServed = (product: string) => handlers.versions(product).length > 0
  if (isServed(label)) return label
  const scope = isPublic ? undefined : scopeService(wire)
  return scope !== undefined && isServed(scope) ? scope : undefined
}

/** The route of an action that no handler is for, if the handlers make one. */
const findUnknown = (
  step: Step.StepContext<Handlers>,
  context: RequestContext.With<"common">,
  product: string
): Effect.Effect<Route, CommonError.CommonError> => {
  const { action, version } = context.common
  const handlers = Context.get(step.context, Handlers)
  const found = handlers.findUnknown?.(product, version, action) ?? Exit.succeed(undefined)
  return Step.flatMapNow(step, found, (route) =>
    route === undefined
      ? refuse(context, CommonError.InvalidAction, Message.invalidAction(action, product, version))
      : Exit.succeed(route)
  )
}

/** Finds the action of a product that the request names. */
const findNamed = (
  step: Step.StepContext<Handlers>,
  context: RequestContext.With<"common">,
  product: string
): Effect.Effect<Route, CommonError.CommonError> => {
  const handlers = Context.get(step.context, Handlers)
  const { action, version } = context.common
  if (!handlers.versions(product).includes(version)) {
    return refuse(context, CommonError.NoSuchVersion, Message.noSuchVersion(version, product))
  }
  return Step.flatMapNow(step, handlers.find(product, version, action), (route) =>
    route === undefined ? findUnknown(step, context, product) : Exit.succeed(route)
  )
}

/** Finds the route of a request, or refuses it. */
export const findRoute = (
  step: Step.StepContext<Handlers>,
  context: RequestContext.With<"common">
): Effect.Effect<Route, CommonError.CommonError> => {
  const handlers = Context.get(step.context, Handlers)
  const { wire } = context
  const host = Host.parse(wire.headers.host ?? "")
  const product = namedProduct(handlers, wire, host)
  if (product !== undefined) return findNamed(step, context, product)
  return host.isPublic
    ? refuse(context, CommonError.NoSuchProduct, Message.noSuchProduct(host.label))
    : findUnnamed(handlers, context, ownService(wire, host))
}
