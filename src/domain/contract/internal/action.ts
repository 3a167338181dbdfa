/** The model of an action, and the constructor that hand-written and generated contracts share. */
import * as Predicate from "effect/Predicate"
import * as ApiError from "../../errors/ApiError.js"
import type { ClientError } from "../../errors/ClientError.js"
import * as CommonError from "../../errors/CommonError.js"
import type { Codec } from "./codec.js"

/**
 * Marks a value as an action.
 *
 * @since 0.1.0
 * @category symbols
 */
export const TypeId: unique symbol = Symbol.for("effect-tencentcloud/Action")

/**
 * The type of the mark {@link TypeId}.
 *
 * @since 0.1.0
 * @category symbols
 */
export type TypeId = typeof TypeId

/**
 * An action: its name and product, its request and response, and the error codes that it declares.
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
  /** The product, as the first label of its host name writes it: `cvm`. */
  readonly product: string
  /** `2017-03-12`. */
  readonly version: string
  readonly request: Codec<Request>
  /** Reads the result. If the action streams, reads the data of each event. */
  readonly response: Codec<Response>
  /** Whether the action answers with a stream of events, `text/event-stream`. */
  readonly streams: Streams
  /** The class of each declared code, without the common ones. */
  readonly errors: ReadonlyArray<ApiError.ApiError.AnyClass>
  /**
   * Makes an error out of an error answer. A declared or common code gives its own class. Any other code gives the nearest
   * class above it, or `UnrecognizedError`.
   */
  readonly decodeError: (answer: ApiError.Answer) => Errors | CommonError.CommonError | ApiError.UnrecognizedError
  /** Whether a second call has no further effect, so that a client may repeat a call of which it does not know the outcome. */
  readonly readOnly: boolean
  /** How many calls per second one sub-account may make from one access region. `undefined`: the gateway's default. */
  readonly rateLimit: number | undefined
  /** The regions that offer the action. `undefined`: every region does, and a request may leave the region out. */
  readonly regions: ReadonlyArray<string> | undefined
  /** Returns the resources that a request is about, as CAM names them: `qcs::ebs:ap-guangzhou:uin/1:volume/v-1`. */
  readonly resources: (request: Request) => ReadonlyArray<string>
  /** Whether the action is out of service. */
  readonly offline: boolean
  /** Whether the international site offers the action too. `undefined`: unknown. */
  readonly intl: boolean | undefined
  /** Whether a call has no signature, but `Authorization: SKIP`. The parameters then say who calls. */
  readonly unsigned: boolean
  /** If the action is deprecated, what to use instead. Each result then has a `DeprecatedWarning` with this text. */
  readonly deprecated: string | undefined
  /** The binary members of the request. An action that has one accepts multipart bodies and octet-streams too. */
  readonly binary: ReadonlyArray<string>
  /** Whether a request with bytes travels as an octet-stream: its binary member is the body, and its other members are headers. */
  readonly octetStream?: boolean | undefined
  /** The first labels of its host name, if they are not the product: `es.ai`. */
  readonly host?: string | undefined
  /** Members of the request and the response that are secrets, at any depth, and whose names do not say so. */
  readonly secrets?: ReadonlyArray<string> | undefined
}

/**
 * Any {@link Action}, and the types that belong to one.
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
    readonly request: Codec.Any
    readonly response: Codec.Any
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
    readonly octetStream?: boolean | undefined
    readonly host?: string | undefined
    readonly secrets?: ReadonlyArray<string> | undefined
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
   * The request that a caller passes.
   *
   * @since 0.1.0
   * @category models
   */
  export type Request<A> = A extends { readonly request: Codec.Any } ? Codec.Decoded<A["request"]> : never

  /**
   * The result that a handler returns, or each event of its stream.
   *
   * @since 0.1.0
   * @category models
   */
  export type Response<A> = A extends { readonly response: Codec.Any } ? Codec.Decoded<A["response"]> : never

  /**
   * The result that a caller receives: the response, and the RequestId of the answer.
   *
   * @since 0.1.0
   * @category models
   */
  export type Success<A> = Response<A> & { readonly RequestId: string }

  /**
   * The errors that the action declares.
   *
   * @since 0.1.0
   * @category models
   */
  export type DeclaredError<A> =
    A extends Action<string, infer _Request, infer _Response, infer Errors, boolean> ? Errors : never

  /**
   * The errors that a handler may fail with: the declared codes and the common ones.
   *
   * @since 0.1.0
   * @category models
   */
  export type HandlerError<A> = DeclaredError<A> | CommonError.CommonError

  /**
   * The errors that a call may fail with.
   *
   * @since 0.1.0
   * @category models
   */
  export type Error<A> = (A extends Any ? ReturnType<A["decodeError"]> : never) | ClientError
}

/**
 * The options of an action, without its response.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<Request extends Codec.Source, Errors extends ReadonlyArray<ApiError.ApiError.AnyClass>> {
  readonly product: string
  readonly version: string
  /** A schema of `effect/Schema`, a Standard Schema, or a codec. */
  readonly request: Request
  /** The classes of the codes that the action declares. The common ones are always part of it. */
  readonly errors: Errors
  /**
   * Default: true for names that begin with `Describe`, `Get`, `List`, `Query`, `Search`, `Check`, `Inquiry` or `Inquire`, and
   * false for all others.
   */
  readonly readOnly?: boolean | undefined
  readonly rateLimit?: number | undefined
  readonly regions?: ReadonlyArray<string> | undefined
  readonly resources?: ((request: Codec.Type<Request>) => ReadonlyArray<string>) | undefined
  readonly offline?: boolean | undefined
  readonly intl?: boolean | undefined
  readonly unsigned?: boolean | undefined
  /** The warning in each result: `Use CreateVolumes instead.` */
  readonly deprecated?: string | undefined
  /** The binary members of the request. A call with bytes travels as multipart. */
  readonly binary?: ReadonlyArray<string> | undefined
  /**
   * Whether a call with bytes travels as an octet-stream instead: its one binary member is the body, and each other member a header
   * `X-<product>-<member>`. Default: false.
   */
  readonly octetStream?: boolean | undefined
  /** The first labels of its host name, if they are not the product: `es.ai` for `es.ai.tencentcloudapi.com`. Default: the product. */
  readonly host?: string | undefined
  /**
   * Members that are secrets, at any depth, and whose names do not say so. Journals, hooks and errors do not show them. Names such as
   * `Password` and `PrivateKey` are known.
   */
  readonly secrets?: ReadonlyArray<string> | undefined
}

/**
 * Returns whether a value is an action.
 *
 * @since 0.1.0
 * @category guards
 */
export const isAction = (input: unknown): input is Action.Any => Predicate.hasProperty(input, TypeId)

const readOnlyName = /^(Describe|Get|List|Query|Search|Check|Inquiry|Inquire)(?![a-z])/

/** Whether the name of an action says that it only reads. */
export const isReadOnlyName = (name: string): boolean => readOnlyName.test(name)

const lazily = <A>(make: () => A): (() => A) => {
  let result: { readonly value: A } | undefined
  return () => {
    result ??= { value: make() }
    return result.value
  }
}

/** The parts of a contract whose codecs exist already. */
type Parts<Request, Response, Errors extends ReadonlyArray<ApiError.ApiError.AnyClass>> = Omit<
  Options<Codec<Request>, Errors>,
  "request"
> & { readonly request: Codec<Request>; readonly response: Codec<Response> }

/** Makes the contract of an action out of codecs. */
export const fromCodecs = <
  const Name extends string,
  Request,
  Response,
  const Errors extends ReadonlyArray<ApiError.ApiError.AnyClass>,
  const Streams extends boolean
>(
  name: Name,
  parts: Parts<Request, Response, Errors>,
  streams: Streams
): Action<Name, Request, Response, InstanceType<Errors[number]>, Streams> => {
  const decodeError = lazily(() =>
    ApiError.decoder<Errors[number] | (typeof CommonError.classes)[number]>([...parts.errors, ...CommonError.classes])
  )
  return {
    [TypeId]: TypeId,
    name,
    product: parts.product,
    version: parts.version,
    request: parts.request,
    response: parts.response,
    streams,
    errors: parts.errors,
    decodeError: (answer) => decodeError()(answer),
    readOnly: parts.readOnly ?? isReadOnlyName(name),
    rateLimit: parts.rateLimit,
    regions: parts.regions,
    resources: parts.resources ?? (() => ["*"]),
    offline: parts.offline ?? false,
    intl: parts.intl,
    unsigned: parts.unsigned ?? false,
    deprecated: parts.deprecated,
    binary: parts.binary ?? [],
    octetStream: parts.octetStream ?? false,
    host: parts.host,
    secrets: parts.secrets
  }
}
