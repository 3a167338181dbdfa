/**
 * Installs other runtimes from the npm registry into node_modules/.cache, which git does not see. The packages hold the binaries, so
 * nothing else is downloaded and no install script runs. They are no devDependencies: together they have 600 MB.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { root } from "../project.mjs"

const { arch, platform } = process
const isWindows = platform === "win32"

const exe = (path) => (isWindows ? `${path}.exe` : path)

/** The package of each runtime for this machine, and where its binary is. */
const packages = {
  node: { name: `node-${isWindows ? "win" : platform}-${arch}`, binary: exe("bin/node") },
  bun: {
    // The plain one needs a processor of 2013 or later.
    name: `@oven/bun-${isWindows ? "windows" : platform}-${arch === "arm64" ? "aarch64" : "x64-baseline"}`,
    binary: exe("bin/bun")
  },
  deno: { name: `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`, binary: exe("deno") },
  // A program for Node: `bin/jest.js` is what it runs.
  jest: { name: "jest", binary: "bin/jest.js" },
  workerd: {
    name: `@cloudflare/workerd-${isWindows ? "windows" : platform}-${arch === "arm64" ? "arm64" : "64"}`,
    binary: exe("bin/workerd")
  }
}

const quiet = ["--silent", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]

/** Returns the path of a binary, such as that of Node 26 for `("node", "26")`. Returns nothing if npm cannot install it. */
export const install = (runtime, version) => {
  const { binary, name } = packages[runtime]
  const folder = join(root, "node_modules/.cache", `${runtime}-${version}`)
  const path = join(folder, "node_modules", name, binary)
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  spawnSync("npm", ["install", ...quiet, "--prefix", folder, `${name}@${version}`], {
    cwd: folder,
    stdio: "inherit",
    shell: isWindows
  })
  return existsSync(path) ? path : undefined
}
