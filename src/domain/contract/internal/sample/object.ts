/** Draws a sample object of a shape: its members, its lists, and the objects in them. */
import { PCGRandom } from "effect/Utils"
import * as scalar from "../scalar.js"
import { type Member, members, type Table } from "../shapeTable.js"
import * as counts from "./counts.js"
import { type Outer, type Page, pagedListOf, pageOf, type Slice, slice, statementOf, whole } from "./page.js"
import * as plausible from "./plausible.js"
import { fits, hash, inResponse, isCommon, lengthOf, repeat, type Wanted } from "./wanted.js"

/** The state of one sample. */
export interface Sampling extends plausible.Scene {
  readonly optional: "none" | "some" | "all"
  /** `undefined` in a request, which answers nothing. */
  readonly wanted: Wanted | undefined
  /** How many more objects the sample may have. Shapes can refer to themselves, and some have thousands of members. */
  left: number
}

/** Draws the value of a scalar. A response has a `bigint` where values pass 2^53. */
const drawScalar = (type: scalar.Scalar, name: string, sampling: Sampling): unknown => {
  const drawn = plausible.value(type, name, sampling)
  return sampling.wanted === undefined ? drawn : inResponse(type, drawn)
}

/** How deep objects may nest. */
const maxDepth = 6

/** How many objects one element of a list may have. */
const maxWeight = 100
const weights = new WeakMap<Table, number>()

/** Returns how many objects a shape has. Lists of large objects are shorter. */
const weigh = (table: Table, wanted: Wanted, sampling: Sampling): number => {
  const cached = weights.get(table)
  if (cached !== undefined) return cached
  // The result is cached, so it must not depend on the request.
  const nothing: Wanted = { ...wanted, values: new Map(), event: undefined }
  const one: Sampling = { ...sampling, wanted: nothing, random: new PCGRandom(0), left: maxWeight }
  drawObject(table, one, 1)
  const weight = maxWeight - one.left
  weights.set(table, weight)
  return weight
}

/**
 * Draws a list of what the request is about. An element is the same on every page, and an object is the same whenever a
 * request names its id.
 */
const drawCollection = (member: Member, wanted: Wanted, sampling: Sampling, page: Page | undefined): Slice => {
  const { name, type } = member
  const weight = typeof type === "string" ? 1 : weigh(type, wanted, sampling)
  const maxLength = page === undefined ? 4 : Math.min(45, Math.ceil(900 / weight))
  const total = 1 + plausible.below(sampling.random, maxLength)
  const at = (index: number): Sampling => ({
    ...sampling,
    random: new PCGRandom(hash([wanted.hash, name]), index),
    left: maxWeight
  })
  if (typeof type === "string") {
    const element = plausible.singular(name)
    return slice(total, page, (index) => drawScalar(type, element, at(index)))
  }
  const identity = counts.identityOf(member, type)
  const idType = identity?.type
  if (identity === undefined || typeof idType !== "string") {
    return slice(total, page, (index) => drawObject(type, at(index), 1))
  }
  const ids = (wanted.values.get(identity.name) ?? []).filter((id) => fits(identity, id)).slice(0, 100)
  return slice(ids.length === 0 ? total : ids.length, page, (index) => {
    const here = at(index)
    const id = index < ids.length ? inResponse(idType, ids[index]) : drawScalar(idType, identity.name, here)
    const random = new PCGRandom(hash([wanted.seed, id]), hash(type[0]))
    return { ...drawObject(type, { ...here, random }, 1), [identity.name]: id }
  })
}

const drawList = (member: Member, sampling: Sampling, depth: number, length: number): ReadonlyArray<unknown> => {
  const { name, type } = member
  const { left, wanted } = sampling
  if (typeof type !== "string") {
    const count = depth >= maxDepth || left <= 0 ? 0 : depth > 1 ? 1 : Math.min(2, length)
    return Array.from({ length: count }, () => drawObject(type, sampling, depth + 1))
  }
  const element = plausible.singular(name)
  const wantedLength = depth === 0 ? lengthOf(member, wanted) : undefined
  const elements = Array.from({ length: wantedLength ?? length }, () => drawScalar(type, element, sampling))
  const values = depth > 0 && isCommon(name) ? undefined : wanted?.values.get(name)
  if (values?.every((value) => fits(member, value))) return values.map((value) => inResponse(type, value))
  return scalar.isText(type) ? [...new Set(elements)] : elements
}

/** Whether the sample leaves out an optional member. */
const isOmitted = (
  { deprecated, list, name, required, type }: Member,
  { left, optional, random, wanted }: Sampling,
  depth: number,
  siblings: ReadonlyArray<Member>
): boolean => {
  const isObject = typeof type !== "string"
  if (wanted !== undefined) {
    // A response with an error is a failure to clients.
    if (depth === 0 && /^Error(Msg)?$/.test(name) && (isObject || name === "Error")) return true
    // A stream sends parts in `Delta`. A plain answer sends the whole in `Message`.
    if (isObject && name === "Delta" && wanted.event === undefined) return true
    const isInParts = wanted.event !== undefined && siblings.some(({ name }) => name === "Delta")
    if (isObject && name === "Message" && isInParts) return true
    return isObject && !list && (depth >= maxDepth || left <= 0)
  }
  if (required) return false
  if (optional === "none" || deprecated || (isObject && (depth >= 3 || left <= 0))) return true
  return optional === "some" && random.number() < 0.5
}

/** Draws an object. `outer` is given for a response and for the object that wraps its result, which may hold pages. */
export const drawObject = (table: Table, sampling: Sampling, depth: number, outer?: Outer): Record<string, unknown> => {
  sampling.left -= 1
  const all = members(table)
  const present = all.filter((member) => !isOmitted(member, sampling, depth, all))
  const lists = present.filter(({ list }) => list)
  // Lists beside each other usually describe the same things, so they have the same length.
  const length = 1 + plausible.below(sampling.random, 3)
  const countedLists = counts.countsOf(table)
  const paged = outer === undefined ? undefined : pagedListOf(table, outer)
  const page = outer === undefined || paged === undefined ? undefined : pageOf(outer.wanted)
  const slices = new Map(
    lists.map((member) => [
      member,
      outer !== undefined && (member === paged || typeof member.type !== "string")
        ? drawCollection(member, outer.wanted, sampling, member === paged ? page : undefined)
        : whole(drawList(member, sampling, depth, length))
    ])
  )
  const valueOf = (member: Member): unknown => {
    const { type } = member
    const own = slices.get(member)
    if (own !== undefined) return own.elements
    if (typeof type !== "string") {
      const inner = outer !== undefined && depth === 0 ? { wanted: outer.wanted, path: `${member.name}.` } : undefined
      return drawObject(type, sampling, depth + 1, inner)
    }
    const pagedSlice = paged === undefined ? undefined : slices.get(paged)
    if (outer !== undefined && page !== undefined && pagedSlice !== undefined) {
      const statement = statementOf(member, outer, page, pagedSlice)
      if (statement !== undefined) return statement
    }
    const counted = countedLists.get(member)
    const total = counted === undefined ? undefined : slices.get(counted)?.total
    if (total !== undefined) return type === "string" ? String(total) : total
    return repeat(member, sampling.wanted, outer === undefined, drawScalar(type, member.name, sampling))
  }
  return Object.fromEntries(present.map((member) => [member.name, valueOf(member)]))
}
