import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as FaultInjector from "effect-tencentcloud/FaultInjector"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Volumes from "../../fixtures/Volumes.js"

type Settings = Parameters<typeof FaultInjector.layer>[1]

/** A client and its gateway under these rules, and how often a volume was made. */
const under = (
  rules: ReadonlyArray<FaultInjector.Rule>,
  settings?: Settings,
  client?: Parameters<typeof InProcess.layerWith>[0]
) => {
  let made = 0
  const CreateVolume = () => Effect.sync(() => ({ VolumeId: `vol-${++made}` }))
  const layer = InProcess.layerWith(client).pipe(
    Layer.provide(Volumes.layer({ CreateVolume })),
    Layer.provide([FaultInjector.layer(rules, settings), RateLimiter.layerUnlimited])
  )
  return { layer, made: () => made }
}

const create = Volumes.CreateVolume({ Size: 10 })
const outcome = create.pipe(Effect.as("done"), Effect.merge, (call) =>
  Effect.map(call, (result) => (typeof result === "string" ? result : result._tag))
)
const outcomes = (times: number) => Effect.all(Array.from({ length: times }, () => outcome))

describe("a fault", () => {
  it.effect.each<{ name: string; fault: FaultInjector.Fault; tag: string; says: string }>([
    {
      name: "an error",
      fault: FaultInjector.error("ResourceInsufficient"),
      tag: "ResourceInsufficient",
      says: "injected"
    },
    { name: "an unknown error", fault: FaultInjector.error("Odd.Code", "why"), tag: "UnrecognizedError", says: "why" },
    { name: "a closed connection", fault: FaultInjector.close, tag: "TransportError", says: "closed" },
    { name: "a truncated answer", fault: FaultInjector.truncate(20), tag: "TransportError", says: "closed" },
    { name: "a malformed answer", fault: FaultInjector.malformed(), tag: "MalformedResponse", says: "breaks off" },
    { name: "another status", fault: FaultInjector.status(502), tag: "MalformedResponse", says: "502" },
    {
      name: "a custom answer",
      fault: FaultInjector.respond({ body: '{"Response":{"RequestId":"r"}}' }),
      tag: "MalformedResponse",
      says: "VolumeId"
    }
  ])("that is $name reaches the client as $tag", ({ fault, says, tag }) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(create)
      assert.strictEqual(error._tag, tag)
      assert.include(error.message, says)
    }).pipe(Effect.provide(under([{ fault }]).layer))
  )

  it.effect("that is a delay changes only the time, and adds to other delays", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(outcome)
      yield* TestClock.adjust("2999 millis")
      assert.isNull(fiber.unsafePoll())
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* Fiber.join(fiber), "done")
    }).pipe(
      Effect.provide(
        under([{ fault: FaultInjector.delay("1 seconds") }, { fault: FaultInjector.delay("2 seconds") }]).layer
      )
    )
  )

  it.effect("that is a delay can be longer than the timeout of the client", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(outcome)
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), "RequestTimeout")
    }).pipe(Effect.provide(under([{ fault: FaultInjector.delay("1 minute") }], {}, { timeout: "2 seconds" }).layer))
  )

  it.effect("that is a delay of a stream releases the resources of the handler if the caller hangs up meanwhile", () =>
    Effect.gen(function* () {
      let held = 0
      const holding = Stream.acquireRelease(
        Effect.sync(() => held++),
        () => Effect.sync(() => held--)
      )
      const Count = Action.stream("DescribeCount", {
        product: "counter",
        version: Volumes.version,
        request: Schema.Struct({}),
        event: Schema.Struct({ Number: Schema.Int }),
        errors: []
      })
      const layer = InProcess.layer.pipe(
        Layer.provide(
          Gateway.handlers(Product.make([Count]), {
            DescribeCount: () =>
              Stream.as(
                Stream.flatMap(holding, () => Stream.make(1, 2)),
                { Number: 1 }
              )
          })
        ),
        Layer.provide(FaultInjector.layer([{ fault: FaultInjector.delay("1 minute"), afterHandler: true }]))
      )
      const fiber = yield* Effect.fork(Effect.provide(Stream.runDrain(ApiClient.stream(Count, {})), layer))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(held, 1)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(held, 0)
    })
  )

  it.effect("whose rule fails is skipped, and the call gets its answer", () =>
    Effect.map(create, ({ VolumeId }) => assert.strictEqual(VolumeId, "vol-1")).pipe(
      Effect.provide(
        InProcess.layer.pipe(
          Layer.provide(Volumes.layer({ CreateVolume: () => Effect.succeed({ VolumeId: "vol-1" }) })),
          Layer.provide(Layer.succeed(FaultInjector.FaultInjector, { decide: () => Effect.dieMessage("planted") }))
        )
      )
    )
  )

  it.effect.each([
    { name: "prevents a call of the handler", rule: { fault: FaultInjector.close }, expected: 0 },
    {
      name: "after the handler loses only the answer",
      rule: { fault: FaultInjector.close, afterHandler: true },
      expected: 1
    },
    { name: "that truncates runs the handler first", rule: { fault: FaultInjector.truncate(5) }, expected: 1 }
  ])("$name", ({ expected, rule }) =>
    Effect.suspend(() => {
      const { layer, made } = under([rule])
      return Effect.map(Effect.provide(outcome, layer), (result) =>
        assert.deepStrictEqual([result, made()], ["TransportError", expected])
      )
    })
  )

  it.effect("does not apply to a call that the checks reject", () =>
    Effect.map(Effect.flip(Volumes.EncryptVolume({}, { region: "ap-beijing" })), ({ _tag }) =>
      assert.strictEqual(_tag, "UnsupportedRegion")
    ).pipe(Effect.provide(under([{ fault: FaultInjector.error("InternalError") }]).layer))
  )
})

describe("a rule", () => {
  const fault = FaultInjector.error("InternalError")

  it.effect.each<{ name: string; rule: Omit<FaultInjector.Rule, "fault">; expected: boolean }>([
    { name: "the product", rule: { product: "ebs" }, expected: true },
    { name: "another product", rule: { product: "cvm" }, expected: false },
    { name: "the action", rule: { action: "CreateVolume" }, expected: true },
    { name: "another action", rule: { action: "DeleteVolumes" }, expected: false },
    { name: "the region", rule: { region: "ap-guangzhou" }, expected: true },
    { name: "another region", rule: { region: "ap-beijing" }, expected: false },
    { name: "the key", rule: { secretId: InProcess.key.secretId }, expected: true },
    { name: "another key", rule: { secretId: "AKIDother" }, expected: false },
    { name: "the action in another region", rule: { action: "CreateVolume", region: "ap-beijing" }, expected: false },
    { name: "no chance", rule: { probability: 0 }, expected: false }
  ])("for $name matches: $expected", ({ expected, rule }) =>
    Effect.map(outcome, (result) => assert.strictEqual(result, expected ? "InternalError" : "done")).pipe(
      Effect.provide(under([{ ...rule, fault }]).layer)
    )
  )

  it.effect.each([
    { nth: 2, expected: ["done", "InternalError", "done"] },
    { nth: [1, 3], expected: ["InternalError", "done", "InternalError"] }
  ])("for call $nth counts the calls that match it, from 1", ({ expected, nth }) =>
    Effect.gen(function* () {
      yield* Volumes.DescribeVolumes()
      assert.deepStrictEqual(yield* outcomes(3), expected)
    }).pipe(Effect.provide(under([{ action: "CreateVolume", nth, fault }]).layer))
  )

  it.effect("that is first in the list wins", () =>
    Effect.map(outcomes(2), (results) => assert.deepStrictEqual(results, ["TransportError", "InternalError"])).pipe(
      Effect.provide(under([{ nth: 1, fault: FaultInjector.close }, { fault }]).layer)
    )
  )

  it.effect("with a seed applies to the same calls in every run, with about its probability", () =>
    Effect.gen(function* () {
      const run = Effect.suspend(() =>
        Effect.provide(outcomes(200), under([{ probability: 0.25, fault }], { seed: "x" }).layer)
      )
      const [first, second] = [yield* run, yield* run]
      assert.deepStrictEqual(first, second)
      const struck = first.filter((result) => result === "InternalError").length
      assert.isTrue(struck > 25 && struck < 75, `${struck} of 200`)
    })
  )

  it.effect("can test a retry: two throttled calls, and then a good one", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.fork(outcome)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* Fiber.join(fiber), "done")
    }).pipe(
      Effect.provide(
        under(
          [{ nth: [1, 2], fault: FaultInjector.error("RequestLimitExceeded") }],
          {},
          { retry: RetryPolicy.exponential() }
        ).layer
      )
    )
  )
})
