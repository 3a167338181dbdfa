/** Lets a request go wrong on purpose: waits, or puts a fault into the place of its answer. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Fault } from "../../../domain/rules/Fault.js"
import * as Envelope from "../../../domain/wire/Envelope.js"
import type * as Wire from "../../../domain/wire/Wire.js"
import type { Injection } from "../FaultInjector.js"
import { ownerOf } from "./caller.js"
import * as eventWriter from "./eventWriter.js"
import { callOf, type Pipeline, type Progress } from "./pipeline.js"
import { toWire } from "./runHandler.js"

/** Puts a fault into the place of an answer, or of a part of it. */
const applyFault = (fault: Fault, response: Wire.WireResponse, requestId: string): Wire.WireResponse => {
  switch (fault._tag) {
    case "Delay":
      return response
    case "Error":
      return {
        status: 200,
        headers: { ...response.headers, "content-type": "application/json" },
        body: Envelope.encodeFailure({ ...fault, requestId })
      }
    case "Close":
      return { ...response, stream: undefined, body: "", cut: 0 }
    case "Truncate":
      return response.stream === undefined
        ? { ...response, cut: fault.bytes }
        : { ...response, stream: eventWriter.truncate(response.stream, fault.bytes) }
    case "Response":
      return fault.response
  }
}

/** Frees what an answer holds that nobody is going to read. */
const releaseStream = ({ stream }: Wire.WireResponse): Effect.Effect<void> =>
  stream === undefined ? Effect.void : Effect.ignore(Stream.runDrain(Stream.take(stream, 1)))

/** Waits as long as the injected delays say, before the handler or after it. */
const pause = (injections: ReadonlyArray<Injection>, afterHandler: boolean): Effect.Effect<void> =>
  Effect.forEach(
    injections,
    ({ fault, ...when }) =>
      fault._tag === "Delay" && when.afterHandler === afterHandler ? Effect.sleep(fault.duration) : Effect.void,
    { discard: true }
  )

/** Notes the code that a fault answers with. */
const noteCode = <R>(progress: Progress<R>, fault: Fault): void => {
  if (fault._tag === "Error") progress.code = fault.code
  if (fault._tag === "Response") progress.code = undefined
}

/**
 * Answers a request, or applies the faults that the `FaultInjector` decides on. A request whose action is not known goes on
 * without a fault.
 */
export const injectFaults = <R>(
  { faultInjector }: Pipeline<R>,
  progress: Progress<R>,
  respond: Effect.Effect<Wire.WireResponse>
): Effect.Effect<Wire.WireResponse> =>
  Effect.gen(function* () {
    const { caller, requestId, route, wire } = progress.context
    if (route === undefined) return yield* respond
    const call = { ...callOf(route.action, progress.context), secretId: ownerOf(caller).secretId }
    const injections = yield* Effect.catchAllCause(faultInjector.decide(call), (cause) =>
      Effect.as(Effect.logError("The FaultInjector failed, so nothing is injected.", cause), [])
    )
    // Noted first: a caller may hang up during a delay.
    progress.faults = injections.map(({ fault }) => fault)
    const last = injections.at(-1)
    yield* pause(injections, false)
    if (last !== undefined && last.fault._tag !== "Delay" && !last.afterHandler) {
      noteCode(progress, last.fault)
      return applyFault(last.fault, toWire(wire, requestId, ""), requestId)
    }
    const response = yield* respond
    if (last === undefined) return response
    noteCode(progress, last.fault)
    const faulty = applyFault(last.fault, response, requestId)
    // A stream that goes out frees itself when it is run. One that was replaced is never run.
    if (faulty.stream === undefined) yield* releaseStream(response)
    yield* Effect.onInterrupt(pause(injections, true), () => releaseStream(faulty))
    return faulty
  })
