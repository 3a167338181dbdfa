/** Transports that start a request by a function call, and that keep the timeout of an attempt themselves. */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type { Endpoint } from "../../../domain/wire/Endpoint.js"
import type { TransportFault, WireRequest, WireResponse } from "../../../domain/wire/Wire.js"
import * as Callback from "../../internal/runtime/callback.js"
import type * as Fibers from "../../internal/runtime/fiber.js"
import type { Transport } from "../Transport.js"

/** A transport as an attempt uses it. */
export interface TimedTransport {
  /** Whether `send` keeps the timeout, and fails with a fault that is `late`. If not, the attempt keeps it by a race of fibers. */
  readonly keepsTime: boolean
  readonly send: (
    request: WireRequest,
    endpoint: Endpoint,
    timeout?: Duration.Duration | undefined
  ) => Effect.Effect<WireResponse, TransportFault>
}

/** A request, and the fiber that sends it. */
export interface Outgoing {
  readonly request: WireRequest
  readonly endpoint: Endpoint
  readonly timeout: Duration.Duration | undefined
  readonly fiber: Fibers.AnyFiber
}

/** Starts a request, and calls `resume` once with how it ended, immediately or later. It has to keep the timeout. */
export type Start = (
  outgoing: Outgoing,
  resume: (end: Exit.Exit<WireResponse, TransportFault>) => void
) => Callback.Handle

class CallbackTransport implements TimedTransport {
  readonly keepsTime = true
  readonly send: TimedTransport["send"]

  constructor(start: Start) {
    this.send = (request, endpoint, timeout) =>
      Callback.fromCallback((fiber, resume) => start({ request, endpoint, timeout, fiber }, resume))
  }
}

/** Makes a transport from a function. Of all transports, this kind costs a call least: docs/performance.md, P5 and P10. */
export const make = (start: Start): Transport["Type"] => new CallbackTransport(start)

/** A transport, with what an attempt has to know of it. */
export const timed = (transport: Transport["Type"]): TimedTransport =>
  transport instanceof CallbackTransport
    ? transport
    : { keepsTime: false, send: (request, endpoint) => transport.send(request, endpoint) }
