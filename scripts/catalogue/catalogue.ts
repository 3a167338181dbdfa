/** The facts of the catalogue: how they stand in `catalogue/<product>.json`, and the check that a file says what it can mean. */
import { readdirSync, readFileSync } from "node:fs"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"

/** `[name, type]`, or `[name, type, flags]`. */
const Member = Schema.Union(
  Schema.Tuple(Schema.String, Schema.String),
  Schema.Tuple(Schema.String, Schema.String, Schema.String)
)
export type Member = typeof Member.Type

const Action = Schema.Struct({
  request: Schema.String,
  response: Schema.String,
  status: Schema.optional(Schema.Literal("deprecated", "offline")),
  intl: Schema.optional(Schema.Boolean),
  errors: Schema.Array(Schema.Int)
})
export type Action = typeof Action.Type

const Version = Schema.Struct({
  codes: Schema.Array(Schema.String),
  actions: Schema.Record({ key: Schema.String, value: Action }),
  objects: Schema.Record({ key: Schema.String, value: Schema.Array(Member) })
})
export type Version = typeof Version.Type

const Product = Schema.Struct({
  product: Schema.String,
  versions: Schema.Record({ key: Schema.String, value: Version })
})
export type Product = typeof Product.Type

/** What is wrong with a file, by line: where, and why. */
export class Malformed extends Error {
  constructor(file: string, faults: ReadonlyArray<string>) {
    super([`${file} is malformed:`, ...faults.map((fault) => `  ${fault}`)].join("\n"))
  }
}

export const scalars: ReadonlyArray<string> = [
  "string",
  "int64",
  "uint64",
  "float",
  "bool",
  "datetime",
  "datetime_iso",
  "date",
  "binary"
]

/** The type of a member without its list. */
export const elementOf = (type: string): string => /^list<(.+)>$/.exec(type)?.[1] ?? type

export const isList = (type: string): boolean => type.startsWith("list<")

const identifier = /^[A-Za-z]\w*$/
const version = /^\d{4}-\d{2}-\d{2}$/
const flags = /^[rndo]*$/
const code = /^[A-Za-z]\w*(\.\w*)*$/

/** Every name must be one that a program can write, and every reference must lead somewhere. */
const faultsOf = (date: string, { actions, codes, objects }: Version): ReadonlyArray<string> => {
  const faults: Array<string> = []
  const expect = (holds: boolean, path: string, reason: string) => {
    if (!holds) faults.push(`versions.${date}.${path}: ${reason}`)
  }
  expect(version.test(date), "", "a version is a date such as 2017-03-12")
  for (const [index, name] of codes.entries()) {
    expect(code.test(name), `codes.${index}`, `\`${name}\` is no error code`)
    expect(codes.indexOf(name) === index, `codes.${index}`, `\`${name}\` stands there twice`)
  }
  for (const [name, { errors, request, response }] of Object.entries(actions)) {
    expect(identifier.test(name), `actions.${name}`, "a name has letters, digits and underscores only")
    expect(Object.hasOwn(objects, request), `actions.${name}.request`, `there is no object \`${request}\``)
    expect(Object.hasOwn(objects, response), `actions.${name}.response`, `there is no object \`${response}\``)
    for (const [place, index] of errors.entries()) {
      expect(codes[index] !== undefined, `actions.${name}.errors.${place}`, `there is no code number ${index}`)
    }
  }
  for (const [name, members] of Object.entries(objects)) {
    expect(identifier.test(name), `objects.${name}`, "a name has letters, digits and underscores only")
    const names = members.map(([member]) => member)
    for (const [index, [member, type, marks = ""]] of members.entries()) {
      const path = `objects.${name}.${index}`
      expect(identifier.test(member), path, `\`${member}\` is no name of a member`)
      expect(names.indexOf(member) === index, path, `\`${member}\` stands there twice`)
      const element = elementOf(type)
      expect(
        scalars.includes(element) || Object.hasOwn(objects, element),
        path,
        `\`${member}\` has the type \`${type}\`, which is neither an object of this version nor one of ${scalars.join(", ")}`
      )
      expect(flags.test(marks), path, `\`${member}\` has the flags \`${marks}\`, and r, n, d and o are known`)
    }
  }
  return faults
}

const decode = Schema.decodeUnknownEither(Product, { onExcessProperty: "error", errors: "all" })

/** Reads the text of a file. Throws {@link Malformed}. */
export const parse = (file: string, text: string): Product => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new Malformed(file, [`it is no JSON: ${cause instanceof Error ? cause.message : cause}`])
  }
  const decoded = decode(json)
  if (Either.isLeft(decoded)) {
    const issues = ParseResult.ArrayFormatter.formatErrorSync(decoded.left)
    throw new Malformed(
      file,
      issues.map(({ message, path }) => `${path.join(".")}: ${message}`)
    )
  }
  const product = decoded.right
  const faults = Object.entries(product.versions).flatMap(([date, facts]) => faultsOf(date, facts))
  if (`${product.product}.json` !== file.split(/[\\/]/).at(-1)) {
    faults.unshift(`product: it says \`${product.product}\`, and the name of the file does not`)
  }
  if (Object.keys(product.versions).length === 0) faults.push("versions: there is none")
  if (faults.length > 0) throw new Malformed(file, faults)
  return product
}

/** The products of a folder, by name. Throws {@link Malformed}. */
export const read = (
  folder: URL,
  wanted: (product: string) => boolean = () => true
): ReadonlyMap<string, () => Product> =>
  new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith(".json") && wanted(file.slice(0, -5)))
      .sort()
      .map((file) => [file.slice(0, -5), () => parse(`catalogue/${file}`, readFileSync(new URL(file, folder), "utf8"))])
  )

/** The newest of a product's versions. */
export const newest = ({ versions }: Product): string => Object.keys(versions).sort().at(-1) ?? ""
