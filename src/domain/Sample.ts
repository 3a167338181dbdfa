/**
 * Samples of shapes: requests that pass their own check, and responses as the service might have given them. They are pure: the
 * same shape, seed and time give the same sample.
 *
 * What a value looks like is told by its name and its type. `InstanceId` is `ins-1a2b3c4d`, `Zone` one of the region that was asked
 * for, `CreatedTime` some days ago, `PrivateIpAddress` an address of a private network.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Hash from "effect/Hash"
import { PCGRandom } from "effect/Utils"
import * as plausible from "./internal/plausible.js"
import * as Json from "./Json.js"
import type { Paging } from "./Paging.js"
import * as Shape from "./Shape.js"

/**
 * What a sample depends on, beside its shape.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly seed: string | number
  /** The time that the times of the sample are near to, in milliseconds since the epoch. */
  readonly now: number
  /** Default: `ap-guangzhou`. */
  readonly region?: string | undefined
  /** The product, for ids that begin differently in several: an instance is `ins-…`, `crs-…`, `cmgo-…`. */
  readonly product?: string | undefined
}

/**
 * What the sample of a request depends on.
 *
 * @since 0.1.0
 * @category models
 */
export interface RequestOptions extends Options {
  /** Which members that may be left out are there. Default: `some`. */
  readonly optional?: "none" | "some" | "all" | undefined
}

/**
 * What the sample of a response depends on.
 *
 * @since 0.1.0
 * @category models
 */
export interface ResponseOptions extends Options {
  /** What was asked: the ids in it come back, and its page is the one that is given. */
  readonly request?: unknown
  readonly paging?: Paging | undefined
}

/** Where we are in a response that answers a request. */
interface Asked {
  readonly seed: number
  /** What was asked for, by the names of the members that would tell it. */
  readonly values: ReadonlyMap<string, ReadonlyArray<unknown>>
  readonly request: Json.JsonObject
  readonly paging: Paging | undefined
}

interface Sampling extends plausible.Scene {
  readonly optional: "none" | "some" | "all"
  /** Undefined in a request, which answers nothing. */
  readonly asked: Asked | undefined
  /** How many more objects there may be: shapes recurse, and some have thousands of members in all. */
  left: number
}

/** No deeper than that, and no more objects than those. */
const deepest = 6
const most = 200

/** A hash that does not know the order of an object's members. */
const hash = (value: unknown): number => {
  if (Array.isArray(value)) return value.reduce<number>((all, element) => Hash.combine(hash(element))(all), 1)
  if (value instanceof Uint8Array) return Hash.number(value.length)
  if (!Json.isObject(value)) return Hash.string(String(value))
  return Object.entries(value).reduce(
    (all, [name, member]) => (member === undefined ? all : all ^ Hash.combine(hash(member))(Hash.string(name))),
    2
  )
}

/** A page of a list, and what is told of the whole. */
interface Page {
  readonly offset: number
  readonly limit: number
}

const numberIn = (request: Json.JsonObject, names: ReadonlyArray<string>): number | undefined => {
  const name = names.find((name) => request[name] !== undefined)
  const number = name === undefined ? Number.NaN : Number(request[name])
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

const limits = ["Limit", "PageSize", "MaxResults", "MaxItems", "Size"]
const numbers = ["PageNumber", "PageNo", "PageNum", "PageIndex", "Page", "CurrentPage"]

/** Where the sample of one list goes on is written into its token. */
const tokenOf = (offset: number): string => Encoding.encodeBase64Url(`offset=${offset}`)

const offsetOf = (token: unknown): number => {
  const text = typeof token === "string" ? Either.getOrElse(Encoding.decodeBase64UrlString(token), () => "") : ""
  return Number(/^offset=(\d{1,9})$/.exec(text)?.[1] ?? 0)
}

/** The page that a request asks for; undefined where it asks for none, and so for all. */
const pageOf = ({ paging, request }: Asked): Page | undefined => {
  const asked = numberIn(request, limits)
  const limit = asked === undefined || asked === 0 ? 20 : asked
  if (paging?.by === "token") return { limit, offset: offsetOf(request[paging.token]) }
  const offset = numberIn(request, [paging?.offset ?? "Offset"])
  if (paging !== undefined || offset !== undefined) return { limit, offset: offset ?? 0 }
  const number = numberIn(request, numbers)
  return number === undefined && asked === undefined ? undefined : { limit, offset: (Math.max(1, number ?? 1) - 1) * limit }
}

/** What does not change from one page to the next. */
const withoutPage = (request: Json.JsonObject, paging: Paging | undefined): Json.JsonObject => {
  const { ...rest } = request
  const names = [...limits, ...numbers, paging === undefined || paging.by === "token" ? "Offset" : paging.offset]
  for (const name of paging?.by === "token" ? [...names, paging.token] : names) delete rest[name]
  return rest
}

const isScalar = (value: unknown): boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"

/** `instance-id`, as filters write it, is `InstanceId`. */
const memberName = (filter: string): string =>
  filter
    .split(/[-_.]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")

/** What a request asks for, by the names of the members that would tell it. What stands further out counts. */
const valuesOf = (request: Json.JsonObject): ReadonlyMap<string, ReadonlyArray<unknown>> => {
  const values = new Map<string, ReadonlyArray<unknown>>()
  const add = (name: string, found: ReadonlyArray<unknown>) => {
    if (found.length > 0 && found.every(isScalar) && !values.has(name)) values.set(name, found)
  }
  const addMember = (name: string, value: unknown) => {
    if (!Array.isArray(value)) return add(name, [value])
    add(name, value)
    add(plausible.singular(name), value)
    for (const filter of value) {
      if (!Json.isObject(filter) || typeof filter.Name !== "string") continue
      const wanted = filter.Values ?? filter.Value
      if (Array.isArray(wanted)) add(memberName(filter.Name), wanted)
    }
  }
  const members = Object.entries(request)
  for (const [name, value] of members) addMember(name, value)
  for (const [, value] of members) {
    if (Json.isObject(value)) for (const [name, inner] of Object.entries(value)) addMember(name, inner)
  }
  return values
}

/** Names that mean something else in every object. */
const isCommon = (name: string): boolean =>
  /^([A-Z][a-z]*|ID|URL)$/.test(name)
    ? !/^(Zone|Region|Domain|Namespace|Bucket|Uin|Date)$/.test(name)
    : /(Start|End|Begin)(Time|Date)$|Reason$|Status$|State$/.test(name)

const isText = (type: Shape.Member["type"]): boolean =>
  type === "string" || type === "datetime" || type === "datetime_iso" || type === "date"

const fits = ({ type }: Shape.Member, value: unknown): boolean =>
  typeof value === "string" ? isText(type) : typeof value === "boolean" ? type === "bool" : !isText(type) && type !== "bool"

/** What was asked of a member, where it fits. In inner objects a name that is common means something else. */
const echo = (member: Shape.Member, { asked, random }: Sampling, inner: boolean): unknown => {
  const values = inner && isCommon(member.name) ? undefined : asked?.values.get(member.name)
  const value = values === undefined || values.length === 0 ? undefined : values[plausible.below(random, values.length)]
  return value !== undefined && fits(member, value) ? value : undefined
}

const totals = /^Total(Count|Num|Number|Cnt|Elements|Size|s)?$|^(Count|Num)$/

/** Which list a number counts: `InstanceCount` the instances, `TotalCount` the only list, or else the first of objects. */
const countedBy = (count: Shape.Member, lists: ReadonlyArray<Shape.Member>): Shape.Member | undefined => {
  if (count.list || typeof count.type !== "string" || count.type === "bool") return undefined
  if (totals.test(count.name)) return lists.find(({ type }) => typeof type !== "string") ?? lists[0]
  const base = /^(?:Total)?(\w+?)(?:Total)?(?:Count|Num|Number|Cnt|Total)$/.exec(count.name)?.[1]
  return base === undefined ? undefined : lists.find(({ name }) => plausible.singular(name) === plausible.singular(base))
}

const scalar = (member: Shape.Member, type: Shape.Scalar, sampling: Sampling, inner: boolean): unknown =>
  echo(member, sampling, inner) ??
  plausible.value(type, member.list ? plausible.singular(member.name) : member.name, sampling)

/** The member that tells the objects of a list apart. */
const identityOf = (list: Shape.Member, table: Shape.Table): Shape.Member | undefined => {
  const ids = Shape.members(table).filter(({ list, name, type }) => !list && typeof type === "string" && /I[dD]$/.test(name))
  const called = [plausible.singular(list.name), table[0]]
  return (
    ids.find(({ name }) => called.includes(name.slice(0, -2))) ??
    ids.find(({ name }) => name.length > 2 && called.some((each) => each.includes(name.slice(0, -2)))) ??
    ids.find(({ name }) => name === "Id" || name === "ID")
  )
}

/** The objects of a list in a response: the same object at the same place of every page, and whenever its id is asked for. */
const collection = (
  member: Shape.Member,
  table: Shape.Table,
  asked: Asked,
  sampling: Sampling,
  page: Page | undefined,
  depth: number
): { readonly items: ReadonlyArray<unknown>; readonly total: number } => {
  const identity = identityOf(member, table)
  const wanted = identity === undefined ? undefined : asked.values.get(identity.name)?.filter((id) => fits(identity, id))
  const known = wanted !== undefined && wanted.length > 0 ? wanted : undefined
  const total = known?.length ?? (page === undefined ? 1 + plausible.below(sampling.random, 4) : 1 + plausible.below(sampling.random, 45))
  const { limit, offset } = page ?? { limit: total, offset: 0 }
  const count = Math.max(0, Math.min(limit, total - offset))
  const items = Array.from({ length: count }, (_, index) => {
    const random = new PCGRandom(hash([asked.seed, member.name]), offset + index)
    const placed: Sampling = { ...sampling, random, left: Math.ceil(most / 8) }
    if (identity === undefined || typeof identity.type !== "string") return object(table, placed, depth + 1)
    const id = known?.[offset + index] ?? plausible.value(identity.type, identity.name, placed)
    // What else there is to it depends on its id.
    const own: Sampling = { ...placed, random: new PCGRandom(hash(id), hash(table[0])) }
    return { ...object(table, own, depth + 1), [identity.name]: id }
  })
  return { items, total }
}

/** Whether a member is left out although there would be a value for it. */
const isOmitted = (member: Shape.Member, { asked, left, optional, random }: Sampling, depth: number): boolean => {
  if (asked !== undefined) {
    // Where an answer has an `Error`, every client reads a failure; and what streams in parts says it in `Delta`.
    return typeof member.type !== "string" && (/^(Error|ErrorMsg|Delta)$/.test(member.name) || (!member.list && (depth >= deepest || left <= 0)))
  }
  if (member.required) return false
  if (optional === "none" || member.deprecated || (typeof member.type !== "string" && (depth >= 3 || left <= 0))) return true
  return optional === "some" && random.number() < 0.5
}

const list = (member: Shape.Member, sampling: Sampling, depth: number): ReadonlyArray<unknown> => {
  const { name, type } = member
  const { asked, left, random } = sampling
  if (typeof type !== "string") {
    const count = depth >= deepest || left <= 0 ? 0 : depth > 1 ? 1 : 1 + plausible.below(random, 2)
    return Array.from({ length: count }, () => object(type, sampling, depth + 1))
  }
  const values = depth > 1 && isCommon(name) ? undefined : asked?.values.get(name)
  if (values?.every((value) => fits(member, value))) return values
  return Array.from({ length: 1 + plausible.below(random, 3) }, () => scalar(member, type, sampling, depth > 0))
}

/**
 * A sample of an object. `path` is where it stands in a response, as far as lists that come in pages may stand there: itself, and
 * the objects that it wraps its result in.
 */
const object = (table: Shape.Table, sampling: Sampling, depth: number, path?: string): Record<string, unknown> => {
  sampling.left -= 1
  const { asked } = sampling
  const members = Shape.members(table)
  const lists = members.filter(({ list }) => list)
  const paging = asked?.paging
  const counted = new Map<Shape.Member, number>()
  const value: Record<string, unknown> = {}
  let page: Page | undefined
  for (const member of members) {
    const { name, type } = member
    if (isOmitted(member, sampling, depth)) continue
    if (member.list) {
      if (asked === undefined || path === undefined || typeof type === "string") {
        const elements = list(member, sampling, depth)
        value[name] = elements
        counted.set(member, elements.length)
        continue
      }
    } 
  }
  return value
}
