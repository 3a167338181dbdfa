/**
 * `multipart/form-data`, for actions with a binary member (RFC 7578). Members that are not binary travel as text.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { decodeField, make as makeParser } from "multipasta"
import * as bytes from "./internal/bytes.js"
import type { Headers } from "./Wire.js"

/**
 * A part: a member's name, and its text or its bytes.
 *
 * @since 0.1.0
 * @category models
 */
export type Part = readonly [name: string, value: string | Uint8Array]

/** As browsers write a quote and a line break; so is all else that would not come out of a header as it went in. */
const quote = (name: string): string =>
  name.replace(/[^\x20-\x7e]|["%\\]/gu, (character) =>
    Array.from(bytes.encode(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("")
  )

const unescaped = /* #__PURE__ */ Option.liftThrowable(decodeURIComponent)

const unquote = (name: string): string =>
  name.replace(/(?:%[\dA-F]{2})+/gi, (escapes) => Option.getOrElse(unescaped(escapes), () => escapes))

/**
 * Writes a body. The boundary must occur in no part; a random one of 16 characters or more does not.
 *
 * @since 0.1.0
 * @category encoding
 */
export const format = (parts: ReadonlyArray<Part>, boundary: string): Uint8Array => {
  const chunks: Array<Uint8Array> = []
  for (const [name, value] of parts) {
    const type = typeof value === "string" ? "" : "\r\nContent-Type: application/octet-stream"
    chunks.push(bytes.encode(`--${boundary}\r\nContent-Disposition: form-data; name="${quote(name)}"${type}\r\n\r\n`))
    chunks.push(typeof value === "string" ? bytes.encode(value) : value, bytes.encode("\r\n"))
  }
  chunks.push(bytes.encode(`--${boundary}--\r\n`))
  return bytes.concat(chunks)
}

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
