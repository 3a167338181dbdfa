/**
 * The kinds of runtime: a process with an environment, a Worker, a browser. Each finds its binary, or nothing, and checks the library
 * in it. A check gets the binary, the folder of the program, and the addresses of the gateway.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { install } from "./install.mjs"
import { nextLine, run, start } from "./processes.mjs"

const key = { TENCENTCLOUD_SECRET_ID: "AKIDEXAMPLE", TENCENTCLOUD_SECRET_KEY: "example-key" }

/** What a program comes to in a runtime that says whether it sent a request, and in one that does not. */
const results = { call: "\u4e2d", error: "ResourceNotFound", stream: "1,2,3", refused: "TransportError, not sent" }
const vague = { ...results, refused: "TransportError, may be sent" }

/** The result of one call, to a gateway in the same process. */
const gateway = "a"

const noKey = "CredentialsUnavailable"

const compare = (what, got, expected) => {
  const texts = [expected, got].map((each) => JSON.stringify(each))
  if (texts[0] !== texts[1]) throw new Error(`${what}: expected\n  ${texts[0]}\nand got\n  ${texts[1]}`)
}

const inFolder = async ({ binary, folder, refused, url }, { environment, flags, withKey }) => {
  const { HOME, PATH } = process.env
  const args = [...flags, join(folder, "process.mjs"), JSON.stringify({ refused, url, withKey })]
  return JSON.parse(await run(binary, args, { cwd: folder, env: { HOME, PATH, ...environment } }))
}

/** Node, Bun and Deno: the program runs over both clients, with a key in its environment, and without one. */
export const ofProcess = (runtime, version) => ({
  name: `${runtime} ${version}`,
  find: () => install(runtime, version),
  check: async (setting) => {
    const flags = []
    const given = await inFolder(setting, { flags, environment: key, withKey: true })
    compare("with a key", given, { node: results, fetch: results, gateway })
    const missing = await inFolder(setting, { flags, environment: {}, withKey: false })
    compare("without a key", missing, { node: noKey, fetch: noKey, gateway })
  }
})

/** A server of Bun takes longer headers than by default, with an option. */
export const ofBunServer = (version) => ({
  name: `bun ${version} as a server`,
  find: () => install("bun", version),
  check: async ({ binary, folder }) => {
    const ask = async (flags, length) =>
      (await run(binary, [...flags, join(folder, "bunServer.mjs"), String(length)], { cwd: folder })).trim()
    const long = 32 * 1024
    compare("with a query of 1 KB", await ask([], 1024), "an envelope")
    compare("with a query of 32 KB", await ask([], long), "HTTP 431")
    compare("with the flag", await ask(["--max-http-header-size=65536"], long), "an envelope")
  }
})

/** Jest runs a module with a flag of Node. */
export const ofJest = (version) => ({
  name: `jest ${version}`,
  find: () => install("jest", version),
  check: async ({ binary, folder }) => {
    const args = [binary, "--rootDir", folder, "--testMatch", "**/inJest.test.mjs"]
    await run(process.execPath, ["--experimental-vm-modules", ...args], { cwd: folder })
  }
})

/** Deno needs permissions. The client for Node needs more of the environment than its key, because undici does. */
export const ofDeno = (version) => ({
  name: `deno ${version}`,
  find: () => install("deno", version),
  check: async (setting) => {
    const ask = (flags, withKey) => {
      const all = ["run", "--quiet", "--no-prompt", "--allow-net=127.0.0.1", ...flags]
      return inFolder(setting, { flags: all, environment: key, withKey })
    }
    compare("with the environment", await ask(["--allow-env"], true), { node: results, fetch: results, gateway })
    const fault = "TransportError, not sent"
    const faults = Object.fromEntries(Object.keys(results).map((name) => [name, fault]))
    const two = await ask([`--allow-env=${Object.keys(key)}`], true)
    compare("with the variables of the key", two, { node: faults, fetch: results, gateway })
    compare("without permission", await ask([], false), { node: noKey, fetch: noKey, gateway })
  }
})

const workerConfig = (flags, bindings) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .program), (name = "network", network = (allow = ["public", "private"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const program :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ${JSON.stringify(flags)},
  bindings = [${Object.entries(bindings).map(([name, text]) => `(name = "${name}", text = "${text}")`)}],
  globalOutbound = "network"
);
`

/** Cloudflare's workerd: the Worker calls the gateway, and the program in Node calls the Worker, which is a gateway too. */
export const ofWorkerd = (version, flags) => ({
  name: `workerd ${version} ${flags.length === 0 ? "without Node compatibility" : `with ${flags.join(", ")}`}`,
  find: () => install("workerd", version),
  check: async ({ binary, folder, refused, url }) => {
    const config = join(folder, `worker${flags.length}.capnp`)
    writeFileSync(config, workerConfig(flags, { ...key, URL: url, REFUSED: refused }))
    const { lines, stop } = start(binary, ["serve", "--control-fd=1", config], { cwd: folder })
    try {
      const worker = `http://127.0.0.1:${JSON.parse(await nextLine(lines)).port}`
      const answer = await (await fetch(`${worker}/run`)).text()
      // Node's compatibility layer has a `process.env`, which holds the bindings.
      const environment = flags.length === 0 ? noKey : "a"
      const needsNode = "says that it needs Node, Bun or Deno"
      const expected = { fetch: vague, environment, node: needsNode, transport: needsNode }
      compare("as a client", answer.startsWith("{") ? JSON.parse(answer) : answer, expected)
      await ofProcess("node", "20").check({ binary: process.execPath, folder, refused, url: worker })
    } finally {
      await stop()
    }
  }
})

const browsers = ["chromium", "chromium-browser", "google-chrome"]

const onPath = (name) =>
  process.env.PATH.split(delimiter)
    .map((folder) => join(folder, name))
    .find(existsSync)

/** Chromium: a page of the gateway's own origin runs the program, and reports to that origin. */
export const ofChromium = () => ({
  name: "Chromium",
  isOptional: true,
  find: () => browsers.map(onPath).find((path) => path !== undefined),
  check: async ({ binary, page, reports }) => {
    const profile = mkdtempSync(join(tmpdir(), "effect-tencentcloud-chromium-"))
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", `--user-data-dir=${profile}`]
    const { stop } = start(binary, [...flags, page], { stdio: ["pipe", "pipe", "ignore"] })
    try {
      compare("in a page", JSON.parse(await nextLine(reports)), { fetch: vague, environment: noKey })
    } finally {
      await stop()
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    }
  }
})
