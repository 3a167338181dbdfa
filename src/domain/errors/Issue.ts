/**
 * One fault in a value that was checked against a contract: where, and what would have been right.
 *
 * An issue tells the *type* of what it found, and never the value, which may be a password.
 *
 * @since 0.1.0
 */

/**
 * Where a fault is: the names and indexes that lead there.
 *
 * @since 0.1.0
 * @category models
 */
export type Path = ReadonlyArray<string | number>

/**
 * A fault. Its kinds:
 *
 * - `missing`: a required member is absent
 * - `unknown`: a member that the contract does not have
 * - `type`: a value of the wrong type
 * - `value`: the right type, and a value that is not taken
 *
 * @since 0.1.0
 * @category models
 */
export interface Issue {
  readonly kind: "missing" | "unknown" | "type" | "value"
  readonly path: Path
  /** What would have been right: `string`, `int64`, `a number between 1 and 100`. */
  readonly expected: string
  /** The type of what was there instead; empty where nothing was. */
  readonly found: string
}

/**
 * A path as the service writes it: `Filters.0.Values`.
 *
 * @since 0.1.0
 * @category formatting
 */
export const formatPath = (path: Path): string => path.join(".")

/**
 * An issue as a clause: ``` `Size` is missing ```.
 *
 * @since 0.1.0
 * @category formatting
 */
export const format = (issue: Issue): string => {
  const where = issue.path.length === 0 ? "it" : `\`${formatPath(issue.path)}\``
  switch (issue.kind) {
    case "missing":
      return `${where} is missing`
    case "unknown":
      return `${where} is not known`
    case "type":
      return `${where} is ${issue.found} where ${issue.expected} was expected`
    case "value":
      return `${where} has a value that is not taken: expected ${issue.expected}`
  }
}

/**
 * The name of a value's type, as the service's own messages use it. An integer past 2^53 is named with its digits, since
 * they are what is wrong with it.
 *
 * @since 0.1.0
 * @category getters
 */
export const typeName = (value: unknown): string => {
  if (value === null) return "null"
  if (value === undefined) return "nothing"
  if (Array.isArray(value)) return "list"
  switch (typeof value) {
    case "bigint":
      return `the integer ${value}, which a number cannot hold,`
    case "boolean":
      return "bool"
    default:
      return typeof value
  }
}
