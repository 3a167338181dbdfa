/** The services that a request sees: those that its adapter was built with, whatever the program does to its own later. */
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Journal from "effect-tencentcloud/Journal"
import * as Telemetry from "effect-tencentcloud/Telemetry"
import { adapters, envelope } from "../../fixtures/Adapters.js"
import { counted } from "../../fixtures/Metrics.js"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { v3 } from "../../fixtures/Signed.js"
import * as Tracer from "../../fixtures/Tracer.js"

/** A clock whose time stands still, and whose sleepers wake as ever. */
const stoppedAt = (millis: number): Clock.Clock => {
  const live = Clock.make()
  return {
    ...live,
    unsafeCurrentTimeMillis: () => millis,
    unsafeCurrentTimeNanos: () => BigInt(millis) * 1_000_000n,
    currentTimeMillis: Effect.succeed(millis),
    currentTimeNanos: Effect.succeed(BigInt(millis) * 1_000_000n),
    sleep: (duration) => live.sleep(duration)
  }
}

/** The spans of requests that a tracer has made. The server of `@effect/platform` makes one of its own. */
const requestSpans = (spans: ReadonlyArray<Tracer.Span>) =>
  spans.filter(({ kind, name }) => kind === "server" && name === "ebs/DescribeVolumes")

const gateway = Layer.provideMerge(ServedGateway.layer(), Journal.layerMemory())
const labels = (more = "") => `rpc.service=ebs,rpc.method=DescribeVolumes${more}`

const serving = adapters.filter(({ name }) => name !== "in process")

describe.each(serving)("a request over $name", ({ open }) => {
  it.scopedLive("does not see the clock, the tracer and the metric labels that the program has later", () =>
    Effect.gen(function* () {
      const { journal, ask } = yield* Effect.all({ journal: Journal.Journal, ask: open })
      const { spans, tracer } = Tracer.make()
      const call = envelope(ask, v3()).pipe(
        Effect.withClock(stoppedAt(1000)),
        Effect.tagMetrics("zone", "later"),
        Effect.withSpan("later"),
        Effect.withTracer(tracer)
      )
      assert.deepStrictEqual(yield* counted(Telemetry.requests, call), { [labels()]: 1 })
      assert.deepStrictEqual(requestSpans(spans), [])
      const [entry] = yield* journal.entries
      assert.isAbove(entry?.receivedAt ?? 0, 1000)
    }).pipe(Effect.provide(gateway))
  )

  it.scopedLive("sees those of the fiber that built the adapter, also after that fiber has ended", () =>
    Effect.gen(function* () {
      const journal = yield* Journal.Journal
      const { spans, tracer } = Tracer.make()
      const building = yield* Effect.fork(
        open.pipe(Effect.withClock(stoppedAt(1000)), Effect.tagMetrics("zone", "built"), Effect.withTracer(tracer))
      )
      const exit = yield* Fiber.await(building)
      const ask = Exit.getOrElse(exit, () => assert.fail("not built"))
      const call = envelope(ask, v3()).pipe(
        Effect.withClock(stoppedAt(2000)),
        Effect.tagMetrics("zone", "later"),
        Effect.withTracerEnabled(false)
      )
      assert.deepStrictEqual(yield* counted(Telemetry.requests, call), { [labels(",zone=built")]: 1 })
      assert.lengthOf(requestSpans(spans), 1)
      const [entry] = yield* journal.entries
      assert.strictEqual(entry?.receivedAt, 1000)
    }).pipe(Effect.provide(gateway))
  )

  it.scopedLive("sees them even if the program changes its own after it has built the adapter", () =>
    Effect.gen(function* () {
      const { spans, tracer } = Tracer.make()
      const ask = yield* Effect.withTracer(open, tracer)
      yield* Effect.withTracerEnabled(envelope(ask, v3()), false)
      assert.lengthOf(requestSpans(spans), 1)
    }).pipe(Effect.provide(gateway))
  )
})

describe.each(serving.filter(({ name }) => name !== "@effect/platform"))("a span over $name", ({ open }) => {
  it.scopedLive("is not a child of the span in which the adapter was built", () =>
    Effect.gen(function* () {
      const { spans, tracer } = Tracer.make()
      const ask = yield* open.pipe(Effect.withSpan("startup"), Effect.withTracer(tracer))
      yield* envelope(ask, v3())
      assert.deepStrictEqual(
        requestSpans(spans).map(({ parent }) => parent),
        [undefined]
      )
    }).pipe(Effect.provide(gateway))
  )
})
