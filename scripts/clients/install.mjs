/**
 * Installs the official clients for Python and Go into `node_modules/.cache/clients`, for test/interop/officialClients.test.ts. Does nothing
 * for a client that is there already. Prints, as JSON, the command of each: `null` where the machine lacks the language or the registry.
 */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../project.mjs"

const cache = join(root, "node_modules", ".cache", "clients")
const interop = join(root, "test", "interop")

/** Runs a command. Returns what went wrong, or nothing. */
const fault = (command, args, cwd = root) => {
  const { error, status, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" })
  if (error !== undefined) return error.message
  return status === 0 ? undefined : stderr.trim() || `${command} failed`
}

const languages = [
  {
    name: "python",
    sources: ["python/requirements.txt"],
    command: join(cache, "python", "bin", "python"),
    steps: (folder) => [
      ["python3", ["-m", "venv", folder]],
      [
        join(folder, "bin", "python"),
        ["-m", "pip", "install", "--quiet", "-r", join(interop, "python", "requirements.txt")]
      ]
    ]
  },
  {
    name: "go",
    sources: ["go/main.go", "go/go.mod", "go/go.sum"],
    command: join(cache, "go", "officials"),
    steps: (folder) => [["go", ["build", "-o", join(folder, "officials"), "."], join(interop, "go")]]
  }
]

/** Installs a client, unless that has happened with the same sources. */
const install = ({ command, name, sources, steps }) => {
  const folder = join(cache, name)
  const stamp = join(folder, "sources.sha256")
  const hash = createHash("sha256")
  for (const source of sources) hash.update(readFileSync(join(interop, source)))
  const digest = hash.digest("hex")
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return command
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const step of steps(folder)) {
    const problem = fault(...step)
    if (problem === undefined) continue
    console.error(`The official client for ${name} is not installed: ${problem}`)
    return null
  }
  writeFileSync(stamp, digest)
  return command
}

console.log(JSON.stringify(Object.fromEntries(languages.map((language) => [language.name, install(language)]))))
