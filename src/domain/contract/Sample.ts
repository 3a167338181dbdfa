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
import * as Json from "../wire/Json.js"
import * as plausible from "./internal/plausible.js"
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

/** Which of a stream's events it is. */
interface Event {
  readonly index: number
  readonly last: boolean
}

/** What a response answers. */
interface Asked {
  readonly seed: string | number
  /** The hash of the seed and of all that was asked, but for the page. */
  readonly hash: number
  /** What was asked for, by the names of the members that would tell it. */
  readonly values: ReadonlyMap<string, ReadonlyArray<unknown>>
  readonly request: Json.JsonObject
  readonly paging: Paging | undefined
  readonly event: Event | undefined
}

interface Sampling extends plausible.Scene {
  readonly optional: "none" | "some" | "all"
  /** Undefined in a request, which answers nothing. */
  readonly asked: Asked | undefined
  /** How many more objects there may be: shapes recurse, and some have thousands of members in all. */
  left: number
}

/** Objects are nested no deeper than that, and there are no more of them than those. */
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

interface Page {
  readonly offset: number
  readonly limit: number
}

const limits = ["Limit", "PageSize", "MaxResults", "MaxItems"]
const numbers = ["PageNumber", "PageNo", "PageNum", "PageIndex", "Page", "CurrentPage"]

const numberIn = (request: Json.JsonObject, names: ReadonlyArray<string>): number | undefined => {
  const name = names.find((name) => request[name] !== undefined)
  const number = name === undefined ? Number.NaN : Number(request[name])
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

/** A token says where the list goes on. */
const tokenOf = (offset: number): string => Encoding.encodeBase64Url(`offset=${offset}`)

const offsetOf = (token: unknown): number => {
  const text = typeof token === "string" ? Either.getOrElse(Encoding.decodeBase64UrlString(token), () => "") : ""
  return Number(/^offset=(\d{1,9})$/.exec(text)?.[1] ?? 0)
}

/** The page that is asked for; undefined where none is, and so everything. */
const pageOf = ({ paging, request }: Asked): Page | undefined => {
  const asked = numberIn(request, limits)
  const limit = asked === undefined || asked === 0 ? 20 : asked
  if (paging?.by === "token") return { limit, offset: offsetOf(request[paging.token]) }
  const offset = numberIn(request, [paging?.offset ?? "Offset"])
  if (paging !== undefined || offset !== undefined) return { limit, offset: offset ?? 0 }
  const number = numberIn(request, numbers) ?? 1
  return asked === undefined ? undefined : { limit, offset: (Math.max(1, number) - 1) * limit }
}

const withoutPage = (request: Json.JsonObject, paging: Paging | undefined): Json.JsonObject => {
  const where = paging === undefined ? "Offset" : paging.by === "token" ? paging.token : paging.offset
  const names = new Set([...limits, ...numbers, where])
  return Object.fromEntries(Object.entries(request).filter(([name]) => !names.has(name)))
}

const isScalar = (value: unknown): boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean"

/** A filter writes `InstanceId` as `instance-id`. */
const memberName = (filter: string): string =>
  filter
    .split(/[-_.]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")

/** What must not come back. */
const secret = /Passw|Pwd|Secret|Token|Credential|PrivateKey/i

/** What is asked for, by the names of the members that would tell it: of the request, of its lists and of its filters. */
const valuesOf = (request: Json.JsonObject): ReadonlyMap<string, ReadonlyArray<unknown>> => {
  const values = new Map<string, ReadonlyArray<unknown>>()
  const add = (name: string, found: ReadonlyArray<unknown>) => {
    if (found.length > 0 && found.every(isScalar) && !values.has(name) && !secret.test(name)) values.set(name, found)
  }
  const addMember = (name: string, value: unknown) => {
    if (!Array.isArray(value)) return add(name, [value])
    add(name, value)
    add(plausible.singular(name), value)
    for (const filter of value) {
      if (!Json.isObject(filter) || typeof filter.Name !== "string") continue
      if (Array.isArray(filter.Values)) add(memberName(filter.Name), filter.Values)
    }
  }
  const members = Object.entries(request)
  for (const [name, value] of members) addMember(name, value)
  for (const [, value] of members) {
    if (Json.isObject(value)) for (const [name, inner] of Object.entries(value)) addMember(name, inner)
  }
  return values
}

type Members = ReadonlyArray<Shape.Member>

/** Whether a name means another thing in each object. */
const isCommon = (name: string): boolean =>
  /^([A-Z]?[a-z]+|ID|URL)$/.test(name)
    ? !/^(Zone|Region|Domain|Namespace|Bucket|Uin|Date)$/.test(name)
    : /(Start|End|Begin)(Time|Date)$|(Reason|Status|State)$/.test(name)

const isText = (type: Shape.Member["type"]): boolean =>
  type === "string" || type === "datetime" || type === "datetime_iso" || type === "date"

const fits = ({ type }: Shape.Member, value: unknown): boolean => {
  if (typeof value === "string") return isText(type)
  if (typeof value === "boolean") return type === "bool"
  return (
    type === "float" || (Number.isInteger(value) && (type === "int64" || (type === "uint64" && Number(value) >= 0)))
  )
}

/**
 * What was asked of a member, where it fits. Which of several is told by what the member would hold otherwise, so that what comes
 * after it in its object stays the same, whatever was asked.
 */
const echo = (member: Shape.Member, { asked }: Sampling, inner: boolean, otherwise: unknown): unknown => {
  if (asked === undefined) return otherwise
  if (asked.event !== undefined && member.name === "FinishReason") return asked.event.last ? otherwise : ""
  const values = asked.values.get(member.name)
  if (values === undefined || (inner && isCommon(member.name))) return otherwise
  const value = values[Math.abs(hash(otherwise)) % values.length]
  return fits(member, value) ? value : otherwise
}

const totals = /^Total(Count|Num|Number|Cnt|Elements|Size|s)?$|^(Count|Num)$/

const isNumber = ({ type }: Shape.Member): boolean => type === "int64" || type === "uint64" || type === "float"

/** The list whose length a member tells: `InstanceCount` that of the instances, `TotalCount` that of the list of objects. */
const countedBy = (count: Shape.Member, lists: Members): Shape.Member | undefined => {
  if (count.list || (!isNumber(count) && count.type !== "string")) return undefined
  if (totals.test(count.name)) return lists.find(({ type }) => typeof type !== "string") ?? lists[0]
  const base = /^(?:Total)?(\w+?)(?:Total)?(?:Count|Num|Number|Cnt)$/.exec(count.name)?.[1]
  return base === undefined
    ? undefined
    : lists.find(({ name }) => plausible.singular(name) === plausible.singular(base))
}

/** By shape: which of its members tell the length of which list. */
const counted = new WeakMap<Shape.Table, ReadonlyMap<Shape.Member, Shape.Member>>()

const countsOf = (table: Shape.Table): ReadonlyMap<Shape.Member, Shape.Member> => {
  const known = counted.get(table)
  if (known !== undefined) return known
  const members = Shape.members(table)
  const lists = members.filter(({ list }) => list)
  const counts = new Map<Shape.Member, Shape.Member>()
  for (const member of members) {
    const list = countedBy(member, lists)
    if (list !== undefined) counts.set(member, list)
  }
  counted.set(table, counts)
  return counts
}

/** The member that tells the objects of a list apart. */
const identityOf = (list: Shape.Member, table: Shape.Table): Shape.Member | undefined => {
  const ids = Shape.members(table).filter(
    ({ list, name, type }) => !list && typeof type === "string" && /I[dD]$/.test(name)
  )
  const called = [plausible.singular(list.name), table[0]]
  const base = (name: string): string => name.slice(0, -2)
  return (
    ids.find(({ name }) => called.includes(base(name))) ??
    ids.find(({ name }) => name.length > 2 && called.some((each) => each.includes(base(name)))) ??
    ids.find(({ name }) => name.length === 2)
  )
}

/** The part of a list that a page holds, and the length of the whole. */
interface Listed {
  readonly elements: ReadonlyArray<unknown>
  readonly total: number
}

const whole = (elements: ReadonlyArray<unknown>): Listed => ({ elements, total: elements.length })

const listed = (total: number, page: Page | undefined, element: (index: number) => unknown): Listed => {
  const offset = page?.offset ?? 0
  const length = Math.max(0, Math.min(page?.limit ?? total, total - offset))
  return { elements: Array.from({ length }, (_, index) => element(offset + index)), total }
}

/** No element of a list has more objects in it. */
const heaviest = 100
const weights = new WeakMap<Shape.Table, number>()

/** How many objects there are in one of that shape: lists of large ones are shorter. */
const weigh = (table: Shape.Table, asked: Asked, sampling: Sampling): number => {
  const known = weights.get(table)
  if (known !== undefined) return known
  // It is the same whatever was asked, since it is kept.
  const nothing: Asked = { ...asked, values: new Map(), event: undefined }
  const one: Sampling = { ...sampling, asked: nothing, random: new PCGRandom(0), left: heaviest }
  object(table, one, 1)
  const weight = heaviest - one.left
  weights.set(table, weight)
  return weight
}

/** A list of what was asked about: at each place the same whatever the page, and the same object whenever its id is asked for. */
const collection = (member: Shape.Member, asked: Asked, sampling: Sampling, page: Page | undefined): Listed => {
  const { name, type } = member
  const weight = typeof type === "string" ? 1 : weigh(type, asked, sampling)
  const longest = page === undefined ? 4 : Math.min(45, Math.ceil(900 / weight))
  const total = 1 + plausible.below(sampling.random, longest)
  const at = (index: number): Sampling => ({
    ...sampling,
    random: new PCGRandom(hash([asked.hash, name]), index),
    left: heaviest
  })
  if (typeof type === "string") {
    const element = plausible.singular(name)
    return listed(total, page, (index) => plausible.value(type, element, at(index)))
  }
  const identity = identityOf(member, type)
  const idType = identity?.type
  if (identity === undefined || typeof idType !== "string") {
    return listed(total, page, (index) => object(type, at(index), 1))
  }
  const known = (asked.values.get(identity.name) ?? []).filter((id) => fits(identity, id)).slice(0, 100)
  return listed(known.length === 0 ? total : known.length, page, (index) => {
    const here = at(index)
    const id = known[index] ?? plausible.value(idType, identity.name, here)
    const random = new PCGRandom(hash([asked.seed, id]), hash(type[0]))
    return { ...object(type, { ...here, random }, 1), [identity.name]: id }
  })
}

/** How many ids a response lists of what was made: as many as were asked for. */
const wantedLength = ({ name }: Shape.Member, asked: Asked | undefined): number | undefined => {
  const [count] = asked?.values.get(`${plausible.singular(name).replace(/I[dD]$/, "")}Count`) ?? []
  return typeof count === "number" && Number.isInteger(count) && count > 0 && count <= 100 ? count : undefined
}

const list = (member: Shape.Member, sampling: Sampling, depth: number, length: number): ReadonlyArray<unknown> => {
  const { name, type } = member
  const { asked, left } = sampling
  if (typeof type !== "string") {
    const count = depth >= deepest || left <= 0 ? 0 : depth > 1 ? 1 : Math.min(2, length)
    return Array.from({ length: count }, () => object(type, sampling, depth + 1))
  }
  const element = plausible.singular(name)
  const wanted = depth === 0 ? wantedLength(member, asked) : undefined
  const drawn = Array.from({ length: wanted ?? length }, () => plausible.value(type, element, sampling))
  const values = depth > 0 && isCommon(name) ? undefined : asked?.values.get(name)
  if (values?.every((value) => fits(member, value))) return values
  return isText(type) ? [...new Set(drawn)] : drawn
}

/** Whether a member is left out although it may be there. */
const isOmitted = (
  { deprecated, list, name, required, type }: Shape.Member,
  { asked, left, optional, random }: Sampling,
  depth: number,
  siblings: Members
): boolean => {
  const isObject = typeof type !== "string"
  if (asked !== undefined) {
    // Where a response has an error, clients read a failure.
    if (depth === 0 && /^Error(Msg)?$/.test(name) && (isObject || name === "Error")) return true
    // A stream tells in parts what a plain answer tells as a whole.
    if (isObject && name === "Delta" && asked.event === undefined) return true
    const inParts = asked.event !== undefined && siblings.some(({ name }) => name === "Delta")
    if (isObject && name === "Message" && inParts) return true
    return isObject && !list && (depth >= deepest || left <= 0)
  }
  if (required) return false
  if (optional === "none" || deprecated || (isObject && (depth >= 3 || left <= 0))) return true
  return optional === "some" && random.number() < 0.5
}

/** An object that may hold a list in pages: a response, or what it wraps its result in. */
interface Outer {
  readonly asked: Asked
  /** What stands before the names of its members in a {@link Paging}. */
  readonly path: string
}

/** Which of its lists comes in pages: the one that is known to, or else the one that a total counts. */
const pagedOf = (table: Shape.Table, { asked: { paging }, path }: Outer): Shape.Member | undefined => {
  if (paging !== undefined) return Shape.members(table).find(({ name }) => path + name === paging.items)
  for (const [count, list] of countsOf(table)) if (totals.test(count.name)) return list
  return undefined
}

/** What a member tells of the page that is given. */
const aboutPage = (member: Shape.Member, outer: Outer, page: Page, { elements, total }: Listed): unknown => {
  const { name, type } = member
  const { paging } = outer.asked
  const end = page.offset + elements.length
  const more = end < total
  if (paging?.by === "token" && outer.path + name === paging.next) return more ? tokenOf(end) : ""
  if (type === "bool") {
    if (/^(HasMore|HasNext(Page)?|IsTruncated|Truncated)$/.test(name)) return more
    return /^(ListOver|IsEnd|IsOver|Finish|Finished|NoMore|IsLast(Page)?)$/.test(name) ? !more : undefined
  }
  const pages = /^(TotalPages?|TotalPage(Number|Num|Count)|PageCount)$/.test(name)
  return pages && isNumber(member) ? Math.ceil(total / page.limit) : undefined
}

const object = (table: Shape.Table, sampling: Sampling, depth: number, outer?: Outer): Record<string, unknown> => {
  sampling.left -= 1
  const members = Shape.members(table)
  const present = members.filter((member) => !isOmitted(member, sampling, depth, members))
  const lists = present.filter(({ list }) => list)
  // Lists that stand beside each other tell of the same things, so they are of one length.
  const length = 1 + plausible.below(sampling.random, 3)
  const counts = countsOf(table)
  const paged = outer === undefined ? undefined : pagedOf(table, outer)
  const page = outer === undefined || paged === undefined ? undefined : pageOf(outer.asked)
  const drawn = new Map(
    lists.map((member) => [
      member,
      outer !== undefined && (member === paged || typeof member.type !== "string")
        ? collection(member, outer.asked, sampling, member === paged ? page : undefined)
        : whole(list(member, sampling, depth, length))
    ])
  )
  const valueOf = (member: Shape.Member): unknown => {
    const { type } = member
    const own = drawn.get(member)
    if (own !== undefined) return own.elements
    if (typeof type !== "string") {
      const inner = outer !== undefined && depth === 0 ? { asked: outer.asked, path: `${member.name}.` } : undefined
      return object(type, sampling, depth + 1, inner)
    }
    const turned = paged === undefined ? undefined : drawn.get(paged)
    if (outer !== undefined && page !== undefined && turned !== undefined) {
      const told = aboutPage(member, outer, page, turned)
      if (told !== undefined) return told
    }
    const counted = counts.get(member)
    const total = counted === undefined ? undefined : drawn.get(counted)?.total
    if (total !== undefined) return type === "string" ? String(total) : total
    return echo(member, sampling, outer === undefined, plausible.value(type, member.name, sampling))
  }
  return Object.fromEntries(present.map((member) => [member.name, valueOf(member)]))
}

const sceneOf = (options: Options, region: string | undefined, random: PCGRandom): plausible.Scene => ({
  random,
  now: options.now,
  region: region ?? "ap-guangzhou",
  product: options.product ?? ""
})

/**
 * A request that passes its own check.
 *
 * It never asks for a dry run or for a stream, since both would be answered in another way, and begins at the first page.
 *
 * @since 0.1.0
 * @category samples
 */
export const request = (table: Shape.Table, options: RequestOptions): Readonly<Record<string, unknown>> =>
  object(
    table,
    {
      ...sceneOf(options, options.region, new PCGRandom(hash(options.seed), hash(table[0]))),
      optional: options.optional ?? "some",
      asked: undefined,
      left: most
    },
    0
  )

const regionOf = (options: ResponseOptions, values: Asked["values"]): string | undefined => {
  const [region] = values.get("Region") ?? []
  return options.region ?? (typeof region === "string" ? region : undefined)
}

const answer = (table: Shape.Table, options: ResponseOptions, event?: Event): Readonly<Record<string, unknown>> => {
  const { paging, seed } = options
  const asking = Json.isObject(options.request) ? options.request : {}
  const unpaged = withoutPage(asking, paging)
  const values = valuesOf(asking)
  const region = regionOf(options, values)
  const whole = hash([seed, table[0], options.product, region, unpaged])
  const asked: Asked = { seed, hash: whole, values, request: asking, paging, event }
  return object(
    table,
    {
      ...sceneOf(options, region, new PCGRandom(whole, event?.index ?? 0)),
      optional: "all",
      asked,
      left: most
    },
    0,
    { asked, path: "" }
  )
}

/**
 * A response, complete: what may be left out is there, too.
 *
 * What was asked for comes back, by the names of its members, and so do the objects whose ids a list or a filter names. A list
 * that comes in pages has an end: its page is the one that was asked for, numbers count what is there in all, and a token is empty
 * on the last page. An object is the same on every page and whenever its id is asked for, whatever else was.
 *
 * @since 0.1.0
 * @category samples
 */
export const response = (table: Shape.Table, options: ResponseOptions): Readonly<Record<string, unknown>> =>
  answer(table, options)

/**
 * The events of a stream that answers a request: a few, the last of which says that it is.
 *
 * @since 0.1.0
 * @category samples
 */
export const events = (
  table: Shape.Table,
  options: ResponseOptions
): ReadonlyArray<Readonly<Record<string, unknown>>> => {
  const [first, ...rest] = [0, 1, 2].map((index) => answer(table, options, { index, last: index === 2 }))
  // What names the answer is the same in all of its events.
  const common = Object.fromEntries(Object.entries(first ?? {}).filter(([, value]) => isScalar(value)))
  return [{ ...first }, ...rest.map((event) => ({ ...event, ...common }))]
}
