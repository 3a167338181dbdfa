/** A gateway behind proxies that it trusts: whom it takes for the caller, and which host for the one that was signed. */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fc from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as AddressList from "effect-tencentcloud/AddressList"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as Gateway from "effect-tencentcloud/Gateway"
import type { Services } from "effect-tencentcloud/GatewayCheck"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Journal from "effect-tencentcloud/Journal"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import type * as Wire from "effect-tencentcloud/Wire"
import * as Forwarded from "../../../src/domain/wire/internal/forwarded.js"
import * as Answer from "../../fixtures/Answer.js"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { now, v1, v3 } from "../../fixtures/Signed.js"
import * as Tracer from "../../fixtures/Tracer.js"
import * as Volumes from "../../fixtures/Volumes.js"

/** Answers with the address of its caller. */
const handlers = Volumes.layer({
  DescribeVolumes: (_, { address }) => Effect.succeed({ TotalCount: 1, Names: [address ?? "none"] })
})

const served = (options: Gateway.Options<Services> = {}) => ServedGateway.layer(options, handlers)

const proxy = "10.0.0.1"
const trustProxy = ["10.0.0.0/8", "2001:db8:ffff::/48"]

const via = (address: string | undefined, headers: Wire.Headers): Wire.WireRequest => ({ ...v3({ headers }), address })
const from = (headers: Wire.Headers): Wire.WireRequest => via(proxy, headers)

const seen = (request: Wire.WireRequest) => Effect.map(Answer.of(request), ({ response }) => response.Names)

describe("the caller of a trusted proxy", () => {
  it.effect.each<{ headers: Wire.Headers; caller: string }>([
    { headers: { "x-forwarded-for": "203.0.113.7" }, caller: "203.0.113.7" },
    // What the caller writes itself stands before what the proxy adds.
    { headers: { "x-forwarded-for": "198.51.100.1, 203.0.113.7" }, caller: "203.0.113.7" },
    { headers: { "x-forwarded-for": "garbage,203.0.113.7" }, caller: "203.0.113.7" },
    { headers: { "x-forwarded-for": "203.0.113.7, 10.9.9.9" }, caller: "203.0.113.7" },
    { headers: { "x-forwarded-for": "198.51.100.1,203.0.113.7,10.9.9.9,2001:db8:ffff::9" }, caller: "203.0.113.7" },
    { headers: { "x-forwarded-for": "10.9.9.9" }, caller: "10.9.9.9" },
    { headers: { "x-forwarded-for": "10.8.8.8, 10.9.9.9" }, caller: "10.8.8.8" },
    { headers: { "x-forwarded-for": "203.0.113.7:51234" }, caller: "203.0.113.7" },
    { headers: { "x-forwarded-for": "2001:db8::7" }, caller: "2001:db8::7" },
    { headers: { "x-forwarded-for": "2001:DB8:0:0::0007" }, caller: "2001:db8::7" },
    { headers: { "x-forwarded-for": "[2001:db8::7]" }, caller: "2001:db8::7" },
    { headers: { "x-forwarded-for": "[2001:db8::7]:443" }, caller: "2001:db8::7" },
    { headers: { "x-forwarded-for": "::ffff:203.0.113.7" }, caller: "203.0.113.7" },
    { headers: { "x-forwarded-for": "\t 203.0.113.7  " }, caller: "203.0.113.7" },
    { headers: { "x-forwarded-for": ", 203.0.113.7 ,, " }, caller: "203.0.113.7" },
    { headers: { "x-forwarded-for": "" }, caller: proxy },
    { headers: {}, caller: proxy },
    { headers: { forwarded: "for=203.0.113.7" }, caller: "203.0.113.7" },
    { headers: { forwarded: 'For="203.0.113.7:4711";proto=https;by=10.0.0.1' }, caller: "203.0.113.7" },
    { headers: { forwarded: 'proto=https; for="[2001:db8::7]:4711"' }, caller: "2001:db8::7" },
    { headers: { forwarded: 'for="[2001:db8::7]:_gazonk"' }, caller: "2001:db8::7" },
    { headers: { forwarded: 'for=203.0.113.7;host="a, b;c=\\"d\\""' }, caller: "203.0.113.7" },
    { headers: { forwarded: "for=198.51.100.1, for=203.0.113.7,for=10.9.9.9" }, caller: "203.0.113.7" },
    { headers: { forwarded: "for=198.51.100.1, proto=https" }, caller: proxy },
    { headers: { forwarded: "" }, caller: proxy },
    { headers: { "x-forwarded-for": "203.0.113.7", forwarded: "proto=https" }, caller: "203.0.113.7" },
    { headers: { "x-forwarded-for": "203.0.113.7:1", forwarded: "for=203.0.113.7" }, caller: "203.0.113.7" }
  ])("G1: is $caller with $headers", ({ caller, headers }) =>
    Effect.map(seen(from(headers)), (names) => assert.deepStrictEqual(names, [caller])).pipe(
      Effect.provide(served({ trustProxy }))
    )
  )

  const unreadable: ReadonlyArray<Wire.Headers> = [
    { "x-forwarded-for": "unknown" },
    { "x-forwarded-for": "203.0.113.07" },
    { "x-forwarded-for": "203.0.113" },
    { "x-forwarded-for": "0xcb007107" },
    { "x-forwarded-for": "203.0. 113.7" },
    { "x-forwarded-for": "203.0.113.7 8" },
    { "x-forwarded-for": "203.0.113.7:port" },
    { "x-forwarded-for": "203.0.113.7:1234567" },
    { "x-forwarded-for": "[2001:db8::7" },
    { "x-forwarded-for": "203.0.113.7, nonsense" },
    { "x-forwarded-for": "203.0.113.7, nonsense, 10.9.9.9" },
    { "x-forwarded-for": "," },
    { "x-forwarded-for": "10.9.9.9,".repeat(100) },
    { "x-forwarded-for": "7".repeat(60_000) },
    { forwarded: "for=unknown" },
    { forwarded: "for=_hidden" },
    { forwarded: "for=" },
    { forwarded: "203.0.113.7" },
    { forwarded: "for=198.51.100.1;for=203.0.113.7" },
    // A quotation mark that hides what the proxy adds.
    { forwarded: 'for=198.51.100.1;x=", for=203.0.113.7' },
    { forwarded: 'for=198.51.100.1;x=", for="[2001:db8::7]"' },
    { forwarded: `for="${"\\".repeat(60_000)}` },
    // A caller writes one of the headers, and the proxy the other: nobody knows which.
    { "x-forwarded-for": "203.0.113.7", forwarded: "for=198.51.100.1" },
    { "x-forwarded-for": "203.0.113.7", forwarded: 'for="' }
  ]

  it.effect.each(unreadable.map((headers) => ({ headers, text: JSON.stringify(headers).slice(0, 80) })))(
    "G1: is unknown, and denied by a deny list, with $text",
    ({ headers }) =>
      Effect.gen(function* () {
        const answer = Answer.of(from(headers))
        const codeWith = (lists: AddressList.Lists) =>
          Effect.map(answer, ({ code }) => code).pipe(
            Effect.provide(Layer.provide(served({ trustProxy }), AddressList.layer(lists)))
          )
        assert.strictEqual(yield* codeWith({ deny: ["192.0.2.1"] }), "IpInBlacklist")
        assert.strictEqual(yield* codeWith({ allow: ["0.0.0.0/0", "::/0"] }), "IpNotInWhitelist")
        const names = yield* Effect.provide(seen(from(headers)), served({ trustProxy }))
        assert.deepStrictEqual(names, ["unknown"])
      })
  )

  it.effect("G1: is never one that the caller wrote itself", () =>
    Effect.gen(function* () {
      const gateway = yield* Gateway.Gateway
      const text = Fc.oneof(
        Fc.stringMatching(/^[\w:;,"=\\ .[\]-]{0,40}$/),
        Fc.constantFrom(
          "for=198.51.100.1",
          'for="198.51.100.1',
          "198.51.100.1",
          'for=198.51.100.1;x="',
          "198.51.100.1:1"
        )
      )
      const own = Fc.array(text, { maxLength: 3 }).map((parts) => parts.join(","))
      const added = Fc.constantFrom("for=203.0.113.7", 'for="203.0.113.7:1"', 'proto=http;for="203.0.113.7"')
      yield* Effect.promise(() =>
        Fc.assert(
          Fc.asyncProperty(own, own, added, Fc.boolean(), async (one, other, forwarded, both) => {
            const list = { "x-forwarded-for": `${one}, 203.0.113.7`, ...(both ? { forwarded: other } : {}) }
            const standard = { forwarded: `${one}, ${forwarded}`, ...(both ? { "x-forwarded-for": other } : {}) }
            for (const headers of [list, standard]) {
              const [address] = (await Effect.runPromise(gateway.handle(from(headers)).pipe(Effect.map(Answer.read))))
                .response.Names as ReadonlyArray<string>
              if (address !== "203.0.113.7" && address !== "unknown") throw new Error(JSON.stringify(headers))
            }
          }),
          { numRuns: 500, seed: 13 }
        )
      )
    }).pipe(Effect.provide(served({ trustProxy })))
  )

  it.each([" ", "\t", ",", ";", "a", "a=", '"', "\\", "for=", "for=1.1.1.1,", 'for="', 'x="a",', "[", ":", "1"])(
    "G1: is found in time that grows with the bytes of a header of %j",
    (piece) => {
      const timeOf = (size: number): number => {
        const text = `for=1.1.1.1,${piece.repeat(size / piece.length)}y z`
        const times = Array.from({ length: 5 }, () => {
          const { user } = process.cpuUsage()
          Forwarded.parseForwarded(text)
          Forwarded.parseForwarded(`x="${text}`)
          Forwarded.lastElements(text, 33).map(Forwarded.addressOf)
          Forwarded.isHost(text)
          return process.cpuUsage().user - user
        })
        return Math.min(...times)
      }
      timeOf(50_000)
      // Four times the bytes take sixteen times the time where it grows with the square. The clock counts in microseconds.
      assert.isBelow(timeOf(200_000), 10 * timeOf(50_000) + 5000)
    }
  )

  const spoofed = { "x-forwarded-for": "198.51.100.1", forwarded: "for=198.51.100.1;host=x", "x-forwarded-host": "x" }

  it.effect.each<{ options: Gateway.Options<Services>; peer: string | undefined }>([
    { options: {}, peer: proxy },
    { options: { trustProxy: [] }, peer: proxy },
    { options: { trustProxy }, peer: "203.0.113.7" },
    { options: { trustProxy }, peer: "010.0.0.1" },
    { options: { trustProxy: ["0.0.0.0/0", "::/0"] }, peer: undefined },
    { options: { trustProxy: ["loopback"] }, peer: proxy },
    { options: { trustProxy: () => false }, peer: proxy }
  ])("G1: is the peer itself where it is not trusted: $peer with $options", ({ options, peer }) =>
    Effect.map(seen(via(peer, spoofed)), (names) => assert.deepStrictEqual(names, [peer ?? "none"])).pipe(
      Effect.provide(served(options))
    )
  )

  it.effect.each<{ trust: NonNullable<Gateway.Options<Services>["trustProxy"]>; peer: string | undefined }>([
    { trust: ["loopback"], peer: "127.0.0.1" },
    { trust: ["loopback"], peer: "127.8.8.8" },
    { trust: ["loopback"], peer: "::1" },
    { trust: ["loopback"], peer: "::ffff:127.0.0.1" },
    { trust: ["loopback", "private"], peer: "172.17.0.1" },
    { trust: ["private"], peer: "192.168.1.1" },
    { trust: ["private"], peer: "fd00::1" },
    { trust: ["10.0.0.1"], peer: proxy },
    // A Unix socket has no address.
    { trust: (address) => address === undefined, peer: undefined }
  ])("G1: is found behind $peer with $trust", ({ peer, trust }) =>
    Effect.map(seen(via(peer, { "x-forwarded-for": "203.0.113.7" })), (names) =>
      assert.deepStrictEqual(names, ["203.0.113.7"])
    ).pipe(Effect.provide(served({ trustProxy: trust })))
  )
})

describe("a gateway that sees its caller", () => {
  const parts = [
    handlers,
    KeyStore.layerMemory([InProcess.key]),
    Authorizer.layerAllowAll,
    TimestampValidator.layerFixed(now),
    RateLimiter.layerMemory({ address: 2 })
  ] as const
  const limited = Gateway.layer({ trustProxy }).pipe(Layer.provide(CredentialValidator.layer), Layer.provide(parts))

  it.effect("G1: counts each caller of a proxy for itself, and those whose address is unknown together", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const codeOf = (headers: Wire.Headers) => Effect.map(Answer.of(from(headers)), ({ code }) => code)
      const exceeded = "RequestLimitExceeded.IPLimitExceeded"
      const by = (address: string) => codeOf({ "x-forwarded-for": address })
      assert.deepStrictEqual(
        yield* Effect.all([by("203.0.113.7"), by("1.1.1.1, 203.0.113.7"), by("2.2.2.2, 203.0.113.7")]),
        [undefined, undefined, exceeded]
      )
      assert.isUndefined(yield* by("203.0.113.8"))
      assert.deepStrictEqual(yield* Effect.all([by("a"), by("b"), by("c")]), [undefined, undefined, exceeded])
    }).pipe(Effect.provide(limited))
  )

  it.effect("G1: denies the addresses of callers, and not that of the proxy", () =>
    Effect.gen(function* () {
      const codeOf = (address: string) =>
        Effect.map(Answer.of(from({ "x-forwarded-for": address })), ({ code }) => code)
      assert.strictEqual(yield* codeOf("203.0.113.66"), "IpInBlacklist")
      assert.strictEqual(yield* codeOf("198.51.100.1, 203.0.113.66:1"), "IpInBlacklist")
      assert.isUndefined(yield* codeOf("203.0.113.7"))
    }).pipe(Effect.provide(Layer.provide(served({ trustProxy }), AddressList.layer({ deny: ["203.0.113.66", proxy] }))))
  )

  it.effect("G1: writes the caller into the journal and the span", () =>
    Effect.gen(function* () {
      yield* Answer.of(from({ "x-forwarded-for": "203.0.113.7" }))
      const [entry] = yield* Effect.flatMap(Journal.Journal, ({ entries }) => entries)
      const [span] = yield* Tracer.Spans
      assert.strictEqual(entry?.request.address, "203.0.113.7")
      assert.strictEqual(span?.attributes["client.address"], "203.0.113.7")
    }).pipe(
      Effect.provide(
        served({ trustProxy }).pipe(Layer.provideMerge(Journal.layerMemory()), Layer.provideMerge(Tracer.layer))
      )
    )
  )
})

const rewritten = "gateway.internal:9140"

describe("the host that a caller signed", () => {
  const signed = (host: string, headers: Wire.Headers) =>
    [
      v3({ host: rewritten, signedHost: host, headers }),
      v3({ method: "GET", host: rewritten, signedHost: host, headers }),
      v1({ host: rewritten, signedHost: host }),
      v1({ method: "POST", host: rewritten, signedHost: host, signatureMethod: "HmacSHA256" })
    ].map((request) => ({ ...request, headers: { ...request.headers, ...headers }, address: proxy }))

  const codes = (requests: ReadonlyArray<Wire.WireRequest>) =>
    Effect.map(Effect.forEach(requests, Answer.of), (answers) => [...new Set(answers.map(({ code }) => code))])

  it.effect.each<{ host: string; headers: Wire.Headers }>([
    { host: "ebs.example.com", headers: { "x-forwarded-host": "ebs.example.com" } },
    { host: "ebs.example.com:8443", headers: { "x-forwarded-host": "ebs.example.com:8443, gateway.internal" } },
    { host: "ebs.example.com", headers: { "x-forwarded-host": "ebs.example.com:8443" } },
    { host: "203.0.113.9:8080", headers: { "x-forwarded-host": "203.0.113.9:8080" } },
    { host: "[2001:db8::9]:8080", headers: { forwarded: 'for=203.0.113.7;host="[2001:db8::9]:8080"' } },
    { host: "ebs.example.com", headers: { forwarded: "for=203.0.113.7;host=ebs.example.com, for=10.9.9.9" } },
    { host: "ebs.example.com", headers: { forwarded: "host=ebs.example.com:80" } }
  ])("G1: is the one that a trusted proxy says: $host with $headers", ({ headers, host }) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* codes(signed(host, headers)), [undefined])
      const strangers = signed(host, headers).map((request) => ({ ...request, address: "203.0.113.7" }))
      assert.deepStrictEqual(yield* codes(strangers), ["AuthFailure.SignatureFailure"])
    }).pipe(Effect.provide(served({ trustProxy })))
  )

  it.effect.each(["", " ", "ebs.example.com/", "http://ebs", "a b", "x".repeat(300), "é"])(
    "G1: is the one of `Host` where a proxy says none that could be one: %j",
    (host) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* codes(signed(rewritten, { "x-forwarded-host": host })), [undefined])
      }).pipe(Effect.provide(served({ trustProxy })))
  )

  it.effect("G1: names the product", () =>
    Effect.gen(function* () {
      const wrong = { ...v3({ host: "other.example.com", signedHost: "nope.tencentcloudapi.com" }), address: proxy }
      const headers = { ...wrong.headers, "x-forwarded-host": "nope.tencentcloudapi.com" }
      assert.strictEqual((yield* Answer.of({ ...wrong, headers })).code, "NoSuchProduct")
    }).pipe(Effect.provide(served({ trustProxy })))
  )

  it.effect.each([
    "ebs.example.com",
    "EBS.example.com",
    "203.0.113.9:8080",
    "203.0.113.9",
    "[2001:db8::9]:8080",
    "localhost"
  ])("P3: is one of `hosts`, through any proxy: %s", (host) =>
    Effect.gen(function* () {
      const hosts = ["203.0.113.9:8080", "ebs.example.com", "EBS.example.com", "[2001:db8::9]:8080", "localhost"]
      const on = Effect.provide(served({ hosts }))
      assert.deepStrictEqual(yield* on(codes(signed(host, {}))), [undefined])
      assert.deepStrictEqual(yield* on(codes(signed(rewritten, {}))), [undefined])
      assert.deepStrictEqual(yield* on(codes(signed("other.example.com", {}))), ["AuthFailure.SignatureFailure"])
      const without = Effect.provide(served())
      assert.deepStrictEqual(yield* without(codes(signed(host, {}))), ["AuthFailure.SignatureFailure"])
    })
  )

  it.effect("P3: does not make any other part of a signature right", () =>
    Effect.gen(function* () {
      const host = "ebs.example.com"
      const forged = [
        { ...v3({ host: rewritten, signedHost: host }), body: '{"Limit":1}' },
        { ...v3({ host: rewritten, signedHost: host }), query: "a=b" },
        v3({ host: rewritten, signedHost: host, contentType: "application/json", payload: "x" }),
        v3({ host: rewritten, signedHost: host, key: { ...InProcess.key, secretKey: "another" } }),
        v1({ host: rewritten, signedHost: host, key: { ...InProcess.key, secretKey: "another" } }),
        { ...v1({ method: "POST", host: rewritten, signedHost: host }), path: "/x" }
      ]
      assert.deepStrictEqual(yield* codes(forged), ["AuthFailure.SignatureFailure"])
    }).pipe(Effect.provide(served({ hosts: ["ebs.example.com"] })))
  )

  it.effect("P3: costs one derived key, and one verification of each request, however many hosts there are", () =>
    Effect.gen(function* () {
      const asked: Array<unknown> = []
      const validator = Layer.map(CredentialValidator.layer, (context) => context).pipe(
        Layer.provide(KeyStore.layerMemory([InProcess.key]))
      )
      const counting = Layer.effect(
        CredentialValidator.CredentialValidator,
        Effect.map(CredentialValidator.CredentialValidator, (real) => ({
          ...real,
          verify: (request: CredentialValidator.Signed, key: KeyStore.Key) => {
            asked.push(request.version)
            return real.verify(request, key)
          }
        }))
      ).pipe(Layer.provide(validator))
      const hosts = Array.from({ length: 8 }, (_, index) => `${index}.example.com`)
      const gateway = Gateway.layer({ hosts }).pipe(Layer.provide(counting), Layer.provide(parts))
      assert.deepStrictEqual(yield* Effect.provide(codes(signed("7.example.com", {})), gateway), [undefined])
      assert.deepStrictEqual(asked, ["v3", "v3", "v1", "v1"])
    })
  )

  const parts = [
    handlers,
    Authorizer.layerAllowAll,
    TimestampValidator.layerFixed(now),
    RateLimiter.layerUnlimited
  ] as const
})

describe("options that cannot be meant", () => {
  it.effect.each<{ options: Gateway.Options<Services>; says: string }>([
    { options: { trustProxy: ["10.0.0.0/8", "10.1"] }, says: "`10.1`" },
    { options: { trustProxy: ["nginx"] }, says: "`loopback` or `private`" },
    { options: { trustProxy: ["010.0.0.1"] }, says: "`trustProxy`" },
    { options: { hosts: ["https://ebs.example.com"] }, says: "without a scheme" },
    { options: { hosts: [""] }, says: "`hosts`" },
    { options: { hosts: Array.from({ length: 9 }, () => "x") }, says: "at most 8" }
  ])("G1: stop the gateway before it serves, and say what would be right: $options", ({ options, says }) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Effect.scoped(Layer.build(served(options))))
      assert.isTrue(Exit.isFailure(exit) && Cause.isDie(exit.cause))
      assert.include(String(exit), says)
    })
  )
})
