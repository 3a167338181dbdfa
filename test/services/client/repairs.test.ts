/** What many calls do at once about a wrong clock and about a rejected key: one of them repairs it, and the others wait. */
import { assert, describe, it } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import type * as ApiClient from "effect-tencentcloud/ApiClient"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Client from "../../fixtures/Client.js"
import * as Network from "../../fixtures/ScriptedTransport.js"
import { now } from "../../fixtures/Signed.js"
import { DeleteVolumes, DescribeVolumes } from "../../fixtures/Volumes.js"

const { atOnce } = Client
const { answering } = Network

const remove = DeleteVolumes({ VolumeIds: ["vol-1"] })

const start = TestClock.setTime(now * 1000)

const calls = { read: DescribeVolumes(), write: DeleteVolumes({ VolumeIds: ["vol-1"] }) }

const sent = Effect.map(Network.Wiretap, (all) => all)

/** The seconds from the start at which requests were sent. */
const moments = Effect.map(sent, (all) => all.map(({ millis }) => (millis - now * 1000) / 1000))

const httpDate = (seconds: number) => new Date(seconds * 1000).toUTCString()

const timestampOf = ({ request }: Network.Sent) => Number(request.headers["x-tc-timestamp"])

const signerOf = ({ request }: Network.Sent) => /Credential=(\w+)/.exec(request.headers.authorization ?? "")?.[1] ?? ""

describe("a wrong clock", () => {
  /** A service whose clock is an hour ahead. It answers after 100 ms. */
  const ahead = (date: (seconds: number) => string | undefined = httpDate, answerAfter: Duration.DurationInput = 100) =>
    answering((sent) => {
      const service = sent.millis / 1000 + 3600
      const header = date(Math.floor(service))
      const headers = header === undefined ? {} : { date: header }
      const isExpired = Math.abs(timestampOf(sent) - service) > 300
      const answer = isExpired ? Network.failure("AuthFailure.SignatureExpire", headers) : Network.result()
      return Effect.delay(answer, answerAfter)
    })

  it.effect.each(Object.entries(calls))(
    "R1: is repaired by one probe, and the other calls wait for it: %s",
    ([, call]) =>
      Effect.gen(function* () {
        yield* start
        assert.deepStrictEqual(yield* atOnce<unknown, unknown, ApiClient.ApiClient>(50, call), [])
        assert.deepStrictEqual(yield* moments, [...Array(50).fill(0), 0.1, ...Array(49).fill(0.2)])
        // The repair is for all later calls too.
        assert.deepStrictEqual(yield* atOnce<unknown, unknown, ApiClient.ApiClient>(50, call), [])
        assert.strictEqual((yield* sent).length, 150)
      }).pipe(Effect.provide(Client.layer(ahead(), { retry: RetryPolicy.none })))
  )

  it.effect("R1: that the probe cannot repair costs one request more", () =>
    Effect.gen(function* () {
      yield* start
      const failures = yield* atOnce(50, remove)
      assert.strictEqual(failures.length, 50)
      for (const { _tag } of failures) assert.strictEqual(_tag, "AuthFailure.SignatureExpire")
      assert.strictEqual((yield* sent).length, 51)
    }).pipe(Effect.provide(Client.layer(ahead((seconds) => httpDate(seconds - 1800)))))
  )

  it.effect("R1: is repaired by another call where the one that probes is interrupted", () =>
    Effect.gen(function* () {
      yield* start
      const first = yield* Effect.fork(remove)
      yield* TestClock.adjust("10 millis")
      const others = yield* Effect.fork(
        Effect.all(
          Array.from({ length: 10 }, () => remove),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust("150 millis")
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(others)).length, 10)
      // The 11 calls, the probe that was interrupted, the next probe, and the 9 that waited for it.
      assert.strictEqual((yield* sent).length, 11 + 1 + 1 + 9)
    }).pipe(Effect.provide(Client.layer(ahead())))
  )

  it.effect("R1: needs no probe in a call that was signed before the repair and is refused after it", () => {
    let slow = true
    const network = answering((sent) => {
      const service = sent.millis / 1000 + 3600
      const isExpired = Math.abs(timestampOf(sent) - service) > 300
      const answer = isExpired
        ? Network.failure("AuthFailure.SignatureExpire", { date: httpDate(Math.floor(service)) })
        : Network.result()
      const wait = slow ? "10 seconds" : "100 millis"
      slow = false
      return Effect.delay(answer, wait)
    })
    return Effect.gen(function* () {
      yield* start
      const late = yield* Effect.fork(remove)
      yield* Effect.yieldNow()
      assert.deepStrictEqual(yield* atOnce(5, remove), [])
      yield* Fiber.join(late)
      assert.strictEqual((yield* sent).length, 12)
    }).pipe(Effect.provide(Client.layer(network)))
  })

  const advice = /set this machine's clock/

  it.effect("R11: without a `Date` to repair it by, the error says what was measured and what to do", () =>
    Effect.gen(function* () {
      yield* start
      const [error] = yield* atOnce(1, remove)
      assert.strictEqual(error?._tag, "AuthFailure.SignatureExpire")
      assert.include(
        error?.message,
        "about AuthFailure.SignatureExpire To go on, set this machine's clock, best by NTP: the signature is from 2026-01-01T00:00:00Z, and the service accepts a difference of 5m. The answer has no `Date` to correct the clock by."
      )
      assert.deepInclude({ ...error }, { requestId: Network.requestId, action: "DeleteVolumes", product: "ebs" })
      assert.strictEqual((yield* sent).length, 1)
    }).pipe(Effect.provide(Client.layer(ahead(() => undefined))))
  )

  it.effect.each(["yesterday", "", "Thu, 99 Foo 2026 00:00:00 GMT"])(
    "R11: a `Date` that is none counts as none: %s",
    (date) =>
      Effect.gen(function* () {
        yield* start
        const [error] = yield* atOnce(1, remove)
        assert.match(error?.message ?? "", advice)
        assert.strictEqual((yield* sent).length, 1)
      }).pipe(Effect.provide(Client.layer(ahead(() => date))))
  )

  it.effect("R11: of a clock that does not learn, the error says how wrong it is", () =>
    Effect.gen(function* () {
      yield* start
      const [error] = yield* atOnce(1, remove)
      assert.match(error?.message ?? "", advice)
      assert.match(error?.message ?? "", /it is 1h 100?m?s? ?behind|it is 1h behind/)
      assert.strictEqual((yield* sent).length, 1)
    }).pipe(Effect.provide(Client.layer(ahead(), {}, { clock: ClockSync.layerSystem })))
  )

  it.effect("R11: a clock that is right is not blamed", () =>
    Effect.gen(function* () {
      yield* start
      const [error] = yield* atOnce(1, remove)
      assert.notMatch(error?.message ?? "", advice)
    }).pipe(
      Effect.provide(
        Client.layer(
          answering(({ millis }) =>
            Network.failure("AuthFailure.SignatureExpire", { date: httpDate(Math.floor(millis / 1000)) })
          )
        )
      )
    )
  )
})

describe("a rejected key", () => {
  /** A file that holds a key, which a test rewrites, and how often it was read. */
  const makeFile = () => {
    const file = { secretId: "AKID1", secretKey: "key-1", reads: 0, readable: true }
    const load = Effect.delay(
      Effect.suspend(() => {
        file.reads += 1
        return file.readable
          ? Effect.succeed({ secretId: file.secretId, secretKey: file.secretKey })
          : Effect.fail("it cannot be read")
      }),
      "50 millis"
    )
    const provider = CredentialProvider.layer(CredentialProvider.source({ name: "file", load, refreshable: true }))
    return { file, provider }
  }

  /** A service that rejects a key with a code, after 100 ms. */
  const rejecting = (isRejected: (secretId: string) => boolean, code: string) =>
    answering((sent) => Effect.delay(isRejected(signerOf(sent)) ? Network.failure(code) : Network.result(), 100))

  const aboutKey = [
    "AuthFailure.SecretIdNotFound",
    "AuthFailure.InvalidSecretId",
    "AuthFailure.SignatureFailure",
    "AuthFailure.TokenFailure",
    "AuthFailure.MFAFailure",
    "AuthFailure",
    "AuthFailure.Expired",
    "AuthFailure.SecretKeyNotFound",
    "AuthFailure.AccessKeyIllegal",
    "AuthFailure.TokenExpired",
    "AuthFailure.SecretIdDisabled",
    "AuthFailure.KeyRevoked.ByOwner"
  ]

  it.effect.each(aboutKey)("I3: is replaced from the source, and the call is made once more: %s", (code) =>
    Effect.gen(function* () {
      const { file, provider } = makeFile()
      const layer = Client.layer(
        rejecting((id) => id === "AKID1", code),
        { retry: RetryPolicy.none },
        { credential: provider }
      )
      yield* Effect.gen(function* () {
        yield* start
        Object.assign(file, { secretId: "AKID1" })
        const reading = yield* Effect.fork(calls.read)
        yield* TestClock.adjust("60 millis")
        Object.assign(file, { secretId: "AKID2" })
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(reading)
        assert.deepStrictEqual((yield* sent).map(signerOf), ["AKID1", "AKID2"])
        Object.assign(file, { secretId: "AKID3" })
        assert.deepStrictEqual(yield* atOnce(1, remove), [])
        assert.strictEqual(file.reads, 2)
      }).pipe(Effect.provide(layer))
    })
  )

  it.effect.each([
    "AuthFailure.UnauthorizedOperation",
    "AuthFailure.InvalidAuthorization",
    "AuthFailure.CamAuthError",
    "AuthFailure.NoPermission",
    "AuthFailure.SubAccountDenied",
    "UnauthorizedOperation",
    "InvalidParameter"
  ])("I3: is not what %s is about", (code) =>
    Effect.gen(function* () {
      const { file, provider } = makeFile()
      yield* Effect.gen(function* () {
        assert.strictEqual((yield* atOnce(1, remove)).length, 1)
        assert.strictEqual((yield* sent).length, 1)
        assert.strictEqual(file.reads, 1)
      }).pipe(
        Effect.provide(
          Client.layer(
            rejecting(() => true, code),
            {},
            { credential: provider }
          )
        )
      )
    })
  )

  it.effect("I3: that the source still has fails with the service's error, and nothing is sent again", () =>
    Effect.gen(function* () {
      const { file, provider } = makeFile()
      yield* Effect.gen(function* () {
        const failures = yield* atOnce(50, remove)
        assert.deepStrictEqual(
          failures.map(({ _tag }) => _tag),
          Array(50).fill("AuthFailure.SecretIdNotFound")
        )
        assert.strictEqual((yield* sent).length, 50)
        assert.strictEqual(file.reads, 2)
      }).pipe(
        Effect.provide(
          Client.layer(
            rejecting(() => true, "AuthFailure.SecretIdNotFound"),
            {},
            { credential: provider }
          )
        )
      )
    })
  )

  it.effect("I3: is replaced where only its SecretKey differs", () =>
    Effect.gen(function* () {
      const { file, provider } = makeFile()
      let rejected = true
      const network = answering(() =>
        Effect.suspend(() => (rejected ? Network.failure("AuthFailure.SignatureFailure") : Network.result())).pipe(
          Effect.tap(() => {
            rejected = false
          }),
          Effect.delay(100)
        )
      )
      yield* Effect.gen(function* () {
        const fiber = yield* Effect.fork(remove)
        yield* TestClock.adjust("60 millis")
        file.secretKey = "key-2"
        yield* TestClock.adjust("1 second")
        yield* Fiber.join(fiber)
        assert.deepStrictEqual((yield* sent).map(signerOf), ["AKID1", "AKID1"])
      }).pipe(Effect.provide(Client.layer(network, {}, { credential: provider })))
    })
  )

  it.effect(
    "I3: stays where the source has failed: the call fails with the service's error, and the next one is signed",
    () =>
      Effect.gen(function* () {
        const { file, provider } = makeFile()
        let rejected = true
        const network = answering(() => (rejected ? Network.failure("AuthFailure.SignatureFailure") : Network.result()))
        yield* Effect.gen(function* () {
          rejected = false
          assert.deepStrictEqual(yield* atOnce(1, remove), [])
          rejected = true
          file.readable = false
          const [error] = yield* atOnce(1, remove)
          assert.strictEqual(error?._tag, "AuthFailure.SignatureFailure")
          rejected = false
          assert.deepStrictEqual(yield* atOnce(1, remove), [])
        }).pipe(Effect.provide(Client.layer(network, {}, { credential: provider })))
      })
  )

  it.effect("I3: that another client of the same provider has replaced is replaced here too", () =>
    Effect.gen(function* () {
      const { file, provider } = makeFile()
      const network = rejecting((id) => id === "AKID1", "AuthFailure.SecretIdNotFound")
      const credential = Layer.succeedContext(yield* Layer.build(provider))
      const one = Effect.provide(remove, Client.layer(network, {}, { credential }))
      const other = Effect.provide(Effect.delay(remove, "40 millis"), Client.layer(network, {}, { credential }))
      yield* Effect.provide(
        Effect.ignore(Effect.flip(DescribeVolumes())),
        Client.layer(Network.layer(), { timeout: 1 }, { credential })
      ).pipe(Effect.fork)
      yield* TestClock.adjust("1 minute")
      file.secretId = "AKID2"
      const failures = yield* atOnce(1, Effect.all([one, other], { concurrency: "unbounded" }))
      assert.deepStrictEqual(failures, [])
      assert.strictEqual(file.reads, 2)
    }).pipe(Effect.scoped)
  )

  it.effect("I4: is replaced once for fifty calls", () =>
    Effect.gen(function* () {
      const { file, provider } = makeFile()
      yield* Effect.gen(function* () {
        assert.deepStrictEqual(yield* atOnce(1, remove), [])
        file.secretId = "AKID2"
        assert.deepStrictEqual(yield* atOnce(50, remove), [])
        assert.strictEqual(file.reads, 2)
        assert.strictEqual((yield* sent).length, 1 + 100)
      }).pipe(
        Effect.provide(
          Client.layer(
            answering((sent) =>
              Effect.delay(
                signerOf(sent) === file.secretId ? Network.result() : Network.failure("AuthFailure.TokenFailure"),
                "100 millis"
              )
            ),
            { retry: RetryPolicy.none },
            { credential: provider }
          )
        )
      )
    })
  )
})
