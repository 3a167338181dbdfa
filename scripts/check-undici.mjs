/**
 * Holds the transport for Node against the newest undici 6 and 7: the files that it loads by their paths are what the index exports,
 * and its tests pass. Without a registry it says so and skips, but in CI it fails.
 * Usage: node scripts/check-undici.mjs
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { root } from "./project.mjs"

/** The versions, each with the tests that it cannot pass. */
const majors = [
  { major: 6, except: [] },
  // It no longer takes the `FormData` of Node 20, which only a user of `NodeTransport.layerHttpClient` may send.
  { major: 7, except: ["carries a form"] }
]

/** The tests of the transport. */
const tests = ["NodeTransport", "faults", "proxy", "streams"].map((name) => `test/layers/client/${name}.test.ts`)

/** Compares the files with the index, and prints the version. */
const comparison = `
const index = require("undici")
const same =
  require("undici/lib/dispatcher/client.js") === index.Client &&
  require("undici/lib/core/connect.js") === index.buildConnector &&
  require("undici/lib/core/util.js").headerNameToString === index.util.headerNameToString
if (!same) throw new Error("the files are not what the index exports: correct src/layers/client/internal/node/undici.ts")
console.log(require("undici/package.json").version)
`

const run = (command, args, cwd, env = {}) => {
  const { error, status, stderr, stdout } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, ...env }
  })
  return { succeeds: error === undefined && status === 0, stdout, output: `${stdout ?? ""}${stderr ?? ""}` }
}

const check = ({ except, major }) => {
  const folder = mkdtempSync(join(tmpdir(), "effect-tencentcloud-undici-"))
  try {
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "undici-check", private: true }))
    const install = run("npm", ["install", "--no-audit", "--no-fund", `undici@${major}`], folder)
    if (!install.succeeds) return { major, installed: false, problem: install.output }
    const compared = run(process.execPath, ["-e", comparison], folder)
    if (!compared.succeeds) return { major, installed: true, problem: compared.output }
    const names = except.length === 0 ? [] : ["--testNamePattern", `^(?!.*(${except.join("|")}))`]
    const tested = run("npx", ["--no-install", "vitest", "run", ...tests, ...names], root, {
      UNDICI: join(folder, "node_modules/undici")
    })
    return tested.succeeds
      ? { major, installed: true, version: compared.stdout.trim() }
      : { major, installed: true, problem: tested.output }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

for (const { installed, major, problem, version } of majors.map(check)) {
  if (problem === undefined) {
    console.log(`undici ${version}: the files are what the index exports, and the tests of the transport pass`)
  } else if (installed || process.env.CI === "true") {
    console.error(`undici ${major}: ${problem}`)
    process.exitCode = 1
  } else {
    console.warn(
      `SKIPPED: undici ${major} cannot be installed, so nothing holds the transport against it. In CI this fails.`
    )
  }
}
