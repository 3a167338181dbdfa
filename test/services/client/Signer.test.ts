import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as TestClock from "effect/TestClock"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import type * as Credential from "effect-tencentcloud/Credential"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as Signature from "effect-tencentcloud/Signature"
import * as Signer from "effect-tencentcloud/Signer"
import type * as Wire from "effect-tencentcloud/Wire"
import * as Parameters from "../../../src/domain/wire/Parameters.js"
import * as Request from "../../../src/domain/wire/Request.js"
import * as SignatureV1 from "../../../src/domain/wire/SignatureV1.js"
import { now } from "../../fixtures/Signed.js"

const host = "ebs.tencentcloudapi.com"
const secretKey = Redacted.make("key")

const draft = (
  encoding: "json" | "query" | "form",
  method: Signer.SignatureMethod = "TC3-HMAC-SHA256",
  product = "ebs"
): Signer.Draft => ({
  request: {
    product,
    version: "2026-01-01",
    action: "CreateVolume",
    region: "ap-guangzhou",
    language: "zh-CN",
    traceId: "trace",
    client: "test"
  },
  payload: Either.getOrThrow(
    Request.payload({ product, encoding, parameters: { Size: 10, Name: "a b+c" }, boundary: "" })
  ),
  host,
  method
})

const sign = (draft: Signer.Draft) => Effect.flatMap(Signer.Signer, (signer) => signer.sign(draft))

const over = (credential: Credential.Credential.Input) =>
  Signer.layer.pipe(Layer.provide([CredentialProvider.layerStatic(credential), ClockSync.layerSystem]))

const permanent = over({ secretId: "AKID1", secretKey: "key" })
const temporary = over({ secretId: "AKID1", secretKey: "key", token: "token" })

const flatOf = ({ body, method, query }: Wire.WireRequest) =>
  new Map(Either.getOrThrow(Parameters.parse(method === "GET" ? query : String(body))))

describe("Signer", () => {
  it.effect.each([
    { encoding: "json", contentType: "application/json" },
    { encoding: "query", contentType: "application/x-www-form-urlencoded" },
    { encoding: "form", contentType: "application/x-www-form-urlencoded" }
  ] as const)("signs $encoding with version 3, and sends exactly what it signs", ({ contentType, encoding }) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000 + 999)
      const { body, headers, method, path, query } = yield* sign(draft(encoding))
      assert.deepStrictEqual(headers, {
        host,
        "content-type": contentType,
        "x-tc-action": "CreateVolume",
        "x-tc-version": "2026-01-01",
        "x-tc-region": "ap-guangzhou",
        "x-tc-language": "zh-CN",
        "x-tc-requestclient": "test",
        "x-tc-traceid": "trace",
        "x-tc-timestamp": String(now),
        authorization: Signature.authorization({
          signable: {
            method,
            query,
            headers: { "content-type": contentType, host, "x-tc-action": "CreateVolume" },
            payload: body
          },
          timestamp: now,
          service: "ebs",
          secretId: "AKID1",
          key: Signature.signingKey(secretKey, { date: "2026-01-01", service: "ebs" })
        })
      })
      const flat = "Size=10&Name=a%20b%2Bc"
      assert.deepStrictEqual(
        [method, path, query, body],
        {
          json: ["POST", "/", "", '{"Size":10,"Name":"a b+c"}'],
          query: ["GET", "/", flat, ""],
          form: ["POST", "/", "", flat]
        }[encoding]
      )
    }).pipe(Effect.provide(permanent))
  )

  it.effect.each([
    { encoding: "query", method: "HmacSHA1" },
    { encoding: "query", method: "HmacSHA256" },
    { encoding: "form", method: "HmacSHA1" },
    { encoding: "form", method: "HmacSHA256" }
  ] as const)("signs a $encoding with version 1, $method", ({ encoding, method }) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const signed = yield* sign(draft(encoding, method))
      const { Nonce: nonce, Signature: signature, ...rest } = Object.fromEntries(flatOf(signed))
      assert.match(nonce ?? "", /^[1-9]\d{0,9}$/)
      assert.deepStrictEqual(rest, {
        Size: "10",
        Name: "a b+c",
        Action: "CreateVolume",
        Version: "2026-01-01",
        Region: "ap-guangzhou",
        Language: "zh-CN",
        RequestClient: "test",
        SecretId: "AKID1",
        Timestamp: String(now),
        SignatureMethod: method
      })
      const parameters = [...flatOf(signed)]
      const source = SignatureV1.source({ method: signed.method, host, parameters })
      assert.strictEqual(signature, SignatureV1.sign(source, method, secretKey))
      assert.deepStrictEqual(signed.headers, {
        host,
        "content-type": "application/x-www-form-urlencoded",
        "x-tc-traceid": "trace"
      })
    }).pipe(Effect.provide(permanent))
  )

  it.effect("sends the token of a temporary key, in a header or as a signed parameter", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* sign(draft("json"))).headers["x-tc-token"], "token")
      assert.strictEqual(flatOf(yield* sign(draft("query", "HmacSHA256"))).get("Token"), "token")
    }).pipe(Effect.provide(temporary))
  )

  it.effect("signs with the key of the product and the UTC day", () =>
    Effect.gen(function* () {
      const isSigned = (draft: Signer.Draft, date: string) =>
        Effect.map(sign(draft), (signed) => {
          const authorization = Either.getOrThrow(Signature.parseAuthorization(signed.headers.authorization ?? ""))
          const scope = { date, service: draft.request.product }
          assert.deepStrictEqual(authorization.scope, scope)
          const timestamp = signed.headers["x-tc-timestamp"] ?? ""
          const payload = signed.method === "GET" ? "" : signed.body
          return Signature.verify(
            { ...signed, payload, timestamp, authorization },
            Signature.signingKey(secretKey, scope)
          )
        })
      yield* TestClock.setTime(now * 1000)
      const signed = [yield* isSigned(draft("json"), "2026-01-01")]
      yield* TestClock.adjust("23 hours")
      signed.push(yield* isSigned(draft("query"), "2026-01-01"))
      signed.push(yield* isSigned(draft("json", undefined, "cvm"), "2026-01-01"))
      yield* TestClock.adjust("1 hour")
      signed.push(yield* isSigned(draft("json"), "2026-01-02"), yield* isSigned(draft("json"), "2026-01-02"))
      assert.deepStrictEqual(signed, [true, true, true, true, true])
    }).pipe(Effect.provide(permanent))
  )

  it.scoped("signs with another key when the credential has changed", () =>
    Effect.gen(function* () {
      const key = yield* Ref.make("key")
      const provider = yield* CredentialProvider.make(
        CredentialProvider.source({
          name: "rotating",
          load: Effect.map(Ref.get(key), (secretKey) => ({ secretId: "AKID1", secretKey })),
          refreshable: true
        })
      )
      const signer = yield* Effect.provide(
        Signer.make,
        Layer.merge(Layer.succeed(CredentialProvider.CredentialProvider, provider), ClockSync.layerFixed(now))
      )
      const authorization = Effect.map(signer.sign(draft("json")), ({ headers }) => headers.authorization)
      const before = yield* authorization
      yield* Ref.set(key, "rotated")
      assert.strictEqual(yield* authorization, before)
      yield* provider.refresh
      assert.notStrictEqual(yield* authorization, before)
    })
  )
})
