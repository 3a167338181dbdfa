/**
 * Runs the tests under another line of Node than the one at hand. The registry carries Node's binaries as packages, so nothing
 * but npm is needed. Usage: node scripts/check-node.mjs <major>
 */
import { spawnSync } from "node:child_process"
import { delimiter, dirname, join } from "node:path"
import { root } from "./project.mjs"
import { install } from "./runtimes/install.mjs"

const [line] = process.argv.slice(2)
if (!/^\d+$/.test(line ?? "")) throw new Error("Which line of Node? For instance: node scripts/check-node.mjs 26")

const node = install("node", line)
if (node === undefined) throw new Error(`npm has no Node ${line} for this machine`)

const run = (args, options) => {
  const { status } = spawnSync(node, args, { cwd: root, stdio: "inherit", ...options })
  if (status !== 0) process.exit(1)
}

run(["--version"])
// Runs neither all actions of the catalogue nor the attacks again: they take as long as all the rest, and measure what is ours.
const repeated = ["test/interop/everyAction*", "test/attacks/**", "test/fuzz/**"].flatMap((files) => [
  "--exclude",
  files
])
run([join(root, "node_modules/vitest/vitest.mjs"), "run", ...repeated], {
  timeout: 12 * 60_000,
  // Tests that start a program use this Node too.
  env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` }
})
