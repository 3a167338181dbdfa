/** Answers actions that the catalogue does not have yet with nothing but a RequestId. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Codec from "../../../domain/contract/Codec.js"
import { fromCodecs } from "../../../domain/contract/internal/action.js"
import type * as Handlers from "../../gateway/Handlers.js"

const anything = Codec.make<unknown>({ decode: Either.right, encode: Either.right, members: [] })

const routeOf = (product: string, version: string, name: string): Handlers.Route => ({
  _tag: "Unary",
  // With a binary member it accepts every content type.
  action: fromCodecs(
    name,
    { product, version, request: anything, response: anything, errors: [], binary: ["Body"] },
    false
  ),
  handle: () => Effect.succeed({})
})

/** How many actions have their own name in metrics. Callers can invent any number of names. */
const maxNames = 100

/** Makes the routes of unknown actions. It keeps the first ones by their names. All others share one name. */
export const make = (): NonNullable<Handlers.Source["findUnknown"]> => {
  const routes = new Map<string, Handlers.Route>()
  return (product, version, name) =>
    Effect.sync(() => {
      const key = `${product} ${version} ${name}`
      const found = routes.get(key)
      if (found !== undefined) return found
      const route = routeOf(product, version, routes.size < maxNames ? name : "_other")
      if (routes.size < maxNames) routes.set(key, route)
      return route
    })
}
