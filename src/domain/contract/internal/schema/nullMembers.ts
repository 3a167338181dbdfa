/** Reads a `null` that a schema rejects in a request as an absent member. */
import * as Either from "effect/Either"
import type * as Issue from "../../../errors/Issue.js"
import * as Json from "../../../wire/Json.js"
import type { Issues } from "../codec.js"

/** The names and indexes of rejected members, as a tree. A leaf has no branches. */
interface Branches extends Map<string | number, Branches> {}

/** The places where a value may be a `null` that the schema rejects. The schema does not know the names of the others. */
const placesIn = (issues: ReadonlyArray<Issue.Issue>): Branches => {
  const root: Branches = new Map()
  for (const { kind, path } of issues) {
    if (kind !== "type" && kind !== "value") continue
    let branches = root
    for (const key of path) {
      const next: Branches = branches.get(key) ?? new Map()
      branches.set(key, next)
      branches = next
    }
  }
  return root
}

/** Copies a value without the members at these places that are `null`. Returns the same value if there is none. */
const remove = (value: unknown, branches: Branches): unknown => {
  if (Array.isArray(value)) {
    const copy = value.map((item, index) => {
      const inner = branches.get(index)
      return inner === undefined ? item : remove(item, inner)
    })
    return copy.some((item, index) => item !== value[index]) ? copy : value
  }
  if (!Json.isObject(value)) return value
  let copy: Record<string, unknown> | undefined
  for (const [name, inner] of branches) {
    if (!Object.hasOwn(value, name)) continue
    const before = value[name]
    const after = before === null ? undefined : remove(before, inner)
    if (after === before) continue
    copy ??= { ...value }
    if (after === undefined) delete copy[name]
    else copy[name] = after
  }
  return copy ?? value
}

/**
 * Reads a request. If a schema rejects it, reads it again without the members that are `null` and that the schema rejects: a client
 * writes `null` for an optional member that it leaves out. An element of a list is no member, and stays.
 */
export const retryWithoutNulls = <A>(
  value: unknown,
  read: (value: unknown) => Either.Either<A, Issues>
): Either.Either<A, Issues> => {
  const first = read(value)
  if (Either.isRight(first)) return first
  const rest = remove(value, placesIn(first.left))
  return rest === value ? first : read(rest)
}
