/** Actions that stream, from a handler's `Stream` to the caller's, in one process. */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import { FailedOperation, ResourceInsufficient } from "effect-tencentcloud/CommonError"
import type { Call } from "effect-tencentcloud/Gateway"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import { ChatCompletions } from "effect-tencentcloud/products/hunyuan"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import { Transport, TransportFault } from "effect-tencentcloud/Transport"
import * as EventStream from "../../../src/domain/wire/EventStream.js"
import * as Client from "../../fixtures/Client.js"

const Count = ApiClient.callable(
  Action.stream("DescribeCount", {
    product: "counter",
    version: "2026-01-01",
    request: Schema.Struct({ To: Schema.Int }),
    event: Schema.Struct({ Number: Schema.Int }),
    errors: [ResourceInsufficient, FailedOperation]
  })
)

const CountOnce = ApiClient.callable(
  Action.make("DescribeCount", {
    product: "counter",
    version: "2026-01-01",
    request: Schema.Struct({ To: Schema.Int }),
    response: Schema.Struct({ Number: Schema.Int }),
    errors: []
  })
)

type Handler = (
  request: { readonly To: number },
  call: Call
) => Stream.Stream<{ readonly Number: number }, ResourceInsufficient | FailedOperation>

const inProcess = (handler: Handler) =>
  InProcess.layer.pipe(Layer.provide(Gateway.handlers(Product.make([Count]), { DescribeCount: handler })))

const numbers: Handler = ({ To }) => Stream.map(Stream.range(1, To), (Number) => ({ Number }))

const collect = <A, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)

/** The events that came, and the failure that ended them. */
const witness = <A, E, R>(stream: Stream.Stream<A, E, R>) =>
  Effect.gen(function* () {
    const seen: Array<A> = []
    const error = yield* Effect.flip(Stream.runForEach(stream, (event) => Effect.sync(() => seen.push(event))))
    return { seen, error }
  })

/** A client whose transport gives these bytes as an event stream. */
const scripted = (pieces: ReadonlyArray<string>, fault?: TransportFault) =>
  Client.layer(
    Layer.succeed(Transport, {
      send: () =>
        Effect.succeed({
          status: 200,
          headers: { "content-type": EventStream.contentType, "x-tc-requestid": "r-1" },
          body: "",
          stream: Stream.concat(
            Stream.map(Stream.fromIterable(pieces), (piece) => new TextEncoder().encode(piece)),
            fault === undefined ? Stream.empty : Stream.fail(fault)
          )
        })
    })
  )

describe("an action that streams", () => {
  it.effect("returns its events in order, each with the RequestId of the answer", () =>
    Effect.gen(function* () {
      const events = yield* collect(Count({ To: 3 }))
      assert.deepStrictEqual(
        events.map(({ Number }) => Number),
        [1, 2, 3]
      )
      assert.match(events[0]?.RequestId ?? "", /^[0-9a-f-]{36}$/)
      assert.strictEqual(new Set(events.map(({ RequestId }) => RequestId)).size, 1)
    }).pipe(Effect.provide(inProcess(numbers)))
  )

  it.effect("can end without an event", () =>
    Effect.map(collect(Count({ To: 1 })), (events) => assert.deepStrictEqual(events, [])).pipe(
      Effect.provide(inProcess(() => Stream.empty))
    )
  )

  it.effect("answers with an ordinary error envelope if it fails before its first event", () =>
    Effect.gen(function* () {
      const { error, seen } = yield* witness(Count({ To: 3 }))
      assert.deepStrictEqual(seen, [])
      assert.strictEqual(error._tag, "ResourceInsufficient")
      assert.include(error.message, "no numbers left (")
    }).pipe(Effect.provide(inProcess(() => Stream.fail(new ResourceInsufficient({ message: "no numbers left" })))))
  )

  it.effect("fails with a typed error, after the events that came before it", () =>
    Effect.gen(function* () {
      const { error, seen } = yield* witness(Count({ To: 2 }))
      assert.deepStrictEqual(
        seen.map(({ Number }) => Number),
        [1, 2]
      )
      assert.instanceOf(error, FailedOperation)
      assert.strictEqual(error.reason, "lost count")
      assert.strictEqual(error.requestId, seen[0]?.RequestId)
    }).pipe(
      Effect.provide(
        inProcess((request, call) =>
          Stream.concat(numbers(request, call), Stream.fail(new FailedOperation({ message: "lost count" })))
        )
      )
    )
  )

  it.effect("turns a defect, at once or later, into InternalError without its cause", () =>
    Effect.forEach(
      [Stream.die("planted"), Stream.concat(Stream.make({ Number: 1 }), Stream.die("planted"))],
      (events) =>
        Effect.map(witness(Count({ To: 1 })), ({ error }) => {
          assert.strictEqual(error._tag, "InternalError")
          assert.notInclude(JSON.stringify(error), "planted")
        }).pipe(Effect.provide(inProcess(() => events)))
    )
  )

  it.effect("is checked like any other: the gateway rejects a wrong clock before it asks the handler", () =>
    Effect.map(witness(Count({ To: 1 })), ({ error }) =>
      assert.strictEqual(error._tag, "AuthFailure.SignatureExpire")
    ).pipe(
      Effect.provide(
        Layer.provide(
          inProcess(() => Stream.die("asked")),
          ClockSync.layerSkewed("6 minutes")
        )
      )
    )
  )

  it.effect("releases the resources of its handler when the reader stops, is interrupted, or has read everything", () =>
    Effect.gen(function* () {
      const opened = yield* Deferred.make<void>()
      let held = 0
      const endless: Handler = () =>
        Stream.acquireRelease(
          Effect.zipRight(
            Deferred.succeed(opened, undefined),
            Effect.sync(() => held++)
          ),
          () => Effect.sync(() => held--)
        ).pipe(Stream.flatMap(() => Stream.concat(Stream.make({ Number: 1 }, { Number: 2 }), Stream.never)))
      yield* Effect.gen(function* () {
        yield* Stream.runDrain(Stream.take(Count({ To: 1 }), 1))
        assert.strictEqual(held, 0)
        const reader = yield* Effect.fork(Stream.runDrain(Count({ To: 1 })))
        yield* Deferred.await(opened)
        yield* Fiber.interrupt(reader)
        assert.strictEqual(held, 0)
      }).pipe(Effect.provide(inProcess(endless)))
    })
  )

  it.effect("has back-pressure: the handler makes no more than is read", () =>
    Effect.gen(function* () {
      let made = 0
      const counting: Handler = () =>
        Stream.repeatEffect(
          Effect.sync(() => {
            made++
            return { Number: made }
          })
        )
      yield* Stream.runDrain(Stream.take(Count({ To: 1 }), 5)).pipe(Effect.provide(inProcess(counting)))
      assert.isAtMost(made, 6)
    })
  )
})

describe("a stream that stands still", () => {
  /** A client whose transport sends some pieces, and then a comment every second. */
  const slow = (pieces: ReadonlyArray<string>, options?: ApiClient.Options) => {
    const bytes = (text: string) => new TextEncoder().encode(text)
    const comments = Stream.repeatEffect(Effect.as(Effect.sleep("1 second"), bytes(": ping\n\n")))
    return Client.layer(
      Layer.succeed(Transport, {
        send: () =>
          Effect.as(Effect.sleep("2 seconds"), {
            status: 200,
            headers: { "content-type": EventStream.contentType },
            body: "",
            stream: Stream.concat(Stream.map(Stream.fromIterable(pieces), bytes), comments)
          })
      }),
      { retry: RetryPolicy.none, ...options }
    )
  }

  /** How a stream ends after a time, and not before. */
  const endsAfter = (seconds: number, layer: ReturnType<typeof slow>) =>
    Effect.gen(function* () {
      const reading = yield* Effect.fork(witness(Count({ To: 1 })))
      yield* TestClock.adjust(Duration.millis(seconds * 1000 - 1))
      assert.isTrue(Option.isNone(yield* Fiber.poll(reading)))
      yield* TestClock.adjust("1 millis")
      return yield* Fiber.join(reading)
    }).pipe(Effect.provide(layer))

  const event = 'data: {"Number":1}\n\n'

  it.effect("C4: fails at the `timeout` of its attempt, counted from the request, if it has no event", () =>
    Effect.map(endsAfter(10, slow([": hello\n\n"], { timeout: "10 seconds" })), ({ error, seen }) => {
      assert.deepStrictEqual(seen, [])
      assert.deepInclude({ ...error }, { _tag: "RequestTimeout", scope: "attempt", after: Duration.seconds(10) })
    })
  )

  it.effect("C4: fails at the `deadline` of its call, counted from the call", () =>
    Effect.map(endsAfter(20, slow([event], { timeout: "10 seconds", deadline: "20 seconds" })), ({ error, seen }) => {
      assert.strictEqual(seen.length, 1)
      assert.deepInclude({ ...error }, { _tag: "RequestTimeout", scope: "call", after: Duration.seconds(20) })
    })
  )

  it.effect.each([undefined, "30 seconds"] as const)(
    "C4: fails after its `idleTimeout` (%s), 5 minutes by default, which comments do not reset",
    (idleTimeout) =>
      Effect.map(
        endsAfter(2 + (idleTimeout === undefined ? 300 : 30), slow([event, event], { idleTimeout })),
        ({ error, seen }) => {
          assert.strictEqual(seen.length, 2)
          assert.deepInclude({ ...error }, { _tag: "RequestTimeout", scope: "idle" })
        }
      )
  )

  it.effect("C4: does not count the time that its reader takes", () =>
    Effect.gen(function* () {
      const reading = yield* Effect.fork(
        witness(Stream.tap(Stream.rechunk(Count({ To: 1 }), 1), () => Effect.sleep("1 hour")))
      )
      yield* TestClock.adjust(Duration.sum("2 hours", "32 seconds"))
      const { error, seen } = yield* Fiber.join(reading)
      assert.strictEqual(seen.length, 2)
      assert.deepInclude({ ...error }, { _tag: "RequestTimeout", scope: "idle" })
    }).pipe(Effect.provide(slow([event + event], { idleTimeout: "30 seconds" })))
  )

  it.effect("C4: is repeated if it has no event in time, and the action only reads", () =>
    Effect.gen(function* () {
      const calling = yield* Effect.fork(Effect.flip(Stream.runDrain(Count({ To: 1 }))))
      yield* TestClock.adjust("1 hour")
      const error = yield* Fiber.join(calling)
      assert.isAbove(Option.getOrThrow(ApiClient.callStats(error)).attempts, 1)
    }).pipe(Effect.provide(slow([], { retry: undefined })))
  )

  it.live("C4: gives its connection up, if its head comes when the time of the attempt is over", () =>
    Effect.gen(function* () {
      let offset = 0
      let held = 0
      const real = Clock.make()
      const now = () => real.unsafeCurrentTimeMillis() + offset
      const clock = Object.assign(Clock.make(), { unsafeCurrentTimeMillis: now, currentTimeMillis: Effect.sync(now) })
      const bytes = Stream.acquireRelease(
        Effect.sync(() => {
          held += 1
        }),
        () => Effect.sync(() => (held = -1))
      ).pipe(Stream.flatMap(() => Stream.never))
      const send = () =>
        Effect.sync(() => {
          offset += 3_600_000
          return { status: 200, headers: { "content-type": EventStream.contentType }, body: "", stream: bytes }
        })
      const { error } = yield* witness(Count({ To: 1 })).pipe(
        Effect.provide(Client.layer(Layer.succeed(Transport, { send }), { retry: RetryPolicy.none })),
        Effect.withClock(clock)
      )
      assert.deepInclude({ ...error }, { _tag: "RequestTimeout", scope: "attempt" })
      assert.strictEqual(held, -1)
    })
  )

  it.effect("fails where its `idleTimeout` is no duration above zero", () =>
    Effect.map(witness(Count({ To: 1 }, { idleTimeout: 0 })), ({ error }) => {
      assert.strictEqual(error._tag, "InvalidRequestInput")
      assert.include(error.message, "options.idleTimeout")
    }).pipe(Effect.provide(slow([])))
  )

  it.effect("ends a second after `[DONE]`, if the connection stays open", () =>
    Effect.gen(function* () {
      const reading = yield* Effect.fork(collect(Count({ To: 1 })))
      yield* TestClock.adjust("3 seconds")
      assert.strictEqual((yield* Fiber.join(reading)).length, 1)
    }).pipe(Effect.provide(slow([event, "data: [DONE]\n\n"])))
  )
})

describe("one action with a handler for plain calls and one for streams", () => {
  const plain = Gateway.handlers(Product.make([ChatCompletions]), {
    ChatCompletions: ({ Model }) => Effect.succeed({ Note: `all of ${Model}` })
  })
  const streaming = Gateway.handlers(Product.make([ChatCompletions.streaming]), {
    ChatCompletions: ({ Model, Stream: asked }) => Stream.make({ Note: Model }, { Note: `asked: ${asked}` })
  })
  const request = { Model: "m", Messages: [] }

  it.effect.each([Layer.merge(plain, streaming), Layer.merge(streaming, plain)])(
    "P15: serves each by the member `Stream`",
    (handlers) =>
      Effect.gen(function* () {
        assert.strictEqual((yield* ChatCompletions(request)).Note, "all of m")
        assert.strictEqual((yield* ChatCompletions({ ...request, Stream: false })).Note, "all of m")
        const events = yield* collect(ChatCompletions.stream(request))
        assert.deepStrictEqual(
          events.map(({ Note }) => Note),
          ["m", "asked: true"]
        )
      }).pipe(Effect.provide(Layer.provide(InProcess.layer, handlers)))
  )

  it.effect("serves with the later one if the request cannot say which it asks for", () =>
    Effect.map(collect(Count({ To: 2 })), (events) => assert.strictEqual(events.length, 2)).pipe(
      Effect.provide(
        InProcess.layer.pipe(
          Layer.provide(
            Layer.merge(
              Gateway.handlers(Product.make([CountOnce]), { DescribeCount: () => Effect.succeed({ Number: 1 }) }),
              Gateway.handlers(Product.make([Count]), { DescribeCount: (request, call) => numbers(request, call) })
            )
          )
        )
      )
    )
  )
})

describe("a client that reads a stream", () => {
  it.effect.each([true, false])("says whether the fault is permanent: %j", (permanent) =>
    Effect.map(witness(Count({ To: 2 }, { retry: RetryPolicy.none })), ({ error }) =>
      assert.deepInclude({ ...error }, { _tag: "TransportError", permanent })
    ).pipe(Effect.provide(scripted([], new TransportFault({ reason: "too large", sent: true, permanent }))))
  )

  it.effect("reads events in pieces that end anywhere, comments, and the `[DONE]` of some services", () =>
    Effect.map(collect(Count({ To: 2 })), (events) =>
      assert.deepStrictEqual(events, [
        { Number: 1, RequestId: "r-1" },
        { Number: 2, RequestId: "r-1" }
      ])
    ).pipe(
      Effect.provide(
        scripted([": hello\n\nda", 'ta: {"Number"', ":1}\n", '\ndata: {"Number":2}\r\n\r\ndata: [DONE]\n\n'])
      )
    )
  )

  it.effect.each([
    {
      name: "a connection that breaks",
      layer: scripted(['data: {"Number":1}\n\n'], new TransportFault({ reason: "other side closed", sent: true })),
      tag: "TransportError",
      reason: "other side closed"
    },
    {
      name: "an end in the middle of an event",
      layer: scripted(['data: {"Number":1}\n\ndata: {"Num']),
      tag: "MalformedResponse",
      reason: "breaks off in the middle of an event"
    },
    {
      name: "an event that is not JSON",
      layer: scripted(['data: {"Number":1}\n\ndata: <html>\n\n']),
      tag: "MalformedResponse",
      reason: "HTML"
    },
    {
      name: "an event that does not fit the contract",
      layer: scripted(['data: {"Number":1}\n\ndata: {"Number":"x"}\n\n']),
      tag: "MalformedResponse",
      reason: "`Number`"
    },
    {
      name: "an event that is an error of the action",
      layer: scripted(['data: {"Number":1}\n\ndata: {"Error":{"Code":"FailedOperation.Lost","Message":"gone"}}\n\n']),
      tag: "FailedOperation",
      reason: "gone"
    }
  ])("fails after the first event because of $name", ({ layer, reason, tag }) =>
    Effect.map(witness(Count({ To: 2 })), ({ error, seen }) => {
      assert.deepStrictEqual(seen, [{ Number: 1, RequestId: "r-1" }])
      assert.strictEqual(error._tag, tag)
      assert.include(error.message, reason)
    }).pipe(Effect.provide(layer))
  )
})
