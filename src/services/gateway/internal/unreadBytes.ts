/** Reads bodies into blocks of one size, and bounds the bytes of all bodies that are being read together. */

const megabyte = 1024 * 1024

/** The most bytes of all unread bodies together. */
export const defaultMaxUnreadBytes = 64 * megabyte

/**
 * The part of the room that bodies leave to their pieces. Those were copied, but take memory until the runtime collects them. A
 * smaller limit has no such part, so that it holds as many bytes as it says.
 */
const reserveOf = (limit: number): number => Math.max(0, Math.min(16 * megabyte, limit - 48 * megabyte))

/** The most bytes of free blocks. */
const maxFree = 16 * megabyte

/** The size of a block, in bytes. A body that comes in several pieces takes at least one. */
const blockSize = 64 * 1024

const noBytes: Uint8Array = /* #__PURE__ */ new Uint8Array(0)

/** What takes room until it was read. */
export interface Unread {
  /** The bytes that it takes. {@link UnreadBytes} writes them. */
  held: number
  /** Gives it up, because there is no room for it. */
  readonly refuse: () => void
}

/**
 * Counts the bytes that requests take until they are read. Beyond its limit it refuses what takes the most, so that small requests
 * still get in.
 */
export class UnreadBytes {
  private readonly holders = new Set<Unread>()
  private readonly free: Array<Uint8Array> = []
  private total = 0

  private readonly limit: number

  /** In bytes. */
  constructor(limit = defaultMaxUnreadBytes) {
    this.limit = limit - reserveOf(limit)
  }

  /** Counts the bytes that something takes. Returns whether there is room for it. */
  hold(unread: Unread, bytes: number): boolean {
    this.holders.add(unread)
    this.total += bytes - unread.held
    unread.held = bytes
    while (this.free.length > 0 && this.total + this.free.length * blockSize > this.limit) this.free.pop()
    while (this.total > this.limit) {
      let largest = unread
      for (const each of this.holders) if (each.held > largest.held) largest = each
      this.release(largest)
      largest.refuse()
      if (largest === unread) return false
    }
    return true
  }

  /** Frees the room that something takes. */
  release(unread: Unread): void {
    if (!this.holders.delete(unread)) return
    this.total -= unread.held
    unread.held = 0
  }

  /** Returns a block, whose content is undefined. */
  takeBlock(): Uint8Array {
    return this.free.pop() ?? new Uint8Array(blockSize)
  }

  /** Takes blocks back, so that a flood of bodies makes no garbage. Those that are free count against the limit too. */
  returnBlocks(blocks: ReadonlyArray<Uint8Array>): void {
    const most = Math.min(maxFree, this.limit - this.total) / blockSize
    for (const block of blocks) if (this.free.length < most) this.free.push(block)
  }
}

/** A body that is being read. One that comes in one piece is not copied. */
export class UnreadBody implements Unread {
  held = 0
  private first = noBytes
  private blocks: Array<Uint8Array> = []
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
    if (this.size === 0) {
      // Most bodies come in one piece. It needs no room if it is the whole body.
      this.first = piece
      this.size = piece.byteLength
      return this.size === this.stated || (this.unread.hold(this, this.size) && this.size <= this.limit)
    }
    if (this.blocks.length === 0 && !this.copy(this.first, 0)) return false
    this.first = noBytes
    if (!this.copy(piece, this.size)) return false
    this.size += piece.byteLength
    return this.size <= this.limit
  }

  /** Returns all bytes, and frees the room. */
  take(): Uint8Array {
    const { blocks, first, size } = this
    if (blocks.length === 0) {
      this.drop()
      return first
    }
    const whole = new Uint8Array(size)
    for (const [index, block] of blocks.entries()) {
      const start = index * blockSize
      whole.set(size - start < blockSize ? block.subarray(0, size - start) : block, start)
    }
    this.drop()
    return whole
  }

  /** Gives the body up, and frees its room. */
  drop(): void {
    this.isOver = true
    this.first = noBytes
    this.unread.returnBlocks(this.blocks)
    this.blocks = []
    this.unread.release(this)
  }

  refuse(): void {
    this.drop()
    this.onRefused()
  }

  /** Copies a piece into the blocks, and takes more of them if need be. Returns whether there is room. */
  private copy(piece: Uint8Array, at: number): boolean {
    const needed = Math.ceil((at + piece.byteLength) / blockSize)
    if (needed > this.blocks.length) {
      if (!this.unread.hold(this, needed * blockSize)) return false
      while (this.blocks.length < needed) this.blocks.push(this.unread.takeBlock())
    }
    for (let from = 0; from < piece.byteLength; ) {
      const place = (at + from) % blockSize
      const block = this.blocks[Math.floor((at + from) / blockSize)]
      const end = Math.min(piece.byteLength, from + blockSize - place)
      block?.set(from === 0 && end === piece.byteLength ? piece : piece.subarray(from, end), place)
      from = end
    }
    return true
  }
}
