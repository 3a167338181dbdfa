/** The same over real sockets and a real disk, with what Node itself has. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as CredentialSources from "effect-tencentcloud/CredentialSources"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import { GatewayServer } from "effect-tencentcloud/NodeGateway"
import * as Metadata from "../../../fixtures/Metadata.js"
import * as Doubles from "./doubles.js"

/** A server of `node:http`, and what it was asked. */
const serve = (listener: Http.RequestListener) =>
  Effect.acquireRelease(
    Effect.async<{
      readonly endpoint: string
      readonly asked: ReadonlyArray<Http.IncomingMessage>
      readonly server: Http.Server
    }>((resume) => {
      const asked: Array<Http.IncomingMessage> = []
      const server = Http.createServer((request, response) => {
        asked.push(request)
        listener(request, response)
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        resume(Effect.succeed({ endpoint: `http://127.0.0.1:${port}`, asked, server }))
      })
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )

const outcome = <E, R>(layer: Layer.Layer<CredentialProvider.CredentialProvider, E, R>) =>
  Effect.provide(Doubles.outcome, layer)

/** As a program has it that thinks of no redirect. */
const fetches = FetchHttpClient.layer

describe("over a socket", () => {
  it.scopedLive("the metadata service gives the role's key", () =>
    Effect.gen(function* () {
      const { asked, endpoint } = yield* serve(({ url = "" }, response) =>
        response.end(url.endsWith("/") ? "reader" : Metadata.key())
      )
      const found = yield* outcome(Layer.provide(CredentialSources.layerCvmRole({ endpoint }), fetches))
      assert.strictEqual(found, "AKIDCVM,key,token,4000000000")
      assert.deepStrictEqual(
        asked.map(({ url }) => url),
        [Metadata.folder, `${Metadata.folder}reader`]
      )
    })
  )

  it.scopedLive("STS, which our gateway plays, gives a role's key and a pod's", () =>
    Effect.gen(function* () {
      const long = { secretId: "AKIDLONG", secretKey: "long" }
      const from = CredentialProvider.source({ name: "test", load: Effect.succeed(long), refreshable: true })
      const served = yield* Layer.build(Layer.provide(NodeGateway.layer(), Doubles.stsGateway({ keys: [long] })))
      const { address } = yield* Effect.provide(GatewayServer, served)
      const options = { endpoint: address.url, roleArn: "qcs::cam::uin/1:roleName/reader" }
      const pod = {
        TKE_REGION: "ap-shanghai",
        TKE_PROVIDER_ID: "tke",
        TKE_WEB_IDENTITY_TOKEN_FILE: "/token",
        TKE_ROLE_ARN: options.roleArn
      }
      const ports = Layer.merge(fetches, Doubles.files({ "/token": "jwt" }))
      assert.match(
        yield* outcome(Layer.provide(CredentialSources.layerAssumeRole({ ...options, from }), ports)),
        /^AKIDROLE,key-ROLE,token-ROLE,/
      )
      assert.match(
        yield* Effect.provide(
          outcome(Layer.provide(CredentialSources.layerTkeOidc(options), ports)),
          Doubles.variables(pod)
        ),
        /^AKIDPOD,key-POD,token-POD,/
      )
    })
  )

  it.scopedLive("a redirect is not followed, although fetch would, and what else its options say stays", () =>
    Effect.gen(function* () {
      const elsewhere = yield* serve((_, response) => response.end("reader"))
      const { asked, endpoint } = yield* serve((_, response) =>
        response.writeHead(302, { location: elsewhere.endpoint }).end()
      )
      const init = Layer.succeed(FetchHttpClient.RequestInit, { headers: { "x-proxy": "1" } })
      const client = Layer.provide(fetches, init)
      const found = yield* outcome(Layer.provide(CredentialSources.layerCvmRole({ endpoint }), client))
      assert.strictEqual(found, `CVM role: ${endpoint.slice(7)} answered with HTTP 302`)
      assert.lengthOf(elsewhere.asked, 0)
      assert.strictEqual(asked[0]?.headers["x-proxy"], "1")

      const after = yield* Effect.flatMap(HttpClient.HttpClient, (client) => client.get(endpoint)).pipe(
        Effect.provide(client)
      )
      assert.strictEqual(after.status, 200)
      assert.lengthOf(elsewhere.asked, 1)
    })
  )

  it.scopedLive("an answer without an end is hung up on", () =>
    Effect.gen(function* () {
      const hungUp = yield* Deferred.make<void>()
      const { endpoint } = yield* serve((_, response) => {
        response.once("close", () => Deferred.unsafeDone(hungUp, Effect.void))
        const write = () => {
          while (!response.destroyed && response.write(Buffer.alloc(16 * 1024)));
        }
        response.on("drain", write)
        write()
      })
      const found = yield* outcome(Layer.provide(CredentialSources.layerCvmRole({ endpoint }), fetches))
      assert.include(found, "the answer is larger than 64 KB")
      yield* Deferred.await(hungUp)
    })
  )
})

describe("with what Node has", () => {
  const folder = Effect.acquireRelease(
    Effect.promise(() => mkdtemp(`${tmpdir()}/credentials-`)),
    (path) => Effect.promise(() => rm(path, { recursive: true }))
  )

  it.scopedLive("a file of the home is read", () =>
    Effect.gen(function* () {
      const home = yield* folder
      yield* Effect.promise(async () => {
        await mkdir(`${home}/.tencentcloud`)
        await writeFile(`${home}/.tencentcloud/credentials`, "[default]\nsecret_id = AKIDHOME\nsecret_key = key\n")
      })
      const found = yield* Effect.provide(outcome(CredentialSources.layerNode), Doubles.variables({ HOME: home }))
      assert.strictEqual(found, "AKIDHOME,key,no token,for ever")
    })
  )

  it.scopedLive("what cannot be read is told as it is", () =>
    Effect.gen(function* () {
      const home = yield* folder
      yield* Effect.promise(async () => {
        await mkdir(`${home}/.tencentcloud/credentials`, { recursive: true })
        await writeFile(`${home}/.tccli`, "")
      })
      const metadata = yield* serve((_, response) => response.writeHead(404).end())
      const chain = CredentialSources.layerChainWith({ cvmRole: { endpoint: metadata.endpoint } })
      const found = yield* Effect.provide(
        outcome(Layer.provide(chain, CredentialSources.layerNodePlatform)),
        Doubles.variables({ HOME: home })
      )
      assert.include(found, `file ${home}/.tencentcloud/credentials: it cannot be read: is it a folder?; file /etc/`)
      assert.include(found, `file ${home}/.tccli/default.credential: it cannot be read: is it a folder?; TKE`)
      assert.include(found, "CVM role: the instance has no role: bind it in the console")
    })
  )
})
