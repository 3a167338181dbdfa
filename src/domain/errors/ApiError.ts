/**
 * Errors that the service answers with. Each code has a class of its own, and the `_tag` of an error is its code.
 *
 * So you write the same code in `Effect.catchTags` that you read in the console, in a log, or in the product's document.
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
 * The details of an error, without its code.
 *
 * @since 0.1.0
 * @category models
 */
export interface Details {
  /** The service's own message, in the language that the call asks for. It is for people: no code should depend on it. */
  readonly message: string
  /** The RequestId of the answer, which Tencent Cloud's support asks for. Empty until the error has been on the wire. */
  readonly requestId?: string | undefined
  /** The product, as its host name writes it: `cvm`. */
  readonly product?: string | undefined
  /** The action: `RunInstances`. */
  readonly action?: string | undefined
  /** The region of the call: `ap-guangzhou`. */
  readonly region?: string | undefined
  /** The cause, on the side that raised the error. It is never sent. */
  readonly cause?: unknown
}

/**
 * The fields of a new error.
 *
 * @since 0.1.0
 * @category models
 */
export interface Props<Code extends string> extends Details {
  /** The code on the wire, which is the class's own or one below it. Default: the class's own. */
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
  /** The code on the wire. It is below `_tag` if the action does not declare it: see {@link decoder}. */
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
 * Any {@link ApiError}, and any class of one.
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
 * Makes the class of a code. Its instances are errors whose `_tag` is the code.
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
    // Computed on use: a product has hundreds of classes, and a program fails with few of them.
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
 * Returns whether a value is an error of the service.
 *
 * @since 0.1.0
 * @category guards
 */
export const isApiError = (input: unknown): input is ApiError.Any => Predicate.hasProperty(input, TypeId)

/**
 * Returns whether an error's class is of a family: `AuthFailure`, or any class below it.
 *
 * @since 0.1.0
 * @category guards
 */
export const isFamily = <E, const F extends string>(error: E, family: F): error is OfFamily<E, F> =>
  isApiError(error) && ErrorCode.isWithin(error._tag, family)

/**
 * Returns whether an error is of a category.
 *
 * @since 0.1.0
 * @category guards
 */
export const isCategory = <E, const C extends ErrorCode.Category>(error: E, category: C): error is OfCategory<E, C> =>
  isApiError(error) && error.category === category

/**
 * The errors in a channel that are of a family.
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
 * The errors in a channel that are of a category.
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
 * The families in an error channel. An editor completes them in {@link catchFamily}.
 *
 * @since 0.1.0
 * @category models
 */
export type FamiliesOf<E> = ErrorCode.Family<Extract<E, ApiError.Any>["_tag"]>

/**
 * The categories in an error channel. An editor completes them in {@link catchCategory}.
 *
 * @since 0.1.0
 * @category models
 */
export type CategoriesOf<E> = Extract<E, ApiError.Any>["category"]

/**
 * Handles every error of a family, and removes them from the error channel. It does not compile if the channel has no error
 * of that family.
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
 * Handles every error of a category, and removes them from the error channel. It does not compile if the channel has no
 * error of that category.
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
 * Handles every error of a channel by its tag. It is like `Effect.catchTags`, but does not compile while a case is missing.
 * The new channel has only the errors of the cases themselves. `Match.valueTags` does the same for a plain value.
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
      // True: the constraint on `C` says that this tag has a case, and that the case accepts this error.
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
 * An error answer: the contents of its envelope, and what the reader knows about the call.
 *
 * @since 0.1.0
 * @category models
 */
export interface Answer extends Details {
  readonly code: string
}

/**
 * An error whose code is of no known family. Its `code` is the whole code.
 *
 * @since 0.1.0
 * @category models
 */
export class UnrecognizedError extends Data.TaggedError("UnrecognizedError")<Answer & { readonly requestId: string }> {
  /** The family of the code. */
  get family(): string {
    return ErrorCode.family(this.code)
  }
  /** The category, which the form of the code decides. */
  get category(): ErrorCode.Category {
    return ErrorCode.categoryOf(this.code)
  }
}

/**
 * Makes a function that turns an error answer into an instance of one of the classes.
 *
 * A code becomes an instance of its own class, or else of the nearest class above it, whose `.code` is then the whole code.
 * If there is no such class, it becomes an {@link UnrecognizedError}. If two classes have the same code, the first one counts.
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
        // True: `errorClass.code` is in the lineage of `answer.code`.
        const ErrorClass = errorClass as unknown as new (props: Answer) => InstanceType<C>
        return withoutStack(() => new ErrorClass(answer))
      }
    }
    return withoutStack(() => new UnrecognizedError({ ...answer, requestId: answer.requestId ?? "" }))
  }
}

/** The stack of a decoded error would only show where the answer was read, and costs a lot: docs/performance.md, P14. */
const withoutStack = <A>(make: () => A): A => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = limit
  }
}
