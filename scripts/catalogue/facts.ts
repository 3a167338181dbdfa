/** Facts of actions that are not in the catalogue, derived from their names and shapes. */
import * as Catalogue from "./catalogue.js"
import type * as Hints from "./hints.js"

/**
 * Actions without a signature: their parameters prove who calls. From the documents of STS 2018-08-13, and from the official
 * clients, which send them with `Authorization: SKIP`.
 */
const unsigned = new Set(["sts.AssumeRoleWithWebIdentity", "sts.AssumeRoleWithSAML"])

const memberOf = (members: ReadonlyArray<Catalogue.Member>, name: string) => members.find(([member]) => member === name)

/** Whether the request has a boolean `Stream`, which asks for a stream. */
export const asksForStream = (request: ReadonlyArray<Catalogue.Member>): boolean =>
  memberOf(request, "Stream")?.[1] === "bool"

/** Whether an action can answer with a stream. The facts know more such actions than the requests show. */
export const canStream = ({ stream }: Catalogue.Action, request: ReadonlyArray<Catalogue.Member>): boolean =>
  stream === true || asksForStream(request)

/** An action with what an older catalogue knows of how its requests travel, and a newer one does not. */
export const keepTravel = (old: Catalogue.Action | undefined, action: Catalogue.Action): Catalogue.Action => {
  const { host = old?.host, octetStream = old?.octetStream, ...rest } = action
  return {
    ...rest,
    ...(host === undefined ? {} : { host }),
    ...(octetStream === undefined ? {} : { octetStream })
  }
}

/** The parts of `services/ProductAction` that say how a request travels: its host, and its binary members. */
export const travelOf = (
  { host }: Catalogue.Action,
  request: ReadonlyArray<Catalogue.Member>
): ReadonlyArray<string> => {
  const binary = request.filter(([, type]) => type === "binary").map(([member]) => member)
  return [
    ...(binary.length === 0 ? [] : [["binary", ...binary].join(" ")]),
    ...(host === undefined ? [] : [`host ${host}`])
  ]
}

/** The letters of `services/ProductAction`. */
export const lettersOf = (
  product: string,
  name: string,
  action: Catalogue.Action,
  request: ReadonlyArray<Catalogue.Member>
): string =>
  [
    action.intl === true ? "i" : "",
    action.status === "deprecated" ? "d" : "",
    action.status === "offline" ? "o" : "",
    unsigned.has(`${product}.${name}`) ? "u" : "",
    // A request with a ClientToken, which prevents a second execution, is not read-only.
    memberOf(request, "ClientToken") !== undefined ? "w" : "",
    canStream(action, request) ? "s" : "",
    asksForStream(request) ? "m" : "",
    action.octetStream === undefined ? "" : "b"
  ].join("")

/** How an action pages, and the type of its items. */
export interface Pager {
  /** `text` and `pagetext` are an offset and a number of a page that are texts on the wire. */
  readonly by: "offset" | "text" | "page" | "pagetext" | "token"
  readonly asked: string
  /** The total, or the next token. Empty if there is no total. */
  readonly told: string
  readonly items: string
  /** The type of the list's elements. */
  readonly element: string
  /** The number of the first page, and the member that says how many items a page has. Of numbered pages. */
  readonly numbered?: { readonly first: number; readonly size: string }
}

/** The paging of an action, as a part of the facts that `services/ProductAction` reads. */
export const partOf = ({ asked, by, items, numbered, told }: Pager): string =>
  [by, asked, told, items, ...(numbered === undefined ? [] : [numbered.first, numbered.size])].join(" ").trimEnd()

/** An action that seems to page, and the reason why it has no pages. */
export interface NearMiss {
  readonly reason: string
}

const total = /^Total(Count|Num|Number|Cnt|Elements|Size|s)?$/
const token = /(Token|Marker|Context|Cursor)$/
const numbers = ["int64", "uint64", "float", "string"]

type Members = ReadonlyArray<Catalogue.Member>

/** The members of a response, or those of the one object around its result, each with its path. */
const levels = (response: Members, objects: Catalogue.Version["objects"]): ReadonlyArray<[string, Members]> => {
  const own = response.filter(([name]) => name !== "RequestId")
  const wrappers = own.filter(([, type]) => Object.hasOwn(objects, type))
  const [wrapper] = wrappers
  const inner = wrappers.length === 1 && wrapper !== undefined ? objects[wrapper[1]] : undefined
  return inner === undefined || wrapper === undefined
    ? [["", own]]
    : [
        ["", own],
        [`${wrapper[0]}.`, inner]
      ]
}

const isNumber = ([, type]: Catalogue.Member): boolean => numbers.includes(type)

const sizes = ["PageSize", "Limit", "Size", "Rp"]

/** The members of a response, and those of each object in it. */
const allLevels = (response: Members, objects: Catalogue.Version["objects"]): ReadonlyArray<[string, Members]> => [
  ["", response],
  ...response.flatMap(([name, type]): ReadonlyArray<[string, Members]> => {
    const inner = objects[type]
    return inner === undefined ? [] : [[`${name}.`, inner]]
  })
]

/** The one list of a level. */
const listOf = (members: Members): Catalogue.Member | undefined => {
  const lists = members.filter(([, type]) => Catalogue.isList(type))
  return lists.length === 1 ? lists[0] : undefined
}

/** The pages of an action whose requests say a number. Documents or examples tell where counting begins. */
const numberedOf = (
  request: Members,
  response: Members,
  objects: Catalogue.Version["objects"],
  hints: Hints.Objects[string]
): Pager | undefined => {
  const number = request.find((member) => isNumber(member) && hints[member[0]]?.f !== undefined)
  const first = number === undefined ? undefined : hints[number[0]]?.f
  if (number === undefined || first === undefined) return undefined
  const withList = allLevels(response, objects).filter(([, members]) => listOf(members) !== undefined)
  const outer = withList.filter(([path]) => path === "")
  const [level, ...others] = outer.length > 0 ? outer : withList
  if (level === undefined || others.length > 0) return undefined
  const [path, members] = level
  const list = listOf(members)
  if (list === undefined) return undefined
  const totals = members.filter((member) => isNumber(member) && (total.test(member[0]) || member[0] === "Count"))
  const size = sizes.find((name) => request.some((member) => member[0] === name && isNumber(member))) ?? ""
  return {
    by: number[1] === "string" ? "pagetext" : "page",
    asked: number[0],
    told: totals[0] === undefined || totals.length > 1 ? "" : path + totals[0][0],
    items: path + list[0],
    element: Catalogue.elementOf(list[1]),
    numbered: { first, size }
  }
}

/** The pages of an action by offset that says no total. */
const endlessOf = (
  offset: Catalogue.Member,
  response: Members,
  objects: Catalogue.Version["objects"]
): Pager | undefined => {
  for (const [path, members] of levels(response, objects)) {
    const list = listOf(members)
    if (list === undefined || members.some((member) => isNumber(member) && total.test(member[0]))) continue
    const by = offset[1] === "string" ? "text" : "offset"
    return { by, asked: "Offset", told: "", items: path + list[0], element: Catalogue.elementOf(list[1]) }
  }
  return undefined
}

/** How an action pages, by its shapes and the hints of its request. Undefined if no member is about pages. */
export const pagerOf = (
  request: Members,
  response: Members,
  objects: Catalogue.Version["objects"],
  hints: Hints.Objects[string] = {}
): Pager | NearMiss | undefined => {
  const offset = memberOf(request, "Offset")
  const byOffset = offset !== undefined && memberOf(request, "Limit") !== undefined && numbers.includes(offset[1])
  const tokens = request.filter(
    ([name, type]) => type === "string" && token.test(name) && !/^(Client|Access)Token$/.test(name)
  )
  const misses: Array<string> = []
  for (const [path, members] of levels(response, objects)) {
    const lists = members.filter(([, type]) => Catalogue.isList(type))
    const [list] = lists
    const totals = members.filter(([name, type]) => total.test(name) && numbers.includes(type))
    const [sum] = totals
    const nexts = tokens.flatMap(([name]) =>
      members
        .filter(([told, type]) => type === "string" && (told === name || told === `Next${name}`))
        .map(([told]) => [name, told] as const)
    )
    const [next] = nexts
    const paged = (byOffset && totals.length === 1) || nexts.length === 1
    if (list !== undefined && lists.length === 1 && paged) {
      const items = { items: path + list[0], element: Catalogue.elementOf(list[1]) }
      if (byOffset && totals.length === 1 && offset !== undefined && sum !== undefined) {
        return { by: offset[1] === "string" ? "text" : "offset", asked: "Offset", told: path + sum[0], ...items }
      }
      if (next !== undefined) return { by: "token", asked: next[0], told: path + next[1], ...items }
    }
    if (paged && lists.length > 1)
      misses.push(`${lists.length} lists: ${lists.map(([name]) => path + name).join(", ")}`)
    else if (byOffset && lists.length === 1) misses.push(`no single total beside the list ${path}${list?.[0]}`)
  }
  const endless = byOffset && offset !== undefined ? endlessOf(offset, response, objects) : undefined
  const other = endless ?? numberedOf(request, response, objects, hints)
  if (other !== undefined) return other
  const numbered = request.find(([name]) => /^(Page|PageNumber|PageNo|PageNum|PageIndex|CurrentPage)$/.test(name))
  if (misses[0] !== undefined) return { reason: misses[0] }
  if (byOffset) return { reason: "Offset and Limit, and no list in the response" }
  return numbered === undefined
    ? undefined
    : hints[numbered[0]]?.f === undefined
      ? { reason: `pages are numbered, by ${numbered[0]}: from 0 or from 1 is not said` }
      : { reason: `pages are numbered, by ${numbered[0]}, and there is no single list` }
}
