/**
 * `multipart/form-data`, for actions with a binary member (RFC 7578). Members that are not binary travel as text.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { decodeField, make as makeParser } from "multipasta"
import * as bytes from "./internal/bytes.js"
import { formatMultipart } from "./internal/formatMultipart.js"
import type { Headers } from "./Wire.js"

/**
 * A part: a member's name, and its text or its bytes.
 *
 * @since 0.1.0
 * @category models
 */
export type Part = readonly [name: string, value: string | Uint8Array]

const unescaped = /* #__PURE__ */ Option.liftThrowable(decodeURIComponent)

const unquote = (name: string): string =>
  name.replace(/(?:%[\dA-F]{2})+/gi, (escapes) => Option.getOrElse(unescaped(escapes), () => escapes))

/**
 * Writes a body. The boundary must occur in no part; a random one of 16 characters or more does not.
 *
 * @since 0.1.0
 * @category encoding
 */
export const format: (parts: ReadonlyArray<Part>, boundary: string) => Uint8Array = formatMultipart

/**
 * Reads a body. Fails where it is not what its headers say.
 *
 * @since 0.1.0
 * @category decoding
 */
export const parse = (headers: Headers, body: Uint8Array): Either.Either<ReadonlyArray<Part>, "malformed"> => {
  const parts: Array<Part> = []
  let fault = false
  let done = false
  const parser = makeParser({
    headers: { ...headers },
    onField: (info, value) => {
      parts.push([unquote(info.name), decodeField(info, value)])
    },
    onFile: (info) => {
      const chunks: Array<Uint8Array> = []
      return (chunk) => {
        if (chunk === null) parts.push([unquote(info.name), bytes.concat(chunks)])
        else chunks.push(chunk)
      }
    },
    onError: () => {
      fault = true
    },
    onDone: () => {
      done = true
    }
  })
  try {
    parser.write(body)
    parser.end()
  } catch {
    return Either.left("malformed")
  }
  const named = parts.every(([name]) => name !== "")
  return fault || !done || !named ? Either.left("malformed") : Either.right(parts)
}
