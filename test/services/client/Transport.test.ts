import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import type { Endpoint } from "effect-tencentcloud/Endpoint"
import { TransportFault } from "effect-tencentcloud/Transport"
import type { WireRequest, WireResponse } from "effect-tencentcloud/Wire"
import * as CallbackTransport from "../../../src/services/client/internal/callbackTransport.js"

const request: WireRequest = { method: "POST", path: "/", query: "", headers: {}, body: "{}" }
const endpoint: Endpoint = { protocol: "https", host: "cvm.tencentcloudapi.com" }
const answer: WireResponse = { status: 200, headers: {}, body: "{}" }

const send = (start: CallbackTransport.Start) => CallbackTransport.make(start).send(request, endpoint)

describe("a transport that a function starts", () => {
  it.effect("starts nothing until it runs, and starts once for each run", () =>
    Effect.gen(function* () {
      let starts = 0
      const sent = send((options, resume) => {
        starts += 1
        assert.strictEqual(options.request, request)
        assert.strictEqual(options.endpoint, endpoint)
        resume(Exit.succeed(answer))
        return { drop: () => {} }
      })
      assert.strictEqual(starts, 0)
      assert.strictEqual(yield* sent, answer)
      assert.strictEqual(yield* sent, answer)
      assert.strictEqual(starts, 2)
    })
  )

  it.effect("fails with the fault that it receives", () =>
    Effect.gen(function* () {
      const fault = new TransportFault({ reason: "cut", sent: true })
      const sent = send((_, resume) => {
        queueMicrotask(() => resume(Exit.fail(fault)))
        return { drop: () => {} }
      })
      assert.deepStrictEqual(yield* Effect.either(sent), Either.left(fault))
    })
  )

  it.effect("is dropped when its caller is interrupted", () =>
    Effect.gen(function* () {
      let dropped = 0
      const fiber = yield* Effect.fork(send(() => ({ drop: () => dropped++ })))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(dropped, 0)
      const exit = yield* Fiber.interrupt(fiber)
      assert.isTrue(Exit.isInterrupted(exit))
      assert.strictEqual(dropped, 1)
    })
  )

  it.effect("dies if its function throws", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(
        send(() => {
          throw new Error("broken")
        })
      )
      assert.isTrue(Exit.isFailure(exit) && Cause.isDie(exit.cause))
    })
  )
})
