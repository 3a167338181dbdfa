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

const noKey = "CredentialsUnavailable"

const compare = (what, got, expected) => {
  const texts = [expected, got].map((each) => JSON.stringify(each))
  if (texts[0] !== texts[1]) throw new Error(`${what}: expected\n  ${texts[0]}\nand got\n  ${texts[1]}`)
}

/**
 * Node, Bun and Deno: the program runs with a key in its environment, and without one, over both clients. `always` are the flags of
 * both runs, `withKey` those that let the program read its key.
 */
export const ofProcess = (runtime, version, { always = [], withKey = [] } = {}) => ({
  name: `${runtime} ${version}`,
  find: () => install(runtime, version),
  check: async ({ binary, folder, refused, url }) => {
    const { HOME, PATH } = process.env
    const ask = async (flags, environment, isGiven) => {
      const args = [
        ...always,
        ...flags,
        join(folder, "process.mjs"),
        JSON.stringify({ refused, url, withKey: isGiven })
      ]
      return JSON.parse(await run(binary, args, { cwd: folder, env: { HOME, PATH, ...environment } }))
    }
    compare("with a key", await ask(withKey, key, true), { node: results, fetch: results })
    compare("without a key", await ask([], {}, false), { node: noKey, fetch: noKey })
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
      compare("as a client", answer.startsWith("{") ? JSON.parse(answer) : answer, { fetch: vague, environment })
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
