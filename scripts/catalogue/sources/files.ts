/** How the readers of other packages find their files, and report what is malformed. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import * as Catalogue from "../catalogue.js"

/** A file of a source. */
export interface Source {
  /** The path from the folder of the package, for messages. */
  readonly file: string
  readonly text: string
}

/** A folder of a package in which all files of a product's version stand, such as `cvm/v20170312`. */
export interface Folder {
  readonly path: string
  /** Reads a file of this folder. Undefined if there is none. */
  readonly read: (name: string) => Source | undefined
}

/** The folders `v20170312` below a folder that hold a file. Throws an error that says what to install if there is none. */
export const folders = (root: string, has: string, advice: string): ReadonlyArray<Folder> => {
  if (!existsSync(root)) throw new Error(`There is no folder ${root}. ${advice}`)
  const found: Array<Folder> = []
  const walk = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((one, other) =>
      one.name < other.name ? -1 : 1
    )) {
      if (!entry.isDirectory() || entry.name.startsWith(".")) continue
      const child = join(path, entry.name)
      if (/^v\d{8}$/.test(entry.name) && readdirSync(child).some((name) => name.endsWith(has))) {
        found.push({
          path: child,
          read: (name) => {
            const file = readdirSync(child).find((other) => other.endsWith(name))
            if (file === undefined) return undefined
            const whole = join(child, file)
            return { file: relative(root, whole), text: readFileSync(whole, "utf8") }
          }
        })
      } else walk(child)
    }
  }
  walk(root)
  if (found.length === 0) throw new Error(`There is no v<date>/${has} below ${root}. ${advice}`)
  return found
}

/** The results of all items. Throws one error with every malformed file. */
export const collect = <A, B>(items: Iterable<A>, read: (item: A) => B): ReadonlyArray<B> => {
  const malformed: Array<string> = []
  const results: Array<B> = []
  for (const item of items) {
    try {
      results.push(read(item))
    } catch (cause) {
      if (!(cause instanceof Catalogue.Malformed)) throw cause
      malformed.push(cause.message)
    }
  }
  if (malformed.length > 0) throw new Error(malformed.join("\n"))
  return results
}

/** The results by product and version. Throws an error if two folders hold the same version of a product. */
export const byVersion = <A extends { readonly file: string; readonly product: string; readonly version: string }>(
  results: Iterable<A>
): ReadonlyMap<string, A> => {
  const found = new Map<string, A>()
  for (const result of results) {
    const name = keyOf(result)
    const first = found.get(name)
    if (first !== undefined) {
      throw new Error(`${first.file} and ${result.file} both hold ${name}. Leave only the newer one in the folder.`)
    }
    found.set(name, result)
  }
  return found
}

/** The name of a product's version among sources. */
export const keyOf = ({ product, version }: { readonly product: string; readonly version: string }): string =>
  `${product} ${version}`

/** The faults of a value, one for each path: a union fails once for each of its kinds. */
const faultsOf = (error: ParseResult.ParseError): ReadonlyArray<string> => {
  const messages = new Map<string, string>()
  for (const { message, path } of ParseResult.ArrayFormatter.formatErrorSync(error)) {
    const place = path.join(".")
    const known = messages.get(place)
    const expected = message.replace(/, actual .*/s, "")
    messages.set(place, known === undefined ? message : `${expected} or ${known.replace(/^Expected /, "")}`)
  }
  return [...messages].map(([place, message]) => (place === "" ? message : `${place}: ${message}`))
}

/** Parses the JSON of a source. Throws {@link Catalogue.Malformed}. */
export const json = <A, I>({ file, text }: Source, schema: Schema.Schema<A, I>): A => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new Catalogue.Malformed(file, [`it is no JSON: ${cause instanceof Error ? cause.message : cause}`])
  }
  const decoded = Schema.decodeUnknownEither(schema, { errors: "all" })(value)
  if (Either.isRight(decoded)) return decoded.right
  throw new Catalogue.Malformed(file, faultsOf(decoded.left))
}

/** The part of a text that a pattern's first group matches. Throws {@link Catalogue.Malformed} with the reason if there is none. */
export const expectMatch = ({ file, text }: Source, pattern: RegExp, reason: string): string => {
  const found = pattern.exec(text)?.[1]
  if (found === undefined) throw new Catalogue.Malformed(file, [reason])
  return found
}
