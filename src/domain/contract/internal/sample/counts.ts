/** How the members of a shape belong together: which member counts which list, and which one identifies an object. */
import { type Member, members, type Table } from "../shapeTable.js"
import * as plausible from "./plausible.js"

/** Whether a member of this name counts all elements of a list. */
export const isTotal = (name: string): boolean =>
  /^Total(Count|Num|Number|Cnt|Elements|Size|s)?$|^(Count|Num)$/.test(name)

export const isNumber = ({ type }: Member): boolean => type === "int64" || type === "uint64" || type === "float"

/** Returns the list that a member counts: `InstanceCount` counts the instances, and `TotalCount` the list of objects. */
const listCountedBy = (count: Member, lists: ReadonlyArray<Member>): Member | undefined => {
  if (count.list || (!isNumber(count) && count.type !== "string")) return undefined
  if (isTotal(count.name)) return lists.find(({ type }) => typeof type !== "string") ?? lists[0]
  const base = /^(?:Total)?(\w+?)(?:Total)?(?:Count|Num|Number|Cnt)$/.exec(count.name)?.[1]
  return base === undefined
    ? undefined
    : lists.find(({ name }) => plausible.singular(name) === plausible.singular(base))
}

const cache = new WeakMap<Table, ReadonlyMap<Member, Member>>()

/** Returns the members of a shape that count a list, each with its list. */
export const countsOf = (table: Table): ReadonlyMap<Member, Member> => {
  const cached = cache.get(table)
  if (cached !== undefined) return cached
  const lists = members(table).filter(({ list }) => list)
  const counts = new Map<Member, Member>()
  for (const member of members(table)) {
    const list = listCountedBy(member, lists)
    if (list !== undefined) counts.set(member, list)
  }
  cache.set(table, counts)
  return counts
}

/** Returns the member that identifies each object of a list, such as `InstanceId`. */
export const identityOf = (list: Member, table: Table): Member | undefined => {
  const ids = members(table).filter(({ list, name, type }) => !list && typeof type === "string" && /I[dD]$/.test(name))
  const names = [plausible.singular(list.name), table[0]]
  const base = (name: string): string => name.slice(0, -2)
  return (
    ids.find(({ name }) => names.includes(base(name))) ??
    ids.find(({ name }) => name.length > 2 && names.some((each) => each.includes(base(name)))) ??
    ids.find(({ name }) => name.length === 2)
  )
}
