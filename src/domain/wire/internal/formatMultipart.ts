import type { Part } from "../Multipart.js"
import * as bytes from "./bytes.js"

/** As browsers write a quote and a line break; so is all else that would not come out of a header as it went in. */
const quote = (name: string): string =>
  name.replace(/[^\x20-\x7e]|["%\\]/gu, (character) =>
    Array.from(bytes.encode(character), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("")
  )

/** Writes a body. It stands apart from what reads one, so that a client loads no parser. */
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
