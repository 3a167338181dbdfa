/**
 * `npm run catalogue:import -- --tccli <dir> --go <dir>`: writes a catalogue from the unpacked sources of the official packages. It
 * writes nothing where one of their files is malformed.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, relative, resolve } from "node:path"
import { parseArgs } from "node:util"
import * as Catalogue from "./catalogue.js"
import * as Command from "./command.js"
import * as Hints from "./hints.js"
import * as Clients from "./sources/clients.js"
import * as Documents from "./sources/documents.js"
import * as Files from "./sources/files.js"
import * as Published from "./sources/published.js"
import * as Tccli from "./sources/tccli.js"

export interface Options {
  /** The folder with the sources of tccli. */
  readonly tccli: string
  /** The folder with modules of the client for Go. It tells the codes of each action. */
  readonly go?: string | undefined
  /** The folder with the client for Python. It tells codes of a version. */
  readonly python?: string | undefined
  /** The folder to write to. */
  readonly into: string
}

type Known = ReadonlyMap<string, Clients.Client>

const flagsOf = ({ disabled, output_required, required, value_allowed_null }: Tccli.Member): string =>
  [required ? "r" : "", value_allowed_null ? "n" : "", disabled ? "d" : "", output_required ? "o" : ""].join("")

const memberOf = (member: Tccli.Member): Catalogue.Member => {
  const flags = flagsOf(member)
  const type = Tccli.typeOf(member)
  return flags === "" ? [member.name, type] : [member.name, type, flags]
}

/** A version of the catalogue. An action whose codes no source tells declares those of the version. */
const versionOf = (
  from: Tccli.Version,
  published: Published.Values,
  go: Clients.Client | undefined,
  python: Clients.Client | undefined
): Catalogue.Version => {
  const codes = [...new Set([...(go?.codes ?? []), ...(python?.codes ?? [])])].sort()
  const places = new Map(codes.map((code, index) => [code, index]))
  const every = codes.map((_, index) => index)
  const streams = new Set([...(go?.streams ?? []), ...(python?.streams ?? [])])
  const untold: Array<string> = []
  const actions = Object.entries(from.actions).map(([name, { input, output, status }]): [string, Catalogue.Action] => {
    const told = go?.errors.get(name)
    if (told === undefined) untold.push(`errors.${name}`)
    return [
      name,
      {
        request: input,
        response: output,
        ...(status === "deprecated" || status === "offline" ? { status } : {}),
        ...(streams.has(name) ? { stream: true } : {}),
        errors: told === undefined ? every : told.flatMap((code) => places.get(code) ?? [])
      }
    ]
  })
  const objects = Object.fromEntries(
    Object.entries(from.objects).map(([name, members]) => [name, members.map(memberOf)])
  )
  const bigints = Documents.bigints(from, published)
  return {
    codes,
    actions: Object.fromEntries(actions),
    objects,
    ...(bigints.length === 0 ? {} : { bigints }),
    untold: [...(go === undefined ? ["codes"] : []), "intl", ...untold]
  }
}

/** A catalogue that was made from sources, and what is worth a look. */
export interface Imported {
  readonly products: ReadonlyMap<string, Catalogue.Product>
  readonly hints: ReadonlyMap<string, Hints.Hints>
  readonly notes: ReadonlyArray<string>
}

const notesOf = (versions: ReadonlyArray<Tccli.Version>, go: Known, python: Known): ReadonlyArray<string> => {
  const actions = versions.flatMap((version) =>
    Object.keys(version.actions).map((name) => [Files.keyOf(version), name] as const)
  )
  const untold = actions.filter(([key, name]) => go.get(key)?.errors.has(name) !== true).length
  const known = new Set(versions.map(Files.keyOf))
  const strangers = [...new Set([...go.keys(), ...python.keys()])].filter((key) => !known.has(key)).sort()
  return [
    ...(untold === 0
      ? []
      : [`? no source tells the codes of ${untold} of ${actions.length} actions: each has those of its version`]),
    ...strangers.map((key) => `? ${key} is in a client, and not in tccli: left out`)
  ]
}

/** Makes a catalogue from sources. Throws with every malformed file. */
export const fromSources = ({ go, python, tccli }: Options): Imported => {
  const versions = Tccli.read(tccli)
  const [goClients, pythonClients]: [Known, Known] = [
    go === undefined ? new Map() : Clients.go(go),
    python === undefined ? new Map() : Clients.python(python)
  ]
  const products = new Map<string, Catalogue.Product>()
  const hints = new Map<string, Hints.Hints>()
  const malformed: Array<string> = []
  for (const version of [...versions].sort((one, other) => (Files.keyOf(one) < Files.keyOf(other) ? -1 : 1))) {
    const { file, product, version: date } = version
    const published = Published.values(version)
    const made = versionOf(
      version,
      published,
      goClients.get(Files.keyOf(version)),
      pythonClients.get(Files.keyOf(version))
    )
    const whole = { product, versions: { ...products.get(product)?.versions, [date]: made } }
    try {
      Catalogue.parse(`${product}.json`, Catalogue.format({ product, versions: { [date]: made } }))
    } catch (cause) {
      if (!(cause instanceof Catalogue.Malformed)) throw cause
      malformed.push(cause.message.replace(/^.* is malformed:/, `${file} is malformed:`))
      continue
    }
    products.set(product, whole)
    const found = Documents.hints(version, published)
    const all = { product, versions: { ...hints.get(product)?.versions, [date]: found } }
    hints.set(product, Hints.fitting(all, whole))
  }
  if (malformed.length > 0) throw new Error(malformed.join("\n"))
  return { products, hints, notes: notesOf(versions, goClients, pythonClients) }
}

/** Removes the files of a former import, so that a product that is gone does not stay. */
const clear = (folder: string): void => {
  if (!existsSync(folder)) return
  for (const path of Catalogue.files(folder).values()) {
    if (!readFileSync(path, "utf8").startsWith('{"product":')) {
      throw new Error(`${path} is no file of a catalogue. Name an empty folder with --into.`)
    }
    rmSync(path)
  }
}

/** Imports a catalogue. Returns the report, by line. Throws if a file is malformed, and then writes nothing. */
export const importCatalogue = (options: Options): ReadonlyArray<string> => {
  const { hints, notes, products } = fromSources(options)
  const { into } = options
  const inner = join(into, Hints.folder)
  clear(into)
  clear(inner)
  mkdirSync(inner, { recursive: true })
  for (const [name, product] of products) writeFileSync(join(into, `${name}.json`), Catalogue.format(product))
  const told = [...hints].filter(([, { versions }]) => Object.keys(versions).length > 0)
  for (const [name, found] of told) writeFileSync(join(inner, `${name}.json`), Hints.format(found))
  return [
    ...notes,
    `Imported ${Catalogue.total(products.values())}`,
    `Imported ${Hints.total(told.map(([, found]) => found))}`
  ]
}

const usage =
  "Usage: npm run catalogue:import -- --tccli <dir> [--go <dir>] [--python <dir>] [--into <dir>]. catalogue/README.md says what to download."

/** Reads the arguments of the command. Throws if they are invalid. */
export const optionsOf = (args: ReadonlyArray<string>): Options => {
  const option = { type: "string" } as const
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { tccli: option, go: option, python: option, into: option }
  })
  const { go, into = Command.fromRoot("node_modules/.cache/catalogue"), python, tccli } = values
  if (tccli === undefined || positionals.length > 0) throw new Error(usage)
  if (resolve(into) === resolve(Command.fromRoot("catalogue"))) {
    throw new Error(
      "--into must not be the catalogue itself: `npm run catalogue:update -- <dir>` takes the import over."
    )
  }
  return { tccli, go, python, into }
}

await Command.main(import.meta.url, (args) => {
  const options = optionsOf(args)
  for (const line of importCatalogue(options)) console.log(line)
  console.log(`To take it over: npm run catalogue:update -- ${relative(process.cwd(), options.into) || options.into}`)
  return 0
})
