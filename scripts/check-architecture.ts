/**
 * Fails where an import breaks a rule of scripts/architecture.ts, types included, and where files import each other in a circle,
 * a file or a function is too long, or an internal file does not say what it is for.
 * Usage: tsx scripts/check-architecture.ts [root]
 *
 * It is our own code and not dependency-cruiser. There, each row of the table would be a pair of regular expressions, and the
 * exception for a facade is impossible. It also checks neither doors nor lengths nor documents.
 */
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, posix, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript-5.9"
import { architecture, type Table } from "./architecture.js"
import { type Door, doorsOf, type Twin, twinsOf } from "./doors.mjs"
import { commentsOf, everyNode, filesIn, lineOf, resolveImport, type Source, sourcesIn } from "./sources.js"

interface Project {
  readonly root: string
  readonly table: Table
  readonly name: string
  readonly doors: ReadonlyArray<Door>
  readonly twins: ReadonlyArray<Twin>
  readonly src: ReadonlyArray<Source>
  readonly isThere: (path: string) => boolean
}

type Problems = ReadonlyArray<string>

const read = (root: string, path: string): string => readFileSync(join(root, path), "utf8")

const isInternal = (path: string): boolean => path.includes("/internal/")

const isIn = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

/** The row of a file of src: the matching one with the longest name. */
const roomOf = ({ rooms }: Table, path: string) =>
  rooms
    .filter(([room]) => isIn(path, `src/${room}`))
    .sort(([one], [other]) => other.length - one.length)
    .at(0)

/** A row may name only rooms above it: else the table itself would allow a circle. */
const checkTable = ({ rooms }: Table): Problems =>
  rooms.flatMap(([room, mayImport], index) =>
    mayImport.flatMap((name) => {
      const named = rooms.flatMap(([each], at) => (isIn(each, name) ? [{ each, at }] : []))
      if (named.length === 0) return `scripts/architecture.ts: ${room} may import ${name}, and there is no such room.`
      return named
        .filter(({ at }) => at > index)
        .map(
          ({ each }) =>
            `scripts/architecture.ts: ${room} may import ${each}, which stands below it. Move one of the rows.`
        )
    })
  )

/** The file that an import of src leads to. The twins of a name lie in one room, so the first of them decides. */
const targetOf = ({ isThere, twins }: Project, from: string, specifier: string): string | undefined => {
  const [twin] = Object.values(twins.find((each) => each.specifier === specifier)?.sources ?? {})
  return twin ?? resolveImport(from, specifier, isThere)
}

const checkImport = (project: Project, source: Source, specifier: string): string | undefined => {
  const { name, table } = project
  if (specifier === name || specifier.startsWith(`${name}/`)) {
    return `imports ${specifier} by the name of the library. Import the file by its relative path.`
  }
  const target = targetOf(project, source.path, specifier)
  if (target === undefined) {
    return /^[.#]/.test(specifier) ? `imports ${specifier}, which leads to no file. Correct the path.` : undefined
  }
  const [room, mayImport] = roomOf(table, source.path) ?? ["src", []]
  const [other] = roomOf(table, target) ?? []
  if (target === "src/index.ts") return "imports src/index.ts, which loads everything. Import the module itself."
  // Reported for that file itself.
  if (other === undefined) return undefined
  if (other === room || mayImport.some((each) => isIn(other, each))) return undefined
  const allowed = mayImport.length === 0 ? "nothing but itself" : `only ${mayImport.join(", ")}`
  return `imports ${target}, and ${room} may import ${allowed}. Move what it needs to a room that it may import, or take it as an argument.`
}

/** The imports between the rooms of src. src/index.ts is the business of scripts/doors.mjs. */
const checkRooms = (project: Project): Problems =>
  project.src
    .filter(({ path }) => path !== "src/index.ts")
    .flatMap((source) => {
      if (roomOf(project.table, source.path) === undefined) {
        return `${source.path}: is in no room. Move it into one, or add a row to scripts/architecture.ts.`
      }
      return source.imports.flatMap(({ line, specifier }) => {
        const problem = checkImport(project, source, specifier)
        return problem === undefined ? [] : `${source.path}:${line}: ${problem}`
      })
    })

/** The generated modules are many and long: their imports are read without a syntax tree. */
const checkProducts = ({ root, table }: Project): Problems => {
  const mayImport = table.rooms.find(([room]) => room === "products")?.[1] ?? []
  return filesIn(root, "src/products", /\.ts$/).flatMap((path) =>
    [...read(root, path).matchAll(/(?:from |import\(|import )"(\.[^"]+)"/g)]
      .map(([, specifier = ""]) => posix.join(posix.dirname(path), specifier))
      .filter((target) => !isIn(target, "src/products"))
      .filter((target) => isInternal(target) || !mayImport.some((each) => isIn(target, `src/${each}`)))
      .map(
        (target) =>
          `${path}: imports ${target}, and products may import only what is public in ${mayImport.join(", ")}.`
      )
  )
}

/** Each file of src with those that it imports, and whether it needs them at run time. */
type Graph = ReadonlyMap<string, ReadonlyMap<string, { readonly isTypeOnly: boolean }>>

const graphOf = (project: Project): Graph =>
  new Map(
    project.src.map(({ imports, path }) => {
      const targets = new Map<string, { readonly isTypeOnly: boolean }>()
      for (const { isTypeOnly, specifier } of imports) {
        const target = targetOf(project, path, specifier)
        if (target === undefined || target.startsWith("src/products/")) continue
        targets.set(target, { isTypeOnly: isTypeOnly && (targets.get(target)?.isTypeOnly ?? true) })
      }
      return [path, targets]
    })
  )

/** The facade of an internal file: `gateway/KeyStore.ts` of `gateway/internal/keyStore.ts`. */
const facadeOf = (path: string): string | undefined => {
  const folder = posix.dirname(path)
  if (posix.basename(folder) !== "internal") return undefined
  const name = posix.basename(path)
  return posix.join(posix.dirname(folder), name.charAt(0).toUpperCase() + name.slice(1))
}

/** The shortest way along the imports from a file back to itself. */
const wayBack = (graph: Graph, start: string): ReadonlyArray<string> | undefined => {
  const seen = new Set<string>()
  let ways: ReadonlyArray<ReadonlyArray<string>> = [[start]]
  while (ways.length > 0) {
    const next: Array<ReadonlyArray<string>> = []
    for (const way of ways) {
      const last = way.at(-1) ?? start
      for (const [target, { isTypeOnly }] of graph.get(last) ?? []) {
        // An internal file may share the types of its own facade.
        if (isTypeOnly && facadeOf(last) === target) continue
        if (target === start) return [...way, target]
        if (!seen.has(target)) next.push([...way, target])
        seen.add(target)
      }
    }
    ways = next
  }
  return undefined
}

const checkCycles = (project: Project): Problems => {
  const graph = graphOf(project)
  const reported = new Set<string>()
  return [...graph.keys()].flatMap((path) => {
    if (reported.has(path)) return []
    const cycle = wayBack(graph, path)
    if (cycle === undefined) return []
    for (const each of cycle) reported.add(each)
    return `${path}: imports itself: ${cycle.join(" → ")}. Move what they share into a file of its own. Only an internal file may import its facade, and only types.`
  })
}

/** The files behind the doors, with the door of each: what a door exports whole is behind it too. */
const behindDoors = ({ doors, isThere, src }: Project): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  const follow = (path: string, specifier: string) => {
    if (found.has(path)) return
    found.set(path, specifier)
    for (const statement of src.find((each) => each.path === path)?.file.statements ?? []) {
      if (!ts.isExportDeclaration(statement) || statement.exportClause !== undefined) continue
      const named = statement.moduleSpecifier
      const target =
        named !== undefined && ts.isStringLiteral(named) ? resolveImport(path, named.text, isThere) : undefined
      if (target !== undefined) follow(target, specifier)
    }
  }
  for (const { source, specifier } of doors) follow(source, specifier)
  return found
}

const isDoor = ({ doors, name }: Project, specifier: string): boolean =>
  specifier === name ||
  specifier === `${name}/products` ||
  specifier.startsWith(`${name}/products/`) ||
  doors.some((door) => door.specifier === specifier)

const noDoor = (specifier: string): string =>
  `names ${specifier}, which is no door of the library. Take one of those in the exports of package.json.`

const checkOutside = (project: Project): Problems => {
  const { isThere, name, root, table } = project
  const behind = behindDoors(project)
  return Object.entries(table.outside).flatMap(([folder, allowed]) => {
    const problem = (path: string, specifier: string): string | undefined => {
      if (specifier.startsWith(`${name}/`) || specifier === name) {
        return isDoor(project, specifier) ? undefined : noDoor(specifier)
      }
      const target = resolveImport(path, specifier, isThere)
      if (target === undefined || !isIn(target, "src")) return undefined
      const door = target.startsWith("src/products/") ? `${name}/products/…` : behind.get(target)
      if (door !== undefined) return `imports ${target}, which has a door. Import it as ${door}.`
      if (allowed === "doors and internals") return undefined
      return `imports ${target}, and ${folder} may import the library only by its doors, such as ${name}/ApiClient.`
    }
    return sourcesIn(root, folder).flatMap(({ imports, path }) =>
      imports.flatMap(({ line, specifier }) => {
        const found = problem(path, specifier)
        return found === undefined ? [] : `${path}:${line}: ${found}`
      })
    )
  })
}

/** Names of the library's modules in a text. The last part of another address, such as GitHub's, is none of them. */
const checkText = (project: Project, path: string, text: string, firstLine = 1): Problems =>
  [...text.matchAll(new RegExp(`(?<![\\w/.@-])${project.name}/[\\w/-]+`, "g"))].flatMap(({ 0: specifier, index }) =>
    isDoor(project, specifier)
      ? []
      : `${path}:${firstLine + text.slice(0, index).split("\n").length - 1}: ${noDoor(specifier)}`
  )

const checkDocuments = (project: Project): Problems => {
  const { root } = project
  const top = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md"].filter((path) =>
    existsSync(join(root, path))
  )
  const documents = [...top, ...filesIn(root, "docs", /\.md$/)]
  return [
    ...documents.flatMap((path) => checkText(project, path, read(root, path))),
    ...project.src.flatMap(({ file, path }) =>
      commentsOf(file).flatMap(({ line, text }) => checkText(project, path, text, line))
    )
  ]
}

const checkHeaders = ({ src }: Project): Problems =>
  src
    .filter(({ path }) => isInternal(path))
    .filter(({ file }) => {
      const [comment] = commentsOf(file)
      const words = comment?.text.replace(/^\/\*+|\*\/$|^\/\/|^ *\* ?/gm, "").trim() ?? ""
      return comment?.line !== 1 || !/^[^a-z].*[.:](\s|$)/s.test(words)
    })
    .map(({ path }) => `${path}:1: has no header. Begin the file with a comment: a sentence that says what it is for.`)

const nameOf = (node: ts.Node): string => {
  for (let each: ts.Node | undefined = node; each !== undefined; each = each.parent) {
    const named = each as { readonly name?: ts.Node }
    if (named.name !== undefined && ts.isIdentifier(named.name)) return named.name.text
    if (ts.isConstructorDeclaration(each)) return "the constructor"
  }
  return "a function"
}

const longFunctions = ({ file, path }: Source, most: number): Problems => {
  const found: Array<string> = []
  everyNode(file, (node) => {
    if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return
    const first = lineOf(file, node.getStart(file))
    const lines = lineOf(file, node.getEnd()) - first + 1
    if (lines <= most) return
    found.push(
      `${path}:${first}: ${nameOf(node)} has ${lines} lines, and a function may have ${most}. Name its parts, and take them out.`
    )
  })
  return found
}

const checkLengths = ({ root, src, table }: Project): Problems => {
  const { functionLines, lines, sentences } = table
  const sourcesOf = (folder: string) => (folder === "src" ? src : sourcesIn(root, folder))
  return Object.entries(lines).flatMap(([folder, most]) =>
    sourcesOf(folder).flatMap((source) => {
      const count = source.file.text.split("\n").length - 1
      const isLong = count > most && !sentences.includes(source.path)
      return [
        ...(isLong
          ? [`${source.path}: has ${count} lines, and a file in ${folder} may have ${most}. Split it by subject.`]
          : []),
        ...(folder === "test" ? [] : longFunctions(source, functionLines))
      ]
    })
  )
}

/** Everything that breaks a rule in the project at `root`. */
export const check = (root: string, table: Table = architecture): Problems => {
  const manifest = JSON.parse(read(root, "package.json"))
  const known = new Set(["src", "test", "examples", "bench", "scripts"].flatMap((folder) => filesIn(root, folder, /./)))
  for (const path of filesIn(root, "docs", /\.md$/)) known.add(path)
  const project: Project = {
    root,
    table,
    name: manifest.name,
    doors: doorsOf(manifest),
    twins: twinsOf(manifest),
    src: sourcesIn(root, "src"),
    isThere: (path) => known.has(path)
  }
  return [
    checkTable(table),
    checkRooms(project),
    checkProducts(project),
    checkCycles(project),
    checkOutside(project),
    checkDocuments(project),
    checkHeaders(project),
    checkLengths(project)
  ].flat()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))))
  const problems = check(root)
  if (problems.length > 0) {
    console.error(`${problems.join("\n")}\nProblems: ${problems.length}. The rules are in scripts/architecture.ts.`)
    process.exit(1)
  }
  console.log("imports, circles, headers and lengths are as scripts/architecture.ts wants them")
}
