/**
 * What the modules of the catalogue are made of: callable actions, some with pages, some with streams. Programs use the modules;
 * this is for their generator.
 *
 * @since 0.1.0
 */
import type * as Stream from "effect/Stream"
import type * as Action from "../../domain/contract/Action.js"
import type { Paging } from "../../domain/contract/Paging.js"
import * as Shape from "../../domain/contract/Shape.js"
import type * as Errors from "../../domain/errors/ApiError.js"
import * as ApiClient from "../client/ApiClient.js"

export {
  /**
   * Makes the class of a code.
   *
   * @since 0.1.0
   * @category constructors
   */
  ApiError
} from "../../domain/errors/ApiError.js"

/**
 * A shape, as `domain/Shape` describes it.
 *
 * @since 0.1.0
 * @category models
 */
export type Table = Shape.Table

/**
 * An action that answers with one result.
 *
 * @since 0.1.0
 * @category models
 */
export type Unary<Name extends string, Request, Response, Failure extends Errors.ApiError.Any> = ApiClient.Callable<
  Action.Action<Name, Request, Response, Failure>
>

/**
 * An action whose results come in pages of `Item`s.
 *
 * @since 0.1.0
 * @category models
 */
export type Paged<Name extends string, Request, Response, Failure extends Errors.ApiError.Any, Item> = ApiClient.Paged<
  Action.Action<Name, Request, Response, Failure>,
  Item
>

/**
 * An action that answers with one result, or, where its request says `Stream: true`, with a stream of events of the same shape.
 * `stream` says so by itself.
 *
 * @since 0.1.0
 * @category models
 */
export interface Streamed<Name extends string, Request, Response, Failure extends Errors.ApiError.Any>
  extends Unary<Name, Request, Response, Failure> {
  readonly streaming: Action.Action<Name, Request, Response, Failure, true>
  readonly stream: (
    request: Omit<Request, "Stream">,
    options?: ApiClient.Options
  ) => Stream.Stream<
    Response & { readonly RequestId: string },
    Action.Action.Error<Action.Action<Name, Request, Response, Failure, true>>,
    ApiClient.ApiClient
  >
}

/**
 * What the catalogue says of an action beside its shapes and its codes, in parts that stand apart by `|`.
 *
 * First letters: `i` it is on the international site too, `d` it is deprecated, `o` it is offline, `u` it is called without a
 * signature, `w` it changes something, whatever its name says, `s` it can stream.
 *
 * Then, where it has pages, how: `offset` (`text` where the offset is one) or `token`, the member of the request, and those of the
 * response that hold the total or the next token, and the items: `offset Offset TotalCount InstanceSet`. And its binary members:
 * `binary File`.
 *
 * @since 0.1.0
 * @category models
 */
export type Facts = string

/**
 * What every action of the catalogue has, whatever its types.
 *
 * @since 0.1.0
 * @category models
 */
export interface Member {
  readonly action: Action.Action.AnyUnary
  /** Where its results come in pages. */
  readonly paging?: Paging
  /** The same action as a stream of events, where it can be one. */
  readonly streaming?: Action.Action.AnyStreaming
}

const pagingOf = (parts: ReadonlyArray<string>): Paging | undefined => {
  for (const part of parts) {
    const [by, asked = "", told = "", items = ""] = part.split(" ")
    if (by === "token") return { by, token: asked, next: told, items }
    if (by === "offset" || by === "text") {
      return { by: "offset", offset: asked, textual: by === "text", total: told, items }
    }
  }
  return undefined
}

/**
 * Makes the actions of one version of a product. What type each has is what the generator writes beside it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const define =
  (product: string, version: string) =>
  <A>(
    name: string,
    request: Shape.Table,
    response: Shape.Table,
    errors: ReadonlyArray<Errors.ApiError.AnyClass>,
    facts: Facts
  ): A => {
    const [letters = "", ...parts] = facts.split("|")
    const options = {
      product,
      version,
      request,
      response,
      errors,
      intl: letters.includes("i"),
      offline: letters.includes("o"),
      unsigned: letters.includes("u"),
      readOnly: letters.includes("w") ? false : undefined,
      deprecated: letters.includes("d") ? `${name} is deprecated.` : undefined,
      binary: parts
        .find((part) => part.startsWith("binary "))
        ?.split(" ")
        .slice(1)
    }
    const action: Action.Action.AnyUnary = Shape.action(name, options, false)
    const paging = pagingOf(parts)
    const made: Member =
      paging !== undefined
        ? ApiClient.paged()({ action }, paging)
        : letters.includes("s")
          ? streamed(ApiClient.callable(action), Shape.action(name, options, true))
          : ApiClient.callable(action)
    // The generator wrote the type beside it, from the same facts.
    return made as A
  }

const streamed = (
  callable: ApiClient.Callable<Action.Action.AnyUnary>,
  streaming: Action.Action.AnyStreaming
): Member =>
  Object.assign(callable, {
    streaming,
    stream: (request: object, options?: ApiClient.Options) =>
      ApiClient.stream(streaming, { ...request, Stream: true } as never, options)
  })

/**
 * One version of a product: all its actions, by name.
 *
 * @since 0.1.0
 * @category models
 */
export interface Product {
  readonly name: string
  readonly version: string
  readonly actions: Readonly<Record<string, Member>>
}

/**
 * Puts the actions of one version of a product together, by their names. Each is a {@link Member}: to have the compiler compare all of
 * them with that takes it as long as all else in the catalogue.
 *
 * @since 0.1.0
 * @category constructors
 */
export const product = (name: string, version: string, members: Readonly<Record<string, object>>): Product => ({
  name,
  version,
  // What the generator writes here is what `define` made.
  actions: members as Readonly<Record<string, Member>>
})
