/**
 * Makes what `tsc` has built of the products small: 300 modules are nine tenths of the package. The comments go from the JavaScript and
 * stay in the declarations, indents go from both, and names that nobody sees get short.
 * Usage: node scripts/compact-products.mjs, after `tsc`
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./project.mjs"

const mapLine = /\n\/\/# sourceMappingURL=.*\n?$/

/** Texts of this module hold no line breaks, and none begins a line, so what begins a line is code or a comment. */
const withoutIndents = (text) => text.replace(/^[ \t]+/gm, "")

const withoutComments = (text) => text.replace(/^[ \t]*\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n/gm, "")

/** The shapes are constants of the module, `_RunInstancesRequest`. No text in a module holds such a name. */
const withShortShapes = (text) => {
  const names = new Map()
  for (const [, name] of text.matchAll(/^const (_[A-Z]\w*) = \[/gm)) names.set(name, `_${names.size.toString(36)}`)
  return text.replace(/(?<![\w$."'])_[A-Z]\w*/g, (name) => names.get(name) ?? name)
}

/** A list of classes over many lines, on one. */
const withFlatLists = (text) => text.replace(/([[,(])\n(?=[\w"\][])/g, "$1").replace(/(\w|")\n(?=[\])])/g, "$1")

const definition = /(?<=_define\("\w+", \w+, \w+, \[)[^\]]*(?=\])/g

/** The classes of errors that many actions declare get a short name beside their own, which their lists use. */
const withShortClasses = (text) => {
  const uses = new Map()
  for (const [list] of text.matchAll(definition)) {
    for (const name of list.match(/\w+/g) ?? []) uses.set(name, (uses.get(name) ?? 0) + 1)
  }
  const names = new Map()
  for (const [name, count] of uses) if (count > 2) names.set(name, `$${names.size.toString(36)}`)
  const aliases = [...names].map(([name, short]) => `const ${short} = ${name};\n`).join("")
  return text
    .replace(definition, (list) => list.replace(/\w+/g, (name) => names.get(name) ?? name))
    .replace(/^const _define = /m, (start) => `${aliases}${start}`)
}

export const compactScript = (text) =>
  withShortClasses(withFlatLists(withoutIndents(withShortShapes(withoutComments(text.replace(mapLine, "\n"))))))
    .replace(/ \{\n\}$/gm, " {}")
    // `tsc` says it twice.
    .replaceAll("/* #__PURE__ */ /* #__PURE__ */", "/* #__PURE__ */")

/** `X_base` becomes `_0`, and names its type by the import that the module has anyway. */
export const compactDeclarations = (text) => {
  let count = 0
  const classes = text.replace(
    /declare const (\w+)_base: import\("[^"]*"\)\.ApiErrorClass<("[^"]*")>;\n((?:\/\*\*.*\*\/\n)?)export declare class \1 extends \/\* #__PURE__ \*\/ \1_base \{\n\}/g,
    (_, name, code, comment) => {
      const base = `_${(count++).toString(36)}`
      return `declare const ${base}: $.ErrorClass<${code}>;\n${comment}export declare class ${name} extends ${base} {}`
    }
  )
  return withoutIndents(classes.replace(mapLine, "\n")).replace(/^\*/gm, " *")
}

const folder = join(root, "dist/products")
for (const path of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
  const compact = path.endsWith(".d.ts") ? compactDeclarations : path.endsWith(".js") ? compactScript : undefined
  if (compact === undefined) continue
  const file = join(folder, path)
  writeFileSync(file, compact(readFileSync(file, "utf8")))
}

// The first condition of `./products/*` in package.json has a target with two stars, so that an editor does not enumerate 300 modules. Linters of
// packages want it to match a file. This is the one that can: `products/index`.
mkdirSync(join(folder, "index"), { recursive: true })
writeFileSync(join(folder, "index/index.d.ts"), 'export * from "../index.js"\n')
