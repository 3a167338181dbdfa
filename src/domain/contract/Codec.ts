/**
 * Reads a request or a response from the wire, and writes it to the wire.
 *
 * The contract of an action holds codecs, not schemas, so that contracts of every origin look the same. You can write one
 * with `effect/Schema`, with `@effect/schema`, or with any Standard Schema (Zod, Valibot…). The catalogue's contracts are
 * generated.
 *
 * @since 0.1.0
 */
import type { StandardSchemaV1 } from "@standard-schema/spec"
import * as Predicate from "effect/Predicate"
import type * as Schema from "effect/Schema"
import { type Codec, isCodec, make } from "./internal/codec.js"
import * as effectSchema from "./internal/schema/effectSchema.js"
import * as standardSchema from "./internal/schema/standardSchema.js"

/**
 * One fault in a value: where it is, and what the contract expects there.
 *
 * @since 0.1.0
 * @category models
 */
export * as Issue from "../errors/Issue.js"
export { type Codec, type Issues, isCodec, type Mode, make, TypeId } from "./internal/codec.js"

/**
 * Makes a codec out of a schema of `effect/Schema`, and compiles its decoder at once.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromSchema = <A, I>(schema: Schema.Schema<A, I>): Codec<A> => make(effectSchema.codec(schema))

/**
 * Makes a codec out of a Standard Schema (https://standardschema.dev).
 *
 * Such a schema is one-way. Decoding checks and transforms a value, and encoding passes it through as it is. The schema's
 * members cannot be seen from outside, so the codec reads the wire as it is. In a response, `null` does not read as absent. In a
 * request it does, if the schema rejects it. Every value of a query or a form is a string. A schema that returns a Promise fails whenever it is used.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromStandardSchema = <S extends StandardSchemaV1>(schema: S): Codec<StandardSchemaV1.InferOutput<S>> =>
  make(standardSchema.codec(schema))

// A schema of `Schema.standardSchemaV1` is of both kinds. As a schema of Effect it can encode too, so it is read as one.
const isStandardSchema = (input: unknown): input is StandardSchemaV1 =>
  Predicate.hasProperty(input, "~standard") && !effectSchema.isSchema(input)

/**
 * Makes a codec out of any source: a codec, a schema of `effect/Schema`, or a Standard Schema.
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
  // True: `Codec.Type` tells the same three kinds apart in the same order.
  return codec as unknown as Codec<Codec.Type<S>>
}
