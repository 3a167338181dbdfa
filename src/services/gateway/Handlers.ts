/**
 * The actions that a gateway serves, each with the program that answers it.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import type * as Action from "../../domain/contract/Action.js"
import type * as Product from "../../domain/contract/Product.js"
import type { ApiError } from "../../domain/errors/ApiError.js"
import type { Language } from "../../domain/wire/Language.js"
import * as Fibers from "../internal/runtime/fiber.js"
import * as Step from "../internal/runtime/step.js"
import type { KeyStore } from "./KeyStore.js"

/**
 * What a handler knows about a call, beside its request.
 *
 * @since 0.1.0
 * @category models
 */
export interface Call {
  readonly requestId: string
  readonly product: string
  readonly action: string
  readonly version: string
  readonly region: string | undefined
  readonly language: Language
  /** The uin of the main account. Empty for an action that was called unsigned. */
  readonly account: string
  /** The uin of the caller: a sub-account, or the main account itself. Empty for an action that was called unsigned. */
  readonly identity: string
  /** The address of the caller, if it is known. `unknown` if a trusted proxy does not say it in a way that can be read. */
  readonly address: string | undefined
}

/**
 * Answers an action with an effect or, if the action streams, with a stream of events. It can fail with the errors that the action
 * declares and with the common errors. Other errors do not compile.
 *
 * @since 0.1.0
 * @category models
 */
export type Handler<A extends Action.Action.Any, R> = (
  request: Action.Action.Request<A>,
  call: Call
) => A extends Action.Action.AnyStreaming
  ? Stream.Stream<Action.Action.Response<A>, Action.Action.HandlerError<A>, R>
  : Effect.Effect<Action.Action.Response<A>, Action.Action.HandlerError<A>, R>

/**
 * An action and its handler, which has all its services. A `Choice` answers as the request asks: with one result, or with a stream.
 *
 * @since 0.1.0
 * @category models
 */
export type Route =
  | Route.Unary
  | Route.Streaming
  | {
      readonly _tag: "Choice"
      readonly action: Action.Action.Any
      readonly choose: (request: unknown) => Route.Unary | Route.Streaming
    }

/**
 * The kinds of {@link Route}.
 *
 * @since 0.1.0
 * @category models
 */
export declare namespace Route {
  /**
   * Answers with one result.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Unary {
    readonly _tag: "Unary"
    readonly action: Action.Action.Any
    readonly handle: (request: unknown, call: Call) => Effect.Effect<unknown, ApiError.Any>
  }

  /**
   * Answers with a stream of events.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Streaming {
    readonly _tag: "Streaming"
    readonly action: Action.Action.Any
    readonly handle: (request: unknown, call: Call) => Stream.Stream<unknown, ApiError.Any>
  }
}

/**
 * A source of routes, for more actions than you want to make routes for in advance. It makes a route when a request needs it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Source {
  readonly products: ReadonlyArray<string>
  /** The versions of a product, oldest first. Empty if it has none. */
  readonly versions: (product: string) => ReadonlyArray<string>
  readonly find: (product: string, version: string, action: string) => Effect.Effect<Route | undefined>
  /** Makes a route for an action that `find` does not know, in a version that is served. Default: such an action is refused. */
  readonly findUnknown?:
    | ((product: string, version: string, action: string) => Effect.Effect<Route | undefined>)
    | undefined
  /** The keys that the handlers hand out. A gateway accepts them beside those of its own `KeyStore`. Default: none. */
  readonly keys?: KeyStore["Type"] | undefined
}

/**
 * The actions that a gateway serves, by product, version and name.
 *
 * @since 0.1.0
 * @category tags
 */
export class Handlers extends Context.Tag("effect-tencentcloud/Handlers")<
  Handlers,
  {
    readonly find: (product: string, version: string, action: string) => Effect.Effect<Route | undefined>
    /** The versions of a product, oldest first. Empty if the gateway does not serve it. */
    readonly versions: (product: string) => ReadonlyArray<string>
    /** The products that have routes come first, then those of the source. */
    readonly products: () => ReadonlyArray<string>
    /** `findUnknown` of the source, if it has one. */
    readonly findUnknown?: Source["findUnknown"]
    /** The keys that the source hands out, if it does. */
    readonly keys?: Source["keys"]
  }
>() {}

/** The routes of one action, and the one that serves it. */
interface Served {
  readonly route: Route
  readonly unary: Route.Unary | undefined
  readonly streaming: Route.Streaming | undefined
}

/** Actions by product and version. */
type Table = Map<string, Map<string, Map<string, Served>>>

const canAskForStream = ({ action }: Route): boolean => action.request.members.includes("Stream")

/**
 * Adds a route to those of its action. The later one serves, unless one answers with a result and the other with events, and the
 * request says by its member `Stream` which of them it asks for.
 */
const addTo = (served: Served | undefined, route: Route): Served => {
  if (route._tag === "Choice") return { route, unary: undefined, streaming: undefined }
  const unary = route._tag === "Unary" ? route : served?.unary
  const streaming = route._tag === "Streaming" ? route : served?.streaming
  if (unary === undefined || streaming === undefined || !canAskForStream(unary) || !canAskForStream(streaming)) {
    return { route, unary, streaming }
  }
  const choose = (request: unknown) =>
    Predicate.hasProperty(request, "Stream") && request.Stream === true ? streaming : unary
  return { route: { _tag: "Choice", action: unary.action, choose }, unary, streaming }
}

const at = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

const nothing: Source = { products: [], versions: () => [], find: () => Effect.succeed(undefined) }

/** Where a layer of handlers puts its routes. */
interface Registry {
  /** Adds a route. If there are two of one action, the later one serves, or each the requests that it can answer. */
  readonly addRoute: (route: Route) => void
  /** Serves every action that has no route from a source. A later source replaces an earlier one. */
  readonly setSource: (source: Source) => void
}

/** Makes an empty table. */
export const makeTable = (): Handlers["Type"] & Registry => {
  const table: Table = new Map()
  let source = nothing
  // Every request asks for them. Products that are not served are not kept: callers can invent any number.
  const known = new Map<string, ReadonlyArray<string>>()
  const versions = (product: string): ReadonlyArray<string> => {
    const kept = known.get(product)
    if (kept !== undefined) return kept
    const all = [...new Set([...(table.get(product)?.keys() ?? []), ...source.versions(product)])].sort()
    if (all.length > 0) known.set(product, all)
    return all
  }
  const addRoute = (route: Route): void => {
    const { name, product, version } = route.action
    const versions = at(table, product, () => new Map())
    const actions = at(versions, version, () => new Map<string, Served>())
    actions.set(name, addTo(actions.get(name), route))
    known.clear()
  }
  const setSource = (given: Source): void => {
    source = given
    known.clear()
  }
  return {
    addRoute,
    setSource,
    find: (product, version, action) => {
      const served = table.get(product)?.get(version)?.get(action)
      return served === undefined ? source.find(product, version, action) : Effect.succeed(served.route)
    },
    versions,
    products: () => [...new Set([...table.keys(), ...source.products])],
    get findUnknown() {
      return source.findUnknown
    },
    get keys() {
      return source.keys
    }
  }
}

/** What one layer serves: a table of its own, and a function that adds the same to another table. */
class Part {
  readonly table = makeTable()

  constructor(readonly addTo: (registry: Registry) => void) {
    addTo(this.table)
  }
}

const partPrefix = "effect-tencentcloud/Handlers/"

let parts = 0

/** The tables that layers have made: each serves what its own layer serves, and no more. */
const partTables = new WeakSet<Handlers["Type"]>()

/**
 * A layer of handlers. It puts what it serves under a key of its own, so that layers can be merged. A gateway then serves what its
 * own context holds, and two gateways in one program do not share handlers.
 */
const layerPart = <E, R>(addTo: Effect.Effect<Part["addTo"], E, R>): Layer.Layer<Handlers, E, R> => {
  parts += 1
  const key = Context.GenericTag<Part>(partPrefix + parts)
  return Layer.effectContext(
    Effect.map(addTo, (addTo) => {
      const part = new Part(addTo)
      partTables.add(part.table)
      return Context.add(Context.make(Handlers, part.table), key, part)
    })
  )
}

/**
 * Returns the handlers of all layers in a context. A service that a program has made itself is returned as it is.
 *
 * @since 0.1.0
 * @category getters
 */
export const inContext = (context: Context.Context<Handlers>): Handlers["Type"] => {
  const found = Context.get(context, Handlers)
  if (!partTables.has(found)) return found
  const table = makeTable()
  for (const [key, part] of context.unsafeMap) {
    if (key.startsWith(partPrefix) && part instanceof Part) part.addTo(table)
  }
  return table
}

/**
 * Serves the routes of a source. Handlers that you merge with it take precedence, action by action.
 *
 * @since 0.1.0
 * @category layers
 */
export const handlersFromSource = <E, R>(source: Effect.Effect<Source, E, R>): Layer.Layer<Handlers, E, R> =>
  layerPart(
    Effect.map(
      source,
      (source) =>
        ({ setSource }: Registry) =>
          setSource(source)
    )
  )

type HandlersOf<P extends Product.Product.Any> = {
  readonly [Name in keyof P["actions"]]: Handler<P["actions"][Name], unknown>
}

type ResultOf<H> = H[keyof H] extends (...args: never) => infer Result ? Result : never

type ContextOf<Result> =
  Result extends Effect.Effect<unknown, unknown, infer R>
    ? R
    : Result extends Stream.Stream<unknown, unknown, infer R>
      ? R
      : never

type Unary<R = never> = (request: unknown, call: Call) => Effect.Effect<unknown, ApiError.Any, R>
type Streaming<R = never> = (request: unknown, call: Call) => Stream.Stream<unknown, ApiError.Any, R>

// A handler that throws before it returns is a defect like any other.
const unaryRoute = <R>(action: Action.Action.Any, handler: Unary<R>, context: Context.Context<R>): Route => ({
  _tag: "Unary",
  action,
  handle: (request, call) =>
    Step.make(() => {
      const handled = handler(request, call)
      return Step.asExit(handled) ?? Effect.provide(handled, context)
    })
})

const streamingRoute = <R>(action: Action.Action.Any, handler: Streaming<R>, context: Context.Context<R>): Route => ({
  _tag: "Streaming",
  action,
  handle: (request, call) =>
    Stream.provideContext(
      Stream.suspend(() => handler(request, call)),
      context
    )
})

/**
 * Serves a product, with a handler for each of its actions. A missing handler does not compile, nor does one too many, nor one that
 * fails with a code that its action does not declare. If a product has state, make the state in `Layer.unwrapEffect`, around this.
 *
 * To serve several products, merge their layers and provide them to one gateway. Merge two layers as well to give one action a handler
 * for plain calls and another for streams: a request with `Stream: true` then goes to the second.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import * as Stream from "effect/Stream"
 * import * as Gateway from "effect-tencentcloud/Gateway"
 * import * as Product from "effect-tencentcloud/Product"
 * import { ChatCompletions } from "effect-tencentcloud/products/hunyuan"
 *
 * export const HunyuanLive = Layer.merge(
 *   Gateway.handlers(Product.make([ChatCompletions]), {
 *     ChatCompletions: ({ Model }) => Effect.succeed({ Note: `all of ${Model}` })
 *   }),
 *   Gateway.handlers(Product.make([ChatCompletions.streaming]), {
 *     ChatCompletions: ({ Model }) => Stream.make({ Note: "one part" }, { Note: `another of ${Model}` })
 *   })
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const handlers = <
  P extends Product.Product.Any,
  const H extends HandlersOf<P> & { readonly [Name in Exclude<keyof H, keyof P["actions"]>]: never }
>(
  product: P,
  handlers: H
): Layer.Layer<Handlers, never, ContextOf<ResultOf<H>>> =>
  layerPart(
    Effect.map(Effect.context<ContextOf<ResultOf<H>>>(), (services) => {
      const context = Fibers.withoutSpan(services)
      const routes = Object.entries(product.actions).map(([name, action]): Route => {
        // `H` says that each action has a handler of its own kind, with its request, response and errors.
        const handler: unknown = handlers[name as keyof H]
        return action.streams
          ? streamingRoute(action, handler as Streaming, context)
          : unaryRoute(action, handler as Unary, context)
      })
      return ({ addRoute }: Registry) => {
        for (const route of routes) addRoute(route)
      }
    })
  )
