import * as Issue from "../../errors/Issue.js"
import * as Shape from "./schemaShape.js"
import * as sentence from "./sentence.js"

const isNode = (input: unknown): input is Shape.ParseIssue =>
  typeof input === "object" && input !== null && "_tag" in input

const isAst = (input: unknown): input is Shape.Ast =>
  typeof input === "object" && input !== null && "_tag" in input && "annotations" in input

const children = (issue: Shape.ParseIssue): ReadonlyArray<Shape.ParseIssue> =>
  (Array.isArray(issue.issues) ? issue.issues : [issue.issues ?? issue.issue]).filter(isNode)

const segments = (path: unknown): Issue.Path =>
  (Array.isArray(path) ? path : [path]).map((key) => (typeof key === "number" ? key : String(key)))

const mismatch = (ast: Shape.Ast, refined: Shape.Ast, actual: unknown, path: Issue.Path): Issue.Issue => {
  const rightType = Shape.choices(ast)?.some((choice) => choice !== null && typeof choice === typeof actual) ?? false
  const kind = rightType ? "value" : "type"
  return { kind, path, expected: Shape.wireType(refined), found: Issue.typeName(actual) }
}

/** A value of the right type that is not taken: by what was said of it, where that can be repeated, or by its description. */
const refused = (
  issue: Shape.ParseIssue,
  ast: Shape.Ast | undefined,
  said: string | undefined,
  path: Issue.Path
): Issue.Issue => ({
  kind: "value",
  path,
  expected:
    sentence.about(issue.actual, said) ?? (ast === undefined ? undefined : Shape.description(ast)) ?? "another value",
  found: Issue.typeName(issue.actual)
})

/** Of a union's failures, those of the member that the value comes nearest to, among those it may have been meant for. */
const ofUnion = (issue: Shape.ParseIssue, ast: Shape.Ast, path: Issue.Path): ReadonlyArray<Issue.Issue> => {
  const meant = children(issue).filter((child) =>
    // What failed below it, or was refused by a bound, had the right type.
    flatten(child, path).some(
      (leaf) => leaf.path.length > path.length || (child._tag === "Refinement" && leaf.kind === "value")
    )
  )
  const [nearest] = meant.map((child) => flatten(child, path)).sort((one, other) => one.length - other.length)
  return nearest ?? [mismatch(ast, ast, issue.actual, path)]
}

/**
 * The leaves of a ParseIssue, each with its path. The values themselves are left behind: the formatters that come with the
 * schema libraries print them. `refined` is what is made of the type that is looked at: that a number is whole is said there.
 */
export const flatten = (
  issue: Shape.ParseIssue,
  path: Issue.Path = [],
  refined?: Shape.Ast
): ReadonlyArray<Issue.Issue> => {
  const ast = isAst(issue.ast) ? issue.ast : undefined
  switch (issue._tag) {
    case "Pointer":
      return children(issue).flatMap((child) => flatten(child, [...path, ...segments(issue.path)]))
    case "Missing": {
      const type = typeOfMember(issue.ast)
      return [{ kind: "missing", path, expected: type === undefined ? "a value" : Shape.wireType(type), found: "" }]
    }
    case "Unexpected":
      return [{ kind: "unknown", path, expected: "no such member", found: "" }]
    case "Type":
      return [
        ast === undefined || issue.message !== undefined
          ? refused(issue, ast, issue.message, path)
          : mismatch(ast, refined ?? ast, issue.actual, path)
      ]
    case "Composite":
      return ast?._tag === "Union"
        ? ofUnion(issue, ast, path)
        : children(issue).flatMap((child) => flatten(child, path))
    case "Refinement":
    case "Transformation": {
      if (issue.kind !== "Predicate" && issue.kind !== "Transformation") {
        const whole = issue._tag === "Refinement" ? (refined ?? ast) : undefined
        return children(issue).flatMap((child) => flatten(child, path, whole))
      }
      const inner = children(issue).flatMap((child) => flatten(child, path))
      const pointed = inner.filter((leaf) => leaf.path.length > path.length)
      if (pointed.length > 0) return pointed
      const said = children(issue).find((child) => child._tag === "Type")?.message
      return [refused(issue, ast, said, path)]
    }
    default:
      return [{ kind: "value", path, expected: "a schema that answers at once", found: Issue.typeName(issue.actual) }]
  }
}

/** A `Missing` issue holds the member, whose type stands one level below. */
const typeOfMember = (member: unknown): Shape.Ast | undefined =>
  typeof member === "object" && member !== null && "type" in member && isAst(member.type) ? member.type : undefined
