/** What the emulator checks in a request beside its shape: ids that are empty, and pages that cannot be. */
import { isNonEmptyReadonlyArray } from "effect/Array"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Codec from "../../../domain/contract/Codec.js"
import { type CompiledShape, compile, type Field } from "../../../domain/contract/internal/shapeTable.js"
import type * as Shape from "../../../domain/contract/Shape.js"
import type * as Issue from "../../../domain/errors/Issue.js"
import { withoutUnknown } from "./unknownMembers.js"

/** The members that say which page a request asks for. An `Offset` without `Limit` is a place in a log, which may count from its end. */
const isOfPage = (name: string, { byName }: CompiledShape): boolean =>
  name === "Limit" ||
  name === "MaxResults" ||
  name === "PageNumber" ||
  name === "PageSize" ||
  (name === "Offset" && byName.has("Limit"))

/** A number, or a text that is one: some products have texts here. */
const isNegative = (value: unknown): boolean =>
  typeof value === "string"
    ? /^\s*-0*[1-9]/.test(value)
    : (typeof value === "number" || typeof value === "bigint") && value < 0

const notNegative = "a number of 0 or more"

const issueAt = (path: Issue.Path, expected: string, found: string): Issue.Issue => ({
  kind: "value",
  path,
  expected,
  found
})

const findNegative = (shape: CompiledShape, value: object): Issue.Issue | undefined => {
  for (const [name, member] of Object.entries(value)) {
    if (isOfPage(name, shape) && isNegative(member)) return issueAt([name], notNegative, "a negative number")
  }
  return undefined
}

/** Whether a member holds one id, or several: `InstanceId`, `InstanceIds`, `DiskIdSet`. */
const isId = ({ name, type }: Field): boolean => type === "string" && /I[dD](s|Set|List)?$/.test(name)

/** How deep ids are looked for. No shape of the catalogue has one that lies deeper. */
const maxDepth = 16

/** A required id is not empty, and no element of a list of ids is. An optional one may be empty: official clients send such. */
const findEmptyId = (shape: CompiledShape, value: object, path: Issue.Path): Issue.Issue | undefined => {
  for (const [name, member] of Object.entries(value)) {
    const field = shape.byName.get(name)
    if (field === undefined) continue
    const found = findInMember(field, member, shape.required.includes(field), [...path, name])
    if (found !== undefined) return found
  }
  return undefined
}

const findInMember = (field: Field, value: unknown, required: boolean, path: Issue.Path): Issue.Issue | undefined => {
  if (isId(field)) return findInIds(field, value, required, path)
  if (typeof field.type === "string" || path.length > maxDepth) return undefined
  const shape = field.shape(field.type)
  if (!field.list) return Predicate.isRecord(value) ? findEmptyId(shape, value, path) : undefined
  if (!Array.isArray(value)) return undefined
  for (const [index, each] of value.entries()) {
    const found = Predicate.isRecord(each) ? findEmptyId(shape, each, [...path, index]) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

const findInIds = (field: Field, value: unknown, required: boolean, path: Issue.Path): Issue.Issue | undefined => {
  if (!field.list) return required && value === "" ? issueAt(path, "an id that is not empty", "string") : undefined
  if (!Array.isArray(value)) return undefined
  if (required && value.length === 0) return issueAt(path, "at least one id", "list")
  const index = value.indexOf("")
  return index < 0 ? undefined : issueAt([...path, index], "an id that is not empty", "string")
}

/** A page that is negative has the wrong value, also where its type has no negative numbers. */
const asValue = (shape: CompiledShape, wire: unknown, issue: Issue.Issue): Issue.Issue => {
  const [name] = issue.path
  return issue.kind === "type" &&
    issue.path.length === 1 &&
    typeof name === "string" &&
    isOfPage(name, shape) &&
    Predicate.hasProperty(wire, name) &&
    isNegative(wire[name])
    ? issueAt(issue.path, notNegative, "a negative number")
    : issue
}

/** Makes the codec with which the emulator reads the request of an action. */
export const checked = (codec: Codec.Codec.Any, table: Shape.Table, unknown: "refuse" | "accept"): Codec.Codec.Any => {
  const read = (wire: unknown, mode: Codec.Mode): ReturnType<Codec.Codec.Any["decode"]> => {
    const decoded = codec.decode(wire, mode)
    const isForeign = Either.isLeft(decoded) && decoded.left.some(({ kind }) => kind === "unknown")
    return isForeign && unknown === "accept" ? codec.decode(withoutUnknown(table, wire, mode), mode) : decoded
  }
  return Codec.make<unknown>({
    decode: (wire, mode) => {
      const shape = compile(table)
      const decoded = read(wire, mode)
      if (Either.isLeft(decoded)) {
        const issues = decoded.left.map((issue) => asValue(shape, wire, issue))
        return isNonEmptyReadonlyArray(issues) ? Either.left(issues) : decoded
      }
      const { right: value } = decoded
      if (!Predicate.isRecord(value)) return decoded
      const issue = findNegative(shape, value) ?? findEmptyId(shape, value, [])
      return issue === undefined ? decoded : Either.left([issue])
    },
    // The emulator writes no requests.
    encode: (value) => Either.right(value),
    members: codec.members
  })
}
