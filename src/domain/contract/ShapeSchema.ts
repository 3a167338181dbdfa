/**
 * Returns the contracts of the catalogue as schemas of `effect/Schema`, for example for JSON Schema, for arbitraries or for
 * RPC. A call does not need this module, and no product loads it or a schema library.
 *
 * A schema is exact where a codec is tolerant. It accepts what the documents say, and nothing else. Its encoded side is the
 * wire. An integer is a number between -(2^53 - 1) and 2^53 - 1.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Json from "../wire/Json.js"
import type * as Action from "./Action.js"
import * as Shape from "./Shape.js"

const time = (text: string, format: string, cut: (iso: string) => string) =>
  Schema.String.annotations({
    description: text,
    jsonSchema: { type: "string", format },
    arbitrary: () => (fc) =>
      fc
        .date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true })
        .map((date) => cut(date.toISOString()))
  })

/** An integer whose values pass 2^53. On the wire it is a number if a number can hold it. */
const big = (format: "int64" | "uint64") => {
  const [min, max] = format === "int64" ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n]
  const jsonSchema = { type: "integer", format, ...(format === "uint64" ? { minimum: 0 } : {}) }
  const integer = Schema.BigIntFromSelf.pipe(
    Schema.betweenBigInt(min, max, {
      description: format,
      jsonSchema,
      arbitrary: () => (fc) => fc.bigInt({ min, max })
    })
  )
  const number = format === "int64" ? Schema.Int : Schema.NonNegative.pipe(Schema.int())
  const either = Schema.Union(number, integer).annotations({ description: format, jsonSchema })
  return {
    request: either,
    response: Schema.transform(either, integer, { strict: true, decode: BigInt, encode: (value) => value })
  }
}

const bigs: Readonly<Record<"big_int64" | "big_uint64", ReturnType<typeof big>>> = {
  big_int64: big("int64"),
  big_uint64: big("uint64")
}

const scalars = {
  string: Schema.String,
  int64: Schema.Number.pipe(Schema.int({ description: "int64", jsonSchema: { type: "integer", format: "int64" } })),
  uint64: Schema.Number.pipe(
    Schema.int({ jsonSchema: { type: "integer" } }),
    Schema.nonNegative({ description: "uint64", jsonSchema: { minimum: 0, format: "uint64" } })
  ),
  float: Schema.Number.pipe(Schema.finite({ jsonSchema: { type: "number" } })),
  bool: Schema.Boolean,
  datetime: time("a time, `2020-09-22 00:00:00`", "datetime", (iso) => iso.slice(0, 19).replace("T", " ")),
  datetime_iso: time("a time, `2020-09-22T00:00:00+00:00`", "date-time", (iso) => `${iso.slice(0, 19)}+00:00`),
  date: time("a day, `2020-09-22`", "date", (iso) => iso.slice(0, 10)),
  // It has no JSON form, and travels as a multipart part.
  binary: Schema.declare((input): input is Uint8Array => input instanceof Uint8Array, {
    title: "Uint8Array",
    jsonSchema: { type: "string", format: "binary" },
    arbitrary: () => (fc) => fc.uint8Array()
  })
} satisfies Record<Exclude<Shape.Scalar, keyof typeof bigs>, Schema.Schema.AnyNoContext>

const scalarOf = (type: Shape.Scalar, direction: Direction): Schema.Schema.AnyNoContext =>
  type === "big_int64" || type === "big_uint64" ? bigs[type][direction] : scalars[type]

/** In the library, a struct without members accepts everything but `null`. This one accepts objects only. */
const empty = Schema.Struct({}).pipe(
  Schema.filter(Json.isObject, {
    jsonSchema: { type: "object", properties: {}, required: [], additionalProperties: false },
    arbitrary: () => (fc) => fc.constant({})
  })
)

/** A request must have its required members. A response needs none. */
type Direction = "request" | "response"

const cache: Readonly<Record<Direction, WeakMap<Shape.Table, Schema.Schema.AnyNoContext>>> = {
  request: new WeakMap(),
  response: new WeakMap()
}

const fieldOf = ({ list, nullable, required, type }: Shape.Member, direction: Direction) => {
  const one = typeof type === "string" ? scalarOf(type, direction) : schemaOf(type, direction)
  const whole: Schema.Schema.AnyNoContext = list ? Schema.Array(one) : one
  if (direction === "request") return required ? whole : Schema.optional(whole)
  return nullable
    ? Schema.optionalWith(whole, { exact: true, nullable: true })
    : Schema.optionalWith(whole, { exact: true })
}

const schemaOf = (table: Shape.Table, direction: Direction): Schema.Schema.AnyNoContext => {
  const cached = cache[direction].get(table)
  if (cached !== undefined) return cached
  const [identifier] = table
  // A shape that contains itself finds this one before the struct below exists.
  const reference: Schema.Schema.AnyNoContext = Schema.suspend(() => schema)
  cache[direction].set(table, reference)
  const fields = Shape.members(table).map((member) => [member.name, fieldOf(member, direction)] as const)
  const struct = fields.length === 0 ? empty : Schema.Struct(Object.fromEntries(fields))
  const schema: Schema.Schema.AnyNoContext = struct.annotations({ identifier })
  cache[direction].set(table, schema)
  return schema
}

/**
 * Returns the schema of an action's request. Returns none if the action is not of the catalogue, or has another codec.
 *
 * Each shape has an identifier, and so becomes a definition of the JSON Schema. The schemas of requests and of responses use
 * the same identifiers, but no member of a response is required. So a document that contains both needs to rename one of them.
 *
 * @example
 * ```ts
 * import * as JSONSchema from "effect/JSONSchema"
 * import * as Option from "effect/Option"
 * import * as ShapeSchema from "effect-tencentcloud/ShapeSchema"
 * import { AssumeRole } from "effect-tencentcloud/products/sts"
 *
 * export const jsonSchema = Option.map(ShapeSchema.request(AssumeRole.action), (schema) => JSONSchema.make(schema))
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const request = <A extends Action.Action.Any>(
  action: A
): Option.Option<Schema.Schema<Action.Action.Request<A>, object>> =>
  // True: the generator wrote the type of the request from the same table.
  Option.map(Option.fromNullable(Shape.of(action.request)), (table) => schemaOf(table, "request"))

/**
 * Returns the schema of an action's response without its RequestId, or of each event if the action streams. All members are
 * optional. If the document allows `null` for a member, `null` reads as absent.
 *
 * Returns none if the action is not of the catalogue, or has another response.
 *
 * @since 0.1.0
 * @category constructors
 */
export const response = <A extends Action.Action.Any>(
  action: A
): Option.Option<Schema.Schema<Action.Action.Response<A>, object>> =>
  // True: the generator wrote the type of the response from the same table.
  Option.map(Option.fromNullable(Shape.of(action.response)), (table) => schemaOf(table, "response"))
