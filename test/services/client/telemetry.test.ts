import { inspect } from "node:util"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import { CircuitBreaker } from "effect-tencentcloud/CircuitBreaker"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Signer from "effect-tencentcloud/Signer"
import * as Telemetry from "effect-tencentcloud/Telemetry"
import * as Throttle from "effect-tencentcloud/Throttle"
import * as Transport from "effect-tencentcloud/Transport"
import * as CallbackTransport from "../../../src/services/client/internal/callbackTransport.js"
import * as Client from "../../fixtures/Client.js"
import * as Network from "../../fixtures/ScriptedTransport.js"
import { now } from "../../fixtures/Signed.js"
import * as Tracer from "../../fixtures/Tracer.js"
import { CreateVolume, DeleteVolumes, DescribeVolumes } from "../../fixtures/Volumes.js"

const token = "planted-token"

const services: Client.Parts = {
  credential: CredentialProvider.layerStatic({ secretId: "AKID1", secretKey: "planted-key", token })
}
const signing = Client.parts(services)

const settle = <A, E, R>(call: Effect.Effect<A, E, R>) => Client.runForAnHour(Effect.exit(call))

const refusal = (Code: string, Message: string, RequestId: string) =>
  Network.answer(JSON.stringify({ Response: { Error: { Code, Message }, RequestId } }))

const throttled = Network.failure("RequestLimitExceeded.UinLimitExceeded")

describe.each(Network.kinds)("over a transport that is $kind", ({ network }) => {
  const layer = (script: ReadonlyArray<Network.Step>, options?: ApiClient.Options) =>
    Layer.provideMerge(Client.layer(network(...script), { region: "ap-guangzhou", ...options }, services), Tracer.layer)

  describe("a span", () => {
    it.effect("exists for a call, and one below it for each attempt", () =>
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
        const told = (yield* Tracer.Spans).map(({ attributes, kind, name, parent }) => ({
          name,
          kind,
          parent,
          attributes
        }))
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

    it.effect("of an attempt runs while its request is sent, and only then", () =>
      Effect.gen(function* () {
        const here = yield* Tracer.RunningSpan
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
          CallbackTransport.make((_, resume) => {
            seen.push(here())
            resume(answer)
            return { drop: () => {} }
          })
        ]
        for (const transport of transports) {
          const client = ApiClient.layerServices().pipe(
            Layer.provide([signing, Layer.succeed(Transport.Transport, transport)])
          )
          yield* settle(
            DescribeVolumes().pipe(
              Effect.tap(() => seen.push(here())),
              Effect.provide(client)
            )
          )
        }
        const attempt = "ebs/DescribeVolumes attempt"
        assert.deepStrictEqual(seen, [attempt, undefined, attempt, undefined])
      }).pipe(Effect.provide(Tracer.layer))
    )

    it.effect("ends if any service that a program provides throws", () =>
      Effect.gen(function* () {
        const broken = (): never => {
          throw new Error("broken")
        }
        const throttle = { wait: () => Effect.void, observe: () => Effect.void }
        const services: ReadonlyArray<Layer.Layer<never>> = [
          Layer.succeed(Signer.Signer, { sign: broken }),
          Layer.succeed(Throttle.Throttle, { ...throttle, wait: broken }),
          Layer.succeed(Throttle.Throttle, { ...throttle, observe: broken }),
          Layer.succeed(CircuitBreaker, { acquire: broken, state: broken, states: Effect.never }),
          Layer.succeed(CircuitBreaker, {
            acquire: ([endpoint]) => Effect.succeed({ endpoint, report: broken }),
            state: broken,
            states: Effect.never
          }),
          Layer.succeed(ClockSync.ClockSync, { now: Effect.succeed(now), observe: broken }),
          Layer.succeed(Transport.Transport, { send: broken }),
          Layer.succeed(Transport.Transport, CallbackTransport.make(broken))
        ]
        for (const service of services) {
          const before = (yield* Tracer.Spans).length
          const parts = Layer.merge(
            signing,
            network(
              Network.answer('{"Response":{"TotalCount":0,"Names":[],"RequestId":"1"}}', {
                date: "Fri, 27 Nov 2026 12:00:00 GMT"
              })
            )
          )
          const client = ApiClient.layerServices().pipe(Layer.provide(Layer.merge(parts, service)))
          const exit = yield* settle(Effect.provide(DescribeVolumes(), client))
          assert.isTrue(Exit.isFailure(exit) && Cause.isDie(exit.cause))
          const made = (yield* Tracer.Spans).slice(before)
          assert.strictEqual(made[0]?.attributes["error.type"], "defect")
          for (const { exit: ended } of made) assert.isDefined(ended)
        }
      }).pipe(Effect.provide(Tracer.layer))
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
    ])("shows how it failed: $type", ({ step, type }) =>
      Effect.gen(function* () {
        yield* settle(DeleteVolumes({ VolumeIds: [] }))
        const told = yield* Tracer.Spans
        assert.deepStrictEqual(
          told.map(({ attributes }) => attributes["error.type"]),
          [type, type]
        )
        for (const { exit: ended } of told) assert.propertyVal(ended, "_tag", "Failure")
      }).pipe(Effect.provide(layer([step])))
    )

    it.effect("shows no key, token, body or header", () =>
      Effect.gen(function* () {
        yield* settle(CreateVolume({ Size: 10, Password: "planted-password" }))
        yield* settle(CreateVolume({ Size: 10, Password: "planted-password" }, { encoding: "query" }))
        yield* settle(CreateVolume({ Size: 10 }))
        yield* settle(CreateVolume({ Size: 10 }))
        yield* settle(CreateVolume({ Size: 10 }))
        const sent = yield* Network.Wiretap
        assert.isTrue(sent.every(({ request }) => request.headers["x-tc-token"] === token))
        const told = inspect(yield* Tracer.Spans, { depth: null, getters: true, showHidden: true })
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

    it.effect("does not exist if tracing is off, by the option or by the program", () =>
      Effect.gen(function* () {
        yield* settle(DescribeVolumes({}, { tracing: false }))
        yield* settle(Effect.withTracerEnabled(DescribeVolumes(), false))
        assert.isEmpty(yield* Tracer.Spans)
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
        const client = ApiClient.layerServices(options).pipe(
          Layer.provide(signing),
          Layer.provide(Transport.layerHttp),
          Layer.provide(Layer.succeed(HttpClient.HttpClient, http)),
          Layer.provideMerge(Tracer.layer)
        )
        yield* DescribeVolumes().pipe(Effect.withSpan("mine"), Effect.provide(client))
        return seen[0] ?? assert.fail("nothing was sent")
      })

    it.effect("are not sent by default", () =>
      Effect.gen(function* () {
        for (const name of ["b3", "traceparent", "tracestate"]) assert.notProperty(yield* sentHeaders({}), name)
      })
    )

    it.effect("are sent with `propagateTrace`, and name the attempt", () =>
      Effect.gen(function* () {
        const headers = yield* sentHeaders({ propagateTrace: true })
        assert.strictEqual(headers.traceparent, "00-00000000000000000000000000000001-0000000000000003-01")
      })
    )
  })

  describe("a metric", () => {
    const count = (counter: Metric.Metric.Counter<number>, method: string, error?: string) => {
      const labelled = counter.pipe(
        Metric.tagged("rpc.service", "ebs"),
        Metric.tagged("rpc.method", method),
        Metric.tagged("cloud.region", "ap-guangzhou")
      )
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

    it.effect("measures calls and waits, by action and region", () =>
      Effect.gen(function* () {
        const histogram = (name: string) =>
          Effect.map(Metric.snapshot, (pairs) =>
            pairs.flatMap(({ metricKey, metricState }) =>
              metricKey.name === name && "sum" in metricState && "count" in metricState
                ? [
                    {
                      labels: metricKey.tags.map(({ key, value }) => `${key}=${value}`),
                      count: Number(metricState.count),
                      sum: Number(metricState.sum)
                    }
                  ]
                : []
            )
          )
        const moon = `moon-${network === Network.layer ? 1 : 2}`
        const inMoon = ({ labels }: { readonly labels: ReadonlyArray<string> }) =>
          labels.includes(`cloud.region=${moon}`)
        yield* settle(DescribeVolumes({}, { region: moon }))
        const [call, ...more] = (yield* histogram("tencentcloud.client.call_duration")).filter(inMoon)
        const [wait] = (yield* histogram("tencentcloud.client.wait_duration")).filter(inMoon)
        assert.isEmpty(more)
        assert.includeMembers([...(call?.labels ?? [])], ["rpc.service=ebs", "rpc.method=DescribeVolumes"])
        assert.includeMembers([...(wait?.labels ?? [])], ["rpc.method=DescribeVolumes", `cloud.region=${moon}`])
        assert.deepStrictEqual([call?.count, wait?.count], [1, 1])
        assert.isAbove(wait?.sum ?? 0, 0)
        assert.strictEqual(call?.sum, wait?.sum)
      }).pipe(Effect.provide(layer([throttled, Network.result()])))
    )

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

    it.effect("has one series for each action and family, whatever codes the service invents", () =>
      Effect.gen(function* () {
        yield* Effect.replicateEffect(Effect.exit(DeleteVolumes({ VolumeIds: [] })), 100)
        const labels = (yield* Metric.snapshot)
          .filter(({ metricKey }) => metricKey.name === "tencentcloud.client.attempts")
          .map(({ metricKey }) => metricKey.tags.map(({ key, value }) => `${key}=${value}`).join())
          .filter(
            (text) => text.includes("DeleteVolumes") && /Frozen|Made|UnrecognizedError|FailedOperation/.test(text)
          )
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

    it.effect("shows how far the service's clock is ahead", () =>
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

    it.effect("counts the keys that a provider has found", () =>
      Effect.gen(function* () {
        const { count: before } = yield* Metric.value(Telemetry.credentialRefreshes)
        yield* Effect.replicateEffect(DescribeVolumes(), 3).pipe(Effect.provide(layer([Network.result()])))
        assert.strictEqual((yield* Metric.value(Telemetry.credentialRefreshes)).count, before + 1)
      })
    )
  })
})
