/** What a gateway answers to each failure of its ports: the ports fail with data, and the checks make the error of it. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import * as Answer from "../../fixtures/Answer.js"
import { now, v3 } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"

interface Case {
  readonly failure: string
  readonly given: Layer.Layer<never>
  readonly code: string
  readonly en: string | RegExp
  readonly zh: string | RegExp
}

const han = /\p{Script=Han}/u

const exceeded = (kind: RateLimiter.Exceeded["kind"], code: string): Case => ({
  failure: `Exceeded, of the limit ${kind}`,
  given: Layer.succeed(RateLimiter.RateLimiter, {
    take: () => Effect.fail(new RateLimiter.Exceeded({ kind, calls: 21, limit: 20 }))
  }),
  code,
  en: "Your current request times equals to `21` in a second, which exceeds the frequency limit `20` for a second. Please reduce the frequency of calls.",
  zh: "您当前每秒请求 `21` 次，超过了每秒频率上限 `20`，请稍后重试。"
})

const notFound = {
  code: "AuthFailure.SecretIdNotFound",
  en: "The SecretId is not found, please ensure that your SecretId is correct.",
  zh: "SecretId不存在，请输入正确的密钥。"
}
const tokenFailure = {
  code: "AuthFailure.TokenFailure",
  en: "The token is invalid or has expired, please get a new temporary key.",
  zh: han
}
const signatureFailure = {
  code: "AuthFailure.SignatureFailure",
  en: "The provided credentials could not be validated. Please check your signature is correct.",
  zh: "请求签名验证失败，请检查您的签名计算是否正确。"
}

const rejected = (reason: CredentialValidator.Reason, answer: Pick<Case, "code" | "en" | "zh">): Case => ({
  failure: `Rejected: ${reason}`,
  given: Layer.succeed(CredentialValidator.CredentialValidator, {
    identify: () => CredentialValidator.reject(reason),
    verify: () => Effect.void,
    checkMfa: () => Effect.void
  }),
  ...answer
})

const expired = {
  code: "AuthFailure.SignatureExpire",
  en: "The signature is expired, please request again.",
  zh: "签名过期，请检查本地时间后重新请求。"
}

const cases: ReadonlyArray<Case> = [
  exceeded("action", "RequestLimitExceeded"),
  exceeded("account", "RequestLimitExceeded.UinLimitExceeded"),
  exceeded("accountGlobal", "RequestLimitExceeded.GlobalRegionUinLimitExceeded"),
  exceeded("address", "RequestLimitExceeded.IPLimitExceeded"),
  rejected("malformed SecretId", { code: "AuthFailure.InvalidSecretId", en: /not that of a cloud API key/, zh: han }),
  rejected("unknown SecretId", notFound),
  rejected("disabled key", notFound),
  rejected("missing token", notFound),
  rejected("unexpected token", tokenFailure),
  rejected("wrong token", tokenFailure),
  rejected("expired token", tokenFailure),
  rejected("wrong signature", signatureFailure),
  rejected("missing MFA", { code: "AuthFailure.MFAFailure", en: /requires multi-factor authentication/, zh: han }),
  {
    failure: "Rejected, after a wait",
    given: Layer.succeed(CredentialValidator.CredentialValidator, {
      identify: () => Effect.zipRight(Effect.yieldNow(), CredentialValidator.reject("unknown SecretId")),
      verify: () => Effect.void,
      checkMfa: () => Effect.void
    }),
    ...notFound
  },
  {
    failure: "Expired",
    given: Layer.succeed(TimestampValidator.TimestampValidator, {
      validate: (timestamp) => Effect.fail(new TimestampValidator.Expired({ timestamp, now }))
    }),
    ...expired
  },
  { failure: "Expired, by a clock that is wrong", given: TimestampValidator.layerSkewed("6 minutes"), ...expired },
  {
    failure: "Denied",
    given: Layer.succeed(Authorizer.Authorizer, {
      authorize: ({ operation }) => Effect.fail(new Authorizer.Denied({ operation, resource: "vol-2" }))
    }),
    code: "AuthFailure.UnauthorizedOperation",
    en: /^You are not authorized to perform this operation\. .*\[\[request id:[0-9a-f-]{36}\]you are not authorized to perform operation \(ebs:DescribeVolumes\)\nresource \(vol-2\) has no permission\n\]$/,
    zh: "操作未授权，请检查CAM策略。"
  }
]

const assertMessage = (message: string | undefined, expected: string | RegExp) =>
  typeof expected === "string" ? assert.strictEqual(message, expected) : assert.match(message ?? "", expected)

describe("a gateway answers the failure of a port", () => {
  it.effect.each(cases)("$failure, with $code", ({ code, en, given, zh }) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      // Twice, since an error that is the same for everyone is made once.
      for (const _ of [1, 2]) {
        const english = yield* Answer.of(v3())
        assert.strictEqual(english.code, code)
        assertMessage(english.message, en)
        const chinese = yield* Answer.of(v3({ headers: { "x-tc-language": "zh-CN" } }))
        assert.strictEqual(chinese.code, code)
        assertMessage(chinese.message, zh)
      }
    }).pipe(Effect.provide(InProcess.layer.pipe(Layer.provide([Volumes.layer(), given]))))
  )
})
