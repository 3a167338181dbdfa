/** B4: an error code of megabytes is a typed failure. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Client from "../../fixtures/Client.js"
import * as Network from "../../fixtures/ScriptedTransport.js"
import { DescribeVolumes } from "../../fixtures/Volumes.js"

for (const [what, code] of [
  ["letters", "A".repeat(6_000_000)],
  ["dots", "A.".repeat(3_000_000)],
  ["a code below one that is known", `ResourceNotFound.${"x".repeat(6_000_000)}`]
] as const) {
  it.effect(`B4: an error code of 6 MB is a typed failure with a short code: ${what}`, () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(DescribeVolumes())
      assert.include(["UnrecognizedError", "ResourceNotFound"], error._tag)
      if (!("code" in error) || typeof error.code !== "string") return assert.fail("it has no code")
      assert.isAtMost(error.code.length, 256)
      assert.isTrue(code.startsWith(error.code.slice(0, 255)))
    }).pipe(Effect.provide(Client.layer(Network.layer(Network.failure(code)), { retry: RetryPolicy.none })))
  )
}
