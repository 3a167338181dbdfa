import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import { FailedOperation, InvalidRequest, UnauthorizedOperation } from "effect-tencentcloud/CommonError"
import type { Rule } from "effect-tencentcloud/FaultInjector"
import * as FaultInjector from "effect-tencentcloud/FaultInjector"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as GatewayCheck from "effect-tencentcloud/GatewayCheck"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Journal from "effect-tencentcloud/Journal"
import * as Product from "effect-tencentcloud/Product"
import * as Telemetry from "effect-tencentcloud/Telemetry"
import type * as Wire from "effect-tencentcloud/Wire"
import * as Answer from "../../fixtures/Answer.js"
import { counted } from "../../fixtures/Metrics.js"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { v1, v3 } from "../../fixtures/Signed.js"
import * as Tracer from "../../fixtures/Tracer.js"
import * as Volumes from "../../fixtures/Volumes.js"

const Count = Action.stream("DescribeCount", {
  product: "counter",
  version: Volumes.version,
  request: Schema.Struct({ To: Schema.Int }),
  event: Schema.Struct({ Number: Schema.Int }),
  errors: [FailedOperation]
})

const broke = new FailedOperation({ message: "planted" })

/** Counts up to a number. Past 3 it fails, or dies where there is far to go. */
const counting = Gateway.handlers(Product.make([Count]), {
  DescribeCount: ({ To }) =>
    Stream.range(1, To).pipe(
      Stream.rechunk(1),
      Stream.mapEffect((Number) => {
        const past = To > 9 ? Effect.die("planted") : broke
        return Effect.withSpan(Number > 3 ? past : Effect.succeed({ Number }), `number ${Number}`)
      })
    )
})

const volumes = Volumes.layer({
  CreateVolume: ({ Name }) =>
    Name === "slow"
      ? Effect.never
      : Effect.withSpan(Effect.succeed({ VolumeId: "vol-secret", Password: "planted" }), "mine"),
  DeleteVolumes: ({ VolumeIds }) =>
    VolumeIds.length === 0 ? Effect.die("planted") : new Volumes.NoSuchVolume({ message: "planted" })
})

const gateway = (options: Gateway.Options<GatewayCheck.Services> = {}, rules: ReadonlyArray<Rule> = []) =>
  ServedGateway.layer(options, Layer.merge(volumes, counting)).pipe(Layer.provide(FaultInjector.layer(rules)))

const traced = (options?: Gateway.Options<GatewayCheck.Services>, rules?: ReadonlyArray<Rule>) =>
  Layer.provideMerge(gateway(options, rules), Tracer.layer)

const create = (body: object) => v3({ action: "CreateVolume", body: JSON.stringify(body) })
const remove = (VolumeIds: ReadonlyArray<string>) =>
  v3({ action: "DeleteVolumes", body: JSON.stringify({ VolumeIds }) })
const countTo = (To: number) =>
  v3({ action: "DescribeCount", service: "counter", host: "counter.tencentcloudapi.com", body: JSON.stringify({ To }) })

const handle = (request: Wire.WireRequest) => Effect.flatMap(Gateway.Gateway, (gateway) => gateway.handle(request))

const only = Effect.map(Tracer.Spans, ([span, ...others]) => {
  assert.isEmpty(others)
  return span ?? assert.fail("no span was made")
})

/** A check that takes a second. */
const slow: GatewayCheck.Check<never> = {
  name: "slow",
  run: (context) => Effect.delay(Effect.succeed(context), "1 second")
}

const nanos = 1_000_000_000n

describe("a span of the gateway", () => {
  it.effect("says which action was asked for and who decided the answer", () =>
    Effect.gen(function* () {
      const { requestId } = yield* Answer.of(v3())
      const { attributes, kind, name } = yield* only
      assert.deepStrictEqual([name, kind], ["ebs/DescribeVolumes", "server"])
      assert.deepStrictEqual(attributes, {
        "rpc.system": "tencentcloud-api",
        "rpc.service": "ebs",
        "rpc.method": "DescribeVolumes",
        "tencentcloud.request_id": requestId,
        "tencentcloud.decided_by": "handler"
      })
    }).pipe(Effect.provide(traced()))
  )

  it.effect("lasts from the request until the answer, though its name is only known in between", () =>
    Effect.gen(function* () {
      const call = yield* Effect.fork(Answer.of(v3()))
      yield* TestClock.adjust("2 seconds")
      yield* call
      const { ends, startTime } = yield* only
      assert.strictEqual(startTime, 0n)
      assert.deepStrictEqual(
        ends.map(({ at }) => at),
        [2n * nanos]
      )
    }).pipe(Effect.provide(traced({ checks: [slow, ...GatewayCheck.checks, slow] })))
  )

  it.effect.each<{ request: Wire.WireRequest; name: string; type: string; by: string; rules?: ReadonlyArray<Rule> }>([
    { request: { ...v3(), method: "PUT" }, name: "_other/_other", type: "UnsupportedProtocol", by: "method" },
    { request: v3({ action: "Nope" }), name: "_other/_other", type: "InvalidAction", by: "action" },
    {
      request: v3({ payload: "another" }),
      name: "ebs/DescribeVolumes",
      type: "AuthFailure.SignatureFailure",
      by: "signature"
    },
    {
      request: v1({ signature: "another" }),
      name: "ebs/DescribeVolumes",
      type: "AuthFailure.SignatureFailure",
      by: "signature"
    },
    { request: create({ Size: 1 }), name: "ebs/CreateVolume", type: "InvalidParameterValue", by: "parameters" },
    { request: remove(["a"]), name: "ebs/DeleteVolumes", type: "InvalidVolumeId.Volume.NotFound", by: "handler" },
    { request: remove([]), name: "ebs/DeleteVolumes", type: "InternalError", by: "handler" },
    {
      request: v3(),
      name: "ebs/DescribeVolumes",
      type: "RequestLimitExceeded",
      by: "fault",
      rules: [{ fault: FaultInjector.error("RequestLimitExceeded") }]
    },
    { request: v3(), name: "ebs/DescribeVolumes", type: "broken", by: "fault", rules: [{ fault: FaultInjector.close }] }
  ])("says that the request failed: $type, by $by", ({ by, name, request, rules, type }) =>
    Effect.gen(function* () {
      yield* handle(request)
      const span = yield* only
      assert.deepStrictEqual(
        [span.name, span.attributes["error.type"], span.attributes["tencentcloud.decided_by"]],
        [name, type, by]
      )
      assert.propertyVal(span.ends[0]?.exit, "_tag", "Failure")
      assert.lengthOf(span.ends, 1)
    }).pipe(Effect.provide(traced({}, rules)))
  )

  it.effect("says that a caller hung up", () =>
    Effect.gen(function* () {
      const call = yield* Effect.fork(handle(create({ Size: 10, Name: "slow" })))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(call)
      const { attributes, ends } = yield* only
      assert.deepInclude(attributes, {
        "rpc.method": "CreateVolume",
        "error.type": "interrupted",
        "tencentcloud.decided_by": "caller"
      })
      assert.lengthOf(ends, 1)
      assert.propertyVal(ends[0]?.exit, "_tag", "Failure")
    }).pipe(Effect.provide(traced()))
  )

  it.effect("is made for a request that could not be read", () =>
    Effect.gen(function* () {
      const gateway = yield* Gateway.Gateway
      yield* gateway.refuse(new InvalidRequest({ message: "planted" }))
      const { attributes, ends, name } = yield* only
      assert.deepStrictEqual([name, attributes["error.type"]], ["_other/_other", "InvalidRequest"])
      assert.lengthOf(ends, 1)
    }).pipe(Effect.provide(traced()))
  )

  it.effect("is below the current span, and above those of the checks and the handler", () =>
    Effect.gen(function* () {
      yield* Effect.withSpan(handle(create({ Size: 10 })), "server")
      assert.deepStrictEqual(
        (yield* Tracer.Spans).map((span) => [span.name, span.parent]),
        [
          ["server", undefined],
          ["ebs/CreateVolume", "server"],
          ["cam", "ebs/CreateVolume"],
          ["mine", "ebs/CreateVolume"]
        ]
      )
    }).pipe(
      Effect.provide(
        traced({
          checks: GatewayCheck.checks.map((check) =>
            check.name === "cam" ? { ...check, run: (context) => Effect.withSpan(check.run(context), "cam") } : check
          )
        })
      )
    )
  )

  it.effect("is not a child of the span in which the gateway was made", () =>
    Effect.gen(function* () {
      const made = yield* Layer.build(gateway()).pipe(Effect.withSpan("starting"))
      yield* Effect.provide(handle(v3()), made)
      assert.deepStrictEqual(
        (yield* Tracer.Spans).map((span) => [span.name, span.parent]),
        [
          ["starting", undefined],
          ["ebs/DescribeVolumes", undefined]
        ]
      )
    }).pipe(Effect.scoped, Effect.provide(Tracer.layer))
  )

  it.effect("is below the span of the client, in one process", () =>
    Effect.gen(function* () {
      yield* Volumes.DescribeVolumes()
      assert.deepStrictEqual(
        (yield* Tracer.Spans).map((span) => [span.name, span.kind, span.parent]),
        [
          ["ebs/DescribeVolumes", "internal", undefined],
          ["ebs/DescribeVolumes attempt", "client", "ebs/DescribeVolumes"],
          ["ebs/DescribeVolumes", "server", "ebs/DescribeVolumes attempt"]
        ]
      )
    }).pipe(Effect.provide(InProcess.layer.pipe(Layer.provide(Volumes.layer()), Layer.provideMerge(Tracer.layer))))
  )

  it.effect("shows no key, token, signature, body or header, and no name that a caller invents", () =>
    Effect.gen(function* () {
      const planted = { "x-tc-token": "planted", "user-agent": "planted", "x-tc-traceid": "planted" }
      const requests = [
        v3({ action: "CreateVolume", body: '{"Size":10,"Password":"planted"}', headers: planted }),
        v3({ action: "CreateVolume", body: '{"Size":10,"Name":"planted","Password":"planted"}' }),
        v1({ parameters: { Token: "planted", Password: "planted" } }),
        v3({ action: "planted" }),
        v3({ host: "planted.tencentcloudapi.com" }),
        v3({ headers: { "x-tc-version": "planted" } }),
        v3({ headers: { "x-tc-region": "planted" } }),
        v3({ key: { secretId: "planted", secretKey: "planted" } }),
        v3({ body: "planted" }),
        remove(["planted"]),
        remove([]),
        countTo(5),
        countTo(10)
      ]
      yield* Effect.forEach(requests, (request) =>
        Effect.flatMap(handle(request), ({ stream = Stream.empty }) => Stream.runDrain(stream))
      )
      // What a handler's own spans tell is the handler's.
      const told = (yield* Tracer.Spans).filter(({ kind }) => kind === "server")
      assert.strictEqual(told.length, requests.length)
      const shown = inspect(told, { depth: null, getters: true, showHidden: true })
      for (const secret of ["planted", "Signature=", "vol-secret", "AKID", "x-tc-token", "authorization"]) {
        assert.notInclude(shown, secret)
      }
    }).pipe(Effect.provide(traced()))
  )

  it.effect("is above those of its handlers, also if the layers were made in a span of their own", () =>
    Effect.gen(function* () {
      const context = yield* Layer.build(gateway()).pipe(Effect.withSpan("startup"))
      yield* Effect.provide(handle(create({ Size: 10 })), context)
      const mine = (yield* Tracer.Spans).find(({ name }) => name === "mine")
      assert.strictEqual(mine?.parent, "ebs/CreateVolume")
    }).pipe(Effect.scoped, Effect.provide(Tracer.layer))
  )

  it.effect("is not made if tracing is off", () =>
    Effect.gen(function* () {
      yield* Effect.withTracerEnabled(handle(v3()), false)
      assert.isEmpty(yield* Tracer.Spans)
    }).pipe(Effect.provide(traced()))
  )

  it.effect("ends with the last event of a stream, and is the parent of their spans", () =>
    Effect.gen(function* () {
      const { stream = Stream.empty } = yield* handle(countTo(2))
      const [span] = yield* Tracer.Spans
      assert.isDefined(span)
      assert.strictEqual(span.name, "counter/DescribeCount")
      assert.isEmpty(span.ends)
      yield* Stream.runDrain(stream)
      assert.lengthOf(span.ends, 1)
      assert.isFalse("error.type" in span.attributes)
      const [, ...numbers] = yield* Tracer.Spans
      assert.deepStrictEqual(
        numbers.map((span) => [span.name, span.parent]),
        [
          ["number 1", "counter/DescribeCount"],
          ["number 2", "counter/DescribeCount"]
        ]
      )
    }).pipe(Effect.provide(traced()))
  )

  it.effect("says which error a stream ends with, or that nobody read it to its end", () =>
    Effect.gen(function* () {
      const types = Effect.map(Tracer.Spans, (spans) =>
        spans.flatMap(({ attributes, kind }) => (kind === "server" ? [attributes["error.type"]] : []))
      )
      const { stream: failing = Stream.empty } = yield* handle(countTo(5))
      yield* Stream.runDrain(failing)
      assert.deepStrictEqual(yield* types, ["FailedOperation"])
      const { stream: left = Stream.empty } = yield* handle(countTo(3))
      yield* Stream.runDrain(Stream.take(left, 1))
      assert.deepStrictEqual(yield* types, ["FailedOperation", "interrupted"])
    }).pipe(Effect.provide(traced()))
  )
})

describe("a caller's trace", () => {
  const remote = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" }
  const parentOf = (options: Gateway.Options<GatewayCheck.Services>, traceparent: string) =>
    Effect.gen(function* () {
      yield* Effect.withSpan(handle(v3({ headers: { traceparent } })), "server")
      const spans = yield* Tracer.Spans
      return spans[1]?.above
    }).pipe(Effect.provide(traced(options)))

  const traceparent = `00-${remote.traceId}-${remote.spanId}-01`

  it.effect("is not continued", () =>
    Effect.gen(function* () {
      assert.propertyVal(yield* parentOf({}, traceparent), "name", "server")
    })
  )

  it.effect("is continued if the option says so", () =>
    Effect.gen(function* () {
      const parent = yield* parentOf({ acceptTrace: true }, traceparent)
      assert.deepInclude(parent, { _tag: "ExternalSpan", ...remote, sampled: true })
      const unsampled = yield* parentOf({ acceptTrace: true }, traceparent.replace(/01$/, "00"))
      assert.deepInclude(unsampled, { ...remote, sampled: false })
    })
  )

  it.effect.each(["", "00", `00-${remote.traceId}-xyz-01`, `01-${remote.traceId}-${remote.spanId}-01`])(
    "is ignored if it is malformed: %j",
    (traceparent) =>
      Effect.gen(function* () {
        assert.propertyVal(yield* parentOf({ acceptTrace: true }, traceparent), "name", "server")
      })
  )
})

const labelsOf = (verdict: string) => (check: string) => `tencentcloud.check=${check},tencentcloud.verdict=${verdict}`

const names = Effect.map(Gateway.Gateway, ({ checks }) => checks)

describe("the counter of checks", () => {
  it.effect.each([
    { name: "with a journal", journal: Journal.layerMemory() },
    { name: "without one", journal: Layer.empty }
  ])("counts them by their verdict, $name", ({ journal }) =>
    Effect.gen(function* () {
      const all = yield* names
      const refused = all.slice(0, all.indexOf("parameters"))
      const more = yield* counted(Telemetry.checks, Effect.all([handle(v3()), handle(create({ Size: 1 }))]))
      assert.deepStrictEqual(more, {
        ...Object.fromEntries(all.map((name) => [labelsOf("passed")(name), refused.includes(name) ? 2 : 1])),
        [labelsOf("refused")("parameters")]: 1
      })
    }).pipe(Effect.provide(gateway().pipe(Layer.provide(journal))))
  )

  const closed = new UnauthorizedOperation({ message: "planted" })

  it.effect.each<{ verdict: string; said: Effect.Effect<never, UnauthorizedOperation> }>([
    { verdict: "refused", said: closed },
    { verdict: "defect", said: Effect.die("planted") },
    { verdict: "interrupted", said: Effect.never }
  ])("counts a check with the verdict $verdict", ({ said, verdict }) =>
    Effect.gen(function* () {
      const call = Effect.gen(function* () {
        const fiber = yield* Effect.fork(handle(v3()))
        yield* TestClock.adjust("1 second")
        yield* Fiber.interrupt(fiber)
      })
      assert.deepStrictEqual(yield* counted(Telemetry.checks, call), {
        [labelsOf("passed")("method")]: 1,
        [labelsOf(verdict)("house rules")]: 1
      })
    }).pipe(Effect.provide(gateway({ checks: [GatewayCheck.method, { name: "house rules", run: () => said }] })))
  )
})

describe("the counter of requests", () => {
  const called = (method: string, error?: string) =>
    `rpc.service=ebs,rpc.method=${method}${error === undefined ? "" : `,error.type=${error}`}`
  const other = (error: string) => `rpc.service=_other,rpc.method=_other,error.type=${error}`

  it.effect("counts them by action and family", () =>
    Effect.gen(function* () {
      const call = Effect.gen(function* () {
        yield* Effect.forEach([v3(), v3(), v3({ payload: "another" }), remove(["a"]), remove([])], handle)
        const gateway = yield* Gateway.Gateway
        yield* gateway.refuse(new InvalidRequest({ message: "planted" }))
      })
      assert.deepStrictEqual(yield* counted(Telemetry.requests, call), {
        [called("DescribeVolumes")]: 2,
        [called("DescribeVolumes", "AuthFailure")]: 1,
        [called("DeleteVolumes", "InvalidVolumeId")]: 1,
        [called("DeleteVolumes", "InternalError")]: 1,
        [other("InvalidRequest")]: 1
      })
    }).pipe(Effect.provide(gateway()))
  )

  it.effect("has no more labels, however many names callers invent", () =>
    Effect.gen(function* () {
      const flood = Effect.forEach(Array.from({ length: 100 }).keys(), (index) =>
        Effect.forEach(
          [
            v3({ action: `Made${index}` }),
            v3({ host: `made${index}.tencentcloudapi.com` }),
            v3({ headers: { "x-tc-version": `2026-01-${index}` } }),
            v1({ parameters: { Action: `Made${index}` } })
          ],
          handle
        )
      )
      assert.deepStrictEqual(yield* counted(Telemetry.requests, flood), {
        [other("InvalidAction")]: 200,
        [other("NoSuchProduct")]: 100,
        [other("NoSuchVersion")]: 100
      })
      assert.deepStrictEqual([...new Set((yield* Tracer.Spans).map(({ name }) => name))], ["_other/_other"])
    }).pipe(Effect.provide(traced()))
  )

  it.effect("counts a stream when it has ended", () =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<Stream.Stream<Uint8Array, Wire.TransportFault>>()
      const begin = Effect.flatMap(handle(countTo(2)), ({ stream = Stream.empty }) => Deferred.succeed(begun, stream))
      assert.deepStrictEqual(yield* counted(Telemetry.requests, begin), {})
      assert.deepStrictEqual(yield* counted(Telemetry.requests, Stream.runDrain(yield* Deferred.await(begun))), {
        "rpc.service=counter,rpc.method=DescribeCount": 1
      })
    }).pipe(Effect.provide(gateway()))
  )

  it.effect("has the labels of its program", () =>
    Effect.gen(function* () {
      const call = Effect.tagMetrics(handle(v3()), "zone", "a")
      assert.deepStrictEqual(yield* counted(Telemetry.requests, call), { [`${called("DescribeVolumes")},zone=a`]: 1 })
    }).pipe(Effect.provide(gateway()))
  )
})
