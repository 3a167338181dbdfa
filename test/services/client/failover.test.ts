import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as CircuitBreaker from "effect-tencentcloud/CircuitBreaker"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import type { Endpoint } from "effect-tencentcloud/Endpoint"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Throttle from "effect-tencentcloud/Throttle"
import { Transport, TransportFault } from "effect-tencentcloud/Transport"
import * as EventStream from "../../../src/domain/wire/EventStream.js"
import * as Client from "../../fixtures/Client.js"
import * as Network from "../../fixtures/ScriptedTransport.js"
import { now } from "../../fixtures/Signed.js"
import { CreateVolume, DeleteVolumes, DescribeVolumes } from "../../fixtures/Volumes.js"

const host = (name: string) => (name === "ebs" ? "ebs.tencentcloudapi.com" : `ebs.${name}.tencentcloudapi.com`)

const called = Effect.map(Network.Wiretap, (all) => all.map(({ request }) => request.headers.host))

const state = (name: string) => Effect.flatMap(CircuitBreaker.CircuitBreaker, (breaker) => breaker.state(host(name)))

describe.each(Network.kinds)("over a transport that is $kind", ({ network }) => {
  const breaker = CircuitBreaker.layerMemory({ failures: 2, pause: "30 seconds" })

  const layer = (script: ReadonlyArray<Network.Step>, options?: ApiClient.Options, services?: Client.Parts) =>
    Layer.provideMerge(Client.layer(network(...script), options, services), breaker)

  /** Hosts that each answer with one step, always. */
  const hosts = (steps: Readonly<Record<string, Network.Step>>) =>
    Layer.effect(
      Transport,
      Effect.map(Transport, ({ send }) => ({
        send: (request, endpoint) => Effect.zipRight(send(request, endpoint), steps[endpoint.host] ?? Network.result())
      }))
    ).pipe(Layer.provideMerge(network(Network.result())))

  const failingOver = (
    steps: Readonly<Record<string, Network.Step>>,
    retry = RetryPolicy.none,
    endpoint: ApiClient.Endpoints = [{ site: "internal" }, { site: "product" }]
  ) => Layer.provideMerge(Client.layer(hosts(steps), { endpoint, retry }), breaker)

  describe("an endpoint", () => {
    it.effect.each<readonly [ApiClient.Options["endpoint"], Endpoint]>([
      [undefined, { protocol: "https", host: host("ebs") }],
      [{ site: "product" }, { protocol: "https", host: host("ebs") }],
      [{ site: "intl" }, { protocol: "https", host: host("intl") }],
      [{ site: "internal" }, { protocol: "https", host: host("internal") }],
      [{ region: "ap-guangzhou" }, { protocol: "https", host: host("ap-guangzhou") }],
      ["http://127.0.0.1:9140", { protocol: "http", host: "127.0.0.1:9140" }],
      [(product) => `${product}.example.com`, { protocol: "https", host: "ebs.example.com" }],
      [() => ({ site: "intl" }), { protocol: "https", host: host("intl") }],
      [() => [{ region: "ap-beijing" }, "a.example"], { protocol: "https", host: host("ap-beijing") }],
      [[{ site: "intl" }], { protocol: "https", host: host("intl") }]
    ])("comes from the option, and its host is signed: %o", ([endpoint, expected]) =>
      Effect.gen(function* () {
        yield* DescribeVolumes({}, { endpoint })
        const [sent] = yield* Network.Wiretap
        assert.deepStrictEqual(sent?.endpoint, expected)
        assert.strictEqual(sent?.request.headers.host, expected.host)
      }).pipe(Effect.provide(layer([Network.result()])))
    )

    it.effect.each<unknown>([
      [],
      ["a.example", "ftp://b.example"],
      [{ site: "intl" }, { site: "moon" }],
      { site: "moon" },
      { region: "Guangzhou" },
      { region: 7 },
      {},
      null,
      7,
      () => []
    ])("that is invalid fails with the name of the option: %o", (endpoint) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(DescribeVolumes({}, { endpoint: endpoint as never }))
        assert.strictEqual(error._tag, "InvalidRequestInput")
        assert.match(error.message, /`options\.endpoint` is invalid: expected /)
        assert.isEmpty(yield* Network.Wiretap)
      }).pipe(Effect.provide(layer([Network.result()])))
    )
  })

  describe("several endpoints", () => {
    const [first, second] = [host("internal"), host("ebs")]

    it.effect.each<{ readonly name: string; readonly step: Network.Step; readonly speaks: "for" | "against" }>([
      { name: "a result", step: Network.result(), speaks: "for" },
      { name: "a wrong parameter", step: Network.failure("InvalidParameter"), speaks: "for" },
      { name: "throttling", step: Network.failure("RequestLimitExceeded"), speaks: "for" },
      { name: "a code that nobody knows", step: Network.failure("OperationDenied.Frozen"), speaks: "for" },
      { name: "a result of another shape", step: Network.result({ TotalCount: "?" }), speaks: "for" },
      { name: "InternalError", step: Network.failure("InternalError"), speaks: "against" },
      { name: "a child of it", step: Network.failure("InternalError.Db"), speaks: "against" },
      { name: "a bare 502", step: Network.answer("", {}, 502), speaks: "against" },
      {
        name: "an error without a RequestId",
        step: Network.answer('{"Response":{"Error":{"Code":"InvalidParameter","Message":""}}}'),
        speaks: "against"
      },
      { name: "a connection that broke", step: Network.fault(true), speaks: "against" },
      { name: "no answer in time", step: Effect.never, speaks: "against" }
    ])("$name speaks $speaks its host", ({ speaks, step }) =>
      Effect.gen(function* () {
        for (const _ of [1, 2, 3, 4]) {
          const fiber = yield* Effect.fork(Effect.either(DescribeVolumes({}, { timeout: "1 second" })))
          yield* TestClock.adjust("1 second")
          yield* Fiber.join(fiber)
        }
        assert.deepStrictEqual(
          yield* called,
          speaks === "for" ? [first, first, first, first] : [first, first, second, second]
        )
        assert.strictEqual(yield* state("internal"), speaks === "for" ? "closed" : "open")
      }).pipe(Effect.provide(failingOver({ [first]: step })))
    )

    it.effect("share the retries of one call, and each attempt is signed for its host", () =>
      Effect.gen(function* () {
        const fiber = yield* Effect.fork(DescribeVolumes())
        yield* TestClock.adjust("1 minute")
        yield* Fiber.join(fiber)
        assert.deepStrictEqual(yield* called, [first, first, second])
        const [one, , other] = (yield* Network.Wiretap).map(({ request }) => request.headers.authorization)
        assert.notStrictEqual(one, other)
      }).pipe(Effect.provide(failingOver({ [first]: Network.fault(true) }, RetryPolicy.exponential())))
    )

    it.effect("are left for the first one when it answers again", () =>
      Effect.gen(function* () {
        let up = false
        const step = Effect.suspend(() => (up ? Network.result() : Network.fault(true)))
        const twice = Effect.zipRight(Effect.either(DescribeVolumes()), Effect.either(DescribeVolumes()))
        yield* Effect.gen(function* () {
          yield* twice
          assert.strictEqual(yield* state("internal"), "open")
          yield* TestClock.adjust("30 seconds")
          assert.strictEqual(yield* state("internal"), "half-open")
          yield* twice
          assert.strictEqual(yield* state("internal"), "open")
          up = true
          yield* TestClock.adjust("30 seconds")
          yield* twice
          assert.strictEqual(yield* state("internal"), "closed")
          assert.deepStrictEqual(yield* called, [first, first, first, second, first, first])
        }).pipe(Effect.provide(failingOver({ [first]: step })))
      })
    )

    it.effect("let the next call try the first one if the call that tries it is interrupted before it is sent", () =>
      Effect.gen(function* () {
        const gate = yield* Effect.makeLatch(true)
        const throttle = Layer.succeed(Throttle.Throttle, { wait: () => gate.await, observe: () => Effect.void })
        const endpoint = [{ site: "internal" }, { site: "product" }] as const
        const failing = { [first]: Network.fault(true) }
        yield* Effect.gen(function* () {
          yield* Effect.replicateEffect(Effect.either(DescribeVolumes()), 2)
          yield* TestClock.adjust("30 seconds")
          yield* gate.close
          const waiting = yield* Effect.fork(DescribeVolumes())
          yield* Effect.yieldNow()
          yield* Fiber.interrupt(waiting)
          yield* gate.open
          assert.strictEqual(yield* state("internal"), "half-open")
          yield* Effect.either(DescribeVolumes())
          assert.deepStrictEqual(yield* called, [first, first, first])
        }).pipe(
          Effect.provide(
            Layer.provideMerge(
              Client.layer(hosts(failing), { endpoint, retry: RetryPolicy.none }, { throttle }),
              breaker
            )
          )
        )
      })
    )

    describe("of which one is unreachable", () => {
      const closed = Network.fault(false, true)

      it.effect("let the next one take over at once, whatever the policy, until the breaker opens", () =>
        Effect.gen(function* () {
          yield* Effect.replicateEffect(DescribeVolumes(), 3)
          assert.deepStrictEqual(yield* called, [first, second, first, second, second])
          assert.strictEqual(yield* state("internal"), "open")
        }).pipe(Effect.provide(failingOver({ [first]: closed })))
      )

      it.effect("are each called once, and the call fails with the error of the last", () =>
        Effect.gen(function* () {
          const error = yield* Effect.flip(DescribeVolumes())
          assert.deepInclude({ ...error }, { _tag: "TransportError", host: second, permanent: true })
          assert.deepStrictEqual(yield* called, [first, second])
          assert.deepStrictEqual(
            Option.map(ApiClient.callStats(error), ({ attempts }) => attempts),
            Option.some(2)
          )
        }).pipe(Effect.provide(failingOver({ [first]: closed, [second]: closed }, RetryPolicy.exponential())))
      )

      it.effect("do not include it in the retries of the call", () =>
        Effect.gen(function* () {
          const fiber = yield* Effect.fork(Effect.flip(DescribeVolumes()))
          yield* TestClock.adjust("1 minute")
          assert.deepInclude({ ...(yield* Fiber.join(fiber)) }, { host: second, permanent: false })
          assert.deepStrictEqual(yield* called, [first, second, second])
        }).pipe(
          Effect.provide(
            failingOver({ [first]: closed, [second]: Network.fault(false) }, RetryPolicy.exponential({ retries: 1 }))
          )
        )
      )

      it.effect("end the call if the request may have arrived", () =>
        Effect.gen(function* () {
          const error = yield* Effect.flip(DescribeVolumes())
          assert.deepInclude({ ...error }, { host: first, permanent: true, sent: true })
          assert.deepStrictEqual(yield* called, [first])
        }).pipe(Effect.provide(failingOver({ [first]: Network.fault(true, true) }, RetryPolicy.exponential())))
      )

      it.effect.each<readonly [ReadonlyArray<string>, ReadonlyArray<string>]>([
        [["https://a.example", "http://b.example"], ["a.example"]],
        [
          ["https://a.example", "http://a.example", "https://b.example"],
          ["a.example", "b.example"]
        ],
        [
          ["http://a.example", "http://b.example"],
          ["a.example", "b.example"]
        ]
      ])("without TLS do not replace one with TLS: %j", ([endpoint, expected]) =>
        Effect.gen(function* () {
          yield* Effect.either(DescribeVolumes())
          assert.deepStrictEqual(yield* called, [...expected])
        }).pipe(Effect.provide(failingOver({ "a.example": closed }, RetryPolicy.none, endpoint)))
      )
    })

    describe("of which one is not there", () => {
      const dead = Network.fault(false)
      const calls = [DescribeVolumes(), CreateVolume({ Size: 10 }), DeleteVolumes({ VolumeIds: ["vol-1"] })]

      it.effect.each([RetryPolicy.none, RetryPolicy.exponential(), undefined])(
        "R6: let the next one answer the first call, without a pause, whatever the policy",
        (retry) =>
          Effect.gen(function* () {
            for (const call of calls) {
              const made = Effect.zipRight(call, called)
              const layer = Layer.provideMerge(
                Client.layer(hosts({ [first]: dead }), {
                  endpoint: [{ site: "internal" }, { site: "product" }],
                  retry
                }),
                breaker
              )
              assert.deepStrictEqual(yield* Effect.provide(made, layer), [first, second])
            }
            assert.strictEqual(yield* Clock.currentTimeMillis, 0)
          })
      )

      it.effect("R6: try each once, then pause, and try each again", () =>
        Effect.gen(function* () {
          const fiber = yield* Effect.fork(Effect.flip(DescribeVolumes()))
          yield* TestClock.adjust("1 minute")
          assert.deepInclude({ ...(yield* Fiber.join(fiber)) }, { _tag: "TransportError", host: second })
          const moments = (yield* Network.Wiretap).map(({ endpoint, millis }) => [endpoint.host, millis / 1000])
          assert.deepStrictEqual(moments, [
            [first, 0],
            [second, 0],
            [first, 1],
            [second, 1],
            [first, 2],
            [second, 2]
          ])
        }).pipe(
          Effect.provide(
            Layer.provideMerge(
              Client.layer(hosts({ [first]: dead, [second]: dead }), {
                endpoint: [{ site: "internal" }, { site: "product" }],
                retry: () => Schedule.intersect(Schedule.spaced("1 second"), Schedule.recurs(2))
              }),
              CircuitBreaker.layerMemory({ failures: 100 })
            )
          )
        )
      )

      it.effect("R6: cost the retry budget nothing", () =>
        Effect.gen(function* () {
          yield* Effect.replicateEffect(DescribeVolumes(), 300)
          assert.strictEqual((yield* called).filter((host) => host === second).length, 300)
        }).pipe(
          Effect.provide(
            Layer.provideMerge(
              Client.layer(hosts({ [first]: dead }), {
                endpoint: [{ site: "internal" }, { site: "product" }],
                retryBudget: { tokens: 0 }
              }),
              CircuitBreaker.layerMemory({ failures: 1000 })
            )
          )
        )
      )
    })

    it.effect("are not blamed for a missing credential", () =>
      Effect.gen(function* () {
        yield* Effect.replicateEffect(Effect.flip(DescribeVolumes()), 5)
        const { states } = yield* CircuitBreaker.CircuitBreaker
        assert.strictEqual((yield* states).size, 0)
      }).pipe(
        Effect.provide(
          layer(
            [Network.result()],
            {},
            { credential: CredentialProvider.layerStatic({ ...Client.key, secretKey: "" }) }
          )
        )
      )
    )
  })

  describe("the statistics of a failed call", () => {
    const everySecond: RetryPolicy.RetryPolicy = (call) =>
      Schedule.intersect(Schedule.spaced("1 second"), Schedule.recurs(3)).pipe(
        Schedule.whileInput((error: RetryPolicy.Failure) => RetryPolicy.isRetryable(error, call))
      )

    /** Waits a minute for the failure, and tells what it took. */
    const spent = <A, E>(call: Effect.Effect<A, E, ApiClient.ApiClient>) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now * 1000)
        const fiber = yield* Effect.fork(Effect.flip(call))
        yield* TestClock.adjust("1 minute")
        return Option.map(ApiClient.callStats(yield* Fiber.join(fiber)), ({ attempts, elapsed }) => [
          attempts,
          Duration.toSeconds(elapsed)
        ])
      })

    const throttled = Network.failure("RequestLimitExceeded")

    it.effect.each<{
      readonly name: string
      readonly script: ReadonlyArray<Network.Step>
      readonly options?: ApiClient.Options
      readonly took: readonly [attempts: number, seconds: number]
    }>([
      { name: "at once", script: [Network.failure("InvalidParameter")], took: [1, 0] },
      { name: "after its retries", script: [throttled], took: [4, 3] },
      { name: "for another reason in the end", script: [throttled, Network.failure("InvalidParameter")], took: [2, 1] },
      {
        name: "by its deadline, in a pause",
        script: [throttled],
        options: { deadline: "1500 millis" },
        took: [2, 1.5]
      },
      { name: "by its timeout", script: [Effect.never], options: { timeout: "5 seconds" }, took: [4, 23] }
    ])("belong to its error: failed $name", ({ options, script, took }) =>
      Effect.gen(function* () {
        assert.deepStrictEqual<unknown>(yield* spent(DescribeVolumes({}, options)), Option.some(took))
      }).pipe(Effect.provide(layer(script, { retry: everySecond })))
    )

    it.effect("count repairs, and exist for dry runs too", () =>
      Effect.gen(function* () {
        const dryRun = ApiClient.dryRun(CreateVolume.action, { Size: 10 })
        assert.deepStrictEqual(yield* spent(dryRun), Option.some([2, 0]))
        assert.deepStrictEqual(yield* spent(dryRun), Option.some([1, 0]))
      }).pipe(
        Effect.provide(
          layer([
            Network.failure("AuthFailure.SignatureExpire", { date: new Date((now + 3600) * 1000).toUTCString() }),
            Network.result()
          ])
        )
      )
    )

    it.effect("are its own, even if several calls fail for the same reason", () =>
      Effect.gen(function* () {
        const lookUp = Effect.delay(Effect.fail("none there"), "3 seconds")
        const provider = CredentialProvider.make(
          CredentialProvider.source({ name: "test", load: lookUp, refreshable: true })
        )
        yield* Effect.gen(function* () {
          const early = yield* Effect.fork(Effect.flip(DescribeVolumes()))
          yield* TestClock.adjust("1 second")
          const late = yield* Effect.fork(Effect.flip(DescribeVolumes()))
          yield* TestClock.adjust("2 seconds")
          const errors = [yield* Fiber.join(early), yield* Fiber.join(late)]
          const elapsed = errors.map((error) => Option.map(ApiClient.callStats(error), ({ elapsed }) => elapsed))
          assert.deepStrictEqual(elapsed, [Option.some(Duration.seconds(3)), Option.some(Duration.seconds(2))])
        }).pipe(
          Effect.provide(
            layer([Network.result()], {}, { credential: Layer.scoped(CredentialProvider.CredentialProvider, provider) })
          )
        )
      })
    )

    it.effect("exist for a stream that breaks off, too", () => {
      const Count = ApiClient.callable(
        Action.stream("DescribeCount", {
          product: "ebs",
          version: "2026-01-01",
          request: Schema.Struct({}),
          event: Schema.Struct({ Number: Schema.Int }),
          errors: []
        })
      )
      const bytes = new TextEncoder().encode('data: {"Number":1}\n\n')
      const broken = Effect.delay(
        Effect.fail(new TransportFault({ reason: "socket hang up", sent: true })),
        "2 seconds"
      )
      const streaming = Effect.succeed({
        status: 200,
        headers: { "content-type": EventStream.contentType },
        body: "",
        stream: Stream.concat(Stream.succeed(bytes), Stream.fromEffect(broken))
      })
      return Effect.gen(function* () {
        assert.deepStrictEqual(yield* spent(Stream.runDrain(Count())), Option.some([2, 3]))
      }).pipe(Effect.provide(layer([throttled, streaming], { retry: everySecond })))
    })

    it.effect("do not exist for a call that never started, nor for another error", () =>
      Effect.gen(function* () {
        assert.isTrue(Option.isNone(yield* spent(DescribeVolumes({}, { region: "" }))))
        for (const other of [undefined, null, "text", new Error("other")]) {
          assert.isTrue(Option.isNone(ApiClient.callStats(other)))
        }
      }).pipe(Effect.provide(layer([Network.result()])))
    )

    it.effect("leave errors with the same fields equal", () =>
      Effect.gen(function* () {
        const [one, other] = [yield* Effect.flip(DescribeVolumes()), yield* Effect.flip(DescribeVolumes())]
        assert.deepStrictEqual({ ...one }, { ...other })
        assert.notProperty(one, "attempts")
      }).pipe(Effect.provide(layer([Network.failure("InvalidParameter")])))
    )
  })
})
