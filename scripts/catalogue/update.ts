/**
 * `npm run catalogue:update -- <dir>`: updates to a newer catalogue, and prints what is new, changed and removed, and the entry for the
 * changelog. A product or a version that the newer one lacks stays, unless `--remove` is set. `--dry-run` only prints.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import * as Catalogue from "./catalogue.js"
import * as Changelog from "./changelog.js"
import * as Changes from "./changes.js"
import * as Command from "./command.js"
import * as Hints from "./hints.js"
import * as Keep from "./keep.js"

export interface Options {
  /** The folder of the newer catalogue. */
  readonly from: string
  /** The folder of the current catalogue. */
  readonly into: string
  /** Whether to remove products and versions that the newer catalogue lacks. */
  readonly remove?: boolean
  /** Whether to write nothing. */
  readonly dryRun?: boolean
}

/** What an update does, and how it reads. */
export interface Report {
  /** The report, by line. */
  readonly lines: ReadonlyArray<string>
  /** The entry for the changelog, by line. Empty if nothing has changed. */
  readonly entry: ReadonlyArray<string>
}

/** A catalogue that was merged from two. */
interface Merged {
  readonly products: ReadonlyMap<string, Catalogue.Product>
  readonly sections: ReadonlyArray<Changes.Section>
  /** What the newer catalogue lacks, and the merged one keeps. */
  readonly absent: ReadonlyArray<string>
}

const merge = (
  older: ReadonlyMap<string, Catalogue.File>,
  newer: ReadonlyMap<string, Catalogue.File>,
  remove: boolean
): Merged => {
  const sections: Array<Changes.Section> = []
  const absent: Array<string> = []
  const products = new Map<string, Catalogue.Product>()
  for (const name of [...new Set([...older.keys(), ...newer.keys()])].sort()) {
    const before = older.get(name)?.product
    const found = newer.get(name)?.product
    const after = found === undefined ? undefined : Keep.facts(before, found)
    if (after === undefined && before !== undefined) {
      if (remove) sections.push({ heading: name, changes: [{ sign: "-", what: "product", name, breaks: true }] })
      else {
        absent.push(`product ${name}`)
        products.set(name, before)
      }
    } else if (before === undefined && after !== undefined) {
      const sizes = Catalogue.byName(after.versions).map(([date, facts]) => `${date} with ${Changes.sizeOf(facts)}`)
      sections.push({ heading: name, changes: [{ sign: "+", what: "product", name, says: sizes.join("; ") }] })
      products.set(name, after)
    } else if (before !== undefined && after !== undefined) {
      const gone = Changes.without(Object.keys(before.versions), Object.keys(after.versions))
      const product = remove ? after : { ...after, versions: { ...before.versions, ...after.versions } }
      if (!remove) absent.push(...gone.map((date) => `version ${date} of ${name}`))
      sections.push(...Changes.productSections(before, product))
      products.set(name, product)
    }
  }
  return { absent, products, sections }
}

/** The hints of the merged products, and how many members have gained, lost or changed theirs. */
const mergeHints = (
  older: ReadonlyMap<string, Hints.File>,
  newer: ReadonlyMap<string, Hints.File>,
  products: ReadonlyMap<string, Catalogue.Product>
): { readonly hints: ReadonlyMap<string, Hints.Hints>; readonly counts: string } => {
  const sums: [number, number, number] = [0, 0, 0]
  const hints = new Map<string, Hints.Hints>()
  for (const [name, product] of products) {
    const before = older.get(name)?.hints
    const merged = Keep.hints(before, newer.get(name)?.hints, product)
    for (const [index, count] of Keep.countHints(before, merged).entries()) sums[index] = (sums[index] ?? 0) + count
    if (Object.keys(merged.versions).length > 0) hints.set(name, merged)
  }
  return { hints, counts: Changelog.signed(...sums) }
}

/** Updates to a newer catalogue. Returns the report and the entry. Throws if a file is malformed, and then writes nothing. */
export const updateWithEntry = ({ dryRun = false, from, into, remove = false }: Options): Report => {
  const [newer, older] = [Catalogue.read(from), Catalogue.read(into)]
  if (newer.size === 0) throw new Error(`There is no catalogue in ${from}.`)
  const [newerHints, olderHints] = [Hints.read(from, newer), Hints.read(into, older)]
  const { absent, products, sections } = merge(older, newer, remove)
  const { counts, hints } = mergeHints(olderHints, newerHints, products)

  const texts = new Map([
    ...[...products].map(([name, product]) => [`${name}.json`, Catalogue.format(product)] as const),
    ...[...hints].map(([name, found]) => [`${Hints.folder}/${name}.json`, Hints.format(found)] as const)
  ])
  const known = new Map([
    ...[...older].map(([name, { text }]) => [`${name}.json`, text] as const),
    ...[...olderHints].map(([name, { text }]) => [`${Hints.folder}/${name}.json`, text] as const)
  ])
  const writes = [...texts].filter(([file, text]) => known.get(file) !== text)
  const removals = Changes.without(known.keys(), texts.keys())
  if (!dryRun) {
    if (hints.size > 0) mkdirSync(join(into, Hints.folder), { recursive: true })
    for (const [file, text] of writes) writeFileSync(join(into, file), text)
    for (const file of removals) rmSync(join(into, file))
  }

  const breaking = sections.flatMap(({ changes }) => changes).filter(({ breaks }) => breaks === true).length
  const numbers = [...Changelog.counts(sections), ...(counts === "" ? [] : [`hints ${counts}`])]
  const done = `${Changes.plural(writes.length, "file")} ${dryRun ? "to write" : "written"}, ${removals.length} ${dryRun ? "to remove" : "removed"}`
  const lines = [
    ...sections.flatMap(({ changes, heading }) => [heading, ...changes.map(Changelog.lineOf), ""]),
    ...absent.map((what) => `? ${what} is absent from the newer catalogue, and kept: --remove takes it out`),
    ...(absent.length === 0 ? [] : [""]),
    `The catalogue ${dryRun ? "would hold" : "holds"} ${Catalogue.total(products.values())}`,
    [
      numbers.length === 0 ? "Nothing has changed" : numbers.join(", "),
      ...(breaking === 0 ? [] : [`${breaking} marked ! may break programs`]),
      ...(absent.length === 0 ? [] : [`${absent.length} absent and kept`]),
      done
    ].join("; ")
  ]
  return { lines, entry: Changelog.entry(sections, counts) }
}

/** Updates to a newer catalogue. Returns the report, by line. */
export const update = (options: Options): ReadonlyArray<string> => updateWithEntry(options).lines

/** Reads the arguments of the command. Throws if they are invalid. */
export const optionsOf = (args: ReadonlyArray<string>): Options => {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { remove: { type: "boolean", default: false }, "dry-run": { type: "boolean", default: false } }
  })
  const [from, ...others] = positionals
  if (from === undefined || others.length > 0) {
    throw new Error("Usage: npm run catalogue:update -- <dir of the newer catalogue> [--dry-run] [--remove]")
  }
  return { from, into: Command.fromRoot("catalogue"), remove: values.remove, dryRun: values["dry-run"] }
}

await Command.main(import.meta.url, (args) => {
  const { entry, lines } = updateWithEntry(optionsOf(args))
  for (const line of lines) console.log(line)
  if (entry.length > 0) console.log(["", "The entry for the changelog:", "", ...entry].join("\n"))
  return 0
})
