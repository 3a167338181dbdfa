/**
 * Carries a signed request to where it goes, and its answer back.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type { Endpoint } from "../domain/Endpoint.js"
import type { TransportFault, WireRequest, WireResponse } from "../domain/Wire.js"

export {
  /**
   * The request or its answer did not get through.
   *
   * @since 0.1.0
   * @category models
   */
  TransportFault
} from "../domain/Wire.js"

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
