/** The model of a codec. It stands apart from the adapters for schemas, so that products load no schema library. */
import type { StandardSchemaV1 } from "@standard-schema/spec"
import type * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import type * as Issue from "../../errors/Issue.js"

/**
 * Marks a value as a codec.
 *
 * @since 0.1.0
 * @category symbols
 */
export const TypeId: unique symbol = Symbol.for("effect-tencentcloud/Codec")

/**
 * The type of the mark {@link TypeId}.
 *
 * @since 0.1.0
 * @category symbols
 */
export type TypeId = typeof TypeId

/**
 * Every fault in a value.
 *
 * @since 0.1.0
 * @category models
 */
export type Issues = readonly [Issue.Issue, ...ReadonlyArray<Issue.Issue>]

/** A response, and what was left out of it or read in another way than the contract says. */
export interface Lenient {
  readonly value: unknown
  readonly deviations: ReadonlyArray<Issue.Issue>
}

/**
 * How exactly a codec reads a value from the wire.
 *
 * - `request`: exact, as the service checks a request. Unknown members are faults. A numeric string counts as a number. A member
 *   that is `null` reads as absent.
 * - `form`: like `request`, for a query or a form, where every value is a string. `"true"` counts as a boolean too.
 * - `parts`: like `form`, for multipart parts and headers. Lists and objects are JSON, as the official Python client writes
 *   them.
 * - `response`: tolerant, as real answers need it. Unknown members are no faults: a shape keeps them, and a schema drops
 *   them. `null` reads as absent. Numbers and booleans may be strings.
 * - `strict`: also for a response, but every deviation from the contract is a fault.
 *
 * @since 0.1.0
 * @category models
 */
export type Mode = "request" | "form" | "parts" | "response" | "strict"

/**
 * Reads and writes the wire form of `A`. Both directions are pure and never throw. They fail with issues, each with its
 * path.
 *
 * @since 0.1.0
 * @category models
 */
export interface Codec<in out A> {
  readonly [TypeId]: TypeId
  readonly decode: (wire: unknown, mode: Mode) => Either.Either<A, Issues>
  /** Unknown members of a request are faults. Unknown members of a response, which a handler returned, are left out. */
  readonly encode: (value: A, mode: Mode) => Either.Either<unknown, Issues>
  /** Writes a request without a check. Absent if writing has to transform the value, because that always checks it. */
  readonly unchecked?: ((value: A) => unknown) | undefined
  /** The names of the members on the wire, as far as the contract knows them. */
  readonly members: ReadonlyArray<string>
}

/**
 * The sources of a {@link Codec}, and the types that belong to one.
 *
 * @since 0.1.0
 * @category models
 */
export declare namespace Codec {
  /**
   * The values that a contract accepts where it needs a codec.
   *
   * @since 0.1.0
   * @category models
   */
  export type Source = Any | AnySchema | StandardSchemaV1

  /**
   * A codec of any type.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Any {
    readonly [TypeId]: TypeId
    readonly decode: (wire: unknown, mode: Mode) => Either.Either<unknown, Issues>
    readonly encode: (value: never, mode: Mode) => Either.Either<unknown, Issues>
    readonly unchecked?: ((value: never) => unknown) | undefined
    readonly members: ReadonlyArray<string>
  }

  /**
   * The type that a codec reads. For a codec of any type it is `unknown`, and the codec checks the value at run time.
   *
   * @since 0.1.0
   * @category models
   */
  export type Decoded<C> = C extends {
    readonly decode: (...args: never) => Either.Either<infer A, Issues>
  }
    ? A
    : never

  /**
   * A schema of `effect/Schema` that needs no service.
   *
   * @since 0.1.0
   * @category models
   */
  export type AnySchema = Schema.Schema.AnyNoContext

  /**
   * The type of a source's values.
   *
   * @since 0.1.0
   * @category models
   */
  export type Type<S> =
    S extends Codec<infer A>
      ? A
      : S extends Schema.Schema<infer A, infer _I, never>
        ? A
        : S extends StandardSchemaV1
          ? StandardSchemaV1.InferOutput<S>
          : never
}

/**
 * Makes a codec by hand.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <A>(codec: Omit<Codec<A>, TypeId>): Codec<A> =>
  // A member may be a getter, which computes its value on first use. A spread would call it now.
  Object.defineProperties({ [TypeId]: TypeId }, Object.getOwnPropertyDescriptors(codec)) as Codec<A>

/**
 * Returns whether a value is a codec.
 *
 * @since 0.1.0
 * @category guards
 */
export const isCodec = (input: unknown): input is Codec.Any => Predicate.hasProperty(input, TypeId)
