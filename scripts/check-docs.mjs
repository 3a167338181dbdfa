/**
 * Fails where a public module or export lacks its docstring: a sentence, `@since` and, for an export, `@category`.
 * Usage: node scripts/check-docs.mjs
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import ts from "typescript-5.9"
import { modules, root } from "./project.mjs"

const docstrings = (text, node) =>
  (ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [])
    .map(({ end, pos }) => text.slice(pos, end))
    .filter((comment) => comment.startsWith("/**"))

/** What a docstring lacks. Its sentence may go on in a list or an example. */
const faults = (docstring, tags) => {
  if (docstring === undefined) return ["a docstring"]
  const text = docstring.replace(/^\/\*\*|\*\/$/g, "").replace(/^ *\* ?/gm, "")
  const paragraph = text.trim().split(/\n\s*\n|\n- |\n@/)[0]
  return [
    /^[A-Z`1-9].*?[.:?](\s|$)/s.test(paragraph) ? [] : ["a sentence"],
    tags.includes("since") && !/^@since \d+\.\d+\.\d+$/m.test(text) ? ["@since"] : [],
    tags.includes("category") && !/^@category [a-z]/m.test(text) ? ["@category"] : []
  ].flat()
}

const isExported = (node) =>
  ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)

const nameOf = (node) =>
  ts.isVariableStatement(node)
    ? node.declarationList.declarations.map(({ name }) => name.getText()).join()
    : node.name.text

/** Every export with the docstrings before it, those of an exported namespace included. */
const exportsOf = (text, statements, prefix = "") =>
  statements.flatMap((node) => {
    if (ts.isExportDeclaration(node)) {
      return node.exportClause !== undefined && ts.isNamedExports(node.exportClause)
        ? node.exportClause.elements.map((each) => ({ name: each.name.text, node: each, docs: docstrings(text, each) }))
        : []
    }
    if (!isExported(node)) return []
    const name = prefix + nameOf(node)
    const inner = ts.isModuleDeclaration(node) ? exportsOf(text, node.body.statements, `${name}.`) : []
    return [{ name, node, docs: docstrings(text, node) }, ...inner]
  })

let count = 0
const problems = modules.flatMap((module) => {
  const path = `src/${module.file}.ts`
  const text = readFileSync(join(root, path), "utf8")
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
  const [first] = file.statements
  const header = docstrings(text, first)[0]
  const found = exportsOf(text, file.statements)
  count += found.length
  const told = found.map(({ docs, name, node }) => ({
    line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1,
    name,
    // A file's own docstring is not that of its first statement.
    lacks: faults((node === first ? docs.slice(1) : docs).at(-1), ["since", "category"])
  }))
  return [{ line: 1, name: "the module", lacks: faults(header, ["since"]) }, ...told]
    .filter(({ lacks }) => lacks.length > 0)
    .map(({ lacks, line, name }) => `${path}:${line} ${name} lacks ${lacks.join(", ")}`)
})

if (problems.length > 0) {
  console.error(problems.join("\n"))
  process.exit(1)
}
console.log(`${count} exports of ${modules.length} modules are documented`)
