/** Bodies beside JSON, and requests that are signed in part or not at all: against our gateway, and the official functions. */
import { type BinaryLike, Hash } from "node:crypto"
import { assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FC from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Transport from "effect-tencentcloud/Transport"
import type { WireRequest } from "effect-tencentcloud/Wire"
import * as Client from "../../fixtures/Client.js"
import * as Network from "../../fixtures/ScriptedTransport.js"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { now } from "../../fixtures/Signed.js"
import { CreateVolume, DescribeVolumes, ImportVolume } from "../../fixtures/Volumes.js"
import { keys, Sign } from "../../interop/fixture.js"

const client = <R>(
  key: { readonly secretId: string; readonly secretKey: string },
  transport: Layer.Layer<Transport.Transport | R>
) =>
  Client.layer(
    transport,
    { region: "ap-guangzhou", retry: RetryPolicy.none },
    { credential: CredentialProvider.layerStatic(key), clock: ClockSync.layerFixed(now) }
  )

/** Our client and our gateway, which changes requests on the way where a test wants it to. */
const served = (tamper: (request: WireRequest) => WireRequest = (request) => request) =>
  client(
    InProcess.key,
    Layer.effect(
      Transport.Transport,
      Effect.map(Transport.Transport, ({ send }) => ({
        send: (request, endpoint) => send(tamper(request), endpoint)
      }))
    ).pipe(Layer.provide(InProcess.layerTransport), Layer.provide(ServedGateway.layer()))
  )

const scripted = client(keys.owner, Network.layer(Network.result({ Bytes: 0, Name: "", VolumeId: "vol-1" })))

/**
 * What the official function makes of a multipart request. It signs two headers, and ours names three: so ours are put into the
 * text that it hashes, and everything else of it is its own.
 */
const officialAuthorization = ({ headers }: WireRequest, payload: object): string => {
  const { authorization = "", "content-type": contentType = "", host = "" } = headers
  const names = /SignedHeaders=([^,]*)/.exec(authorization)?.[1] ?? ""
  const lines = names.split(";").map((name) => `${name}:${headers[name]?.toLowerCase()}\n`)
  const update: (data: BinaryLike) => Hash = Hash.prototype.update
  const hashing = vi.spyOn(Hash.prototype, "update").mockImplementation(function (this: Hash, data: BinaryLike) {
    const own = /content-type:.*\nhost:.*\n\ncontent-type;host\n/
    return update.call(this, typeof data === "string" ? data.replace(own, `${lines.join("")}\n${names}\n`) : data)
  })
  try {
    return Sign.sign3({
      method: "POST",
      url: `https://${host}/`,
      payload,
      timestamp: now,
      service: "ebs",
      ...keys.owner,
      multipart: true,
      boundary: contentType.replace(/^.*boundary=/, ""),
      headers: { "Content-Type": contentType }
    }).replace("content-type;host", names)
  } finally {
    hashing.mockRestore()
  }
}

const lastSent = Effect.map(Network.Wiretap, (all) => all.at(-1)?.request ?? assert.fail("nothing was sent"))

describe("a request with bytes", () => {
  const Content = new Uint8Array([0, 13, 10, 45, 45, 255])

  it.effect.each([
    { encoding: undefined, type: /^multipart\/form-data; boundary=[\da-f-]{36}$/ },
    { encoding: "multipart", type: /^multipart\/form-data; boundary=[\da-f-]{36}$/ },
    { encoding: "octet-stream", type: /^application\/octet-stream$/ }
  ] as const)("uses the given encoding, and multipart by default: $encoding", ({ encoding, type }) =>
    Effect.gen(function* () {
      yield* ImportVolume({ Name: "disk", Content }, { encoding })
      assert.match((yield* lastSent).headers["content-type"] ?? "", type)
    }).pipe(Effect.provide(scripted))
  )

  it.effect.each(["json", "query", "form"] as const)("cannot be sent as %s", (encoding) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ImportVolume({ Name: "disk", Content }, { encoding }))
      assert.strictEqual(error._tag, "InvalidRequestInput")
      assert.match(error.message, /holds bytes, which only multipart and octet-stream carry/)
      assert.isEmpty(yield* Network.Wiretap)
    }).pipe(Effect.provide(scripted))
  )

  it.effect("arrives at the gateway unchanged", () =>
    Effect.gen(function* () {
      const run = Runtime.runSync(yield* Effect.runtime<ApiClient.ApiClient>())
      const encoding = FC.constantFrom("multipart" as const, "octet-stream" as const)
      FC.assert(
        FC.property(encoding, FC.string(), FC.uint8Array({ maxLength: 100 }), (encoding, name, Content) => {
          // A header's value has no white space around it.
          const Name = encoding === "multipart" ? name : name.trim()
          const { Bytes, ...answer } = run(ImportVolume({ Name, Content }, { encoding }))
          assert.deepStrictEqual([answer.Name, Bytes], [Name, Content.byteLength])
        })
      )
    }).pipe(Effect.provide(served()))
  )

  it.effect("is signed as multipart the way the official functions sign it", () =>
    Effect.gen(function* () {
      yield* ImportVolume({ Name: "\u4e91 disk", Tags: ["a", "b"], Content })
      const request = yield* lastSent
      const payload = { Name: "\u4e91 disk", Tags: '["a","b"]', Content: Buffer.from(Content) }
      assert.strictEqual(request.headers.authorization, officialAuthorization(request, payload))
      const another = { ...payload, Content: Buffer.from([1]) }
      assert.notStrictEqual(request.headers.authorization, officialAuthorization(request, another))
    }).pipe(Effect.provide(scripted))
  )
})

describe("an unsigned payload", () => {
  const unsigned = { unsignedPayload: true }
  const rename = (request: WireRequest): WireRequest => ({
    ...request,
    query: request.query.replace("vol-1", "vol-2"),
    body: String(request.body).replace("vol-1", "vol-2")
  })

  it.effect.each([
    { encoding: "json", signed: false },
    { encoding: "json", signed: true },
    // The query of a GET is signed, whatever is said of the body.
    { encoding: "query", signed: true }
  ] as const)("protects everything but the body: $encoding, signed: $signed", ({ encoding, signed }) =>
    Effect.gen(function* () {
      const Filters = [{ Name: "id", Values: ["vol-1"] }]
      const call = DescribeVolumes({ Filters }, { encoding, ...(signed && encoding === "json" ? {} : unsigned) })
      const [untouched, changed] = yield* Effect.all([
        Effect.provide(Effect.either(call), served()),
        Effect.provide(Effect.either(call), served(rename))
      ])
      assert.deepStrictEqual(
        Either.map(untouched, ({ Names }) => Names),
        Either.right(["vol-1"])
      )
      const outcome = Either.match(changed, { onLeft: ({ _tag }) => [_tag], onRight: ({ Names }) => Names })
      assert.deepStrictEqual(outcome, signed ? ["AuthFailure.SignatureFailure"] : ["vol-2"])
    })
  )

  it.effect("has its name in a header, and in the signature", () =>
    Effect.gen(function* () {
      yield* CreateVolume({ Size: 10 }, unsigned)
      const first = yield* lastSent
      yield* CreateVolume({ Size: 20, Name: "another" }, unsigned)
      const second = yield* lastSent
      assert.strictEqual(first.headers["x-tc-content-sha256"], "UNSIGNED-PAYLOAD")
      assert.strictEqual(first.headers.authorization, second.headers.authorization)
      assert.notStrictEqual(first.body, second.body)
    }).pipe(Effect.provide(scripted))
  )

  it.effect.each<ApiClient.Options>([{ encoding: "form" }, { encoding: "query", signatureMethod: "HmacSHA1" }])(
    "needs signature version 3: %o",
    (options) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(DescribeVolumes({}, { ...options, ...unsigned }))
        assert.strictEqual(error._tag, "InvalidRequestInput")
        assert.match(error.message, /`options\.unsignedPayload` is invalid: expected /)
      }).pipe(Effect.provide(scripted))
  )
})

describe("an action that is called without a signature", () => {
  const ExchangeToken = ApiClient.callable(
    Action.make("ExchangeToken", {
      product: "ebs",
      version: "2026-01-01",
      request: Schema.Struct({ WebIdentityToken: Schema.String }),
      response: Schema.Struct({}),
      errors: [],
      unsigned: true
    })
  )
  const keyless = { secretId: "", secretKey: "" }

  it.effect.each(["json", "query", "form"] as const)("sends SKIP, and needs no credential: %s", (encoding) =>
    Effect.gen(function* () {
      yield* ExchangeToken({ WebIdentityToken: "planted" }, { encoding })
      const { headers } = yield* lastSent
      assert.deepInclude(headers, {
        authorization: "SKIP",
        "x-tc-action": "ExchangeToken",
        "x-tc-timestamp": String(now)
      })
      assert.notProperty(headers, "x-tc-token")
      // Any other action needs one.
      assert.strictEqual((yield* Effect.flip(DescribeVolumes()))._tag, "CredentialsUnavailable")
    }).pipe(Effect.provide(client(keyless, Network.layer(Network.result()))))
  )
})
