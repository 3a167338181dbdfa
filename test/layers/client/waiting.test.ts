/** Calls that wait for a connection, and connections that cannot be used any more. */
import { spawn } from "node:child_process"
import Dns from "node:dns"
import type * as Http from "node:http"
import * as Net from "node:net"
import * as ReadLine from "node:readline/promises"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { RequestTimeout } from "effect-tencentcloud/ClientError"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import { Signer } from "effect-tencentcloud/Signer"
import * as Client from "../../fixtures/Client.js"
import { heldBytes } from "../../fixtures/Memory.js"
import * as Relay from "../../fixtures/Relay.js"
import * as Sockets from "../../fixtures/Sockets.js"
import { DeleteVolumes, DescribeVolumes } from "../../fixtures/Volumes.js"

const deleted = JSON.stringify({ Response: { RequestId: "r" } })
const described = JSON.stringify({ Response: { TotalCount: 0, Names: [], RequestId: "r" } })

const client = (limits: NodeTransport.Options, options: ApiClient.Options = {}) =>
  ApiClient.layerTransport({ region: "ap-guangzhou", retry: RetryPolicy.none, ...options }).pipe(
    Layer.provide([NodeTransport.layer({ proxy: false, ...limits }), CredentialProvider.layerStatic(InProcess.key)])
  )

/** A server that answers a request only when the test says so. */
const held = Effect.suspend(() => {
  const responses: Array<Http.ServerResponse> = []
  return Effect.map(
    Sockets.http((response) => responses.push(response)),
    (server) => ({
      ...server,
      hasRequests: (count: number) => Effect.repeat(Sockets.turn, { until: () => responses.length >= count }),
      answer: (body: string) => Effect.sync(() => responses.splice(0).map((response) => response.end(body)))
    })
  )
})

describe("a call that waits for a connection", () => {
  it.live("R7: is bounded by its deadline, and says that nothing was sent", () =>
    Effect.gen(function* () {
      const server = yield* held
      const call = (options?: ApiClient.Options) =>
        DeleteVolumes({ VolumeIds: [] }, { endpoint: server.url, ...options })
      const first = yield* Effect.fork(call())
      yield* server.hasRequests(1)
      // A timeout that is long over does not count: the attempt has not started.
      const patient = yield* Effect.fork(call({ timeout: "20 millis" }))
      const error = yield* Effect.flip(call({ timeout: "20 millis", deadline: "200 millis" }))
      assert.deepInclude({ ...error }, { _tag: "RequestTimeout", scope: "call", sent: false })
      assert.match(error.message, /Nothing was sent: it waited for a connection/)
      yield* Fiber.interrupt(patient)
      yield* server.answer(deleted)
      yield* Fiber.join(first)
      assert.lengthOf(server.requests, 1)
    }).pipe(Effect.scoped, Effect.provide(client({ connections: 1 })), Sockets.leavesNothing)
  )

  it.live("R7: whose TLS handshake hangs says that nothing was sent, and a change is made again", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.raw(() => {})
      const endpoint = `https://${server.address}`
      const call = (options: ApiClient.Options) => DeleteVolumes({ VolumeIds: [] }, { endpoint, ...options })
      const retry = RetryPolicy.exponential({ retries: 1, base: "1 millis" })
      const error = yield* Effect.flip(call({ retry }))
      assert.deepInclude({ ...error }, { _tag: "TransportError", sent: false })
      assert.include(error.message, "there was no connection within 100ms (`connectTimeout`)")
      assert.strictEqual(server.opened(), 2)
      const late = yield* Effect.flip(call({ deadline: "50 millis" }))
      assert.deepInclude({ ...late }, { _tag: "RequestTimeout", scope: "call", sent: false })
    }).pipe(Effect.scoped, Effect.provide(client({ connectTimeout: "100 millis" })), Sockets.leavesNothing)
  )

  it("R7: may be made again after a timeout that sent nothing, even if it changes something", () => {
    const timeout = (sent: boolean, scope: "attempt" | "call" = "attempt") =>
      new RequestTimeout({ action: "DeleteVolumes", host: "a", scope, after: Duration.seconds(1), sent })
    const call = (idempotent: boolean) => ({ product: "ebs", action: "DeleteVolumes", idempotent })
    assert.isTrue(RetryPolicy.isRetryable(timeout(false), call(false)))
    assert.isFalse(RetryPolicy.isRetryable(timeout(true), call(false)))
    assert.isTrue(RetryPolicy.isRetryable(timeout(true), call(true)))
    assert.isFalse(RetryPolicy.isRetryable(timeout(false, "call"), call(true)))
  })

  it.live("R8: all changes are made, though they wait for longer than their timeout", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.http((response) => setTimeout(() => response.end(deleted), 300))
      const call = DeleteVolumes({ VolumeIds: [] }, { endpoint: server.url, timeout: "2 seconds" })
      yield* Effect.replicateEffect(call, 40, { concurrency: "unbounded", discard: true })
      assert.lengthOf(server.requests, 40)
      assert.strictEqual(server.most(), 4)
    }).pipe(Effect.scoped, Effect.provide(client({ connections: 4 })), Sockets.leavesNothing)
  )

  it.live("holds no body and no signature", () => {
    const signed: Array<number> = []
    const transport = Layer.orDie(NodeTransport.layer({ proxy: false, connections: 1 }))
    const layer = ApiClient.layerServices({ region: "ap-guangzhou", retry: RetryPolicy.none }).pipe(
      Layer.provide(
        Layer.effect(
          Signer,
          Effect.map(Signer, ({ sign }) => ({
            sign: (draft) => {
              signed.push(draft.payload.body.length)
              return sign(draft)
            }
          }))
        )
      ),
      Layer.provide([Client.parts(), transport])
    )
    return Effect.gen(function* () {
      const server = yield* held
      const Names = "x".repeat(1_000_000)
      const call = DescribeVolumes({ Filters: [{ Name: Names, Values: [] }] }, { endpoint: server.url })
      const first = yield* Effect.fork(call)
      yield* server.hasRequests(1)
      const before = heldBytes()
      const others = yield* Effect.replicateEffect(Effect.fork(call), 200)
      yield* Effect.repeatN(Sockets.turn, 20)
      const after = heldBytes()
      assert.lengthOf(signed, 1)
      assert.isBelow(after - before, 50_000_000)
      yield* Fiber.interruptAll(others.slice(3))
      for (let left = 4; left > 0; left--) {
        yield* server.answer(described)
        if (left > 1) yield* server.hasRequests(1)
      }
      yield* Fiber.joinAll([first, ...others.slice(0, 3)])
      assert.lengthOf(signed, 4)
    }).pipe(Effect.scoped, Effect.provide(layer), Sockets.leavesNothing)
  })

  it.live("gives a connection that opened for it to the next, when it is interrupted", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.http((response) => response.end(described))
      const call = DescribeVolumes({}, { endpoint: server.url })
      const doomed = yield* Effect.fork(call)
      const next = yield* Effect.fork(call)
      yield* Effect.yieldNow()
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(doomed)))
      yield* Fiber.join(next)
      assert.strictEqual(server.opened(), 1)
      assert.lengthOf(server.requests, 1)
    }).pipe(Effect.scoped, Effect.provide(client({ connections: 1 })), Sockets.leavesNothing)
  )

  it.live("takes no connection while it looks for its credential, so others get one", () => {
    const never = CredentialProvider.make(
      CredentialProvider.source({ name: "slow", load: Effect.never, refreshable: true })
    )
    const transport = Layer.orDie(NodeTransport.layer({ proxy: false, connections: 1 }))
    return Effect.gen(function* () {
      const server = yield* Sockets.http((response) => response.end(described))
      const layerOf = (credential: Layer.Layer<CredentialProvider.CredentialProvider>) =>
        ApiClient.layerTransport({ retry: RetryPolicy.none, endpoint: server.url }).pipe(Layer.provide(credential))
      const context = yield* Layer.build(transport)
      const slow = layerOf(Layer.scoped(CredentialProvider.CredentialProvider, never))
      const quick = layerOf(CredentialProvider.layerStatic(InProcess.key))
      const fiber = yield* Effect.fork(DescribeVolumes({}).pipe(Effect.provide(slow), Effect.provide(context)))
      yield* Effect.repeatN(Sockets.turn, 5)
      assert.strictEqual(server.opened(), 0)
      yield* DescribeVolumes({}).pipe(Effect.provide(quick), Effect.provide(context))
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.scoped)
  })
})

describe("a call whose last attempt sent nothing", () => {
  it.live("says that the operation may have happened, if an attempt before was lost", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const server = yield* Scope.extend(
        Sockets.http((_, __, message) => {
          message.socket.destroy()
          Effect.runFork(Scope.close(scope, Exit.void))
        }),
        scope
      )
      const retry = RetryPolicy.exponential({ retries: 1, base: "100 millis" })
      const error = yield* Effect.flip(DescribeVolumes({}, { endpoint: server.url, retry }))
      assert.deepInclude({ ...error }, { _tag: "TransportError", sent: true })
      assert.match(error.message, /ECONNREFUSED.*The operation may have happened/)
      assert.deepStrictEqual(
        Option.map(ApiClient.callStats(error), ({ attempts }) => attempts),
        Option.some(2)
      )
    }).pipe(Effect.provide(client({})))
  )
})

describe("a connection that was idle", () => {
  it.live("R9: is not used when the process stood still for longer than it may be idle", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.http((response) => response.end(described))
      const relay = yield* Relay.make(server.address)
      const call = DescribeVolumes({}, { endpoint: `http://${relay.address}`, timeout: "20 seconds" })
      yield* Effect.replicateEffect(call, 8, { concurrency: "unbounded", discard: true })
      yield* relay.forget
      // Nothing else runs meanwhile: no timer, and no event of a socket.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400)
      yield* Effect.replicateEffect(call, 8, { concurrency: "unbounded", discard: true })
      assert.strictEqual(relay.dropped(), 0)
      assert.lengthOf(server.requests, 16)
    }).pipe(Effect.scoped, Effect.provide(client({ keepAliveTimeout: "300 millis" })), Sockets.leavesNothing)
  )

  it.live("R9: is not used for longer than its server says", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.http((response) => response.setHeader("Keep-Alive", "timeout=2").end(described))
      const call = DescribeVolumes({}, { endpoint: server.url })
      yield* call
      yield* call
      assert.strictEqual(server.opened(), 2)
    }).pipe(Effect.scoped, Effect.provide(client({ keepAliveTimeout: "1 minute" })), Sockets.leavesNothing)
  )

  it.live("R9: is not used by a program that was stopped, and that a NAT has forgotten", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.http((response) => response.end(described))
      const relay = yield* Relay.make(server.address)
      const program = fileURLToPath(new URL("../../fixtures/frozenClient.ts", import.meta.url))
      const child = yield* Effect.acquireRelease(
        Effect.sync(() =>
          spawn(process.execPath, ["--import", "tsx", program, `http://${relay.address}`], {
            stdio: ["pipe", "pipe", "inherit"]
          })
        ),
        (child) => Effect.sync(() => child.kill("SIGKILL"))
      )
      const lines = ReadLine.createInterface({ input: child.stdout })[Symbol.asyncIterator]()
      const line = Effect.promise(() => lines.next())
      assert.deepStrictEqual((yield* line).value, '["answer"]')
      child.kill("SIGSTOP")
      yield* relay.forget
      child.stdin.write("go\n")
      yield* Effect.sleep("1500 millis")
      child.kill("SIGCONT")
      assert.deepStrictEqual((yield* line).value, '["answer"]')
      assert.strictEqual(relay.dropped(), 0)
    }).pipe(Effect.scoped)
  )
})

/** A server that accepts nothing before it is thawed: its queue is full, so a further handshake takes a second. */
const slow = Effect.acquireRelease(
  Effect.async<{ readonly port: number; readonly thaw: () => void; readonly end: () => void }>((resume) => {
    const source = `
      const server = require("node:http").createServer((request, response) => response.end(${JSON.stringify(described)}))
      server.listen({ port: 0, host: "127.0.0.2", backlog: 1 }, () => console.log(server.address().port))`
    const child = spawn(process.execPath, ["-e", source], { stdio: ["ignore", "pipe", "inherit"] })
    const fillers: Array<Net.Socket> = []
    child.stdout.once("data", (line) => {
      const port = Number(line)
      child.kill("SIGSTOP")
      for (let count = 0; count < 6; count++) fillers.push(Net.connect(port, "127.0.0.2").on("error", () => {}))
      setTimeout(
        () =>
          resume(
            Effect.succeed({
              port,
              thaw: () => child.kill("SIGCONT"),
              end: () => {
                for (const filler of fillers) filler.destroy()
                child.kill("SIGKILL")
              }
            })
          ),
        100
      )
    })
  }),
  ({ end }) => Effect.sync(end)
)

/** Gives a host name addresses of its own. */
const named = (addresses: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const { lookup } = Dns
      const found = addresses.map((address) => ({ address, family: Net.isIP(address) }))
      Dns.lookup = ((_: string, __: object, callback: (error: null, found: unknown) => void) =>
        setImmediate(() => callback(null, found))) as unknown as typeof lookup
      return lookup
    }),
    (lookup) =>
      Effect.sync(() => {
        Dns.lookup = lookup
      })
  )

describe("a host of several addresses", () => {
  it.scopedLive.skipIf(process.platform !== "linux")(
    "R10: whose handshake takes a second, and whose other address is dead, is reached",
    () =>
      Effect.gen(function* () {
        yield* named(["127.0.0.2", "127.0.0.3"])
        const { port, thaw } = yield* slow
        const timer = setTimeout(thaw, 500)
        yield* DescribeVolumes({}, { endpoint: `http://slow.test:${port}` })
        clearTimeout(timer)
      }).pipe(Effect.provide(client({})))
  )

  it.scopedLive("R10: is reached at its second address, where the first is dead", () =>
    Effect.gen(function* () {
      const server = yield* Sockets.http((response) => response.end(described))
      const [, port] = server.address.split(":")
      yield* named(["127.0.0.3", "127.0.0.1"])
      yield* DescribeVolumes({}, { endpoint: `http://half.test:${port}` })
      yield* named(["127.0.0.3", "127.0.0.4"])
      const error = yield* Effect.flip(DescribeVolumes({}, { endpoint: `http://dead.test:${port}` }))
      assert.deepInclude({ ...error }, { _tag: "TransportError", sent: false, permanent: false })
      assert.include(error.message, `connect ECONNREFUSED 127.0.0.3:${port}; connect ECONNREFUSED 127.0.0.4:${port}`)
    }).pipe(Effect.provide(client({})))
  )
})
