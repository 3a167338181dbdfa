/**
 * What the checks know of the project: its root, and the modules that it makes public.
 */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

export const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

/** Those that are written by hand: `npm run catalogue:check` looks after the generated one. */
const rooms = Object.keys(manifest.exports)
  .flatMap((subpath) => /^\.\/(\w+)\/\*$/.exec(subpath)?.[1] ?? [])
  .filter((room) => room !== "products")

/** The public modules, without their ending: `index`, `domain/Action`. What stands in a folder within a room is internal. */
export const modules = [
  ...rooms.flatMap((room) =>
    readdirSync(join(root, "src", room))
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${room}/${name.slice(0, -".ts".length)}`)
      .sort()
  ),
  "index"
]

/** How a module is imported: `effect-tencentcloud/domain/Action`. */
export const specifierOf = (module) => (module === "index" ? manifest.name : `${manifest.name}/${module}`)
