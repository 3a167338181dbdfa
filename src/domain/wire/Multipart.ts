/**
 * Reads and writes `multipart/form-data` (RFC 7578), for actions with a binary member. All other members are text.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import { decodeField, make as makeParser } from "multipasta"
import * as bytes from "./internal/bytes.js"
import { decodeEscapes } from "./internal/escapes.js"
import { formatMultipart, type Part } from "./internal/formatMultipart.js"
import type { Headers } from "./Wire.js"

export type { Part } from "./internal/formatMultipart.js"

const unquote = (name: string): string => name.replace(/(?:%[\dA-F]{2})+/gi, decodeEscapes)

/**
 * Writes a body. No part may contain the boundary. A random one of 16 characters or more is safe.
 *
 * @since 0.1.0
 * @category encoding
 */
export const format: (parts: ReadonlyArray<Part>, boundary: string) => Uint8Array = formatMultipart

/**
 * Reads a body. Fails if it does not match its headers.
 *
 * @since 0.1.0
 * @category decoding
 */
export const parse = (headers: Headers, body: Uint8Array): Either.Either<ReadonlyArray<Part>, "malformed"> => {
  const parts: Array<Part> = []
  let hasFailed = false
  let isDone = false
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
      hasFailed = true
    },
    onDone: () => {
      isDone = true
    }
  })
  try {
    parser.write(body)
    parser.end()
  } catch {
    return Either.left("malformed")
  }
  const haveNames = parts.every(([name]) => name !== "")
  return hasFailed || !isDone || !haveNames ? Either.left("malformed") : Either.right(parts)
}
