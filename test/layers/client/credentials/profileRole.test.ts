/** A profile that names a role: its key assumes the role, or the source says why it cannot. */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { ApiError } from "effect-tencentcloud/ApiError"
import type * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as CredentialSources from "effect-tencentcloud/CredentialSources"
import * as Sts from "../../../fixtures/Sts.js"
import * as Doubles from "./doubles.js"

const arn = "qcs::cam::uin/100000000001:roleName/reader"
const base = { secretId: "AKIDBASE", secretKey: "base" }
const home = "/home/me"
const cli = `${home}/.tccli/default.credential`
const ini = `${home}/.tencentcloud/credentials`

const ofCli = (members: object = {}) => ({ [cli]: JSON.stringify({ ...base, "role-arn": arn, ...members }) })
const ofIni = (...lines: ReadonlyArray<string>) => ({
  [ini]: ["[default]", "secret_id = AKIDBASE", "secret_key = base", ...lines].join("\n")
})

const end = Doubles.now + 7200
const role = `AKIDROLE,key-ROLE,token-ROLE,${end}`
const outcome = Effect.zipRight(TestClock.setTime(Doubles.now * 1000), Doubles.outcome)

interface Asked {
  readonly RoleArn: string
  readonly RoleSessionName: string
}

/** STS, which notes what it is asked for. */
const network = (asked: Array<Asked> = []) =>
  Doubles.stsNetwork({
    keys: [base, { secretId: "AKIDENV", secretKey: "env" }],
    AssumeRole: ({ RoleArn, RoleSessionName }) => {
      asked.push({ RoleArn, RoleSessionName })
      return Sts.keyFor("ROLE")
    }
  })

const over = (
  layer: Layer.Layer<CredentialProvider.CredentialProvider, never, FileSystem.FileSystem | HttpClient.HttpClient>,
  files: Readonly<Record<string, Doubles.File>>,
  net: Doubles.Network,
  variables: Readonly<Record<string, string>> = {}
) =>
  Effect.provide(
    layer.pipe(
      Layer.provideMerge(Layer.merge(Doubles.files(files), net)),
      Layer.provideMerge(Doubles.variables(variables))
    )
  )

describe("I7: a profile with a role", () => {
  const named = "effect-tencentcloud-1767225600000"
  const cases: ReadonlyArray<readonly [name: string, files: Readonly<Record<string, string>>, Asked]> = [
    [
      "of the command line assumes it under its own name",
      ofCli({ "role-session-name": "desk" }),
      { RoleArn: arn, RoleSessionName: "desk" }
    ],
    ["of the command line assumes it without a name", ofCli(), { RoleArn: arn, RoleSessionName: named }],
    [
      "of the command line assumes it with an empty name",
      ofCli({ "role-session-name": "", token: null }),
      { RoleArn: arn, RoleSessionName: named }
    ],
    [
      "of an INI file assumes it under its own name",
      ofIni(`role_arn = ${arn}`, "role_session_name = desk"),
      { RoleArn: arn, RoleSessionName: "desk" }
    ],
    [
      "of an INI file may spell it as the command line does",
      ofIni(`role-arn = ${arn}`, "role-session-name = desk"),
      { RoleArn: arn, RoleSessionName: "desk" }
    ]
  ]
  for (const [name, files, expected] of cases) {
    for (const [by, layer] of [
      ["files", CredentialSources.layerFiles()],
      ["the chain", CredentialSources.layerChain]
    ] as const) {
      it.effect(`${name}, by ${by}`, () => {
        const asked: Array<Asked> = []
        return Effect.gen(function* () {
          assert.strictEqual(yield* outcome, role)
          assert.deepStrictEqual(asked, [expected])
          const [sent] = yield* Doubles.Wiretap
          assert.include(sent?.headers.authorization, "Credential=AKIDBASE/")
        }).pipe(over(layer, files, network(asked)))
      })
    }
  }

  it.effect("without one, or with an empty one, signs with its own key", () =>
    Effect.gen(function* () {
      for (const members of [
        { "role-arn": "" },
        { "role-arn": null },
        { "role-session-name": "desk", "role-arn": null }
      ]) {
        assert.strictEqual(
          yield* outcome.pipe(over(CredentialSources.layerFiles(), ofCli(members), network())),
          "AKIDBASE,base,no token,for ever"
        )
      }
    })
  )

  it.effect("asks the STS of the profile", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* outcome, role)
      const [sent] = yield* Doubles.Wiretap
      assert.strictEqual(sent?.url, "https://sts.ap-guangzhou.tencentcloudapi.com/")
    }).pipe(
      over(
        CredentialSources.layerFiles(),
        {
          ...ofCli(),
          [`${home}/.tccli/default.configure`]: JSON.stringify({
            sts: { endpoint: "sts.ap-guangzhou.tencentcloudapi.com" }
          })
        },
        network()
      )
    )
  )

  it.effect.each([
    [{ TENCENTCLOUD_ENDPOINT: "http://127.0.0.1:9140" }, "http://127.0.0.1:9140/"],
    [
      { TENCENTCLOUD_ENDPOINT: "http://127.0.0.1:9140", TENCENTCLOUD_ENDPOINT_STS: "https://sts.example" },
      "https://sts.example/"
    ]
  ] as const)("asks the STS of the environment: %j", ([variables, url]) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* outcome, role)
      const [sent] = yield* Doubles.Wiretap
      assert.strictEqual(sent?.url, url)
    }).pipe(over(CredentialSources.layerChain, ofCli(), network(), variables))
  )

  it.effect("gives way to the role of the environment, which its own key assumes", () => {
    const asked: Array<Asked> = []
    const other = "qcs::cam::uin/100000000001:roleName/other"
    return Effect.gen(function* () {
      assert.strictEqual(yield* outcome, role)
      assert.deepStrictEqual(
        asked.map(({ RoleArn }) => RoleArn),
        [other]
      )
      const [sent] = yield* Doubles.Wiretap
      assert.include(sent?.headers.authorization, "Credential=AKIDBASE/")
    }).pipe(over(CredentialSources.layerChain, ofCli(), network(asked), { TENCENTCLOUD_ROLE_ARN: other }))
  })

  it.effect("is read, and its role assumed, again for each new key", () => {
    const byPath: Record<string, string> = ofCli()
    const asked: Array<Asked> = []
    return Effect.gen(function* () {
      assert.strictEqual(yield* outcome, role)
      byPath[cli] = JSON.stringify({ ...base, "role-arn": `${arn}-2` })
      yield* TestClock.setTime((end + 1) * 1000)
      assert.match(yield* Doubles.outcome, /^AKIDROLE,/)
      assert.deepStrictEqual(
        asked.map(({ RoleArn }) => RoleArn),
        [arn, `${arn}-2`]
      )
    }).pipe(over(CredentialSources.layerFiles(), byPath, network(asked)))
  })
})

describe("I7: the role of a profile is refused with a reason", () => {
  const missing = `file ${home}/.tencentcloud/credentials: it does not exist; file /etc/tencentcloud/credentials: it does not exist; file ${cli}: `

  it.effect("where the program has no HTTP client", () =>
    Effect.map(outcome, (found) =>
      assert.strictEqual(
        found,
        `${missing}its profile \`default\` assumes a role, which needs an \`HttpClient\`: provide one, such as \`FetchHttpClient.layer\``
      )
    ).pipe(
      Effect.provide(
        CredentialSources.layerFiles().pipe(Layer.provide(Doubles.files(ofCli())), Layer.provide(Doubles.variables({})))
      )
    )
  )

  it.effect("where STS refuses it", () => {
    class RoleNotExist extends ApiError("InternalError.RoleNotExist") {}
    return Effect.map(Doubles.patiently(outcome), (found) =>
      assert.match(
        found,
        /its profile `default` assumes a role, and STS rejected the request with `InternalError[.\w]*`, RequestId \S+$/
      )
    ).pipe(
      over(
        CredentialSources.layerFiles(),
        ofCli(),
        Doubles.stsNetwork({ keys: [base], AssumeRole: () => Effect.die(new RoleNotExist({ message: "no" })) })
      )
    )
  })

  it.effect("where it is no text", () =>
    Effect.map(outcome, (found) =>
      assert.strictEqual(
        found,
        `${missing}its profile \`default\` cannot be used: \`role-arn\` is number where string or null was expected`
      )
    ).pipe(over(CredentialSources.layerFiles(), ofCli({ "role-arn": 1 }), network()))
  )
})
