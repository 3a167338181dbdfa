/**
 * Runs one program in every runtime that docs/runtimes.md names, with the library as it is packed, against a gateway in Node. The
 * program makes a call, provokes an error, reads a stream, calls a host that refuses, and takes its key from the environment.
 *
 * A runtime that cannot be had is skipped, and this says so. With `CI=true` that fails if npm should have it.
 * Usage: node scripts/check-runtimes.mjs [words of its name], after a build
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import esbuild from "esbuild"
import { manifest, root } from "./project.mjs"
import { ofBunServer, ofChromium, ofDeno, ofJest, ofProcess, ofWorkerd } from "./runtimes/kinds.mjs"
import { nextLine, run, start } from "./runtimes/processes.mjs"

const runtimes = [
  ofProcess("node", "20"),
  ofProcess("node", "22"),
  ofProcess("node", "24"),
  ofProcess("node", "26"),
  ofProcess("bun", "1"),
  ofBunServer("1"),
  ofDeno("2"),
  ofWorkerd("1", []),
  ofWorkerd("1", ["nodejs_compat"]),
  ofChromium(),
  ofJest("30")
]

/** Packs the library, and installs it with its peers and the program in an empty project. */
const makeProject = async (folder) => {
  const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder]
  const [{ filename }] = JSON.parse(await run("npm", pack, { cwd: root }))
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "program", private: true, type: "module" }))
  const peers = Object.entries(manifest.peerDependencies)
    .filter(([name]) => !manifest.peerDependenciesMeta[name]?.optional)
    .map(([name, range]) => `${name}@${range}`)
  const flags = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
  await run("npm", ["install", ...flags, join(folder, filename), ...peers], { cwd: folder, timeout: 120_000 })
  cpSync(join(root, "scripts/runtimes/program"), folder, { recursive: true })
}

/** Bundles the Worker and the page, as their tools do: with their conditions, and with nothing of Node. */
const bundle = (folder) =>
  Promise.all(
    [
      { entry: "worker", conditions: ["workerd", "worker", "browser"] },
      { entry: "page", conditions: ["browser"] }
    ].map(({ conditions, entry }) =>
      esbuild.build({
        entryPoints: [join(folder, `${entry}.mjs`)],
        outfile: join(folder, `${entry}.js`),
        absWorkingDir: folder,
        bundle: true,
        format: "esm",
        platform: "browser",
        conditions
      })
    )
  )

const describe = ({ message, stack }) => message ?? stack

const check = async ({ check, find, isOptional, name }, setting) => {
  const binary = find()
  if (binary === undefined) {
    console.warn(`SKIPPED: ${name} cannot be had here, so nothing shows that the library works in it.`)
    return isOptional || process.env.CI !== "true"
  }
  const begin = Date.now()
  try {
    await check({ ...setting, binary })
    console.log(`${name}: ${Date.now() - begin} ms`)
    return true
  } catch (error) {
    console.error(`${name} (${binary}): ${describe(error)}`)
    return false
  }
}

const words = process.argv.slice(2)
const chosen = runtimes.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word.toLowerCase())))
const folder = mkdtempSync(join(tmpdir(), "effect-tencentcloud-runtimes-"))
try {
  await makeProject(folder)
  await bundle(folder)
  const { lines, stop } = start(process.execPath, [join(folder, "server.mjs")], { cwd: folder })
  try {
    const addresses = JSON.parse(await nextLine(lines))
    for (const runtime of chosen) {
      if (!(await check(runtime, { ...addresses, folder, reports: lines }))) process.exitCode = 1
    }
  } finally {
    await stop()
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
