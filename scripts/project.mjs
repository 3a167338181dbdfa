/**
 * What the checks know about the project: its root and its public modules.
 */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { doorsOf } from "./doors.mjs"

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

export const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

/** The public modules: the doors of `package.json`, and the index. `file` has no ending: `domain/contract/Action`. */
export const modules = [
  { name: "index", file: "index" },
  ...doorsOf(manifest).map(({ name, source }) => ({ name, file: source.slice("src/".length, -".ts".length) }))
]

/** The specifier of a module: `effect-tencentcloud/Action`. */
export const specifierOf = ({ name }) => (name === "index" ? manifest.name : `${manifest.name}/${name}`)
