/** Reads a body whole, up to a limit on its size. */
import * as Body from "../../domain/wire/Body.js"

/** Collects the pieces of a body, and stops at a limit. */
export class BoundedBody {
  private readonly pieces: Array<Uint8Array> = []
  private size = 0

  /** In bytes. */
  constructor(private readonly limit: number) {}

  /** Adds a piece. Returns whether the body is still within the limit; a body that is not keeps no further piece. */
  add(piece: Uint8Array): boolean {
    if (this.isTooLarge) return false
    this.pieces.push(piece)
    this.size += piece.byteLength
    return !this.isTooLarge
  }

  /** Whether the pieces exceed the limit. */
  get isTooLarge(): boolean {
    return this.size > this.limit
  }

  /** All pieces as one. */
  get bytes(): Uint8Array {
    return Body.join(this.pieces)
  }
}

/** Stops a reader. A body that was read to its end, or that broke off, has nothing to stop: that is no failure. */
export const cancel = (reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> =>
  reader.cancel().catch(() => {})

/** Reads the body of a web request or response, no further than just past the limit. Rejects as its reader does. */
export const readWeb = async (reader: ReadableStreamDefaultReader<Uint8Array>, limit: number): Promise<BoundedBody> => {
  const body = new BoundedBody(limit)
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (!body.add(part.value)) break
  }
  return body
}
