/** What `NodeTransport` and `ApiClient.layer` are in a runtime without the sockets of Node. */
import { assert, describe, it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import * as Undici from "../../../src/layers/client/internal/node/undici.js"
import * as Twin from "../../../src/layers/client/internal/webNodeTransport.js"

const needed = "need the sockets of Node, Bun or Deno, which this runtime does not have. Use `FetchClient.layer`"

describe("P18: NodeTransport in a runtime without the sockets of Node", () => {
  it("exports what it does in Node", () => {
    assert.deepStrictEqual(Object.keys(Twin).sort(), Object.keys(NodeTransport).sort())
    assert.isTrue(Twin.bypassesProxy("", new URL("http://example.com")))
  })

  it.scoped.each([
    { name: "make", built: Twin.make() },
    { name: "layer", built: Layer.build(Twin.layer()) },
    { name: "layerConfig", built: Layer.build(Twin.layerConfig({ maxBodySize: Config.integer("SIZE") })) },
    { name: "layerHttpClient", built: Layer.build(Twin.layerHttpClient()) },
    { name: "layerHttpClientConfig", built: Layer.build(Twin.layerHttpClientConfig({})) }
  ])("says with $name which runtimes it needs", ({ built }) =>
    Effect.gen(function* () {
      assert.include(String(yield* Effect.flip<unknown, unknown, Scope.Scope>(built)), needed)
    })
  )

  it.effect("says so where undici cannot be loaded", () =>
    Effect.gen(function* () {
      const fault = yield* Effect.flip(
        Undici.load(
          () => Promise.resolve(undefined),
          () => Promise.reject(new Error("no"))
        )
      )
      assert.deepInclude({ ...fault }, { sent: false, permanent: true })
      assert.include(fault.reason, needed)
    })
  )

  it.effect("P9: says which permission undici needs in Deno", () =>
    Effect.gen(function* () {
      const forbidden = Object.assign(new Error('Requires env access to "NODE_V8_COVERAGE"'), { name: "NotCapable" })
      const fault = yield* Effect.flip(
        Undici.load(
          () => Promise.resolve(undefined),
          () => Promise.reject(forbidden)
        )
      )
      assert.deepInclude({ ...fault }, { sent: false, permanent: true })
      assert.include(fault.reason, 'cannot be loaded: Requires env access to "NODE_V8_COVERAGE"')
    })
  )
})
