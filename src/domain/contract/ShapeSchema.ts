/**
 * The shapes of the catalogue as schemas of `effect/Schema`: for JSON Schema, for arbitraries, for RPC. Calling an action needs
 * none of this, so it is a module of its own: the modules of the products load no schema library.
 *
 * A schema is exact where a `Codec` is tolerant: it says what the documents say, and reads nothing else. Its encoded side is the
 * wire. An integer is a number here too, between -(2^53 - 1) and 2^53 - 1.
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
  // No JSON: it travels as a part of its own.
  binary: Schema.declare((input): input is Uint8Array => input instanceof Uint8Array, {
    title: "Uint8Array",
    jsonSchema: { type: "string", format: "binary" },
    arbitrary: () => (fc) => fc.uint8Array()
  })
} satisfies Record<Shape.Scalar, Schema.Schema.AnyNoContext>

/** To the library a struct without members is whatever is not `null`. */
const empty = Schema.Struct({}).pipe(
  Schema.filter(Json.isObject, {
    jsonSchema: { type: "object", properties: {}, required: [], additionalProperties: false },
    arbitrary: () => (fc) => fc.constant({})
  })
)

/** Who wrote the value: of a request what is required has to be there, of a response nothing has. */
type Direction = "request" | "response"

const made: Readonly<Record<Direction, WeakMap<Shape.Table, Schema.Schema.AnyNoContext>>> = {
  request: new WeakMap(),
  response: new WeakMap()
}

const fieldOf = ({ list, nullable, required, type }: Shape.Member, direction: Direction) => {
  const one = typeof type === "string" ? scalars[type] : schemaOf(type, direction)
  const whole: Schema.Schema.AnyNoContext = list ? Schema.Array(one) : one
  if (direction === "request") return required ? whole : Schema.optional(whole)
  return nullable
    ? Schema.optionalWith(whole, { exact: true, nullable: true })
    : Schema.optionalWith(whole, { exact: true })
}

const schemaOf = (table: Shape.Table, direction: Direction): Schema.Schema.AnyNoContext => {
  const known = made[direction].get(table)
  if (known !== undefined) return known
  const [identifier] = table
  // A shape that holds itself, by whatever way, finds this while it is being made.
  const later: Schema.Schema.AnyNoContext = Schema.suspend(() => schema)
  made[direction].set(table, later)
  const fields = Shape.members(table).map((member) => [member.name, fieldOf(member, direction)] as const)
  const struct = fields.length === 0 ? empty : Schema.Struct(Object.fromEntries(fields))
  const schema: Schema.Schema.AnyNoContext = struct.annotations({ identifier })
  made[direction].set(table, schema)
  return schema
}

/**
 * The schema of an action's request; none where the action is not of the catalogue, or has got another codec.
 *
 * Each shape is an identifier, and so a definition of the JSON Schema. In the schema of a response the same names stand for other
 * definitions, in which nothing is required: a document that is made of both at once needs other names for one of them.
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
  // The generator wrote the type of the request from the same table.
  Option.map(Option.fromNullable(Shape.of(action.request)), (table) => schemaOf(table, "request"))

/**
 * The schema of what a handler of an action answers, the RequestId aside; of an action that streams, of each event. All members
 * are optional. Where the document says that one may be `null`, it is read as absent. None where the action is not of the
 * catalogue, or has got another response.
 *
 * @since 0.1.0
 * @category constructors
 */
export const response = <A extends Action.Action.Any>(
  action: A
): Option.Option<Schema.Schema<Action.Action.Response<A>, object>> =>
  // The generator wrote the type of the response from the same table.
  Option.map(Option.fromNullable(Shape.of(action.response)), (table) => schemaOf(table, "response"))
