/** Leaves out what a request has and its shape does not, for clients that are newer than the catalogue. */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type * as Codec from "../../../domain/contract/Codec.js"
import { type CompiledShape, compile } from "../../../domain/contract/internal/shapeTable.js"
import type * as Shape from "../../../domain/contract/Shape.js"
import * as Json from "../../../domain/wire/Json.js"

/** How deep members are looked for. The codec says what is wrong with a request that is deeper. */
const maxDepth = 64

/** The parts of a multipart body hold lists and objects as JSON. */
const parsed = (value: unknown, mode: Codec.Mode): unknown =>
  mode === "parts" && typeof value === "string" && /^\s*[[{]/.test(value)
    ? Either.getOrElse(Json.parse(value), () => value)
    : value

const known = (shape: CompiledShape, given: unknown, mode: Codec.Mode, depth: number): unknown => {
  const value = parsed(given, mode)
  if (!Predicate.isRecord(value) || depth > maxDepth) return given
  const result: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) {
    const field = shape.byName.get(name)
    if (field === undefined) continue
    const { type } = field
    if (typeof type === "string") {
      result[name] = member
      continue
    }
    const inner = field.shape(type)
    const read = parsed(member, mode)
    result[name] = Array.isArray(read)
      ? read.map((each) => known(inner, each, mode, depth + 1))
      : known(inner, member, mode, depth + 1)
  }
  return result
}

/** Returns a request without the members that its shape does not have, at any depth, in a time that is in proportion to its size. */
export const withoutUnknown = (table: Shape.Table, wire: unknown, mode: Codec.Mode): unknown =>
  known(compile(table), wire, mode, 0)
