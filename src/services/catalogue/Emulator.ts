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
import * as Sample from "../../domain/contract/Sample.js"
import * as Shape from "../../domain/contract/Shape.js"
import { emulatorKey } from "../../domain/rules/internal/emulatorKey.js"
import * as Json from "../../domain/wire/Json.js"
import type * as Handlers from "../gateway/Handlers.js"
import type { Catalogue } from "./Catalogue.js"
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
}

/**
 * The key of the emulator. It is public, has the form of a real key, and opens nothing: a client that signs with it, or with a key whose
 * SecretId begins with `AKIDEMULATOR`, sends nothing to a host of the real cloud.
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

const routeOf = ({ action, paging, streaming }: Member, seed: string | number): Handlers.Route | undefined => {
  const table = Shape.of(action.response)
  if (table === undefined) return undefined
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
    handle: (request, call) => Effect.map(options(request, call), (options) => Sample.response(table, options))
  }
  if (streaming === undefined) return unary
  const events: Handlers.Route = {
    _tag: "Streaming",
    action: streaming,
    handle: (request, call) =>
      Stream.flatMap(options(request, call), (options) => Stream.fromIterable(Sample.events(table, options)))
  }
  return {
    _tag: "Choice",
    action,
    choose: (request) => (Json.isObject(request) && request.Stream === true ? events : unary)
  }
}

/**
 * Makes the routes of a catalogue, each on demand.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (catalogue: Catalogue["Type"], { seed = 0 }: Options = {}): Handlers.Source => {
  const routes = new WeakMap<Member, Handlers.Route | undefined>()
  return {
    products: catalogue.products,
    versions: catalogue.versions,
    find: (product, version, action) =>
      Effect.map(
        catalogue.action(product, version, action),
        Option.match({
          onNone: () => undefined,
          onSome: (member) => {
            const route = routes.get(member) ?? routeOf(member, seed)
            routes.set(member, route)
            return route
          }
        })
      )
  }
}
