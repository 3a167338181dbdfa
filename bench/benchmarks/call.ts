import * as Effect from "effect/Effect"
import * as Clients from "../clients.js"
import { type Benchmark, type Goal, rateOf, verify } from "../harness.js"

const verified = (ports: { readonly verifying: number }) =>
  Effect.gen(function* () {
    yield* Clients.verifyClient("ours", yield* Clients.ours(ports.verifying, { tracing: false }))
    yield* Clients.verifyClient("theirs", Clients.theirs(ports.verifying))
    yield* Clients.verifyClient("floor", yield* Clients.byHand(ports.verifying))
  })

const atOnce = (calls: number, what: string, goals: ReadonlyArray<Goal>): Benchmark => ({
  name: `call-${calls}`,
  what,
  unit: "calls/s",
  goals,
  prepare: (pace) =>
    Effect.gen(function* () {
      const ports = yield* Clients.service
      yield* Effect.scoped(verified(ports))
      const ours = yield* Clients.ours(ports.plain, { tracing: false })
      const floor = yield* Clients.byHand(ports.plain)
      return {
        turns: {
          ours: rateOf(pace, ours.calls(calls)),
          theirs: rateOf(pace, Clients.theirs(ports.plain).calls(calls)),
          floor: rateOf(pace, floor.calls(calls))
        }
      }
    })
})

export const callOne = atOnce(1, "calls over loopback HTTP, one after the other", [])

export const callMany = atOnce(32, "calls over loopback HTTP, 32 at once", [
  { against: "theirs", is: "at least", value: 4, held: 3.2 },
  { against: "floor", is: "at least", value: 0.8 }
])

export const callTraced: Benchmark = {
  name: "call-traced",
  what: "the same with the spans of OpenTelemetry; its floor is without them",
  unit: "calls/s",
  goals: [{ against: "floor", is: "at least", value: 0.6 }],
  prepare: (pace) =>
    Effect.gen(function* () {
      const ports = yield* Clients.service
      const spans = yield* Effect.scoped(
        Effect.gen(function* () {
          const { client, spans } = yield* Clients.traced(ports.verifying)
          yield* Clients.verifyClient("ours", client)
          return spans
        })
      )
      yield* verify("ours", spans() === 2, `of a call there were ${spans()} spans, and not 2`)
      const { client } = yield* Clients.traced(ports.plain)
      const untraced = yield* Clients.ours(ports.plain, { tracing: false })
      return { turns: { ours: rateOf(pace, client.calls(32)), floor: rateOf(pace, untraced.calls(32)) } }
    })
}
