/** Writes answers to the callers of Node's server. */
import type * as Http from "node:http"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Body from "../../../../domain/wire/Body.js"
import * as Wire from "../../../../domain/wire/Wire.js"

/** How long the server discards the rest of a request that it has answered, so that the sender can read the answer. */
export const drainMillis = 2000

/** Waits until the socket takes more. A caller that hangs up interrupts the wait. */
const awaitDrain = (response: Http.ServerResponse): Effect.Effect<void> =>
  Effect.async((resume) => {
    const onDrain = (): void => resume(Effect.void)
    response.once("drain", onDrain)
    return Effect.sync(() => response.off("drain", onDrain))
  })

/** Logs why a stream of events ended, unless it did so on purpose. */
const logBreak = (cause: Cause.Cause<unknown>): Effect.Effect<void> =>
  Cause.isDie(cause)
    ? Effect.ignoreLogged(Effect.logError("A stream of events could not be written, so its connection closes.", cause))
    : Effect.void

/**
 * Writes a stream as it comes. The fiber can be interrupted only while it waits: the first piece is there already, and only a
 * stream that was pulled frees what it holds.
 */
export const writeEvents = (
  response: Http.ServerResponse,
  { headers, status }: Wire.WireResponse,
  events: Stream.Stream<Uint8Array, Wire.TransportFault>,
  writeTimeout: Duration.Duration
): Effect.Effect<void> =>
  Effect.scoped(
    Effect.gen(function* () {
      response.writeHead(status, headers)
      response.flushHeaders()
      const pull = yield* Stream.toPull(events)
      const next = Effect.flatMap(pull, (pieces) =>
        response.write(Body.join([...pieces]))
          ? Effect.void
          : Effect.timeoutFail(Effect.interruptible(awaitDrain(response)), {
              duration: writeTimeout,
              onTimeout: () => Option.some(new Wire.TransportFault({ reason: "nobody reads the answer", sent: true }))
            })
      )
      return yield* Effect.zipRight(next, Effect.forever(Effect.interruptible(next)))
    })
  ).pipe(
    Effect.catchAllCause((cause) => {
      // A stream that breaks off must not look complete.
      if (Option.exists(Cause.failureOption(cause), Option.isNone)) response.end()
      else response.destroy()
      return logBreak(cause)
    })
  )

/** Writes a part of an answer, and breaks the connection. */
const writeCut = (response: Http.ServerResponse, { body, headers, status }: Wire.WireResponse, cut: number): void => {
  if (cut === 0) {
    response.destroy()
    return
  }
  const bytes = Body.bytes(body)
  response.writeHead(status, { ...headers, "content-length": bytes.byteLength })
  // The connection breaks even if the part is the whole answer.
  response.write(bytes.subarray(0, cut), () => response.destroy())
}

/** Discards the rest of a request. Closes the connection of a sender that does not come to an end in time. */
const drain = (message: Http.IncomingMessage): void => {
  const { socket } = message
  const timer = setTimeout(() => socket.destroy(), drainMillis).unref()
  message.once("close", () => clearTimeout(timer))
  message.resume()
}

/**
 * Writes an answer that does not stream. Throws if Node does not accept its status or its headers. Returns the timer that closes the
 * connection if nobody reads the answer: an answer that waits for others is not closed with its socket, so its owner stops the timer.
 */
export const writeWhole = (
  server: Http.Server,
  message: Http.IncomingMessage,
  response: Http.ServerResponse,
  answer: Wire.WireResponse,
  writeTimeout: Duration.Duration
): NodeJS.Timeout | undefined => {
  if (response.destroyed) return undefined
  if (answer.cut !== undefined) {
    writeCut(response, answer, answer.cut)
    return undefined
  }
  const headers: Http.OutgoingHttpHeaders = { ...answer.headers, "content-length": Buffer.byteLength(answer.body) }
  // An answer without content must not state a length.
  if (answer.status === 204) delete headers["content-length"]
  // During a shutdown, each answer closes its connection, so that the shutdown need not wait until it is idle.
  if (!server.listening) headers.connection = "close"
  response.writeHead(answer.status, headers)
  if (message.complete) response.end(answer.body)
  else {
    // An answer that ends closes a connection that is to close, and the system then discards it together with the unread rest.
    response.write(answer.body)
    message.once("close", () => response.end())
    drain(message)
  }
  // The system takes most answers at once.
  if (response.writableLength === 0) return undefined
  const unreadTimer = setTimeout(() => response.destroy(), Duration.toMillis(writeTimeout)).unref()
  response.once("close", () => clearTimeout(unreadTimer))
  return unreadTimer
}
