/** Answers that are larger than they may be, or that come in tiny pieces: every transport has the same bounds. */
import { gzipSync } from "node:zlib"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as FetchClient from "effect-tencentcloud/FetchClient"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import * as Transport from "effect-tencentcloud/Transport"
import { heldBytes, usedBytes } from "../../fixtures/Memory.js"
import { v3 } from "../../fixtures/Signed.js"
import * as Sockets from "../../fixtures/Sockets.js"
import { DescribeVolumes } from "../../fixtures/Volumes.js"

const limit = 4_000_000

/** Every way that an answer can take to a client. */
const transports = {
  NodeTransport: NodeTransport.layer({ proxy: false, maxBodySize: limit }),
  "NodeTransport.layerHttpClient": Transport.layerHttp.pipe(
    Layer.provide(NodeTransport.layerHttpClient({ proxy: false, maxBodySize: limit }))
  ),
  FetchClient: FetchClient.layerTransport({ maxBodySize: limit }),
  "FetchHttpClient of @effect/platform": Transport.layerHttpWith({ maxBodySize: limit }).pipe(
    Layer.provide(FetchHttpClient.layer)
  ),
  "NodeHttpClient of @effect/platform-node": Transport.layerHttpWith({ maxBodySize: limit }).pipe(
    Layer.provide(NodeHttpClient.layer)
  ),
  "undici of @effect/platform-node": Transport.layerHttpWith({ maxBodySize: limit }).pipe(
    Layer.provide(NodeHttpClient.layerUndici)
  )
}

const names = Object.keys(transports) as ReadonlyArray<keyof typeof transports>

const client = (transport: Layer.Layer<Transport.Transport, unknown>) =>
  ApiClient.layerTransport({ region: "ap-guangzhou" }).pipe(
    Layer.provide([Layer.orDie(transport), CredentialProvider.layerStatic(InProcess.key)])
  )

/** So much garbage may gather before it is collected, in bytes. */
const mostGarbage = 20_000_000

/** The most memory that is held while an effect runs, beyond what was held before. */
const peak = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const before = heldBytes()
    let most = before
    const watch = Effect.forever(
      Effect.zipRight(
        Sockets.turn,
        Effect.sync(() => {
          if (usedBytes() > most + mostGarbage) most = Math.max(most, heldBytes())
        })
      )
    )
    const result = yield* Effect.raceFirst(self, watch)
    return [most - before, result] as const
  })

/** An answer in chunks of one byte, as many as its body has bytes. */
const inBytes = (body: string) =>
  Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${Array.from(body, (byte) => `1\r\n${byte}\r\n`).join("")}0\r\n\r\n`
  )

const answer = (padding: number) =>
  JSON.stringify({ Response: { TotalCount: 7, Names: ["x".repeat(padding)], RequestId: "r" } })

const bomb = gzipSync(Buffer.alloc(200_000_000, " "))

describe.each(names)("over %s", (name) => {
  const layer = client(transports[name])

  it.scopedLive("C1: an answer in chunks of one byte takes memory in proportion to its bytes", () =>
    Effect.gen(function* () {
      const bytes = inBytes(answer(600_000))
      const { address } = yield* Sockets.raw((socket) => socket.write(bytes))
      const call = DescribeVolumes({}, { endpoint: `http://${address}` }).pipe(Effect.provide(layer))
      const [taken, { TotalCount }] = yield* peak(call)
      assert.strictEqual(TotalCount, 7)
      // A list of the pieces holds 65 MB.
      assert.isBelow(taken, 40_000_000)
    })
  )

  it.scopedLive("C3: a bomb of gzip and an endless body end at the limit, and are not asked for twice", () =>
    Effect.gen(function* () {
      const requests: Array<string | undefined> = []
      const server = yield* Sockets.http((response, { url }) => {
        requests.push(url)
        if (requests.length === 1) {
          response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(bomb)
          return
        }
        const piece = Buffer.alloc(65536, " ")
        const pour = (): void => {
          while (!response.destroyed && response.write(piece));
        }
        response.writeHead(200, { "content-type": "application/json" }).on("drain", pour)
        pour()
      })
      for (const kind of ["gzip", "endless"]) {
        const call = DescribeVolumes({}, { endpoint: server.url }).pipe(Effect.flip, Effect.provide(layer))
        const [taken, error] = yield* peak(call)
        // A client that does not decompress has no bomb.
        if (kind === "gzip" && error._tag === "MalformedResponse") continue
        assert.deepInclude({ ...error }, { _tag: "TransportError", sent: true, permanent: true })
        assert.include(error.message, `the answer is larger than ${limit} bytes (\`maxBodySize\`)`)
        assert.isBelow(taken, 60_000_000)
      }
      assert.lengthOf(requests, 2)
      yield* server.gone
    })
  )

  it.scopedLive("C3: a stream of events ends at the limit", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.http((response) => {
        const piece = Buffer.from(`: ${"x".repeat(65_532)}\n\n`)
        const pour = (): void => {
          while (!response.destroyed && response.write(piece));
        }
        response.writeHead(200, { "content-type": "text/event-stream" }).on("drain", pour)
        pour()
      })
      const transport = yield* Transport.Transport
      const { stream } = yield* transport.send(v3(), { protocol: "http", host: server.address })
      const fault = yield* Effect.flip(Stream.runDrain(stream ?? Stream.empty))
      assert.strictEqual(fault.reason, `the answer is larger than ${limit} bytes (\`maxBodySize\`)`)
      yield* server.gone
    }).pipe(Effect.provide(transports[name]))
  )
})
