/** The facts of the catalogue: their form in `catalogue/<product>.json`, and the check that a file is valid. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { basename, join, relative } from "node:path"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Names from "./names.js"

/** `[name, type]`, or `[name, type, flags]`. */
const Member = Schema.Tuple(Schema.String, Schema.String, Schema.optionalElement(Schema.String))
export type Member = typeof Member.Type

const Action = Schema.Struct({
  request: Schema.String,
  response: Schema.String,
  status: Schema.optionalWith(Schema.Literal("deprecated", "offline"), { exact: true }),
  intl: Schema.optionalWith(Schema.Boolean, { exact: true }),
  stream: Schema.optionalWith(Schema.Boolean, { exact: true }),
  /** The first labels of its host name, if they are more than the product: `es.ai`. */
  host: Schema.optionalWith(Schema.String, { exact: true }),
  /** The member of the request that is the body, if the other members travel in headers. */
  octetStream: Schema.optionalWith(Schema.String, { exact: true }),
  errors: Schema.Array(Schema.Int)
}).annotations({ identifier: "an action" })
export type Action = typeof Action.Type

const Version = Schema.Struct({
  codes: Schema.Array(Schema.String),
  actions: Schema.Record({ key: Schema.String, value: Action }),
  objects: Schema.Record({ key: Schema.String, value: Schema.Array(Member) }),
  /** The integers whose values pass 2^53, as `Object.Member`. A newer catalogue may not know them. */
  bigints: Schema.optionalWith(Schema.Array(Schema.String), { exact: true }),
  /**
   * What the sources of a newer catalogue do not tell, or not in full: `codes`, `intl`, or `errors.<action>`. An update keeps what is
   * known of it. The catalogue itself never has this.
   */
  untold: Schema.optionalWith(Schema.Array(Schema.String), { exact: true })
}).annotations({ identifier: "a version" })
export type Version = typeof Version.Type

const Product = Schema.Struct({
  product: Schema.String,
  versions: Schema.Record({ key: Schema.String, value: Version })
}).annotations({ identifier: "a product" })
export type Product = typeof Product.Type

/** The faults of a file, one in each line: the path and the reason. */
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

const isInteger = (type: string): boolean => ["int64", "uint64"].includes(elementOf(type))

/** Whether a name, `Object.Member`, is that of an integer of a version. */
export const isIntegerOf = ({ objects }: Version, name: string): boolean => {
  const [object = "", label] = name.split(".")
  return (objects[object] ?? []).some(([member, type]) => member === label && isInteger(type))
}

/** The objects of a version, in which the integers of `bigints` have a type of their own: `big_int64`, `big_uint64`. */
export const withBigints = ({ bigints, objects }: Version): Version["objects"] => {
  if (bigints === undefined) return objects
  const named = new Set(bigints)
  const typed = (object: string, member: Member): Member => {
    const [name, type, flags] = member
    if (!named.has(`${object}.${name}`)) return member
    const big = type.replace(/u?int64/, (integer) => `big_${integer}`)
    return flags === undefined ? [name, big] : [name, big, flags]
  }
  return Object.fromEntries(
    Object.entries(objects).map(([name, members]) => [name, members.map((member) => typed(name, member))])
  )
}

/** Whether a header can carry the values of a type: they are no lists, no objects and no bytes. */
const isInHeader = (type: string): boolean => scalars.includes(type) && type !== "binary"

/**
 * The objects of a version as its modules have them: with the types of `bigints`, and with the bytes that are the body of an
 * octet-stream, which the documents do not list among the members.
 */
export const withKnownFacts = (version: Version): Version["objects"] => {
  const objects = withBigints(version)
  const bodies = Object.values(version.actions).flatMap(({ octetStream, request }) =>
    octetStream === undefined ? [] : [[request, [...(objects[request] ?? []), [octetStream, "binary"]]] as const]
  )
  return bodies.length === 0 ? objects : { ...objects, ...Object.fromEntries(bodies) }
}

/** The flags of a member, in the order in which they are written. */
const flagOrder = "rndo"

/** Flags in their order. */
export const flagsOf = ([, , flags = ""]: Member): string =>
  [...flagOrder].filter((flag) => flags.includes(flag)).join("")

const identifier = /^[A-Za-z]\w*$/
const productName = /^[a-z][a-z0-9]*$/
const hostName = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/
const version = /^\d{4}-\d{2}-\d{2}$/
const flag = /^[rndo]*$/
const code = /^[A-Za-z]\w*(\.\w*)*$/

/** Everything with the same name as something before it. */
const clashesAmong = (named: ReadonlyArray<readonly [name: string, what: string]>): ReadonlyArray<string> => {
  const first = new Map<string, string>()
  return named.flatMap(([name, what]) => {
    const other = first.get(name)
    if (other === undefined) first.set(name, what)
    return other === undefined ? [] : [`${other} and ${what} would both be called ${name}`]
  })
}

/** Names that conflict in one module. A type and a value may share a name, and some do. A class is both. */
const clashesOf = ({ actions, codes, objects }: Version): ReadonlyArray<string> => {
  const classes = [...Names.ofCodes([...codes].sort())].map(
    ([name, className]) => [className, `the class of \`${name}\``] as const
  )
  const types = [
    ...Object.keys(objects).map((name) => [name, `the object \`${name}\``] as const),
    ...Object.keys(actions).map((name) => [`${name}Error`, `the errors of \`${name}\``] as const)
  ]
  const values = [
    ["product", "the product"] as const,
    ["waiters", "the waiters"] as const,
    ...Object.keys(actions).map((name) => [name, `the action \`${name}\``] as const)
  ]
  return [...new Set([...clashesAmong([...classes, ...types]), ...clashesAmong([...classes, ...values])])]
}

/** The faults of the facts about how a request of an action travels: to which host, and in which form. */
const travelFaults = (product: string, { host, octetStream, request }: Action, objects: Version["objects"]) => {
  const faults: Array<readonly [field: string, reason: string]> = []
  if (host !== undefined && !(hostName.test(host) && host.startsWith(`${product}.`))) {
    faults.push(["host", `\`${host}\` does not begin with the product, as in \`${product}.ai\``])
  }
  if (octetStream === undefined) return faults
  const members = objects[request] ?? []
  if (!identifier.test(octetStream)) faults.push(["octetStream", `\`${octetStream}\` is no name of a member`])
  for (const [name, type] of members) {
    if (name === octetStream) faults.push(["octetStream", `the object \`${request}\` has a member \`${name}\` already`])
    if (!isInHeader(type))
      faults.push(["octetStream", `no header can carry \`${name}\`, which has the type \`${type}\``])
  }
  return faults
}

/** Every name must be a valid identifier, and every reference must have a target. */
const faultsOf = (product: string, date: string, facts: Version): ReadonlyArray<string> => {
  const { actions, bigints = [], codes, objects, untold = [] } = facts
  const faults: Array<string> = []
  const expect = (holds: boolean, path: string, reason: string) => {
    if (!holds) faults.push(`versions.${date}${path === "" ? "" : `.${path}`}: ${reason}`)
  }
  expect(version.test(date), "", "a version is a date such as 2017-03-12")
  for (const clash of clashesOf(facts)) expect(false, "", clash)
  for (const [index, name] of codes.entries()) {
    expect(code.test(name), `codes.${index}`, `\`${name}\` is no error code`)
    expect(codes.indexOf(name) === index, `codes.${index}`, `\`${name}\` stands there twice`)
  }
  for (const [name, action] of Object.entries(actions)) {
    const { errors, request, response } = action
    for (const [field, reason] of travelFaults(product, action, objects))
      expect(false, `actions.${name}.${field}`, reason)
    expect(identifier.test(name), `actions.${name}`, "a name has letters, digits and underscores only")
    expect(Object.hasOwn(objects, request), `actions.${name}.request`, `there is no object \`${request}\``)
    expect(Object.hasOwn(objects, response), `actions.${name}.response`, `there is no object \`${response}\``)
    for (const [place, index] of errors.entries()) {
      const path = `actions.${name}.errors.${place}`
      expect(codes[index] !== undefined, path, `there is no code number ${index}`)
      expect(errors.indexOf(index) === place, path, `the code number ${index} stands there twice`)
    }
  }
  for (const [index, name] of bigints.entries()) {
    expect(isIntegerOf(facts, name), `bigints.${index}`, `\`${name}\` is no integer member of an object`)
    expect(bigints.indexOf(name) === index, `bigints.${index}`, `\`${name}\` stands there twice`)
  }
  for (const [index, name] of untold.entries()) {
    const [word = "", action, ...others] = name.split(".")
    const names =
      action === undefined ? ["codes", "intl"].includes(word) : word === "errors" && Object.hasOwn(actions, action)
    expect(names && others.length === 0, `untold.${index}`, `\`${name}\` is neither codes, intl, nor errors.<action>`)
  }
  for (const [name, members] of Object.entries(objects)) {
    expect(identifier.test(name), `objects.${name}`, "a name has letters, digits and underscores only")
    expect(!scalars.includes(name), `objects.${name}`, "this is the name of a type that is no object")
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
      expect(flag.test(marks), path, `\`${member}\` has the flags \`${marks}\`, and r, n, d and o are known`)
    }
  }
  return faults
}

const decode = Schema.decodeUnknownEither(Product, { onExcessProperty: "error", errors: "all" })

/**
 * The names that occur twice in one object. JSON.parse silently keeps the last of two, so a manual merge of two updates could lose
 * an action.
 */
export const twice = (json: string): ReadonlyArray<string> => {
  const faults: Array<string> = []
  const open: Array<Set<string>> = []
  for (const { 0: token, 1: name, index } of json.matchAll(/[{}]|"((?:[^"\\]|\\.)*)"(?:\s*:)?/g)) {
    if (token === "{") open.push(new Set())
    else if (token === "}") open.pop()
    else if (name !== undefined && token.endsWith(":")) {
      const names = open.at(-1)
      if (names?.has(name))
        faults.push(`line ${json.slice(0, index).split("\n").length}: \`${name}\` stands there twice`)
      names?.add(name)
    }
  }
  return faults
}

/** Reads the text of a file. Throws {@link Malformed}. */
export const parse = (file: string, text: string): Product => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new Malformed(file, [`it is no JSON: ${cause instanceof Error ? cause.message : cause}`])
  }
  const repeated = twice(text)
  if (repeated.length > 0) throw new Malformed(file, repeated)
  const decoded = decode(json)
  if (Either.isLeft(decoded)) {
    const issues = ParseResult.ArrayFormatter.formatErrorSync(decoded.left)
    throw new Malformed(
      file,
      issues.map(({ message, path }) => [...(path.length === 0 ? [] : [path.join(".")]), message].join(": "))
    )
  }
  const product = decoded.right
  const faults = Object.entries(product.versions).flatMap(([date, facts]) => faultsOf(product.product, date, facts))
  if (`${product.product}.json` !== basename(file)) {
    faults.unshift(`product: it says \`${product.product}\`, and the name of the file does not`)
  }
  if (!productName.test(product.product) || product.product === "index") {
    faults.unshift(`product: \`${product.product}\` is no name of a product`)
  }
  if (Object.keys(product.versions).length === 0) faults.push("versions: there is none")
  if (faults.length > 0) throw new Malformed(file, faults)
  return product
}

/** How messages name a file. */
const shown = (file: string): string => {
  const path = relative(process.cwd(), file)
  return path.startsWith("..") ? file : path
}

/** The one file of the catalogue that is no product's: the published examples that are wrong. */
export const exampleFaults = "example-faults.json"

/** The files of a folder's products, by product. */
export const files = (folder: string): ReadonlyMap<string, string> => {
  if (!existsSync(folder)) throw new Error(`There is no folder ${shown(folder)}.`)
  return new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith(".json") && file !== exampleFaults)
      .sort()
      .map((file) => [file.slice(0, -".json".length), join(folder, file)])
  )
}

/** A product, and the text of its file. */
export interface File {
  readonly path: string
  readonly text: string
  readonly product: Product
}

/** The products of a folder, by name. Throws {@link Malformed} with every malformed file. */
export const read = (folder: string, wanted: (product: string) => boolean = () => true): ReadonlyMap<string, File> => {
  const malformed: Array<Malformed> = []
  const products = new Map<string, File>()
  for (const [name, path] of files(folder)) {
    if (!wanted(name)) continue
    const text = readFileSync(path, "utf8")
    try {
      products.set(name, { path: shown(path), text, product: parse(shown(path), text) })
    } catch (cause) {
      if (!(cause instanceof Malformed)) throw cause
      malformed.push(cause)
    }
  }
  if (malformed.length > 0) throw new Error(malformed.map(({ message }) => message).join("\n"))
  return products
}

/** The newest of a product's versions. */
export const newest = ({ versions }: Product): string => Object.keys(versions).sort().at(-1) ?? ""

/** The entries of a record, by name. */
export const byName = <A>(record: Readonly<Record<string, A>>): ReadonlyArray<readonly [string, A]> =>
  Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1))

const lines = (open: string, items: ReadonlyArray<string>, close: string): string =>
  `${open}\n${items.join(",\n")}\n${close}`

const formatAction = (
  { errors, host, intl, octetStream, request, response, status, stream }: Action,
  renumbered: (index: number) => number
): string =>
  JSON.stringify({
    request,
    response,
    status,
    intl: intl === true ? true : undefined,
    stream: stream === true ? true : undefined,
    host,
    octetStream,
    errors: errors.map(renumbered).sort((one, other) => one - other)
  })

const formatMember = (member: Member): ReadonlyArray<string> => {
  const [name, type] = member
  const flags = flagsOf(member)
  return flags === "" ? [name, type] : [name, type, flags]
}

const formatNames = (field: string, names: ReadonlyArray<string>): string =>
  lines(
    `"${field}":[`,
    [...names].sort().map((name) => JSON.stringify(name)),
    "]"
  )

const formatVersion = ({ actions, bigints = [], codes, objects, untold = [] }: Version): string => {
  const place = new Map([...codes].sort().map((name, index) => [name, index]))
  const renumbered = (index: number): number => place.get(codes[index] ?? "") ?? index
  return [
    formatNames("codes", codes),
    lines(
      '"actions":{',
      byName(actions).map(([name, action]) => `"${name}":${formatAction(action, renumbered)}`),
      "}"
    ),
    lines(
      '"objects":{',
      byName(objects).map(([name, members]) => `"${name}":${JSON.stringify(members.map(formatMember))}`),
      "}"
    ),
    ...(bigints.length === 0 ? [] : [formatNames("bigints", bigints)]),
    ...(untold.length === 0 ? [] : [formatNames("untold", untold)])
  ].join(",\n")
}

/**
 * The text of a product's file: one line for each code, action and object, sorted, so that a difference in git reads as what has
 * changed. Only the members of an object keep their order, which is that of the document.
 */
export const format = ({ product, versions }: Product): string =>
  `{"product":"${product}","versions":{\n${byName(versions)
    .map(([date, facts]) => `"${date}":{\n${formatVersion(facts)}}`)
    .join(",\n")}\n}}\n`

/** The counts, in the form of `npm run catalogue:check`. */
export const total = (products: Iterable<Product>): string => {
  const all = [...products]
  const versions = all.flatMap(({ versions }) => Object.values(versions))
  const actions = versions.flatMap(({ actions }) => Object.values(actions))
  const codes = new Set(versions.flatMap(({ codes }) => codes))
  const pairs = actions.reduce((sum, { errors }) => sum + errors.length, 0)
  return `products ${all.length}, versions ${versions.length}, actions ${actions.length}, codes ${codes.size}, pairs ${pairs}`
}
