/** Options for a part of a program. */
import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as FC from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Waiter from "effect-tencentcloud/Waiter"
import * as Client from "../../fixtures/Client.js"
import * as Network from "../../fixtures/ScriptedTransport.js"
import * as Tracer from "../../fixtures/Tracer.js"
import { CreateVolume, DescribeVolumes } from "../../fixtures/Volumes.js"

const layer = (options?: ApiClient.Options, ...script: ReadonlyArray<Network.Step>) =>
  Client.layer(Network.layer(...(script.length === 0 ? [Network.result()] : script)), options)

const header = (name: string) =>
  Effect.map(Network.Wiretap, (sent) => sent.map(({ request }) => request.headers[`x-tc-${name}`]))

const regions = header("region")

const inBeijing = ApiClient.withOptions({ region: "ap-beijing" })
const inShanghai = ApiClient.withOptions({ region: "ap-shanghai" })

type Level = Pick<ApiClient.Options, "region" | "language" | "traceId">

const level: FC.Arbitrary<Level> = FC.record(
  {
    region: FC.constantFrom("ap-beijing", "ap-guangzhou", "ap-shanghai", undefined),
    language: FC.constantFrom<ApiClient.Options["language"]>("zh-CN", "en-US", undefined),
    traceId: FC.constantFrom("a", "b", "c", undefined)
  },
  { requiredKeys: [] }
)

describe("ApiClient.withOptions", () => {
  it.effect.prop(
    "prefers the call, then the innermost part, then the client, for each option on its own",
    [level, FC.array(level, { maxLength: 3 }), level],
    ([client, parts, call]) =>
      Effect.gen(function* () {
        const program = DescribeVolumes({}, call)
        yield* parts.reduceRight((inner, part) => ApiClient.withOptions(inner, part), program)
        const sent = yield* Effect.all([regions, header("language"), header("traceid")])
        const levels = [call, ...parts.toReversed(), client]
        const first = (option: keyof Level) => levels.map((each) => each[option]).find((value) => value !== undefined)
        assert.deepStrictEqual(sent.flat(), [first("region"), first("language"), first("traceId")])
      }).pipe(Effect.provide(layer(client)))
  )

  it.effect("changes no call outside of the part", () =>
    Effect.gen(function* () {
      yield* DescribeVolumes()
      yield* inBeijing(Effect.zip(DescribeVolumes(), inShanghai(DescribeVolumes())))
      yield* DescribeVolumes()
      assert.deepStrictEqual(yield* regions, ["ap-guangzhou", "ap-beijing", "ap-shanghai", "ap-guangzhou"])
    }).pipe(Effect.provide(layer({ region: "ap-guangzhou" })))
  )

  it.effect("changes nothing with options that are undefined", () =>
    Effect.gen(function* () {
      yield* inBeijing(ApiClient.withOptions(DescribeVolumes(), { region: undefined }))
      assert.deepStrictEqual(yield* regions, ["ap-beijing"])
    }).pipe(Effect.provide(layer({ region: "ap-guangzhou" })))
  )

  it.effect("reaches the fibers that the part forks, also after the part has ended", () =>
    Effect.gen(function* () {
      const late = yield* inBeijing(Effect.forkDaemon(Effect.delay(DescribeVolumes(), "1 minute")))
      const concurrent = [inBeijing(DescribeVolumes()), inShanghai(DescribeVolumes()), DescribeVolumes()]
      yield* Effect.all(concurrent, { concurrency: "unbounded" })
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(late)
      const all = yield* regions
      assert.sameMembers(all.slice(0, 3), ["ap-beijing", "ap-shanghai", "ap-guangzhou"])
      assert.deepStrictEqual(all.slice(3), ["ap-beijing"])
    }).pipe(Effect.provide(layer({ region: "ap-guangzhou" })))
  )

  it.effect("is used by a client that was made in another part", () =>
    Effect.gen(function* () {
      yield* inShanghai(DescribeVolumes())
      assert.deepStrictEqual(yield* regions, ["ap-shanghai"])
    }).pipe(Effect.provide(layer({ region: "ap-guangzhou" })), inBeijing)
  )

  it.effect("sets a deadline, a timeout and a policy", () =>
    Effect.gen(function* () {
      const outcome = (options: ApiClient.Options) =>
        Effect.gen(function* () {
          const before = (yield* Network.Wiretap).length
          const fiber = yield* Effect.fork(Effect.flip(ApiClient.withOptions(DescribeVolumes(), options)))
          yield* TestClock.adjust("1 hour")
          const error = yield* Fiber.join(fiber)
          const scope = error._tag === "RequestTimeout" ? error.scope : undefined
          return [scope, (yield* Network.Wiretap).length - before]
        })
      assert.deepStrictEqual(yield* outcome({ deadline: "5 seconds" }), ["call", 1])
      assert.deepStrictEqual(yield* outcome({ timeout: "5 seconds", retry: RetryPolicy.none }), ["attempt", 1])
      const twice: RetryPolicy.RetryPolicy = () => Schedule.recurs(2)
      assert.deepStrictEqual(yield* outcome({ retry: twice }), ["attempt", 3])
    }).pipe(Effect.provide(layer({}, Effect.never)))
  )

  it.effect("turns tracing off", () =>
    Effect.gen(function* () {
      yield* ApiClient.withOptions(DescribeVolumes(), { tracing: false })
      assert.isEmpty(yield* Tracer.Spans)
      yield* DescribeVolumes()
      assert.lengthOf(yield* Tracer.Spans, 2)
    }).pipe(Effect.provide(Layer.provideMerge(layer(), Tracer.layer)))
  )

  it.effect.each<readonly [string, unknown]>([
    ["region", "Guangzhou"],
    ["endpoint", "ftp://ebs.example.com"],
    ["timeout", 0],
    ["retry", "often"],
    ["tracing", "no"]
  ])("lets a call fail with InvalidRequestInput if %s is invalid, and sends nothing", ([option, value]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ApiClient.withOptions(DescribeVolumes(), { [option]: value }))
      assert.strictEqual(error._tag, "InvalidRequestInput")
      assert.include(error.message, `\`options.${option}\``)
      assert.isEmpty(yield* Network.Wiretap)
    }).pipe(Effect.provide(layer()))
  )

  it.effect("does not reject an invalid option that the call replaces", () =>
    Effect.gen(function* () {
      yield* ApiClient.withOptions(DescribeVolumes({}, { region: "ap-beijing" }), { region: "Guangzhou" })
      assert.deepStrictEqual(yield* regions, ["ap-beijing"])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("asks a function for the endpoint of each call", () =>
    Effect.gen(function* () {
      let calls = 0
      yield* ApiClient.withOptions(Effect.replicateEffect(DescribeVolumes(), 2), {
        endpoint: () => `host-${++calls}.example.com`
      })
      assert.deepStrictEqual(
        (yield* Network.Wiretap).map(({ endpoint }) => endpoint.host),
        ["host-1.example.com", "host-2.example.com"]
      )
    }).pipe(Effect.provide(layer()))
  )

  it.effect("is used by dry runs", () =>
    Effect.gen(function* () {
      yield* inBeijing(ApiClient.dryRun(CreateVolume.action, { Size: 10 }))
      assert.deepStrictEqual(yield* regions, ["ap-beijing"])
    }).pipe(Effect.provide(layer({}, Network.failure("DryRunOperation"))))
  )

  it.effect("is used by every call of a waiter", () =>
    Effect.gen(function* () {
      const until = { done: ({ TotalCount }: { readonly TotalCount: number }) => TotalCount === 1 }
      yield* inBeijing(Waiter.waitUntil(DescribeVolumes, {}, until, Schedule.recurs(5)))
      assert.deepStrictEqual(yield* regions, ["ap-beijing", "ap-beijing"])
    }).pipe(Effect.provide(layer({}, Network.result(), Network.result({ TotalCount: 1, Names: [] }))))
  )

  it.effect("is used by every page of a stream that the part runs", () => {
    const DescribeNames = Action.make("DescribeNames", {
      product: "ebs",
      version: "2026-01-01",
      request: Schema.Struct({ Offset: Schema.optional(Schema.Int) }),
      response: Schema.Struct({ TotalCount: Schema.Int, Names: Schema.Array(Schema.String) }),
      errors: []
    })
    const paging = { by: "offset", offset: "Offset", total: "TotalCount", items: "Names" } as const
    const paged = ApiClient.paged<string>()(DescribeNames, paging)
    const page = (name: string) => Network.result({ TotalCount: 2, Names: [name] })
    return Effect.gen(function* () {
      const items = inShanghai(Effect.sync(() => paged.items()))
      assert.deepStrictEqual(Chunk.toReadonlyArray(yield* inBeijing(Stream.runCollect(yield* items))), ["a", "b"])
      assert.deepStrictEqual(yield* regions, ["ap-beijing", "ap-beijing"])
    }).pipe(Effect.provide(layer({}, page("a"), page("b"))))
  })

  it.effect("is used by an event stream of the part that runs it, not of the part that makes it", () => {
    const Count = Action.stream("DescribeCount", {
      product: "ebs",
      version: "2026-01-01",
      request: Schema.Struct({}),
      event: Schema.Struct({ Number: Schema.Int }),
      errors: []
    })
    const answer = Effect.succeed({
      status: 200,
      headers: { "content-type": "text/event-stream" },
      body: "",
      stream: Stream.make(new TextEncoder().encode('data: {"Number":1}\n\n'))
    })
    return Effect.gen(function* () {
      const client = yield* ApiClient.ApiClient
      const made = yield* inShanghai(Effect.sync(() => [ApiClient.stream(Count, {}), client.stream(Count, {})]))
      for (const stream of made) yield* inBeijing(Stream.runDrain(stream))
      assert.deepStrictEqual(yield* regions, ["ap-beijing", "ap-beijing"])
    }).pipe(Effect.provide(layer({}, answer)))
  })
})
