/**
 * What many calls over real sockets leave behind, and what becomes of requests whose connection closes under them. `ENDURANCE=full` runs
 * the full size, which takes minutes: docs/endurance.md has the results.
 */
import * as Http from "node:http"
import type * as Net from "node:net"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import { collectGarbage, usedBytes } from "../../fixtures/Memory.js"
import * as Sockets from "../../fixtures/Sockets.js"
import { DeleteVolumes, DescribeVolumes } from "../../fixtures/Volumes.js"

const isFull = process.env.ENDURANCE === "full"

const limit = isFull ? 1_200_000 : 60_000

const client = (limits: NodeTransport.Options, retry: RetryPolicy.RetryPolicy) =>
  ApiClient.layerTransport({ region: "ap-guangzhou", retry, retryBudget: false }).pipe(
    Layer.provide([NodeTransport.layer({ proxy: false, ...limits }), CredentialProvider.layerStatic(InProcess.key)])
  )

describe("a connection that its server closes while it is idle, or in the middle of a call", () => {
  const calls = isFull ? 5000 : 400

  /** Answers most requests, and closes connections at any moment: before, after and in the middle of a request. */
  const moody = (random: Random.Random) => {
    const draw = () => Effect.runSync(random.next)
    const seen = new Map<string, number>()
    const close = (socket: Net.Socket) => {
      if (draw() < 0.5) socket.resetAndDestroy()
      else socket.destroy()
    }
    return Effect.map(
      Sockets.http((response, { body }, { socket }) => {
        const [id = ""] = JSON.parse(body).VolumeIds ?? [JSON.parse(body).Filters?.[0].Name]
        seen.set(id, (seen.get(id) ?? 0) + 1)
        const mood = draw()
        if (mood < 0.05) return close(socket)
        response.end(JSON.stringify({ Response: { TotalCount: 0, Names: [], RequestId: id } }))
        if (mood < 0.5) response.on("finish", () => setTimeout(() => close(socket), draw() * 3))
      }),
      (server) => ({ ...server, seen })
    )
  }

  it.live(
    `${calls} calls: no change is sent twice, and none that was sent is called unsent`,
    () =>
      Effect.gen(function* () {
        const { seen, url } = yield* moody(Random.make("race"))
        const options = { endpoint: url }
        const ends = yield* Effect.forEach(
          Array.from({ length: calls }, (_, index) => String(index)),
          (id, index) => {
            const isChange = index % 2 === 0
            const call = isChange
              ? DeleteVolumes({ VolumeIds: [id] }, options)
              : DescribeVolumes({ Filters: [{ Name: id, Values: [] }] }, options)
            return Effect.map(Effect.either(Effect.asVoid(call)), (end) => ({ id, isChange, end }))
          },
          { concurrency: 48 }
        )
        let failed = 0
        for (const { end, id, isChange } of ends) {
          const times = seen.get(id) ?? 0
          if (isChange) assert.isAtMost(times, 1, `the change ${id} was sent ${times} times`)
          if (Either.isRight(end)) assert.isAtLeast(times, 1)
          else {
            failed += 1
            if (end.left._tag !== "TransportError") return assert.fail(String(end.left))
            if (!end.left.sent) assert.strictEqual(times, 0, `${id} arrived, and is called unsent`)
          }
        }
        // A change that was on its way when the server hung up is lost for good: only the reads are made again.
        assert.isBelow(failed, calls / 3)
        if (isFull) console.log(`race: ${calls} calls, ${failed} failed, no change was sent twice`)
      }).pipe(
        Effect.scoped,
        Effect.provide(client({ connections: 16 }, RetryPolicy.exponential({ retries: 8, base: "1 millis" }))),
        Sockets.leavesNothing
      ),
    limit
  )
})

/** What is held now, after all garbage is collected. */
const held = Effect.gen(function* () {
  for (let round = 0; round < 4; round++) {
    yield* Effect.repeatN(Sockets.turn, 5)
    collectGarbage()
  }
  const handles = process.getActiveResourcesInfo()
  return {
    heap: usedBytes(),
    sockets: handles.filter((name) => /TCP|TLS|Pipe/.test(name)).length,
    timers: handles.filter((name) => name === "Timeout").length
  }
})

const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

type Fault = readonly [name: string, server: Effect.Effect<string, never, Scope.Scope>, options?: ApiClient.Options]

const raw = (answer: (socket: Net.Socket) => void, protocol = "http") =>
  Effect.map(Sockets.raw(answer), ({ address }) => `${protocol}://${address}`)

const faults: ReadonlyArray<Fault> = [
  ["is not there", Effect.scoped(raw(() => {}))],
  ["hangs up instead of an answer", raw((socket) => socket.end())],
  ["resets instead of an answer", raw((socket) => socket.resetAndDestroy())],
  ["hangs up in the body", raw((socket) => socket.end(`${head}Content-Length: 99\r\n\r\n{`))],
  ["speaks no HTTP", raw((socket) => socket.write("SSH-2.0\r\n\r\n"))],
  [
    "sends no gzip, though it says so",
    raw((socket) => socket.end(`${head}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}`))
  ],
  [
    "sends a bomb of gzip",
    raw((socket) => {
      const bomb = gzipSync(Buffer.alloc(300_000))
      socket.write(`${head}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`)
      socket.write(bomb)
    })
  ],
  [
    "answers with a page",
    raw((socket) =>
      socket.write("HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>")
    )
  ],
  ["speaks no TLS", Effect.map(Sockets.listen(Http.createServer()), ({ address }) => `https://${address}`)],
  ["is silent", raw(() => {}), { timeout: "20 millis" }],
  ["says nothing to a handshake", raw(() => {}, "https"), { deadline: "20 millis" }]
]

const failures = isFull ? 10_000 : 200

for (const [name, server, options] of faults) {
  describe(`a server that ${name}`, () => {
    it.live(
      `${failures} failures leave nothing behind`,
      () =>
        Effect.gen(function* () {
          const endpoint = yield* server
          const fail = Effect.flip(DescribeVolumes({}, { ...options, endpoint }))
          const many = (count: number) => Effect.replicateEffect(fail, count, { concurrency: 32, discard: true })
          yield* many(failures / 2)
          const before = yield* held
          yield* many(failures / 2)
          const after = yield* held
          if (isFull)
            console.log(
              `${name}: ${Math.round((after.heap - before.heap) / 1024)} KB, ${after.sockets - before.sockets} sockets, ${after.timers - before.timers} timers`
            )
          assert.isBelow(after.heap - before.heap, 2_000_000)
          // Some of the last connections are still closing.
          assert.isAtMost(after.sockets, before.sockets + 8)
          assert.isAtMost(after.timers, before.timers + 2)
        }).pipe(
          Effect.scoped,
          Effect.provide(client({ connections: 32, maxBodySize: 200_000 }, RetryPolicy.none)),
          Sockets.leavesNothing
        ),
      limit
    )
  })
}
