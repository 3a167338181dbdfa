/** Keys that STS gives: to another key, and to the token of a pod. Its double is our own gateway, which checks signatures. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { ApiError } from "effect-tencentcloud/ApiError"
import { InvalidParameter, RequestLimitExceeded } from "effect-tencentcloud/CommonError"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as CredentialSources from "effect-tencentcloud/CredentialSources"
import * as Sts from "../../../fixtures/Sts.js"
import * as Doubles from "./doubles.js"

const secret = "PLANTED-SECRET"
const arn = "qcs::cam::uin/100000000001:roleName/reader"
const long = { secretId: "AKIDLONG", secretKey: secret }

const keyOf = (input: { secretId: string; secretKey: string; token?: string }) =>
  CredentialProvider.source({ name: "test", load: Effect.succeed(input), refreshable: true })

/** Each test begins at a time that can be signed, which is two hours before its key's end. */
const provide = <E, R>(
  layer: Layer.Layer<CredentialProvider.CredentialProvider, E, R>,
  network: Layer.Layer<R | Doubles.Wiretap>,
  variables: Readonly<Record<string, string | undefined>> = {}
) => Effect.provide(layer.pipe(Layer.provideMerge(network), Layer.provideMerge(Doubles.variables(variables))))

const at = TestClock.setTime(Doubles.now * 1000)
const end = Doubles.now + 7200
const answer = Effect.zipRight(at, Doubles.outcome)

/** The same, where it may take more than one attempt. */
const patiently = Effect.zipRight(at, Doubles.patiently(Doubles.outcome))

describe("AssumeRole", () => {
  const role = (options: Partial<CredentialSources.AssumeRoleOptions> = {}) =>
    CredentialSources.layerAssumeRole({ from: keyOf(long), roleArn: arn, ...options })

  it.effect("is signed with the key of another source, and gives the key of the role", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* answer, `AKIDROLE,key-ROLE,token-ROLE,${end}`)
      const [sent, ...others] = yield* Doubles.Wiretap
      assert.lengthOf(others, 0)
      assert.strictEqual(sent?.url, "https://sts.tencentcloudapi.com/")
      assert.strictEqual(sent?.headers["x-tc-region"], "ap-guangzhou")
      assert.notProperty(sent?.headers, "traceparent")
    }).pipe(Effect.withSpan("span"), provide(role(), Doubles.stsNetwork({ keys: [long] })))
  )

  it.effect("carries what the options say, the policy encoded once more", () => {
    const requests: Array<{ readonly Policy?: string | undefined }> = []
    const policy = { version: "2.0", statement: [{ effect: "allow", action: "cos:Get*", resource: "*" }] }
    return Effect.gen(function* () {
      assert.strictEqual(yield* answer, `AKIDROLE,key-ROLE,token-ROLE,${end}`)
      const [{ Policy = "", ...request } = {}] = requests
      assert.deepStrictEqual(request, {
        RoleArn: arn,
        RoleSessionName: "job-1",
        DurationSeconds: 1800,
        ExternalId: "x/1"
      })
      assert.notInclude(Policy, "{")
      assert.deepStrictEqual(JSON.parse(decodeURIComponent(Policy)), policy)
      const [sent] = yield* Doubles.Wiretap
      assert.strictEqual(sent?.url, "http://127.0.0.1:9/")
      assert.strictEqual(sent?.headers["x-tc-region"], "ap-singapore")
    }).pipe(
      provide(
        role({
          sessionName: "job-1",
          duration: "30 minutes",
          externalId: "x/1",
          policy,
          region: "ap-singapore",
          endpoint: "http://127.0.0.1:9"
        }),
        Doubles.stsNetwork({
          keys: [long],
          AssumeRole: (request) => {
            requests.push(request)
            return Sts.keyFor("ROLE")
          }
        }),
        { TENCENTCLOUD_ROLE_SESSION_NAME: "another" }
      )
    )
  })

  for (const [name, variables, expected] of [
    ["a name of its own", {}, `effect-tencentcloud-${Doubles.now}000`],
    ["the name of the variable", { TENCENTCLOUD_ROLE_SESSION_NAME: "nightly" }, "nightly"]
  ] as const) {
    it.effect(`takes the role of the variable where none is given, under ${name}`, () => {
      const requests: Array<unknown> = []
      return Effect.gen(function* () {
        assert.strictEqual(yield* answer, `AKIDROLE,key-ROLE,token-ROLE,${end}`)
        assert.deepStrictEqual(requests, [{ RoleArn: arn, RoleSessionName: expected }])
      }).pipe(
        provide(
          role({ roleArn: undefined }),
          Doubles.stsNetwork({
            keys: [long],
            AssumeRole: (request) => {
              requests.push(request)
              return Sts.keyFor("ROLE")
            }
          }),
          { TENCENTCLOUD_ROLE_ARN: arn, ...variables }
        )
      )
    })
  }

  it.effect("can be made with the key of a role, which was made with that of another", () => {
    const session = (name: string) => ({
      secretId: `AKID${name}`,
      secretKey: `key-${name}`,
      session: { token: `token-${name}`, expiresAt: end }
    })
    const chained = CredentialSources.assumeRole({ from: keyOf(long), roleArn: "entry" }).pipe(
      Effect.flatMap((from) => CredentialSources.assumeRole({ from, roleArn: "middle" })),
      Effect.flatMap((from) => CredentialSources.assumeRole({ from, roleArn: "inner" }))
    )
    return Effect.map(answer, (outcome) => assert.strictEqual(outcome, `AKIDinner,key-inner,token-inner,${end}`)).pipe(
      provide(
        CredentialProvider.layerEffect(chained),
        Doubles.stsNetwork({
          keys: [long, session("entry"), session("middle")],
          AssumeRole: ({ RoleArn }) => Sts.keyFor(RoleArn)
        })
      )
    )
  })

  it.effect("is asked once by a hundred, and again, by the key of that time, ahead of its end", () => {
    let from = { secretId: "AKIDOLD", secretKey: "old" }
    const rotating = CredentialProvider.source({ name: "test", load: Effect.sync(() => from), refreshable: true })
    const rotated = { secretId: "AKIDNEW", secretKey: "new" }
    return Effect.gen(function* () {
      yield* at
      yield* Effect.all(
        Array.from({ length: 100 }, () => Doubles.outcome),
        { concurrency: "unbounded" }
      )
      assert.lengthOf(yield* Doubles.Wiretap, 1)
      from = rotated
      yield* TestClock.adjust("115 minutes")
      assert.strictEqual(yield* Doubles.outcome, `AKIDROLE,key-ROLE,token-ROLE,${end}`)
      yield* Doubles.settle
      assert.strictEqual(yield* Doubles.outcome, `AKIDROLE,key-ROLE,token-ROLE,${end + 115 * 60}`)
      const [, renewal, ...others] = yield* Doubles.Wiretap
      assert.include(renewal?.headers.authorization, "Credential=AKIDNEW/")
      assert.lengthOf(others, 0)
    }).pipe(provide(role({ from: rotating }), Doubles.stsNetwork({ keys: [from, rotated] })))
  })

  it.effect("is tried again where STS throttles or breaks", () => {
    const faults = [Doubles.says("", 502), Effect.fail(Doubles.refused)]
    let throttled = false
    const network = Doubles.stsNetwork({
      keys: [long],
      faults,
      AssumeRole: () => {
        if (throttled) return Sts.keyFor("ROLE")
        throttled = true
        return new RequestLimitExceeded({ message: "slowly" })
      }
    })
    return Effect.map(patiently, (outcome) => assert.match(outcome, /^AKIDROLE,/)).pipe(provide(role(), network))
  })

  it.effect("sets its clock by STS where the own one is off", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime((Doubles.now - 3600) * 1000)
      assert.match(yield* Doubles.outcome, /^AKIDROLE,/)
      const sent = yield* Doubles.Wiretap
      assert.deepStrictEqual(
        sent.map(({ headers }) => headers["x-tc-timestamp"]),
        [`${Doubles.now - 3600}`, `${Doubles.now}`]
      )
    }).pipe(provide(role(), Doubles.stsNetwork({ keys: [long], time: Doubles.now })))
  )
})

/** What goes wrong between here and STS, whoever asks. */
const wrong: ReadonlyArray<readonly [name: string, network: Doubles.Network, reason: RegExp | string]> = [
  [
    "nobody listens",
    Doubles.network(() => Effect.fail(Doubles.refused)),
    "asking sts.tencentcloudapi.com failed: connect ECONNREFUSED 127.0.0.1:80"
  ],
  [
    "a redirect leads away",
    Doubles.network(() => Doubles.says(null, 307, { location: "http://elsewhere.example/" })),
    "sts.tencentcloudapi.com answered with HTTP 307 and a body that is empty"
  ],
  [
    "it fails",
    Doubles.network(() => Doubles.says(secret, 500)),
    "sts.tencentcloudapi.com answered with HTTP 500 and a body that is not JSON"
  ],
  [
    "a page of HTML comes",
    Doubles.network(() => Doubles.says(`<html>${secret}</html>`)),
    "sts.tencentcloudapi.com answered with HTTP 200 and a body that is a page of HTML or XML, not JSON"
  ],
  [
    "half of an answer comes",
    Doubles.network(() => Doubles.says(`{"Response":{"Credentials":{"TmpSecretKey":"${secret}"`)),
    "sts.tencentcloudapi.com answered with HTTP 200 and a body that is JSON that breaks off after 59 characters"
  ],
  [
    "an answer without an end comes",
    Doubles.network(() => Doubles.says(Doubles.endless())),
    "asking sts.tencentcloudapi.com failed: the answer is larger than 64 KB"
  ],
  [
    "the answer lacks its parts",
    Doubles.network(() =>
      Doubles.says(
        JSON.stringify({ Response: { Credentials: { TmpSecretId: 1, TmpSecretKey: secret }, RequestId: "1" } })
      )
    ),
    "sts.tencentcloudapi.com answered with HTTP 200 and a body that does not fit the action's contract: `Credentials.TmpSecretId` is number where string was expected; `Credentials.Token` is missing; `ExpiredTime` is missing"
  ],
  [
    "it refuses in words that are no code",
    Doubles.network(() =>
      Doubles.says(
        JSON.stringify({ Response: { Error: { Code: `${secret}!`, Message: secret }, RequestId: `${secret}!` } })
      )
    ),
    "STS rejected the request"
  ],
  ["it says nothing", Doubles.network(() => Effect.never), "no answer within 10s"],
  ["it does not end what it says", Doubles.network(() => Doubles.says(new ReadableStream())), "no answer within 10s"]
]

describe("AssumeRole gives no key", () => {
  const role = (options: Partial<CredentialSources.AssumeRoleOptions> = {}) =>
    CredentialSources.layerAssumeRole({ from: keyOf(long), roleArn: arn, ...options })
  const fails = (name: string, layer: ReturnType<typeof role>, network: Doubles.Network, reason: RegExp) =>
    it.effect(name, () =>
      Effect.map(patiently, (outcome) => assert.match(outcome, reason)).pipe(provide(layer, network))
    )

  for (const [name, network, reason] of wrong) {
    it.effect(`where ${name}`, () =>
      Effect.map(patiently, (outcome) => assert.strictEqual(outcome, `AssumeRole: ${reason}`)).pipe(
        provide(role(), network)
      )
    )
  }

  const uuid = "[0-9a-f-]{36}"
  const sts = Doubles.stsNetwork({ keys: [long] })
  fails(
    "to a key that is not known",
    role({ from: keyOf({ ...long, secretId: "AKIDWHO" }) }),
    sts,
    new RegExp(`^AssumeRole: STS rejected the request with \`AuthFailure.SecretIdNotFound\`, RequestId ${uuid}$`)
  )
  fails(
    "to a signature that is wrong",
    role({ from: keyOf({ ...long, secretKey: "wrong" }) }),
    sts,
    new RegExp(`^AssumeRole: STS rejected the request with \`AuthFailure.SignatureFailure\`, RequestId ${uuid}$`)
  )
  class NoSuchRole extends ApiError("InvalidParameter.RoleNotFound") {}
  fails(
    "to a role that is not there",
    role(),
    Doubles.stsNetwork({
      keys: [long],
      AssumeRole: () => new InvalidParameter({ code: "InvalidParameter.RoleNotFound", message: `no ${secret}` })
    }),
    new RegExp(`^AssumeRole: STS rejected the request with \`${NoSuchRole.code}\`, RequestId ${uuid}$`)
  )
  fails(
    "with options that cannot be sent",
    role({ sessionName: "a b", duration: "13 hours" }),
    sts,
    /^AssumeRole: `RoleSessionName` is invalid: expected 2 to 128 letters, digits and `\+=,\.@_-`, `DurationSeconds` is invalid: expected a number between 1 and 43200$/
  )
  fails(
    "at what is no host",
    role({ endpoint: "https://sts/elsewhere" }),
    sts,
    /^AssumeRole: `options\.endpoint` is invalid: expected/
  )
  fails("without a role", role({ roleArn: undefined }), sts, /^AssumeRole: TENCENTCLOUD_ROLE_ARN is not set$/)
  fails(
    "without a key to ask with, which tells why there was none",
    role({
      from: CredentialProvider.chain([
        CredentialProvider.source({ name: "one", load: Effect.fail("it is empty"), refreshable: true }),
        CredentialProvider.source({ name: "two", load: Effect.fail("it is gone"), refreshable: true })
      ])
    }),
    sts,
    /^one: it is empty; two: it is gone$/
  )
})

describe("TKE OIDC", () => {
  const variables = {
    TKE_REGION: "ap-shanghai",
    TKE_PROVIDER_ID: "tke-provider",
    TKE_WEB_IDENTITY_TOKEN_FILE: "/var/run/token",
    TKE_ROLE_ARN: arn
  }
  const withFiles = (
    network: Doubles.Network,
    byPath: Readonly<Record<string, Doubles.File>> = { "/var/run/token": "jwt.1\n" }
  ) => Layer.merge(network, Doubles.files(byPath))

  it.effect("exchanges the token of the pod for a key, unsigned", () => {
    const requests: Array<unknown> = []
    const network = Doubles.stsNetwork({
      AssumeRoleWithWebIdentity: (request, { region }) => {
        requests.push({ ...request, region })
        return Sts.keyFor("POD")
      }
    })
    return Effect.gen(function* () {
      assert.strictEqual(yield* answer, `AKIDPOD,key-POD,token-POD,${end}`)
      assert.deepStrictEqual(requests, [
        {
          region: "ap-shanghai",
          ProviderId: "tke-provider",
          WebIdentityToken: "jwt.1",
          RoleArn: arn,
          RoleSessionName: `effect-tencentcloud-${Doubles.now}000`
        }
      ])
      const [sent] = yield* Doubles.Wiretap
      assert.strictEqual(sent?.headers.authorization, "SKIP")
      assert.strictEqual(sent?.url, "https://sts.tencentcloudapi.com/")
    }).pipe(provide(CredentialSources.layerTkeOidc(), withFiles(network), variables))
  })

  it.effect("reads variables and token again for each key", () => {
    const byPath = { "/var/run/token": "jwt.1" }
    const tokens: Array<string> = []
    const network = Doubles.stsNetwork({
      AssumeRoleWithWebIdentity: ({ WebIdentityToken }) => {
        tokens.push(WebIdentityToken)
        return Sts.keyFor("POD")
      }
    })
    return Effect.gen(function* () {
      yield* answer
      byPath["/var/run/token"] = "jwt.2"
      yield* TestClock.adjust("115 minutes")
      yield* Doubles.outcome
      yield* Doubles.settle
      assert.deepStrictEqual(tokens, ["jwt.1", "jwt.2"])
    }).pipe(provide(CredentialSources.layerTkeOidc(), withFiles(network, byPath), variables))
  })

  for (const [name, network, reason] of wrong) {
    it.effect(`gives no key where ${name}`, () =>
      Effect.map(patiently, (outcome) => assert.strictEqual(outcome, `TKE OIDC: ${reason}`)).pipe(
        provide(CredentialSources.layerTkeOidc(), withFiles(network), variables)
      )
    )
  }

  const file = "the file of TKE_WEB_IDENTITY_TOKEN_FILE, /var/run/token,"
  for (const [name, changed, byPath, reason] of [
    [
      "outside of a cluster",
      { TKE_REGION: undefined, TKE_ROLE_ARN: "" },
      {},
      "TKE_REGION is not set, TKE_ROLE_ARN is not set"
    ],
    ["without the file", {}, {}, `${file} does not exist`],
    [
      "without the right to read it",
      {},
      { "/var/run/token": { reason: "PermissionDenied" } },
      `${file} may not be read: check its permissions`
    ],
    ["with an empty token", {}, { "/var/run/token": "\n" }, `${file} is empty`]
  ] as const) {
    it.effect(`gives no key ${name}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* answer, `TKE OIDC: ${reason}`)
        assert.lengthOf(yield* Doubles.Wiretap, 0)
      }).pipe(
        provide(CredentialSources.layerTkeOidc(), withFiles(Doubles.stsNetwork({}), byPath), {
          ...variables,
          ...changed
        })
      )
    )
  }
})
