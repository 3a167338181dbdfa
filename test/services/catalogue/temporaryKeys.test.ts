/** The keys that the emulator's STS hands out: its own gateway accepts them, checks their token, and knows their end. */
import * as Http from "node:http"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as TestClock from "effect/TestClock"
import type * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as Catalogue from "effect-tencentcloud/Catalogue"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as CredentialSources from "effect-tencentcloud/CredentialSources"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as Emulator from "effect-tencentcloud/Emulator"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Journal from "effect-tencentcloud/Journal"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import * as Product from "effect-tencentcloud/Product"
import * as Cvm from "effect-tencentcloud/products/cvm"
import * as Sts from "effect-tencentcloud/products/sts"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import { cvm as official } from "tencentcloud-sdk-nodejs-cvm"
import * as Client from "../../fixtures/Client.js"
import { heldBytes } from "../../fixtures/Memory.js"
import { v3 } from "../../fixtures/Signed.js"
import * as Doubles from "../../layers/client/credentials/doubles.js"

const OfficialClient = official.v20170312.Client

interface OfficialKey {
  readonly secretId: string
  readonly secretKey: string
  readonly token?: string
}

const CatalogueLive = Catalogue.layerOf([Cvm.product, Sts.product])
const EmulatorLive = Emulator.layer().pipe(Layer.provide(CatalogueLive))

const serve = (handlers = EmulatorLive) =>
  InProcess.layer.pipe(Layer.provide(handlers), Layer.provideMerge(Journal.layerMemory()))

const emulated = serve()

const arn = "qcs::cam::uin/100000000002:roleName/reader"
const role = { RoleArn: arn, RoleSessionName: "session" }

interface Handed {
  readonly Credentials?:
    | {
        readonly TmpSecretId?: string | undefined
        readonly TmpSecretKey?: string | undefined
        readonly Token?: string | undefined
      }
    | undefined
  readonly ExpiredTime?: number | bigint | undefined
  readonly Expiration?: string | undefined
}

interface Way {
  readonly name: string
  /** How long the key lasts, unless the request says it, and at most. */
  readonly seconds: number
  readonly most: number
  readonly ask: (more?: {
    readonly DurationSeconds?: number
  }) => Effect.Effect<Handed, { readonly _tag: string }, ApiClient.ApiClient>
}

/** Every way to a temporary key. */
const ways: ReadonlyArray<Way> = [
  { name: "AssumeRole", seconds: 7200, most: 43_200, ask: (more) => Sts.AssumeRole({ ...role, ...more }) },
  {
    name: "AssumeRoleWithWebIdentity",
    seconds: 7200,
    most: 43_200,
    ask: (more) => Sts.AssumeRoleWithWebIdentity({ ...role, ProviderId: "github", WebIdentityToken: "a.b.c", ...more })
  },
  {
    name: "AssumeRoleWithSAML",
    seconds: 7200,
    most: 43_200,
    ask: (more) => Sts.AssumeRoleWithSAML({ ...role, SAMLAssertion: "saml", PrincipalArn: "idp", ...more })
  },
  {
    name: "GetFederationToken",
    seconds: 1800,
    most: 7200,
    ask: (more) => Sts.GetFederationToken({ Name: "page", Policy: "%7B%7D", ...more })
  },
  {
    name: "GetSessionToken",
    seconds: 1800,
    most: 7200,
    ask: (more) => Sts.GetSessionToken({ SerialNumber: "qcs::cam:uin/1::mfa/softToken", TokenCode: "1", ...more })
  }
]

const keyOf = ({ Credentials: { Token = "", TmpSecretId = "", TmpSecretKey = "" } = {} }: Handed) => ({
  secretId: TmpSecretId,
  secretKey: TmpSecretKey,
  token: Token
})

interface Key {
  readonly secretId: string
  readonly secretKey: string
  readonly token?: string | undefined
}

const codeOf = <A, E extends { readonly _tag: string }, R>(call: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.either(call), Either.match({ onLeft: ({ _tag }) => _tag, onRight: () => "answered" }))

/** Runs a part of a program with another client of the same gateway. */
const by =
  (credential: Layer.Layer<CredentialProvider.CredentialProvider>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.flatMap(Gateway.Gateway, (gateway) =>
      Effect.provide(
        effect,
        Layer.merge(
          credential,
          Client.layer(
            InProcess.layerTransport.pipe(Layer.provide(Layer.succeed(Gateway.Gateway, gateway))),
            { region: "ap-guangzhou", retry: RetryPolicy.none },
            { credential }
          )
        )
      )
    )

const as = (key: Key) => by(CredentialProvider.layerStatic(key))

const callAs = (key: Key) => as(key)(codeOf(Cvm.DescribeZones()))

const begin = TestClock.setTime(Doubles.now * 1000)

/** Where the sources of keys find STS: at the same gateway. */
const network = Effect.map(Gateway.Gateway, ({ handle }) =>
  Doubles.network(({ body, headers, method, url }) => {
    const { host, search } = new URL(url)
    return Effect.map(
      handle({ method, path: "/", query: search.slice(1), headers: { ...headers, host }, body }),
      ({ body, headers, status }) => new Response(body, { status, headers })
    )
  })
)

const ownerOf = Effect.map(
  Effect.flatMap(Journal.Journal, ({ entries }) => entries),
  (entries) => {
    const last = entries.at(-1)
    return [last?.account, last?.identity]
  }
)

describe("the keys that the emulator hands out", () => {
  it.effect.each(ways)("P1: $name gives a key that its own gateway takes, until it ends", ({ ask, seconds }) =>
    Effect.gen(function* () {
      yield* begin
      const answer = yield* ask()
      const key = keyOf(answer)
      assert.match(key.secretId, /^AKIDEMULATOR[\w-]+$/)
      assert.strictEqual(answer.ExpiredTime, Doubles.now + seconds)
      assert.strictEqual(answer.Expiration, new Date((Doubles.now + seconds) * 1000).toISOString().replace(".000", ""))
      assert.strictEqual(yield* callAs(key), "answered")
      yield* TestClock.adjust(seconds * 1000 - 1)
      assert.strictEqual(yield* callAs(key), "answered")
      yield* TestClock.adjust(1)
      assert.strictEqual(yield* callAs(key), "AuthFailure.TokenFailure")
    }).pipe(Effect.provide(emulated))
  )

  it.effect.each(ways)("P1: $name gives keys that differ, and their tokens are checked", ({ ask }) =>
    Effect.gen(function* () {
      yield* begin
      const [one, other] = yield* Effect.all([Effect.map(ask(), keyOf), Effect.map(ask(), keyOf)])
      assert.lengthOf(new Set([...Object.values(one), ...Object.values(other)]), 6)
      const { token: _, ...bare } = one
      assert.strictEqual(yield* callAs(bare), "AuthFailure.SecretIdNotFound")
      assert.strictEqual(yield* callAs({ ...one, token: other.token }), "AuthFailure.TokenFailure")
      assert.strictEqual(yield* callAs({ ...one, token: `${one.token}x` }), "AuthFailure.TokenFailure")
      assert.strictEqual(yield* callAs({ ...one, secretKey: other.secretKey }), "AuthFailure.SignatureFailure")
      assert.strictEqual(yield* callAs({ ...one, secretId: other.secretId }), "AuthFailure.TokenFailure")
      const changed = one.secretId.slice(0, -1) + (one.secretId.endsWith("A") ? "B" : "A")
      for (const secretId of [changed, one.secretId.slice(0, -4), `${one.secretId}AAAA`, "AKIDEMULATOR"]) {
        assert.strictEqual(yield* callAs({ ...one, secretId }), "AuthFailure.SecretIdNotFound")
      }
      assert.strictEqual(yield* callAs(one), "answered")
    }).pipe(Effect.provide(emulated))
  )

  it.effect.each(ways)("P1: $name keeps to the bounds of DurationSeconds", ({ ask, most, name }) =>
    Effect.gen(function* () {
      yield* begin
      for (const DurationSeconds of [1, 900, most]) {
        const answer = yield* ask({ DurationSeconds })
        assert.strictEqual(answer.ExpiredTime, Doubles.now + DurationSeconds)
        assert.strictEqual(yield* callAs(keyOf(answer)), "answered")
      }
      const code =
        name === "AssumeRoleWithWebIdentity" ? "InvalidParameter.ParamError" : "InvalidParameter.OverTimeError"
      assert.strictEqual(yield* codeOf(ask({ DurationSeconds: most + 1 })), code)
      assert.strictEqual(yield* codeOf(ask({ DurationSeconds: 0 })), "InvalidParameter.ParamError")
    }).pipe(Effect.provide(emulated))
  )

  it.effect("P1: a sub-account gets a federation token for 36 hours, and a role is owned by its account", () =>
    Effect.gen(function* () {
      yield* begin
      const { ExpiredTime } = yield* Sts.GetFederationToken({
        Name: "page",
        Policy: "%7B%7D",
        DurationSeconds: 129_600
      })
      assert.strictEqual(ExpiredTime, Doubles.now + 129_600)
      yield* Effect.flatMap(Sts.GetFederationToken({ Name: "page", Policy: "%7B%7D" }), (answer) =>
        callAs(keyOf(answer))
      )
      assert.deepStrictEqual(yield* ownerOf, ["100000000001", "100000000009"])
      yield* Effect.flatMap(Sts.AssumeRole(role), (answer) => callAs(keyOf(answer)))
      const [account, identity = ""] = yield* ownerOf
      assert.strictEqual(account, "100000000002")
      assert.match(identity, /^46116860184\d{8}$/)
      yield* Effect.flatMap(Sts.AssumeRole({ ...role, RoleSessionName: "another" }), (answer) => callAs(keyOf(answer)))
      assert.deepStrictEqual(yield* ownerOf, [account, identity])
    }).pipe(
      Effect.provide(
        serve().pipe(Layer.provide(KeyStore.layerMemory([{ ...InProcess.key, identity: "100000000009" }])))
      )
    )
  )

  it.effect("P1: a role whose name has no account belongs to the account of its caller, or to the default one", () =>
    Effect.gen(function* () {
      yield* begin
      const more = { ...role, RoleArn: "reader", ProviderId: "github", WebIdentityToken: "a.b.c" }
      yield* Effect.flatMap(Sts.AssumeRoleWithWebIdentity(more), (answer) => callAs(keyOf(answer)))
      assert.strictEqual((yield* ownerOf)[0], "100000000001")
      yield* Effect.flatMap(Sts.AssumeRole({ ...role, RoleArn: "reader" }), (answer) => callAs(keyOf(answer)))
      assert.strictEqual((yield* ownerOf)[0], "100000000005")
    }).pipe(
      Effect.provide(serve().pipe(Layer.provide(KeyStore.layerMemory([{ ...InProcess.key, account: "100000000005" }]))))
    )
  )

  it.effect("P1: a temporary key assumes a role, and that one another", () =>
    Effect.gen(function* () {
      yield* begin
      const first = keyOf(yield* Sts.AssumeRole(role))
      const second = keyOf(yield* as(first)(Sts.AssumeRole({ ...role, DurationSeconds: 14_400 })))
      const third = keyOf(yield* as(second)(Sts.AssumeRole(role)))
      assert.strictEqual(yield* callAs(third), "answered")
      yield* TestClock.adjust("2 hours")
      assert.deepStrictEqual(yield* Effect.forEach([first, second, third], callAs), [
        "AuthFailure.TokenFailure",
        "answered",
        "AuthFailure.TokenFailure"
      ])
    }).pipe(Effect.provide(emulated))
  )

  it.effect("P1: another emulator does not take them, and handlers of your own come first", () =>
    Effect.gen(function* () {
      yield* begin
      const key = keyOf(yield* Sts.AssumeRole(role))
      const own = { Credentials: { TmpSecretId: "AKIDOWN", TmpSecretKey: "own", Token: "own" }, ExpiredTime: 1 }
      const other = serve(
        Layer.merge(
          Emulator.layer().pipe(Layer.provide(CatalogueLive)),
          Gateway.handlers(Product.make([Sts.AssumeRole]), { AssumeRole: () => Effect.succeed(own) })
        )
      )
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* callAs(key), "AuthFailure.SecretIdNotFound")
        assert.strictEqual((yield* Sts.AssumeRole(role)).ExpiredTime, 1)
      }).pipe(Effect.provide(other))
    }).pipe(Effect.provide(emulated))
  )

  it.effect("P1: a Random of the program decides them", () =>
    Effect.gen(function* () {
      yield* begin
      const ask = Effect.suspend(() =>
        Effect.map(Sts.AssumeRole(role), keyOf).pipe(
          Effect.provide(serve(Emulator.layer().pipe(Layer.provide(CatalogueLive)))),
          Effect.withRandom(Random.make("seed"))
        )
      )
      assert.deepStrictEqual(yield* ask, yield* ask)
      assert.match((yield* ask).secretId, /^AKIDEMULATOR/)
    })
  )
})

describe("our own sources of keys, with the emulator's STS", () => {
  const base = CredentialProvider.source({ name: "test", load: Effect.succeed(InProcess.key), refreshable: true })

  const variables = {
    // A key of the emulator goes to no host of the real cloud.
    TENCENTCLOUD_ENDPOINT_STS: "http://127.0.0.1:1",
    TKE_REGION: "ap-guangzhou",
    TKE_PROVIDER_ID: "tke",
    TKE_WEB_IDENTITY_TOKEN_FILE: "/token",
    TKE_ROLE_ARN: arn
  }

  const files = Doubles.files({
    "/token": "a.b.c",
    "/home/me/.tencentcloud/credentials": [
      "[default]",
      `secret_id = ${InProcess.key.secretId}`,
      `secret_key = ${InProcess.key.secretKey}`,
      `role_arn = ${arn}`
    ].join("\n")
  })

  const sources = [
    { name: "a role", layer: CredentialSources.layerAssumeRole({ from: base, roleArn: arn }) },
    {
      name: "a role that a role assumes",
      layer: CredentialProvider.layerEffect(
        Effect.flatMap(CredentialSources.assumeRole({ from: base, roleArn: arn }), (from) =>
          CredentialSources.assumeRole({ from, roleArn: arn })
        )
      )
    },
    { name: "a pod", layer: CredentialSources.layerTkeOidc() },
    { name: "a profile with a role", layer: CredentialSources.layerFiles() }
  ]

  it.effect.each(sources)("P1: $name signs, and renews its key before the end", ({ layer }) =>
    Effect.gen(function* () {
      yield* begin
      const parts = Layer.provideMerge(files, Layer.merge(yield* network, Doubles.variables(variables)))
      const credential = Layer.provide(layer, parts)
      yield* by(credential)(
        Effect.gen(function* () {
          const { get } = yield* CredentialProvider.CredentialProvider
          assert.strictEqual(yield* codeOf(Cvm.DescribeZones()), "answered")
          const first = yield* get
          assert.match(first.secretId, /^AKIDEMULATOR/)
          // The key is renewed five to ten minutes early.
          const seen = new Set<string>()
          for (const minutes of [105, 4, 4, 4, 4, 105, 4, 4, 4, 4]) {
            yield* TestClock.adjust(`${minutes} minutes`)
            assert.strictEqual(yield* codeOf(Cvm.DescribeZones()), "answered")
            yield* Doubles.settle
            seen.add((yield* get).secretId)
          }
          assert.isAtLeast(seen.size, 3)
        })
      )
    }).pipe(Effect.provide(emulated))
  )
})

describe("the same over a socket", () => {
  /** The emulator's gateway as its users serve it, with the public key alone. */
  const GatewayLive = Gateway.layer().pipe(
    Layer.provide(CredentialValidator.layer),
    Layer.provide([
      EmulatorLive,
      KeyStore.layerMemory([Emulator.key]),
      TimestampValidator.layer,
      Authorizer.layerAllowAll,
      RateLimiter.layerUnlimited
    ])
  )

  const over = (url: string, key: Key) =>
    Client.layer(
      Layer.orDie(NodeTransport.layer()),
      { endpoint: url, region: "ap-guangzhou", retry: RetryPolicy.none },
      { credential: CredentialProvider.layerStatic(key) }
    )

  it.scoped("P1: a key works for our client and for the official one, until it ends", () =>
    Effect.gen(function* () {
      // The official client has no other clock than the machine's.
      yield* TestClock.setTime(Date.now())
      const { host, port, url } = yield* NodeGateway.serve({ shutdownGrace: 0 })
      const handed = yield* Sts.AssumeRole(role).pipe(Effect.provide(over(url, Emulator.key)))
      const key = keyOf(handed)
      const ours = codeOf(Cvm.DescribeZones()).pipe(Effect.provide(over(url, key)))
      const { secretId, secretKey, token } = key
      const askOfficially = (credential: OfficialKey) =>
        Effect.promise(() =>
          new OfficialClient({
            credential,
            region: "ap-guangzhou",
            profile: { httpProfile: { protocol: "http://", endpoint: `${host}:${port}`, agent: new Http.Agent() } }
          })
            .DescribeZones()
            .then(
              () => "answered",
              ({ code }) => code
            )
        )
      assert.strictEqual(yield* ours, "answered")
      assert.strictEqual(yield* askOfficially({ secretId, secretKey, token }), "answered")
      assert.strictEqual(yield* askOfficially({ secretId, secretKey }), "AuthFailure.SecretIdNotFound")
      assert.strictEqual(yield* askOfficially({ secretId, secretKey, token: "x" }), "AuthFailure.TokenFailure")
      yield* TestClock.setTime(Number(handed.ExpiredTime) * 1000)
      assert.strictEqual(yield* ours, "AuthFailure.TokenFailure")
    }).pipe(Effect.provide(GatewayLive))
  )
})

describe("what strangers ask for", () => {
  it.effect("P1: holds no memory for keys, whether they are asked for or made up", () =>
    Effect.gen(function* () {
      yield* begin
      const anonymous = {
        method: "POST",
        path: "/",
        query: "",
        headers: {
          host: "sts.tencentcloudapi.com",
          "content-type": "application/json",
          "x-tc-action": "AssumeRoleWithWebIdentity",
          "x-tc-version": "2018-08-13",
          "x-tc-timestamp": String(Doubles.now),
          "x-tc-region": "ap-guangzhou",
          authorization: "SKIP"
        }
      }
      const { handle } = yield* Gateway.Gateway
      const ask = (index: number) =>
        handle({
          ...anonymous,
          body: JSON.stringify({
            ProviderId: "github",
            WebIdentityToken: "a.b.c",
            RoleArn: `qcs::cam::uin/${index}:roleName/${"x".repeat(1000)}${index}`,
            RoleSessionName: `session-${index}`
          })
        })
      const strange = (index: number) =>
        handle(v3({ service: "cvm", key: { secretId: `AKIDEMULATOR${"y".repeat(300)}${index}`, secretKey: "key" } }))
      const many = (count: number) =>
        Effect.forEach(Array.from({ length: count }), (_, index) => Effect.zipRight(ask(index), strange(index)), {
          discard: true
        })
      assert.include((yield* ask(0)).body, "AKIDEMULATOR")
      yield* many(500)
      const before = heldBytes()
      yield* many(3000)
      // A kilobyte for each would be 6 MB.
      assert.isBelow(heldBytes() - before, 1_000_000)
    }).pipe(
      Effect.provide(InProcess.layer.pipe(Layer.provide(EmulatorLive), Layer.provide(RateLimiter.layerUnlimited)))
    )
  )
})
