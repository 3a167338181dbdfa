/**
 * Sends a signed request to its host, and returns the answer.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Endpoint } from "../../domain/wire/Endpoint.js"
import type { TransportFault, WireRequest, WireResponse } from "../../domain/wire/Wire.js"

export {
  /**
   * The request did not reach the service, or its answer did not come back.
   *
   * @since 0.1.0
   * @category errors
   */
  TransportFault
} from "../../domain/wire/Wire.js"

/**
 * Sends signed requests. To bring a transport of your own, provide a function: the client keeps the timeout of each attempt, and
 * interrupts `send` when it has passed. What `send` waits for counts, because only `NodeTransport` knows its connections.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import { Transport, TransportFault } from "effect-tencentcloud/Transport"
 *
 * export const TransportLive = Layer.succeed(Transport, {
 *   send: ({ body, headers, method, path, query }, { host, protocol }) =>
 *     Effect.tryPromise({
 *       try: async (signal) => {
 *         const url = `${protocol}://${host}${path}${query === "" ? "" : `?${query}`}`
 *         const init = { method, headers, redirect: "manual", signal } as const
 *         const answer = await fetch(url, method === "GET" ? init : { ...init, body })
 *         return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() }
 *       },
 *       catch: (error) => new TransportFault({ reason: String(error), sent: true })
 *     })
 * })
 * ```
 *
 * @since 0.1.0
 * @category tags
 */
export class Transport extends Context.Tag("effect-tencentcloud/Transport")<
  Transport,
  {
    /**
     * Sends a request to an endpoint. The names of the answer's headers are in lower case. An answer of the media type
     * `text/event-stream` has an empty body, and a stream.
     */
    readonly send: (request: WireRequest, endpoint: Endpoint) => Effect.Effect<WireResponse, TransportFault>
    /**
     * Whether no request leaves the process, whatever its host is called. Such a transport works under `TENCENTCLOUD_OFFLINE`, and with
     * the emulator's key. Default: false.
     */
    readonly isLocal?: boolean | undefined
  }
>() {}
