/**
 * How a request or a response is read from the wire and written to it. The contract of an action holds codecs, not
 * schemas, so that contracts of every origin are one thing: written with `effect/Schema`, with `@effect/schema`, with any
 * Standard Schema (Zod, Valibot…), or generated from the catalogue.
 *
 * @since 0.1.0
 */
import type { StandardSchemaV1 } from "@standard-schema/spec"
import type * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import type * as Issue from "../errors/Issue.js"
import * as codecs from "./internal/codec.js"
import * as effectSchema from "./internal/effectSchema.js"
import * as standardSchema from "./internal/standardSchema.js"

/**
 * One fault in a value: where it is, and what the contract expects there.
 *
 * @since 0.1.0
 * @category models
 */
export * as Issue from "../errors/Issue.js"

/**
 * Marks a value as a codec.
 *
 * @since 0.1.0
 * @category symbols
 */
export const TypeId: unique symbol = codecs.TypeId as never

/**
 * The type of the mark {@link TypeId}.
 *
 * @since 0.1.0
 * @category symbols
 */
export type TypeId = typeof TypeId

/**
 * Every fault of a value.
 *
 * @since 0.1.0
 * @category models
 */
export type Issues = readonly [Issue.Issue, ...ReadonlyArray<Issue.Issue>]

/**
 * How exactly a value from the wire is read.
 *
 * - `request`: exact, as the service checks it: unknown members are faults. A numeric string is taken for a number.
 * - `form`: the same for a query or a form, where every value is a string: `"true"` is taken for a boolean too.
 * - `parts`: the same for multipart parts and headers, where lists and objects are JSON, as the official Python client writes
 *   them.
 * - `response`: tolerant, as real answers need it: unknown members are no faults – a shape keeps them, a schema leaves them
 *   out –, `null` reads as absent, numbers and booleans may come as strings.
 * - `strict`: a response too, and every deviation from the contract is a fault.
 *
 * @since 0.1.0
 * @category models
 */
export type Mode = "request" | "form" | "parts" | "response" | "strict"

/**
 * Reads and writes the wire form of `A`. Both directions are pure and never throw: what is wrong comes back as issues,
 * each with its path.
 *
 * @since 0.1.0
 * @category models
 */
export interface Codec<in out A> {
  readonly [TypeId]: TypeId
  readonly decode: (wire: unknown, mode: Mode) => Either.Either<A, Issues>
  /** A request's unknown members are faults; those of a response, which a handler gave, are left out. */
  readonly encode: (value: A, mode: Mode) => Either.Either<unknown, Issues>
  /** Writes a request without a check; absent where a value has to be transformed, and so is checked always. */
  readonly unchecked?: ((value: A) => unknown) | undefined
  /** The names of the members on the wire, as far as the contract tells them. */
  readonly members: ReadonlyArray<string>
}

/**
 * What goes with a {@link Codec}: what one is made from, and the types that are read off it.
 *
 * @since 0.1.0
 * @category models
 */
export declare namespace Codec {
  /**
   * What a contract may give where a codec is needed.
   *
   * @since 0.1.0
   * @category models
   */
  export type Source = Any | AnySchema | StandardSchemaV1

  /**
   * A codec of anything.
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
   * What a codec reads. Of a codec of anything it is `unknown`: what does not fit is told at run time.
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
   * What a source's values are.
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
export const make: <A>(codec: Omit<Codec<A>, TypeId>) => Codec<A> = codecs.make

/**
 * Whether a value is a codec.
 *
 * @since 0.1.0
 * @category guards
 */
export const isCodec = (input: unknown): input is Codec.Any => Predicate.hasProperty(input, TypeId)

/**
 * The codec of a schema of `effect/Schema`. Its decoder is compiled here, once.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromSchema = <A, I>(schema: Schema.Schema<A, I>): Codec<A> => make(effectSchema.codec(schema))

/**
 * The codec of a Standard Schema (https://standardschema.dev). It is one-way: decoding checks and transforms, encoding
 * passes values through as they are, since such a schema knows no way back. What its members are cannot be seen from outside, so
 * it reads what is sent as it is: no `null` reads as absent, and in a query or a form every value is a string to it. A schema
 * that answers with a Promise is refused where it is used.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromStandardSchema = <S extends StandardSchemaV1>(schema: S): Codec<StandardSchemaV1.InferOutput<S>> =>
  make(standardSchema.codec(schema))

// `Schema.standardSchemaV1` makes a schema that is of both kinds: as its own it can encode too.
const isStandardSchema = (input: unknown): input is StandardSchemaV1 =>
  Predicate.hasProperty(input, "~standard") && !Predicate.hasProperty(input, Symbol.for("effect/Schema"))

/**
 * The codec of whatever a contract gives.
 *
 * @since 0.1.0
 * @category constructors
 */
export const from = <S extends Codec.Source>(source: S): Codec<Codec.Type<S>> => {
  const codec: Codec.Any = isCodec(source)
    ? source
    : isStandardSchema(source)
      ? fromStandardSchema(source)
      : fromSchema(source)
  // `Codec.Type` reads the same three kinds in the same order.
  return codec as unknown as Codec<Codec.Type<S>>
}
