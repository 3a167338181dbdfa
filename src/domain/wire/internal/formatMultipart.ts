/** Writes multipart bodies. It stands apart from their reader, so that a client loads no parser. */
import * as bytes from "./bytes.js"

/**
 * A part: the name of a member, and its text or its bytes.
 *
 * @since 0.1.0
 * @category models
 */
export type Part = readonly [name: string, value: string | Uint8Array]

/** Escapes a name as browsers escape quotes and line breaks, and also everything else that a header would change. */
const quote = (name: string): string =>
  name.replace(/[^\x20-\x7e]|["%\\]/gu, (character) =>
    Array.from(bytes.encode(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("")
  )

/** Writes a body. */
export const formatMultipart = (parts: ReadonlyArray<Part>, boundary: string): Uint8Array => {
  const chunks: Array<Uint8Array> = []
  for (const [name, value] of parts) {
    const type = typeof value === "string" ? "" : "\r\nContent-Type: application/octet-stream"
    chunks.push(bytes.encode(`--${boundary}\r\nContent-Disposition: form-data; name="${quote(name)}"${type}\r\n\r\n`))
    chunks.push(typeof value === "string" ? bytes.encode(value) : value, bytes.encode("\r\n"))
  }
  chunks.push(bytes.encode(`--${boundary}--\r\n`))
  return bytes.concat(chunks)
}
