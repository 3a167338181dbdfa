import { assert, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FC from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import * as ApiError from "effect-tencentcloud/ApiError"
import * as ClientError from "effect-tencentcloud/ClientError"
import * as CommonError from "effect-tencentcloud/CommonError"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"

const call = { product: "ebs", action: "DescribeVolumes", idempotent: true }
const at = { action: "DescribeVolumes", host: "ebs.tencentcloudapi.com" }
const throttled = new CommonError.RequestLimitExceeded({ message: "slower" })

const decode = ApiError.decoder(CommonError.classes)
const coded = (code: string) => decode({ code, message: "" })

const malformed = (status: number, truncated: boolean) =>
  new ClientError.MalformedResponse({
    ...at,
    status,
    truncated,
    contentType: "",
    reason: "",
    requestId: "",
    body: Redacted.make("")
  })

type Answer = "always" | "where idempotent" | "never"

describe("isRetryable", () => {
  const throttling = [
    "RequestLimitExceeded",
    "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
    "RequestLimitExceeded.IPLimitExceeded",
    "RequestLimitExceeded.UinLimitExceeded",
    "RequestLimitExceeded.FrequentRequest",
    // Of the class LimitExceeded if it is not declared: the code decides.
    "LimitExceeded.RateLimitExceeded",
    "LimitExceeded.FreqCnt"
  ]
  const unavailable = ["ServiceUnavailable", "ServiceUnavailable.Busy"]
  const others = CommonError.classes
    .map(({ code }) => code)
    .filter((code) => ![...throttling, ...unavailable].includes(code))

  const cases: ReadonlyArray<readonly [what: string, error: RetryPolicy.Failure, answer: Answer]> = [
    ...throttling.map((code) => [code, coded(code), "always"] as const),
    ...unavailable.map((code) => [code, coded(code), "where idempotent"] as const),
    ...[...others, "LimitExceeded.Disks", "InternalError.AsyncRequestError", "RegionError"].map(
      (code) => [code, coded(code), "never"] as const
    ),
    [
      "throttling of a class that nobody knows",
      new ApiError.UnrecognizedError({ code: "RequestLimitExceeded.New", message: "", requestId: "" }),
      "always"
    ],
    ["a connection that broke", new ClientError.TransportError({ ...at, reason: "", sent: true }), "where idempotent"],
    ["a connection that never stood", new ClientError.TransportError({ ...at, reason: "", sent: false }), "always"],
    ...[true, false].map(
      (sent) =>
        [
          `what a second try would meet again, ${sent ? "sent" : "not sent"}`,
          new ClientError.TransportError({ ...at, reason: "", sent, permanent: true }),
          "never"
        ] as const
    ),
    [
      "an attempt that took too long",
      new ClientError.RequestTimeout({ ...at, scope: "attempt", after: Duration.seconds(1) }),
      "where idempotent"
    ],
    [
      "a call that took too long",
      new ClientError.RequestTimeout({ ...at, scope: "call", after: Duration.seconds(1) }),
      "never"
    ],
    ["an answer that broke off", malformed(200, true), "where idempotent"],
    ["an answer that is odd", malformed(200, false), "never"],
    ...[429, 500, 502, 503, 504].map(
      (status) => [`a proxy's ${status}`, malformed(status, false), "where idempotent"] as const
    ),
    ...[302, 400, 403, 404, 407, 501].map(
      (status) => [`a proxy's ${status}`, malformed(status, false), "never"] as const
    ),
    ["no credential", new ClientError.CredentialsUnavailable({ sources: [] }), "never"],
    ["a wrong input", new ClientError.InvalidRequestInput({ action: "", issues: [] }), "never"]
  ]

  it.each(cases)("after %s", (_, error, answer) => {
    assert.strictEqual(RetryPolicy.isRetryable(error, call), answer !== "never")
    assert.strictEqual(RetryPolicy.isRetryable(error, { ...call, idempotent: false }), answer === "always")
  })
})

/** Fails with one error after the other. Returns the pauses between the attempts, and the last error. */
const tries = (
  policy: RetryPolicy.RetryPolicy,
  errors: ReadonlyArray<RetryPolicy.Failure> = [],
  then: RetryPolicy.Failure = throttled
) =>
  Effect.gen(function* () {
    const times: Array<number> = []
    const fiber = yield* Clock.currentTimeMillis.pipe(
      Effect.flatMap((now) => Effect.fail(errors[times.push(now) - 1] ?? then)),
      Effect.retry(policy(call)),
      Effect.flip,
      Effect.fork
    )
    yield* TestClock.adjust("1 day")
    const last = yield* Fiber.join(fiber)
    return { pauses: times.slice(1).map((time, index) => time - (times[index] ?? 0)), last }
  })

/** The longest pauses that jitter can choose. */
const longest = Effect.withRandom(Random.fixed([1]))

describe("the exponential policy", () => {
  it.effect("retries three times, with pauses that double from 100 ms", () =>
    Effect.gen(function* () {
      const { last, pauses } = yield* longest(tries(RetryPolicy.exponential()))
      assert.deepStrictEqual(pauses, [100, 200, 400])
      assert.strictEqual(last, throttled)
    })
  )

  it.effect("uses the given retries, base and cap", () =>
    Effect.gen(function* () {
      const policy = RetryPolicy.exponential({ retries: 6, base: "1 second", cap: "5 seconds" })
      const { pauses } = yield* longest(tries(policy))
      assert.deepStrictEqual(pauses, [1000, 2000, 4000, 5000, 5000, 5000])
    })
  )

  it.effect("has pauses of at most 10 seconds", () =>
    Effect.gen(function* () {
      const { pauses } = yield* longest(tries(RetryPolicy.exponential({ retries: 12 })))
      assert.deepStrictEqual(pauses.slice(-6), [6400, 10_000, 10_000, 10_000, 10_000, 10_000])
    })
  )

  it.effect("does not retry with 0 retries", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* tries(RetryPolicy.exponential({ retries: 0 })), { pauses: [], last: throttled })
    })
  )

  it.effect("stops at the first error that is not retryable", () =>
    Effect.gen(function* () {
      const final = new CommonError.InternalError({ message: "" })
      const { last, pauses } = yield* longest(tries(RetryPolicy.exponential(), [throttled, final]))
      assert.deepStrictEqual(pauses, [100])
      assert.strictEqual(last, final)
    })
  )

  it.effect("calls the given predicate with each error and the call", () =>
    Effect.gen(function* () {
      const asked: Array<readonly [string, RetryPolicy.Call]> = []
      const policy = RetryPolicy.exponential({
        while: (error, call) => {
          asked.push([error._tag, call])
          return error._tag === "InternalError"
        }
      })
      const error = new CommonError.InternalError({ message: "" })
      const { last } = yield* tries(policy, [error, error])
      assert.strictEqual(last, throttled)
      assert.deepStrictEqual(asked, [
        ["InternalError", call],
        ["InternalError", call],
        ["RequestLimitExceeded", call]
      ])
    })
  )

  const pausesOf = (policy: RetryPolicy.RetryPolicy, seed: string, count: number) =>
    Schedule.run(
      Schedule.delays(policy(call)),
      0,
      Array.from({ length: count }, () => throttled)
    ).pipe(
      Effect.withRandom(Random.make(seed)),
      Effect.map(Chunk.map(Duration.toMillis)),
      Effect.map(Chunk.toReadonlyArray)
    )

  it.effect.prop(
    "never pauses longer than the doubled pause or the cap",
    [FC.string(), FC.nat(10)],
    ([seed, retries]) =>
      Effect.gen(function* () {
        const pauses = yield* pausesOf(RetryPolicy.exponential({ retries, cap: "2 seconds" }), seed, retries)
        assert.strictEqual(pauses.length, retries)
        for (const [index, pause] of pauses.entries()) {
          assert.isAtLeast(pause, 0)
          assert.isAtMost(pause, Math.min(100 * 2 ** index, 2000))
        }
      })
  )

  it.effect("has full jitter: pauses are anywhere between 0 and the maximum", () =>
    Effect.gen(function* () {
      const first = yield* Effect.forEach(
        Array.from({ length: 200 }, (_, seed) => `${seed}`),
        (seed) => Effect.map(pausesOf(RetryPolicy.exponential(), seed, 1), ([pause]) => pause ?? Number.NaN)
      )
      const tenths = new Set(first.map((pause) => Math.min(Math.floor(pause / 10), 9)))
      assert.deepStrictEqual([...tenths].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    })
  )
})

it.effect("none never retries", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* tries(RetryPolicy.none), { pauses: [], last: throttled })
  })
)

it.effect("a custom policy sees the call and each last error", () =>
  Effect.gen(function* () {
    const seen: Array<string> = []
    const policy: RetryPolicy.RetryPolicy = ({ action }) =>
      Schedule.recurs(2).pipe(
        Schedule.addDelay(() => "1 second"),
        Schedule.tapInput((error: RetryPolicy.Failure) => Effect.sync(() => seen.push(`${action}: ${error.message}`)))
      )
    const errors = ["a", "b", "c"].map((message) => new CommonError.InternalError({ message }))
    const { last, pauses } = yield* tries(policy, errors)
    assert.deepStrictEqual(pauses, [1000, 1000])
    assert.strictEqual(last, errors[2])
    assert.deepStrictEqual(seen, ["DescribeVolumes: a", "DescribeVolumes: b", "DescribeVolumes: c"])
  })
)
