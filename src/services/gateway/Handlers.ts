/**
 * What a gateway serves: actions, each with the program that answers it.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type * as Action from "../../domain/contract/Action.js"
import type * as Product from "../../domain/contract/Product.js"
import type { ApiError } from "../../domain/errors/ApiError.js"
import type { Language } from "../../domain/wire/Language.js"
import * as Step from "../internal/runtime/step.js"
import { withoutSpan } from "../internal/runtime/withoutSpan.js"

/**
 * What a handler knows of a call beside its request.
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
  /** The uin of the main account. */
  readonly account: string
  /** The uin of who calls: a sub-account, or the main account itself. */
  readonly identity: string
  readonly address: string | undefined
}

/**
 * Answers an action: with an effect, or, where the action streams, with a stream of events. It may fail with what the action
 * declares and with the common errors: nothing else compiles.
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
 * An action and its handler, with what the handler needs already given. A `Choice` answers as the request asks: with one result,
 * or with a stream.
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
 * The ways in which a {@link Route} answers.
 *
 * @since 0.1.0
 * @category models
 */
export declare namespace Route {
  /**
   * With one result.
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
   * With a stream of events.
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
 * Where routes come from that are too many to be added one by one: what is served is told at once, a route is made when it is
 * asked for.
 *
 * @since 0.1.0
 * @category models
 */
export interface Source {
  readonly products: ReadonlyArray<string>
  /** The versions of a product, oldest first; empty where it is not served. */
  readonly versions: (product: string) => ReadonlyArray<string>
  readonly find: (product: string, version: string, action: string) => Effect.Effect<Route | undefined>
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
    readonly add: (route: Route) => Effect.Effect<void>
    /** Serves out of a source what no route was added for. A later source takes the place of an earlier one. */
    readonly addSource: (source: Source) => Effect.Effect<void>
    readonly find: (product: string, version: string, action: string) => Effect.Effect<Route | undefined>
    /** The versions of a product, oldest first; empty where it is not served. */
    readonly versions: (product: string) => ReadonlyArray<string>
    /** Those that routes were added for come first. */
    readonly products: () => ReadonlyArray<string>
  }
>() {}

/** Actions by product and version. */
type Table = Map<string, Map<string, Map<string, Route>>>

const at = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

const nothing: Source = { products: [], versions: () => [], find: () => Effect.succeed(undefined) }

/**
 * Makes an empty table. Of two handlers of one action the later one serves.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Handlers["Type"]> = Effect.sync(() => {
  const table: Table = new Map()
  let source = nothing
  // Every request asks for them. Of products that are not served there is no end, so they are not kept.
  const known = new Map<string, ReadonlyArray<string>>()
  const versions = (product: string): ReadonlyArray<string> => {
    const told = known.get(product)
    if (told !== undefined) return told
    const all = [...new Set([...(table.get(product)?.keys() ?? []), ...source.versions(product)])].sort()
    if (all.length > 0) known.set(product, all)
    return all
  }
  return {
    add: (route) =>
      Effect.sync(() => {
        const { name, product, version } = route.action
        const versions = at(table, product, () => new Map())
        at(versions, version, () => new Map<string, Route>()).set(name, route)
        known.clear()
      }),
    addSource: (given) =>
      Effect.sync(() => {
        source = given
        known.clear()
      }),
    find: (product, version, action) => {
      const route = table.get(product)?.get(version)?.get(action)
      return route === undefined ? source.find(product, version, action) : Effect.succeed(route)
    },
    versions,
    products: () => [...new Set([...table.keys(), ...source.products])]
  }
})

/** One value, so that the products of a gateway meet in one table: layers are built once for each value. */
const layerTable: Layer.Layer<Handlers> = Layer.effect(Handlers, make)

/**
 * What a source serves, beside the handlers that are merged with it: those take precedence, action by action.
 *
 * @since 0.1.0
 * @category layers
 */
export const fromSource = <E, R>(source: Effect.Effect<Source, E, R>): Layer.Layer<Handlers, E, R> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const table = yield* Handlers
      yield* table.addSource(yield* source)
    })
  ).pipe(Layer.provideMerge(layerTable))

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

// A handler that throws before it has given anything is a defect like any other.
const unaryRoute = <R>(action: Action.Action.Any, handler: Unary<R>, context: Context.Context<R>): Route => ({
  _tag: "Unary",
  action,
  handle: (request, call) =>
    Step.make(() => {
      const handled = handler(request, call)
      return Step.exitOf(handled) ?? Effect.provide(handled, context)
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
 * The handlers of a product, one for each action: a missing one does not compile, nor does one too many, nor one that fails
 * with a code its action does not declare. A product with state makes it in `Layer.unwrapEffect`, around this.
 *
 * Layers of several products are merged, and provided to one gateway.
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
  Layer.effectDiscard(
    Effect.gen(function* () {
      const table = yield* Handlers
      const context = withoutSpan(yield* Effect.context<ContextOf<ResultOf<H>>>())
      for (const [name, action] of Object.entries(product.actions)) {
        // `H` says that each action has a handler of its own request, response and errors, of its own kind.
        const handler: unknown = handlers[name as keyof H]
        yield* table.add(
          action.streams
            ? streamingRoute(action, handler as Streaming, context)
            : unaryRoute(action, handler as Unary, context)
        )
      }
    })
  ).pipe(Layer.provideMerge(layerTable))
