/**
 * The contract of one action: the client and the gateway are both made from it, so that neither can drift from the other.
 *
 * @since 0.1.0
 */
import type * as ApiError from "../errors/ApiError.js"
import type { ClientError } from "../errors/ClientError.js"
import type * as CommonError from "../errors/CommonError.js"
import * as Codec from "./Codec.js"
import * as contract from "./internal/contract.js"

/**
 * Marks a value as an action.
 *
 * @since 0.1.0
 * @category symbols
 */
export const TypeId: unique symbol = contract.TypeId as never

/**
 * The type of the mark {@link TypeId}.
 *
 * @since 0.1.0
 * @category symbols
 */
export type TypeId = typeof TypeId

/**
 * An action: where it is found, what it takes and gives, and the codes that it declares.
 *
 * @since 0.1.0
 * @category models
 */
export interface Action<
  out Name extends string,
  in out Request,
  in out Response,
  out Errors extends ApiError.ApiError.Any,
  out Streams extends boolean = false
> {
  readonly [TypeId]: TypeId
  readonly name: Name
  /** The product, as it is the first label of its host name: `cvm`. */
  readonly product: string
  /** `2017-03-12`. */
  readonly version: string
  readonly request: Codec.Codec<Request>
  /** The result; of an action that streams, each event. */
  readonly response: Codec.Codec<Response>
  /** Whether it answers with a stream of events, `text/event-stream`. */
  readonly streams: Streams
  /** The class of each declared code, beside the common ones. */
  readonly errors: ReadonlyArray<ApiError.ApiError.AnyClass>
  /** Reads an error answer: a declared code or a common one as its class, any other as the nearest, and else unrecognized. */
  readonly decodeError: (answer: ApiError.Answer) => Errors | CommonError.CommonError | ApiError.UnrecognizedError
  /** Whether calling it twice does no more than calling it once, so that a call may be repeated when its fate is unknown. */
  readonly readOnly: boolean
  /** The calls per second that one sub-account may make from one access region; undefined for the gateway's default. */
  readonly rateLimit: number | undefined
  /** The regions that offer it; undefined where any will do, and a request may then leave the region out. */
  readonly regions: ReadonlyArray<string> | undefined
  /** The resources that a request is about, as CAM names them: `qcs::ebs:ap-guangzhou:uin/1:volume/v-1`. */
  readonly resources: (request: Request) => ReadonlyArray<string>
  /** Whether it has been taken out of service. */
  readonly offline: boolean
  /** Whether the international site offers it too; undefined where that is not known. */
  readonly intl: boolean | undefined
  /** Whether it is called without a signature, by `Authorization: SKIP`: its parameters say who calls. */
  readonly unsigned: boolean
  /** What is to be used instead, where it is deprecated: each result then says so in `DeprecatedWarning`. */
  readonly deprecated: string | undefined
  /** The request's binary members; with one, it takes multipart bodies and octet-streams too. */
  readonly binary: ReadonlyArray<string>
}

/**
 * What goes with an {@link Action}: its any-form, and the types that are read off one.
 *
 * @since 0.1.0
 * @category models
 */
export declare namespace Action {
  /**
   * Any action.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Any {
    readonly [TypeId]: TypeId
    readonly name: string
    readonly product: string
    readonly version: string
    readonly request: Codec.Codec.Any
    readonly response: Codec.Codec.Any
    readonly streams: boolean
    readonly errors: ReadonlyArray<ApiError.ApiError.AnyClass>
    readonly decodeError: (answer: ApiError.Answer) => ApiError.ApiError.Any | ApiError.UnrecognizedError
    readonly readOnly: boolean
    readonly rateLimit: number | undefined
    readonly regions: ReadonlyArray<string> | undefined
    readonly resources: (request: never) => ReadonlyArray<string>
    readonly offline: boolean
    readonly intl: boolean | undefined
    readonly binary: ReadonlyArray<string>
    readonly unsigned: boolean
    readonly deprecated: string | undefined
  }

  /**
   * Any action that answers with one result.
   *
   * @since 0.1.0
   * @category models
   */
  export type AnyUnary = Any & { readonly streams: false }

  /**
   * Any action that answers with a stream of events.
   *
   * @since 0.1.0
   * @category models
   */
  export type AnyStreaming = Any & { readonly streams: true }

  /**
   * What a caller gives.
   *
   * @since 0.1.0
   * @category models
   */
  export type Request<A> = A extends { readonly request: Codec.Codec.Any } ? Codec.Codec.Decoded<A["request"]> : never

  /**
   * What a handler gives: the result, or each event of a stream.
   *
   * @since 0.1.0
   * @category models
   */
  export type Response<A> = A extends { readonly response: Codec.Codec.Any }
    ? Codec.Codec.Decoded<A["response"]>
    : never

  /**
   * What a caller gets: the response, and the RequestId of the answer.
   *
   * @since 0.1.0
   * @category models
   */
  export type Success<A> = Response<A> & { readonly RequestId: string }

  /**
   * What the action declares.
   *
   * @since 0.1.0
   * @category models
   */
  export type DeclaredError<A> =
    A extends Action<string, infer _Request, infer _Response, infer Errors, boolean> ? Errors : never

  /**
   * What a handler may fail with: the declared codes and the common ones.
   *
   * @since 0.1.0
   * @category models
   */
  export type HandlerError<A> = DeclaredError<A> | CommonError.CommonError

  /**
   * What a call may fail with.
   *
   * @since 0.1.0
   * @category models
   */
  export type Error<A> = (A extends Any ? ReturnType<A["decodeError"]> : never) | ClientError
}

/**
 * What makes an action.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<Request extends Codec.Codec.Source, Errors extends ReadonlyArray<ApiError.ApiError.AnyClass>> {
  readonly product: string
  readonly version: string
  /** A schema of `effect/Schema`, a Standard Schema, or a {@link Codec.Codec}. */
  readonly request: Request
  /** The classes of the codes that it declares. The common ones are always there. */
  readonly errors: Errors
  /** Left out, it is told by the name: `Describe…`, `Get…`, `List…`, `Query…`, `Search…`, `Check…`, `Inquiry…`, `Inquire…`. */
  readonly readOnly?: boolean | undefined
  readonly rateLimit?: number | undefined
  readonly regions?: ReadonlyArray<string> | undefined
  readonly resources?: ((request: Codec.Codec.Type<Request>) => ReadonlyArray<string>) | undefined
  readonly offline?: boolean | undefined
  readonly intl?: boolean | undefined
  readonly unsigned?: boolean | undefined
  /** The warning that goes with each result: `Use CreateVolumes instead.` */
  readonly deprecated?: string | undefined
  readonly binary?: ReadonlyArray<string> | undefined
}

/** The values of a response are objects: the envelope has no place for others. */
type ObjectSource<S extends Codec.Codec.Source> = S &
  (Codec.Codec.Type<S> extends object ? unknown : "the values of a response are objects")

/** The contract, with codecs of whatever the sources are. */
const build = <
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
  contract.make(name, { ...options, request: Codec.from(options.request), response: Codec.from(response) }, streams)

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
    /** A schema or a codec, like `request`; its values are objects. */
    readonly response: ObjectSource<Response>
  }
): Action<Name, Codec.Codec.Type<Request>, Codec.Codec.Type<Response>, InstanceType<Errors[number]>> =>
  build<Name, Request, Response, Errors, false>(name, options, options.response, false)

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
    /** A schema or a codec, like `request`, of each event's data; its values are objects. */
    readonly event: ObjectSource<Event>
  }
): Action<Name, Codec.Codec.Type<Request>, Codec.Codec.Type<Event>, InstanceType<Errors[number]>, true> =>
  build<Name, Request, Event, Errors, true>(name, options, options.event, true)

/**
 * The same action with another response: for integers past 2^53 as `bigint`, for a member that no document names, for a choice of
 * literals instead of a text.
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
  const other: Action.Any = { ...action, response: Codec.from(response) }
  // All but the response is what it was.
  return other as never
}
