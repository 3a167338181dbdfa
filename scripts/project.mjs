/**
 * What the checks know of the project: its root, and the modules that it makes public.
 */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

export const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

/** The public modules: the front doors of `package.json`, and the index. `file` has no ending: `domain/contract/Action`. */
export const modules = Object.entries(manifest.exports).flatMap(([subpath, target]) => {
  const name = subpath === "." ? "index" : /^\.\/([A-Z]\w*)$/.exec(subpath)?.[1]
  return name === undefined ? [] : [{ name, file: /^\.\/dist\/(.*)\.js$/.exec(target.default)[1] }]
})

/** How a module is imported: `effect-tencentcloud/Action`. */
export const specifierOf = ({ name }) => (name === "index" ? manifest.name : `${manifest.name}/${name}`)
