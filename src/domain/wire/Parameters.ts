/**
 * The parameters of a query or a form: flat names with dots and indexes from 0, such as `Filters.0.Values.0=x`.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import { decodeEscapes } from "./internal/escapes.js"
import type * as Json from "./Json.js"
import type { Parameter } from "./SignatureV1.js"

/**
 * A fault in a list of flat parameters.
 *
 * - `separator`: a part without `=`
 * - `emptyName`: a part whose name is empty
 * - `repeated`: a name that occurs twice
 * - `list`: the indexes of a list do not start at 0, or have a gap
 * - `format`: a name that cannot be read, or that is both a value and an object
 *
 * @since 0.1.0
 * @category models
 */
export interface Fault {
  readonly kind: "separator" | "emptyName" | "repeated" | "list" | "format"
  readonly name: string
}

const unescape = (text: string): string => decodeEscapes(text.includes("+") ? text.replaceAll("+", " ") : text)

/**
 * Parses a query string or a form. The parameters keep their order. Fails with the first fault.
 *
 * @since 0.1.0
 * @category decoding
 */
export const parse = (text: string): Either.Either<ReadonlyArray<Parameter>, Fault> => {
  const parameters: Array<Parameter> = []
  for (const part of text === "" ? [] : text.split("&")) {
    const equals = part.indexOf("=")
    if (equals < 0) return Either.left({ kind: "separator", name: "" })
    if (equals === 0) return Either.left({ kind: "emptyName", name: "" })
    parameters.push([unescape(part.slice(0, equals)), unescape(part.slice(equals + 1))])
  }
  return Either.right(parameters)
}

const escape = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  )

/**
 * Writes a query string or a form, with the percent-escapes of RFC 3986 in upper case.
 *
 * @since 0.1.0
 * @category encoding
 */
export const format = (parameters: ReadonlyArray<Parameter>): string =>
  parameters.map(([name, value]) => `${escape(name)}=${escape(value)}`).join("&")

/** Deeper than the shapes of all products, and not deep enough to exhaust the stack. */
const maxDepth = 32

/**
 * Flattens nested parameters. Leaves out `null` and `undefined`, and also empty lists and objects, which have no flat form.
 * Fails with a clause that says why a value has no flat form. {@link findHollow} finds what would be left out.
 *
 * @example
 * ```
 * Parameters.flatten({ Limit: 1, Filters: [{ Name: "zone", Values: ["a", "b"] }] })
 * // right([["Limit", "1"], ["Filters.0.Name", "zone"], ["Filters.0.Values.0", "a"], ["Filters.0.Values.1", "b"]])
 * ```
 *
 * @since 0.1.0
 * @category encoding
 */
export const flatten = (parameters: object): Either.Either<ReadonlyArray<Parameter>, string> => {
  const flat: Array<Parameter> = []
  const visit = (given: unknown, path: ReadonlyArray<string>): string | undefined => {
    // Use the JSON form of a value. A Date, for example, has one of its own.
    const value = Predicate.hasProperty(given, "toJSON") && typeof given.toJSON === "function" ? given.toJSON() : given
    if (value === null || value === undefined) return undefined
    if (typeof value === "number" && !Number.isFinite(value)) return "holds a number that is not finite"
    if (typeof value !== "object") {
      flat.push([path.join("."), String(value)])
      return undefined
    }
    if (path.length >= maxDepth) return "is nested too deeply, or holds itself"
    for (const [key, inner] of Object.entries(value)) {
      if (key === "" || key.includes(".")) return "has a name that is empty or holds a dot"
      const fault = visit(inner, [...path, key])
      if (fault !== undefined) return fault
    }
    return undefined
  }
  return Either.flatMap(Either.try({ try: () => visit(parameters, []), catch: () => "cannot be read" }), (fault) =>
    fault === undefined ? Either.right(flat) : Either.left(fault)
  )
}

const isNothing = (value: unknown): boolean => value === null || value === undefined

/** Whether a value is a list or an object without a value in it. */
const isHollow = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  !Predicate.hasProperty(value, "toJSON") &&
  Object.values(value).every((inner) => isNothing(inner) || isHollow(inner))

/**
 * Returns a clause about the first list or object that {@link flatten} leaves out because it has no value in it, or about the first
 * element of a list that is `null` or `undefined`. Returns `undefined` if there is none. A request without its empty list asks for
 * something else: "remove all" becomes "change nothing".
 *
 * @since 0.1.0
 * @category encoding
 */
export const findHollow = (parameters: object): string | undefined => {
  const visit = (value: unknown, path: ReadonlyArray<string>): string | undefined => {
    if (typeof value !== "object" || value === null || Predicate.hasProperty(value, "toJSON")) return undefined
    // `flatten` rejects what is deeper.
    if (path.length >= maxDepth) return undefined
    if (path.length > 0 && isHollow(value)) {
      return `holds \`${path.join(".")}\`, an empty ${Array.isArray(value) ? "list" : "object"}`
    }
    for (const [key, inner] of Object.entries(value)) {
      if (Array.isArray(value) && isNothing(inner)) return `holds \`${[...path, key].join(".")}\`, which has no value`
      const found = visit(inner, [...path, key])
      if (found !== undefined) return found
    }
    return undefined
  }
  return Either.getOrElse(
    Either.try(() => visit(parameters, [])),
    () => undefined
  )
}

type Node = string | Map<string, Node>

const insert = (root: Map<string, Node>, [name, value]: Parameter): Fault["kind"] | undefined => {
  const path = name.split(".")
  const last = path.pop()
  if (last === undefined || last === "" || path.includes("") || path.length >= maxDepth) return "format"
  let branch = root
  for (const segment of path) {
    const next = branch.get(segment) ?? new Map<string, Node>()
    if (typeof next === "string") return "format"
    branch.set(segment, next)
    branch = next
  }
  if (branch.has(last)) return typeof branch.get(last) === "string" ? "repeated" : "format"
  branch.set(last, value)
  return undefined
}

const isIndex = (segment: string): boolean => /^\d+$/.test(segment)

const build = (node: Node, name: string): Either.Either<Json.Json, Fault> => {
  if (typeof node === "string") return Either.right(node)
  const isList = name !== "" && [...node.keys()].every(isIndex)
  const entries: Array<[string, Json.Json]> = []
  for (const [key, child] of node) {
    const built = build(child, name === "" ? key : `${name}.${key}`)
    if (Either.isLeft(built)) return built
    entries.push([key, built.right])
  }
  if (!isList) return Either.right(Object.fromEntries(entries))
  const items = new Map(entries)
  const list = entries.map((_, index) => items.get(String(index)))
  return list.every((item) => item !== undefined) ? Either.right(list) : Either.left({ kind: "list", name })
}

/**
 * Nests flat parameters. Every value stays a string, because only the action's contract knows which ones are numbers. Fails
 * with the first fault.
 *
 * @since 0.1.0
 * @category decoding
 */
export const unflatten = (parameters: ReadonlyArray<Parameter>): Either.Either<Json.JsonObject, Fault> => {
  const root = new Map<string, Node>()
  for (const parameter of parameters) {
    const kind = insert(root, parameter)
    if (kind !== undefined) return Either.left({ kind, name: parameter[0] })
  }
  // True: `build` makes a list only below a name, so the root is an object.
  return Either.map(build(root, ""), (json) => json as Json.JsonObject)
}
