/** The key of the environment: its names, and two environments in one program. */
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Transport from "effect-tencentcloud/Transport"
import * as Volumes from "../../../fixtures/Volumes.js"
import * as Doubles from "./doubles.js"

type Variables = Readonly<Record<string, string>>

const configOf = (variables: Variables) => ConfigProvider.fromMap(new Map(Object.entries(variables)))

const usual: Variables = { TENCENTCLOUD_SECRET_ID: "AKID1", TENCENTCLOUD_SECRET_KEY: "key-1" }
const ofFunctions: Variables = {
  TENCENTCLOUD_SECRETID: "AKID2",
  TENCENTCLOUD_SECRETKEY: "key-2",
  TENCENTCLOUD_SESSIONTOKEN: "token-2"
}
const { TENCENTCLOUD_SESSIONTOKEN: _, ...withoutToken } = ofFunctions

describe("the environment of a cloud function", () => {
  it.effect.each<readonly [name: string, variables: Variables, expected: string]>([
    ["has the key of its role", ofFunctions, "AKID2,key-2,token-2,for ever"],
    ["may have no token", withoutToken, "AKID2,key-2,no token,for ever"],
    ["may have an empty token", { ...ofFunctions, TENCENTCLOUD_SESSIONTOKEN: "" }, "AKID2,key-2,no token,for ever"],
    ["comes after a key of the usual names", { ...usual, ...ofFunctions }, "AKID1,key-1,no token,for ever"],
    [
      "comes before usual names that are empty",
      { ...ofFunctions, TENCENTCLOUD_SECRET_ID: "", TENCENTCLOUD_SECRET_KEY: "" },
      "AKID2,key-2,token-2,for ever"
    ],
    [
      "lends its token to no other key",
      { ...usual, TENCENTCLOUD_SESSIONTOKEN: "token-2", TENCENTCLOUD_SECRETID: "AKID2" },
      "AKID1,key-1,no token,for ever"
    ],
    [
      "takes no token of the usual names",
      { ...withoutToken, TENCENTCLOUD_TOKEN: "other", TENCENTCLOUD_SESSION_TOKEN: "other" },
      "AKID2,key-2,no token,for ever"
    ],
    [
      "does not hide half a key of the usual names",
      { ...ofFunctions, TENCENTCLOUD_SECRET_ID: "AKID1" },
      "environment: TENCENTCLOUD_SECRET_KEY is not set"
    ],
    ["may hold half a key", { TENCENTCLOUD_SECRETID: "AKID2" }, "environment: TENCENTCLOUD_SECRETKEY is not set"]
  ])("I5: %s", ([, variables, expected]) =>
    Effect.map(Doubles.outcome, (found) => assert.strictEqual(found, expected)).pipe(
      Effect.provide(CredentialProvider.layerEnvironment),
      Effect.withConfigProvider(configOf(variables))
    )
  )

  it.effect("I5: is read again when the service has rejected its key", () => {
    const variables = new Map(Object.entries(ofFunctions))
    return Effect.gen(function* () {
      assert.strictEqual(yield* Doubles.outcome, "AKID2,key-2,token-2,for ever")
      variables.set("TENCENTCLOUD_SECRETID", "AKID3").set("TENCENTCLOUD_SESSIONTOKEN", "token-3")
      const again = CredentialProvider.environmentWith({ configProvider: ConfigProvider.fromMap(variables) })
      assert.strictEqual((yield* again.load).secretId, "AKID3")
    }).pipe(
      Effect.provide(CredentialProvider.layerEnvironment),
      Effect.withConfigProvider(ConfigProvider.fromMap(variables))
    )
  })
})

class First extends Context.Tag("test/First")<First, ApiClient.ApiClient["Type"]>() {}
class Second extends Context.Tag("test/Second")<Second, ApiClient.ApiClient["Type"]>() {}

/** Two prefixes, and a variable of the program's own. */
const variables: Variables = {
  PORT: "8080",
  BACKUP_PORT: "1",
  TENCENTCLOUD_SECRET_ID: "AKIDMAIN",
  TENCENTCLOUD_SECRET_KEY: "key",
  BACKUP_TENCENTCLOUD_SECRET_ID: "AKIDBACKUP",
  BACKUP_TENCENTCLOUD_SECRET_KEY: "key",
  AUDIT_TENCENTCLOUD_SECRETID: "AKIDAUDIT",
  AUDIT_TENCENTCLOUD_SECRETKEY: "key"
}

/** A nested provider joins names by `_`, as that of the process does. */
const config = ConfigProvider.fromMap(new Map(Object.entries(variables)), { pathDelim: "_" })
const ofProcess = ConfigProvider.fromMap(new Map(Object.entries(variables)))

const clientsOf = (
  first: Layer.Layer<CredentialProvider.CredentialProvider>,
  second: Layer.Layer<CredentialProvider.CredentialProvider>,
  sent: Array<string>
) => {
  const transport = Layer.succeed(Transport.Transport, {
    send: ({ headers }) =>
      Effect.sync(() => {
        sent.push(/Credential=([^/]+)/.exec(headers.authorization ?? "")?.[1] ?? "")
        const body = JSON.stringify({ Response: { TotalCount: 0, Names: [], RequestId: "1" } })
        return { status: 200, headers: { "content-type": "application/json" }, body }
      })
  })
  const client = ApiClient.layerTransport({ region: "ap-guangzhou", retry: RetryPolicy.none })
  const over = (credential: Layer.Layer<CredentialProvider.CredentialProvider>) =>
    Layer.provide(client, [credential, transport])
  return Layer.merge(
    Layer.provide(Layer.effect(First, ApiClient.ApiClient), over(first)),
    Layer.provide(Layer.effect(Second, ApiClient.ApiClient), over(second))
  )
}

const callBoth = Effect.gen(function* () {
  const first = yield* First
  const second = yield* Second
  for (const client of [first, second, first, second]) yield* client.call(Volumes.DescribeVolumes.action, {})
})

describe("two environments in one program", () => {
  it.effect.each<readonly [a: CredentialProvider.EnvironmentOptions, b: CredentialProvider.EnvironmentOptions, string]>(
    [
      [{ prefix: "BACKUP" }, { prefix: "AUDIT" }, "AKIDBACKUP,AKIDAUDIT"],
      [{ prefix: "AUDIT_" }, { prefix: "BACKUP_" }, "AKIDAUDIT,AKIDBACKUP"],
      [{}, { prefix: "BACKUP" }, "AKIDMAIN,AKIDBACKUP"],
      [{ prefix: "" }, { prefix: "AUDIT" }, "AKIDMAIN,AKIDAUDIT"],
      [{ configProvider: ConfigProvider.nested(config, "BACKUP") }, {}, "AKIDBACKUP,AKIDMAIN"]
    ]
  )("I2: %j and %j have a key each, and the program's own PORT is read", ([first, second, expected]) =>
    Effect.gen(function* () {
      const sent: Array<string> = []
      const port = yield* Effect.zipRight(callBoth, Config.string("PORT")).pipe(
        Effect.provide(
          clientsOf(
            CredentialProvider.layerEnvironmentWith(first),
            CredentialProvider.layerEnvironmentWith(second),
            sent
          )
        )
      )
      assert.strictEqual(port, "8080")
      assert.strictEqual(sent.join(), `${expected},${expected}`)
    }).pipe(Effect.withConfigProvider(ofProcess))
  )

  it.effect("I2: two layers that are built under two ConfigProviders have a key each", () =>
    Effect.gen(function* () {
      const sent: Array<string> = []
      const under = (prefix: string) =>
        Layer.provide(
          CredentialProvider.layerEnvironment,
          Layer.setConfigProvider(ConfigProvider.nested(config, prefix))
        )
      yield* Effect.provide(callBoth, clientsOf(under("BACKUP"), under("AUDIT"), sent))
      assert.strictEqual(sent.join(), "AKIDBACKUP,AKIDAUDIT,AKIDBACKUP,AKIDAUDIT")
    })
  )

  it.effect("I2: a layer that is built under no ConfigProvider reads the one of the call", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* Effect.withConfigProvider(Doubles.outcome, configOf(usual)),
        "AKID1,key-1,no token,for ever"
      )
    }).pipe(Effect.provide(CredentialProvider.layerEnvironment))
  )
})
