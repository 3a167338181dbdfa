/** A request whose body is bytes and whose members are headers, as `UploadLog` of `cls` is sent. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as Catalogue from "effect-tencentcloud/Catalogue"
import * as Emulator from "effect-tencentcloud/Emulator"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Product from "effect-tencentcloud/Product"
import * as Cls from "effect-tencentcloud/products/cls"
import * as Answer from "../../fixtures/Answer.js"
import * as Client from "../../fixtures/Client.js"
import { answering, result, Wiretap } from "../../fixtures/ScriptedTransport.js"
import { now, v3 } from "../../fixtures/Signed.js"

const Content = Uint8Array.from({ length: 300 }, (_, index) => index % 256)

const had: Array<Cls.UploadLogRequest> = []

const served = InProcess.layer.pipe(
  Layer.provide(
    Gateway.handlers(Product.make([Cls.UploadLog]), {
      UploadLog: (request) =>
        Effect.sync(() => {
          had.push(request)
          return {}
        })
    })
  )
)

const emulated = InProcess.layer.pipe(Layer.provide(Emulator.layer()), Layer.provide(Catalogue.layerOf([Cls.product])))

const upload = (parts: Parameters<typeof v3>[0]) =>
  Effect.gen(function* () {
    had.length = 0
    yield* TestClock.setTime(now * 1000)
    return yield* Answer.of(
      v3({
        action: "UploadLog",
        host: "cls.tencentcloudapi.com",
        service: "cls",
        contentType: "application/octet-stream",
        body: Content,
        ...parts,
        headers: {
          "x-tc-version": "2020-10-16",
          "x-cls-topicid": "topic-1",
          "x-cls-hashkey": "ff",
          "x-cls-compresstype": "lz4",
          ...parts?.headers
        }
      })
    )
  })

const members = { TopicId: "topic-1", HashKey: "ff", CompressType: "lz4" }

describe("UploadLog as an octet-stream", () => {
  it.effect.each([
    ["signed with the hash of the body", {}],
    ["with a charset", { contentType: "application/octet-stream; charset=utf-8" }],
    ["to a bare address", { host: "127.0.0.1:9140", service: "127" }],
    ["signed without the body", { payload: "UNSIGNED-PAYLOAD", headers: { "x-tc-content-sha256": "UNSIGNED-PAYLOAD" } }]
  ] as const)("G5: is accepted %s, and its handler has the members and the bytes", ([, parts]) =>
    Effect.gen(function* () {
      const { code } = yield* upload(parts)
      assert.deepStrictEqual([code, had], [undefined, [{ ...members, Content }]])
    }).pipe(Effect.provide(served))
  )

  it.effect("G5: has all the bytes that there are, even none", () =>
    Effect.gen(function* () {
      assert.isUndefined((yield* upload({ body: new Uint8Array(0) })).code)
      assert.deepStrictEqual(had, [{ ...members, Content: new Uint8Array(0) }])
    }).pipe(Effect.provide(served))
  )

  it.effect("G5: is refused without its topic, and with a wrong signature", () =>
    Effect.gen(function* () {
      const missing = yield* upload({ headers: { "x-cls-topicid": undefined } })
      const changed = yield* upload({ payload: "other bytes" })
      assert.deepStrictEqual([missing.code, changed.code], ["MissingParameter", "AuthFailure.SignatureFailure"])
    }).pipe(Effect.provide(served))
  )

  it.effect("G5: is answered by the emulator", () =>
    Effect.gen(function* () {
      const answer = yield* upload({})
      assert.deepStrictEqual([answer.code, answer.response], [undefined, {}])
    }).pipe(Effect.provide(emulated))
  )

  it.effect("G5: is what our client sends", () =>
    Effect.gen(function* () {
      had.length = 0
      const { RequestId } = yield* Cls.UploadLog({ ...members, Content })
      assert.match(RequestId, Answer.uuid)
      assert.deepStrictEqual(had, [{ ...members, Content }])
      yield* Cls.UploadLog({ TopicId: "topic-2", Content }, { unsignedPayload: true })
      assert.deepStrictEqual(had[1], { TopicId: "topic-2", Content })
    }).pipe(Effect.provide(served))
  )

  it.effect("G5: has the headers and the body that the service documents", () =>
    Effect.gen(function* () {
      yield* Cls.UploadLog({ ...members, Content })
      const [sent] = yield* Wiretap
      const { body, headers, method, query } = sent?.request ?? assert.fail()
      assert.deepStrictEqual([method, query], ["POST", ""])
      assert.deepStrictEqual(body, Content)
      assert.deepInclude(headers, {
        "content-type": "application/octet-stream",
        "x-cls-topicid": "topic-1",
        "x-cls-hashkey": "ff",
        "x-cls-compresstype": "lz4",
        host: "cls.tencentcloudapi.com"
      })
    }).pipe(Effect.provide(Client.layer(answering(() => result({})))))
  )

  it.effect("G5: says why a member cannot travel in a header", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Cls.UploadLog({ TopicId: "主题", Content }))
      assert.strictEqual(error._tag, "InvalidRequestInput")
      assert.include(error.message, "has a text that no header can carry")
    }).pipe(Effect.provide(served))
  )
})
