import * as Effect from "effect/Effect"
import type { Benchmark } from "../harness.js"
import { accepted, rejected, requestsPerSecond } from "../load.js"
import { running } from "../processes.js"

export const gateway: Benchmark = {
  name: "gateway",
  what: "verified requests served, all checks on",
  unit: "calls/s",
  goals: [{ against: "floor", is: "at least", value: 0.7 }],
  prepare: (pace) =>
    Effect.gen(function* () {
      const ours = yield* running<number>("gateway")
      const floor = yield* running<number>("gatewayByHand")
      return {
        turns: {
          ours: yield* requestsPerSecond(ours, accepted, pace),
          floor: yield* requestsPerSecond(floor, accepted, pace)
        }
      }
    })
}

export const gatewayReject: Benchmark = {
  name: "gateway-reject",
  what: "requests refused, every signature wrong; its floor is `gateway`",
  unit: "calls/s",
  goals: [{ against: "floor", is: "at least", value: 1 }],
  prepare: (pace) =>
    Effect.gen(function* () {
      const ours = yield* running<number>("gateway")
      const byHand = yield* running<number>("gatewayByHand")
      return {
        turns: {
          ours: yield* requestsPerSecond(ours, rejected, pace),
          floor: yield* requestsPerSecond(ours, accepted, pace),
          "by hand": yield* requestsPerSecond(byHand, rejected, pace)
        }
      }
    })
}
