/**
 * Carries a signed request to where it goes, and its answer back.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import type { Endpoint } from "../../domain/wire/Endpoint.js"
import type { TransportFault, WireRequest, WireResponse } from "../../domain/wire/Wire.js"
import * as Callback from "../internal/runtime/callback.js"

export {
  /**
   * The request or its answer did not get through.
   *
   * @since 0.1.0
   * @category models
   */
  TransportFault
} from "../../domain/wire/Wire.js"

/**
 * Sends a signed request, and gives its answer; fails where either did not get through.
 *
 * @since 0.1.0
 * @category tags
 */
export class Transport extends Context.Tag("effect-tencentcloud/Transport")<
  Transport,
  {
    /** `timeout` is what the caller allows it, until the answer is there, or its stream begins; see `keepsTime`. */
    readonly send: (
      request: WireRequest,
      endpoint: Endpoint,
      timeout?: Duration.Duration
    ) => Effect.Effect<WireResponse, TransportFault>
    /**
     * Whether `send` keeps the timeout itself, and fails with a fault that is `late`; a timer of the transport's own costs much less
     * than a race of fibers. Otherwise the caller keeps it. Default: false.
     */
    readonly keepsTime?: boolean | undefined
  }
>() {}

/**
 * A request that is on its way.
 *
 * @since 0.1.0
 * @category models
 */
export interface Sending {
  /** Nobody waits for its answer any more: whoever asked was interrupted before it was taken. */
  readonly drop: () => void
}

/**
 * Makes the service from a function that begins a request for a fiber, and tells `resume` once how that ended, when it is at its end
 * or later. It has to keep the `timeout`, which it tells by a fault that is `late`. Of all transports this is the one that costs a call
 * least.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  begin: (
    options: {
      readonly request: WireRequest
      readonly endpoint: Endpoint
      readonly timeout: Duration.Duration | undefined
      readonly fiber: Fiber.RuntimeFiber<unknown, unknown>
    },
    resume: (ended: Exit.Exit<WireResponse, TransportFault>) => void
  ) => Sending
): Transport["Type"] => ({
  keepsTime: true,
  send: (request, endpoint, timeout) =>
    Callback.fromCallback((fiber, resume) => begin({ request, endpoint, timeout, fiber }, resume))
})
