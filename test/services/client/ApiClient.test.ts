import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Throttle from "effect-tencentcloud/Throttle"
import * as Parameters from "../../../src/domain/wire/Parameters.js"
import * as Client from "../../fixtures/Client.js"
import * as Network from "../../fixtures/ScriptedTransport.js"
import { now } from "../../fixtures/Signed.js"
import { CreateVolume, DeleteVolumes, DescribeVolumes, ImportVolume } from "../../fixtures/Volumes.js"

const { answer, failure, fault, requestId, result } = Network

const sent = Network.Wiretap

const create = CreateVolume({ Size: 10 })
const describeAll = DescribeVolumes()
const remove = DeleteVolumes({ VolumeIds: ["vol-1"] })

const bodyOf = ({ request }: Network.Sent) => JSON.parse(String(request.body))
const httpDate = (seconds: number) => new Date(seconds * 1000).toUTCString()
const twice: RetryPolicy.RetryPolicy = () => Schedule.intersect(Schedule.spaced("2 seconds"), Schedule.recurs(2))

describe.each(Network.kinds)("over a transport that is $kind", ({ network }) => {
  const layer = (script: ReadonlyArray<Network.Step>, options?: ApiClient.Options, services?: Client.Parts) =>
    Client.layer(network(...script), options, services)

  describe("ApiClient: a call", () => {
    it.effect("returns the result with the RequestId of its answer", () =>
      Effect.gen(function* () {
        const volume = yield* Client.runForAnHour(create)
        assert.deepStrictEqual(volume, { VolumeId: "vol-1", RequestId: requestId })
      }).pipe(Effect.provide(layer([result()])))
    )

    it.effect("uses the options of the call before those of the client", () =>
      Effect.gen(function* () {
        yield* Client.runForAnHour(describeAll)
        yield* Client.runForAnHour(
          DescribeVolumes(
            {},
            {
              region: "ap-beijing",
              language: "zh-CN",
              traceId: "other",
              endpoint: "http://127.0.0.1:80",
              encoding: "query"
            }
          )
        )
        yield* Client.runForAnHour(
          DescribeVolumes({}, { region: undefined, endpoint: (product) => `${product}.example.com` })
        )
        const of = ({ endpoint, request: { headers, method } }: Network.Sent) => [
          method,
          `${endpoint.protocol}://${headers.host}`,
          headers["x-tc-region"],
          headers["x-tc-language"],
          headers["x-tc-traceid"]
        ]
        assert.deepStrictEqual((yield* sent).map(of), [
          ["POST", "https://ebs.ap-guangzhou.tencentcloudapi.com", "ap-guangzhou", "en-US", "trace"],
          ["GET", "http://127.0.0.1", "ap-beijing", "zh-CN", "other"],
          ["POST", "https://ebs.example.com", "ap-guangzhou", "en-US", "trace"]
        ])
      }).pipe(
        Effect.provide(
          layer([result()], {
            region: "ap-guangzhou",
            language: "en-US",
            traceId: "trace",
            endpoint: "ebs.ap-guangzhou.tencentcloudapi.com"
          })
        )
      )
    )

    it.effect("signs a form with version 1, unless an option names version 3", () =>
      Effect.gen(function* () {
        yield* Client.runForAnHour(DescribeVolumes({}, { encoding: "form" }))
        yield* Client.runForAnHour(DescribeVolumes({}, { encoding: "form", signatureMethod: "TC3-HMAC-SHA256" }))
        assert.deepStrictEqual(
          (yield* sent).map(({ request }) => [
            request.headers.authorization?.slice(0, 15),
            String(request.body).includes("SignatureMethod=HmacSHA256")
          ]),
          [
            [undefined, true],
            ["TC3-HMAC-SHA256", false]
          ]
        )
      }).pipe(Effect.provide(layer([result()])))
    )

    it.effect("waits for its turn if the client has a throttle", () =>
      Effect.gen(function* () {
        yield* Client.runForAnHour(Effect.all([create, create, create], { concurrency: "unbounded" }))
        assert.deepStrictEqual(
          (yield* sent).map(({ millis }) => millis / 1000 - now),
          [0, 1, 2]
        )
      }).pipe(Effect.provide(layer([result()], {}, { throttle: Throttle.layerMemory({ action: 1 }) })))
    )

    const wrong: ReadonlyArray<{
      readonly option: keyof ApiClient.Options
      readonly value: unknown
      readonly and?: object
    }> = [
      { option: "region", value: "Guangzhou" },
      { option: "region", value: "" },
      { option: "language", value: "fr-FR" },
      { option: "endpoint", value: "ftp://ebs.example.com" },
      { option: "endpoint", value: "https://ebs.example.com/path" },
      { option: "endpoint", value: "127.0.0.1:99999" },
      { option: "endpoint", value: () => "not a host" },
      {
        option: "endpoint",
        value: () => {
          throw new Error("no endpoint")
        }
      },
      { option: "encoding", value: "xml" },
      { option: "signatureMethod", value: "HmacSHA256" },
      { option: "signatureMethod", value: "HmacMD5", and: { encoding: "query" } },
      { option: "timeout", value: "soon" },
      { option: "deadline", value: "5 parsecs" },
      ...["timeout", "deadline"].flatMap((option) =>
        [0, -1, "0 seconds", "-5 seconds", Number.NaN, null].map((value) => ({
          option: option as "timeout" | "deadline",
          value
        }))
      ),
      ...["one\r\nx-tc-token: two", " one", "one ", "one\ttwo", "\u4e00", "\x7f", 7, null].map((value) => ({
        option: "traceId" as const,
        value
      }))
    ]

    it.effect.each(wrong)("rejects the option $option: $value, and sends nothing", ({ and, option, value }) =>
      Effect.gen(function* () {
        const error = yield* Client.runForAnHour(Effect.flip(DescribeVolumes({}, { ...and, [option]: value })))
        assert.strictEqual(error._tag, "InvalidRequestInput")
        assert.match(
          error.message,
          new RegExp(
            `^The input of DescribeVolumes is wrong, and nothing was sent. \`options.${option}\` is invalid: expected `
          )
        )
        assert.isEmpty(yield* sent)
      }).pipe(Effect.provide(layer([result()])))
    )

    it.effect.each<ApiClient.Options>([
      { timeout: 1, deadline: "1 millis" },
      { timeout: Number.POSITIVE_INFINITY, deadline: Duration.infinity },
      { traceId: "" },
      { traceId: "one two  3" }
    ])("accepts the options %o", (options) =>
      Effect.gen(function* () {
        assert.strictEqual((yield* Client.runForAnHour(DescribeVolumes({}, options))).RequestId, requestId)
      }).pipe(Effect.provide(layer([result()])))
    )

    it.effect("rejects a request that does not fit the contract, names every fault, and sends nothing", () =>
      Effect.gen(function* () {
        const error = yield* Client.runForAnHour(Effect.flip(CreateVolume({ Size: 5, Name: 5 as never })))
        assert.strictEqual(
          error.message,
          "The input of CreateVolume is wrong, and nothing was sent. `Size` is invalid: expected a number between 10 and 32000; `Name` is number where string was expected."
        )
        assert.isEmpty(yield* sent)
      }).pipe(Effect.provide(layer([result()])))
    )

    it.effect("rejects a request that its encoding cannot carry", () =>
      Effect.gen(function* () {
        const request = { Name: "\u672a", Content: new Uint8Array(1) }
        const error = yield* Client.runForAnHour(Effect.flip(ImportVolume(request, { encoding: "octet-stream" })))
        assert.strictEqual(error._tag, "InvalidRequestInput")
        assert.match(error.message, /octet-stream; it has a text that no header can carry/)
        assert.isEmpty(yield* sent)
      }).pipe(Effect.provide(layer([result()])))
    )

    it.effect("sends nothing without a credential, and names the places where it looked", () =>
      Effect.gen(function* () {
        const error = yield* Client.runForAnHour(Effect.flip(create))
        assert.strictEqual(error.message, "No credential to sign with. static: SecretKey is blank.")
        assert.isEmpty(yield* sent)
      }).pipe(
        Effect.provide(
          layer([result()], {}, { credential: CredentialProvider.layerStatic({ secretId: "AKID1", secretKey: "" }) })
        )
      )
    )
  })

  describe("ApiClient: a failure", () => {
    it.effect.each([
      { code: "ResourceInUse.VolumeAttached", tag: "ResourceInUse.VolumeAttached" },
      { code: "InvalidVolumeId.Volume.NotFound", tag: "InvalidVolumeId.Volume.NotFound" },
      { code: "ResourceInUse.Other", tag: "ResourceInUse" },
      { code: "AuthFailure.SignatureFailure", tag: "AuthFailure.SignatureFailure" },
      { code: "InternalError.", tag: "InternalError" },
      { code: "OperationDenied.Frozen", tag: "UnrecognizedError" }
    ])("with the code $code has the tag $tag, and knows its call", ({ code, tag }) =>
      Effect.gen(function* () {
        const error = yield* Client.runForAnHour(Effect.flip(remove))
        assert.strictEqual(error._tag, tag)
        const place = `ebs DeleteVolumes, ap-guangzhou, RequestId ${requestId}`
        assert.strictEqual(String(error), `${code}: about ${code} (${place})`)
        assert.deepInclude({ ...error }, { reason: `about ${code}`, host: "ebs.tencentcloudapi.com" })
        assert.deepInclude(
          { ...error },
          { code, requestId, product: "ebs", action: "DeleteVolumes", region: "ap-guangzhou" }
        )
      }).pipe(Effect.provide(layer([failure(code)], { region: "ap-guangzhou" })))
    )

    const proxy =
      "API 3.0 itself always answers with 200: check what is in between, such as a proxy or a load balancer."
    const raw = "The raw body is in the error's `body`."

    it.effect.each([
      {
        name: "a page of HTML",
        step: answer("<html>planted</html>", { "content-type": "text/html" }, 502),
        says: `HTTP 502, Content-Type text/html, and a body that is a page of HTML or XML, not JSON. ${proxy}`
      },
      {
        name: "JSON that breaks off",
        step: answer('{"Response":{"TotalCount":1,"Na'),
        says: `HTTP 200, Content-Type application/json, and a body that is JSON that breaks off after 31 characters. ${raw}`
      },
      {
        name: "a text that is no JSON",
        step: answer("OK", { "content-type": "text/plain" }),
        says: `HTTP 200, Content-Type text/plain, and a body that is not JSON. ${raw}`
      },
      {
        name: "nothing",
        step: answer(""),
        says: `HTTP 200, Content-Type application/json, and a body that is empty. ${raw}`
      },
      {
        name: "JSON without an envelope",
        step: answer('{"TotalCount":0}'),
        says: `HTTP 200, Content-Type application/json, and a body that has no \`Response\` object. ${raw}`
      },
      {
        name: "an error without a code",
        step: answer('{"Response":{"Error":{"Message":"?"}}}'),
        says: `HTTP 200, Content-Type application/json, and a body that has an \`Error\` without a \`Code\`. ${raw}`
      },
      {
        name: "a bare 500",
        step: Effect.succeed({ status: 500, headers: {}, body: "" }),
        says: `HTTP 500, no Content-Type, and a body that is empty. ${proxy}`
      },
      {
        name: "a 502 with another service's JSON",
        step: answer('{"error":"bad gateway"}', {}, 502),
        says: `HTTP 502, Content-Type application/json, and a body that has no \`Response\` object. ${proxy}`
      },
      {
        name: "a result of another shape",
        step: result({ TotalCount: "many", Names: ["a", 1] }),
        says: `HTTP 200, Content-Type application/json, and a body that does not fit the action's contract: \`TotalCount\` is string where int64 was expected; \`Names.1\` is number where string was expected. ${raw} (RequestId ${requestId})`
      },
      {
        name: "an integer past 2^53",
        step: answer('{"Response":{"TotalCount":9007199254740993,"Names":[],"RequestId":"1"}}'),
        says: `HTTP 200, Content-Type application/json, and a body that does not fit the action's contract: \`TotalCount\` is the integer 9007199254740993, which a number cannot hold, where int64 was expected. ${raw} (RequestId 1)`
      }
    ])("to read $name says what happened, where, and what to do next", ({ says, step }) =>
      Effect.gen(function* () {
        const error = yield* Client.runForAnHour(Effect.flip(describeAll))
        if (error._tag !== "MalformedResponse") return assert.fail(error._tag)
        assert.strictEqual(error.message, `DescribeVolumes at ebs.tencentcloudapi.com answered with ${says}`)
        assert.strictEqual(Redacted.value(error.body), (yield* step).body)
      }).pipe(Effect.provide(layer([step], { retry: RetryPolicy.none })))
    )

    it.effect(
      "of the network is a TransportError that says whether the request was sent, and whether a retry can help",
      () =>
        Effect.gen(function* () {
          const errors = yield* Effect.replicateEffect(Client.runForAnHour(Effect.flip(remove)), 3)
          assert.deepStrictEqual(
            errors.map(({ _tag, message }) => [_tag, message]),
            [
              [
                "TransportError",
                "DeleteVolumes at ebs.tencentcloudapi.com did not get through: socket hang up. The operation may have happened: check before you call again."
              ],
              [
                "TransportError",
                "DeleteVolumes at ebs.tencentcloudapi.com did not get through: socket hang up. Nothing was sent: check the host name, the network and the proxy."
              ],
              [
                "TransportError",
                "DeleteVolumes at ebs.tencentcloudapi.com did not get through: socket hang up. Nothing was sent, and another call would fail in the same way."
              ]
            ]
          )
        }).pipe(Effect.provide(layer([fault(true), fault(false), fault(false, true)], { retry: RetryPolicy.none })))
    )

    it.effect("in an envelope has precedence over the HTTP status", () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* Client.runForAnHour(Effect.flip(describeAll)))._tag, "InvalidParameter")
      }).pipe(
        Effect.provide(
          layer([answer('{"Response":{"Error":{"Code":"InvalidParameter","Message":""},"RequestId":"1"}}', {}, 500)])
        )
      )
    )
  })

  describe("ApiClient: retries", () => {
    const truncated = answer('{"Response":{')
    const gateway = answer("", {}, 502)
    const unavailable = failure("ServiceUnavailable")
    const optIn = RetryPolicy.exponential({ while: (error) => error._tag === "InternalError" })

    it.effect.each<{
      readonly name: string
      readonly step: Network.Step
      /** How often each call is sent: read-only, with a ClientToken, with neither. */
      readonly attempts: readonly [number, number, number]
      readonly retry?: RetryPolicy.RetryPolicy
    }>([
      { name: "RequestLimitExceeded", step: failure("RequestLimitExceeded"), attempts: [2, 2, 2] },
      { name: "its children", step: failure("RequestLimitExceeded.UinLimitExceeded"), attempts: [2, 2, 2] },
      {
        name: "an undeclared LimitExceeded.RateLimitExceeded",
        step: failure("LimitExceeded.RateLimitExceeded"),
        attempts: [2, 2, 2]
      },
      { name: "ServiceUnavailable", step: unavailable, attempts: [2, 2, 1] },
      { name: "a connection that broke", step: fault(true), attempts: [2, 2, 1] },
      { name: "a connection that never was", step: fault(false), attempts: [2, 2, 2] },
      { name: "a connection that never will be", step: fault(false, true), attempts: [1, 1, 1] },
      { name: "an answer that is always too large", step: fault(true, true), attempts: [1, 1, 1] },
      { name: "a timeout", step: Effect.never, attempts: [2, 2, 1] },
      { name: "an answer that breaks off", step: truncated, attempts: [2, 2, 1] },
      { name: "a bare 502", step: gateway, attempts: [2, 2, 1] },
      { name: "quota", step: failure("LimitExceeded"), attempts: [1, 1, 1] },
      { name: "quota of something", step: failure("LimitExceeded.Disks"), attempts: [1, 1, 1] },
      { name: "InternalError", step: failure("InternalError"), attempts: [1, 1, 1] },
      { name: "InternalError, opted in", step: failure("InternalError"), attempts: [2, 2, 2], retry: optIn },
      { name: "what a policy does not name", step: unavailable, attempts: [1, 1, 1], retry: optIn },
      { name: "FailedOperation", step: failure("FailedOperation"), attempts: [1, 1, 1] },
      { name: "a wrong signature", step: failure("AuthFailure.SignatureFailure"), attempts: [1, 1, 1] },
      { name: "a wrong parameter", step: failure("InvalidParameter"), attempts: [1, 1, 1] },
      { name: "anything, without retries", step: unavailable, attempts: [1, 1, 1], retry: RetryPolicy.none }
    ])("$name: the client sends $attempts times", ({ attempts, retry, step }) =>
      Effect.gen(function* () {
        const counts: Array<number> = []
        for (const call of [describeAll, create, remove]) {
          const attempt = Effect.gen(function* () {
            const outcome = yield* Client.runForAnHour(Effect.either(call))
            const { length } = yield* sent
            // A call that succeeds in the end has no trace of the failures before.
            assert.strictEqual(Either.isRight(outcome), length > 1)
            return length
          })
          counts.push(yield* Effect.provide(attempt, layer([step, result()], { retry })))
        }
        assert.deepStrictEqual<unknown>(counts, attempts)
      })
    )

    it.effect("end after three, with random pauses of at most 100, 200 and 400 ms", () =>
      Effect.gen(function* () {
        const error = yield* Client.runForAnHour(Effect.flip(describeAll))
        assert.strictEqual(error._tag, "ServiceUnavailable")
        const moments = (yield* sent).map(({ millis }) => millis)
        assert.strictEqual(moments.length, 4)
        const pauses = moments.slice(1).map((millis, index) => millis - (moments[index] ?? 0))
        for (const [index, pause] of pauses.entries()) assert.isAtMost(pause, 100 * 2 ** index)
      }).pipe(Effect.provide(layer([unavailable])))
    )

    it.effect.each(["json", "query"] as const)("sign each attempt again, and keep the ClientToken: %s", (encoding) =>
      Effect.gen(function* () {
        yield* Client.runForAnHour(
          CreateVolume({ Size: 10 }, { encoding, signatureMethod: encoding === "query" ? "HmacSHA1" : undefined })
        )
        const attempts = (yield* sent).map(({ request }) => {
          const flat = Object.fromEntries(Either.getOrThrow(Parameters.parse(request.query)))
          return encoding === "query"
            ? { token: flat.ClientToken, timestamp: flat.Timestamp, fresh: [flat.Signature, flat.Nonce] }
            : {
                token: JSON.parse(String(request.body)).ClientToken,
                timestamp: request.headers["x-tc-timestamp"],
                fresh: [request.headers.authorization]
              }
        })
        assert.deepStrictEqual(
          attempts.map(({ timestamp }) => Number(timestamp) - now),
          [0, 2, 4]
        )
        const different = (values: ReadonlyArray<unknown>) => new Set(values).size
        assert.strictEqual(different(attempts.map(({ token }) => token)), 1)
        assert.match(attempts[0]?.token ?? "", /^[\da-f-]{36}$/)
        assert.strictEqual(different(attempts.flatMap(({ fresh }) => fresh)), encoding === "query" ? 6 : 3)
      }).pipe(Effect.provide(layer([unavailable, unavailable, result()], { retry: twice })))
    )

    it.effect.each([
      { given: { ClientToken: "mine" }, kept: true },
      { given: { ClientToken: undefined }, kept: false },
      { given: {}, kept: false }
    ])("fill in a ClientToken if there is none: $given", ({ given, kept }) =>
      Effect.gen(function* () {
        yield* Client.runForAnHour(CreateVolume({ Size: 10, ...given }))
        yield* Client.runForAnHour(CreateVolume({ Size: 10, ...given }))
        const tokens = (yield* sent).map((attempt) => bodyOf(attempt).ClientToken)
        if (kept) assert.deepStrictEqual(tokens, ["mine", "mine"])
        else assert.strictEqual(new Set(tokens.filter((token) => /^[\da-f-]{36}$/.test(token))).size, 2)
      }).pipe(Effect.provide(layer([result()])))
    )
  })

  describe("ApiClient: repairs", () => {
    const expired = failure("AuthFailure.SignatureExpire", { date: httpDate(now + 3600) })
    const tokenFailure = failure("AuthFailure.TokenFailure")

    it.effect.each([
      { name: "corrects the clock once", script: [expired, result()], sent: [0, 3600], fails: false },
      { name: "is repaired only once", script: [expired], sent: [0, 3600], fails: true },
      {
        name: "needs a Date header",
        script: [failure("AuthFailure.SignatureExpire"), result()],
        sent: [0],
        fails: true
      }
    ])("an expired signature: $name", ({ fails, script, sent: timestamps }) =>
      Effect.gen(function* () {
        const outcome = yield* Client.runForAnHour(Effect.either(remove))
        assert.strictEqual(Either.isLeft(outcome), fails)
        assert.deepStrictEqual(
          (yield* sent).map(({ request }) => Number(request.headers["x-tc-timestamp"]) - now),
          timestamps
        )
      }).pipe(Effect.provide(layer(script)))
    )

    const rotating = Layer.unwrapEffect(
      Effect.map(Ref.make(0), (count) =>
        CredentialProvider.layer(
          CredentialProvider.source({
            name: "rotating",
            load: Effect.map(
              Ref.updateAndGet(count, (n) => n + 1),
              (n) => ({ secretId: `AKID${n}`, secretKey: "key" })
            ),
            refreshable: true
          })
        )
      )
    )

    it.effect.each([
      {
        name: "fetches another credential once",
        script: [tokenFailure, result()],
        ids: ["AKID1", "AKID2"],
        fails: false
      },
      { name: "is repaired only once", script: [tokenFailure], ids: ["AKID1", "AKID2"], fails: true },
      {
        name: "fails if there is no other credential",
        script: [tokenFailure, result()],
        ids: ["AKID1"],
        fails: true,
        credential: CredentialProvider.layerStatic({ secretId: "AKID1", secretKey: "key" })
      }
    ])("a rejected token: $name", ({ credential = rotating, fails, ids, script }) =>
      Effect.gen(function* () {
        const outcome = yield* Client.runForAnHour(Effect.either(remove))
        assert.strictEqual(Either.isLeft(outcome), fails)
        assert.deepStrictEqual(
          (yield* sent).map(({ request }) => /Credential=(\w+)/.exec(request.headers.authorization ?? "")?.[1]),
          ids
        )
      }).pipe(Effect.provide(layer(script, {}, { credential })))
    )
  })

  describe("ApiClient: time", () => {
    const slow: RetryPolicy.RetryPolicy = () => Schedule.spaced("1 hour")

    it.effect("an attempt ends after 60 seconds, or its own timeout", () =>
      Effect.gen(function* () {
        const start = (timeout?: Duration.DurationInput) =>
          Effect.fork(Effect.flip(DeleteVolumes({ VolumeIds: [] }, { timeout })))
        const [byDefault, ownLimit] = [yield* start(), yield* start("3 seconds")]
        yield* TestClock.adjust("2999 millis")
        assert.isTrue((yield* Fiber.poll(ownLimit))._tag === "None")
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(
          (yield* Fiber.join(ownLimit)).message,
          "DeleteVolumes at ebs.tencentcloudapi.com gave no answer within 3s, the `timeout` of the attempt. The operation may have happened: check before you call again, or allow more time."
        )
        yield* TestClock.adjust("57 seconds")
        const error = yield* Fiber.join(byDefault)
        assert.deepInclude({ ...error }, { _tag: "RequestTimeout", scope: "attempt", after: Duration.minutes(1) })
      }).pipe(Effect.provide(layer([Effect.never])))
    )

    it.effect("a deadline cuts a pause short", () =>
      Effect.gen(function* () {
        const fiber = yield* Effect.fork(Effect.flip(DescribeVolumes({}, { deadline: "5 seconds" })))
        yield* TestClock.adjust("4999 millis")
        assert.isTrue((yield* Fiber.poll(fiber))._tag === "None")
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(
          (yield* Fiber.join(fiber)).message,
          "DescribeVolumes at ebs.tencentcloudapi.com gave no answer within 5s, the `deadline` of the call. The operation may have happened: check before you call again, or allow more time."
        )
      }).pipe(Effect.provide(layer([failure("RequestLimitExceeded")], { retry: slow })))
    )

    it.effect("an interruption cuts a pause short, and nothing is sent after it", () =>
      Effect.gen(function* () {
        const fiber = yield* Effect.fork(describeAll)
        yield* TestClock.adjust("1 minute")
        yield* Fiber.interrupt(fiber)
        yield* TestClock.adjust("2 hours")
        assert.strictEqual((yield* sent).length, 1)
      }).pipe(Effect.provide(layer([failure("RequestLimitExceeded")], { retry: slow })))
    )
  })

  describe("ApiClient.dryRun", () => {
    const dryRun = ApiClient.dryRun(CreateVolume.action, { Size: 10 })

    it.effect("sends DryRun, and returns DryRunOperation as a value", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* Client.runForAnHour(dryRun), { requestId, message: "about DryRunOperation" })
        const [first] = yield* sent
        assert.isTrue(first !== undefined && bodyOf(first).DryRun)
      }).pipe(Effect.provide(layer([failure("DryRunOperation")])))
    )

    it.effect.each([
      { step: failure("ResourceInsufficient"), tag: "ResourceInsufficient" },
      { step: failure("OperationDenied"), tag: "UnrecognizedError" },
      { step: result(), tag: "MalformedResponse" }
    ])("fails with every other answer: $tag", ({ step, tag }) =>
      Effect.gen(function* () {
        const error = yield* Client.runForAnHour(Effect.flip(dryRun))
        assert.strictEqual<string>(error._tag, tag)
        if (error._tag === "MalformedResponse") assert.match(error.message, /may have been carried out/)
      }).pipe(Effect.provide(layer([step])))
    )
  })
})
