import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { CredentialProvider } from "effect-tencentcloud/CredentialProvider"
import * as CredentialSources from "effect-tencentcloud/CredentialSources"
import * as Metadata from "../../../fixtures/Metadata.js"
import * as Seen from "../../../fixtures/Seen.js"
import * as Doubles from "./doubles.js"

const end = Doubles.now + 7200

const metadata = (members: object = {}) => Metadata.key({ ExpiredTime: end, ...members })

const sts = JSON.stringify({
  Response: {
    Credentials: { TmpSecretId: "AKIDSTS", TmpSecretKey: "key", Token: "token" },
    ExpiredTime: end,
    RequestId: "1"
  }
})

/** An instance with a role, and STS. */
const network = (answers: { readonly metadata?: string; readonly sts?: string } = {}) =>
  Doubles.network(({ url }) => {
    if (!url.startsWith(`http://${Metadata.host}/`)) return Doubles.says(answers.sts ?? sts)
    return Doubles.says(url.endsWith("/") ? "reader" : (answers.metadata ?? metadata()))
  })

/** A machine where nothing is. */
const nothing = {
  files: {},
  variables: {},
  network: Doubles.network(({ url }) => (url.startsWith("http://metadata") ? Doubles.says("", 404) : Effect.never))
}

const provide = (world: {
  readonly files: Readonly<Record<string, Doubles.File>>
  readonly variables: Readonly<Record<string, string>>
  readonly network: Doubles.Network
}) =>
  Effect.provide(
    CredentialSources.layerChain.pipe(
      Layer.provideMerge(Layer.merge(Doubles.files(world.files), world.network)),
      Layer.provideMerge(Doubles.variables(world.variables))
    )
  )

const environment = { TENCENTCLOUD_SECRET_ID: "AKIDENV", TENCENTCLOUD_SECRET_KEY: "key" }
const files = {
  "/home/me/.tencentcloud/credentials": "[default]\nsecret_id = AKIDFILE\nsecret_key = key",
  "/token": "jwt"
}
const pod = {
  TKE_REGION: "ap-shanghai",
  TKE_PROVIDER_ID: "tke",
  TKE_WEB_IDENTITY_TOKEN_FILE: "/token",
  TKE_ROLE_ARN: "qcs::cam::uin/1:roleName/pod"
}

const outcome = Effect.zipRight(TestClock.setTime(Doubles.now * 1000), Doubles.outcome)

describe("the chain", () => {
  for (const [name, world, expected] of [
    ["the environment first", { files, variables: { ...environment, ...pod } }, "AKIDENV,key,no token,for ever"],
    ["then files", { files, variables: pod }, "AKIDFILE,key,no token,for ever"],
    ["then the token of a pod", { files: { "/token": "jwt" }, variables: pod }, `AKIDSTS,key,token,${end}`],
    ["then the role of the instance", { files: {}, variables: {} }, `AKIDCVM,key,token,${end}`],
    [
      "the next one where one is broken",
      { files, variables: { ...environment, TENCENTCLOUD_SECRET_KEY: " key" } },
      "AKIDFILE,key,no token,for ever"
    ]
  ] as const) {
    it.effect(`asks ${name}`, () =>
      Effect.map(outcome, (found) => assert.strictEqual(found, expected)).pipe(
        provide({ ...world, network: network() })
      )
    )
  }

  it.effect("asks no service where the environment has a key", () =>
    Effect.gen(function* () {
      yield* outcome
      assert.lengthOf(yield* Doubles.Wiretap, 0)
    }).pipe(provide({ files: {}, variables: { ...environment, ...pod }, network: network() }))
  )

  it.effect("tells of each source why it had nothing, and logs nothing", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(Effect.flatMap(CredentialProvider, ({ get }) => get))
      assert.strictEqual(
        message,
        [
          "No credential to sign with. environment: TENCENTCLOUD_SECRET_ID is not set, TENCENTCLOUD_SECRET_KEY is not set",
          "file /home/me/.tencentcloud/credentials: it does not exist",
          "file /etc/tencentcloud/credentials: it does not exist",
          "file /home/me/.tccli/default.credential: it does not exist",
          "TKE OIDC: TKE_REGION is not set, TKE_PROVIDER_ID is not set, TKE_WEB_IDENTITY_TOKEN_FILE is not set, TKE_ROLE_ARN is not set",
          "CVM role: the instance has no role: bind it in the console."
        ].join("; ")
      )
      assert.deepStrictEqual((yield* Seen.Seen).lines, [])
    }).pipe(provide(nothing), Effect.provide(Seen.layer))
  )

  it.effect("goes on to the role that TENCENTCLOUD_ROLE_ARN names, with the key that it found", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* outcome, `AKIDSTS,key,token,${end}`)
      const [sent] = yield* Doubles.Wiretap
      assert.include(sent?.headers.authorization, "Credential=AKIDFILE/")
      assert.strictEqual(JSON.parse(sent?.body ?? "").RoleArn, "qcs::cam::uin/1:roleName/reader")
    }).pipe(
      provide({ files, variables: { TENCENTCLOUD_ROLE_ARN: "qcs::cam::uin/1:roleName/reader" }, network: network() })
    )
  )

  it.effect("stays with the key that it found where TENCENTCLOUD_ROLE_ARN is empty", () =>
    Effect.map(outcome, (found) => assert.match(found, /^AKIDFILE,/)).pipe(
      provide({ files, variables: { TENCENTCLOUD_ROLE_ARN: "" }, network: network() })
    )
  )

  it.effect("takes options for its sources", () =>
    Effect.map(outcome, (found) => assert.match(found, /^AKIDTWO,/)).pipe(
      Effect.provide(
        CredentialSources.layerChainWith({ files: { profile: "two" } }).pipe(
          Layer.provide([
            Doubles.files({ "/etc/tencentcloud/credentials": "[two]\nsecret_id=AKIDTWO\nsecret_key=key" }),
            network()
          ])
        )
      ),
      Effect.provide(Doubles.variables({}))
    )
  )
})

describe("no secret is told by an error, a log or a span", () => {
  const secret = "PLANTED-SECRET"
  const broken = {
    variables: {
      TENCENTCLOUD_SECRET_ID: "AKIDENV",
      TENCENTCLOUD_SECRET_KEY: ` ${secret}`,
      TENCENTCLOUD_TOKEN: `${secret}\n`,
      ...pod
    },
    files: {
      "/home/me/.tencentcloud/credentials": `[default]\nsecret_id = AKIDFILE\nsecret_key = "${secret} "`,
      "/etc/tencentcloud/credentials": `secret_key = ${secret}`,
      "/home/me/.tccli/default.credential": `{"secretId":"AKIDCLI","secretKey":"${secret}"`,
      "/token": secret
    }
  }
  const refusal = (message: string) =>
    JSON.stringify({ Response: { Error: { Code: "InternalError", Message: message }, RequestId: "1" } })
  for (const [name, answers] of [
    [
      "in answers that break off",
      { sts: sts.replace("key", secret).slice(0, -3), metadata: metadata({ Token: secret }).slice(0, -1) }
    ],
    [
      "in answers that lack something",
      {
        sts: sts.replace("key", secret).replace("Token", "Taken"),
        metadata: metadata({ Token: secret, TmpSecretId: 1 })
      }
    ],
    ["in refusals", { sts: refusal(secret), metadata: metadata({ Code: `no ${secret}`, Token: secret }) }]
  ] as const) {
    it.effect(name, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(Doubles.now * 1000)
        const { get } = yield* CredentialProvider
        const exit = yield* Doubles.patiently(Effect.exit(Effect.withSpan(get, "get")))
        assert.isTrue(Exit.isFailure(exit))
        const cause = Exit.isFailure(exit) ? exit.cause : Cause.empty
        const error = yield* Doubles.patiently(Effect.flip(get))
        assert.strictEqual(error.sources.length, 6)
        yield* Effect.logError(error.message, cause)
        const { lines, spans } = yield* Seen.Seen
        const told = [
          error.message,
          error.stack,
          String(error),
          JSON.stringify(error),
          inspect(error, { depth: 10, showHidden: true }),
          inspect(cause, { depth: 10 }),
          Cause.pretty(cause, { renderErrorCause: true }),
          JSON.stringify(exit),
          inspect(lines),
          inspect(spans, { depth: 10 })
        ].join("\n")
        assert.notInclude(told, secret)
      }).pipe(provide({ ...broken, network: network(answers) }), Effect.provide(Seen.layer))
    )
  }

  it.effect("once there is a key", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Doubles.now * 1000)
      const { get } = yield* CredentialProvider
      const credential = yield* Effect.withSpan(get, "get")
      yield* Effect.log(credential)
      const { lines, spans } = yield* Seen.Seen
      const told = [
        JSON.stringify(credential),
        inspect(credential, { depth: 10 }),
        inspect(lines),
        inspect(spans, { depth: 10 })
      ]
      assert.notInclude(told.join("\n"), secret)
      assert.include(told.join("\n"), "AKIDCVM")
    }).pipe(
      provide({ ...nothing, network: network({ metadata: metadata({ TmpSecretKey: secret, Token: secret }) }) }),
      Effect.provide(Seen.layer)
    )
  )
})
