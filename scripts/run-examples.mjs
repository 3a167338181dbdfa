/**
 * Runs every program in examples/ but the tour, which is `npm start`: each file in it, and the main.ts of each
 * folder. They have to exit normally without a key too, and need no network. Usage: node scripts/run-examples.mjs
 */
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { manifest, root } from "./project.mjs"

const programs = readdirSync(join(root, "examples"), { withFileTypes: true })
  .map((entry) => `examples/${entry.name}${entry.isDirectory() ? "/main.ts" : ""}`)
  .filter((path) => path.endsWith(".ts") && existsSync(join(root, path)) && !manifest.scripts.start.includes(path))
  .sort()

const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("TENCENTCLOUD_")))

const failed = programs.filter((path) => {
  console.log(`--- ${path}`)
  const { status } = spawnSync(process.execPath, ["--import", "tsx", path], {
    cwd: root,
    env,
    stdio: "inherit",
    timeout: 60_000
  })
  return status !== 0
})
if (failed.length > 0) {
  console.error(`These programs do not end well: ${failed.join(", ")}`)
  process.exit(1)
}
console.log(`${programs.length} programs ran`)
