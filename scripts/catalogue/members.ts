/** Writes the interfaces of a module: the members of requests and responses. */
import * as Catalogue from "./catalogue.js"
import { commentOf, isTyped, openUnion } from "./comments.js"
import type { Objects } from "./hints.js"
import { width } from "./layout.js"
import { isRequired, type Model } from "./model.js"

type Side = "request" | "response"

const broken = (items: ReadonlyArray<string>, indent: string): string =>
  items.map((item) => `\n${indent}| ${item}`).join("")

/** The type of a member with enumerated values, broken over lines where Biome would break it. */
const unionType = (
  start: number,
  isList: boolean,
  values: ReadonlyArray<string>,
  optional: ReadonlyArray<string>
): string => {
  const flat = values.join(" | ")
  const whole = ` ${[isList ? `ReadonlyArray<${flat}>` : flat, ...optional].join(" | ")}`
  if (start + whole.length <= width) return whole
  if (!isList) return broken([...values, ...optional], "    ")
  const list = (indent: string) =>
    `ReadonlyArray<${indent.length + 2 + flat.length <= width ? `\n${indent}  ${flat}` : broken(values, `${indent}  `)}\n${indent}>`
  return optional.length === 0 ? ` ${list("  ")}` : broken([list("      "), ...optional], "    ")
}

const interfaceOf = (
  /** The name of the interface, and that of the object. */
  [name, object]: readonly [name: string, object: string],
  members: ReadonlyArray<Catalogue.Member>,
  hints: Objects[string] | undefined,
  side: Side,
  typeOf: (type: string) => string,
  streams = false
): string => {
  const lines = members.map((member) => {
    const [label, type] = member
    // A plain call has no place for events, so its request cannot ask for them.
    if (streams && label === "Stream") return "  /** `.stream` sets it. */\n  readonly Stream?: false | undefined"
    const hint = hints?.[label]
    const union = hint?.e !== undefined && isTyped(type) ? openUnion(hint.e) : undefined
    const optional = side === "request" && !isRequired(member) ? ["undefined"] : []
    const start = `  readonly ${label}${side === "request" && isRequired(member) ? "" : "?"}:`
    const written =
      union === undefined
        ? ` ${[typeOf(type), ...optional].join(" | ")}`
        : unionType(start.length, Catalogue.isList(type), union, optional)
    return `  /** ${commentOf(member, object, hint, side)} */\n${start}${written}`
  })
  return lines.length === 0 ? `export interface ${name} {}` : `export interface ${name} {\n${lines.join("\n")}\n}`
}

/** The interfaces of all objects of a version, by name. */
export const interfacesOf = ({ hints, objects, outputs, plain, sent, shapeOf, typeIn }: Model): ReadonlyArray<string> =>
  Object.keys(objects)
    .sort()
    .flatMap((name) => {
      const output = outputs.get(name)
      const write = (as: string, side: Side, streams = false) =>
        interfaceOf([as, name], shapeOf(name), hints[name], side, typeIn(side), streams)
      return [
        ...(sent.has(name) ? [write(name, "request", plain.has(name))] : []),
        ...(output !== undefined || !sent.has(name) ? [write(output ?? name, "response")] : [])
      ]
    })
