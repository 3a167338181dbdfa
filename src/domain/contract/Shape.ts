/**
 * The shapes of the catalogue: what an object's members are, as compact tables that generated modules hold, and the one
 * interpreter that reads, writes and checks values by them. A table is read on first use and then kept, so a program pays for
 * the actions that it calls, and loads no schema library.
 *
 * @since 0.1.0
 */
import { isNonEmptyReadonlyArray } from "effect/Array"
import * as Either from "effect/Either"
import type { ApiError } from "../errors/ApiError.js"
import type * as Issue from "../errors/Issue.js"
import * as Json from "../wire/Json.js"
import type { Action, Options } from "./Action.js"
import type { Codec, Issues, Mode } from "./Codec.js"
import * as codecs from "./internal/codec.js"
import * as contract from "./internal/contract.js"
import * as scalar from "./internal/scalar.js"

/**
 * A shape as a generated module holds it: its name, its members in a line of text, and the shapes that they refer to, behind a
 * function, since shapes refer to each other in circles.
 *
 * A member is `Name:type`, members stand apart by commas. The type is one of the letters of {@link letters}, or the index of a
 * shape; behind it `*` says that it is a list, `!` that a request must have it, `?` that a response may hold `null`, `+` that a
 * response always has it, `~` that it is deprecated.
 *
 * @example
 * ```ts
 * import type * as Shape from "effect-tencentcloud/Shape"
 *
 * const Filter: Shape.Table = ["Filter", "Name:s!,Values:s*!"]
 *
 * export const DescribeZonesRequest: Shape.Table = ["DescribeZonesRequest", "Filters:0*,Limit:i", () => [Filter]]
 * ```
 *
 * @since 0.1.0
 * @category models
 */
export type Table = readonly [name: string, members: string, shapes?: () => ReadonlyArray<Table>]

/**
 * A type of the wire that is no object, by the name that the service's messages use.
 *
 * `datetime` is `2020-09-22 00:00:00`, `datetime_iso` is `2020-09-22T00:00:00+00:00`, `date` is `2020-09-22`: texts, all three.
 *
 * @since 0.1.0
 * @category models
 */
export type Scalar = "string" | "int64" | "uint64" | "float" | "bool" | "datetime" | "datetime_iso" | "date" | "binary"

/**
 * A member of a shape.
 *
 * @since 0.1.0
 * @category models
 */
export interface Member {
  readonly name: string
  /** A scalar's name, or the shape of an object. */
  readonly type: Scalar | Table
  readonly list: boolean
  /** Whether a request must have it. */
  readonly required: boolean
  /** Whether the document says that a response may hold `null` here. Any response may. */
  readonly nullable: boolean
  /** Whether the document says that a response always has it. Real ones leave it out now and then. */
  readonly always: boolean
  readonly deprecated: boolean
}

/**
 * The letters that stand for the scalars in a {@link Table}.
 *
 * @since 0.1.0
 * @category models
 */
export const letters = {
  s: "string",
  i: "int64",
  u: "uint64",
  f: "float",
  b: "bool",
  d: "datetime",
  D: "datetime_iso",
  t: "date",
  B: "binary"
} as const satisfies Record<string, Scalar>

/** A shape, ready to be used. */
interface Compiled {
  readonly members: ReadonlyArray<Member>
  readonly fields: ReadonlyArray<Field>
  readonly names: ReadonlyArray<string>
  readonly byName: ReadonlyMap<string, Field>
  readonly required: ReadonlyArray<Field>
}

/** A member, ready to be used: one shape for V8, whatever the member is. */
class Field {
  readonly name: string
  readonly type: Scalar | Table
  readonly list: boolean
  readonly nullable: boolean
  readonly always: boolean
  private compiled: Compiled | undefined = undefined

  constructor(
    { always, list, name, nullable, type }: Member,
    /** Its place among the members. */
    readonly index: number
  ) {
    this.name = name
    this.type = type
    this.list = list
    this.nullable = nullable
    this.always = always
  }

  shape(table: Table): Compiled {
    this.compiled ??= compile(table)
    return this.compiled
  }
}

/** A fault of the program that holds the table, and of no value that is read by it. */
class BrokenTable extends Error {}

const compiled = new WeakMap<Table, Compiled>()

const isLetter = (type: string): type is keyof typeof letters => Object.hasOwn(letters, type)

/** The same text, once more: V8 compares the names of properties by where they stand in memory, and all other texts by what they hold. */
const asName = (text: string): string => Object.keys({ [text]: text })[0] ?? text

const parseMember = (text: string, shapes: ReadonlyArray<Table>): Member => {
  const colon = text.indexOf(":")
  const marks = /\D*$/.exec(text.slice(colon + 2))?.[0] ?? ""
  const type = text.slice(colon + 1, text.length - marks.length)
  const shape = isLetter(type) ? letters[type] : shapes[Number(type)]
  if (shape === undefined) throw new BrokenTable(`a table without its shape: ${text}`)
  return {
    name: asName(text.slice(0, colon)),
    type: shape,
    list: marks.includes("*"),
    required: marks.includes("!"),
    nullable: marks.includes("?"),
    always: marks.includes("+"),
    deprecated: marks.includes("~")
  }
}

const compile = (table: Table): Compiled => {
  const known = compiled.get(table)
  if (known !== undefined) return known
  const [, text, shapes] = table
  const referred = shapes?.() ?? []
  const members = text === "" ? [] : text.split(",").map((member) => parseMember(member, referred))
  const fields = members.map((member, index) => new Field(member, index))
  const made: Compiled = {
    members,
    fields,
    names: members.map(({ name }) => name),
    byName: new Map(fields.map((field) => [field.name, field])),
    required: fields.filter((_, index) => members[index]?.required)
  }
  compiled.set(table, made)
  return made
}

/**
 * The members of a shape.
 *
 * @since 0.1.0
 * @category getters
 */
export const members = (table: Table): ReadonlyArray<Member> => compile(table).members

/** What goes on while a value is read: how exactly, where, and what was wrong so far. */
interface Reading {
  readonly mode: Mode
  /** Whether the value comes from the program, whose numbers are numbers. */
  readonly outward: boolean
  readonly path: Array<string | number>
  readonly issues: Array<Issue.Issue>
}

/** Instead of a value that could not be read; what is wrong stands among the issues. */
const unread = Symbol()

const refuse = (reading: Reading, kind: Issue.Issue["kind"], expected: string, found: string): typeof unread => {
  reading.issues.push({ kind, path: [...reading.path], expected, found })
  return unread
}

const refuseAt = (reading: Reading, name: string, kind: Issue.Issue["kind"], expected: string): void => {
  reading.issues.push({ kind, path: [...reading.path, name], expected, found: "" })
}

const wireName = ({ list, type }: Field): string => (list ? "list" : typeof type === "string" ? type : "object")

/** A list or an object among multipart parts is JSON in a text. */
const structure = (value: unknown, { mode, outward }: Reading): unknown =>
  mode === "parts" && !outward && typeof value === "string" && /^\s*[[{]/.test(value)
    ? Either.getOrElse(Json.parse(value), () => value)
    : value

const readScalar = (type: Scalar, value: unknown, reading: Reading): unknown => {
  const read = scalar.read(type, value, reading.mode, reading.outward)
  return read === scalar.unread ? refuse(reading, "type", type, scalar.found(type, value)) : read
}

const isRight = (type: Member["type"], value: unknown): boolean =>
  typeof type === "string" && scalar.isRight(type, value)

/** Reads what stands in a member or a list under this name. */
const readAt = (name: string | number, field: Field, list: boolean, value: unknown, reading: Reading): unknown => {
  const { type } = field
  reading.path.push(name)
  const read = list
    ? readList(field, value, reading)
    : typeof type === "string"
      ? readScalar(type, value, reading)
      : readObject(field.shape(type), value, reading)
  reading.path.pop()
  return read
}

/** Whether a list or an object has nothing in it, and stands where something else belongs. */
const isVoid = (value: unknown, type: Member["type"], list: boolean): boolean =>
  Array.isArray(value)
    ? !list && value.length === 0
    : (list || typeof type === "string") && scalar.isRecord(value) && Object.keys(value).length === 0

/** Whether a value of a response says that there is none. */
const isNothing = (value: unknown, type: Member["type"], list: boolean, { mode, outward }: Reading): boolean => {
  if (mode !== "response" || value === null || outward) return mode === "response" && value === null
  // Services written in languages without types write an empty text, list or object for what they do not have.
  return value === "" ? list || !scalar.isText(type) : isVoid(value, type, list)
}

const readList = (field: Field, given: unknown, reading: Reading): unknown => {
  const { type } = field
  const value = structure(given, reading)
  if (!Array.isArray(value)) return refuse(reading, "type", "list", scalar.nameOf(value))
  let copy: Array<unknown> | undefined
  for (let index = 0; index < value.length; index++) {
    const before: unknown = value[index]
    if (isNothing(before, type, false, reading)) {
      copy ??= value.slice(0, index)
      continue
    }
    const after = isRight(type, before) ? before : readAt(index, field, false, before, reading)
    if (copy !== undefined) copy.push(after)
    else if (after !== before) {
      copy = value.slice(0, index)
      copy.push(after)
    }
  }
  return copy ?? value
}

const isAbsent = (value: unknown, { list, nullable, type }: Field, reading: Reading): boolean =>
  value === undefined ||
  isNothing(value, type, list, reading) ||
  (value === null && reading.mode === "strict" && nullable)

/** Gives undefined for what is absent. */
const readMember = (field: Field, value: unknown, reading: Reading): unknown => {
  const { list, name, type } = field
  if (!list && isRight(type, value)) return value
  return isAbsent(value, field, reading) ? undefined : readAt(name, field, list, value, reading)
}

/** Members that the envelope puts among those of a response. */
const isOfEnvelope = (name: string): boolean => name === "RequestId" || name === "DeprecatedWarning"

/**
 * What no shape knows is a fault of a request. In an answer it is kept as it is, since services know members before their documents
 * do; in one that a handler gave it is left out. Of what the envelope adds an answer keeps its RequestId.
 */
const readUnknown = (name: string, value: unknown, reading: Reading): unknown => {
  const { mode, outward, path } = reading
  if (mode === "response") {
    // As a member's name it would be the prototype of a copy.
    if (outward || value === null || name === "__proto__") return undefined
    return path.length === 0 && name === "DeprecatedWarning" ? undefined : value
  }
  if (mode === "strict" && path.length === 0 && isOfEnvelope(name)) return undefined
  if (value !== undefined) refuseAt(reading, name, "unknown", "no such member")
  return undefined
}

/** How many members {@link without} leaves out at once. */
const few = 8

/**
 * A copy without some members. Made at once it takes a quarter of the memory that it does member by member, which V8 makes a
 * dictionary of; but to leave out very many so takes too long.
 */
const without = (value: Readonly<Record<string, unknown>>, absent: ReadonlyArray<string>): Record<string, unknown> => {
  const [name] = absent
  if (name === undefined) return { ...value }
  if (absent.length <= few) {
    const [, a = name, b = name, c = name, d = name, e = name, f = name, g = name] = absent
    const { [name]: _, [a]: _a, [b]: _b, [c]: _c, [d]: _d, [e]: _e, [f]: _f, [g]: _g, ...rest } = value
    return rest
  }
  const names = new Set(absent)
  const copy: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) if (!names.has(name)) copy[name] = member
  return copy
}

const { hasOwnProperty } = Object.prototype

const readObject = ({ byName, fields, required }: Compiled, given: unknown, reading: Reading): unknown => {
  const value = structure(given, reading)
  if (!scalar.isRecord(value)) return refuse(reading, "type", "object", scalar.nameOf(value))
  const { mode } = reading
  let next = 0
  let absent: Array<string> | undefined
  let changed: Array<readonly [name: string, value: unknown]> | undefined
  // It takes a seventh of the time that `Object.keys` would, with a look for the value under each.
  for (const name in value) {
    // V8 leaves this out for what an object's own loop gives, and `Object.hasOwn` it calls.
    if (!hasOwnProperty.call(value, name)) continue
    const before: unknown = value[name]
    // Members mostly come in the order of the document.
    const guess = fields[next]
    const field = guess?.name === name ? guess : byName.get(name)
    let after: unknown
    if (field === undefined) after = readUnknown(name, before, reading)
    else {
      next = field.index + 1
      after = readMember(field, before, reading)
    }
    if (after === undefined) {
      absent ??= []
      absent.push(name)
    } else if (after !== before) {
      changed ??= []
      changed.push([name, after])
    }
  }
  let result = value
  // Of an instance of a class its members are what is meant, and not what its `toJSON` would make of it.
  if (absent !== undefined || changed !== undefined || !scalar.isPlain(value)) {
    const copy = without(value, absent ?? [])
    for (const [name, after] of changed ?? []) copy[name] = after
    result = copy
  }
  if (mode === "strict") {
    for (const member of fields) {
      if (member.always && !Object.hasOwn(value, member.name))
        refuseAt(reading, member.name, "missing", wireName(member))
    }
  } else if (mode !== "response") {
    for (const member of required) {
      if (!Object.hasOwn(result, member.name)) refuseAt(reading, member.name, "missing", wireName(member))
    }
  }
  return result
}

/** A value that cannot be looked through: nested without end, or with a getter that throws. */
const unreadable = (cause: unknown): Issue.Issue => ({
  kind: "value",
  path: [],
  expected: cause instanceof RangeError ? "a value that is not nested without end" : "a value that can be read",
  found: ""
})

const read = <A>(table: Table, value: unknown, mode: Mode, outward: boolean): Either.Either<A, Issues> => {
  const reading: Reading = { mode, outward, path: [], issues: [] }
  let result: unknown
  try {
    result = readObject(compile(table), value, reading)
  } catch (cause) {
    if (cause instanceof BrokenTable) throw cause
    reading.issues.push(unreadable(cause))
  }
  return isNonEmptyReadonlyArray(reading.issues) ? Either.left(reading.issues) : Either.right(result as A)
}

const tables = new WeakMap<object, Table>()

/**
 * The codec of a shape. `A` is what the generator wrote as the shape's type.
 *
 * A request is checked exactly; a numeric text passes for a number. A response is read with tolerance: `null`, and an empty text,
 * list or object in the place of another type, read as absent, numbers and booleans may come as texts and texts as numbers, unknown
 * members are kept as they are. An integer that a number cannot hold is an issue that names its digits, in both; a program may send one, as a `bigint` or
 * as a text of digits. What is right already is given back as it is, and nothing is ever changed in place.
 *
 * @since 0.1.0
 * @category constructors
 */
export const codec = <A>(table: Table): Codec<A> => {
  const made: Codec<A> = {
    [codecs.TypeId]: codecs.TypeId,
    decode: (wire, mode) => read(table, wire, mode, false),
    encode: (value, mode) => read(table, value, mode, true),
    unchecked: (value) => value,
    get members() {
      return compile(table).names
    }
  }
  tables.set(made, table)
  return made
}

/**
 * The shape behind a codec that was made here; none of any other.
 *
 * @since 0.1.0
 * @category getters
 */
export const of = (codec: object): Table | undefined => tables.get(codec)

/**
 * How an answer deviates from its document, however small: an undeclared `null`, a number in a text, a member that no document
 * names, one that is missing though it is said to be always there.
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
  contract.make(name, { ...options, request: codec<Request>(request), response: codec<Response>(response) }, streams)
