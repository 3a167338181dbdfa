/**
 * A failure that the service answered with: one class a code, its `_tag` the code itself.
 *
 * What is read in the console, in a log and in the product's document is what is typed in `Effect.catchTags`.
 *
 * @since 0.1.0
 */
import type * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as ErrorCode from "./ErrorCode.js"

/**
 * Marks a value as an error of the service.
 *
 * @since 0.1.0
 * @category symbols
 */
export const TypeId: unique symbol = Symbol.for("effect-tencentcloud/ApiError")

/**
 * The type of the mark {@link TypeId}.
 *
 * @since 0.1.0
 * @category symbols
 */
export type TypeId = typeof TypeId

/**
 * What is known of a failure beside its code.
 *
 * @since 0.1.0
 * @category models
 */
export interface Details {
  /** The service's own sentence, in the language that the call asked for. For people: nothing decides by it. */
  readonly message: string
  /** The RequestId of the answer: what Tencent Cloud's support asks for. Empty until the error has been on the wire. */
  readonly requestId?: string | undefined
  /** The product that was called, as in its host name: `cvm`. */
  readonly product?: string | undefined
  /** The action that was called: `RunInstances`. */
  readonly action?: string | undefined
  /** The region that was asked for: `ap-guangzhou`. */
  readonly region?: string | undefined
  /** What led to it, on the side that raised it. Never sent. */
  readonly cause?: unknown
}

/**
 * What makes an error: its details, and its whole code where that stands below the class's own.
 *
 * @since 0.1.0
 * @category models
 */
export interface Props<Code extends string> extends Details {
  /** The code on the wire. Left out, it is the class's own. */
  readonly code?: ErrorCode.Within<Code> | undefined
}

/**
 * An error of the service.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiError<Code extends string> extends Cause.YieldableError {
  readonly [TypeId]: TypeId
  readonly _tag: Code
  /** The code on the wire. It stands below `_tag` where the action did not declare it: see {@link decoder}. */
  readonly code: ErrorCode.Within<Code>
  readonly category: ErrorCode.CategoryOf<Code>
  readonly requestId: string
  readonly product?: string | undefined
  readonly action?: string | undefined
  readonly region?: string | undefined
}

/**
 * The class of a code.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiErrorClass<Code extends string> {
  new (props: Props<Code>): ApiError<Code>
  readonly code: Code
  readonly family: ErrorCode.Family<Code>
  readonly category: ErrorCode.CategoryOf<Code>
}

/**
 * Errors and classes of any code.
 *
 * @since 0.1.0
 * @category models
 */
export declare namespace ApiError {
  /**
   * Any error of the service.
   *
   * @since 0.1.0
   * @category models
   */
  export type Any = ApiError<string>

  /**
   * Any class of such errors.
   *
   * @since 0.1.0
   * @category models
   */
  export interface AnyClass {
    new (props: Props<never>): Any
    readonly code: string
    readonly family: string
    readonly category: ErrorCode.Category
  }
}

/**
 * Makes the class of a code: a `Data.TaggedError` whose `_tag` is the code.
 *
 * @example
 * ```ts
 * import { ApiError } from "effect-tencentcloud/ApiError"
 *
 * class DiskBusy extends ApiError("ResourceInUse.DiskBusy") {}
 *
 * const error = new DiskBusy({ message: "disk-1 is attached" })
 * error._tag // "ResourceInUse.DiskBusy"
 * error.category // "conflict"
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const ApiError = <const Code extends string>(code: Code): ApiErrorClass<Code> => {
  class Coded extends Data.Error<Details & { readonly code: ErrorCode.Within<Code>; readonly requestId: string }> {
    static readonly code = code
    static {
      Coded.prototype.name = code
    }
    // Asked for when a call has failed, and of few of the hundreds of classes of a product.
    static get family() {
      return ErrorCode.family(code)
    }
    static get category() {
      return ErrorCode.categoryOf(code)
    }
    readonly _tag = code
    constructor(props: Props<Code>) {
      super({ ...props, code: props.code ?? code, requestId: props.requestId ?? "" })
    }
    get [TypeId](): TypeId {
      return TypeId
    }
    get category() {
      return ErrorCode.categoryOf(code)
    }
  }
  return Coded
}

/**
 * Whether a value is an error of the service.
 *
 * @since 0.1.0
 * @category guards
 */
export const isApiError = (input: unknown): input is ApiError.Any => Predicate.hasProperty(input, TypeId)

/**
 * Whether an error's class stands in a family: `AuthFailure`, or any class below it.
 *
 * @since 0.1.0
 * @category guards
 */
export const isFamily = <E, const F extends string>(error: E, family: F): error is OfFamily<E, F> =>
  isApiError(error) && ErrorCode.isWithin(error._tag, family)

/**
 * Whether an error's class is of a category.
 *
 * @since 0.1.0
 * @category guards
 */
export const isCategory = <E, const C extends ErrorCode.Category>(error: E, category: C): error is OfCategory<E, C> =>
  isApiError(error) && error.category === category

/**
 * The members of an error channel that stand in a family.
 *
 * @since 0.1.0
 * @category models
 */
export type OfFamily<E, F extends string> = E extends ApiError.Any
  ? string extends E["_tag"]
    ? E & { readonly _tag: ErrorCode.Within<F> }
    : E["_tag"] extends ErrorCode.Within<F>
      ? E
      : never
  : never

/**
 * The members of an error channel that are of a category.
 *
 * @since 0.1.0
 * @category models
 */
export type OfCategory<E, C extends ErrorCode.Category> = E extends ApiError.Any
  ? E["category"] extends C
    ? E
    : ErrorCode.Category extends E["category"]
      ? E & { readonly category: C }
      : never
  : never

/**
 * The families that an error channel holds: what an editor completes in {@link catchFamily}.
 *
 * @since 0.1.0
 * @category models
 */
export type FamiliesOf<E> = ErrorCode.Family<Extract<E, ApiError.Any>["_tag"]>

/**
 * The categories that an error channel holds: what an editor completes in {@link catchCategory}.
 *
 * @since 0.1.0
 * @category models
 */
export type CategoriesOf<E> = Extract<E, ApiError.Any>["category"]

/**
 * Handles every error of a family, and takes them out of the channel. A family that the channel does not hold does
 * not compile.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { catchFamily } from "effect-tencentcloud/ApiError"
 * import { AuthFailureTokenFailure, ResourceNotFound } from "effect-tencentcloud/CommonError"
 *
 * const call: Effect.Effect<string, AuthFailureTokenFailure | ResourceNotFound> =
 *   Effect.fail(new AuthFailureTokenFailure({ message: "expired" }))
 *
 * // Effect<string, ResourceNotFound>
 * const handled = call.pipe(catchFamily("AuthFailure", (error) => Effect.succeed(error._tag)))
 * ```
 *
 * @since 0.1.0
 * @category error handling
 */
export const catchFamily =
  <E, const F extends FamiliesOf<E>, A2, E2, R2>(
    family: F,
    handler: (error: OfFamily<E, F>) => Effect.Effect<A2, E2, R2>
  ) =>
  <A, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A | A2, Exclude<E, OfFamily<E, F>> | E2, R | R2> =>
    Effect.catchIf(self, (error): error is OfFamily<E, F> & E => isFamily(error, family), handler) as Effect.Effect<
      A | A2,
      Exclude<E, OfFamily<E, F>> | E2,
      R | R2
    >

/**
 * Handles every error of a category, and takes them out of the channel. A category that the channel does not hold
 * does not compile.
 *
 * @since 0.1.0
 * @category error handling
 */
export const catchCategory =
  <E, const C extends CategoriesOf<E>, A2, E2, R2>(
    category: C,
    handler: (error: OfCategory<E, C>) => Effect.Effect<A2, E2, R2>
  ) =>
  <A, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A | A2, Exclude<E, OfCategory<E, C>> | E2, R | R2> =>
    Effect.catchIf(
      self,
      (error): error is OfCategory<E, C> & E => isCategory(error, category),
      handler
    ) as Effect.Effect<A | A2, Exclude<E, OfCategory<E, C>> | E2, R | R2>

type Cases<E> = {
  readonly [Tag in Extract<E, { readonly _tag: string }>["_tag"]]: (
    error: Extract<E, { readonly _tag: Tag }>
  ) => Effect.Effect<unknown, unknown, unknown>
}

type ResultOf<C> = C[keyof C] extends ((
  ...args: never
) => infer Result extends Effect.Effect<unknown, unknown, unknown>)
  ? Result
  : never

/**
 * Handles every member of an error channel, each by its tag: `Effect.catchTags` that does not compile while a case is
 * missing, and whose channel holds only what the cases themselves fail with. For a plain value, without an Effect,
 * `Match.valueTags` does the same.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { catchEveryTag } from "effect-tencentcloud/ApiError"
 * import type { ResourceInUse, ResourceNotFound } from "effect-tencentcloud/CommonError"
 *
 * declare const remove: Effect.Effect<void, ResourceInUse | ResourceNotFound>
 *
 * // Effect<void>; without either case it does not compile
 * export const removed = remove.pipe(
 *   catchEveryTag({
 *     ResourceInUse: () => Effect.void,
 *     ResourceNotFound: () => Effect.void
 *   })
 * )
 * ```
 *
 * @since 0.1.0
 * @category error handling
 */
export const catchEveryTag =
  <
    E extends { readonly _tag: string },
    const C extends Cases<E> & { readonly [K in Exclude<keyof C, E["_tag"]>]: never }
  >(
    cases: C
  ) =>
  <A, R>(
    self: Effect.Effect<A, E, R>
  ): Effect.Effect<
    A | Effect.Effect.Success<ResultOf<C>>,
    Effect.Effect.Error<ResultOf<C>>,
    R | Effect.Effect.Context<ResultOf<C>>
  > =>
    Effect.catchAll(self, (error) => {
      // The constraint on `C` says that this tag has a case, and that the case takes this member of the channel.
      const handler = cases[error._tag as E["_tag"]] as unknown as (
        error: E
      ) => Effect.Effect<
        Effect.Effect.Success<ResultOf<C>>,
        Effect.Effect.Error<ResultOf<C>>,
        Effect.Effect.Context<ResultOf<C>>
      >
      return handler(error)
    })

/**
 * What an error envelope says, and what the side that reads it knows of the call.
 *
 * @since 0.1.0
 * @category models
 */
export interface Answer extends Details {
  readonly code: string
}

/**
 * A code that stands below no class that is known. It keeps the code whole.
 *
 * @since 0.1.0
 * @category models
 */
export class UnrecognizedError extends Data.TaggedError("UnrecognizedError")<Answer & { readonly requestId: string }> {
  /** The family of the code. */
  get family(): string {
    return ErrorCode.family(this.code)
  }
  /** The category, as far as the form of the code tells it. */
  get category(): ErrorCode.Category {
    return ErrorCode.categoryOf(this.code)
  }
}

/**
 * Makes a reader of error answers out of classes: a code becomes an instance of its class; a code that has none, of
 * the nearest class above it, `.code` keeping it whole; and an {@link UnrecognizedError} where there is none either.
 * Where two classes have the same code, the first one counts.
 *
 * @example
 * ```ts
 * import { decoder } from "effect-tencentcloud/ApiError"
 * import { InvalidParameterValue } from "effect-tencentcloud/CommonError"
 *
 * const decode = decoder([InvalidParameterValue])
 *
 * const error = decode({ code: "InvalidParameterValue.Zone", message: "no such zone", requestId: "" })
 * error._tag // "InvalidParameterValue"
 * error.code // "InvalidParameterValue.Zone"
 * ```
 *
 * @since 0.1.0
 * @category decoding
 */
export const decoder = <C extends ApiError.AnyClass>(
  classes: Iterable<C>
): ((answer: Answer) => InstanceType<C> | UnrecognizedError) => {
  const byCode = new Map<string, C>()
  for (const errorClass of classes) {
    if (!byCode.has(errorClass.code)) byCode.set(errorClass.code, errorClass)
  }
  return (answer) => {
    for (const code of ErrorCode.lineage(answer.code)) {
      const errorClass = byCode.get(code)
      if (errorClass !== undefined) {
        // `answer.code` stands within `errorClass.code`: that is how the class was found.
        const Found = errorClass as unknown as new (props: Answer) => InstanceType<C>
        return withoutStack(() => new Found(answer))
      }
    }
    return withoutStack(() => new UnrecognizedError({ ...answer, requestId: answer.requestId ?? "" }))
  }
}

/** Where an answer was read tells nobody anything, and finding it out takes longer than all the rest. */
const withoutStack = <A>(make: () => A): A => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = limit
  }
}
