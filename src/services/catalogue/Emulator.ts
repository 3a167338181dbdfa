/**
 * Serves products without handlers: it answers each request with a sample of the action's response. It keeps no state, so a request
 * finds nothing of what another one has created.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type * as Action from "../../domain/contract/Action.js"
import * as Sample from "../../domain/contract/Sample.js"
import * as Shape from "../../domain/contract/Shape.js"
import { emulatorKey } from "../../domain/rules/internal/emulatorKey.js"
import * as Json from "../../domain/wire/Json.js"
import * as Region from "../../domain/wire/Region.js"
import type * as Handlers from "../gateway/Handlers.js"
import type { Catalogue } from "./Catalogue.js"
import { checked } from "./internal/checkRequest.js"
import { checkRegion, needsRegion } from "./internal/regions.js"
import * as UnknownActions from "./internal/unknownActions.js"
import type { Member } from "./ProductAction.js"

/**
 * How the emulator makes its answers.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The seed of the answers. With the same seed, a request gets the same answer all day. Default: 0. */
  readonly seed?: string | number | undefined
  /**
   * What happens to a request that is newer than the catalogue. With `accept`, the emulator ignores members that the action does not
   * have, and answers an action that the product does not have with a bare RequestId. Default: `refuse`, as the real service does.
   */
  readonly unknown?: "refuse" | "accept" | undefined
}

/**
 * The key of the emulator. It is public, has the form of a real key, and opens nothing. A client that signs with it sends nothing to a
 * host of the real cloud. The same goes for any key whose SecretId begins with `AKIDEMULATOR`.
 *
 * `InProcess` accepts it. A gateway that you serve accepts it if you give it to its `KeyStore`.
 *
 * @example
 * ```ts
 * import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
 * import * as Emulator from "effect-tencentcloud/Emulator"
 * import * as KeyStore from "effect-tencentcloud/KeyStore"
 *
 * export const ForTheGateway = KeyStore.layerMemory([Emulator.key])
 * export const ForTheClient = CredentialProvider.layerStatic(Emulator.key)
 * ```
 *
 * @since 0.1.0
 * @category constants
 */
export const key: { readonly secretId: string; readonly secretKey: string } = emulatorKey

const day = 24 * 3_600_000

/** The same action as the emulator serves it: with checks of its own, and in the regions of the cloud. */
const served = <A extends Action.Action.Any>(action: A, request: Shape.Table, unknown: "refuse" | "accept"): A => ({
  ...action,
  request: checked(action.request, request, unknown),
  regions: needsRegion(action.product, action.name) ? Region.known : action.regions
})

const routeOf = (member: Member, seed: string | number, unknown: "refuse" | "accept"): Handlers.Route | undefined => {
  const { paging } = member
  const table = Shape.of(member.action.response)
  const request = Shape.of(member.action.request)
  if (table === undefined || request === undefined) return undefined
  const action = served(member.action, request, unknown)
  const options = (request: unknown, { product, region }: Handlers.Call): Effect.Effect<Sample.ResponseOptions> =>
    Effect.map(Clock.currentTimeMillis, (now) => ({
      seed,
      // The start of the day, so that an answer stays the same until the next one.
      now: Math.floor(now / day) * day,
      region,
      product,
      request,
      paging
    }))
  const unary: Handlers.Route = {
    _tag: "Unary",
    action,
    handle: (request, call) =>
      Effect.zipRight(
        checkRegion(call),
        Effect.map(options(request, call), (options) => Sample.response(table, options))
      )
  }
  if (member.streaming === undefined) return unary
  const events: Handlers.Route = {
    _tag: "Streaming",
    action: served(member.streaming, request, unknown),
    handle: (request, call) =>
      Stream.flatMap(Effect.zipRight(checkRegion(call), options(request, call)), (options) =>
        Stream.fromIterable(Sample.events(table, options))
      )
  }
  return {
    _tag: "Choice",
    action,
    choose: (request) => (Json.isObject(request) && request.Stream === true ? events : unary)
  }
}

/**
 * Makes the routes of a catalogue, each on demand. The keys of its STS are samples: those that `layer` serves are real.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (catalogue: Catalogue["Type"], { seed = 0, unknown = "refuse" }: Options = {}): Handlers.Source => {
  const routes = new WeakMap<Member, Handlers.Route | undefined>()
  return {
    products: catalogue.products,
    versions: catalogue.versions,
    findUnknown: unknown === "accept" ? UnknownActions.make() : undefined,
    find: (product, version, action) =>
      Effect.map(
        catalogue.action(product, version, action),
        Option.match({
          onNone: () => undefined,
          onSome: (member) => {
            const route = routes.get(member) ?? routeOf(member, seed, unknown)
            routes.set(member, route)
            return route
          }
        })
      )
  }
}
