/** Actions that stream, over HTTP: through the gateway's port and the client's own HTTP layer. */
import * as Http from "node:http"
import type { AddressInfo } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { FailedOperation } from "effect-tencentcloud/CommonError"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as FetchClient from "effect-tencentcloud/FetchClient"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import { Journal, noop, type Seen } from "effect-tencentcloud/Journal"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import { GatewayServer } from "effect-tencentcloud/NodeGateway"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import * as Product from "effect-tencentcloud/Product"
import * as Transport from "effect-tencentcloud/Transport"

const Count = ApiClient.callable(
  Action.stream("DescribeCount", {
    product: "counter",
    version: "2026-01-01",
    request: Schema.Struct({ To: Schema.Int }),
    event: Schema.Struct({ Number: Schema.Int }),
    errors: [FailedOperation]
  })
)

type Events = Stream.Stream<{ readonly Number: number }, FailedOperation>

const served = (handler: (to: number) => Events) =>
  NodeGateway.layer().pipe(
    Layer.provide(InProcess.layer),
    Layer.provide(Gateway.handlers(Product.make([Count]), { DescribeCount: ({ To }) => handler(To) }))
  )

const upTo = (to: number): Events => Stream.map(Stream.range(1, to), (Number) => ({ Number }))

const transports = {
  NodeTransport: NodeTransport.layer({ proxy: false }),
  FetchClient: FetchClient.layerTransport(),
  NodeHttpClient: Layer.provide(Transport.layerHttp, NodeTransport.layerHttpClient({ proxy: false }))
}

describe.each(["NodeTransport", "FetchClient", "NodeHttpClient"] as const)("a stream over HTTP, by %s,", (by) => {
  const clientOf = (endpoint: string) =>
    ApiClient.layerTransport({ endpoint }).pipe(
      Layer.provide([CredentialProvider.layerStatic(InProcess.key), transports[by]])
    )

  const withClient = <A, E>(handler: (to: number) => Events, use: Effect.Effect<A, E, ApiClient.ApiClient>) =>
    Effect.flatMap(GatewayServer, ({ address }) => Effect.provide(use, clientOf(address.url))).pipe(
      Effect.provide(served(handler))
    )

  it.live("gives its events", () =>
    withClient(
      upTo,
      Effect.map(Stream.runCollect(Count({ To: 1000 })), (events) => {
        assert.strictEqual(Chunk.size(events), 1000)
        assert.deepStrictEqual(
          Chunk.toReadonlyArray(events).map(({ Number }) => Number),
          Array.from({ length: 1000 }, (_, index) => index + 1)
        )
      })
    )
  )

  it.live("fails with the action's own error, before its first event and after", () =>
    Effect.forEach([0, 2], (before) =>
      withClient(
        (to) => Stream.concat(before === 0 ? Stream.empty : upTo(to), new FailedOperation({ message: "lost count" })),
        Effect.map(Effect.flip(Stream.runDrain(Count({ To: 2 }))), (error) => {
          assert.instanceOf(error, FailedOperation)
          assert.strictEqual(error.reason, "lost count")
        })
      )
    )
  )

  it.live("frees what the handler holds when its reader stops", () =>
    Effect.gen(function* () {
      const freed = yield* Deferred.make<void>()
      yield* withClient(
        () => Stream.ensuring(Stream.concat(upTo(3), Stream.never), Deferred.succeed(freed, undefined)),
        Stream.runDrain(Stream.take(Count({ To: 3 }), 3))
      )
      yield* Deferred.await(freed)
    })
  )

  describe("is journaled", () => {
    /** Keeps the one entry that there is going to be. */
    const journal = (told: Deferred.Deferred<Seen>) =>
      Layer.succeed(Journal, { ...noop, record: (seen) => Deferred.succeed(told, seen) })

    it.live.each<{ name: string; events: Events; read: number; expected: Partial<Seen> }>([
      { name: "as read to its end", events: upTo(3), read: 9, expected: { outcome: "answered", events: 3 } },
      {
        name: "as read to its error",
        events: Stream.concat(upTo(3), new FailedOperation({ message: "lost count" })),
        read: 9,
        expected: { outcome: "answered", events: 4, code: "FailedOperation" }
      },
      {
        name: "as interrupted where its reader stops",
        events: Stream.concat(upTo(3), Stream.never),
        read: 3,
        expected: { outcome: "interrupted", events: 3, code: undefined }
      }
    ])("$name", ({ events, expected, read }) =>
      Effect.gen(function* () {
        const told = yield* Deferred.make<Seen>()
        const reading = Effect.either(Stream.runDrain(Stream.take(Count({ To: 3 }), read)))
        yield* Effect.provide(
          withClient(() => events, reading),
          journal(told)
        )
        assert.deepInclude(yield* Deferred.await(told), expected)
      })
    )

    it.live("as interrupted where its reader hangs up before it begins", () =>
      Effect.gen(function* () {
        const told = yield* Deferred.make<Seen>()
        const asked = yield* Deferred.make<void>()
        const events = Stream.fromEffect(Effect.zipRight(Deferred.succeed(asked, undefined), Effect.never))
        const reading = Effect.raceFirst(Stream.runDrain(Count({ To: 3 })), Deferred.await(asked))
        yield* Effect.provide(
          withClient(() => events, reading),
          journal(told)
        )
        assert.deepInclude(yield* Deferred.await(told), {
          outcome: "interrupted",
          decidedBy: "caller",
          response: undefined
        })
      })
    )
  })

  it.scopedLive.each([
    { name: "between events", last: "", tag: "TransportError" },
    { name: "in the middle of an event", last: 'data: {"Num', tag: "TransportError" }
  ])("that is cut $name fails with $tag, after the events that came", ({ last, tag }) =>
    Effect.gen(function* () {
      const server = yield* Effect.acquireRelease(
        Effect.async<Http.Server>((resume) => {
          const server = Http.createServer((_, response) => {
            response.writeHead(200, { "content-type": "text/event-stream", "x-tc-requestid": "r-1" })
            response.write(`data: {"Number":1}\n\n${last}`, () => response.destroy())
          })
          server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) =>
          Effect.sync(() => {
            server.closeAllConnections()
            server.close()
          })
      )
      const { port } = server.address() as AddressInfo
      const seen: Array<number> = []
      const error = yield* Stream.runForEach(Count({ To: 2 }), ({ Number }) =>
        Effect.sync(() => seen.push(Number))
      ).pipe(Effect.flip, Effect.provide(clientOf(`http://127.0.0.1:${port}`)))
      assert.deepStrictEqual(seen, [1])
      assert.strictEqual(error._tag, tag)
    })
  )
})
