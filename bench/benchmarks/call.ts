import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Clients from "../clients.js"
import { type Benchmark, type Goal, type Pace, rateOf, type Turn, verify, type Wrong } from "../harness.js"

const verified = (ports: { readonly verifying: number }) =>
  Effect.gen(function* () {
    yield* Clients.verifyClient("ours", yield* untraced(ports.verifying))
    yield* Clients.verifyClient("theirs", Clients.theirs(ports.verifying))
    yield* Clients.verifyClient("floor", yield* Clients.byHand(ports.verifying))
  })

/** Checks a client's answer, then prepares the turn of another one like it. */
const alone =
  (make: (port: number) => Effect.Effect<Clients.Client, never, Scope.Scope>, calls: number) =>
  (pace: Pace): Effect.Effect<Turn, Wrong, Scope.Scope> =>
    Effect.gen(function* () {
      const { plain, verifying } = yield* Clients.service
      yield* Effect.scoped(Effect.flatMap(make(verifying), (client) => Clients.verifyClient("ours", client)))
      const client = yield* make(plain)
      return rateOf(pace, client.calls(calls))
    })

const untraced = (port: number) => Clients.ours(port, { tracing: false })

const atOnce = (calls: number, what: string, goals: ReadonlyArray<Goal>): Benchmark => ({
  name: `call-${calls}`,
  what,
  unit: "calls/s",
  goals,
  alone: alone(untraced, calls),
  prepare: (pace) =>
    Effect.gen(function* () {
      const ports = yield* Clients.service
      yield* Effect.scoped(verified(ports))
      const ours = yield* untraced(ports.plain)
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
  alone: alone((port) => Effect.map(Clients.traced(port), ({ client }) => client), 32),
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
      const floor = yield* untraced(ports.plain)
      return { turns: { ours: rateOf(pace, client.calls(32)), floor: rateOf(pace, floor.calls(32)) } }
    })
}
