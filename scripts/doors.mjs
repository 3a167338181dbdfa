/**
 * The doors of the library: the modules that package.json `exports` lists one by one. Beside them are the twins, the modules
 * of which `imports` has one for each kind of runtime. Everything that needs them reads them here: the checks, the aliases
 * of Vitest, and the `paths` of tsconfig.json.
 *
 * Run as a program, it fails if a door has a bad name or no source, if a twin is missing, if there are too many doors, or if they differ from `paths` or src/index.ts.
 * Usage: node scripts/doors.mjs [--write] [root]
 * `--write` writes the `paths` of tsconfig.json.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

/** The most doors that the library may have, besides itself and its products. */
export const mostDoors = 46

/** The other entries of the exports. */
const others = [".", "./products", "./products/*", "./package.json"]

/** Doors that src/index.ts does not export: they need an optional package. */
export const apart = ["LegacySchema"]

const toSource = (path) => path?.replace(/^\.\/dist\//, "src/").replace(/\.js$/, ".ts")

/** The target of an entry, as the source that it is built from. `null` closes a folder, and has none. */
const sourceOf = (target) => toSource(target?.default)

const entriesOf = (manifest) =>
  Object.entries(manifest.exports).flatMap(([subpath, target]) => {
    const source = sourceOf(target)
    return source === undefined ? [] : [{ subpath, specifier: manifest.name + subpath.slice(1), source }]
  })

/**
 * The modules of which each kind of runtime has its own, by their names in `imports`: `{ specifier: "#crypto", sources }`.
 * `sources` holds the source for each condition, in order.
 */
export const twinsOf = (manifest) =>
  Object.entries(manifest.imports ?? {}).map(([specifier, targets]) => ({
    specifier,
    sources: Object.fromEntries(Object.entries(targets).map(([condition, target]) => [condition, toSource(target)]))
  }))

/** What the compiler, the tests and the scripts resolve by a name. They run on Node, so they get the twins for Node. */
const resolvedOf = (manifest) => [
  ...entriesOf(manifest),
  ...twinsOf(manifest).map(({ sources, specifier }) => ({ specifier, source: sources.node ?? sources.default }))
]

/** The modules that a user can import by name: `{ name: "ApiClient", specifier, source: "src/layers/client/ApiClient.ts" }`. */
export const doorsOf = (manifest) =>
  entriesOf(manifest)
    .filter(({ subpath }) => !others.includes(subpath))
    .map(({ source, specifier, subpath }) => ({ name: subpath.slice(2), specifier, source }))

/** The aliases by which Vite, and so Vitest, finds the sources of the doors and of the twins. */
export const aliasesOf = (manifest, root) =>
  resolvedOf(manifest).map(({ source, specifier }) => ({
    find: new RegExp(`^${specifier.replace("*", "(.*)")}$`),
    replacement: join(root, source.replace("*", "$1"))
  }))

/** The `paths` of tsconfig.json, by which TypeScript finds them. `prefix` is the path from there to the root. */
export const pathsOf = (manifest, prefix = "./") =>
  Object.fromEntries(resolvedOf(manifest).map(({ source, specifier }) => [specifier, [prefix + source]]))

const read = (root, path) => readFileSync(join(root, path), "utf8")

const problemsOfExports = (manifest, root) => {
  const doors = doorsOf(manifest)
  const problems = doors.flatMap(({ name, source }) => {
    const { default: code, types } = manifest.exports[`./${name}`]
    if (name.includes("*")) {
      return [`package.json: "./${name}" opens a whole folder. List the modules that users need, one by one.`]
    }
    return [
      /^[A-Z][A-Za-z0-9]*$/.test(name)
        ? []
        : `package.json: the door "./${name}" is not PascalCase. Name it as its module, such as "./ApiClient".`,
      types === code?.replace(/\.js$/, ".d.ts")
        ? []
        : `package.json: the types of "./${name}" are ${types}. Name the file beside ${code}.`,
      existsSync(join(root, source))
        ? []
        : `package.json: the door "./${name}" leads to ${source}, which does not exist. Correct the path, or remove the door.`
    ].flat()
  })
  if (doors.length > mostDoors) {
    problems.push(
      `package.json: there are ${doors.length} doors, and ${mostDoors} are allowed. Merge two, or close one that few users need.`
    )
  }
  return problems
}

/** A runtime that no condition names gets the last one, so that has to be `default`. */
const problemsOfImports = (manifest, root) =>
  twinsOf(manifest).flatMap(({ sources, specifier }) => [
    ...Object.entries(sources)
      .filter(([, source]) => !existsSync(join(root, source)))
      .map(
        ([condition, source]) =>
          `package.json: "${specifier}" leads to ${source} for ${condition}, which does not exist. Correct the path.`
      ),
    ...(Object.keys(sources).at(-1) === "default"
      ? []
      : [`package.json: "${specifier}" has no target for other runtimes. End its conditions with "default".`])
  ])

/** The `export * as Name from "./file.js"` of src/index.ts, and whether it has anything else. */
const flatExports = (text) => {
  const pattern = /^export \* as (\w+) from "\.\/(.+)\.js"$/gm
  const rest = text.replace(pattern, "").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "")
  return {
    names: new Map([...text.matchAll(pattern)].map(([, name, path]) => [name, `src/${path}.ts`])),
    rest: rest.trim()
  }
}

const problemsOfIndex = (manifest, root) => {
  const doors = doorsOf(manifest).filter(({ name }) => !apart.includes(name))
  const { names, rest } = flatExports(read(root, "src/index.ts"))
  const missing = doors.flatMap(({ name, source }) => {
    const line = `export * as ${name} from "./${source.slice("src/".length, -".ts".length)}.js"`
    if (names.get(name) === source) return []
    return names.has(name)
      ? `src/index.ts: ${name} comes from ${names.get(name)}, and its door leads to ${source}. Write \`${line}\`.`
      : `src/index.ts: the door ${name} is missing. Add \`${line}\`.`
  })
  const strangers = [...names.keys()]
    .filter((name) => !doors.some((door) => door.name === name))
    .map(
      (name) =>
        `src/index.ts: ${name} is no door that belongs here. Add "./${name}" to the exports of package.json, or remove the line.`
    )
  const unknown = rest === "" ? [] : [`src/index.ts: only \`export * as Name from "…"\` belongs here, not \`${rest}\`.`]
  return [...missing, ...strangers, ...unknown]
}

const problemsOfPaths = (manifest, root) => {
  const paths = JSON.parse(read(root, "tsconfig.json")).compilerOptions.paths ?? {}
  const expected = pathsOf(manifest)
  return [...new Set([...Object.keys(expected), ...Object.keys(paths)])]
    .filter((specifier) => JSON.stringify(paths[specifier]) !== JSON.stringify(expected[specifier]))
    .map(
      (specifier) =>
        `tsconfig.json: paths has ${JSON.stringify(paths[specifier]) ?? "nothing"} for "${specifier}", and the exports and ` +
        `imports of package.json say ${JSON.stringify(expected[specifier]) ?? "that there is no such door"}. Run ` +
        "`node scripts/doors.mjs --write`."
    )
}

/** The faults of the doors of the project at `root`. */
export const problemsOf = (root) => {
  const manifest = JSON.parse(read(root, "package.json"))
  return [problemsOfExports, problemsOfImports, problemsOfIndex, problemsOfPaths].flatMap((check) =>
    check(manifest, root)
  )
}

/** Replaces the `paths` of a tsconfig.json, and does not change the rest. Formats them like Biome. */
export const withPaths = (text, paths) => {
  const lines = Object.entries(paths).map(([specifier, [source]], index, { length }) => {
    const comma = index === length - 1 ? "" : ","
    const line = `      "${specifier}": ["${source}"]${comma}`
    return line.length <= 80 ? line : `      "${specifier}": [\n        "${source}"\n      ]${comma}`
  })
  return text.replace(/"paths": \{[^}]*\}/, () => `"paths": {\n${lines.join("\n")}\n    }`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = process.argv.slice(2)
  const root = resolve(given.find((each) => !each.startsWith("--")) ?? dirname(dirname(fileURLToPath(import.meta.url))))
  if (given.includes("--write")) {
    const path = join(root, "tsconfig.json")
    writeFileSync(path, withPaths(readFileSync(path, "utf8"), pathsOf(JSON.parse(read(root, "package.json")))))
  }
  const problems = problemsOf(root)
  if (problems.length > 0) {
    console.error(problems.join("\n"))
    process.exit(1)
  }
  console.log(`${doorsOf(JSON.parse(read(root, "package.json"))).length} doors, in exports, paths and index alike`)
}
