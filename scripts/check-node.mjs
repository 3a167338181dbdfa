/**
 * Runs the tests under another line of Node than the one at hand. The registry carries Node's binaries as packages, so nothing
 * but npm is needed. Usage: node scripts/check-node.mjs <major>
 */
import { spawnSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { root } from "./project.mjs"

const [line] = process.argv.slice(2)
if (!/^\d+$/.test(line ?? "")) throw new Error("Which line of Node? For instance: node scripts/check-node.mjs 26")

const windows = process.platform === "win32"
const name = `node-${windows ? "win" : process.platform}-${process.arch}`
const folder = join(root, "node_modules/.cache", `node-${line}`)
const node = join(folder, "node_modules", name, "bin", windows ? "node.exe" : "node")

const run = (command, args, options) => {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options })
  if (status !== 0) process.exit(1)
}

mkdirSync(folder, { recursive: true })
run(
  "npm",
  [
    "install",
    "--silent",
    "--no-save",
    "--no-package-lock",
    "--no-audit",
    "--no-fund",
    "--prefix",
    folder,
    `${name}@${line}`
  ],
  { shell: windows }
)
run(node, ["--version"])
// Does not run all actions of the catalogue again: nothing in them depends on the line of Node.
run(node, [join(root, "node_modules/vitest/vitest.mjs"), "run", "--exclude", "test/interop/everyAction*"], {
  timeout: 6 * 60_000,
  // Tests that start a program use this Node too.
  env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` }
})
