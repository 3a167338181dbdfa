/** What a request asked for, so that its sample response can contain it. */
import * as Hash from "effect/Hash"
import * as Json from "../../../wire/Json.js"
import type { Paging } from "../../Paging.js"
import * as scalar from "../scalar.js"
import type { Member } from "../shapeTable.js"
import * as plausible from "./plausible.js"

/** The place of an event in its stream. */
export interface Event {
  readonly index: number
  readonly last: boolean
}

/** The request that a sample response answers. */
export interface Wanted {
  readonly seed: string | number
  /** The hash of the seed and of the whole request, without its page. */
  readonly hash: number
  /** The values of the request, by the names of the response members that would repeat them. */
  readonly values: ReadonlyMap<string, ReadonlyArray<unknown>>
  readonly request: Json.JsonObject
  readonly paging: Paging | undefined
  readonly event: Event | undefined
}

/** Hashes a value. The order of an object's members does not matter. */
export const hash = (value: unknown): number => {
  if (Array.isArray(value)) return value.reduce<number>((all, element) => Hash.combine(hash(element))(all), 1)
  if (value instanceof Uint8Array) return Hash.number(value.length)
  if (!Json.isObject(value)) return Hash.string(String(value))
  return Object.entries(value).reduce(
    (all, [name, member]) => (member === undefined ? all : all ^ Hash.combine(hash(member))(Hash.string(name))),
    2
  )
}

export const isScalar = (value: unknown): boolean =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" || typeof value === "bigint"

/** Returns the member that a filter names: `instance-id` is `InstanceId`. */
const memberOfFilter = (filter: string): string =>
  filter
    .split(/[-_.]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")

/** Members whose values must not come back. */
const secret = /Passw|Pwd|Secret|Token|Credential|PrivateKey/i

/** Collects the values of a request, of its lists and of its filters, by the names of the members that would repeat them. */
export const valuesOf = (request: Json.JsonObject): ReadonlyMap<string, ReadonlyArray<unknown>> => {
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
      if (Array.isArray(filter.Values)) add(memberOfFilter(filter.Name), filter.Values)
    }
  }
  const members = Object.entries(request)
  for (const [name, value] of members) addMember(name, value)
  for (const [, value] of members) {
    if (Json.isObject(value)) for (const [name, inner] of Object.entries(value)) addMember(name, inner)
  }
  return values
}

/** Whether a name is so common that it means another thing in each object. */
export const isCommon = (name: string): boolean =>
  /^([A-Z]?[a-z]+|ID|URL)$/.test(name)
    ? !/^(Zone|Region|Domain|Namespace|Bucket|Uin|Date)$/.test(name)
    : /(Start|End|Begin)(Time|Date)$|(Reason|Status|State)$/.test(name)

/** Whether a value of the request fits a member of the response. */
export const fits = ({ type }: Member, value: unknown): boolean => {
  if (typeof value === "string") return scalar.isText(type)
  if (typeof value === "boolean") return type === "bool"
  if (typeof type === "string" && scalar.isBig(type)) return scalar.isExactBig(type, value)
  return (
    type === "float" || (Number.isInteger(value) && (type === "int64" || (type === "uint64" && Number(value) >= 0)))
  )
}

/** Returns a scalar as a response has it. Where values pass 2^53, that is a `bigint`; a request may have a number there. */
export const inResponse = (type: Member["type"], value: unknown): unknown =>
  typeof value === "number" && typeof type === "string" && scalar.isBig(type) ? BigInt(value) : value

/**
 * Returns the value that the request has for a member, if it has one that fits. Otherwise returns `drawn`.
 *
 * If the request has several, the drawn value decides which one. It is always drawn, so that all later members of the object
 * stay the same whatever the request has.
 */
export const repeat = (member: Member, wanted: Wanted | undefined, isInner: boolean, drawn: unknown): unknown => {
  if (wanted === undefined) return drawn
  if (wanted.event !== undefined && member.name === "FinishReason") return wanted.event.last ? drawn : ""
  const values = wanted.values.get(member.name)
  if (values === undefined || (isInner && isCommon(member.name))) return drawn
  const value = values[Math.abs(hash(drawn)) % values.length]
  return fits(member, value) ? inResponse(member.type, value) : drawn
}

/** Returns how many ids the request wants: `InstanceCount` tells the length of `InstanceIdSet`. */
export const lengthOf = ({ name }: Member, wanted: Wanted | undefined): number | undefined => {
  const [count] = wanted?.values.get(`${plausible.singular(name).replace(/I[dD]$/, "")}Count`) ?? []
  return typeof count === "number" && Number.isInteger(count) && count > 0 && count <= 100 ? count : undefined
}
