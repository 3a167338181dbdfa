/**
 * The shapes of the catalogue. A shape is a compact table of an object's members, which generated modules hold. One
 * interpreter reads, writes and checks values by these tables.
 *
 * A table is compiled on first use. So a program pays only for the actions that it calls, and loads no schema library.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import type { ApiError } from "../errors/ApiError.js"
import type * as Issue from "../errors/Issue.js"
import { type Action, fromCodecs, type Options } from "./internal/action.js"
import { type Codec, TypeId } from "./internal/codec.js"
import { read } from "./internal/readShape.js"
import { compile, type Table } from "./internal/shapeTable.js"

export type { Scalar } from "./internal/scalar.js"
export { letters, type Member, members, type Table } from "./internal/shapeTable.js"

const tables = new WeakMap<object, Table>()

/**
 * Makes the codec of a shape. `A` is the type that the generator wrote for it.
 *
 * - A request is checked exactly. A numeric text counts as a number, and a member that is `null` reads as absent.
 * - A response is read with tolerance. `null` reads as absent, and so does an empty text, list or object where the shape has
 *   another type. Numbers and booleans may be texts, and texts may be numbers. Unknown members stay as they are.
 * - An integer that a number cannot hold is an issue that names its digits. A program may send one as a `bigint`, or as a
 *   text of digits.
 *
 * A value that is right already comes back as it is. The codec never changes a value in place.
 *
 * @since 0.1.0
 * @category constructors
 */
export const codec = <A>(table: Table): Codec<A> => {
  const result: Codec<A> = {
    [TypeId]: TypeId,
    decode: (wire, mode) => read(table, wire, mode, false),
    encode: (value, mode) => read(table, value, mode, true),
    unchecked: (value) => value,
    get members() {
      return compile(table).names
    }
  }
  tables.set(result, table)
  return result
}

/**
 * Returns the shape of a codec, or `undefined` if {@link codec} did not make it.
 *
 * @since 0.1.0
 * @category getters
 */
export const of = (codec: object): Table | undefined => tables.get(codec)

/**
 * Returns every deviation of an answer from its document. Examples are an undeclared `null`, a number in a text, and a member
 * that the document does not name. A missing member counts if it should always be there.
 *
 * @since 0.1.0
 * @category decoding
 */
export const deviations = (table: Table, response: unknown): ReadonlyArray<Issue.Issue> =>
  Either.match(read(table, response, "strict", false), { onLeft: (issues) => issues, onRight: () => [] })

/**
 * Makes the contract of an action whose request and response are shapes.
 *
 * @since 0.1.0
 * @category constructors
 */
export const action = <
  const Name extends string,
  Request,
  Response,
  const Errors extends ReadonlyArray<ApiError.AnyClass>,
  const Streams extends boolean
>(
  name: Name,
  {
    request,
    response,
    ...options
  }: Omit<Options<Codec<Request>, Errors>, "request"> & { readonly request: Table; readonly response: Table },
  streams: Streams
): Action<Name, Request, Response, InstanceType<Errors[number]>, Streams> =>
  fromCodecs(name, { ...options, request: codec<Request>(request), response: codec<Response>(response) }, streams)
