/** Our signing functions beside the official ones, over random requests. */
import * as querystring from "node:querystring"
import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as Signature from "effect-tencentcloud/Signature"
import { CommonClient } from "tencentcloud-sdk-nodejs-common"
import * as Json from "../../src/domain/wire/Json.js"
import * as Parameters from "../../src/domain/wire/Parameters.js"
import * as SignatureV1 from "../../src/domain/wire/SignatureV1.js"
import * as Timestamp from "../../src/domain/wire/Timestamp.js"
import { flattenOfficially, Sign, sourceOfficially } from "./fixture.js"

/** What the values of these tests all have. */
const flat = (parameters: object) => Either.getOrThrow(Parameters.flatten(parameters))

const runs = { fastCheck: { numRuns: 10_000 } }

type Value<A> = A extends FastCheck.Arbitrary<infer T> ? T : never

const text = FastCheck.string({ unit: "binary" })
const label = FastCheck.stringMatching(/^[a-z][a-z0-9]{0,9}$/)
/** Without a dot, which would make of `{ "a.b": 1, a: { b: 2 } }` one flat name twice. */
const name = FastCheck.stringMatching(/^[A-Z][A-Za-z0-9_]{0,7}$/)

const { parameters } = FastCheck.letrec<{
  value: Json.Json
  list: ReadonlyArray<Json.Json>
  parameters: Json.JsonObject
}>((tie) => ({
  value: FastCheck.oneof(
    { depthSize: "small" },
    FastCheck.constant(null),
    FastCheck.boolean(),
    FastCheck.integer(),
    FastCheck.double({ noDefaultInfinity: true, noNaN: true }),
    FastCheck.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    text,
    tie("list"),
    tie("parameters")
  ),
  list: FastCheck.array(tie("value"), { maxLength: 12 }),
  parameters: FastCheck.dictionary(name, tie("value"), { maxKeys: 5 })
}))

const ports = FastCheck.constantFrom("", ":9140")

const common = {
  host: FastCheck.tuple(label, FastCheck.constantFrom(".tencentcloudapi.com", ".ap-guangzhou.tencentcloudapi.com")).map(
    ([product, domain]) => product + domain
  ),
  secretId: FastCheck.stringMatching(/^AKID[A-Za-z0-9]{1,32}$/),
  secretKey: FastCheck.string({ unit: "binary", minLength: 1 }),
  /** Up to the last second of the year 9999. */
  timestamp: FastCheck.integer({ min: 0, max: 253_402_300_799 })
}

describe("signature version 3", () => {
  const query = FastCheck.oneof(
    parameters.map((nested) => Parameters.format(flat(nested))),
    parameters.map((nested) => querystring.stringify(Object.fromEntries(flat(nested))))
  )
  const body = FastCheck.oneof(
    parameters.map((nested) => Either.getOrThrow(Json.stringify(nested))),
    text,
    FastCheck.uint8Array()
  )
  const request = FastCheck.record({
    ...common,
    call: FastCheck.oneof(
      FastCheck.record({ method: FastCheck.constant("GET"), query, payload: FastCheck.constant("") }),
      FastCheck.record({ method: FastCheck.constant("POST"), query: FastCheck.constant(""), payload: body })
    ),
    service: label,
    contentType: FastCheck.constantFrom(
      "application/json",
      "application/json; charset=utf-8",
      "application/x-www-form-urlencoded",
      "application/octet-stream"
    )
  })
  type Request = Value<typeof request>

  const urlOf = ({ call, host }: Request) => new URL(`https://${host}/?${call.query}`)
  /** As it is sent: `URL` escapes a few characters more than a query's writer may have done. */
  const queryOf = (input: Request) => urlOf(input).search.slice(1)

  const official = (input: Request): string =>
    Sign.sign3({
      method: input.call.method,
      url: urlOf(input).href,
      payload: Buffer.from(input.call.payload),
      timestamp: input.timestamp,
      service: input.service,
      secretId: input.secretId,
      secretKey: input.secretKey,
      multipart: false,
      boundary: "",
      headers: { "Content-Type": input.contentType }
    })

  const keyOf = ({ secretKey, service, timestamp }: Request) =>
    Signature.signingKey(Redacted.make(secretKey), { date: Timestamp.utcDay(timestamp), service })

  it.prop(
    "makes the same header `Authorization` as the official function",
    [request],
    ([input]) => {
      const { call, contentType, host, secretId, service, timestamp } = input
      const ours = Signature.authorization({
        signable: {
          method: call.method,
          query: queryOf(input),
          headers: { "content-type": contentType, host },
          payload: call.payload
        },
        timestamp,
        service,
        secretId,
        key: keyOf(input)
      })
      assert.strictEqual(ours, official(input))
    },
    runs
  )

  it.prop(
    "accepts exactly the requests that the official function signed, also with a port in `Host` and capitals in `Content-Type`",
    [request, ports, FastCheck.boolean()],
    ([plain, port, capitals]) => {
      const input = capitals ? { ...plain, contentType: plain.contentType.toUpperCase() } : plain
      const received: Signature.Received = {
        method: input.call.method,
        query: queryOf(input),
        headers: { "content-type": input.contentType, host: input.host + port },
        payload: input.call.payload,
        timestamp: String(input.timestamp),
        authorization: Either.getOrThrow(Signature.parseAuthorization(official(input)))
      }
      const key = keyOf(input)
      assert.isTrue(Signature.verify(received, key))
      assert.isFalse(Signature.verify({ ...received, payload: `${received.payload}.` }, key))
      assert.isFalse(Signature.verify({ ...received, query: `${received.query}&` }, key))
      assert.isFalse(Signature.verify({ ...received, headers: { ...received.headers, host: "elsewhere" } }, key))
      assert.isFalse(Signature.verify(received, keyOf({ ...input, secretKey: `${input.secretKey}.` })))
    },
    runs
  )
})

describe("signature version 1", () => {
  const request = FastCheck.record({
    ...common,
    port: ports,
    reqMethod: FastCheck.constantFrom("GET" as const, "POST" as const),
    signMethod: FastCheck.constantFrom("HmacSHA1" as const, "HmacSHA256" as const),
    token: FastCheck.constantFrom("", "token+/="),
    parameters
  })
  type Request = Value<typeof request>

  /** The flat parameters as the official client makes them, and the text that it signs. */
  const official = (input: Request) => {
    const { host, port, reqMethod, secretId, signMethod, token } = input
    const client = new CommonClient(host + port, "2026-01-01", {
      credential: {},
      profile: { signMethod, httpProfile: { reqMethod } }
    })
    const flat = {
      ...flattenOfficially(client, input.parameters),
      Action: "DescribeVolumes",
      Nonce: input.timestamp % 65_536,
      SecretId: secretId,
      SignatureMethod: signMethod,
      Timestamp: input.timestamp,
      ...(token === "" ? {} : { Token: token })
    }
    const source = sourceOfficially(client, flat)
    return { flat, source, signature: Sign.sign(input.secretKey, source, signMethod) }
  }

  it.prop(
    "makes the same text and signature as the official functions",
    [request],
    ([input]) => {
      const { host, port, reqMethod, secretId, secretKey, signMethod, timestamp, token } = input
      const { signature, source } = official(input)
      const ours = SignatureV1.source({
        method: reqMethod,
        host: host + port,
        parameters: [
          ...flat(input.parameters),
          ...(token === "" ? [] : [["Token", token] as const]),
          ["Action", "DescribeVolumes"],
          ["Nonce", String(timestamp % 65_536)],
          ["SecretId", secretId],
          ["SignatureMethod", signMethod],
          ["Timestamp", String(timestamp)]
        ]
      })
      assert.strictEqual(ours, source)
      assert.strictEqual(SignatureV1.sign(ours, signMethod, Redacted.make(secretKey)), signature)
    },
    runs
  )

  it.prop(
    "accepts exactly the requests that the official functions signed, read from the query or the form",
    [request],
    ([input]) => {
      const { host, port, reqMethod: method, secretKey, signMethod } = input
      const { flat, signature } = official(input)
      const sent = querystring.stringify({ ...flat, Signature: signature })
      const received = { method, host: host + port, parameters: Either.getOrThrow(Parameters.parse(sent)) }
      const key = Redacted.make(secretKey)
      assert.isTrue(SignatureV1.verify(received, signature, signMethod, key))
      const [[name, value] = ["", ""], ...others] = received.parameters
      const changed = { ...received, parameters: [[name, `${value}.`] as const, ...others] }
      assert.isFalse(SignatureV1.verify(changed, signature, signMethod, key))
      assert.isFalse(SignatureV1.verify({ ...received, host: "elsewhere" }, signature, signMethod, key))
      assert.isFalse(SignatureV1.verify(received, signature, signMethod, Redacted.make(`${secretKey}.`)))
    },
    runs
  )
})
