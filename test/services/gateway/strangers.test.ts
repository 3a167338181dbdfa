/** What strangers send costs in proportion to its bytes, and ends in an answer. Each case is a row of a list of attacks. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as Tracer from "effect/Tracer"
import * as AddressList from "effect-tencentcloud/AddressList"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Journal from "effect-tencentcloud/Journal"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as Policy from "effect-tencentcloud/Policy"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as ReplayGuard from "effect-tencentcloud/ReplayGuard"
import * as Signature from "effect-tencentcloud/Signature"
import * as Secrets from "../../../src/domain/rules/internal/secrets.js"
import * as Multipart from "../../../src/domain/wire/Multipart.js"
import * as Parameters from "../../../src/domain/wire/Parameters.js"
import * as SignatureV1 from "../../../src/domain/wire/SignatureV1.js"
import * as derivedKeys from "../../../src/services/gateway/internal/derivedKeys.js"
import * as Answer from "../../fixtures/Answer.js"
import { emptySpan } from "../../fixtures/EmptySpan.js"
import { collectLogs } from "../../fixtures/Logs.js"
import { collectGarbage } from "../../fixtures/Memory.js"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { now, v1, v3 } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"

/** The processor time of a function, in milliseconds: the least of some runs, which disturbances only make longer. */
const processor = (run: () => void): number => {
  let least = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < 5; turn++) {
    const before = process.cpuUsage()
    run()
    const { system, user } = process.cpuUsage(before)
    least = Math.min(least, (system + user) / 1000)
  }
  return least
}

/** Asserts that four times as much takes no more than about four times as long. */
const assertLinear = (make: (size: number) => () => void, size: number): void => {
  make(size)()
  const one = processor(make(size))
  const four = processor(make(size * 4))
  assert.isBelow(four, Math.max(one, 2) * 9, `${one} ms for ${size}, ${four} ms for ${size * 4}`)
}

const secret = "postgres://user:hunter2@db"

const nested = `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`

const parts = (given: Layer.Layer<never> = Layer.empty) => InProcess.layer.pipe(Layer.provide([Volumes.layer(), given]))

const at = TestClock.setTime(now * 1000)

describe("what a stranger sends costs in proportion", () => {
  it("K4: a form of broken escapes is read in linear time, and kept as it is", () => {
    assert.deepStrictEqual(Parameters.parse("a=%FF%zz+%E6%9C%AA"), Parameters.parse("a=%25FF%25zz%20%25E6%259C%25AA"))
    const form = (size: number) => Array.from({ length: size }, (_, index) => `a${index}=%FF`).join("&")
    assertLinear((size) => {
      const text = form(size)
      return () => Parameters.parse(text)
    }, 5000)
    assert.isBelow(
      processor(() => Parameters.parse(`a=${"%FF".repeat(340_000)}`)),
      50
    )
  })

  it("K4: a multipart body with broken names is read in linear time", () => {
    const headers = { "content-type": "multipart/form-data; boundary=b" }
    assertLinear((size) => {
      const name = "%FFx".repeat(size)
      const body = new TextEncoder().encode(
        `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n1\r\n--b--\r\n`
      )
      return () => Multipart.parse(headers, body)
    }, 500)
  })

  it("K5: a derived key is kept only for a caller who has proved to have it", () => {
    let derivations = 0
    const use = derivedKeys.make({
      capacity: 1024,
      use: (isRight: boolean) => isRight,
      isKept: (isRight) => isRight,
      derive: (secretKey, scope) => {
        derivations += 1
        return Signature.signingKey(secretKey, scope)
      }
    })
    const credential = { secretId: "AKID1", secretKey: Redacted.make("key") }
    const scopes = Array.from({ length: 100 }, (_, index) => ({ date: "2026-01-01", service: `ebs${index}` }))
    const useAll = (isRight: boolean) => {
      derivations = 0
      for (const scope of scopes) use(credential, scope, isRight)
      return derivations
    }
    // Of keys that nobody has proved to have, the latest alone is there.
    assert.deepStrictEqual([useAll(false), useAll(false)], [100, 100])
    assert.deepStrictEqual([useAll(true), useAll(true), useAll(false)], [100, 0, 0])
  })

  it.effect("K5: a scope's service has at most 64 letters", () =>
    Effect.gen(function* () {
      yield* at
      const answer = yield* Answer.of(v3({ service: "x".repeat(65), host: "127.0.0.1" }))
      assert.strictEqual(answer.code, "AuthFailure.InvalidAuthorization")
    }).pipe(Effect.provide(parts()))
  )

  it.effect("K6: a journal leaves out what is nested too deep, and the caller gets an envelope", () =>
    Effect.gen(function* () {
      yield* at
      const journal = yield* Journal.make()
      const layer = parts(Layer.succeed(Journal.Journal, journal))
      const refused = yield* Effect.provide(
        Answer.of(v3({ body: nested, headers: { authorization: undefined } })),
        layer
      )
      assert.strictEqual(refused.code, "InvalidParameter")
      const signed = yield* Effect.provide(Answer.of(v3({ body: nested })), layer)
      assert.strictEqual(signed.code, "UnknownParameter")
      const [, last] = yield* journal.entries
      assert.include(last?.request.body ?? "", "…")
    })
  )

  it.effect("K7: a journal keeps copies, and not the texts that it cuts", () =>
    Effect.gen(function* () {
      const journal = yield* Journal.make({ capacity: 200 })
      const { wire, seen } = yield* Effect.sync(() => ({ wire: v3(), seen: entry }))
      collectGarbage()
      const before = process.memoryUsage().heapUsed
      for (let index = 0; index < 60; index++) {
        const body = JSON.stringify({ Name: "x".repeat(4_000_000) })
        yield* journal.record({ ...seen, request: { ...wire, body } })
      }
      const entries = yield* journal.entries
      assert.strictEqual(entries.length, 60)
      assert.strictEqual(entries[0]?.request.body.length, 4097)
      collectGarbage()
      assert.isBelow(process.memoryUsage().heapUsed - before, 30_000_000)
    })
  )

  it("K7: a long text as a pair's name is not searched for words, and its value is removed", () => {
    const long = "x".repeat(9_500_000)
    const isSecret = Secrets.listOf(["Other"])
    const body = JSON.stringify({ Name: long, Value: "hunter2" })
    const text = Secrets.fromJson(body, isSecret, 4096) ?? ""
    assert.include(text, `"Value":"${Secrets.removed}"`)
    assert.isBelow(text.length, 5000)
    assert.isBelow(
      processor(() => isSecret(long)),
      5
    )
  })

  it.effect("K12: a request with very many wrong items ends with its first fault", () =>
    Effect.gen(function* () {
      yield* at
      for (const size of [10, 300_000]) {
        const body = `{"Filters":[${"1,".repeat(size - 1)}1]}`
        const answer = yield* Answer.of(v3({ body }))
        assert.strictEqual(answer.code, "InvalidParameter")
        assert.include(answer.message ?? "", "Filters.0")
      }
    }).pipe(Effect.provide(parts()))
  )

  it("K13: a header of many credentials is read in linear time", () => {
    assertLinear((size) => {
      const request = v3({ host: "127.0.0.1", headers: { authorization: "Credential=".repeat(size) } })
      const run = Answer.of(request).pipe(Effect.provide(ServedGateway.layer()))
      return () => {
        Effect.runSync(run)
      }
    }, 2000)
  })

  it("K14: names that are not ASCII are sorted by their bytes, each encoded once", () => {
    const names = ["\u540d", "a", "\ud83d\ude00", "\uffee", "\u00e9", "\ue000"]
    const source = SignatureV1.source({ method: "GET", host: "h", parameters: names.map((name) => [name, "1"]) })
    const byBytes = [...names].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
    assert.strictEqual(source, `GETh/?${byBytes.map((name) => `${name}=1`).join("&")}`)
    assertLinear((size) => {
      const parameters = Array.from({ length: size }, (_, index) => [`\u540d${(index * 7919) % size}`, "1"] as const)
      return () => SignatureV1.source({ method: "GET", host: "h", parameters })
    }, 2000)
  })

  it.effect.each(["action", "account", "accountGlobal"] as const)(
    "K15: an unsigned action has its limit %s for each address",
    (kind) =>
      Effect.gen(function* () {
        const limiter = yield* RateLimiter.makeMemory({ [kind]: 2 })
        const call = (address: string) =>
          limiter.take({
            product: "ebs",
            action: "Ping",
            accessRegion: "nearest",
            account: "",
            identity: "",
            address,
            limit: undefined
          })
        yield* call("203.0.113.1")
        yield* call("203.0.113.1")
        assert.strictEqual((yield* Effect.flip(call("203.0.113.1")))._tag, "Exceeded")
        yield* call("203.0.113.2")
      })
  )

  it.effect.each([
    "203.0.113.7:4711",
    " 203.0.113.8",
    "203.0.113.8 ",
    "010.0.0.1",
    "203.0.113.007",
    "0x7f.1",
    "unknown",
    "1".repeat(70_000)
  ])("K16: the address %j cannot be read, and is denied where there is a deny list", (address) =>
    Effect.sync(() => {
      const denying = AddressList.make({ deny: ["192.0.2.1"] })
      assert.isTrue(denying.isDenied(address))
      assert.isFalse(AddressList.make({}).isDenied(address))
      assert.isFalse(AddressList.make({ allow: ["0.0.0.0/0"] }).isAllowed(address))
      assert.isFalse(denying.isDenied("203.0.113.8"))
      assert.isFalse(denying.isDenied("2001:db8::1"))
    })
  )

  it.effect("K17: a replay in the last second of the window is refused", () =>
    Effect.gen(function* () {
      const guard = yield* ReplayGuard.make()
      assert.isTrue(yield* guard.remember("a"))
      yield* TestClock.adjust("600999 millis")
      assert.isFalse(yield* guard.remember("a"))
    })
  )

  it.effect("K17: a full guard looks before it forgets", () =>
    Effect.gen(function* () {
      const guard = yield* ReplayGuard.make({ capacity: 3 })
      for (const signature of ["a", "b", "c"]) assert.isTrue(yield* guard.remember(signature))
      assert.isFalse(yield* guard.remember("a"))
      assert.isFalse(yield* guard.remember("a"))
      assert.isTrue(yield* guard.remember("d"))
      assert.isFalse(yield* guard.remember("b"))
    })
  )

  it.each(["EBS:deletevolumes", "ebs:DELETE*", "name/Ebs:DeleteVolumeS", "*:deletevolumes"])(
    "K18: a policy that denies %j applies to ebs:DeleteVolumes",
    (action) => {
      const deny = { effect: "deny", action: [action], resource: ["*"], condition: [] } as const
      const verdict = Policy.evaluate([Policy.allowAll, { statements: [deny] }], {
        action: "ebs:DeleteVolumes",
        resource: "vol-1",
        address: undefined
      })
      assert.strictEqual(verdict, "denied")
    }
  )

  it.effect("G2: a timestamp in milliseconds is expired", () =>
    Effect.gen(function* () {
      yield* at
      const timestamp = now * 1000
      const signed = v3()
      const answer = yield* Answer.of({
        ...signed,
        headers: { ...signed.headers, "x-tc-timestamp": String(timestamp) }
      })
      assert.strictEqual(answer.code, "AuthFailure.SignatureExpire")
      assert.strictEqual((yield* Answer.of(v3({ timestamp }))).code, "AuthFailure.SignatureExpire")
      const form = yield* Answer.of(v1({ parameters: { Timestamp: String(timestamp) } }))
      assert.strictEqual(form.code, "AuthFailure.SignatureExpire")
    }).pipe(Effect.provide(parts()))
  )
})

const entry: Omit<Journal.Seen, "request"> = {
  requestId: "1",
  receivedAt: 0,
  took: 0 as never,
  outcome: "answered",
  product: undefined,
  action: undefined,
  version: undefined,
  region: undefined,
  secretId: undefined,
  account: undefined,
  identity: undefined,
  checks: [],
  decidedBy: "handler",
  operations: [],
  missing: [],
  faults: [],
  code: undefined,
  events: undefined,
  response: undefined
}

const boom = () => {
  throw new Error(secret)
}

/** Parts that fail in each way: with data, with a defect, after a wait, and by a throw. */
const failures = <E>(make: () => E): ReadonlyArray<readonly [how: string, effect: () => Effect.Effect<never, E>]> => [
  ["with data", () => Effect.fail(make())],
  ["with data, after a wait", () => Effect.zipRight(Effect.yieldNow(), Effect.fail(make()))],
  ["with a defect", () => Effect.die(new Error(secret))],
  ["with a defect, after a wait", () => Effect.zipRight(Effect.yieldNow(), Effect.die(new Error(secret)))],
  ["by a throw", boom]
]

const broken = (): ReadonlyArray<{
  readonly port: string
  readonly how: string
  readonly given: Layer.Layer<never>
}> => {
  const cause = { cause: new Error(secret) }
  return [
    ...failures(() => new KeyStore.KeyStoreError(cause)).map(([how, find]) => ({
      port: "KeyStore",
      how,
      given: Layer.succeed(KeyStore.KeyStore, { find })
    })),
    ...failures(() => new Authorizer.AuthorizerError(cause)).flatMap(([how, authorize]) =>
      (["enforce", "soft"] as const).map((mode) => ({
        port: `Authorizer (${mode})`,
        how,
        given: Layer.succeed(Authorizer.Authorizer, { authorize, mode })
      }))
    ),
    ...failures(() => new RateLimiter.RateLimiterError(cause)).map(([how, take]) => ({
      port: "RateLimiter",
      how,
      given: Layer.succeed(RateLimiter.RateLimiter, { take })
    }))
  ]
}

describe("every request ends in an answer", () => {
  it.effect.each(broken())("G6: $port fails $how: InternalError, and a log without the secret", ({ given }) =>
    Effect.gen(function* () {
      yield* at
      const { layer, lines } = collectLogs()
      const answer = yield* Effect.provide(Answer.of(v3()), Layer.merge(parts(given), layer))
      assert.strictEqual(answer.code, "InternalError")
      assert.notInclude(JSON.stringify(answer), "hunter2")
      assert.isAbove(lines.length, 0)
      assert.notInclude(lines.join("\n"), "hunter2")
      assert.include(lines.join("\n"), "failed with")
    })
  )

  it.effect.each(failures(() => new Journal.JournalError({ cause: new Error(secret) })))(
    "K8, G6: a journal that fails %s costs no answer, and is logged without the secret",
    ([, record]) =>
      Effect.gen(function* () {
        yield* at
        const { layer, lines } = collectLogs()
        const journal = Layer.succeed(Journal.Journal, { record, entries: Effect.succeed([]), clear: Effect.void })
        const answer = yield* Effect.provide(Answer.of(v3()), Layer.merge(parts(journal), layer))
        assert.isUndefined(answer.code)
        assert.include(lines.join("\n"), "journal failed")
        assert.notInclude(lines.join("\n"), "hunter2")
      })
  )

  it.effect.each([
    { name: "makes no span", span: boom },
    { name: "makes a span that does not end", span: () => ({ ...emptySpan, end: boom }) }
  ])("K8: a tracer that $name does not cost the answer", ({ span }) =>
    Effect.gen(function* () {
      yield* at
      const { layer, lines } = collectLogs()
      const tracer = Tracer.make({ span, context: (run) => run() })
      const answer = yield* Answer.of(v3()).pipe(Effect.provide(Layer.merge(parts(), layer)), Effect.withTracer(tracer))
      assert.oneOf(answer.code, [undefined, "InternalError"])
      assert.isAbove(lines.length, 0)
    })
  )

  it.effect("K9: the head alone refuses what it can refuse", () =>
    Effect.gen(function* () {
      yield* at
      const { judge } = yield* Gateway.Gateway
      const codeOf = (request: ReturnType<typeof v3>) =>
        Effect.map(judge?.({ ...request, body: "" }) ?? Effect.succeed(undefined), (answer) =>
          answer === undefined ? undefined : Answer.read(answer).code
        )
      const large = { "content-length": "9000000" }
      assert.isUndefined(yield* codeOf(v3({ headers: large })))
      const cases: ReadonlyArray<readonly [code: string, request: ReturnType<typeof v3>]> = [
        ["UnsupportedProtocol", { ...v3({ headers: large }), method: "PUT" }],
        ["RequestSizeLimitExceeded", v3({ method: "GET", headers: large })],
        ["RequestSizeLimitExceeded", v3({ headers: { "content-length": "10485761" } })],
        ["RequestSizeLimitExceeded", v3({ headers: { authorization: undefined, "content-length": "1048577" } })],
        ["MissingParameter", v3({ headers: { ...large, "x-tc-version": undefined } })],
        ["InvalidAction", v3({ action: "Nothing", headers: large })],
        ["NoSuchProduct", v3({ host: "nothing.tencentcloudapi.com", headers: large })],
        ["AuthFailure.InvalidAuthorization", v3({ headers: { ...large, authorization: "nonsense" } })],
        ["AuthFailure.SignatureExpire", v3({ timestamp: now - 400, headers: large })],
        ["AuthFailure.SecretIdNotFound", v3({ key: { secretId: "AKIDnobody", secretKey: "x" }, headers: large })]
      ]
      for (const [code, request] of cases) assert.strictEqual(yield* codeOf(request), code)
    }).pipe(Effect.provide(parts()))
  )
})
