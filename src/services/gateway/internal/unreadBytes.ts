/** Reads bodies, each into one buffer that grows, and bounds the bytes of all bodies that are being read together. */

const megabyte = 1024 * 1024

/** The most bytes of all unread bodies together. */
export const defaultMaxUnreadBytes = 64 * megabyte

/** The size of the first buffer of a body that comes in several pieces, in bytes. */
const initial = 4096

const empty: Uint8Array = /* #__PURE__ */ new Uint8Array(0)

/** Bodies that are being read. Beyond the limit it refuses the largest of them, so that small requests still get in. */
export class UnreadBytes {
  private readonly bodies = new Set<UnreadBody>()
  private total = 0

  /** In bytes. */
  constructor(private readonly limit = defaultMaxUnreadBytes) {}

  /** Counts the bytes that a body takes. Returns whether it may go on. */
  hold(body: UnreadBody, bytes: number): boolean {
    this.bodies.add(body)
    this.total += bytes - body.held
    body.held = bytes
    while (this.total > this.limit) {
      let largest = body
      for (const each of this.bodies) if (each.held > largest.held) largest = each
      largest.refuse()
      if (largest === body) return false
    }
    return true
  }

  /** Forgets a body that was read, or given up. */
  release(body: UnreadBody): void {
    if (!this.bodies.delete(body)) return
    this.total -= body.held
    body.held = 0
  }
}

/** A body that is being read. One that comes in one piece is not copied. */
export class UnreadBody {
  /** The bytes that the body takes, as {@link UnreadBytes} counts them. */
  held = 0
  private buffer = empty
  private size = 0
  private isOver = false

  constructor(
    private readonly unread: UnreadBytes,
    /** The most bytes. A body that exceeds it is read no further. */
    private readonly limit: number,
    /** The size that the head states, if it does. */
    private readonly stated: number | undefined,
    /** Called if there is no room for the body beside all others. */
    private readonly onRefused: () => void
  ) {}

  /** Adds a piece. Returns whether to read on: the body is within its limit, and there is room for it. */
  add(piece: Uint8Array): boolean {
    if (this.isOver) return false
    const { size } = this
    const end = size + piece.byteLength
    if (size === 0) {
      // Most bodies come in one piece. It needs no room if it is the whole body.
      this.buffer = piece
      this.size = end
      if (end === this.stated) return true
      return this.unread.hold(this, end) && end <= this.limit
    }
    if (end > this.buffer.byteLength && !this.grow(end)) return false
    // The buffer of one piece belongs to whoever gave it. It is full, so it has grown by now.
    this.buffer.set(piece, size)
    this.size = end
    return end <= this.limit
  }

  /** Returns all bytes, and frees the room. */
  take(): Uint8Array {
    const { buffer, size } = this
    this.drop()
    return buffer.byteLength === size ? buffer : buffer.subarray(0, size)
  }

  /** Gives the body up, and frees its room. */
  drop(): void {
    this.isOver = true
    this.buffer = empty
    this.unread.release(this)
  }

  /** Gives the body up, because there is no room for it. */
  refuse(): void {
    this.drop()
    this.onRefused()
  }

  /** Makes the buffer at least twice as large, so that each byte is copied a few times at most. */
  private grow(needed: number): boolean {
    const doubled = Math.max(initial, this.buffer.byteLength * 2)
    const stated = this.stated ?? doubled
    const size = Math.max(needed, stated >= needed ? Math.min(doubled, stated) : doubled)
    if (!this.unread.hold(this, size)) return false
    const buffer = new Uint8Array(size)
    buffer.set(this.buffer.subarray(0, this.size))
    this.buffer = buffer
    return true
  }
}
