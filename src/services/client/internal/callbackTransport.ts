/** Transports as an attempt uses them: first a connection, then a request over it. */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { lastValue } from "../../../domain/internal/lastValue.js"
import type { Endpoint } from "../../../domain/wire/Endpoint.js"
import type { TransportFault, WireRequest, WireResponse } from "../../../domain/wire/Wire.js"
import * as Callback from "../../internal/runtime/callback.js"
import type * as Fibers from "../../internal/runtime/fiber.js"
import type { Transport } from "../Transport.js"

/** A connection that an attempt has, for one request. */
export interface Connection {
  /** Sends a request over it, once. */
  readonly send: (
    request: WireRequest,
    timeout: Duration.Duration | undefined
  ) => Effect.Effect<WireResponse, TransportFault>
  /** Gives it back, unless a request has started over it. */
  readonly release: () => void
}

/**
 * A transport as an attempt uses it. An attempt encodes and signs its request when it has a connection, so a call that waits holds
 * neither a body nor a signature, and its timestamp is fresh. The timeout of the attempt starts there as well.
 */
export interface TimedTransport {
  /** Whether a connection keeps the timeout, and fails with a fault that is `late`. If not, the attempt keeps it by a race of fibers. */
  readonly keepsTime: boolean
  /** Returns a connection that is free now. A transport that does not know its connections always has one. */
  readonly take: (endpoint: Endpoint) => Connection | undefined
  /** Waits for a connection, without a time limit of the attempt. */
  readonly connect: (endpoint: Endpoint) => Effect.Effect<Connection, TransportFault>
}

/** A request, and the fiber that sends it. */
export interface Outgoing {
  readonly request: WireRequest
  readonly timeout: Duration.Duration | undefined
  readonly fiber: Fibers.AnyFiber
}

/** Reports how a request ended, once. */
export type Resume = (end: Exit.Exit<WireResponse, TransportFault>) => void

/** A connection that starts a request by a function call, and that keeps its timeout. */
export interface StartedConnection extends Connection {
  /** Starts a request, and calls `resume` once with how it ended, immediately or later. */
  readonly start: (outgoing: Outgoing, resume: Resume) => Callback.Handle
}

/** Sends a request over such a connection: what its `send` has to do. */
export const sendOver = (
  connection: Pick<StartedConnection, "start">,
  request: WireRequest,
  timeout: Duration.Duration | undefined
): Effect.Effect<WireResponse, TransportFault> =>
  Callback.fromCallback((fiber, resume) => connection.start({ request, timeout, fiber }, resume))

/** A transport that knows its connections. */
export interface Connections {
  readonly take: (endpoint: Endpoint) => StartedConnection | undefined
  /** Waits for a connection, and calls `resume` once with it, immediately or later. Its handle gives up a connection that nobody took. */
  readonly wait: (
    endpoint: Endpoint,
    resume: (end: Exit.Exit<StartedConnection, TransportFault>) => void
  ) => Callback.Handle
}

class CallbackTransport implements TimedTransport {
  readonly keepsTime = true
  readonly take: (endpoint: Endpoint) => StartedConnection | undefined
  readonly connect: (endpoint: Endpoint) => Effect.Effect<StartedConnection, TransportFault>
  readonly send: (
    request: WireRequest,
    endpoint: Endpoint,
    timeout?: Duration.Duration
  ) => Effect.Effect<WireResponse, TransportFault>

  constructor({ take, wait }: Connections) {
    this.take = take
    this.connect = (endpoint) => Callback.fromCallback((_, resume) => wait(endpoint, resume))
    const connect = (endpoint: Endpoint) =>
      Callback.fromCallback<StartedConnection, TransportFault>((_, resume) => {
        const free = take(endpoint)
        if (free === undefined) return wait(endpoint, resume)
        resume(Exit.succeed(free))
        return { drop: () => free.release() }
      })
    this.send = (request, endpoint, timeout) =>
      Callback.flatMap(connect(endpoint), (connection) => connection.send(request, timeout))
  }
}

/** Makes a transport that knows its connections. Of all transports, this kind costs a call least: docs/performance.md, P5 and P10. */
export const makeConnected = (connections: Connections): Transport["Type"] => new CallbackTransport(connections)

/** Starts a request to an endpoint, and keeps its timeout. */
export type Start = (outgoing: Outgoing & { readonly endpoint: Endpoint }, resume: Resume) => Callback.Handle

class AlwaysFree implements StartedConnection {
  constructor(
    private readonly begin: Start,
    private readonly endpoint: Endpoint
  ) {}

  send(request: WireRequest, timeout: Duration.Duration | undefined): Effect.Effect<WireResponse, TransportFault> {
    return sendOver(this, request, timeout)
  }

  start(outgoing: Outgoing, resume: Resume): Callback.Handle {
    return this.begin({ ...outgoing, endpoint: this.endpoint }, resume)
  }

  release(): void {}
}

/** Makes a transport from a function that starts a request, and that keeps its timeout. It does not know its connections. */
export const make = (start: Start): Transport["Type"] => {
  const take = lastValue((endpoint: Endpoint) => new AlwaysFree(start, endpoint))
  return makeConnected({
    take,
    wait: (endpoint, resume) => {
      resume(Exit.succeed(take(endpoint)))
      return { drop: () => {} }
    }
  })
}

/** A transport, with what an attempt has to know of it. */
export const timed = (transport: Transport["Type"]): TimedTransport => {
  if (transport instanceof CallbackTransport) return transport
  const take = lastValue(
    (endpoint: Endpoint): Connection => ({
      send: (request) => transport.send(request, endpoint),
      release: () => {}
    })
  )
  return { keepsTime: false, take, connect: (endpoint) => Exit.succeed(take(endpoint)) }
}
