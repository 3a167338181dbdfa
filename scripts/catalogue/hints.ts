/**
 * The hints of the catalogue: what documents and examples tell about single members. Their form in `catalogue/hints/<product>.json`,
 * and the check that a file is valid and belongs to its product.
 */
import { existsSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Catalogue from "./catalogue.js"

const Value = Schema.Union(Schema.String, Schema.Number, Schema.Boolean)
export type Value = typeof Value.Type

const Hint = Schema.Struct({
  /** The enumerated values, as texts also where the member is an integer. */
  e: Schema.optionalWith(Schema.NonEmptyArray(Schema.String), { exact: true }),
  /** The default. */
  d: Schema.optionalWith(Value, { exact: true }),
  /** The least and the greatest value. */
  r: Schema.optionalWith(Schema.Tuple(Schema.NullOr(Schema.Number), Schema.NullOr(Schema.Number)), { exact: true }),
  /** The number of the first page. */
  f: Schema.optionalWith(Schema.Int, { exact: true }),
  /** An example. */
  x: Schema.optionalWith(Value, { exact: true })
}).annotations({ identifier: "a hint" })
export type Hint = typeof Hint.Type

const Members = Schema.Record({ key: Schema.String, value: Hint })
const Objects = Schema.Record({ key: Schema.String, value: Members })

/** The hints of a version, by object and member. */
export type Objects = typeof Objects.Type

const Hints = Schema.Struct({
  product: Schema.String,
  versions: Schema.Record({ key: Schema.String, value: Objects })
}).annotations({ identifier: "the hints of a product" })
export type Hints = typeof Hints.Type

/** The name of the hints' folder inside that of the catalogue. */
export const folder = "hints"

/** What a value of each type is in JSON. */
const kinds: Readonly<Record<string, ReadonlyArray<string>>> = {
  string: ["string"],
  datetime: ["string"],
  datetime_iso: ["string"],
  date: ["string"],
  int64: ["number"],
  uint64: ["number"],
  float: ["number"],
  bool: ["boolean"]
}

const texts = ["string", "int64", "uint64"]
const numbers = ["int64", "uint64", "float"]

const isOutside = (value: number, [least, greatest]: readonly [number | null, number | null]): boolean =>
  Number.isNaN(value) || (least !== null && value < least) || (greatest !== null && value > greatest)

/** What is wrong with the hint of a member. */
const faultsOfHint = (hint: Hint, type: string): ReadonlyArray<string> => {
  const { d, e, f, r, x } = hint
  const element = Catalogue.elementOf(type)
  const faults: Array<string> = []
  const expect = (holds: boolean, reason: string) => {
    if (!holds) faults.push(reason)
  }
  for (const [word, value] of Object.entries({ default: d, example: x })) {
    const fits = value === undefined || (kinds[element] ?? []).includes(typeof value)
    expect(fits, `the ${word} ${JSON.stringify(value)} is no value of the type \`${type}\``)
  }
  expect(e === undefined || texts.includes(element), `a member of the type \`${type}\` has no enumerated values`)
  expect(e === undefined || new Set(e).size === e.length, "an enumerated value stands there twice")
  if (r !== undefined) {
    expect(numbers.includes(element), `a member of the type \`${type}\` has no range`)
    expect(r[0] !== null || r[1] !== null, "a range has a least or a greatest value")
    for (const value of [d, x, ...(e ?? [])]) {
      expect(value === undefined || !isOutside(Number(value), r), `${JSON.stringify(value)} is outside its range`)
    }
  }
  expect(f === undefined || numbers.includes(element), `a member of the type \`${type}\` is no number of a page`)
  expect(Object.keys(hint).length > 0, "the hint says nothing")
  return faults
}

/** The hints that belong to no member of the product, or do not fit it. */
export const faultsOf = (hints: Hints, { versions }: Catalogue.Product): ReadonlyArray<string> =>
  Object.entries(hints.versions).flatMap(([date, objects]) =>
    Object.entries(objects).flatMap(([object, members]) =>
      Object.entries(members).flatMap(([name, hint]) => {
        const path = `versions.${date}.${object}.${name}`
        const type = versions[date]?.objects[object]?.find(([member]) => member === name)?.[1]
        return type === undefined
          ? [`${path}: the product has no such member`]
          : faultsOfHint(hint, type).map((fault) => `${path}: ${fault}`)
      })
    )
  )

const decode = Schema.decodeUnknownEither(Hints, { onExcessProperty: "error", errors: "all" })

/** Reads the text of a file, without its product. Throws {@link Catalogue.Malformed}. */
export const parse = (file: string, text: string): Hints => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new Catalogue.Malformed(file, [`it is no JSON: ${cause instanceof Error ? cause.message : cause}`])
  }
  const repeated = Catalogue.twice(text)
  if (repeated.length > 0) throw new Catalogue.Malformed(file, repeated)
  const decoded = decode(json)
  if (Either.isLeft(decoded)) {
    const issues = ParseResult.ArrayFormatter.formatErrorSync(decoded.left)
    throw new Catalogue.Malformed(
      file,
      issues.map(({ message, path }) => [...(path.length === 0 ? [] : [path.join(".")]), message].join(": "))
    )
  }
  const { product } = decoded.right
  if (`${product}.json` !== basename(file)) {
    throw new Catalogue.Malformed(file, [`product: it says \`${product}\`, and the name of the file does not`])
  }
  return decoded.right
}

/** The hints of a product, and the text of their file. */
export interface File {
  readonly path: string
  readonly text: string
  readonly hints: Hints
}

/** Reads the hints of products from the folder of a catalogue. A product may have none. Throws with every malformed file. */
export const read = (
  catalogue: string,
  products: ReadonlyMap<string, { readonly product: Catalogue.Product }>
): ReadonlyMap<string, File> => {
  const from = join(catalogue, folder)
  const files = existsSync(from) ? Catalogue.files(from) : new Map<string, string>()
  const malformed: Array<string> = []
  const found = new Map<string, File>()
  for (const [name, { product }] of products) {
    const file = files.get(name)
    if (file === undefined) continue
    const path = `${folder}/${name}.json`
    const text = readFileSync(file, "utf8")
    try {
      const hints = parse(path, text)
      const faults = faultsOf(hints, product)
      if (faults.length > 0) throw new Catalogue.Malformed(path, faults)
      found.set(name, { path, text, hints })
    } catch (cause) {
      if (!(cause instanceof Catalogue.Malformed)) throw cause
      malformed.push(cause.message)
    }
  }
  if (malformed.length > 0) throw new Error(malformed.join("\n"))
  return found
}

/** Hints without those that do not fit the product: a newer catalogue may have dropped a member, or changed its type. */
export const fitting = (hints: Hints, product: Catalogue.Product): Hints => {
  const versions = Object.entries(hints.versions).map(([date, objects]): [string, Objects] => {
    const kept = Object.entries(objects).flatMap(([object, members]) => {
      const types = new Map(product.versions[date]?.objects[object]?.map(([name, type]) => [name, type]))
      const fit = Object.entries(members).flatMap(([name, hint]) => {
        const type = types.get(name)
        const whole = type === undefined ? undefined : fittingHint(hint, type)
        return whole === undefined ? [] : [[name, whole] as const]
      })
      return fit.length === 0 ? [] : [[object, Object.fromEntries(fit)] as const]
    })
    return [date, Object.fromEntries(kept)]
  })
  return { ...hints, versions: Object.fromEntries(versions.filter(([, objects]) => Object.keys(objects).length > 0)) }
}

/** The parts of a hint that fit a type. A range that a value contradicts goes, and the value stays. */
const fittingHint = (hint: Hint, type: string): Hint | undefined => {
  const parts = Object.entries(hint).filter(([key, part]) => faultsOfHint({ [key]: part }, type).length === 0)
  const fit: Hint = Object.fromEntries(parts)
  if (parts.length === 0) return undefined
  if (faultsOfHint(fit, type).length === 0) return fit
  const { r: _, ...rest } = fit
  return Object.keys(rest).length === 0 ? undefined : rest
}

/** A newer hint over an older one. A part that only the older one has stays, unless it contradicts the newer one. */
const joinHints = (older: Hint | undefined, newer: Hint): Hint => {
  const { d, r, ...rest } = { ...older, ...newer }
  const isForeign = d !== undefined && newer.d === undefined && newer.e?.includes(String(d)) === false
  const isReplaced = r !== undefined && newer.r === undefined && newer.e !== undefined
  return { ...rest, ...(d === undefined || isForeign ? {} : { d }), ...(r === undefined || isReplaced ? {} : { r }) }
}

/** Newer hints over older ones. */
export const merge = (older: Hints, newer: Hints): Hints => {
  const versions: Record<string, Record<string, Objects[string]>> = {}
  for (const hints of [older, newer]) {
    for (const [date, objects] of Object.entries(hints.versions)) {
      const merged = versions[date] ?? {}
      for (const [object, members] of Object.entries(objects)) {
        const known = merged[object]
        const joined = Object.entries(members).map(([name, hint]) => [name, joinHints(known?.[name], hint)] as const)
        merged[object] = { ...known, ...Object.fromEntries(joined) }
      }
      versions[date] = merged
    }
  }
  return { product: newer.product, versions }
}

const lines = (open: string, items: ReadonlyArray<string>, close: string): string =>
  items.length === 0 ? `${open}${close}` : `${open}\n${items.join(",\n")}\n${close}`

/** The text of a hint. */
export const formatHint = ({ d, e, f, r, x }: Hint): string => JSON.stringify({ e, d, r, f, x })

/** The text of a file: one line for each member, objects and members sorted, so that a difference in git reads as what has changed. */
export const format = ({ product, versions }: Hints): string =>
  `${lines(
    `{"product":"${product}","versions":{`,
    Catalogue.byName(versions).map(([date, objects]) =>
      lines(
        `"${date}":{`,
        Catalogue.byName(objects).map(([object, members]) =>
          lines(
            `"${object}":{`,
            Catalogue.byName(members).map(([name, hint]) => `"${name}":${formatHint(hint)}`),
            "}"
          )
        ),
        "}"
      )
    ),
    "}}"
  )}\n`

/** The counts of hints, in the form of `npm run catalogue:check`. */
export const total = (all: Iterable<Hints>): string => {
  const hints = [...all]
    .flatMap(({ versions }) => Object.values(versions))
    .flatMap((objects) => Object.values(objects))
    .flatMap((members) => Object.values(members))
  const count = (has: (hint: Hint) => boolean) => hints.filter(has).length
  return [
    `hints ${hints.length}`,
    `values ${count(({ e }) => e !== undefined)}`,
    `defaults ${count(({ d }) => d !== undefined)}`,
    `ranges ${count(({ r }) => r !== undefined)}`,
    `examples ${count(({ x }) => x !== undefined)}`
  ].join(", ")
}
