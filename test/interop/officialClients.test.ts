/**
 * The official clients for Node, Python and Go against one gateway, reached in five ways. `.ci/run` installs what the clients need. A
 * machine without a language or a proxy skips the tests with it, except in CI.
 */
import { spawn, spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as Catalogue from "effect-tencentcloud/Catalogue"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as Emulator from "effect-tencentcloud/Emulator"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import { products } from "effect-tencentcloud/products"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import * as Proxies from "../fixtures/Proxies.js"
import * as TlsGateway from "../fixtures/TlsGateway.js"
import * as Official from "./officialCalls.js"

const GatewayLive = Gateway.layer({ trustProxy: ["loopback"] }).pipe(
  Layer.provide(CredentialValidator.layer),
  Layer.provide([
    Layer.merge(Emulator.layer({ seed: "official" }), Official.EchoLive),
    KeyStore.layerMemory([Official.plan.keys.owner]),
    TimestampValidator.layer,
    Authorizer.layerAllowAll,
    RateLimiter.layerUnlimited
  ]),
  Layer.provide(Catalogue.layer(products))
)

/** How a program reaches the gateway. */
interface Way {
  readonly protocol: "http" | "https"
  /** Without one, the client calls the real host names. */
  readonly endpoint?: string
  readonly certificate?: string
  /** What the pages on HTTPS and on proxies tell users to set. */
  readonly environment?: Readonly<Record<Official.Language, Readonly<Record<string, string>>>>
}

class Served extends Context.Tag("test/Served")<
  Served,
  {
    readonly gateway: TlsGateway.TlsGateway
    readonly folder: string
    readonly proxies: Record<Proxies.Program, string>
  }
>() {}

const lacks = { nginx: Proxies.isMissing("nginx"), haproxy: Proxies.isMissing("haproxy") }

const ServedLive = Layer.scoped(
  Served,
  Effect.gen(function* () {
    const gateway = yield* TlsGateway.serve()
    const behind = { gateway: gateway.port }
    const nginx = lacks.nginx ? "" : new URL((yield* Proxies.nginx(behind)).url).host
    const haproxy = lacks.haproxy ? "" : new URL((yield* Proxies.haproxy(behind)).url).host
    return { gateway, folder: yield* TlsGateway.folder, proxies: { nginx, haproxy } }
  })
).pipe(Layer.provide(GatewayLive), Layer.orDie)

type Reach = (served: Context.Tag.Service<Served>) => Way

/** Each client's way to trust the authority, as the page on HTTPS has it. */
const trust = (ca: string) => ({ node: { NODE_EXTRA_CA_CERTS: ca }, python: {}, go: { SSL_CERT_FILE: ca } })

const ways: ReadonlyArray<{ readonly way: string; readonly reach: Reach; readonly needs?: Proxies.Program }> = [
  {
    way: "at its address",
    reach: ({ gateway }) => ({ protocol: "http", endpoint: `127.0.0.1:${gateway.port}` })
  },
  { way: "through nginx", needs: "nginx", reach: ({ proxies }) => ({ protocol: "http", endpoint: proxies.nginx }) },
  {
    way: "through haproxy",
    needs: "haproxy",
    reach: ({ proxies }) => ({ protocol: "http", endpoint: proxies.haproxy })
  },
  {
    way: "over TLS",
    reach: ({ gateway: { certificateAuthority: certificate, port } }) => ({
      protocol: "https",
      endpoint: `127.0.0.1:${port}`,
      certificate,
      environment: trust(certificate)
    })
  },
  {
    way: "through the tunnel, under the real host names",
    reach: ({ gateway: { certificateAuthority: certificate, proxy } }) => {
      const { go, node } = trust(certificate)
      return {
        protocol: "https",
        certificate,
        environment: {
          node: { ...node, http_proxy: proxy },
          python: { HTTPS_PROXY: proxy },
          go: { ...go, HTTPS_PROXY: proxy }
        }
      }
    }
  }
]

/** Where the clients for Python and Go are. Installs them if they are not there yet. */
const installed: Readonly<Record<"python" | "go", string | null>> = (() => {
  const script = fileURLToPath(new URL("../../scripts/clients/install.mjs", import.meta.url))
  const { stderr, stdout } = spawnSync(process.execPath, [script], { encoding: "utf8" })
  if (stderr !== "") console.warn(stderr)
  return JSON.parse(stdout)
})()

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

const commands: Readonly<Record<Official.Language, ReadonlyArray<string> | undefined>> = {
  node: [process.execPath, fileOf("node/program.mjs")],
  python: installed.python === null ? undefined : [installed.python, fileOf("python/program.py")],
  go: installed.go === null ? undefined : [installed.go]
}

/** Whether a test has to be skipped, because its language is missing. In CI it fails instead. */
const isMissing = (language: Official.Language): boolean => {
  if (commands[language] !== undefined) return false
  console.warn(`SKIPPED: there is no official client for ${language} here. Run scripts/clients/install.mjs.`)
  return process.env.CI !== "true"
}

/** The environment of the tests, without what leads a client elsewhere. */
const inherited = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/(_proxy|_ca_bundle|cert_file|cert_dir|extra_ca_certs)$/i.test(name))
)

/** Runs the program of a language. Returns what it prints of each call, and what it says beside that. */
const run = (language: Official.Language, reach: Reach) =>
  Effect.flatMap(Served, (served) => {
    const { environment, ...way } = reach(served)
    const file = join(served.folder, `${language}.json`)
    writeFileSync(file, JSON.stringify({ ...Official.plan, ...way, calls: Official.callsOf(language) }))
    const [command = language, ...args] = commands[language] ?? []
    return Effect.async<{ readonly outcomes: ReadonlyArray<Official.Outcome>; readonly said: string }>((resume) => {
      const child = spawn(command, [...args, file], { env: { ...inherited, ...environment?.[language] } })
      let [stdout, said] = ["", ""]
      child.stdout.setEncoding("utf8").on("data", (text) => {
        stdout += text
      })
      child.stderr.setEncoding("utf8").on("data", (text) => {
        said += text
      })
      child.on("error", ({ message }) => {
        said += message
      })
      child.on("close", () => {
        const lines = stdout.split("\n").filter((line) => line !== "")
        resume(Effect.succeed({ outcomes: lines.map((line) => JSON.parse(line)), said }))
      })
      return Effect.sync(() => child.kill())
    })
  })

const languages = [
  { language: "node", name: "Node" },
  { language: "python", name: "Python" },
  { language: "go", name: "Go" }
] as const

layer(ServedLive, { excludeTestServices: true })("the official clients", (it) => {
  for (const { language, name } of languages) {
    describe.skipIf(isMissing(language))(`for ${name} (skipped where the machine does not have it)`, () => {
      for (const { needs, reach, way } of ways) {
        it.effect.skipIf(needs !== undefined && lacks[needs])(
          `P4: reaches the gateway ${way}, and nothing is wrong`,
          () =>
            Effect.gen(function* () {
              const { outcomes, said } = yield* run(language, reach)
              assert.deepStrictEqual([...Official.faults(language, outcomes), said], [""])
              assert.lengthOf(outcomes, Official.callsOf(language).length)
            })
        )
      }
    })
  }
})
