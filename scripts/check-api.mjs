/**
 * The public API, as text: every declaration of every public module, out of dist/, without its comments. What is in git is
 * compared with what was built, so that a change of the API shows up in review.
 * Usage: node scripts/check-api.mjs [--write], after a build
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import ts from "typescript-5.9"
import { modules, root, specifierOf } from "./project.mjs"

const report = "api/effect-tencentcloud.api.md"
const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed })

const isPublic = (node) =>
  ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)

const nameOf = (node) => node.name?.text ?? node.declarationList?.declarations[0].name.getText() ?? ""

const byName = (one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0)

const read = (path) => ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2023, true)

const targetOf = (path, { moduleSpecifier }) => join(dirname(path), moduleSpecifier.text.replace(/\.js$/, ".d.ts"))

/** Writes each group of members or types that fits into a line as one line: the compiler's printer gives each its own. */
const inLines = (text) => {
  const group = /^(.*)([{[])\n((?:(?!.*[{[]$).*\n)*?) *([}\]])(.*)$/gm
  const joined = text.replace(group, (all, before, open, members, close, after) => {
    const inner = members.trim().replaceAll(/\s*\n\s*/g, " ")
    const space = open === "{" ? " " : ""
    const line = `${before}${open}${space}${inner}${space}${close}${after}`
    return inner !== "" && line.length <= 120 ? line : all
  })
  return joined === text ? text : inLines(joined)
}

/** The compiler names what a class extends by a constant of its own: the report shows what that constant is. */
const withBase = (text, found) => {
  const base = /\bextends (\w+_base)\b/.exec(text)?.[1]
  const declared = found.find(({ name }) => name === base)?.text
  if (declared === undefined) return text
  const tag = /YieldableError & \{\s*readonly _tag: "([^"]+)"/.exec(declared)?.[1]
  const type = tag === undefined ? declared.replace(/^declare const \w+: |;$/g, "") : `Data.TaggedError("${tag}")`
  return text.replace(base, () => type)
}

/** The declarations of a file, and of what it re-exports. */
const declarationsOf = (path, wanted = () => true) => {
  const file = read(path)
  return file.statements.flatMap((node) => {
    if (ts.isImportDeclaration(node)) return []
    if (!ts.isExportDeclaration(node)) {
      const name = nameOf(node)
      const exported = Boolean(isPublic(node))
      const text = printer.printNode(ts.EmitHint.Unspecified, node, file).replaceAll(/^export declare /gm, "export ")
      return !exported || wanted(name) ? [{ name, exported, text, path }] : []
    }
    if (node.moduleSpecifier === undefined) return []
    if (!node.moduleSpecifier.text.startsWith(".")) {
      return [{ name: "", exported: true, text: node.getText(), path }]
    }
    const target = targetOf(path, node)
    if (node.exportClause === undefined) return declarationsOf(target, wanted)
    if (ts.isNamespaceExport(node.exportClause)) {
      const inner = sorted(declarationsOf(target)).join("\n").replaceAll(/^/gm, "    ")
      const name = node.exportClause.name.text
      return [{ name, exported: true, text: `export namespace ${name} {\n${inner}\n}`, path }]
    }
    return node.exportClause.elements.flatMap(({ name, propertyName }) => {
      if (!wanted(name.text)) return []
      const original = (propertyName ?? name).text
      const found = declarationsOf(target, (each) => each === original)
      if (propertyName === undefined) return found
      return found.map((each) =>
        each.exported ? { ...each, name: name.text, text: each.text.replace(original, name.text) } : each
      )
    })
  })
}

/** Exports first, by name; then what is not exported and stands in their signatures. */
const sorted = (found) => {
  const texts = (exported) =>
    found
      .filter((each) => each.exported === exported)
      .sort(byName)
      .map(({ text }) => withBase(text, found).replace(/ \{\n\}$/, " {}"))
      .map(inLines)
  const exported = texts(true)
  const shown = exported.join("\n")
  // A declaration that no export names is nobody's business.
  const hidden = found
    .filter((each) => !each.exported && !each.name.endsWith("_base") && new RegExp(`\\b${each.name}\\b`).test(shown))
    .sort(byName)
    .map(({ text }) => text)
  return [...exported, ...(hidden.length > 0 ? ["// not exported", ...hidden] : [])]
}

const reportOf = ({ file }) => [...new Set(sorted(declarationsOf(join(root, "dist", `${file}.d.ts`))))].join("\n")

// The index exports each of these under its name: a test of its own says so.
const doors = modules.filter(({ name }) => name !== "index")

const text = [
  "# The public API of effect-tencentcloud",
  "Generated by `npm run api`, and compared by `npm run api:check`. Do not edit.",
  ...doors.flatMap((door) => [`## ${specifierOf(door)}`, `\`\`\`ts\n${reportOf(door)}\n\`\`\``])
].join("\n\n")

const write = (path) => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${text}\n`)
}

if (process.argv.includes("--write")) {
  write(join(root, report))
  console.log(`${report}: ${doors.length} modules, ${text.split("\n").length} lines`)
} else {
  const built = `node_modules/.cache/${report}`
  write(join(root, built))
  const { status } = spawnSync("git", ["diff", "--no-index", "--exit-code", report, built], {
    cwd: root,
    stdio: "inherit"
  })
  if (status !== 0) {
    console.error(
      `\nThe public API is not the one in ${report}. Is the change meant? Then run \`npm run api\`, put the report into the same\n` +
        "commit, and tell users of the change in a changeset: `npx changeset`."
    )
    process.exit(1)
  }
  console.log(`the API is the one in ${report}`)
}
