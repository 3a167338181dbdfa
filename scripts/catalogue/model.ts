/** What the parts of a module need to know about a version: its objects, the types that they have, and the names of its classes. */
import * as Catalogue from "./catalogue.js"
import * as Facts from "./facts.js"
import type * as Hints from "./hints.js"
import * as Names from "./names.js"

/** The type of each scalar in a program. */
export const types: Readonly<Record<string, string>> = {
  string: "string",
  int64: "number",
  uint64: "number",
  big_int64: "bigint",
  big_uint64: "bigint",
  float: "number",
  bool: "boolean",
  datetime: "string",
  datetime_iso: "string",
  date: "string",
  binary: "Uint8Array"
}

type Objects = Catalogue.Version["objects"]

export const isRequired = ([, , flags = ""]: Catalogue.Member): boolean => flags.includes("r")

/** A list of integers in a request may have some past 2^53: the official types allow that too. */
const isIntegers = (type: string): boolean => type === "list<int64>" || type === "list<uint64>"

const isBig = (type: string): boolean => Catalogue.elementOf(type).startsWith("big_")

/** The given objects, and all objects inside them. */
export const reach = (objects: Objects, from: Iterable<string>): ReadonlySet<string> => {
  const reached = new Set(from)
  for (const name of reached) {
    for (const [, type] of objects[name] ?? []) {
      const element = Catalogue.elementOf(type)
      if (Object.hasOwn(objects, element)) reached.add(element)
    }
  }
  return reached
}

/**
 * The names of the objects as responses have them. An object has two types if a request requires a member that a response can
 * lack, or accepts more than a response has. The request's type has the plain name, the response's ends in `Output`.
 */
const outputNames = (
  objects: Objects,
  sent: ReadonlySet<string>,
  received: ReadonlySet<string>
): ReadonlyMap<string, string> => {
  const both = [...received].filter((name) => sent.has(name))
  const differing = new Set(
    both.filter((name) =>
      objects[name]?.some((member) => isRequired(member) || isIntegers(member[1]) || isBig(member[1]))
    )
  )
  for (let size = -1; size !== differing.size; ) {
    size = differing.size
    for (const name of both) {
      if (objects[name]?.some(([, type]) => differing.has(Catalogue.elementOf(type)))) differing.add(name)
    }
  }
  return new Map(
    [...differing].map((name) => {
      const output = `${name}Output`
      return [name, Object.hasOwn(objects, output) ? `${name}_Output` : output]
    })
  )
}

/** What the parts of a module need to know about its version. */
export const modelOf = (version: Catalogue.Version, hints: Hints.Objects) => {
  const { actions, codes } = version
  const objects = Catalogue.withKnownFacts(version)
  const names = Object.keys(actions).sort()
  const facts = (name: string): Catalogue.Action => actions[name] ?? { request: "", response: "", errors: [] }
  // The envelope's own member, which every response has.
  const shapeOf = (name: string): ReadonlyArray<Catalogue.Member> =>
    responses.has(name) ? (objects[name] ?? []).filter(([member]) => member !== "RequestId") : (objects[name] ?? [])
  const requests = new Set(names.map((name) => facts(name).request))
  /** The requests that a plain call sends without `Stream: true`. */
  const plain = new Set([...requests].filter((name) => Facts.asksForStream(objects[name] ?? [])))
  const responses = new Set(names.map((name) => facts(name).response))
  const sent = reach(objects, requests)
  const received = reach(objects, responses)
  const outputs = outputNames(objects, sent, received)
  const classes = Names.ofCodes([...codes].sort())
  const className = (index: number): string => classes.get(codes[index] ?? "") ?? ""
  const typeIn = (direction: "request" | "response") => {
    const named = (type: string): string =>
      types[type] ?? (direction === "response" ? (outputs.get(type) ?? type) : type)
    const element = (type: string): string =>
      direction === "request" && (isIntegers(type) || isBig(type))
        ? "number | bigint"
        : named(Catalogue.elementOf(type))
    return (type: string): string => (Catalogue.isList(type) ? `ReadonlyArray<${element(type)}>` : element(type))
  }
  return { hints, objects, names, facts, shapeOf, sent, plain, outputs, classes, className, typeIn }
}

export type Model = ReturnType<typeof modelOf>
