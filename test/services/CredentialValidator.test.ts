import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as Signature from "effect-tencentcloud/domain/Signature"
import * as SignatureV1 from "effect-tencentcloud/domain/SignatureV1"
import * as ClockSync from "effect-tencentcloud/layers/ClockSync"
import * as CredentialValidator from "effect-tencentcloud/layers/CredentialValidator"
import * as KeyStore from "effect-tencentcloud/layers/KeyStore"
import { CredentialValidator as Validator } from "effect-tencentcloud/services/CredentialValidator"
import { now, v3 } from "../fixtures/Signed.js"

const session = { token: "token", expiresAt: now + 3600 }

const layer = CredentialValidator.layer.pipe(
  Layer.provide([
    ClockSync.layerSystem,
    KeyStore.layerMemory([
      { secretId: "AKIDmain", secretKey: "key", account: "1" },
      { secretId: "AKIDsub", secretKey: "key", account: "1", identity: "2" },
      { secretId: "AKIDoff", secretKey: "key", enabled: false },
      { secretId: "AKIDtemporary", secretKey: "key", session },
      { secretId: "AKIDmfa", secretKey: "key", mfa: "required" },
      { secretId: "AKIDmfaDone", secretKey: "key", mfa: "done" },
      { secretId: "local", secretKey: "key" }
    ])
  ])
)

const provide = Effect.provide(layer)

describe("CredentialValidator", () => {
  const found = (account: string, identity = account) => ({ account, identity })
  const notFound = "AuthFailure.SecretIdNotFound"
  const tokenFailure = "AuthFailure.TokenFailure"

  it.effect.each([
    { claim: "AKIDmain", expected: found("1") },
    { claim: "AKIDsub", expected: found("1", "2") },
    { claim: "local", expected: found("100000000001") },
    { claim: "AKIDoff", expected: notFound },
    { claim: "AKIDunknown", expected: notFound },
    { claim: "akidmain", expected: "AuthFailure.InvalidSecretId" },
    { claim: "ASIAEXAMPLE", expected: "AuthFailure.InvalidSecretId" },
    { claim: "AKID", expected: "AuthFailure.InvalidSecretId" },
    { claim: " AKIDmain", expected: "AuthFailure.InvalidSecretId" },
    { claim: "", expected: "AuthFailure.InvalidSecretId" },
    { claim: "AKIDmain", token: "token", expected: tokenFailure },
    { claim: "AKIDtemporary", expected: notFound },
    { claim: "AKIDtemporary", token: "", expected: tokenFailure },
    { claim: "AKIDtemporary", token: "another", expected: tokenFailure },
    { claim: "AKIDtemporary", token: "token", expected: found("100000000001") },
    { claim: "AKIDtemporary", token: "token", after: 3599, expected: found("100000000001") },
    { claim: "AKIDtemporary", token: "token", after: 3600, expected: tokenFailure }
  ])("$claim with the token $token, after $after seconds: $expected", ({ after = 0, claim, expected, token }) =>
    Effect.gen(function* () {
      yield* TestClock.setTime((now + after) * 1000)
      const validator = yield* Validator
      const answer = yield* Effect.either(validator.identify({ secretId: claim, token }))
      assert.deepStrictEqual<unknown>(
        Either.match(answer, {
          onLeft: ({ _tag }) => _tag,
          onRight: ({ account, identity }) => ({ account, identity })
        }),
        expected
      )
    }).pipe(provide)
  )

  it.effect("configuration gives the keys", () =>
    Effect.gen(function* () {
      const validator = yield* Validator
      const { identity, secretKey } = yield* validator.identify({ secretId: "AKIDconfig", token: undefined })
      assert.deepStrictEqual([identity, Redacted.value(secretKey)], ["100000000001", "key"])
    }).pipe(
      Effect.provide(
        CredentialValidator.layer.pipe(
          Layer.provide([
            ClockSync.layerSystem,
            KeyStore.layerConfig(
              Config.map(Config.redacted("KEY"), (secretKey) => [{ secretId: "AKIDconfig", secretKey }])
            )
          ])
        )
      ),
      Effect.withConfigProvider(ConfigProvider.fromMap(new Map([["KEY", "key"]])))
    )
  )

  it.effect.each([
    { secretId: "AKIDmain", needs: "not required", expected: undefined },
    { secretId: "AKIDmfaDone", needs: "done", expected: undefined },
    { secretId: "AKIDmfa", needs: "required", expected: "AuthFailure.MFAFailure" }
  ])("multi-factor authentication $needs: $expected", ({ expected, secretId }) =>
    Effect.gen(function* () {
      const validator = yield* Validator
      const key = yield* validator.identify({ secretId, token: undefined })
      const refused = yield* Effect.merge(validator.checkMfa(key))
      assert.strictEqual(refused?._tag, expected)
    }).pipe(provide)
  )

  it.effect("a signature of either version holds under its key alone", () =>
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
        assert.strictEqual(refused._tag, "AuthFailure.SignatureFailure")
        // The keys that were derived before are not taken for another key of the same name, nor the other way round.
        yield* validator.verify(signature, key)
      }
    }).pipe(provide)
  )

  it.effect.each([
    {
      language: "en-US",
      messages: [
        "The SecretId is not found, please ensure that your SecretId is correct.",
        "The provided credentials could not be validated. Please check your signature is correct."
      ]
    },
    {
      language: "zh-CN",
      messages: ["SecretId不存在，请输入正确的密钥。", "请求签名验证失败，请检查您的签名计算是否正确。"]
    }
  ] as const)("refuses in $language", ({ language, messages }) =>
    Effect.gen(function* () {
      const validator = yield* Validator
      const key = yield* validator.identify({ secretId: "AKIDmain", token: undefined })
      const v1 = {
        version: "v1",
        method: "GET",
        host: "",
        parameters: [],
        signature: "",
        signatureMethod: "HmacSHA1"
      } as const
      const refused = [
        yield* Effect.flip(validator.identify({ secretId: "AKIDunknown", token: undefined }, language)),
        yield* Effect.flip(validator.verify(v1, key, language))
      ]
      assert.deepStrictEqual<unknown>(
        refused.map(({ message }) => message),
        messages
      )
    }).pipe(provide)
  )
})
