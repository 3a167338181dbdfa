/**
 * Makes the modules of the catalogue: callable actions, some with pages, some with streams. It is for the generator of the modules, and
 * not for programs.
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

export { type WaitOptions, type Waits, waiter } from "./internal/namedWaiter.js"

/**
 * The class of a code. The declarations of modules name it.
 *
 * @since 0.1.0
 * @category models
 */
export type ErrorClass<Code extends string> = Errors.ApiErrorClass<Code>

/**
 * A shape, as a text.
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
 * The request of a stream. If a plain request has a member `Stream`, the stream's own has it as well, with `true`.
 *
 * @since 0.1.0
 * @category models
 */
export type StreamRequest<Request> = "Stream" extends keyof Request
  ? Omit<Request, "Stream"> & { readonly Stream?: true | undefined }
  : Request

/**
 * The request that a caller of `stream` passes: without `Stream`, which `stream` sets.
 *
 * @since 0.1.0
 * @category models
 */
export type UnmarkedRequest<Request> = "Stream" extends keyof Request ? Omit<Request, "Stream"> : Request

/**
 * What an action that can stream has beside its plain call.
 *
 * @since 0.1.0
 * @category models
 */
export interface Streaming<Name extends string, Request, Response, Failure extends Errors.ApiError.Any> {
  /** The contract of the stream. */
  readonly streaming: Action.Action<Name, StreamRequest<Request>, Response, Failure, true>
  /**
   * Calls the action, and returns its events as they come. It sets `Stream: true` if the request has such a member. If the service
   * answers with one result all the same, that is the only event.
   */
  readonly stream: (
    ...args: {} extends UnmarkedRequest<Request>
      ? [request?: UnmarkedRequest<Request>, options?: ApiClient.Options]
      : [request: UnmarkedRequest<Request>, options?: ApiClient.Options]
  ) => Stream.Stream<Response & { readonly RequestId: string }, ApiClient.CallError<Failure>, ApiClient.ApiClient>
}

/**
 * An action that answers with one result, or with a stream of events of the same shape.
 *
 * @since 0.1.0
 * @category models
 */
export interface Streamed<Name extends string, Request, Response, Failure extends Errors.ApiError.Any>
  extends Unary<Name, Request, Response, Failure>,
    Streaming<Name, Request, Response, Failure> {}

/**
 * An action whose results come in pages, and that can stream too.
 *
 * @since 0.1.0
 * @category models
 */
export interface PagedStreamed<Name extends string, Request, Response, Failure extends Errors.ApiError.Any, Item>
  extends Paged<Name, Request, Response, Failure, Item>,
    Streaming<Name, Request, Response, Failure> {}

/**
 * The facts of an action beside its shapes and codes, in parts that `|` separates.
 *
 * The first part holds letters:
 *
 * - `i`: the action is on the international site too
 * - `d`: it is deprecated
 * - `o`: it is offline
 * - `u`: clients call it without a signature
 * - `w`: it changes something, although its name says it reads
 * - `s`: it can stream
 * - `m`: it streams if the member `Stream` of its request is true; without this letter, the service decides
 * - `b`: its binary member is the body of a request, and its other members are headers
 *
 * A part `offset Offset TotalCount InstanceSet` says how the action is paged. It names the kind (`offset`, `text` for an offset that is
 * a text, or `token`) and the member of the request. Then it names the members of the response that hold the total or the next token,
 * and the items. In `page PageNumber TotalCount Items 1 PageSize`, the number of the first page follows, and the member that says how
 * many items a page has. `pagetext` has the number as a text. Where there is no total, nothing is between two spaces.
 *
 * A part `binary File` names the binary members. A part `host es.ai` holds the first labels of the host name, if they are more than the
 * product.
 *
 * @since 0.1.0
 * @category models
 */
export type Facts = string

/**
 * An action of the catalogue, without its types.
 *
 * @since 0.1.0
 * @category models
 */
export interface Member {
  readonly action: Action.Action.AnyUnary
  /** How its results are paged, if they are. */
  readonly paging?: Paging
  /** The same action as a stream of events, if it can stream. */
  readonly streaming?: Action.Action.AnyStreaming
}

const pagingOf = (parts: ReadonlyArray<string>): Paging | undefined => {
  for (const part of parts) {
    const [by, asked = "", told = "", items = "", first = "", size = ""] = part.split(" ")
    if (by === "token") return { by, token: asked, next: told, items }
    const total = told === "" ? undefined : told
    if (by === "offset" || by === "text") {
      return { by: "offset", offset: asked, textual: by === "text", total, items }
    }
    if (by === "page" || by === "pagetext") {
      const numbered = { number: asked, textual: by === "pagetext", first: Number(first) }
      return { by: "number", ...numbered, size: size === "" ? undefined : size, total, items }
    }
  }
  return undefined
}

/**
 * Makes the actions of one version of a product. The generator writes the type of each beside it.
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
    const partOf = (name: string) =>
      parts
        .find((part) => part.startsWith(`${name} `))
        ?.split(" ")
        .slice(1)
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
      binary: partOf("binary"),
      octetStream: letters.includes("b"),
      host: partOf("host")?.[0]
    }
    const action: Action.Action.AnyUnary = Shape.action(name, options, false)
    const paging = pagingOf(parts)
    const made: Member = paging === undefined ? ApiClient.callable(action) : ApiClient.paged()({ action }, paging)
    if (letters.includes("s")) addStream(made, Shape.action(name, options, true), letters.includes("m"))
    // The generator wrote the type beside it, from the same facts.
    return made as A
  }

/** Adds the stream of an action. `marked` says whether its request asks for the stream. */
const addStream = (made: Member, streaming: Action.Action.AnyStreaming, marked: boolean): void => {
  const stream = (request: object = {}, options?: ApiClient.Options) =>
    // The generator writes the type of the request, by the shape of this action.
    ApiClient.stream(streaming, (marked ? { ...request, Stream: true } : request) as never, options)
  Object.assign(made, { streaming, stream })
}

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
 * Collects the actions of one version of a product, by their names. Each is a {@link Member}. The parameter does not say so, because the
 * compiler would take as long for that comparison as for the rest of the catalogue.
 *
 * @since 0.1.0
 * @category constructors
 */
export const product = (name: string, version: string, members: Readonly<Record<string, object>>): Product => ({
  name,
  version,
  // The generator passes what `define` has made.
  actions: members as Readonly<Record<string, Member>>
})
