/** Actions that the service answers on a host of their own, below that of their product. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as Action from "effect-tencentcloud/Action"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as Catalogue from "effect-tencentcloud/Catalogue"
import * as Emulator from "effect-tencentcloud/Emulator"
import * as InProcess from "effect-tencentcloud/InProcess"
import * as Cloudmate from "effect-tencentcloud/products/cloudmate"
import * as Cls from "effect-tencentcloud/products/cls"
import * as Es from "effect-tencentcloud/products/es/v20250101"
import * as Answer from "../../fixtures/Answer.js"
import * as Client from "../../fixtures/Client.js"
import { answering, result, Wiretap } from "../../fixtures/ScriptedTransport.js"
import { now, v3 } from "../../fixtures/Signed.js"

const chat = { ModelName: "m", Messages: [{ Role: "user", Content: "hi" }] }

const calls = [
  ["es.ai", Es.ChatCompletions.action],
  ["es.ai", Es.ParseDocument.action],
  ["cls.ai", Cls.ChatCompletions.action],
  ["cloudmate.ai", Cloudmate.CloudMateAgent.action]
] as const

/** The hosts that calls with these options go to, in the address and in the header. */
const hostsOf = (action: Action.Action.AnyUnary, ...options: ReadonlyArray<ApiClient.Options>) =>
  Effect.gen(function* () {
    for (const each of options) yield* ApiClient.call(action, {} as never, { check: false, ...each })
    const sent = yield* Wiretap
    return sent.map(({ endpoint, request }) => {
      assert.strictEqual(request.headers.host, endpoint.host)
      return endpoint.host
    })
  })

const network = answering(() => result({}))

describe.each(calls)("%s", (label, action) => {
  it.effect("P13: is the host of an action, at every site and in every region", () =>
    Effect.gen(function* () {
      const hosts = yield* hostsOf(
        action,
        {},
        { endpoint: { site: "product" } },
        { endpoint: { site: "internal" } },
        { endpoint: { site: "intl" } },
        { endpoint: { region: "ap-guangzhou" } },
        { endpoint: () => ({ site: "product" }) }
      )
      assert.deepStrictEqual(hosts, [
        `${label}.tencentcloudapi.com`,
        `${label}.tencentcloudapi.com`,
        `${label}.internal.tencentcloudapi.com`,
        `${label}.intl.tencentcloudapi.com`,
        `${label}.ap-guangzhou.tencentcloudapi.com`,
        `${label}.tencentcloudapi.com`
      ])
    }).pipe(Effect.provide(Client.layer(network)))
  )

  it.effect("P13: gives way to the host that the options name, and keeps the product in the signature", () =>
    Effect.gen(function* () {
      const hosts = yield* hostsOf(action, { endpoint: "http://127.0.0.1:9140" }, { endpoint: "es.example.com" }, {})
      assert.deepStrictEqual(hosts, ["127.0.0.1:9140", "es.example.com", `${label}.tencentcloudapi.com`])
      for (const { request } of yield* Wiretap)
        assert.include(request.headers.authorization, `/${action.product}/tc3_request`)
    }).pipe(Effect.provide(Client.layer(network)))
  )

  it.effect("P13: is known by the gateway and the emulator", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      for (const host of [label, `${label}.internal`, `${label}.ap-guangzhou`]) {
        const { code } = yield* Answer.of(
          v3({
            host: `${host}.tencentcloudapi.com`,
            service: action.product,
            action: action.name,
            body: JSON.stringify({ Unknown: 1 }),
            headers: { "x-tc-version": action.version }
          })
        )
        assert.strictEqual(code, "UnknownParameter")
      }
    }).pipe(Effect.provide(emulated))
  )
})

const emulated = InProcess.layer.pipe(
  Layer.provide(Emulator.layer()),
  Layer.provide(Catalogue.layerOf([Es.product, Cls.product, Cloudmate.product]))
)

describe("an action without a host of its own", () => {
  it.effect("P13: keeps the host of its product", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* hostsOf(Es.GetTextEmbedding.action, {}), ["es.tencentcloudapi.com"])
    }).pipe(Effect.provide(Client.layer(network)))
  )
})

describe("a contract of your own", () => {
  const Ask = ApiClient.callable(
    Action.make("Ask", {
      product: "ebs",
      version: "2026-01-01",
      host: "ebs.ai",
      request: Schema.Struct({}),
      response: Schema.Struct({}),
      errors: []
    })
  )

  it.effect("P13: can name the host of an action", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* hostsOf(Ask.action, {}), ["ebs.ai.tencentcloudapi.com"])
    }).pipe(Effect.provide(Client.layer(network)))
  )
})

it.effect("P13: a stream and a plain call both reach the emulator on that host", () =>
  Effect.gen(function* () {
    const { RequestId } = yield* Es.ChatCompletions({ ...chat })
    assert.match(RequestId, Answer.uuid)
    assert.isAbove(yield* Stream.runCount(Es.ChatCompletions.stream({ ...chat })), 0)
  }).pipe(Effect.provide(emulated))
)
