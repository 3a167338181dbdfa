/** Clients that speak HTTPS, to a gateway with an authority of its own: at its address, and under real host names in its tunnel. */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import { Agent, fetch, ProxyAgent } from "undici"
import { v3 } from "../fixtures/Signed.js"
import * as TlsGateway from "../fixtures/TlsGateway.js"
import * as Volumes from "../fixtures/Volumes.js"

const serve = Effect.provide(TlsGateway.serve(), TlsGateway.gateway())

const program = fileURLToPath(new URL("../fixtures/officialTls.mjs", import.meta.url))

const key = { TENCENTCLOUD_SECRET_ID: TlsGateway.key.secretId, TENCENTCLOUD_SECRET_KEY: TlsGateway.key.secretKey }

const read = (gateway: TlsGateway.TlsGateway) => readFileSync(gateway.certificateAuthority, "utf8")

const result = { TotalCount: 0, Names: [] }

/** A request that is signed now. */
const signed = (host: string) => v3({ host, timestamp: Math.floor(Date.now() / 1000) })

describe("HTTPS", () => {
  it.scopedLive.each([
    { route: "at the gateway's address", tunnel: false },
    { route: "in its tunnel, under a real host name", tunnel: true }
  ])("P4: the official client calls $route", ({ tunnel }) =>
    Effect.gen(function* () {
      const gateway = yield* serve
      const endpoint = tunnel ? "ebs.tencentcloudapi.com" : `${gateway.host}:${gateway.port}`
      const args = [program, endpoint, "DescribeVolumes"]
      const { stderr, stdout } = yield* TlsGateway.run(gateway, process.execPath, args, { env: key, tunnel })
      assert.deepStrictEqual(
        [stderr, JSON.parse(stdout)],
        ["", [...Array.from({ length: 6 }, () => result), "AuthFailure.SignatureFailure"]]
      )
    })
  )

  it.scopedLive("P4: our client calls at the gateway's address, and in its tunnel", () =>
    Effect.gen(function* () {
      const gateway = yield* serve
      const ca = read(gateway)
      const call = (endpoint: string | undefined, proxy: string | false) =>
        Volumes.DescribeVolumes({}).pipe(
          Effect.provide(
            ApiClient.layerTransport({ region: "ap-guangzhou", ...(endpoint === undefined ? {} : { endpoint }) }).pipe(
              Layer.provide([NodeTransport.layer({ ca, proxy }), CredentialProvider.layerStatic(TlsGateway.key)])
            )
          ),
          Effect.map(({ TotalCount }) => TotalCount)
        )
      const answers = [
        yield* call(gateway.url, false),
        yield* call(`https://localhost:${gateway.port}`, false),
        yield* call(undefined, gateway.proxy),
        // TLS to the proxy, and TLS in its tunnel.
        yield* call(undefined, gateway.url),
        // Plain HTTP goes on as before.
        yield* call(gateway.proxy, false)
      ]
      assert.deepStrictEqual(answers, [0, 0, 0, 0, 0])
    })
  )

  it.scopedLive("P4: a fetch calls at the gateway's address, and in its tunnel under names of every depth", () =>
    Effect.gen(function* () {
      const gateway = yield* serve
      const ca = read(gateway)
      const call = (host: string, dispatcher: Agent | ProxyAgent) =>
        Effect.promise(async () => {
          const { body, headers } = signed(host)
          try {
            const sent = await fetch(`https://${host}/`, { method: "POST", headers, body: String(body), dispatcher })
            return /"(?:Code":"[^"]*|TotalCount)"/.exec(await sent.text())?.[0]
          } finally {
            await dispatcher.close()
          }
        })
      const direct = () => new Agent({ connect: { ca } })
      const tunnel = () => new ProxyAgent({ uri: gateway.proxy, requestTls: { ca } })
      const answers = [
        yield* call(`127.0.0.1:${gateway.port}`, direct()),
        yield* call("ebs.tencentcloudapi.com", tunnel()),
        yield* call("ebs.ap-guangzhou.tencentcloudapi.com", tunnel()),
        yield* call("ebs.ai.tencentcloudapi.com", tunnel()),
        yield* call("ebs.intl.tencentcloudapi.com", tunnel()),
        yield* call("ebs.ap-singapore.intl.tencentcloudapi.com", tunnel())
      ]
      assert.deepStrictEqual(answers, Array(6).fill('"TotalCount"'))
    })
  )

  it.scopedLive("P4: curl calls at the gateway's address, and in its tunnel (skipped without curl)", (context) =>
    Effect.gen(function* () {
      if (!(yield* TlsGateway.has("curl", "--version"))) {
        assert.isUndefined(process.env.CI, "curl is missing")
        return context.skip()
      }
      const gateway = yield* serve
      const call = (url: string, tunnel: boolean) => {
        const { body, headers } = signed(new URL(url).host)
        const lines = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`])
        return TlsGateway.run(gateway, "curl", ["-sS", ...lines, "-d", String(body), url], { tunnel })
      }
      const answers = [
        yield* call(`${gateway.url}/`, false),
        yield* call(`https://localhost:${gateway.port}/`, false),
        yield* call("https://ebs.tencentcloudapi.com/", true),
        yield* call("https://ebs.ap-guangzhou.tencentcloudapi.com/", true)
      ]
      assert.deepStrictEqual(
        answers.map(({ stderr, stdout }) => [stderr, /"TotalCount":0/.test(stdout) ? "" : stdout]),
        Array.from({ length: 4 }, () => ["", ""])
      )
      // The authority cannot vouch for a site that is not the cloud's.
      const other = yield* call("https://example.com/", true)
      assert.include(other.stderr, "curl: (60)")
    })
  )
})
