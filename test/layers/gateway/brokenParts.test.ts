/** Whatever part of a gateway breaks, each adapter answers or hangs up, and logs why. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Tracer from "effect/Tracer"
import { Gateway } from "effect-tencentcloud/Gateway"
import * as Journal from "effect-tencentcloud/Journal"
import type * as Wire from "effect-tencentcloud/Wire"
import { type Ask, adapters, whole } from "../../fixtures/Adapters.js"
import { emptySpan } from "../../fixtures/EmptySpan.js"
import { collectLogs } from "../../fixtures/Logs.js"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { v3 } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"

const secret = "hunter2"

const boom = (): never => {
  throw new Error(secret)
}

const journals: ReadonlyArray<readonly [how: string, record: Journal.Journal["Type"]["record"]]> = [
  ["fails with data", () => Effect.fail(new Journal.JournalError({ cause: new Error(secret) }))],
  ["dies", () => Effect.die(new Error(secret))],
  ["dies later", () => Effect.zipRight(Effect.sleep(1), Effect.die(new Error(secret)))],
  ["throws", boom]
]

const tracers = [
  { how: "makes no span", make: boom },
  { how: "makes a span that takes no attribute", make: () => ({ ...emptySpan, attribute: boom }) },
  { how: "makes a span that does not end", make: () => ({ ...emptySpan, end: boom }) }
]

const unwritable: ReadonlyArray<readonly [how: string, answer: Wire.WireResponse]> = [
  ["a header that HTTP does not have", { status: 200, headers: { a: "\n" }, body: "" }],
  ["a status that HTTP does not have", { status: 7, headers: {}, body: "" }]
]

/** The code of an answer, or how the connection ended. It is a fault if neither comes. */
const outcome = (ask: Ask, request: Wire.WireRequest) =>
  Effect.scoped(Effect.flatMap(ask(request), whole)).pipe(
    // What answers may be the server that an adapter runs in.
    Effect.map(({ body }) => /"Code":"([^"]*)"/.exec(body)?.[1] ?? "none"),
    Effect.catchAll(Effect.succeed),
    Effect.timeoutFail({ duration: "5 seconds", onTimeout: () => new Error("neither an answer nor an end") })
  )

describe.each(adapters)("over $name, every request ends", ({ name, open }) => {
  it.scopedLive.each(journals)("K8: a journal %s, and the caller has its answer", ([, record]) =>
    Effect.gen(function* () {
      const { layer, lines } = collectLogs()
      const journal = Layer.succeed(Journal.Journal, { record, entries: Effect.succeed([]), clear: Effect.void })
      const gateway = Layer.provide(ServedGateway.layer(), journal)
      const code = yield* Effect.flatMap(open, (ask) => outcome(ask, v3())).pipe(
        Effect.provide(Layer.merge(gateway, layer))
      )
      assert.strictEqual(code, "none")
      assert.include(lines.join("\n"), "journal failed")
      assert.notInclude(lines.join("\n"), secret)
    })
  )

  // The server of @effect/platform makes a span of its own first. Where that throws, it answers nothing.
  it.scopedLive.each(name === "@effect/platform" ? [] : tracers)(
    "K8: a tracer $how, and the caller has an answer",
    ({ make }) =>
      Effect.gen(function* () {
        const { layer, lines } = collectLogs()
        const tracer = Tracer.make({ span: make, context: (run) => run() })
        const code = yield* Effect.flatMap(open, (ask) => outcome(ask, v3())).pipe(
          Effect.provide(Layer.merge(ServedGateway.layer(), layer)),
          Effect.withTracer(tracer)
        )
        assert.oneOf(code, ["none", "InternalError"])
        assert.isAbove(lines.length, 0)
      })
  )

  it.scopedLive("K8: the logger throws, and a defect of the handler is answered all the same", () =>
    Effect.gen(function* () {
      const broken = Logger.replace(Logger.defaultLogger, Logger.make(boom))
      const gateway = ServedGateway.layer({}, Volumes.layer({ DescribeVolumes: () => Effect.die("broken") }))
      const code = yield* Effect.flatMap(open, (ask) => outcome(ask, v3())).pipe(
        Effect.provide(Layer.merge(gateway, broken))
      )
      assert.strictEqual(code, "InternalError")
    })
  )

  it.scopedLive.each(name === "in process" ? [] : unwritable)(
    "K8: an answer with %s ends in another one, or in a closed connection",
    ([, answer]) =>
      Effect.gen(function* () {
        const real = yield* Effect.provide(Gateway, ServedGateway.layer())
        const broken = Layer.succeed(Gateway, { ...real, handle: () => Effect.succeed(answer) })
        const { layer } = collectLogs()
        const code = yield* Effect.flatMap(open, (ask) => Effect.either(outcome(ask, v3()))).pipe(
          Effect.provide(Layer.merge(broken, layer))
        )
        assert.isFalse(code._tag === "Left", "neither an answer nor an end")
      })
  )
})
