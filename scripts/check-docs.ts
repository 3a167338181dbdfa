/**
 * Fails where a public module or export lacks its docstring: a sentence, `@since` and, for an export, `@category`. Public is what
 * can be reached from the exports of package.json. Fails also where a sentence of the documents or docstrings is too long.
 * Usage: tsx scripts/check-docs.ts [--list] [root]
 * `--list` prints every long sentence, the longest first, and fails for none.
 */
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import ts from "typescript-5.9"
import { doorsOf } from "./doors.mjs"
import { sentencesOf, sentencesOfDocstring } from "./sentences.js"
import { commentsOf, filesIn, lineOf, parse, resolveImport, type Source, sourcesIn } from "./sources.js"

/** The most words that a sentence may have. */
const mostWords = 35

const pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]

const read = (root: string, path: string): string => readFileSync(join(root, path), "utf8")

const docstrings = (text: string, node: ts.Node): ReadonlyArray<string> =>
  (ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [])
    .map(({ end, pos }) => text.slice(pos, end))
    .filter((comment) => comment.startsWith("/**"))

type Tag = "since" | "category"

/** What a docstring lacks. Its sentence may continue in a list or an example. */
const faults = (docstring: string | undefined, tags: ReadonlyArray<Tag>): ReadonlyArray<string> => {
  if (docstring === undefined) return ["a docstring"]
  const text = docstring.replace(/^\/\*\*|\*\/$/g, "").replace(/^ *\* ?/gm, "")
  const paragraph = text.trim().split(/\n\s*\n|\n- |\n@/)[0] ?? ""
  return [
    /^[A-Z`1-9].*?[.:?](\s|$)/s.test(paragraph) ? [] : ["a sentence"],
    tags.includes("since") && !/^@since \d+\.\d+\.\d+$/m.test(text) ? ["@since"] : [],
    tags.includes("category") && !/^@category [a-z]/m.test(text) ? ["@category"] : []
  ].flat()
}

const isExported = (node: ts.Statement): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false)

const nameOf = (node: ts.Statement): string => {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText()).join()
  const { name } = node as { readonly name?: ts.Node }
  return name?.getText() ?? "default"
}

interface Export {
  readonly name: string
  readonly node: ts.Node
  readonly docs: ReadonlyArray<string>
  /** Where it is exported from, if from another file. */
  readonly from?: string
}

/** Every export with the docstrings before it, those of an exported namespace included. */
const exportsOf = (text: string, statements: ReadonlyArray<ts.Statement>, prefix = ""): ReadonlyArray<Export> =>
  statements.flatMap((node): ReadonlyArray<Export> => {
    if (ts.isExportDeclaration(node)) {
      const named = node.moduleSpecifier
      const from = named !== undefined && ts.isStringLiteral(named) ? { from: named.text } : {}
      return node.exportClause !== undefined && ts.isNamedExports(node.exportClause)
        ? node.exportClause.elements.map((each) => ({
            name: (each.propertyName ?? each.name).text,
            node: each,
            docs: docstrings(text, each),
            ...from
          }))
        : []
    }
    if (!isExported(node)) return []
    const name = prefix + nameOf(node)
    const body = ts.isModuleDeclaration(node) ? node.body : undefined
    const inner = body !== undefined && ts.isModuleBlock(body) ? exportsOf(text, body.statements, `${name}.`) : []
    return [{ name, node, docs: docstrings(text, node) }, ...inner]
  })

/** The exports of a file. Its own docstring, the header, is not that of its first statement. */
const exportsIn = ({ statements, text }: ts.SourceFile): ReadonlyArray<Export> =>
  exportsOf(text, statements).map((each) =>
    each.node === statements[0] ? { ...each, docs: each.docs.slice(1) } : each
  )

/** The files that a user reads: those behind the doors, and the files that these re-export. */
const publicFiles = (root: string): ReadonlyMap<string, Source> => {
  const found = new Map<string, Source>()
  const isThere = (path: string) => existsSync(join(root, path))
  const follow = (path: string) => {
    if (found.has(path) || !isThere(path)) return
    const source = parse(path, read(root, path))
    found.set(path, source)
    for (const statement of source.file.statements) {
      if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) continue
      const isWhole = statement.exportClause === undefined || ts.isNamespaceExport(statement.exportClause)
      const named = statement.moduleSpecifier
      const target = isWhole && ts.isStringLiteral(named) ? resolveImport(path, named.text, isThere) : undefined
      if (target !== undefined) follow(target)
    }
  }
  for (const { source } of doorsOf(JSON.parse(read(root, "package.json")))) follow(source)
  follow("src/index.ts")
  return found
}

/** The docstring of a name that is exported from another file: here, or else there. */
const docsOf = (root: string, path: string, { docs, from, name }: Export): ReadonlyArray<string> => {
  if (docs.length > 0 || from === undefined) return docs
  const target = resolveImport(path, from, (each) => existsSync(join(root, each)))
  if (target === undefined) return docs
  const { file } = parse(target, read(root, target))
  const found = exportsIn(file).find((each) => each.name === name)
  return found === undefined ? docs : docsOf(root, target, found)
}

/** What the public modules and exports lack, and how many exports there are. */
export const checkDocstrings = (root: string) => {
  const files = publicFiles(root)
  let count = 0
  const problems = [...files.values()].flatMap(({ file, path }) => {
    const [first] = file.statements
    const header = first === undefined ? undefined : docstrings(file.text, first)[0]
    const found = exportsIn(file)
    count += found.length
    const lacking = found.map((each) => ({
      line: lineOf(file, each.node.getStart()),
      name: each.name,
      lacks: faults(docsOf(root, path, each).at(-1), ["since", "category"])
    }))
    return [{ line: 1, name: "the module", lacks: faults(header, ["since"]) }, ...lacking]
      .filter(({ lacks }) => lacks.length > 0)
      .map(({ lacks, line, name }) => `${path}:${line} ${name} lacks ${lacks.join(", ")}`)
  })
  return { count, modules: files.size, problems }
}

/** Every sentence of the documents and docstrings that is too long, in the order of the files. */
export const longSentences = (root: string) => {
  const documents = [...pages.filter((path) => existsSync(join(root, path))), ...filesIn(root, "docs", /\.md$/)]
  return [
    // The generated reference repeats the docstrings.
    ...documents
      .filter((path) => !path.startsWith("docs/api/"))
      .flatMap((path) => sentencesOf(read(root, path)).map((sentence) => ({ path, ...sentence }))),
    ...sourcesIn(root, "src").flatMap(({ file, path }) =>
      commentsOf(file)
        .filter(({ text }) => text.startsWith("/**"))
        .flatMap(({ line, text }) => sentencesOfDocstring(text, line).map((sentence) => ({ path, ...sentence })))
    )
  ].filter(({ words }) => words > mostWords)
}

const describe = ({ line, path, text, words }: ReturnType<typeof longSentences>[number]): string =>
  `${path}:${line} ${words} words: ${text}`

const list = (root: string): void => {
  const sentences = [...longSentences(root)].sort((one, other) => other.words - one.words)
  for (const sentence of sentences) console.log(describe(sentence))
  console.log(`${sentences.length} sentences have more than ${mostWords} words`)
}

const main = (root: string): void => {
  const { count, modules, problems } = checkDocstrings(root)
  const sentences = longSentences(root)
  if (sentences.length > 0) {
    console.error(sentences.map(describe).join("\n"))
    console.error(
      `${sentences.length} sentences have more than ${mostWords} words. Say one thing in each: end it earlier, or make a list of it.`
    )
  }
  if (problems.length > 0) console.error(problems.join("\n"))
  if (problems.length + sentences.length > 0) process.exit(1)
  console.log(`${count} exports of ${modules} modules are documented, and no sentence has more than ${mostWords} words`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = process.argv.slice(2)
  const root = resolve(given.find((each) => !each.startsWith("--")) ?? dirname(dirname(fileURLToPath(import.meta.url))))
  if (given.includes("--list")) list(root)
  else main(root)
}
