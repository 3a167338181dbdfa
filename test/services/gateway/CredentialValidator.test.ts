import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import { CredentialValidator as Validator } from "effect-tencentcloud/CredentialValidator"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as Signature from "effect-tencentcloud/Signature"
import * as SignatureV1 from "../../../src/domain/wire/SignatureV1.js"
import { now, v3 } from "../../fixtures/Signed.js"

const session = { token: "token", expiresAt: now + 3600 }

const layer = CredentialValidator.layer.pipe(
  Layer.provide(
    KeyStore.layerMemory([
      { secretId: "AKIDmain", secretKey: "key", account: "1" },
      { secretId: "AKIDsub", secretKey: "key", account: "1", identity: "2" },
      { secretId: "AKIDoff", secretKey: "key", enabled: false },
      { secretId: "AKIDtemporary", secretKey: "key", session },
      { secretId: "AKIDmfa", secretKey: "key", mfa: "required" },
      { secretId: "AKIDmfaDone", secretKey: "key", mfa: "done" },
      { secretId: "local", secretKey: "key" }
    ])
  )
)

const provide = Effect.provide(layer)

/** The key that a gateway has found. */
const Found = (secretId: string) => Context.GenericTag<KeyStore.Key>(`test/Found/${secretId}`)

describe("CredentialValidator", () => {
  const found = (account: string, identity = account) => ({ account, identity })

  it.effect.each([
    { claim: "AKIDmain", expected: found("1") },
    { claim: "AKIDsub", expected: found("1", "2") },
    { claim: "local", expected: found("100000000001") },
    { claim: "AKIDoff", expected: "disabled key" },
    { claim: "AKIDunknown", expected: "unknown SecretId" },
    { claim: "akidmain", expected: "malformed SecretId" },
    { claim: "ASIAEXAMPLE", expected: "malformed SecretId" },
    { claim: "AKID", expected: "malformed SecretId" },
    { claim: " AKIDmain", expected: "malformed SecretId" },
    { claim: "", expected: "malformed SecretId" },
    { claim: "AKIDmain", token: "token", expected: "unexpected token" },
    { claim: "AKIDtemporary", expected: "missing token" },
    { claim: "AKIDtemporary", token: "", expected: "wrong token" },
    { claim: "AKIDtemporary", token: "another", expected: "wrong token" },
    { claim: "AKIDtemporary", token: "token", expected: found("100000000001") },
    { claim: "AKIDtemporary", token: "token", after: 3599, expected: found("100000000001") },
    { claim: "AKIDtemporary", token: "token", after: 3600, expected: "expired token" }
  ])("$claim with the token $token, after $after seconds: $expected", ({ after = 0, claim, expected, token }) =>
    Effect.gen(function* () {
      yield* TestClock.setTime((now + after) * 1000)
      const validator = yield* Validator
      const answer = yield* Effect.either(
        Effect.catchTag(validator.identify({ secretId: claim, token }), "KeyStoreError", Effect.die)
      )
      assert.deepStrictEqual<unknown>(
        Either.match(answer, {
          onLeft: ({ reason }) => reason,
          onRight: ({ account, identity }) => ({ account, identity })
        }),
        expected
      )
    }).pipe(provide)
  )

  it.effect("reads keys from configuration", () =>
    Effect.gen(function* () {
      const validator = yield* Validator
      const { identity, secretKey } = yield* validator.identify({ secretId: "AKIDconfig", token: undefined })
      assert.deepStrictEqual([identity, Redacted.value(secretKey)], ["100000000001", "key"])
    }).pipe(
      Effect.provide(
        CredentialValidator.layer.pipe(
          Layer.provide(
            KeyStore.layerConfig(
              Config.map(Config.redacted("KEY"), (secretKey) => [{ secretId: "AKIDconfig", secretKey }])
            )
          )
        )
      ),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["KEY", "key"]])))
    )
  )

  it.effect.each([
    { secretId: "AKIDmain", needs: "not required", expected: undefined },
    { secretId: "AKIDmfaDone", needs: "done", expected: undefined },
    { secretId: "AKIDmfa", needs: "required", expected: "missing MFA" }
  ])("multi-factor authentication $needs: $expected", ({ expected, secretId }) =>
    Effect.gen(function* () {
      const validator = yield* Validator
      const key = yield* validator.identify({ secretId, token: undefined })
      const refused = yield* Effect.merge(validator.checkMfa(key))
      assert.strictEqual(refused?.reason, expected)
    }).pipe(provide)
  )

  it.effect("a signature of either version is valid under its own key only", () =>
    Effect.gen(function* () {
      const validator = yield* Validator
      const key = yield* validator.identify({ secretId: "AKIDmain", token: undefined })
      const request = v3({ key: { secretId: "AKIDmain", secretKey: "key" } })
      const authorization = yield* Signature.parseAuthorization(request.headers.authorization ?? "")
      const parameters = [["Action", "DescribeVolumes"]] as const
      const v1 = { method: "GET", host: "ebs.tencentcloudapi.com", parameters }
      const signed = [
        {
          version: "v3",
          received: { ...request, payload: request.body, timestamp: String(now), authorization }
        },
        {
          version: "v1",
          ...v1,
          signature: SignatureV1.sign(SignatureV1.source(v1), "HmacSHA1", key.secretKey),
          signatureMethod: "HmacSHA1"
        }
      ] as const
      for (const signature of signed) {
        yield* validator.verify(signature, key)
        const other = { ...key, secretKey: Redacted.make("another key") }
        const refused = yield* Effect.flip(validator.verify(signature, other))
        assert.strictEqual(refused.reason, "wrong signature")
        // The keys that were derived before are not taken for another key of the same name, nor the other way round.
        yield* validator.verify(signature, key)
      }
    }).pipe(provide)
  )

  /** Whether a request that was signed under a key, for a product and a day, is taken for one of that of `by`. */
  const isTaken = (
    signed: { readonly secretId: string; readonly secretKey: string },
    { by = signed, service = "ebs", day = 0 } = {}
  ) =>
    Effect.gen(function* () {
      const validator = yield* Validator
      const timestamp = now + day * 86_400
      const request = v3({ key: signed, service, timestamp })
      const authorization = yield* Signature.parseAuthorization(request.headers.authorization ?? "")
      const key = { ...(yield* validator.identify({ secretId: "AKIDmain", token: undefined })), secretId: by.secretId }
      return yield* Effect.isSuccess(
        validator.verify(
          {
            version: "v3",
            received: { ...request, payload: request.body, timestamp: String(timestamp), authorization }
          },
          { ...key, secretKey: Redacted.make(by.secretKey) }
        )
      )
    })

  const keyAt = (index: number, secretKey = `key ${index}`) => ({ secretId: `AKID${index}`, secretKey })

  it.effect("distinguishes many keys, for each product and day", () =>
    Effect.gen(function* () {
      const keys = Array.from({ length: 300 }, (_, index) => keyAt(index))
      const scopes = ["ebs", "cvm"].flatMap((service) => [0, 1].map((day) => ({ service, day })))
      const deriveAll = Effect.forEach(keys, (key) => Effect.forEach(scopes, (scope) => isTaken(key, scope)))
      for (const _ of [1, 2]) assert.isTrue((yield* deriveAll).flat().every((taken) => taken))
      for (const [index, key] of keys.entries()) assert.isFalse(yield* isTaken(key, { by: keyAt(index + 1) }))
    }).pipe(provide)
  )

  it.effect("accepts a changed SecretKey from then on, and rejects the old one", () =>
    Effect.gen(function* () {
      for (const [index, other] of [1, 2, 1, 3].entries()) {
        const [before, after] = [keyAt(7, `${index}`), keyAt(7, `${index + 1}`)]
        assert.isTrue(yield* isTaken(before))
        // Others come between, so that what was asked for last is not what answers.
        assert.isTrue(yield* isTaken(keyAt(other)))
        assert.isFalse(yield* isTaken(before, { by: after }))
        assert.isTrue(yield* isTaken(after))
      }
    }).pipe(provide)
  )

  it.effect("works with later keys after a SecretKey has been wiped", () =>
    Effect.gen(function* () {
      const validator = yield* Validator
      const found = yield* validator.identify({ secretId: "AKIDmain", token: undefined })
      const isTakenUnder = (secretKey: Redacted.Redacted, signedBy: string) =>
        Effect.gen(function* () {
          const request = v3({ key: { secretId: "AKIDmain", secretKey: signedBy } })
          const authorization = yield* Signature.parseAuthorization(request.headers.authorization ?? "")
          const received = { ...request, payload: request.body, timestamp: String(now), authorization }
          return yield* Effect.isSuccess(validator.verify({ version: "v3", received }, { ...found, secretKey }))
        })
      const before = Redacted.make("before")
      assert.isTrue(yield* isTakenUnder(before, "before"))
      Redacted.unsafeWipe(before)
      const after = Redacted.make("after")
      assert.isTrue(yield* isTakenUnder(after, "after"))
      assert.isFalse(yield* isTakenUnder(after, "before"))
    }).pipe(provide)
  )

  it.effect("rejects with one frozen object for each reason", () =>
    Effect.gen(function* () {
      const rejected = Effect.flip(CredentialValidator.reject("wrong signature"))
      const [first, second] = [yield* rejected, yield* rejected]
      assert.deepStrictEqual({ ...first }, { _tag: "Rejected", reason: "wrong signature" })
      assert.strictEqual(first, second)
      assert.isFrozen(first)
    })
  )

  it.effect("two gateways in one program each use their own KeyStore", () => {
    const gateway = (secretId: string) =>
      Layer.provide(
        Layer.effect(
          Found(secretId),
          Effect.flatMap(Validator, ({ identify }) => identify({ secretId, token: undefined }))
        ),
        Layer.provide(CredentialValidator.layer, KeyStore.layerMemory([{ secretId, secretKey: "key" }]))
      )
    return Effect.gen(function* () {
      assert.strictEqual((yield* Found("AKID1")).secretId, "AKID1")
      assert.strictEqual((yield* Found("AKID2")).secretId, "AKID2")
    }).pipe(Effect.provide(Layer.merge(gateway("AKID1"), gateway("AKID2"))))
  })
})
