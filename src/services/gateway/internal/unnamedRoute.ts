/** Finds the action of a request whose host and signature name no product: the client calls an address, `localhost`, or a proxy. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as CommonError from "../../../domain/errors/CommonError.js"
import * as Message from "../../../domain/rules/Message.js"
import * as Step from "../../internal/runtime/step.js"
import type { Handlers, Route } from "../Handlers.js"
import type { RequestContext } from "./check.js"
import { readParameters } from "./readParameters.js"
import { refuse } from "./refusal.js"

/** How well an action takes the parameters of a request. */
type Fit = "takes them" | "knows their names" | "does not know them"

const fitOf = (context: RequestContext.With<"common">, route: Route): Fit => {
  // True: it has this route.
  const exit = Step.asExit(readParameters(context.with("route", route) as RequestContext.With<"route">))
  const decoded = exit !== undefined && Exit.isSuccess(exit) ? exit.value.decoded : undefined
  if (decoded === undefined) return "does not know them"
  if (Either.isRight(decoded)) return "takes them"
  return decoded.left.every(({ kind }) => kind === "type" || kind === "value")
    ? "knows their names"
    : "does not know them"
}

/**
 * Of several products that have the action in the same version, the one that takes the parameters. If none takes them, the first one
 * that knows all their names and misses none, or else the first one. Each product reads the request once, in linear time.
 */
const chooseRoute = (context: RequestContext.With<"common">, routes: ReadonlyArray<Route>): Route | undefined => {
  let named: Route | undefined
  for (const route of routes) {
    const fit = fitOf(context, route)
    if (fit === "takes them") return route
    if (fit === "knows their names") named ??= route
  }
  return named ?? routes[0]
}

const only = (products: ReadonlyArray<string>): string | undefined => (products.length === 1 ? products[0] : undefined)

/**
 * Finds the action by its version, its name and, if that is not enough, its parameters. `service` is what the signature says, if it is
 * not the host: no product, but a refusal can name it.
 */
export const findUnnamed = (
  handlers: Handlers["Type"],
  context: RequestContext.With<"common">,
  service: string | undefined
): Effect.Effect<Route, CommonError.CommonError> => {
  const { action, version } = context.common
  const products = handlers.products()
  const inVersion = products.filter((product) => handlers.versions(product).includes(version))
  if (inVersion.length === 0) {
    return refuse(context, CommonError.NoSuchVersion, Message.noSuchVersion(version, only(products) ?? service))
  }
  return Effect.flatMap(
    Effect.forEach(inVersion, (product) => handlers.find(product, version, action)),
    (found) => {
      const routes = found.filter((route) => route !== undefined)
      const route = routes.length > 1 ? chooseRoute(context, routes) : routes[0]
      if (route !== undefined) return Effect.succeed(route)
      const product = only(inVersion)
      const made = product === undefined ? undefined : handlers.findUnknown?.(product, version, action)
      return Effect.flatMap(made ?? Effect.succeed(undefined), (route) =>
        route === undefined
          ? refuse(context, CommonError.InvalidAction, Message.invalidAction(action, product ?? service, version))
          : Effect.succeed(route)
      )
    }
  )
}
