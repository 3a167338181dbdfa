import { inspect } from "node:util"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import * as Tracer from "effect/Tracer"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { CircuitBreaker } from "effect-tencentcloud/CircuitBreaker"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Signer from "effect-tencentcloud/Signer"
import * as Telemetry from "effect-tencentcloud/Telemetry"
import * as Throttle from "effect-tencentcloud/Throttle"
import * as Transport from "effect-tencentcloud/Transport"
import * as Network from "../../fixtures/ScriptedTransport.js"
import { now } from "../../fixtures/Signed.js"
import { CreateVolume, DeleteVolumes, DescribeVolumes } from "../../fixtures/Volumes.js"

interface Told {
  readonly name: string
  readonly kind: string
  readonly parent: string | undefined
  readonly attributes: Record<string, unknown>
  ended: unknown
}

class Spans extends Context.Tag("test/Spans")<Spans, ReadonlyArray<Told>>() {}

/** The name of the span that the tracer is in, as OpenTelemetry keeps one for libraries that know no Effect. */
class Here extends Context.Tag("test/Here")<Here, () => string | undefined>() {}

const parentName = (parent: Option.Option<Tracer.AnySpan>): string | undefined =>
  Option.match(parent, { onNone: () => undefined, onSome: (span) => (span._tag === "Span" ? span.name : "outside") })

/** A tracer that remembers all that it is told. */
const tracer = Layer.unwrapEffect(
  Effect.sync(() => {
    const told: Array<Told> = []
    const span: Tracer.Tracer["span"] = (name, parent, context, links, startTime, kind) => {
      const attributes = new Map<string, unknown>()
      const entry: Told = {
        name,
        kind,
        parent: parentName(parent),
        get attributes() {
          return Object.fromEntries(attributes)
        },
        ended: undefined
      }
      told.push(entry)
      return {
        _tag: "Span",
        spanId: String(told.length).padStart(16, "0"),
        traceId: "1".padStart(32, "0"),
        sampled: true,
        status: { _tag: "Started", startTime },
        ...{ name, parent, context, links, kind, attributes },
        end: (_, exit) => {
          entry.ended = exit
        },
        attribute: (key, value) => attributes.set(key, value),
        event: () => {},
        addLinks: () => {}
      }
    }
    let here: Tracer.AnySpan | undefined
    const context: Tracer.Tracer["context"] = (run, fiber) => {
      const before = here
      here = fiber.currentSpan
      try {
        return run()
      } finally {
        here = before
      }
    }
    return Layer.mergeAll(
      Layer.succeed(Spans, told),
      Layer.succeed(Here, () => (here?._tag === "Span" ? here.name : undefined)),
      Layer.setTracer(Tracer.make({ span, context }))
    )
  })
)

const token = "planted-token"

const signing = Layer.provideMerge(
  Signer.layer,
  Layer.mergeAll(
    CredentialProvider.layerStatic({ secretId: "AKID1", secretKey: "planted-key", token }),
    ClockSync.layerLearning,
    Throttle.layerUnlimited
  )
)

const layer = (script: ReadonlyArray<Network.Step>, options?: ApiClient.Options) =>
  ApiClient.layer({ region: "ap-guangzhou", ...options }).pipe(
    Layer.provide(signing),
    Layer.provideMerge(Network.layer(...script)),
    Layer.provideMerge(tracer)
  )

const settle = <A, E, R>(call: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(now * 1000)
    const fiber = yield* Effect.fork(Effect.exit(call))
    yield* TestClock.adjust("1 hour")
    return yield* Fiber.join(fiber)
  })

const refusal = (Code: string, Message: string, RequestId: string) =>
  Network.answer(JSON.stringify({ Response: { Error: { Code, Message }, RequestId } }))

const throttled = Network.failure("RequestLimitExceeded.UinLimitExceeded")

describe("a span", () => {
  it.effect("is made for a call, and one below it for each attempt", () =>
    Effect.gen(function* () {
      yield* settle(Effect.withSpan(DescribeVolumes({}, { endpoint: "http://127.0.0.1:9140" }), "mine"))
      const common = {
        "rpc.system": "tencentcloud-api",
        "rpc.service": "ebs",
        "rpc.method": "DescribeVolumes",
        "server.address": "127.0.0.1",
        "server.port": 9140,
        "cloud.region": "ap-guangzhou",
        "tencentcloud.request_id": Network.requestId
      }
      const told = (yield* Spans).map(({ attributes, kind, name, parent }) => ({ name, kind, parent, attributes }))
      const attempt = { name: "ebs/DescribeVolumes attempt", kind: "client", parent: "ebs/DescribeVolumes" }
      assert.deepStrictEqual(told.slice(1), [
        {
          name: "ebs/DescribeVolumes",
          kind: "internal",
          parent: "mine",
          attributes: { ...common, "tencentcloud.attempts": 2 }
        },
        { ...attempt, attributes: { ...common, "error.type": "RequestLimitExceeded.UinLimitExceeded" } },
        { ...attempt, attributes: common }
      ])
    }).pipe(Effect.provide(layer([throttled, Network.result()])))
  )

  it.effect("of an attempt is the one that its request is sent in, and no other code is", () =>
    Effect.gen(function* () {
      const here = yield* Here
      const seen: Array<string | undefined> = []
      const headers = { "content-type": "application/json" }
      const body = JSON.stringify({ Response: { VolumeId: "vol-1", TotalCount: 0, Names: [], RequestId: "1" } })
      const answer = Exit.succeed({ status: 200, headers, body })
      const transports: ReadonlyArray<Transport.Transport["Type"]> = [
        {
          send: () =>
            Effect.suspend(() => {
              seen.push(here())
              return answer
            })
        },
        Transport.make((_, resume) => {
          seen.push(here())
          resume(answer)
          return { drop: () => {} }
        })
      ]
      for (const transport of transports) {
        const client = ApiClient.layer().pipe(Layer.provide([signing, Layer.succeed(Transport.Transport, transport)]))
        yield* settle(
          DescribeVolumes().pipe(
            Effect.tap(() => seen.push(here())),
            Effect.provide(client)
          )
        )
      }
      const attempt = "ebs/DescribeVolumes attempt"
      assert.deepStrictEqual(seen, [attempt, undefined, attempt, undefined])
    }).pipe(Effect.provide(tracer))
  )

  it.effect("ends where a service that a program brings throws, whichever it is", () =>
    Effect.gen(function* () {
      const broken = (): never => {
        throw new Error("broken")
      }
      const throttle = { wait: () => Effect.void, observe: () => Effect.void }
      const services: ReadonlyArray<Layer.Layer<never>> = [
        Layer.succeed(Signer.Signer, { sign: broken }),
        Layer.succeed(Throttle.Throttle, { ...throttle, wait: broken }),
        Layer.succeed(Throttle.Throttle, { ...throttle, observe: broken }),
        Layer.succeed(CircuitBreaker, {
          call: broken,
          well: broken,
          report: broken,
          state: broken,
          states: Effect.never
        }),
        Layer.succeed(ClockSync.ClockSync, { now: Effect.succeed(now), observe: broken }),
        Layer.succeed(Transport.Transport, { send: broken }),
        Layer.succeed(Transport.Transport, Transport.make(broken))
      ]
      for (const service of services) {
        const before = (yield* Spans).length
        const network = Layer.merge(
          signing,
          Network.layer(
            Network.answer('{"Response":{"TotalCount":0,"Names":[],"RequestId":"1"}}', {
              date: "Fri, 27 Nov 2026 12:00:00 GMT"
            })
          )
        )
        const client = ApiClient.layer().pipe(Layer.provide(Layer.merge(network, service)))
        const exit = yield* settle(Effect.provide(DescribeVolumes(), client))
        assert.isTrue(Exit.isFailure(exit) && Cause.isDie(exit.cause))
        const made = (yield* Spans).slice(before)
        assert.strictEqual(made[0]?.attributes["error.type"], "defect")
        for (const { ended } of made) assert.isDefined(ended)
      }
    }).pipe(Effect.provide(tracer))
  )

  it.effect.each<{ readonly step: Network.Step; readonly type: string }>([
    { step: Network.failure("ResourceInUse.VolumeAttached"), type: "ResourceInUse.VolumeAttached" },
    { step: Network.failure("ResourceInUse.Undeclared"), type: "ResourceInUse.Undeclared" },
    { step: Network.failure("OperationDenied.Frozen"), type: "OperationDenied.Frozen" },
    { step: Network.answer("<html>"), type: "MalformedResponse" },
    { step: Network.fault(true), type: "TransportError" },
    { step: Effect.never, type: "RequestTimeout" },
    { step: Effect.interrupt, type: "interrupted" },
    { step: Effect.die("planted"), type: "defect" }
  ])("tells how it failed: $type", ({ step, type }) =>
    Effect.gen(function* () {
      yield* settle(DeleteVolumes({ VolumeIds: [] }))
      const told = yield* Spans
      assert.deepStrictEqual(
        told.map(({ attributes }) => attributes["error.type"]),
        [type, type]
      )
      for (const { ended } of told) assert.propertyVal(ended, "_tag", "Failure")
    }).pipe(Effect.provide(layer([step])))
  )

  it.effect("names no key, token, body or header", () =>
    Effect.gen(function* () {
      yield* settle(CreateVolume({ Size: 10, Password: "planted-password" }))
      yield* settle(CreateVolume({ Size: 10, Password: "planted-password" }, { encoding: "query" }))
      yield* settle(CreateVolume({ Size: 10 }))
      yield* settle(CreateVolume({ Size: 10 }))
      yield* settle(CreateVolume({ Size: 10 }))
      const sent = yield* Network.Wiretap
      assert.isTrue(sent.every(({ request }) => request.headers["x-tc-token"] === token))
      const told = inspect(yield* Spans, { depth: null, getters: true, showHidden: true })
      assert.match(told, /ebs\/CreateVolume attempt/)
      for (const secret of ["planted", "Signature=", "vol-secret", "x-tc-token", "authorization"]) {
        assert.notInclude(told, secret)
      }
    }).pipe(
      Effect.provide(
        layer(
          [
            Network.result({ VolumeId: "vol-secret", Password: "planted-answer" }),
            Network.result({ VolumeId: "vol-secret", Password: "planted-answer" }),
            Network.answer("<html>planted-page</html>"),
            refusal("ResourceInsufficient", "no planted-password", "planted id"),
            refusal("a planted-code", "", "")
          ],
          { retry: RetryPolicy.none }
        )
      )
    )
  )

  it.effect("is not made where tracing is off, by the option or by the program", () =>
    Effect.gen(function* () {
      yield* settle(DescribeVolumes({}, { tracing: false }))
      yield* settle(Effect.withTracerEnabled(DescribeVolumes(), false))
      assert.isEmpty(yield* Spans)
    }).pipe(Effect.provide(layer([Network.result()])))
  )
})

describe("the headers of a trace", () => {
  /** Our client over an HTTP client that remembers the headers that it is to send. */
  const sentHeaders = (options: ApiClient.Options) =>
    Effect.gen(function* () {
      const seen: Array<Readonly<Record<string, string>>> = []
      const http = HttpClient.make((request) => {
        seen.push(request.headers)
        const body = { Response: { TotalCount: 0, Names: [], RequestId: "1" } }
        return Effect.succeed(HttpClientResponse.fromWeb(request, Response.json(body)))
      })
      const client = ApiClient.layer(options).pipe(
        Layer.provide(signing),
        Layer.provide(Transport.layerHttp),
        Layer.provide(Layer.succeed(HttpClient.HttpClient, http)),
        Layer.provideMerge(tracer)
      )
      yield* DescribeVolumes().pipe(Effect.withSpan("mine"), Effect.provide(client))
      return seen[0] ?? assert.fail("nothing was sent")
    })

  it.effect("stay at home", () =>
    Effect.gen(function* () {
      for (const name of ["b3", "traceparent", "tracestate"]) assert.notProperty(yield* sentHeaders({}), name)
    })
  )

  it.effect("go with the request where that is asked for, and name the attempt", () =>
    Effect.gen(function* () {
      const headers = yield* sentHeaders({ propagateTrace: true })
      assert.strictEqual(headers.traceparent, "00-00000000000000000000000000000001-0000000000000003-01")
    })
  )
})

describe("a metric", () => {
  const count = (counter: Metric.Metric.Counter<number>, method: string, error?: string) => {
    const labelled = counter.pipe(Metric.tagged("rpc.service", "ebs"), Metric.tagged("rpc.method", method))
    const whole = error === undefined ? labelled : Metric.tagged(labelled, "error.type", error)
    return Effect.map(Metric.value(whole), ({ count }) => count)
  }

  const counts = Effect.all({
    succeeded: count(Telemetry.calls, "DescribeVolumes"),
    failed: count(Telemetry.calls, "DescribeVolumes", "RequestLimitExceeded"),
    attempts: count(Telemetry.attempts, "DescribeVolumes"),
    refused: count(Telemetry.attempts, "DescribeVolumes", "RequestLimitExceeded"),
    throttles: count(Telemetry.throttles, "DescribeVolumes")
  })

  it.effect("counts calls, attempts and throttles, by action and family", () =>
    Effect.gen(function* () {
      const before = yield* counts
      yield* settle(DescribeVolumes())
      yield* settle(DescribeVolumes({}, { retry: RetryPolicy.none }))
      const after = yield* counts
      const more = Object.entries(after).map(([name, value]) => [name, value - before[name as keyof typeof before]])
      assert.deepStrictEqual(Object.fromEntries(more), {
        succeeded: 1,
        failed: 1,
        attempts: 1,
        refused: 2,
        throttles: 2
      })
    }).pipe(Effect.provide(layer([throttled, Network.result(), throttled])))
  )

  it.effect("has as many labels as there are actions and families, whatever codes the service makes up", () =>
    Effect.gen(function* () {
      yield* Effect.replicateEffect(Effect.exit(DeleteVolumes({ VolumeIds: [] })), 100)
      const labels = (yield* Metric.snapshot)
        .filter(({ metricKey }) => metricKey.name === "tencentcloud.client.attempts")
        .map(({ metricKey }) => metricKey.tags.map(({ key, value }) => `${key}=${value}`).join())
        .filter((text) => text.includes("DeleteVolumes") && /Frozen|Made|UnrecognizedError|FailedOperation/.test(text))
      assert.sameMembers(
        labels.map((text) => text.replace(/^.*error\.type=([^,]*).*$/, "$1")),
        ["FailedOperation", "UnrecognizedError"]
      )
    }).pipe(
      Effect.provide(
        layer(
          Array.from({ length: 100 }, (_, index) =>
            Network.failure(index % 2 === 0 ? `FailedOperation.Made${index}` : `Made${index}`)
          )
        )
      )
    )
  )

  it.effect("tells how far the service's clock is ahead", () =>
    Effect.gen(function* () {
      yield* settle(DescribeVolumes())
      assert.strictEqual((yield* Metric.value(Telemetry.clockOffset)).value, 3600)
    }).pipe(
      Effect.provide(
        layer(
          [Network.result()].map(
            Effect.map((response) => ({
              ...response,
              headers: { ...response.headers, date: new Date((now + 3600) * 1000).toUTCString() }
            }))
          )
        )
      )
    )
  )

  it.effect("counts the keys that were found", () =>
    Effect.gen(function* () {
      const { count: before } = yield* Metric.value(Telemetry.credentialRefreshes)
      yield* Effect.replicateEffect(DescribeVolumes(), 3).pipe(Effect.provide(layer([Network.result()])))
      assert.strictEqual((yield* Metric.value(Telemetry.credentialRefreshes)).count, before + 1)
    })
  )
})
