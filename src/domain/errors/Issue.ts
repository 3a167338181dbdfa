/**
 * One fault in a value that was checked against a contract: where it is, and what the contract expects there.
 *
 * An issue names the *type* of the value that it found, and not the value, which may be a password. Only options that cannot be secret
 * show their value.
 *
 * @since 0.1.0
 */

/**
 * The place of a fault: the names and indexes that lead to it.
 *
 * @since 0.1.0
 * @category models
 */
export type Path = ReadonlyArray<string | number>

/**
 * A fault. Its kinds:
 *
 * - `missing`: a required member is absent
 * - `unknown`: the contract has no such member
 * - `type`: the value has the wrong type
 * - `value`: the value has the right type, but is not allowed
 *
 * @since 0.1.0
 * @category models
 */
export interface Issue {
  readonly kind: "missing" | "unknown" | "type" | "value"
  readonly path: Path
  /** What the contract expects: `string`, `int64`, `a number between 1 and 100`. */
  readonly expected: string
  /** The type of the value that was there. Empty if there was none. */
  readonly found: string
  /** The value that was there, as text, where it cannot be a secret: an option such as the region. */
  readonly value?: string | undefined
  /** A name that the contract has, and that is near to the one that it does not have. */
  readonly meant?: string | undefined
}

/**
 * Formats a path as the service writes it: `Filters.0.Values`.
 *
 * @since 0.1.0
 * @category formatting
 */
export const formatPath = (path: Path): string => path.join(".")

/**
 * Formats an issue as a clause: ``` `Size` is missing ```.
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
      return `${where} is not known${issue.meant === undefined ? "" : `: did you mean \`${issue.meant}\`?`}`
    case "type":
      return `${where} is ${issue.found} where ${issue.expected} was expected`
    case "value":
      return `${where} is invalid: expected ${issue.expected}${issue.value === undefined ? "" : `, and it is ${issue.value}`}`
  }
}

/**
 * Returns the name of a value's type, as the service's own messages use it. For an integer past 2^53 the name includes its
 * digits, because they are what is wrong with it.
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
