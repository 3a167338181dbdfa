/** Writes the shapes of a module: what it knows of requests and responses at run time. */
import * as Catalogue from "./catalogue.js"
import { group, width } from "./layout.js"

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

/** The shape of an object. */
export const tableOf = (name: string, members: ReadonlyArray<Catalogue.Member>): string => {
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
