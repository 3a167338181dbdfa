/**
 * A trial: writes a declaration file that adds the texts of the official package, which its reader has installed, to the members of our
 * interfaces. Nothing of these texts is in this package, and who does not include the file pays nothing.
 * Usage, in a project that has both packages: node scripts/official-texts.mjs cvm v20170312 cvm.texts.d.ts
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

/** The members of each interface in a module: their text, and their line without it. */
const membersOf = (module) => {
  const interfaces = new Map()
  for (const [, name, body] of module.matchAll(/^export interface (\w+) \{\n([\s\S]*?)^\}/gm)) {
    const members = new Map()
    for (const [, text, line, label] of body.matchAll(
      /^\s*(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?((?:readonly )?(\w+)\??: [^\n]+)$/gm
    )) {
      members.set(label, { text, line })
    }
    interfaces.set(name, members)
  }
  return interfaces
}

/** A text on one line, without its markup. */
const plain = (text) =>
  text
    .replace(/^\s*\* ?/gm, " ")
    .replace(/<[^>]*>/g, "")
    .replace(/\s+/g, " ")
    .trim()

/** Returns a declaration file for a module of ours, and how many texts it has. An interface that is written twice has the texts of both. */
export const mergeTexts = (path, ours, theirs) => {
  const known = membersOf(theirs)
  let count = 0
  const interfaces = [...membersOf(ours)].flatMap(([name, members]) => {
    const official = known.get(name) ?? known.get(name.replace(/_?Output$/, ""))
    const lines = [...members].flatMap(([label, { line }]) => {
      const text = plain(official?.get(label)?.text ?? "")
      if (text === "") return []
      count += 1
      return [`    /** ${text} */`, `    ${line}`]
    })
    return lines.length === 0 ? [] : [`  interface ${name} {`, ...lines, "  }"]
  })
  const lines = [`import "${path}"`, `declare module "${path}" {`, ...interfaces, "}", ""]
  return { text: lines.join("\n"), count }
}

const main = (product, version, out) => {
  if (product === undefined || version === undefined || out === undefined) {
    throw new Error("Which product, which version, and into which file? For instance: cvm v20170312 cvm.texts.d.ts")
  }
  const read = (...path) => readFileSync(join("node_modules", ...path), "utf8")
  const models = `tencentcloud/services/${product}/${version}/${product}_models.d.ts`
  const { count, text } = mergeTexts(
    `effect-tencentcloud/products/${product}/${version}`,
    read("effect-tencentcloud", `dist/products/${product}/${version}.d.ts`),
    read(`tencentcloud-sdk-nodejs-${product}`, models)
  )
  writeFileSync(out, text)
  console.log(`${out}: ${count} texts`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main(...process.argv.slice(2))
