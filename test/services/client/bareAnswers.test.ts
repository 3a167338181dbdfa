/** Answers without a whole body. From the API they are truncated; from a proxy they are not. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as Client from "../../fixtures/Client.js"
import * as Network from "../../fixtures/ScriptedTransport.js"
import { DescribeVolumes } from "../../fixtures/Volumes.js"

const layer = (step: Network.Step) => Client.layer(Network.layer(step))

describe("an answer of HTTP", () => {
  it.effect.each([
    ...[300, 301, 302, 303, 304, 307, 308].map((status) => ({ status, body: "", truncated: false, sent: 1 })),
    { status: 302, body: " \r\n", truncated: false, sent: 1 },
    { status: 302, body: '{"Response":{', truncated: false, sent: 1 },
    { status: 302, body: "<html>Moved</html>", truncated: false, sent: 1 },
    // What a browser returns for a redirect that it must not follow.
    { status: 0, body: "", truncated: false, sent: 1 },
    { status: 204, body: "", truncated: false, sent: 1 },
    { status: 403, body: "", truncated: false, sent: 1 },
    { status: 502, body: "", truncated: false, sent: 4 },
    { status: 200, body: "", truncated: true, sent: 4 },
    { status: 200, body: '{"Response":{', truncated: true, sent: 4 }
  ])(
    "$status with the body `$body` is malformed, truncated: $truncated, and the client sends $sent times",
    (expected) =>
      Effect.gen(function* () {
        const call = yield* Effect.fork(Effect.flip(DescribeVolumes()))
        yield* TestClock.adjust("1 hour")
        const error = yield* Fiber.join(call)
        assert.deepInclude(
          { ...error },
          { _tag: "MalformedResponse", status: expected.status, truncated: expected.truncated }
        )
        assert.lengthOf(yield* Network.Wiretap, expected.sent)
      }).pipe(Effect.provide(layer(Network.answer(expected.body, {}, expected.status))))
  )
})
