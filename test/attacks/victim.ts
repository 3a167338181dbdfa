/** A gateway in a process of its own, for attacks. It says where it listens, and reports its memory and processor time. */
import * as Http from "node:http"
import { Readable } from "node:stream"
import type { ReadableStream as NodeReadableStream } from "node:stream/web"
import * as HttpServer from "@effect/platform/HttpServer"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type * as Scope from "effect/Scope"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as HttpGateway from "effect-tencentcloud/HttpGateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Journal from "effect-tencentcloud/Journal"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import * as WebGateway from "effect-tencentcloud/WebGateway"
import * as Volumes from "../fixtures/Volumes.js"
import type { VictimOptions } from "./runner.js"

const { adapter, journal, node }: VictimOptions = JSON.parse(process.argv[2] ?? "{}")

const gateway = Gateway.layer().pipe(
  Layer.provide(CredentialValidator.layer),
  Layer.provide([
    Volumes.layer(),
    KeyStore.layerMemory([InProcess.key]),
    Authorizer.layerAllowAll,
    TimestampValidator.layer,
    RateLimiter.layerUnlimited,
    journal === true ? Journal.layerMemory() : Journal.layerNoop
  ])
)

type Served = Effect.Effect<number, unknown, Gateway.Gateway | Scope.Scope>

const overWeb: Served = Effect.gen(function* () {
  const handle = yield* WebGateway.make
  const server = Http.createServer({ maxHeaderSize: 64 * 1024 }, (message, response) => {
    const isBare = message.method === "GET" || message.method === "HEAD"
    const headers = Object.entries(message.headers).map(([name, value]): [string, string] => [name, String(value)])
    // Node's own type of a web stream is the web's.
    const body = Readable.toWeb(message) as NodeReadableStream<Uint8Array> as ReadableStream<Uint8Array>
    const init = { method: message.method ?? "GET", headers, ...(isBare ? {} : { body, duplex: "half" as const }) }
    handle(new Request(`http://${message.headers.host}${message.url}`, init), {
      address: message.socket.remoteAddress
    }).then(
      async (answer) => {
        response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
      },
      () => response.destroy()
    )
  })
  yield* Effect.addFinalizer(() => Effect.sync(() => server.close()))
  return yield* Effect.async<number>((resume) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0))
    })
  })
})

const overPlatform: Served = Effect.gen(function* () {
  const made = () => Http.createServer({ maxHeaderSize: 64 * 1024 })
  const server = yield* NodeHttpServer.make(made, { port: 0, host: "127.0.0.1" })
  yield* HttpServer.serveEffect(HttpGateway.app).pipe(Effect.provideService(HttpServer.HttpServer, server))
  return server.address._tag === "TcpAddress" ? server.address.port : 0
})

const adapters = {
  node: Effect.map(NodeGateway.serve({ shutdownGrace: 0, ...node }), ({ port }) => port),
  platform: overPlatform,
  web: overWeb
}

let peak = 0
let parts: NodeJS.MemoryUsage = process.memoryUsage()
let longest = 0
let last = process.hrtime.bigint()
setInterval(() => {
  const now = process.hrtime.bigint()
  longest = Math.max(longest, Number(now - last) / 1e6 - 10)
  last = now
  const rss = process.memoryUsage.rss()
  // To look at the parts takes longer.
  if (rss > parts.rss + 4 * 1024 * 1024) parts = process.memoryUsage()
  peak = Math.max(peak, rss)
}, 10)

process.on("message", (message) => {
  if (message === "reset") {
    globalThis.gc?.()
    parts = process.memoryUsage()
    peak = parts.rss
    longest = 0
  }
  const { system, user } = process.cpuUsage()
  process.send?.({ rss: process.memoryUsage.rss(), peak, parts, longest, cpu: (system + user) / 1000 })
})
process.on("disconnect", () => process.exit())

const program = Effect.gen(function* () {
  const port = yield* adapters[adapter]
  process.send?.({ port })
  return yield* Effect.never
})

Effect.runFork(
  program.pipe(
    Effect.scoped,
    Effect.provide(gateway),
    Effect.provide(Logger.replace(Logger.defaultLogger, Logger.none))
  )
)
