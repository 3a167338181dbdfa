/** Writes the module of one version of a product. */
import * as Catalogue from "./catalogue.js"
import * as Facts from "./facts.js"
import * as Names from "./names.js"

const width = 120

const letters: Readonly<Record<string, string>> = {
  string: "s",
  int64: "i",
  uint64: "u",
  big_int64: "I",
  big_uint64: "U",
  float: "f",
  bool: "b",
  datetime: "d",
  datetime_iso: "D",
  date: "t",
  binary: "B"
}

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

const formats: Readonly<Record<string, string>> = {
  datetime: "`2020-09-22 00:00:00`",
  datetime_iso: "`2020-09-22T00:00:00+00:00`",
  date: "`2020-09-22`"
}

type Objects = Catalogue.Version["objects"]

const isRequired = ([, , flags = ""]: Catalogue.Member): boolean => flags.includes("r")

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

const group = (open: string, items: ReadonlyArray<string>, close: string, room: number, indent = ""): string => {
  const flat = `${open}${items.join(", ")}${close}`
  return flat.length <= room
    ? flat
    : `${open.trimEnd()}\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}${close.trimStart()}`
}

const interfaceOf = (
  name: string,
  members: ReadonlyArray<Catalogue.Member>,
  direction: "request" | "response",
  typeOf: (type: string) => string,
  streams = false
): string => {
  const lines = members.map((member) => {
    const [label, type, flags = ""] = member
    // A plain call has no place for events, so its request cannot ask for them.
    if (streams && label === "Stream") return "  /** `.stream` sets it. */\n  readonly Stream?: false | undefined"
    const format = formats[Catalogue.elementOf(type)]
    const notes = [...(format === undefined ? [] : [format]), ...(flags.includes("d") ? ["@deprecated"] : [])]
    const doc = notes.length === 0 ? "" : `  /** ${notes.join(" ")} */\n`
    const written = typeOf(type)
    if (direction === "response") return `${doc}  readonly ${label}?: ${written}`
    return `${doc}  readonly ${label}${isRequired(member) ? `: ${written}` : `?: ${written} | undefined`}`
  })
  return lines.length === 0 ? `export interface ${name} {}` : `export interface ${name} {\n${lines.join("\n")}\n}`
}

const tableOf = (name: string, members: ReadonlyArray<Catalogue.Member>): string => {
  const shapes: Array<string> = []
  const written = members.map(([label, type, flags = ""]) => {
    const element = Catalogue.elementOf(type)
    if (letters[element] === undefined && !shapes.includes(element)) shapes.push(element)
    const marks = [
      Catalogue.isList(type) ? "*" : "",
      flags.includes("r") ? "!" : "",
      flags.includes("n") ? "?" : "",
      flags.includes("o") ? "+" : "",
      flags.includes("d") ? "~" : ""
    ]
    return `${label}:${letters[element] ?? shapes.indexOf(element)}${marks.join("")}`
  })
  const items = [`"${name}"`, `"${written.join(",")}"`]
  const start = `const _${name}: $.Table = `
  const references = shapes.map((shape) => `_${shape}`)
  const refer = `() => [${references.join(", ")}]`
  const flat = `[${[...items, ...(shapes.length === 0 ? [] : [refer])].join(", ")}]`
  if (start.length + flat.length <= width) return start + flat
  const parts = shapes.length === 0 ? items : [...items, group("() => [", references, "]", width - 2, "  ")]
  return `${start}[\n${parts.map((part) => `  ${part}`).join(",\n")}\n]`
}

const unionOf = (name: string, members: ReadonlyArray<string>): string => {
  const start = `export type ${name} =`
  if (members.length === 0) return `${start} never`
  const flat = `${start} ${members.join(" | ")}`
  return flat.length <= width ? flat : `${start}\n${members.map((member) => `  | ${member}`).join("\n")}`
}

const classOf = (name: string, code: string): string => {
  const flat = `export class ${name} extends /* #__PURE__ */ $.ApiError("${code}") {}`
  return flat.length <= width ? flat : `export class ${name} extends /* #__PURE__ */ $.ApiError(\n  "${code}"\n) {}`
}

/** The order in which Biome sorts imports: `ResourceInsufficient` before `ResourceInUse`. */
const byLetters = (one: string, other: string): number => (one.toLowerCase() < other.toLowerCase() ? -1 : 1)

/** The facts of an action that the generator counts and prints. */
export interface Outcome {
  readonly action: string
  readonly pager: Facts.Pager | Facts.NearMiss | undefined
  readonly streams: boolean
}

/** What the parts of a module need to know about its version. */
const modelOf = (version: Catalogue.Version) => {
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
  return { objects, names, facts, shapeOf, sent, plain, outputs, classes, className, typeIn }
}

type Model = ReturnType<typeof modelOf>

const interfacesOf = ({ objects, outputs, plain, sent, shapeOf, typeIn }: Model): ReadonlyArray<string> =>
  Object.keys(objects)
    .sort()
    .flatMap((name) => {
      const output = outputs.get(name)
      const asSent = sent.has(name)
        ? [interfaceOf(name, shapeOf(name), "request", typeIn("request"), plain.has(name))]
        : []
      const asReceived =
        output !== undefined || !sent.has(name)
          ? [interfaceOf(output ?? name, shapeOf(name), "response", typeIn("response"))]
          : []
      return [...asSent, ...asReceived]
    })

/** `export const Name: type = _define(…)`, broken over lines where Biome would break it. */
const definition = (
  name: string,
  kind: string,
  generics: ReadonlyArray<string>,
  shapes: readonly [request: string, response: string],
  declared: ReadonlyArray<string>,
  details: string
): string => {
  const [request, response] = shapes
  const start = `export const ${name}: `
  const type = group(`$.${kind}<`, generics, ">", width - start.length - 2)
  const flat = [`"${name}"`, `_${request}`, `_${response}`, `[${declared.join(", ")}]`, `"${details}"`].join(", ")
  const pure = "/* #__PURE__ */ _define("
  const inline = start.length + type.length + " = ".length + pure.length
  const broken = type.includes("\n") || inline <= width
  const indent = broken ? "" : "  "
  const before = type.includes("\n") ? pure.length + "> = ".length : broken ? inline : pure.length + 2
  const fits = before + flat.length + 1 <= width
  const call = fits
    ? `${pure}${flat})`
    : `${pure}\n${[
        `${indent}  "${name}"`,
        `${indent}  _${request}`,
        `${indent}  _${response}`,
        `${indent}  ${group("[", declared, "]", width - indent.length - 3, `${indent}  `)}`,
        `${indent}  "${details}"`
      ].join(",\n")}\n${indent})`
  return `${start}${type} =${broken ? " " : "\n  "}${call}`
}

/** An action, with the union of its errors before it. */
const actionOf = (
  product: string,
  name: string,
  { className, facts, objects, outputs, typeIn }: Model
): { readonly text: string; readonly outcome: Outcome } => {
  const { errors, request, response, status } = facts(name)
  const requestMembers = objects[request] ?? []
  const letter = Facts.lettersOf(product, name, facts(name), requestMembers)
  const streams = letter.includes("s")
  const pager = Facts.pagerOf(requestMembers, objects[response] ?? [], objects)
  const paged = pager !== undefined && "by" in pager ? pager : undefined
  const kind = `${paged === undefined ? "" : "Paged"}${streams ? "Streamed" : ""}` || "Unary"
  const generics = [`"${name}"`, request, outputs.get(response) ?? response, `${name}Error`]
  if (paged !== undefined) generics.push(typeIn("response")(paged.element))
  const declared = [...new Set(errors.map(className))]
  const details = [
    letter,
    ...(paged === undefined ? [] : [[paged.by, paged.asked, paged.told, paged.items].join(" ")]),
    ...Facts.travelOf(facts(name), requestMembers)
  ].join("|")
  const doc = status === undefined ? "" : `/** @deprecated It is ${status}. */\n`
  const defined = definition(name, kind, generics, [request, response], declared, details)
  return {
    text: [unionOf(`${name}Error`, declared), `${doc}${defined}`].join("\n\n"),
    outcome: { action: name, pager, streams }
  }
}

export const render = (
  product: string,
  version: string,
  catalogue: Catalogue.Version
): { readonly text: string; readonly outcomes: ReadonlyArray<Outcome> } => {
  const model = modelOf(catalogue)
  const { classes, names, objects, shapeOf } = model
  const commonCodes = [...classes]
    .filter(([code]) => Names.common.has(code))
    .map(([, name]) => name)
    .sort(byLetters)
  const ownCodes = [...classes].filter(([code]) => !Names.common.has(code))
  const tables = Object.keys(objects)
    .sort()
    .map((name) => tableOf(name, shapeOf(name)))
  const actions = names.map((name) => actionOf(product, name, model))

  const text = [
    `// Generated from catalogue/${product}.json by \`npm run generate\`. What is changed here is lost.`,
    "",
    ...(commonCodes.length === 0
      ? []
      : [`${group("import { ", commonCodes, ' } from "../../domain/errors/CommonError.js"', width)}`]),
    'import * as $ from "../../services/catalogue/ProductAction.js"',
    "",
    ...(commonCodes.length === 0 ? [] : [group("export { ", commonCodes, " }", width), ""]),
    ...ownCodes.flatMap(([code, name]) => [classOf(name, code), ""]),
    ...interfacesOf(model).flatMap((item) => [item, ""]),
    ...tables.flatMap((item) => [item, ""]),
    `const _define = /* #__PURE__ */ $.define("${product}", "${version}")`,
    "",
    ...actions.flatMap(({ text }) => [text, ""]),
    `/** ${product} ${version}, all its actions. */`,
    group(
      `export const product: $.Product = /* #__PURE__ */ $.product("${product}", "${version}", { `,
      names,
      " })",
      width
    ),
    ""
  ].join("\n")
  return { text, outcomes: actions.map(({ outcome }) => outcome) }
}
