/** Converts a wire value to the form that a schema accepts, for example the string `"1"` to a number. */
import * as Either from "effect/Either"
import * as Json from "../../../wire/Json.js"
import type { Mode } from "../codec.js"
import * as scalar from "../scalar.js"
import type { Ast } from "./ast.js"

/** Converts a wire value, or returns it as it is. It converts only what the protocol defines as the same value. */
type Coerce = (value: unknown, mode: Mode) => unknown

const same: Coerce = (value) => value

const toNumber: Coerce = (value) => (typeof value === "string" ? (scalar.numberOf(value) ?? value) : value)

const toBigInt: Coerce = (value) => {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : value
  return typeof value === "string" ? (scalar.bigintOf(value) ?? value) : value
}

const toBoolean: Coerce = (value, mode) =>
  typeof value === "string" ? (scalar.booleanOf(value, mode) ?? value) : value

/** Parses a list or an object, which is JSON text in a multipart part. */
const toStructure: Coerce = (value, mode) =>
  mode === "parts" && typeof value === "string" ? Either.getOrElse(Json.parse(value), () => value) : value

const encodedSide = (ast: Ast): Ast => {
  const inner = ast.from ?? (ast._tag === "Suspend" ? ast.f?.() : undefined)
  return inner === undefined ? ast : encodedSide(inner)
}

const accepts = (ast: Ast, tags: ReadonlyArray<string>, literal: (value: unknown) => boolean): boolean => {
  const encoded = encodedSide(ast)
  if (encoded._tag === "Union") return (encoded.types ?? []).some((type) => accepts(type, tags, literal))
  return tags.includes(encoded._tag) || (encoded._tag === "Literal" && literal(encoded.literal))
}

const anything = ["AnyKeyword", "UnknownKeyword", "Declaration"]
const acceptsNull = (ast: Ast): boolean => accepts(ast, anything, (value) => value === null)
const acceptsString = (ast: Ast): boolean =>
  accepts(ast, [...anything, "StringKeyword", "TemplateLiteral", "Enums"], (value) => typeof value === "string")

const union = (types: ReadonlyArray<Ast>): Coerce => {
  const acceptsText = types.some(acceptsString)
  const structural = types.filter((type) => ["TypeLiteral", "TupleType"].includes(encodedSide(type)._tag))
  const simple = types.filter((type) => !structural.includes(type)).map(coercer)
  const candidates = structural.map((type) => ({ likeness: likeness(encodedSide(type)), coerce: coercer(type) }))
  return (given, mode) => {
    const value = structural.length > 0 && !acceptsText ? toStructure(given, mode) : given
    if (typeof value === "object" && value !== null) {
      let [best, coerce] = [-1, same]
      for (const candidate of candidates) {
        const likeness = candidate.likeness(value)
        if (likeness > best) [best, coerce] = [likeness, candidate.coerce]
      }
      return coerce(value, mode)
    }
    if (typeof value === "string" && acceptsText) return value
    for (const coerce of simple) {
      const coerced = coerce(value, mode)
      if (coerced !== value) return coerced
    }
    return value
  }
}

/**
 * Returns how well a value fits a member of a union: the number of names that both have. Returns -1 if the value cannot be
 * that member, because it lacks a required name or has another value where the member has a literal.
 */
const likeness = (ast: Ast): ((value: object) => number) => {
  if (ast._tag === "TupleType") return (value) => (Array.isArray(value) ? 0 : -1)
  const members = (ast.propertySignatures ?? []).map(({ isOptional, name, type }) => {
    const { _tag, literal } = encodedSide(type)
    return { name, isOptional, fixed: _tag === "Literal" ? { literal } : undefined }
  })
  return (value) => {
    if (Array.isArray(value)) return -1
    let shared = 0
    for (const { fixed, isOptional, name } of members) {
      const has = Object.hasOwn(value, name)
      if (!has && !isOptional) return -1
      if (fixed !== undefined && (has || !isOptional) && String(Reflect.get(value, name)) !== String(fixed.literal))
        return -1
      if (has) shared += 1
    }
    return shared
  }
}

const list = (elements: ReadonlyArray<Coerce>, rest: Ast | undefined): Coerce => {
  const others = rest === undefined ? same : coercer(rest)
  const nullable = rest === undefined || acceptsNull(rest)
  return (given, mode) => {
    const value = toStructure(given, mode)
    if (!Array.isArray(value)) return value
    // In a list, a `null` is an absent element. In a tuple, each place has a meaning, so it stays.
    const present =
      mode === "response" && !nullable && elements.length === 0 ? value.filter((item) => item !== null) : value
    // A list that needs no change is not copied, however long it is.
    let coerced: Array<unknown> | undefined
    for (let index = 0; index < present.length; index++) {
      const before: unknown = present[index]
      const after = (elements[index] ?? others)(before, mode)
      if (after === before) continue
      coerced ??= [...present]
      coerced[index] = after
    }
    return coerced ?? (present.length === value.length ? value : present)
  }
}

const object = (ast: Ast): Coerce => {
  const members = new Map(
    (ast.propertySignatures ?? []).flatMap(({ name, type }) =>
      typeof name === "string" ? [[name, { coerce: coercer(type), nullable: acceptsNull(type) }] as const] : []
    )
  )
  const other = ast.indexSignatures?.[0]
  const others = other === undefined ? undefined : { coerce: coercer(other.type), nullable: acceptsNull(other.type) }
  return (given, mode) => {
    const value = toStructure(given, mode)
    if (!Json.isObject(value)) return value
    let changed: Record<string, unknown> | undefined
    // The decoder of a record assigns its keys. This one would become the prototype of the record.
    if (others !== undefined && Object.hasOwn(value, "__proto__")) {
      if (mode !== "response") return undefined
      changed = { ...value }
      Reflect.deleteProperty(changed, "__proto__")
    }
    for (const name of Object.keys(value)) {
      const member = members.get(name) ?? others
      const before = value[name]
      if (member === undefined || name === "__proto__") continue
      // If the member is required, the schema then says that it is missing. A strict reading does not come here.
      const absent = before === null && !member.nullable
      const after = absent ? undefined : member.coerce(before, mode)
      if (after === before) continue
      changed ??= { ...value }
      if (absent) delete changed[name]
      else changed[name] = after
    }
    return changed ?? value
  }
}

const compile = (ast: Ast): Coerce => {
  switch (ast._tag) {
    case "NumberKeyword":
      return toNumber
    case "BigIntKeyword":
      return toBigInt
    case "BooleanKeyword":
      return toBoolean
    case "Literal":
      return typeof ast.literal === "number" ? toNumber : typeof ast.literal === "boolean" ? toBoolean : same
    case "Enums":
      return (ast.enums ?? []).every(([, value]) => typeof value === "number") ? toNumber : same
    case "Union":
      return union(ast.types ?? [])
    case "TupleType":
      return list(
        (ast.elements ?? []).map(({ type }) => coercer(type)),
        ast.rest?.[0]?.type
      )
    case "TypeLiteral":
      return object(ast)
    default:
      return ast.from === undefined ? same : coercer(ast.from)
  }
}

const compiled = new WeakMap<Ast, Coerce>()

/** Compiles the conversion of a schema, once. A schema that refers to itself is compiled on first use. */
export const coercer = (ast: Ast): Coerce => {
  const known = compiled.get(ast)
  if (known !== undefined) return known
  const coerce: Coerce =
    ast._tag === "Suspend" && ast.f !== undefined
      ? (
          (resolve) => (value, mode) =>
            coercer(resolve())(value, mode)
        )(ast.f)
      : compile(ast)
  compiled.set(ast, coerce)
  return coerce
}

/** Returns the names of an object's members on the wire. */
export const membersOf = (ast: Ast): ReadonlyArray<string> =>
  (encodedSide(ast).propertySignatures ?? []).flatMap(({ name }) => (typeof name === "string" ? [name] : []))
