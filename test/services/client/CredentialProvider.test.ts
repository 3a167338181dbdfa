import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"

const { CredentialProvider: Provider } = CredentialProvider

const get = Effect.flatMap(Provider, (provider) => provider.get)

/** What is signed with, or why there is nothing. */
const outcome = Effect.merge(
  Effect.mapBoth(get, {
    onFailure: ({ message }) => message,
    onSuccess: ({ secretId, secretKey, token = Redacted.make("no token") }) =>
      [secretId, Redacted.value(secretKey), Redacted.value(token)].join()
  })
)

const within = (variables: Readonly<Record<string, string | undefined>>) =>
  Effect.withConfigProvider(
    ConfigProvider.fromMap(
      new Map(Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
    )
  )

const key = { TENCENTCLOUD_SECRET_ID: "AKID1", TENCENTCLOUD_SECRET_KEY: "key" }
const without = (source: string, reasons: string) => `No credential to sign with. ${source}: ${reasons}.`

describe("CredentialProvider", () => {
  it.effect.each([
    { credential: { secretId: "AKID1", secretKey: "key" }, expected: "AKID1,key,no token" },
    { credential: { secretId: "AKID1", secretKey: "key", token: "token" }, expected: "AKID1,key,token" },
    { credential: { secretId: "AKID1", secretKey: " " }, expected: without("static", "SecretKey is blank") },
    {
      credential: { secretId: "AKID1\n", secretKey: "", token: "t\u00f8ken" },
      expected: without(
        "static",
        "SecretId has white space after it: remove it, SecretKey is blank, Token holds a character that is not printable ASCII: was it copied whole?"
      )
    }
  ])("checks a static credential: $expected", ({ credential, expected }) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* outcome, expected)
      assert.isFalse(yield* Effect.flatMap(Provider, (provider) => provider.refresh))
    }).pipe(Effect.provide(CredentialProvider.layerStatic(credential)))
  )

  it.effect("reads a credential from configuration", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* outcome, "AKID1,key,no token")
    }).pipe(
      Effect.provide(
        CredentialProvider.layerConfig({ secretId: Config.string("ID"), secretKey: Config.redacted("KEY") })
      ),
      within({ ID: "AKID1", KEY: "key" })
    )
  )

  const bare = { TENCENTCLOUD_SECRET_ID: undefined, TENCENTCLOUD_SECRET_KEY: undefined }
  const of = (reasons: string) => without("environment", reasons)

  it.effect.each([
    { variables: {}, expected: "AKID1,key,no token" },
    { variables: { TENCENTCLOUD_TOKEN: "token" }, expected: "AKID1,key,token" },
    { variables: { TENCENTCLOUD_SESSION_TOKEN: "session" }, expected: "AKID1,key,session" },
    { variables: { TENCENTCLOUD_TOKEN: "token", TENCENTCLOUD_SESSION_TOKEN: "no" }, expected: "AKID1,key,token" },
    { variables: { TENCENTCLOUD_SECRET_ID: undefined }, expected: of("TENCENTCLOUD_SECRET_ID is not set") },
    { variables: { TENCENTCLOUD_SECRET_KEY: undefined }, expected: of("TENCENTCLOUD_SECRET_KEY is not set") },
    { variables: bare, expected: of("TENCENTCLOUD_SECRET_ID is not set, TENCENTCLOUD_SECRET_KEY is not set") },
    { variables: { TENCENTCLOUD_SECRET_ID: "" }, expected: of("SecretId is blank") },
    {
      variables: { TENCENTCLOUD_SECRET_ID: "AKID1/" },
      expected: of("SecretId holds a `/` or a `,`: was it copied whole?")
    },
    { variables: { TENCENTCLOUD_SECRET_KEY: " key" }, expected: of("SecretKey has white space before it: remove it") },
    { variables: { TENCENTCLOUD_SECRET_KEY: "key\n" }, expected: of("SecretKey has white space after it: remove it") }
  ])("with the variables $variables: $expected", ({ expected, variables }) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* outcome, expected)
    }).pipe(within({ ...key, ...variables }), Effect.provide(CredentialProvider.layerEnvironment))
  )

  it.effect("fails with each source and its reason as data", () =>
    Effect.gen(function* () {
      const { sources } = yield* Effect.flip(get)
      assert.deepStrictEqual(sources, [{ source: "environment", reason: "SecretKey is blank" }])
    }).pipe(within({ ...key, TENCENTCLOUD_SECRET_KEY: " " }), Effect.provide(CredentialProvider.layerEnvironment))
  )

  it.effect("keeps no failure, and keeps a credential until it is refreshed", () =>
    Effect.gen(function* () {
      const { refresh } = yield* Provider
      yield* within({})(Effect.flip(get))
      assert.strictEqual(yield* within(key)(outcome), "AKID1,key,no token")
      const rotated = within({ ...key, TENCENTCLOUD_SECRET_KEY: "rotated" })
      assert.strictEqual(yield* rotated(outcome), "AKID1,key,no token")
      assert.isTrue(yield* refresh)
      assert.strictEqual(yield* rotated(outcome), "AKID1,rotated,no token")
    }).pipe(Effect.provide(CredentialProvider.layerEnvironment))
  )
})
