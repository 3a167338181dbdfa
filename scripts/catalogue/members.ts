/** Writes the interfaces of a module: the members of requests and responses. */
import * as Catalogue from "./catalogue.js"
import { isRequired, type Model } from "./model.js"

const formats: Readonly<Record<string, string>> = {
  datetime: "`2020-09-22 00:00:00`",
  datetime_iso: "`2020-09-22T00:00:00+00:00`",
  date: "`2020-09-22`"
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

/** The interfaces of all objects of a version, by name. */
export const interfacesOf = ({ objects, outputs, plain, sent, shapeOf, typeIn }: Model): ReadonlyArray<string> =>
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
