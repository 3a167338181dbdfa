/** The tables of shapes that generated modules hold, and how a table is compiled on first use. */
import type { Scalar } from "./scalar.js"

/**
 * A shape as a generated module holds it: its name, its members as one line of text, and the shapes that the members refer
 * to. The shapes are behind a function, because shapes can refer to each other in circles.
 *
 * A member is written as `Name:type`, and commas separate the members. The type is one of the letters in {@link letters}, or
 * the index of a shape. Marks after the type:
 *
 * - `*`: the member is a list
 * - `!`: a request must have it
 * - `?`: a response may hold `null`
 * - `+`: a response always has it
 * - `~`: it is deprecated
 *
 * For example, `["Filter", "Name:s!,Values:s*!"]` has a required string and a required list of strings. And
 * `["DescribeZonesRequest", "Filters:0*,Limit:i", () => [Filter]]` has a list of those, and an integer.
 *
 * @since 0.1.0
 * @category models
 */
export type Table = readonly [name: string, members: string, shapes?: () => ReadonlyArray<Table>]

/**
 * A member of a shape.
 *
 * @since 0.1.0
 * @category models
 */
export interface Member {
  readonly name: string
  /** The name of a scalar, or the shape of an object. */
  readonly type: Scalar | Table
  readonly list: boolean
  /** Whether a request must have it. */
  readonly required: boolean
  /** Whether the document says that a response may hold `null` here. In practice, any response may. */
  readonly nullable: boolean
  /** Whether the document says that a response always has it. In practice, some responses leave it out. */
  readonly always: boolean
  readonly deprecated: boolean
}

/**
 * The letter of each scalar in a {@link Table}.
 *
 * @since 0.1.0
 * @category models
 */
export const letters = {
  s: "string",
  i: "int64",
  u: "uint64",
  I: "big_int64",
  U: "big_uint64",
  f: "float",
  b: "bool",
  d: "datetime",
  D: "datetime_iso",
  t: "date",
  B: "binary"
} as const satisfies Record<string, Scalar>

/** A shape that is ready for use. */
export interface CompiledShape {
  readonly members: ReadonlyArray<Member>
  readonly fields: ReadonlyArray<Field>
  readonly names: ReadonlyArray<string>
  readonly byName: ReadonlyMap<string, Field>
  readonly required: ReadonlyArray<Field>
}

/** A member that is ready for use. An instance of a class is the same to V8 whatever the member is: docs/performance.md, P7. */
export class Field {
  readonly name: string
  readonly type: Scalar | Table
  readonly list: boolean
  readonly nullable: boolean
  readonly always: boolean
  private compiled: CompiledShape | undefined = undefined

  constructor(
    { always, list, name, nullable, type }: Member,
    /** Its index among the members. */
    readonly index: number
  ) {
    this.name = name
    this.type = type
    this.list = list
    this.nullable = nullable
    this.always = always
  }

  shape(table: Table): CompiledShape {
    this.compiled ??= compile(table)
    return this.compiled
  }
}

/** A fault in a table. It is a defect of the program, and not an issue of a value. */
export class BrokenTable extends Error {}

const cache = new WeakMap<Table, CompiledShape>()

const isLetter = (type: string): type is keyof typeof letters => Object.hasOwn(letters, type)

/**
 * Returns the same text as the text of a property's name. V8 compares those by their address, and all others by their
 * characters: docs/performance.md, P12.
 */
const asPropertyName = (text: string): string => Object.keys({ [text]: text })[0] ?? text

const parseMember = (text: string, shapes: ReadonlyArray<Table>): Member => {
  const colon = text.indexOf(":")
  const marks = /\D*$/.exec(text.slice(colon + 2))?.[0] ?? ""
  const type = text.slice(colon + 1, text.length - marks.length)
  const shape = isLetter(type) ? letters[type] : shapes[Number(type)]
  if (shape === undefined) throw new BrokenTable(`a table without its shape: ${text}`)
  return {
    name: asPropertyName(text.slice(0, colon)),
    type: shape,
    list: marks.includes("*"),
    required: marks.includes("!"),
    nullable: marks.includes("?"),
    always: marks.includes("+"),
    deprecated: marks.includes("~")
  }
}

/** Compiles a table on first use, and returns the same result from then on. */
export const compile = (table: Table): CompiledShape => {
  const cached = cache.get(table)
  if (cached !== undefined) return cached
  const [, text, shapes] = table
  const references = shapes?.() ?? []
  const members = text === "" ? [] : text.split(",").map((member) => parseMember(member, references))
  const fields = members.map((member, index) => new Field(member, index))
  const shape: CompiledShape = {
    members,
    fields,
    names: members.map(({ name }) => name),
    byName: new Map(fields.map((field) => [field.name, field])),
    required: fields.filter((_, index) => members[index]?.required)
  }
  cache.set(table, shape)
  return shape
}

/**
 * Returns the members of a shape.
 *
 * @since 0.1.0
 * @category getters
 */
export const members = (table: Table): ReadonlyArray<Member> => compile(table).members
