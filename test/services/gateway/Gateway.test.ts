import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import * as Codec from "effect-tencentcloud/Codec"
import { InvalidRequest, ServiceUnavailable } from "effect-tencentcloud/CommonError"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as GatewayCheck from "effect-tencentcloud/GatewayCheck"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import * as Signature from "effect-tencentcloud/Signature"
import type * as Wire from "effect-tencentcloud/Wire"
import * as Multipart from "../../../src/domain/wire/Multipart.js"
import * as Answer from "../../fixtures/Answer.js"
import * as Seen from "../../fixtures/Seen.js"
import { layer } from "../../fixtures/ServedGateway.js"
import { host, now, v1, v3 } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"

const internal = {
  "en-US": "An internal error has occurred. Retry your request, but if the problem persists, contact us.",
  "zh-CN": "内部服务错误，请稍后重试。"
}

const filters = { Filters: [{ Name: "zone", Values: ["a b", "+&=", "\u672a"] }] }
const flat = "Filters.0.Name=zone&Filters.0.Values.0=a+b&Filters.0.Values.1=%2B%26%3D&Filters.0.Values.2=%E6%9C%AA"
const flatParameters = Object.fromEntries(new URLSearchParams(flat))
const body = JSON.stringify(filters)
const form = "application/x-www-form-urlencoded"

describe("Gateway: a request", () => {
  it.effect.each<{ readonly name: string; readonly request: Wire.WireRequest }>([
    { name: "as JSON", request: v3({ body }) },
    { name: "as JSON with a charset", request: v3({ body, contentType: "Application/JSON; charset=UTF-8" }) },
    { name: "as bytes", request: v3({ body: new TextEncoder().encode(body) }) },
    { name: "as a query", request: v3({ method: "GET", query: flat }) },
    { name: "as a form", request: v3({ body: flat, contentType: form }) },
    {
      name: "with an unsigned payload",
      request: v3({ body, payload: "UNSIGNED-PAYLOAD", headers: { "x-tc-content-sha256": "UNSIGNED-PAYLOAD" } })
    },
    {
      name: "with the hash of its body",
      request: v3({ body, headers: { "x-tc-content-sha256": Signature.hash(body).toUpperCase() } })
    },
    { name: "as a query of version 1", request: v1({ parameters: flatParameters }) },
    {
      name: "as a query of version 1, HmacSHA256",
      request: v1({ parameters: flatParameters, signatureMethod: "HmacSHA256" })
    },
    { name: "as a form of version 1", request: v1({ method: "POST", parameters: flatParameters }) },
    {
      name: "as a form of version 1, HmacSHA1",
      request: v1({ method: "POST", parameters: flatParameters, signatureMethod: "HmacSHA1" })
    },
    { name: "to a region's host", request: v3({ body, host: "ebs.ap-guangzhou.tencentcloudapi.com" }) },
    { name: "to a host in capitals", request: v3({ body, host: "EBS.TencentCloudAPI.com" }) },
    { name: "to a host with a port that is not signed", request: v3({ body, host: `${host}:9140`, signedHost: host }) },
    { name: "to a host with a port that is signed", request: v3({ body, host: `${host}:9140` }) },
    { name: "to an address", request: v3({ body, host: "127.0.0.1:9140", service: "127" }) },
    { name: "to localhost", request: v3({ body, host: "localhost:9140", service: "localhost:9140" }) },
    { name: "to localhost, in the product's scope", request: v3({ body, host: "localhost:9140" }) },
    {
      name: "to localhost with version 1",
      request: v1({ parameters: flatParameters, host: "localhost:9140", signedHost: "localhost" })
    }
  ])("$name reaches its handler with its parameters", ({ request }) =>
    Effect.gen(function* () {
      const { code, headers, response } = yield* Answer.of(request)
      assert.strictEqual(code, undefined)
      assert.deepStrictEqual(response, { TotalCount: 3, Names: ["a b", "+&=", "\u672a"] })
      assert.deepStrictEqual(headers, { "content-type": "application/json" })
    }).pipe(Effect.provide(layer()))
  )

  it.effect.each([
    {
      name: "parts",
      request: {
        contentType: "multipart/form-data; boundary=Boundary",
        body: Multipart.format(
          [
            ["Name", "disk"],
            ["Content", new Uint8Array([0, 13, 10, 255])]
          ],
          "Boundary"
        )
      }
    },
    {
      name: "an octet-stream",
      request: {
        contentType: "application/octet-stream",
        body: new Uint8Array([0, 13, 10, 255]),
        headers: { "x-ebs-name": "disk" }
      }
    }
  ])("as $name can have bytes", ({ request }) =>
    Effect.gen(function* () {
      const { response } = yield* Answer.of(v3({ action: "ImportVolume", ...request }))
      assert.deepStrictEqual(response, { Bytes: 4, Name: "disk" })
    }).pipe(Effect.provide(layer()))
  )

  it.effect("may send a number as a string, in JSON too, but no other string", () =>
    Effect.gen(function* () {
      const codeOf = (body: object) =>
        Effect.map(Answer.of(v3({ action: "CreateVolume", body: JSON.stringify(body) })), ({ code }) => code)
      assert.deepStrictEqual(
        [yield* codeOf({ Size: "10" }), yield* codeOf({ Size: "many" })],
        [undefined, "InvalidParameter"]
      )
    }).pipe(Effect.provide(layer()))
  )

  it.effect("shows its handler who calls, for what, and from where", () => {
    const calls: Array<Gateway.Call> = []
    const recording = Volumes.layer({
      DescribeVolumes: (_, call) => Effect.sync(() => calls.push(call)).pipe(Effect.as({ TotalCount: 0, Names: [] }))
    })
    return Effect.gen(function* () {
      const { requestId } = yield* Answer.of({ ...v3({ headers: { "x-tc-language": "zh-CN" } }), address: "10.1.2.3" })
      assert.deepStrictEqual(calls, [
        {
          requestId,
          product: "ebs",
          action: "DescribeVolumes",
          version: "2026-01-01",
          region: "ap-guangzhou",
          language: "zh-CN",
          account: "100000000001",
          identity: "100000000001",
          address: "10.1.2.3"
        }
      ])
    }).pipe(Effect.provide(layer({}, recording)))
  })

  it.effect("has a RequestId of its own", () =>
    Effect.gen(function* () {
      const answers = yield* Effect.replicateEffect(Answer.of(v3()), 100)
      assert.strictEqual(new Set(answers.map(({ requestId }) => requestId)).size, 100)
    }).pipe(Effect.provide(layer()))
  )

  it.effect.each([
    { traceId: "trace-1", echoed: true },
    { traceId: "x".repeat(256), echoed: true },
    { traceId: "x".repeat(257), echoed: false },
    { traceId: "one\r\nset-cookie: two", echoed: false },
    { traceId: "\u672a", echoed: false },
    { traceId: "", echoed: false }
  ])("gets its X-TC-TraceId back if it is a valid header: $echoed", ({ echoed, traceId }) =>
    Effect.gen(function* () {
      for (const request of [v3(), v3({ action: "Nope" })]) {
        const { headers } = yield* Answer.of({ ...request, headers: { ...request.headers, "x-tc-traceid": traceId } })
        assert.strictEqual(headers["x-tc-traceid"], echoed ? traceId : undefined)
      }
    }).pipe(Effect.provide(layer()))
  )

  it.effect("that could not be read gets an envelope, too", () =>
    Effect.gen(function* () {
      const gateway = yield* Gateway.Gateway
      const { code, message } = Answer.read(yield* gateway.refuse(new InvalidRequest({ message: "not HTTP" })))
      assert.deepStrictEqual([code, message], ["InvalidRequest", "not HTTP"])
    }).pipe(Effect.provide(layer()))
  )
})

describe("Gateway: the checks", () => {
  it.effect("have names, in their order", () =>
    Effect.gen(function* () {
      const { checks } = yield* Gateway.Gateway
      assert.deepStrictEqual(checks, [
        "method",
        "size",
        "signature version",
        "repeated parameters",
        "common parameters",
        "common parameter formats",
        "action",
        "authorization",
        "clock",
        "key",
        "signature",
        "mfa",
        "rate limit",
        "region",
        "content",
        "cam",
        "parameters",
        "dry run"
      ])
    }).pipe(Effect.provide(layer()))
  )

  it.effect("are a value, so another one can be inserted", () => {
    const maintenance: GatewayCheck.Check<never> = {
      name: "maintenance",
      run: () => Effect.fail(new ServiceUnavailable({ message: "back at noon" }))
    }
    const checks = GatewayCheck.checks.flatMap((check) => (check.name === "key" ? [maintenance, check] : [check]))
    return Effect.gen(function* () {
      assert.strictEqual((yield* Answer.of(v3())).message, "back at noon")
      assert.strictEqual((yield* Answer.of(v3({ timestamp: 1 }))).code, "AuthFailure.SignatureExpire")
    }).pipe(Effect.provide(layer({ checks })))
  })

  it.effect("may be objects of a class, or copies of ours that do something else", () => {
    class Maintenance implements GatewayCheck.Check<never> {
      readonly name = "maintenance"
      constructor(private readonly until: string) {}
      run(context: GatewayCheck.RequestContext, ...others: ReadonlyArray<unknown>) {
        return others.length > 0
          ? Effect.succeed(context)
          : Effect.fail(new ServiceUnavailable({ message: `back at ${this.until}` }))
      }
    }
    const open = { ...GatewayCheck.clock, run: (context: GatewayCheck.RequestContext) => Effect.succeed(context) }
    const checks = GatewayCheck.checks.map((check) => (check === GatewayCheck.clock ? open : check))
    return Effect.gen(function* () {
      assert.strictEqual((yield* Answer.of(v3({ timestamp: now - 3600 }))).message, "back at noon")
    }).pipe(Effect.provide(layer({ checks: [...checks, new Maintenance("noon")] })))
  })

  const inOrder = (names: ReadonlyArray<string>) =>
    names.flatMap((name) => GatewayCheck.checks.filter((check) => check.name === name))
  const names = GatewayCheck.checks.map(({ name }) => name)
  const swapped = (one: number, other: number) =>
    names.map((name, index) => names[index === one ? other : index === other ? one : index] ?? name)

  it.effect("answer a good request with its result or with InternalError, in any order", () =>
    Effect.gen(function* () {
      const runtime = yield* Effect.runtime<Seen.Seen>()
      const index = FastCheck.nat(names.length - 1)
      const order = FastCheck.oneof(
        FastCheck.shuffledSubarray(names, { minLength: names.length }),
        FastCheck.tuple(index, index).map(([one, other]) => swapped(one, other))
      )
      const codes = new Set<string | undefined>()
      FastCheck.assert(
        FastCheck.property(order, FastCheck.constantFrom(v3(), v1(), v1({ method: "POST" })), (order, request) => {
          const answer = Effect.provide(Answer.of(request), layer({ checks: inOrder(order) }))
          const { code } = Runtime.runSync(runtime)(answer)
          assert.include([undefined, "InternalError"], code)
          codes.add(code)
        }),
        { numRuns: 500 }
      )
      assert.strictEqual(codes.size, 2)
    }).pipe(Effect.provide(Seen.layer))
  )

  it.effect.each([
    { checks: [], says: "The checks found no action or no parameters" },
    { checks: [GatewayCheck.signature], says: "The check signature needs common" },
    { checks: [...GatewayCheck.checks].reverse(), says: "The check dry run needs decoded" },
    { checks: GatewayCheck.checks.filter(({ name }) => name !== "content"), says: "The check cam needs decoded" },
    { checks: [GatewayCheck.method, GatewayCheck.commonPresent], says: "The check common parameters needs signature" }
  ])("say in the log why they cannot work, and tell the caller nothing: $says", ({ checks, says }) =>
    Effect.gen(function* () {
      const { code, message } = yield* Answer.of(v3())
      assert.deepStrictEqual([code, message], ["InternalError", internal["en-US"]])
      const { lines } = yield* Seen.Seen
      assert.strictEqual(lines.length, 1)
      assert.include(lines[0]?.text, says)
    }).pipe(Effect.provide([layer({ checks }), Seen.layer]))
  )
})

describe("Gateway: a defect", () => {
  const planted = "planted"
  const defect = () => {
    throw new Error(planted)
  }
  const names = Schema.Struct({})
  const codec = Codec.from(names)

  /** An action with a fault, and its handler. */
  const faulty = (
    options: Partial<Action.Options<Codec.Codec<object>, []> & { readonly response: Codec.Codec<object> }> = {},
    handler: () => Effect.Effect<object, never> = () => Effect.succeed({})
  ) => {
    const action = Action.make("DescribeVolumes", {
      ...{ product: Volumes.product, version: Volumes.version, errors: [] },
      ...{ request: codec, response: codec },
      ...options
    })
    return Gateway.handlers(Product.make([action]), { DescribeVolumes: handler })
  }

  it.effect.each([
    { name: "a handler that dies", handlers: faulty({}, () => Effect.die(new Error(planted))) },
    { name: "a handler that throws", handlers: faulty({}, defect) },
    { name: "a handler that throws later", handlers: faulty({}, () => Effect.sync(defect)) },
    { name: "a handler that interrupts itself", handlers: faulty({}, () => Effect.interrupt) },
    { name: "a handler that fails with another error", handlers: faulty({}, () => Effect.fail(planted) as never) },
    { name: "a function of its resources", handlers: faulty({ resources: defect }) },
    { name: "a codec of its requests", handlers: faulty({ request: Codec.make({ ...codec, decode: defect }) }) },
    { name: "a codec of its responses", handlers: faulty({ response: Codec.make({ ...codec, encode: defect }) }) },
    {
      name: "a result that its codec rejects",
      handlers: faulty({
        response: Codec.make({
          ...codec,
          encode: () => Either.left([{ kind: "missing", path: [planted], expected: "string", found: "" }])
        })
      })
    },
    {
      name: "a result with an Error",
      handlers: faulty({ response: Codec.make({ ...codec, encode: () => Either.right({ Error: planted }) }) })
    },
    {
      name: "a result that is no object",
      handlers: faulty({ response: Codec.make({ ...codec, encode: () => Either.right(planted) }) })
    }
  ])("in $name goes to the log, and the caller gets InternalError", ({ handlers, name }) =>
    Effect.gen(function* () {
      for (const language of ["en-US", "zh-CN"] as const) {
        const request = v3({ headers: { "x-tc-language": language } })
        const { code, message, requestId, response } = yield* Answer.of(request)
        assert.deepStrictEqual(
          { code, message, response },
          { code: "InternalError", message: internal[language], response: {} }
        )
        const { lines } = yield* Seen.Seen
        const { level, text } = lines[lines.length - 1] ?? { level: "", text: "" }
        assert.strictEqual(level, "ERROR")
        assert.include(text, requestId)
        if (!/interrupts|no object|an Error/.test(name)) assert.include(text, planted)
      }
      assert.strictEqual((yield* Seen.Seen).lines.length, 2)
    }).pipe(Effect.provide([layer({}, handlers), Seen.layer]))
  )

  it.effect.each<{ readonly how: string; readonly run: GatewayCheck.Check<never>["run"] }>([
    { how: "dies", run: () => Effect.die(new Error(planted)) },
    {
      how: "throws",
      run: () => {
        throw new Error(planted)
      }
    }
  ])("in a check that $how gets the same answer", ({ run }) =>
    Effect.gen(function* () {
      const { code } = yield* Answer.of(v3())
      assert.strictEqual(code, "InternalError")
      const { lines } = yield* Seen.Seen
      assert.include(lines[0]?.text, planted)
    }).pipe(Effect.provide([layer({ checks: [{ name: "broken", run }] }), Seen.layer]))
  )
})

describe("Gateway: an answer", () => {
  // {"Response":{"TotalCount":0,"Names":["…"],"RequestId":"<36>"}}
  const around = 93
  const named = (name: string) =>
    Volumes.layer({ DescribeVolumes: () => Effect.succeed({ TotalCount: 0, Names: [name] }) })

  const megabyte = 1024 * 1024

  it.effect.each([
    { name: "at its bound", bound: megabyte, text: "x".repeat(megabyte - around), limit: undefined },
    { name: "over its bound", bound: megabyte, text: "x".repeat(megabyte - around + 1), limit: "1 MB" },
    { name: "over its bound in bytes", bound: megabyte, text: "\u672a".repeat(350_000), limit: "1 MB" },
    { name: "over a small bound", bound: 100, text: "too long", limit: "100 bytes" }
  ])("$name: the limit in the error is $limit", ({ bound, limit, text }) =>
    Effect.gen(function* () {
      const { code, message } = yield* Answer.of(v3())
      const expected =
        limit === undefined
          ? [undefined, undefined]
          : [
              "ResponseSizeLimitExceeded",
              `The response size exceeds the limit of ${limit}. Please ask for less at a time.`
            ]
      assert.deepStrictEqual([code, message], expected)
    }).pipe(Effect.provide(layer({ maxResponseSize: bound }, named(text))))
  )

  it.effect("is the same through InProcess, which uses the clock of the test", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      assert.deepStrictEqual((yield* Answer.of(v3({ body }))).response, { TotalCount: 0, Names: ["\u672a"] })
    }).pipe(Effect.provide(Layer.provide(InProcess.layer, named("\u672a"))))
  )
})
