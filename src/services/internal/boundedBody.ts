/** Reads a body whole, up to a limit on its size. */

/** The least that a buffer holds, in bytes, once a body comes in several pieces. */
const leastCapacity = 1024

const none = new Uint8Array()

/**
 * Puts the pieces of a body together as they come, in one buffer that grows. A list of the pieces would cost hundreds of bytes for each:
 * a body in pieces of one byte would take hundreds of times its size.
 */
export class GrowingBytes {
  private buffer: Uint8Array = none
  private length = 0

  /** In bytes. */
  get size(): number {
    return this.length
  }

  /** Adds a piece. It keeps the only piece of a body as it is. */
  add(piece: Uint8Array): void {
    const start = this.length
    this.length += piece.byteLength
    if (start === 0) {
      this.buffer = piece
      return
    }
    if (start === this.buffer.byteLength || this.length > this.buffer.byteLength) {
      // The only piece belongs to somebody else, so nothing may be written behind it.
      const grown = new Uint8Array(Math.max(2 * start, this.length, leastCapacity))
      grown.set(this.buffer.byteLength === start ? this.buffer : this.buffer.subarray(0, start))
      this.buffer = grown
    }
    this.buffer.set(piece, start)
  }

  /** All pieces as one. */
  get bytes(): Uint8Array {
    const { buffer, length } = this
    return buffer.byteLength === length ? buffer : buffer.subarray(0, length)
  }

  /** Returns all pieces as one, and goes on with none. */
  take(): Uint8Array {
    const { bytes } = this
    this.buffer = none
    this.length = 0
    return bytes
  }
}

/** Marks a response whose body its own client bounds already. */
export const isBounded: unique symbol = /* #__PURE__ */ Symbol("effect-tencentcloud/isBounded")

/** Collects the pieces of a body, and stops at a limit. */
export class BoundedBody {
  private readonly collected = new GrowingBytes()

  /** In bytes. */
  constructor(private readonly limit: number) {}

  /** Adds a piece. Returns whether the body is still within the limit; a body that is not keeps no further piece. */
  add(piece: Uint8Array): boolean {
    if (this.isTooLarge) return false
    this.collected.add(piece)
    return !this.isTooLarge
  }

  /** Whether the pieces exceed the limit. */
  get isTooLarge(): boolean {
    return this.collected.size > this.limit
  }

  /** All pieces as one. */
  get bytes(): Uint8Array {
    return this.collected.bytes
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
