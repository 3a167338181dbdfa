/** Turns the parse issues of a schema library into ours. */
import * as Issue from "../../../errors/Issue.js"
import * as Ast from "./ast.js"
import * as sentence from "./sentence.js"

const isNode = (input: unknown): input is Ast.ParseIssue =>
  typeof input === "object" && input !== null && "_tag" in input

const isAst = (input: unknown): input is Ast.Ast =>
  typeof input === "object" && input !== null && "_tag" in input && "annotations" in input

const children = (issue: Ast.ParseIssue): ReadonlyArray<Ast.ParseIssue> =>
  (Array.isArray(issue.issues) ? issue.issues : [issue.issues ?? issue.issue]).filter(isNode)

const segments = (path: unknown): Issue.Path =>
  (Array.isArray(path) ? path : [path]).map((key) => (typeof key === "number" ? key : String(key)))

const mismatch = (ast: Ast.Ast, refined: Ast.Ast, actual: unknown, path: Issue.Path): Issue.Issue => {
  const rightType = Ast.choicesOf(ast)?.some((choice) => choice !== null && typeof choice === typeof actual) ?? false
  const kind = rightType ? "value" : "type"
  return { kind, path, expected: Ast.wireTypeOf(refined), found: Issue.typeName(actual) }
}

/** A value of the right type that the schema rejects. Uses the schema's own message if it shows nothing of the value. */
const rejection = (
  issue: Ast.ParseIssue,
  ast: Ast.Ast | undefined,
  message: string | undefined,
  path: Issue.Path
): Issue.Issue => ({
  kind: "value",
  path,
  expected:
    sentence.withoutValue(issue.actual, message) ??
    (ast === undefined ? undefined : Ast.descriptionOf(ast)) ??
    "another value",
  found: Issue.typeName(issue.actual)
})

/** Picks the failures of the union's member that the value most likely belongs to: the one with the fewest issues. */
const issuesOfUnion = (issue: Ast.ParseIssue, ast: Ast.Ast, path: Issue.Path): ReadonlyArray<Issue.Issue> => {
  // Each member once: unions in unions would double the work at every level.
  const candidates = children(issue).flatMap((child) => {
    const leaves = flatten(child, path)
    // The value had the right type if a part of it failed, or if only a refinement did.
    const isCandidate = leaves.some(
      (leaf) => leaf.path.length > path.length || (child._tag === "Refinement" && leaf.kind === "value")
    )
    return isCandidate ? [leaves] : []
  })
  const [nearest] = candidates.sort((one, other) => one.length - other.length)
  return nearest ?? [mismatch(ast, ast, issue.actual, path)]
}

/**
 * Returns the leaves of a parse issue, each with its path, and without the values, which the libraries' own formatters print.
 * `refined` is the refinement around the current type. It says, for example, that a number is whole.
 */
export const flatten = (
  issue: Ast.ParseIssue,
  path: Issue.Path = [],
  refined?: Ast.Ast
): ReadonlyArray<Issue.Issue> => {
  const ast = isAst(issue.ast) ? issue.ast : undefined
  switch (issue._tag) {
    case "Pointer":
      return children(issue).flatMap((child) => flatten(child, [...path, ...segments(issue.path)]))
    case "Missing": {
      const type = typeOfMember(issue.ast)
      return [{ kind: "missing", path, expected: type === undefined ? "a value" : Ast.wireTypeOf(type), found: "" }]
    }
    case "Unexpected":
      return [{ kind: "unknown", path, expected: "no such member", found: "" }]
    case "Type":
      return [
        ast === undefined || issue.message !== undefined
          ? rejection(issue, ast, issue.message, path)
          : mismatch(ast, refined ?? ast, issue.actual, path)
      ]
    case "Composite":
      return ast?._tag === "Union"
        ? issuesOfUnion(issue, ast, path)
        : children(issue).flatMap((child) => flatten(child, path))
    case "Refinement":
    case "Transformation": {
      if (issue.kind !== "Predicate" && issue.kind !== "Transformation") {
        const whole = issue._tag === "Refinement" ? (refined ?? ast) : undefined
        return children(issue).flatMap((child) => flatten(child, path, whole))
      }
      const inner = children(issue).flatMap((child) => flatten(child, path))
      const nested = inner.filter((leaf) => leaf.path.length > path.length)
      if (nested.length > 0) return nested
      const message = children(issue).find((child) => child._tag === "Type")?.message
      return [rejection(issue, ast, message, path)]
    }
    default:
      return [{ kind: "value", path, expected: "a schema that is synchronous", found: Issue.typeName(issue.actual) }]
  }
}

/** Returns the type of the member that a `Missing` issue holds. */
const typeOfMember = (member: unknown): Ast.Ast | undefined =>
  typeof member === "object" && member !== null && "type" in member && isAst(member.type) ? member.type : undefined
