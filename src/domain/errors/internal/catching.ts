/** Guards and handlers that go by the family, the category or the tag of an error. */
import * as Effect from "effect/Effect"
import * as ErrorCode from "../ErrorCode.js"
import { type ApiError, isApiError, UnrecognizedError } from "./apiError.js"
import { PrintedError } from "./printedError.js"

/**
 * Returns whether an error is of a family: `AuthFailure`, or any class below it. An {@link UnrecognizedError} is of the family of its
 * code.
 *
 * @since 0.1.0
 * @category guards
 */
export const isFamily = <E, const F extends string>(error: E, family: F): error is OfFamily<E, F> =>
  (isApiError(error) && ErrorCode.isWithin(error._tag, family)) ||
  (error instanceof UnrecognizedError && ErrorCode.isWithin(error.code, family))

/**
 * Returns whether a failure of a call is of a category. The failures of the client itself have categories too.
 *
 * @since 0.1.0
 * @category guards
 */
export const isCategory = <E, const C extends ErrorCode.Category>(error: E, category: C): error is OfCategory<E, C> =>
  (error instanceof PrintedError || isApiError(error)) && error.category === category

type ClassesOf<E, F extends string> = E extends ApiError.Any
  ? string extends E["_tag"]
    ? E & { readonly _tag: ErrorCode.Within<F> }
    : E["_tag"] extends ErrorCode.Within<F>
      ? E
      : never
  : never

/** A code that the library does not know becomes an instance of its family's class, if the channel has that class. */
type UnrecognizedOf<E, F extends string> = F extends Extract<E, ApiError.Any>["_tag"]
  ? never
  : Extract<E, UnrecognizedError> & { readonly code: ErrorCode.Within<F> }

/**
 * The errors in a channel that are of a family.
 *
 * @since 0.1.0
 * @category models
 */
export type OfFamily<E, F extends string> = ClassesOf<E, F> | UnrecognizedOf<E, F>

/**
 * The errors in a channel that are of a category.
 *
 * @since 0.1.0
 * @category models
 */
export type OfCategory<E, C extends ErrorCode.Category> = E extends { readonly category: ErrorCode.Category }
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
export type CategoriesOf<E> = Exclude<
  Extract<E, { readonly category: ErrorCode.Category }>,
  UnrecognizedError
>["category"]

/** Handles some errors of a channel, and removes their classes from it. */
type Handled<E, Chosen, A2, E2, R2> = <A, R>(
  self: Effect.Effect<A, E, R>
) => Effect.Effect<A | A2, Exclude<E, Chosen> | E2, R | R2>

/** The arguments of a handler: one choice or several, as a list or one after the other, and the handler at the end. */
type Choices = ReadonlyArray<unknown>

const catchChosen = (args: Choices, isChosen: (error: unknown, choice: never) => boolean) => {
  const handler = args.at(-1) as (error: unknown) => Effect.Effect<unknown, unknown, unknown>
  const choices = args.slice(0, -1).flat()
  return (self: Effect.Effect<unknown, unknown, unknown>) =>
    Effect.catchIf(
      self,
      (error): error is unknown => choices.some((choice) => isChosen(error, choice as never)),
      handler
    )
}

/**
 * Handles every error of a family, or of several families, and removes their classes from the error channel. It does not compile if
 * the channel has no error of that family.
 *
 * An error whose code the library does not know is handled too, if its code is of the family. Its type, `UnrecognizedError`, stays in
 * the channel, because it may have any other code.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { catchFamily } from "effect-tencentcloud/ApiError"
 * import { AuthFailureTokenFailure, ResourceInUse, ResourceNotFound } from "effect-tencentcloud/CommonError"
 *
 * const call: Effect.Effect<string, AuthFailureTokenFailure | ResourceInUse | ResourceNotFound> =
 *   Effect.fail(new AuthFailureTokenFailure({ message: "expired" }))
 *
 * // Effect<string, ResourceInUse | ResourceNotFound>
 * const one = call.pipe(catchFamily("AuthFailure", (error) => Effect.succeed(error._tag)))
 *
 * // Effect<string, AuthFailureTokenFailure>
 * const two = call.pipe(catchFamily("ResourceInUse", "ResourceNotFound", (error) => Effect.succeed(error._tag)))
 * ```
 *
 * @since 0.1.0
 * @category error handling
 */
export const catchFamily: {
  <E, const F extends FamiliesOf<E>, A2, E2, R2>(
    family: F | ReadonlyArray<F>,
    handler: (error: NoInfer<OfFamily<E, F>>) => Effect.Effect<A2, E2, R2>
  ): Handled<E, OfFamily<E, F>, A2, E2, R2>
  <E, const F extends FamiliesOf<E>, A2, E2, R2>(
    first: F,
    second: F,
    handler: (error: NoInfer<OfFamily<E, F>>) => Effect.Effect<A2, E2, R2>
  ): Handled<E, OfFamily<E, F>, A2, E2, R2>
  <E, const F extends FamiliesOf<E>, A2, E2, R2>(
    first: F,
    second: F,
    third: F,
    handler: (error: NoInfer<OfFamily<E, F>>) => Effect.Effect<A2, E2, R2>
  ): Handled<E, OfFamily<E, F>, A2, E2, R2>
  <E, const F extends FamiliesOf<E>, A2, E2, R2>(
    first: F,
    second: F,
    third: F,
    fourth: F,
    handler: (error: NoInfer<OfFamily<E, F>>) => Effect.Effect<A2, E2, R2>
  ): Handled<E, OfFamily<E, F>, A2, E2, R2>
} = (...args: Choices) =>
  // The overloads say what the handler accepts, and which classes leave the channel.
  catchChosen(args, isFamily) as never

/**
 * Handles every failure of a category, or of several categories, and removes their classes from the error channel. It does not compile
 * if the channel has no error of that category. An error whose code the library does not know is handled as in {@link catchFamily}.
 *
 * @since 0.1.0
 * @category error handling
 */
export const catchCategory: {
  <E, const C extends CategoriesOf<E>, A2, E2, R2>(
    category: C | ReadonlyArray<C>,
    handler: (error: NoInfer<OfCategory<E, C>>) => Effect.Effect<A2, E2, R2>
  ): Handled<E, OfCategory<E, C>, A2, E2, R2>
  <E, const C extends CategoriesOf<E>, A2, E2, R2>(
    first: C,
    second: C,
    handler: (error: NoInfer<OfCategory<E, C>>) => Effect.Effect<A2, E2, R2>
  ): Handled<E, OfCategory<E, C>, A2, E2, R2>
  <E, const C extends CategoriesOf<E>, A2, E2, R2>(
    first: C,
    second: C,
    third: C,
    handler: (error: NoInfer<OfCategory<E, C>>) => Effect.Effect<A2, E2, R2>
  ): Handled<E, OfCategory<E, C>, A2, E2, R2>
  <E, const C extends CategoriesOf<E>, A2, E2, R2>(
    first: C,
    second: C,
    third: C,
    fourth: C,
    handler: (error: NoInfer<OfCategory<E, C>>) => Effect.Effect<A2, E2, R2>
  ): Handled<E, OfCategory<E, C>, A2, E2, R2>
} = (...args: Choices) =>
  // The overloads say what the handler accepts, and which classes leave the channel.
  catchChosen(args, isCategory) as never

type Handler<E> = (error: E) => Effect.Effect<unknown, unknown, unknown>

type Cases<E> = {
  readonly [Tag in Extract<E, { readonly _tag: string }>["_tag"]]: Handler<Extract<E, { readonly _tag: Tag }>>
}

type ResultOf<C> = C[keyof C] extends ((
  ...args: never
) => infer Result extends Effect.Effect<unknown, unknown, unknown>)
  ? Result
  : never

/** Handles all errors of a channel. `Result` are the effects of the handlers. */
type HandledAll<E, Result extends Effect.Effect<unknown, unknown, unknown>> = <A, R>(
  self: Effect.Effect<A, E, R>
) => Effect.Effect<A | Effect.Effect.Success<Result>, Effect.Effect.Error<Result>, R | Effect.Effect.Context<Result>>

/**
 * Handles every error of a channel by its tag. It is like `Effect.catchTags`, but does not compile while a case is missing.
 * The new channel has only the errors of the cases themselves. `Match.valueTags` does the same for a plain value.
 *
 * A second argument handles the errors that have no case. Then every case is optional.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import { catchEveryTag } from "effect-tencentcloud/ApiError"
 * import type { InternalError, ResourceInUse, ResourceNotFound } from "effect-tencentcloud/CommonError"
 *
 * declare const remove: Effect.Effect<void, ResourceInUse | ResourceNotFound | InternalError>
 *
 * // Effect<void>; without a case it does not compile
 * export const removed = remove.pipe(
 *   catchEveryTag({
 *     ResourceInUse: () => Effect.void,
 *     ResourceNotFound: () => Effect.void,
 *     InternalError: () => Effect.void
 *   })
 * )
 *
 * // Effect<void>; the second argument handles the rest
 * export const logged = remove.pipe(
 *   catchEveryTag({ ResourceNotFound: () => Effect.void }, (error) => Effect.logError(error))
 * )
 * ```
 *
 * @since 0.1.0
 * @category error handling
 */
export const catchEveryTag: {
  <
    E extends { readonly _tag: string },
    const C extends Cases<E> & { readonly [K in Exclude<keyof C, E["_tag"]>]: never }
  >(
    cases: C
  ): HandledAll<E, ResultOf<C>>
  <
    E extends { readonly _tag: string },
    const C extends Partial<Cases<E>> & { readonly [K in Exclude<keyof C, E["_tag"]>]: never },
    Rest extends Effect.Effect<unknown, unknown, unknown>
  >(
    cases: C,
    orElse: (error: NoInfer<Exclude<E, { readonly _tag: keyof C }>>) => Rest
  ): HandledAll<E, ResultOf<C> | Rest>
} = (cases: object, orElse?: Handler<never>) => (self: Effect.Effect<unknown, { readonly _tag: string }, unknown>) =>
  Effect.catchAll(self, (error) => {
    // The constraint on the cases says that this tag has one, unless there is `orElse`, and that the case accepts this error.
    const found = Object.hasOwn(cases, error._tag) ? Reflect.get(cases, error._tag) : undefined
    const handler = (typeof found === "function" ? found : orElse) as Handler<unknown> | undefined
    // Without types, a case may be missing. The error then stays what it is.
    return handler === undefined ? Effect.fail(error) : handler(error)
  }) as never
