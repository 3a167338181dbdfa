import * as Effect from "effect/Effect"
import { service } from "../clients.js"
import { type Benchmark, spread, type Turn } from "../harness.js"
import { running } from "../processes.js"

const growth =
  (...args: ReadonlyArray<string>): Turn =>
  () =>
    Effect.runPromise(
      Effect.map(Effect.scoped(running<number>("memory", { args, execArgv: ["--expose-gc"] })), ({ said }) => ({
        value: said / 1024 / 1024
      }))
    )

export const memory: Benchmark = {
  name: "memory",
  what: "by what the heap grows over 200,000 calls, and over 200,000 requests at the gateway, of 100,000 SecretIds",
  unit: "MB",
  goals: [{ against: "limit", is: "at most", value: 5 }],
  prepare: (pace) =>
    Effect.map(service, ({ plain }) => {
      const count = String(200_000 * pace.share)
      return {
        rounds: 1,
        turns: { calls: growth("calls", count, String(plain)), requests: growth("requests", count) },
        roles: ({ calls = [], requests = [] }) => ({
          ours: spread(calls).median > spread(requests).median ? "calls" : "requests"
        })
      }
    })
}
