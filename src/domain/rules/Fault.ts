/**
 * Faults that a gateway can inject on purpose, so that you can test how a client handles them.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import type { WireResponse } from "../wire/Wire.js"

/**
 * A fault.
 *
 * - `Error`: the gateway answers with an error envelope of this code
 * - `Delay`: the gateway waits before it answers
 * - `Close`: the gateway closes the connection without an answer
 * - `Truncate`: the gateway closes the connection after this many bytes of the answer's body
 * - `Response`: the gateway sends this answer instead
 *
 * @since 0.1.0
 * @category models
 */
export type Fault =
  | { readonly _tag: "Error"; readonly code: string; readonly message: string }
  | { readonly _tag: "Delay"; readonly duration: Duration.Duration }
  | { readonly _tag: "Close" }
  | { readonly _tag: "Truncate"; readonly bytes: number }
  | { readonly _tag: "Response"; readonly response: WireResponse }

/**
 * Answers with an error envelope. The code can be any one, also one that the action does not declare. Default message: one
 * that names the code.
 *
 * @since 0.1.0
 * @category constructors
 */
export const error = (code: string, message = `${code}, injected.`): Fault => ({ _tag: "Error", code, message })

/**
 * Waits before the answer.
 *
 * @since 0.1.0
 * @category constructors
 */
export const delay = (duration: Duration.DurationInput): Fault => ({
  _tag: "Delay",
  duration: Duration.decode(duration)
})

/**
 * Closes the connection without an answer.
 *
 * @since 0.1.0
 * @category constructors
 */
export const close: Fault = /* #__PURE__ */ Object.freeze({ _tag: "Close" })

/**
 * Closes the connection after this many bytes of the answer's body.
 *
 * @since 0.1.0
 * @category constructors
 */
export const truncate = (bytes: number): Fault => ({ _tag: "Truncate", bytes })

/**
 * Sends another answer. Default: status 200, an empty JSON body.
 *
 * @since 0.1.0
 * @category constructors
 */
export const respond = (response: Partial<WireResponse>): Fault => ({
  _tag: "Response",
  response: { status: 200, headers: { "content-type": "application/json" }, body: "", ...response }
})

/**
 * Sends a body that is no envelope. Default: JSON that breaks off.
 *
 * @since 0.1.0
 * @category constructors
 */
export const malformed = (body = '{"Response": {"RequestId'): Fault => respond({ body })

/**
 * Sends another status than 200 with an HTML page, as a proxy does.
 *
 * @since 0.1.0
 * @category constructors
 */
export const status = (status: number): Fault =>
  respond({ status, headers: { "content-type": "text/html" }, body: `<html><body><h1>${status}</h1></body></html>` })
