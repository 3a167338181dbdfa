/** What the journal says of actions that stream: how they ended, and how many events there were. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { FailedOperation } from "effect-tencentcloud/CommonError"
import type { Rule } from "effect-tencentcloud/FaultInjector"
import * as FaultInjector from "effect-tencentcloud/FaultInjector"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Journal from "effect-tencentcloud/Journal"
import * as Product from "effect-tencentcloud/Product"
import * as EventStream from "../../../src/domain/wire/EventStream.js"

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

/** One event a second. */
const ticking = (to: number): Events =>
  Stream.range(1, to).pipe(
    Stream.rechunk(1),
    Stream.mapEffect((Number) => Effect.delay(Effect.succeed({ Number }), "1 second"))
  )

const served = (handler: (to: number) => Events, rules: ReadonlyArray<Rule> = []) =>
  InProcess.layer.pipe(
    Layer.provide(Gateway.handlers(Product.make([Count]), { DescribeCount: ({ To }) => handler(To) })),
    Layer.provideMerge(Layer.merge(Journal.layerMemory(), FaultInjector.layer(rules)))
  )

const entries = Effect.flatMap(Journal.Journal, (journal) => journal.entries)

/** What the journal says of the one call, once its reader is through with it. */
const journaled = <A, E, R>(reader: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(Effect.either(reader))
    yield* TestClock.adjust("1 minute")
    yield* Fiber.join(fiber)
    const [entry, ...others] = yield* entries
    assert.isEmpty(others)
    assert.isDefined(entry)
    const { code, decidedBy, events, outcome, response, took } = entry
    assert.deepInclude(response, { status: 200, body: "" })
    assert.notProperty(response, "stream")
    return { code, decidedBy, events, outcome, seconds: Duration.toSeconds(took) }
  })

describe("the journal says of a stream", () => {
  it.effect("that it reached its end, and when", () =>
    Effect.map(journaled(Stream.runDrain(Count({ To: 3 }))), (told) =>
      assert.deepStrictEqual(told, {
        code: undefined,
        decidedBy: "handler",
        events: 3,
        outcome: "answered",
        seconds: 3
      })
    ).pipe(Effect.provide(served(ticking)))
  )

  it.effect("that it had no events", () =>
    Effect.map(journaled(Stream.runDrain(Count({ To: 3 }))), (told) =>
      assert.deepInclude(told, { events: 0, outcome: "answered" })
    ).pipe(Effect.provide(served(() => Stream.empty)))
  )

  it.effect("which error it ended with, which is an event, too", () =>
    Effect.map(journaled(Stream.runDrain(Count({ To: 2 }))), (told) =>
      assert.deepStrictEqual(told, {
        code: "FailedOperation",
        decidedBy: "handler",
        events: 3,
        outcome: "answered",
        seconds: 2
      })
    ).pipe(Effect.provide(served((to) => Stream.concat(ticking(to), new FailedOperation({ message: "lost count" })))))
  )

  it.effect("that a defect ended it", () =>
    Effect.map(journaled(Stream.runDrain(Count({ To: 1 }))), (told) =>
      assert.deepInclude(told, { code: "InternalError", events: 2, outcome: "answered" })
    ).pipe(Effect.provide(served((to) => Stream.concat(ticking(to), Stream.die("planted")))))
  )

  it.effect("that its reader stopped early", () =>
    Effect.map(journaled(Stream.runDrain(Stream.take(Count({ To: 9 }), 2))), (told) =>
      assert.deepStrictEqual(told, {
        code: undefined,
        decidedBy: "handler",
        events: 2,
        outcome: "interrupted",
        seconds: 2
      })
    ).pipe(Effect.provide(served(ticking)))
  )

  it.effect("that its reader was interrupted, and nothing before that", () =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const reading = yield* Effect.fork(
        Stream.runForEach(Count({ To: 9 }), ({ Number }) =>
          Effect.when(Deferred.succeed(begun, undefined), () => Number === 2)
        )
      )
      yield* TestClock.adjust("2500 millis")
      yield* Deferred.await(begun)
      assert.isEmpty(yield* entries)
      yield* Fiber.interrupt(reading)
      const told = yield* journaled(Effect.void)
      assert.deepInclude(told, { events: 2, outcome: "interrupted", seconds: 2.5 })
    }).pipe(Effect.provide(served(ticking)))
  )

  it.effect("that a fault interrupted it", () => {
    const whole = Either.getOrThrow(EventStream.encode({ Number: 1 })).length
    return Effect.map(journaled(Stream.runDrain(Count({ To: 3 }))), (told) =>
      assert.deepStrictEqual(told, {
        code: undefined,
        decidedBy: "fault",
        events: 2,
        outcome: "broken",
        seconds: 3
      })
    ).pipe(Effect.provide(served(ticking, [{ fault: FaultInjector.truncate(whole + 3) }])))
  })
})
