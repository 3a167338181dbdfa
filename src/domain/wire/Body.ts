/**
 * Converts the bodies of requests and answers between text and bytes.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as utf8 from "./internal/bytes.js"
import type { Headers } from "./Wire.js"

/**
 * Returns a body as text. Bytes are read as UTF-8.
 *
 * @since 0.1.0
 * @category getters
 */
export const text = (body: string | Uint8Array): string => (typeof body === "string" ? body : utf8.decode(body))

/**
 * Returns a body as text, or none if its bytes are not valid UTF-8.
 *
 * @since 0.1.0
 * @category getters
 */
export const exactText = (body: string | Uint8Array): Option.Option<string> =>
  typeof body === "string" ? Option.some(body) : utf8.decodeExactly(body)

/**
 * Returns a body as bytes. Text is written as UTF-8.
 *
 * @since 0.1.0
 * @category getters
 */
export const bytes = (body: string | Uint8Array): Uint8Array => (typeof body === "string" ? utf8.encode(body) : body)

/**
 * Joins the chunks of a body.
 *
 * @since 0.1.0
 * @category constructors
 */
export const join = (chunks: ReadonlyArray<Uint8Array>): Uint8Array =>
  chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : utf8.concat(chunks)

/**
 * Returns the size of a body in bytes.
 *
 * @since 0.1.0
 * @category getters
 */
export const byteLength = (body: string | Uint8Array): number => bytes(body).byteLength

/**
 * Returns the content type without its parameters, in lower case: `application/json`. Empty if there is none.
 *
 * @since 0.1.0
 * @category getters
 */
export const mediaType = (headers: Headers): string => {
  const type = headers["content-type"] ?? ""
  const end = type.indexOf(";")
  return (end < 0 ? type : type.slice(0, end)).trim().toLowerCase()
}
