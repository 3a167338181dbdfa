/** Whatever comes in, an envelope goes out. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import * as TestClock from "effect/TestClock"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as CommonError from "effect-tencentcloud/CommonError"
import type { Gateway } from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import type * as Wire from "effect-tencentcloud/Wire"
import * as Answer from "../../fixtures/Answer.js"
import * as Seen from "../../fixtures/Seen.js"
import { now, v1, v3 } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"

const { constant, constantFrom, oneof, record } = FastCheck

const sub = { secretId: "AKIDsub", secretKey: "key" }
const mfa = { secretId: "AKIDmfa", secretKey: "key" }
const off = { secretId: "AKIDoff", secretKey: "key" }
const temporary = { secretId: "AKIDtemporary", secretKey: "key" }

/** Of every action alike: one that may be called but twice would hardly ever reach the later checks. */
const limiter = Layer.effect(
  RateLimiter.RateLimiter,
  Effect.map(RateLimiter.make({ action: 1000 }), (limiter) => ({
    take: (call) => limiter.take({ ...call, limit: undefined })
  }))
).pipe(Layer.provide(RateLimiter.layerStoreMemory()))

const layer = InProcess.layer.pipe(
  Layer.provide([
    Volumes.layer(),
    limiter,
    KeyStore.layerMemory([
      InProcess.key,
      { ...sub, identity: "2" },
      { ...mfa, mfa: "required" },
      { ...off, enabled: false },
      { ...temporary, session: { token: "token", expiresAt: now + 1 } }
    ]),
    Layer.orDie(
      Authorizer.layerPolicies({ "2": [{ version: "2.0", statement: { effect: "allow", action: "ebs:Describe*" } }] })
    )
  ])
)

/** Mostly the first, now and then the other. */
const mostly = <A, B>(usual: FastCheck.Arbitrary<A>, odd: FastCheck.Arbitrary<B>) =>
  oneof({ arbitrary: usual, weight: 19 }, { arbitrary: odd, weight: 1 })

const text = oneof(
  FastCheck.string({ unit: "binary", maxLength: 20 }),
  FastCheck.string({ unit: constantFrom(..."=&.%+0/;, {}[]\"'\\\u0000\ud800\u672a"), maxLength: 20 })
)
const odd = oneof(text, constantFrom("", "constructor", "__proto__", "toString", "-1", "1e9", "x".repeat(5000)))
const bytes = FastCheck.uint8Array({ maxLength: 200 })

const name = oneof(
  constantFrom("Size", "Name", "DryRun", "Limit", "Filters", "VolumeIds", "__proto__", "constructor"),
  text
)
const value = oneof(
  constantFrom(10, "10", 5, true, "true", null, "", "vol-1"),
  constant([{ Name: "zone", Values: ["a"] }]),
  FastCheck.jsonValue({ maxDepth: 3 })
)
const json = oneof(
  FastCheck.dictionary(name, value, { maxKeys: 4 }),
  record({ Size: constantFrom(10, "10", 5), DryRun: constantFrom(true, false, "true") }, { requiredKeys: ["Size"] })
).map((body) => JSON.stringify(body))
const extreme = constantFrom(
  "[".repeat(20_000),
  `{"Filters":${"[".repeat(5000)}${"]".repeat(5000)}}`,
  `{"Limit":1${"0".repeat(400)}}`,
  '{"Limit":9007199254740993}',
  '{"Limit":1e400}'
)
const path = FastCheck.array(oneof(name, constantFrom("0", "1", "2", "")), { minLength: 1, maxLength: 4 })
const parameters = FastCheck.dictionary(
  path.map((segments) => segments.join(".")),
  oneof(constantFrom("10", "true", "vol-1"), text),
  { maxKeys: 4 }
)
const flat = oneof(
  parameters.map((entries) => new URLSearchParams(entries).toString()),
  text
)

const action = mostly(constantFrom(...Object.keys(Volumes.Volumes.actions)), odd)
const key = mostly(constant(InProcess.key), constantFrom(sub, mfa, off, temporary, { secretId: "AKID", secretKey: "" }))
const timestamp = mostly(constant(now), FastCheck.integer({ min: now - 1000, max: now + 1000 }))
const host = mostly(
  constantFrom("ebs.tencentcloudapi.com", "ebs.ap-beijing.tencentcloudapi.com", "127.0.0.1:9140", "localhost"),
  oneof(constant("nope.tencentcloudapi.com"), odd)
)
const token = mostly(constant(undefined), oneof(constant("token"), odd))
const region = mostly(constantFrom("ap-guangzhou", "ap-beijing", undefined), odd)
const language = mostly(constantFrom("en-US", "zh-CN", undefined), odd)

/** Well signed; what it says may be anything. */
const signedV3 = record(
  {
    method: mostly(constant("POST" as const), constant("GET" as const)),
    action,
    key,
    timestamp,
    host,
    service: mostly(constant("ebs"), constantFrom("127", "cvm")),
    query: mostly(constant(""), flat),
    body: mostly(json, oneof(extreme, flat, text, bytes)),
    contentType: mostly(
      constantFrom("application/json", "application/json", "multipart/form-data; boundary=x"),
      oneof(constantFrom("application/x-www-form-urlencoded", "application/octet-stream"), odd)
    ),
    headers: record(
      {
        "x-tc-region": region,
        "x-tc-language": language,
        "x-tc-token": token,
        "x-tc-version": mostly(constant(Volumes.version), odd),
        "x-tc-traceid": odd,
        "x-ebs-name": odd,
        "x-tc-content-sha256": mostly(constant(undefined), oneof(constant("UNSIGNED-PAYLOAD"), odd))
      },
      { requiredKeys: [] }
    )
  },
  { requiredKeys: ["action"] }
).map(v3)

const signedV1 = record(
  {
    method: constantFrom("GET" as const, "POST" as const),
    host,
    key,
    signatureMethod: constantFrom("HmacSHA1" as const, "HmacSHA256" as const),
    parameters: FastCheck.tuple(
      parameters,
      record(
        { Action: action, Region: region, Language: language, Token: token, Nonce: mostly(constant("1"), odd) },
        { requiredKeys: [] }
      )
    ).map(([own, common]) => ({ ...own, ...common }))
  },
  { requiredKeys: ["parameters"] }
).map(v1)

const garbage: FastCheck.Arbitrary<Wire.WireRequest> = record({
  method: mostly(constantFrom("GET", "POST"), odd),
  path: mostly(constant("/"), odd),
  query: oneof(text, flat),
  headers: FastCheck.dictionary(
    oneof(
      constantFrom("authorization", "host", "content-type", "x-tc-action", "x-tc-version", "x-tc-timestamp"),
      text.map((name) => name.toLowerCase())
    ),
    odd
  ),
  body: oneof(text, bytes, flat)
})

/** Takes something away, puts something in, or puts something in the place of it. */
const splice = (whole: string, at: number, length: number, put: string) => {
  const index = Math.floor(at * (whole.length + 1))
  return whole.slice(0, index) + put + whole.slice(index + length)
}

/** One thing changed after signing; often it is the signature that says so. */
const mutated = (requests: FastCheck.Arbitrary<Wire.WireRequest>): FastCheck.Arbitrary<Wire.WireRequest> =>
  FastCheck.tuple(
    requests,
    mostly(constant("none"), constantFrom("method", "query", "body", "header", "authorization", "no header")),
    constantFrom(
      "host",
      "content-type",
      "x-tc-action",
      "x-tc-version",
      "x-tc-timestamp",
      "authorization",
      "x-tc-region"
    ),
    FastCheck.double({ min: 0, max: 1, noNaN: true }),
    FastCheck.nat(3),
    oneof(constantFrom(";constructor", ";__proto__", ",", "=", "/"), odd)
  ).map(([request, what, header, at, length, put]) => {
    const { body, headers, query } = request
    const { [header]: _, ...others } = headers
    switch (what) {
      case "method":
        return { ...request, method: put }
      case "query":
        return { ...request, query: splice(query, at, length, put) }
      case "body":
        return { ...request, body: typeof body === "string" ? splice(body, at, length, put) : body.slice(length) }
      case "header":
        return { ...request, headers: { ...headers, [header]: splice(headers[header] ?? "", at, length, put) } }
      case "authorization": {
        const authorization = headers.authorization?.replace("content-type;host", `content-type;host${put}`) ?? put
        return { ...request, headers: { ...headers, authorization } }
      }
      case "no header":
        return { ...request, headers: others }
      default:
        return request
    }
  })

const codes: ReadonlyArray<string> = CommonError.classes.map(({ code }) => code)

describe("Gateway", () => {
  it.effect("answers 20,000 malformed requests with 20,000 envelopes, and none with a defect", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const run = Runtime.runSync(yield* Effect.runtime<Gateway>())
      const seen = new Set<string | undefined>()
      FastCheck.assert(
        FastCheck.property(mutated(oneof(signedV3, signedV3, signedV1, garbage)), (request) => {
          const { code } = run(Answer.of(request))
          if (code !== undefined) assert.include(codes, code)
          assert.notStrictEqual(code, "InternalError")
          seen.add(code)
        }),
        { numRuns: 20_000 }
      )
      assert.deepStrictEqual((yield* Seen.Seen).lines, [])
      // What no malformed request can bring about here.
      const unreachable = codes.filter((code) => !seen.has(code))
      assert.sameMembers(unreachable, [
        "FailedOperation",
        "InternalError",
        "LimitExceeded",
        "ResourceInUse",
        "ResourceInsufficient",
        "ResourceNotFound",
        "ResourceUnavailable",
        "UnauthorizedOperation",
        "UnsupportedOperation",
        "IpInBlacklist",
        "IpNotInWhitelist",
        "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
        "RequestLimitExceeded.IPLimitExceeded",
        "RequestLimitExceeded.UinLimitExceeded",
        "RequestSizeLimitExceeded",
        "ResponseSizeLimitExceeded",
        "ServiceUnavailable"
      ])
    }).pipe(Effect.provide([layer, Seen.layer]))
  )
})
