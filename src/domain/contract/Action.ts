/**
 * The contract of one action. The client and the gateway both use it, so that they always agree.
 *
 * @since 0.1.0
 */
import type * as ApiError from "../errors/ApiError.js"
import * as Codec from "./Codec.js"
import { type Action, fromCodecs, type Options } from "./internal/action.js"

export { type Action, isAction, type Options, TypeId } from "./internal/action.js"

/** A source whose values are objects. The envelope has no place for other values. */
type ObjectSource<S extends Codec.Codec.Source> = S &
  (Codec.Codec.Type<S> extends object ? unknown : "the values of a response are objects")

const fromSources = <
  const Name extends string,
  Request extends Codec.Codec.Source,
  Response extends Codec.Codec.Source,
  const Errors extends ReadonlyArray<ApiError.ApiError.AnyClass>,
  const Streams extends boolean
>(
  name: Name,
  options: Options<Request, Errors>,
  response: Response,
  streams: Streams
): Action<Name, Codec.Codec.Type<Request>, Codec.Codec.Type<Response>, InstanceType<Errors[number]>, Streams> =>
  fromCodecs(name, { ...options, request: Codec.from(options.request), response: Codec.from(response) }, streams)

/**
 * Makes the contract of an action.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as Action from "effect-tencentcloud/Action"
 * import { ResourceInsufficient } from "effect-tencentcloud/CommonError"
 *
 * export const CreateVolume = Action.make("CreateVolume", {
 *   product: "ebs",
 *   version: "2026-01-01",
 *   request: Schema.Struct({ Size: Schema.Int }),
 *   response: Schema.Struct({ VolumeId: Schema.String }),
 *   errors: [ResourceInsufficient]
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <
  const Name extends string,
  Request extends Codec.Codec.Source,
  Response extends Codec.Codec.Source,
  const Errors extends ReadonlyArray<ApiError.ApiError.AnyClass> = readonly []
>(
  name: Name,
  options: Options<Request, Errors> & {
    /** A schema or a codec, like `request`. Its values are objects. */
    readonly response: ObjectSource<Response>
  }
): Action<Name, Codec.Codec.Type<Request>, Codec.Codec.Type<Response>, InstanceType<Errors[number]>> =>
  fromSources<Name, Request, Response, Errors, false>(name, options, options.response, false)

/**
 * Makes the contract of an action that answers with a stream of events.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as Action from "effect-tencentcloud/Action"
 *
 * export const ChatCompletions = Action.stream("ChatCompletions", {
 *   product: "hunyuan",
 *   version: "2023-09-01",
 *   request: Schema.Struct({ Model: Schema.String, Stream: Schema.Boolean }),
 *   event: Schema.Struct({ Note: Schema.optional(Schema.String) }),
 *   errors: []
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const stream = <
  const Name extends string,
  Request extends Codec.Codec.Source,
  Event extends Codec.Codec.Source,
  const Errors extends ReadonlyArray<ApiError.ApiError.AnyClass> = readonly []
>(
  name: Name,
  options: Options<Request, Errors> & {
    /** A schema or a codec of each event's data, like `request`. Its values are objects. */
    readonly event: ObjectSource<Event>
  }
): Action<Name, Codec.Codec.Type<Request>, Codec.Codec.Type<Event>, InstanceType<Errors[number]>, true> =>
  fromSources<Name, Request, Event, Errors, true>(name, options, options.event, true)

/**
 * Returns the same action with another response. Use it to read integers past 2^53 as `bigint`, to add a member that no
 * document names, or to narrow a string to a choice of literals.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as Action from "effect-tencentcloud/Action"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 *
 * const DescribeJob = Action.make("DescribeJob", {
 *   product: "ebs",
 *   version: "2026-01-01",
 *   request: Schema.Struct({}),
 *   response: Schema.Struct({ JobId: Schema.Number }),
 *   errors: []
 * })
 *
 * export const DescribeJobExactly = ApiClient.callable(
 *   Action.withResponse(DescribeJob, Schema.Struct({ JobId: Schema.BigIntFromSelf }))
 * )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const withResponse = <A extends Action.Any, Response extends Codec.Codec.Source>(
  action: A,
  response: ObjectSource<Response>
): Action<A["name"], Action.Request<A>, Codec.Codec.Type<Response>, Action.DeclaredError<A>, A["streams"]> => {
  const changed: Action.Any = { ...action, response: Codec.from(response) }
  // True: everything but the response is what it was.
  return changed as never
}
