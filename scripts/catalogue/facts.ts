/** Facts of actions that are not in the catalogue, derived from their names and shapes. */
import * as Catalogue from "./catalogue.js"

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
  readonly by: "offset" | "text" | "token"
  readonly asked: string
  readonly told: string
  readonly items: string
  /** The type of the list's elements. */
  readonly element: string
}

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

/** How an action pages, by its shapes. Undefined if no member is about pages. */
export const pagerOf = (
  request: Members,
  response: Members,
  objects: Catalogue.Version["objects"]
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
    else if (byOffset && lists.length === 1) misses.push(`no total beside the list ${path}${list?.[0]}`)
  }
  const numbered = request.find(([name]) => /^(Page|PageNumber|PageNo|PageNum|PageIndex|CurrentPage)$/.test(name))
  if (misses[0] !== undefined) return { reason: misses[0] }
  if (byOffset) return { reason: "Offset and Limit, and no list in the response" }
  return numbered === undefined
    ? undefined
    : { reason: `pages are numbered, by ${numbered[0]}: from 0 or from 1 is not said` }
}
