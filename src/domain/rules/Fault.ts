/**
 * What can go wrong between a gateway and its caller, to be made to go wrong on purpose.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import type { WireResponse } from "../wire/Wire.js"

/**
 * A fault.
 *
 * - `Error`: an error envelope with this code
 * - `Delay`: the answer comes later; nothing else is wrong with it
 * - `Close`: the connection is closed, and nothing is answered
 * - `Truncate`: the connection is closed after this many bytes of the answer's body
 * - `Response`: this is answered instead, whatever it is
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
 * An error envelope, with any code: one that the action declares, or one that nobody has heard of.
 *
 * @since 0.1.0
 * @category constructors
 */
export const error = (code: string, message = `${code}, injected.`): Fault => ({ _tag: "Error", code, message })

/**
 * A pause before the answer.
 *
 * @since 0.1.0
 * @category constructors
 */
export const delay = (duration: Duration.DurationInput): Fault => ({
  _tag: "Delay",
  duration: Duration.decode(duration)
})

/**
 * A connection that is closed without a word.
 *
 * @since 0.1.0
 * @category constructors
 */
export const close: Fault = { _tag: "Close" }

/**
 * A connection that is closed after so many bytes of the answer's body.
 *
 * @since 0.1.0
 * @category constructors
 */
export const truncate = (bytes: number): Fault => ({ _tag: "Truncate", bytes })

/**
 * Any answer.
 *
 * @since 0.1.0
 * @category constructors
 */
export const respond = (response: Partial<WireResponse>): Fault => ({
  _tag: "Response",
  response: { status: 200, headers: { "content-type": "application/json" }, body: "", ...response }
})

/**
 * An answer that is no envelope. Default: JSON that breaks off.
 *
 * @since 0.1.0
 * @category constructors
 */
export const malformed = (body = '{"Response": {"RequestId'): Fault => respond({ body })

/**
 * Another status than 200, with a page, as a proxy on the way gives it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const status = (status: number): Fault =>
  respond({ status, headers: { "content-type": "text/html" }, body: `<html><body><h1>${status}</h1></body></html>` })
