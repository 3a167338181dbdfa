/** A10: one call without what its client has. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import type * as ApiClient from "effect-tencentcloud/ApiClient"
import { withOptions } from "effect-tencentcloud/ApiClient"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Client from "../../fixtures/Client.js"
import * as Network from "../../fixtures/ScriptedTransport.js"
import { DescribeVolumes } from "../../fixtures/Volumes.js"

const sent = Effect.map(Network.Wiretap, (all) => all.map(({ endpoint, request }) => ({ endpoint, request })))

const options: ApiClient.Options = {
  region: "ap-beijing",
  language: "zh-CN",
  traceId: "trace",
  encoding: "query",
  endpoint: "https://example.com",
  signatureMethod: "HmacSHA1",
  retry: RetryPolicy.none
}

const unset: ApiClient.Options = {
  region: false,
  language: false,
  traceId: false,
  encoding: "default",
  endpoint: "default",
  signatureMethod: "default",
  timeout: "default",
  idleTimeout: "default",
  deadline: false,
  retry: "default",
  retryBudget: "default",
  rateLimit: "default"
}

const layer = (given: ApiClient.Options, step: Network.Step = Network.result()) =>
  Client.layer(Network.layer(step), given)

describe("A10: an option of the client", () => {
  it.effect("is not that of a call that does without it", () =>
    Effect.gen(function* () {
      yield* DescribeVolumes({}, { region: false })
      yield* DescribeVolumes()
      yield* withOptions(DescribeVolumes(), { region: false })
      yield* DescribeVolumes({}, { region: "ap-shanghai" }).pipe(withOptions({ region: false }))
      const regions = (yield* sent).map(({ request }) => request.headers["x-tc-region"])
      assert.deepStrictEqual(regions, [undefined, "ap-beijing", undefined, "ap-shanghai"])
    }).pipe(Effect.provide(layer({ region: "ap-beijing" })))
  )

  it.effect("goes back to the library's default, each of them", () =>
    Effect.gen(function* () {
      yield* DescribeVolumes()
      yield* DescribeVolumes({}, unset)
      const [usual, bare] = yield* sent
      assert.strictEqual(usual?.endpoint.host, "example.com")
      assert.strictEqual(usual?.request.method, "GET")
      assert.strictEqual(bare?.endpoint.host, "ebs.tencentcloudapi.com")
      assert.strictEqual(bare?.request.method, "POST")
      for (const name of ["x-tc-region", "x-tc-language", "x-tc-traceid"])
        assert.notProperty(bare?.request.headers, name)
      assert.match(bare?.request.headers.authorization ?? "", /^TC3-HMAC-SHA256 /)
    }).pipe(Effect.provide(layer(options)))
  )

  it.effect("may be none in the client too", () =>
    Effect.gen(function* () {
      yield* DescribeVolumes()
      const [only] = yield* sent
      assert.strictEqual(only?.endpoint.host, "ebs.tencentcloudapi.com")
      assert.notProperty(only?.request.headers, "x-tc-region")
    }).pipe(Effect.provide(layer(unset)))
  )

  it.effect("`retry` and `deadline` count again as without the client's", () =>
    Effect.gen(function* () {
      const call = (own?: ApiClient.Options) =>
        Effect.gen(function* () {
          const before = (yield* sent).length
          const fiber = yield* Effect.fork(Effect.flip(DescribeVolumes({}, own)))
          yield* TestClock.adjust("1 hour")
          yield* Fiber.join(fiber)
          return (yield* sent).length - before
        })
      assert.strictEqual(yield* call(), 1)
      assert.isAbove(yield* call({ retry: "default", deadline: false }), 1)
    }).pipe(Effect.provide(layer({ retry: RetryPolicy.none, deadline: "1 milli" }, Network.fault(false))))
  )
})
