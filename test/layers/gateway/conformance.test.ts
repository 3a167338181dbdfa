/** One gateway behind each adapter: what holds of one of them holds of all. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Action from "effect-tencentcloud/Action"
import { ResourceInsufficient } from "effect-tencentcloud/CommonError"
import type { Rule } from "effect-tencentcloud/FaultInjector"
import * as FaultInjector from "effect-tencentcloud/FaultInjector"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as Product from "effect-tencentcloud/Product"
import type * as Wire from "effect-tencentcloud/Wire"
import { adapters, envelope, whole } from "../../fixtures/Adapters.js"
import * as Answer from "../../fixtures/Answer.js"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { v1, v3 } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"

const Count = Action.stream("DescribeCount", {
  product: "counter",
  version: Volumes.version,
  request: Schema.Struct({}),
  event: Schema.Struct({ Number: Schema.Int }),
  errors: [ResourceInsufficient]
})

type Events = Stream.Stream<{ readonly Number: number }, ResourceInsufficient>

const counting = (events: Events) =>
  Layer.provideMerge(Gateway.handlers(Product.make([Count]), { DescribeCount: () => events }), Volumes.layer())

const count = v3({ host: "counter.tencentcloudapi.com", service: "counter", action: "DescribeCount" })

const filters = JSON.stringify({ Filters: [{ Name: "zone", Values: ["\u672a"] }] })
const parameters = { "Filters.0.Name": "zone", "Filters.0.Values.0": "\u672a" }

describe.each(adapters)("a gateway over $name", ({ open }) => {
  const on = (handlers = Volumes.layer(), rules: ReadonlyArray<Rule> = []) =>
    Effect.provide(open, Layer.provide(ServedGateway.layer({}, handlers), FaultInjector.layer(rules)))

  it.scopedLive.each([
    { name: "version 3, POST", request: v3({ body: filters }) },
    {
      name: "version 3, GET",
      request: v3({ method: "GET", query: "Filters.0.Name=zone&Filters.0.Values.0=%E6%9C%AA" })
    },
    { name: "version 1, GET", request: v1({ parameters }) },
    { name: "version 1, POST", request: v1({ method: "POST", parameters }) }
  ])("reads a request of $name as it was signed", ({ request }) =>
    Effect.gen(function* () {
      const { code, response } = yield* envelope(yield* on(), request)
      assert.deepStrictEqual([code, response], [undefined, { TotalCount: 1, Names: ["\u672a"] }])
    })
  )

  it.scopedLive.each([
    { "x-forwarded-for": "198.51.100.1, 203.0.113.7:4711", "x-forwarded-host": "counter.tencentcloudapi.com" },
    { forwarded: 'for=198.51.100.1, for="203.0.113.7:4711";host=counter.tencentcloudapi.com' }
  ])("G1: sees the caller of a trusted proxy, and the host that it signed: %j", (headers) =>
    Effect.gen(function* () {
      const DescribeVolumes: NonNullable<Parameters<typeof Volumes.layer>[0]>["DescribeVolumes"] = (_, { address }) =>
        Effect.succeed({ TotalCount: 1, Names: [address ?? "none"] })
      const handlers = Layer.merge(counting(Stream.make({ Number: 1 })), Volumes.layer({ DescribeVolumes }))
      const behind = (trustProxy: ReadonlyArray<string>) =>
        Effect.provide(open, ServedGateway.layer({ trustProxy }, handlers))
      const sent = v3({ host: "gateway", signedHost: "counter.tencentcloudapi.com", service: "counter" })
      const rewritten = {
        ...sent,
        headers: { ...sent.headers, "x-tc-action": "DescribeCount", ...headers },
        address: "127.0.0.1"
      }
      const direct = { ...v3({ headers: { "x-forwarded-for": "203.0.113.7" } }), address: "127.0.0.1" }

      const trusting = yield* behind(["loopback"])
      const { body } = yield* Effect.flatMap(trusting(rewritten), whole)
      assert.strictEqual(body, 'data: {"Number":1}\n\n')
      assert.deepStrictEqual((yield* envelope(trusting, direct)).response.Names, ["203.0.113.7"])

      const wary = yield* behind(["192.0.2.0/24"])
      assert.strictEqual((yield* envelope(wary, rewritten)).code, "AuthFailure.SignatureFailure")
      assert.notDeepEqual((yield* envelope(wary, direct)).response.Names, ["203.0.113.7"])
    })
  )

  it.scopedLive("reads bytes as bytes", () =>
    Effect.gen(function* () {
      const headers = { "x-ebs-name": "disk" }
      const body = Uint8Array.from({ length: 256 }, (_, byte) => byte)
      const contentType = "application/octet-stream"
      const answer = yield* envelope(yield* on(), v3({ action: "ImportVolume", contentType, body, headers }))
      assert.deepStrictEqual(answer.response, { Bytes: 256, Name: "disk" })
    })
  )

  it.scopedLive.each<{ name: string; request: Wire.WireRequest; code: string | undefined }>([
    { name: "a result", request: v3(), code: undefined },
    { name: "an unknown action", request: v3({ action: "Nope" }), code: "InvalidAction" },
    { name: "a wrong signature", request: v3({ signedHost: "x" }), code: "AuthFailure.SignatureFailure" },
    { name: "a body that is no JSON", request: v3({ body: "<x/>" }), code: "InvalidParameter" },
    { name: "another method", request: { ...v3(), method: "PUT" }, code: "UnsupportedProtocol" },
    {
      name: "no known header",
      request: { ...v3({ method: "GET" }), headers: { host: "x" } },
      code: "MissingParameter"
    },
    {
      name: "a body over 10 MB",
      request: v3({ body: new Uint8Array(10 * 1024 * 1024 + 1) }),
      code: "RequestSizeLimitExceeded"
    },
    {
      name: "a query over 32 KB",
      request: v3({ method: "GET", query: `Limit=${"0".repeat(33_000)}` }),
      code: "RequestSizeLimitExceeded"
    }
  ])("answers $name with status 200, one exact content type, and the trace id", ({ code, request }) =>
    Effect.gen(function* () {
      const traced = { ...request, headers: { ...request.headers, "x-tc-traceid": "trace-1" } }
      const answer = yield* envelope(yield* on(), traced)
      assert.strictEqual(answer.code, code)
      assert.deepStrictEqual(answer.headers, { "content-type": "application/json", "x-tc-traceid": "trace-1" })
    })
  )

  it.scopedLive("accepts a body of exactly 10 MB", () =>
    Effect.gen(function* () {
      const body = "{}".padEnd(10 * 1024 * 1024)
      assert.strictEqual((yield* envelope(yield* on(), v3({ body }))).code, undefined)
    })
  )

  it.scopedLive("streams events under their own content type, and ends", () =>
    Effect.gen(function* () {
      const ask = yield* on(counting(Stream.make({ Number: 1 }, { Number: 2 })))
      const { body, headers, status } = yield* Effect.flatMap(ask(count), whole)
      assert.strictEqual(status, 200)
      assert.strictEqual(body, 'data: {"Number":1}\n\ndata: {"Number":2}\n\n')
      const { "x-tc-requestid": requestId = "", ...others } = headers
      assert.match(requestId, Answer.uuid)
      assert.deepStrictEqual(others, {
        "content-type": "text/event-stream",
        "cache-control": "no-cache",
        "x-accel-buffering": "no"
      })
    })
  )

  it.scopedLive.each([
    { events: "events", fault: [] },
    { events: "events of a stream that is cut off", fault: [{ fault: FaultInjector.truncate(1000) }] }
  ])("P2: asks a proxy neither to keep back nor to store $events", ({ fault }) =>
    Effect.gen(function* () {
      const ask = yield* on(counting(Stream.concat(Stream.make({ Number: 1 }), Stream.never)), fault)
      const { headers } = yield* ask(count)
      assert.deepInclude(headers, { "cache-control": "no-cache", "x-accel-buffering": "no" })
    })
  )

  it.scopedLive("sends an event at once, and does not wait for the next", () =>
    Effect.gen(function* () {
      const ask = yield* on(counting(Stream.concat(Stream.make({ Number: 1 }), Stream.never)))
      const { body } = yield* ask(count)
      assert.deepStrictEqual([...(yield* Stream.runCollect(Stream.take(body, 1)))], ['data: {"Number":1}\n\n'])
    })
  )

  it.scopedLive("answers a stream that fails before its first event with an ordinary envelope", () =>
    Effect.gen(function* () {
      const ask = yield* on(counting(Stream.fail(new ResourceInsufficient({ message: "no numbers" }))))
      assert.strictEqual((yield* envelope(ask, count)).code, "ResourceInsufficient")
    })
  )

  it.scopedLive("ends with an event that says what failed", () =>
    Effect.gen(function* () {
      const failing = Stream.concat(Stream.make({ Number: 1 }), Stream.fail(new ResourceInsufficient({ message: "x" })))
      const { body } = yield* Effect.flatMap((yield* on(counting(failing)))(count), whole)
      assert.include(body, '"Code":"ResourceInsufficient"')
    })
  )

  it.scopedLive("never makes an interrupted stream look complete", () =>
    Effect.gen(function* () {
      const cut = Stream.concat(Stream.make({ Number: 1 }), Stream.fromEffect(Effect.interrupt))
      const reply = (yield* on(counting(cut)))(count)
      const exit = yield* Effect.exit(Effect.flatMap(reply, ({ body }) => Stream.runDrain(body)))
      assert.strictEqual(exit._tag, "Failure")
    })
  )

  it.scopedLive("releases the resources of a stream when its reader hangs up", () =>
    Effect.gen(function* () {
      const freed = yield* Deferred.make<void>()
      const held = Stream.acquireRelease(Effect.void, () => Deferred.succeed(freed, undefined))
      const ask = yield* on(
        counting(Stream.flatMap(held, () => Stream.concat(Stream.make({ Number: 1 }), Stream.never)))
      )
      yield* Effect.scoped(Effect.flatMap(ask(count), ({ body }) => Stream.runDrain(Stream.take(body, 1))))
      yield* Deferred.await(freed)
    })
  )

  it.scopedLive.each([
    { name: "a connection that is closed", fault: FaultInjector.close, request: v3() },
    { name: "an answer that is cut off", fault: FaultInjector.truncate(5), request: v3() },
    { name: "a stream that is cut off", fault: FaultInjector.truncate(5), request: count }
  ])("can inject $name", ({ fault, request }) =>
    Effect.gen(function* () {
      const reply = (yield* on(counting(Stream.make({ Number: 1 })), [{ fault }]))(request)
      const exit = yield* Effect.exit(Effect.flatMap(reply, ({ body }) => Stream.runDrain(body)))
      assert.strictEqual(exit._tag, "Failure")
    })
  )

  it.scopedLive("interrupts the handler of a caller that hangs up", () =>
    Effect.gen(function* () {
      const [began, interrupted] = yield* Effect.all([Deferred.make<void>(), Deferred.make<void>()])
      const DescribeVolumes = () =>
        Deferred.succeed(began, undefined).pipe(
          Effect.zipRight(Effect.never),
          Effect.onInterrupt(() => Deferred.succeed(interrupted, undefined))
        )
      const ask = yield* on(Volumes.layer({ DescribeVolumes }))
      yield* Effect.raceFirst(Effect.scoped(ask(v3())), Deferred.await(began))
      yield* Deferred.await(interrupted)
    })
  )
})
