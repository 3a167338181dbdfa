/** What the checks read from a source file: its syntax tree, its imports, its comments. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, posix } from "node:path"
import ts from "typescript-5.9"

export interface Import {
  readonly specifier: string
  readonly line: number
  /** Whether it does not exist at run time. */
  readonly isTypeOnly: boolean
}

export interface Source {
  /** From the root of the project, with slashes. */
  readonly path: string
  readonly file: ts.SourceFile
  readonly imports: ReadonlyArray<Import>
}

export const lineOf = (file: ts.SourceFile, position: number): number =>
  file.getLineAndCharacterOfPosition(position).line + 1

/** Calls `visit` with every node of a tree, parents first. */
export const everyNode = (node: ts.Node, visit: (node: ts.Node) => void): void => {
  visit(node)
  ts.forEachChild(node, (child) => everyNode(child, visit))
}

const onlyTypes = (elements: ReadonlyArray<{ readonly isTypeOnly: boolean }>) =>
  elements.length > 0 && elements.every(({ isTypeOnly }) => isTypeOnly)

const isTypeImport = ({ importClause }: ts.ImportDeclaration): boolean =>
  importClause !== undefined &&
  (importClause.isTypeOnly ||
    (importClause.name === undefined &&
      importClause.namedBindings !== undefined &&
      ts.isNamedImports(importClause.namedBindings) &&
      onlyTypes(importClause.namedBindings.elements)))

const isTypeExport = ({ exportClause, isTypeOnly }: ts.ExportDeclaration): boolean =>
  isTypeOnly || (exportClause !== undefined && ts.isNamedExports(exportClause) && onlyTypes(exportClause.elements))

/** The module that a node names, if it is an import of any kind: `import`, `export … from`, `import()`, `typeof import()`. */
const importOf = (node: ts.Node): readonly [named: ts.Node | undefined, isTypeOnly: boolean] => {
  if (ts.isImportDeclaration(node)) return [node.moduleSpecifier, isTypeImport(node)]
  if (ts.isExportDeclaration(node)) return [node.moduleSpecifier, isTypeExport(node)]
  if (ts.isImportTypeNode(node)) return [ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true]
  if (ts.isExternalModuleReference(node)) return [node.expression, false]
  const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
  return [isDynamic ? node.arguments[0] : undefined, false]
}

const importsOf = (file: ts.SourceFile): ReadonlyArray<Import> => {
  const found: Array<Import> = []
  everyNode(file, (node) => {
    const [named, isTypeOnly] = importOf(node)
    if (named !== undefined && ts.isStringLiteralLike(named)) {
      found.push({ specifier: named.text, line: lineOf(file, node.getStart(file)), isTypeOnly })
    }
  })
  return found
}

export const parse = (path: string, text: string): Source => {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
  return { path, file, imports: importsOf(file) }
}

/** The paths of the files in a folder and in all folders inside, in order. A missing folder has none. */
export const filesIn = (root: string, folder: string, ending: RegExp): ReadonlyArray<string> =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .map((name) => posix.join(folder, name.replaceAll("\\", "/")))
        .filter((path) => ending.test(path) && !path.includes("node_modules/"))
        .sort()
    : []

const code = /\.(ts|mts|mjs)$/

/** The hand-written code in a folder: `src/products` is generated. */
export const sourcesIn = (root: string, folder: string): ReadonlyArray<Source> =>
  filesIn(root, folder, code)
    .filter((path) => !path.startsWith("src/products/") && !path.includes("/.built/"))
    .map((path) => parse(path, readFileSync(join(root, path), "utf8")))

/** The file of a relative import. `isThere` says which files exist. */
export const resolveImport = (
  from: string,
  specifier: string,
  isThere: (path: string) => boolean
): string | undefined => {
  if (!specifier.startsWith(".")) return undefined
  const path = posix.join(posix.dirname(from), specifier)
  const stem = path.replace(/\.js$/, "")
  return [path, `${stem}.ts`, `${stem}.d.ts`, path.replace(/\.mjs$/, ".d.mts")].find(isThere)
}

/** Every comment of a file, once, with the line that it begins in. */
export const commentsOf = (file: ts.SourceFile): ReadonlyArray<{ readonly text: string; readonly line: number }> => {
  const found = new Map<number, string>()
  everyNode(file, (node) => {
    const ranges = [
      ...(ts.getLeadingCommentRanges(file.text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(file.text, node.getEnd()) ?? [])
    ]
    for (const { end, pos } of ranges) found.set(pos, file.text.slice(pos, end))
  })
  return [...found].sort(([one], [other]) => one - other).map(([pos, text]) => ({ text, line: lineOf(file, pos) }))
}
