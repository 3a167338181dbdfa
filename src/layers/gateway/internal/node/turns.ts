/** Lets a connection whose bytes cost much wait for later turns of the event loop, so that others are served in between. */
import type { Duplex } from "node:stream"
import * as Predicate from "effect/Predicate"

/** How many bytes a connection that has waited once may send in one turn. Node gives its parser up to 64 KB at once. */
const bytesInTurn = 4096

/** How many small pieces of bodies a connection may send beyond those that each request may have. */
const mostPieces = 512

/** How many small pieces a request may have that nobody counts. */
const piecesOfRequest = 16

/** A piece smaller than this, in bytes, is small. */
export const smallPiece = 256

/** The turns of one connection. */
export class Turns {
  private pieces = 0
  private isScheduled = false
  private isPaused = false
  private hasWaited = false
  private onData: ((piece: Buffer) => void) | undefined

  constructor(
    private readonly socket: Duplex,
    /** Runs in a later turn. Returns whether the connection may be read on. */
    private readonly onTurn: () => boolean
  ) {
    // Node resumes a socket when it reads a body.
    socket.on("resume", () => {
      if (this.isPaused) socket.pause()
      else if (this.hasWaited) this.cutPieces()
    })
  }

  /** Notes that a request begins. */
  beginRequest(): void {
    this.pieces = Math.max(0, this.pieces - piecesOfRequest)
  }

  /** Counts a small piece of a body. Many of them make the connection wait for the next turn. */
  countPiece(): void {
    this.pieces += 1
    if (this.pieces >= mostPieces) this.waitForTurn()
  }

  /** Stops to read until a later turn. */
  waitForTurn(): void {
    this.pause()
    this.schedule()
  }

  /** Stops to read. */
  pause(): void {
    this.isPaused = true
    this.socket.pause()
  }

  /** Goes on in a later turn. */
  schedule(): void {
    if (this.isScheduled) return
    this.isScheduled = true
    setImmediate(() => {
      this.isScheduled = false
      this.pieces = 0
      if (!this.onTurn() || !this.isPaused) return
      this.isPaused = false
      this.hasWaited = true
      // Node has paused the socket for its unread answers, and resumes it itself.
      if (!Predicate.hasProperty(this.socket, "_paused") || this.socket._paused !== true) this.socket.resume()
    })
  }

  /**
   * From now on, gives the parser a slice in each turn. To listen for `data` makes Node read the socket as a stream, through the
   * listener of the parser. This one takes its place.
   */
  private cutPieces(): void {
    const { socket } = this
    const [parse, ...others] = socket.rawListeners("data")
    if (parse === undefined || parse === this.onData || others.length > 0) return
    const onData = (piece: Buffer): void => {
      if (piece.byteLength > bytesInTurn) {
        this.waitForTurn()
        socket.unshift(piece.subarray(bytesInTurn))
      }
      parse.call(socket, piece.subarray(0, bytesInTurn))
      // To parse may resume the socket, and the stream would go on in this turn.
      if (this.isPaused) socket.pause()
    }
    // `off` finds a listener by this member too: Node removes the parser's when a tunnel opens.
    this.onData = Object.assign(onData, { listener: parse })
    socket.removeAllListeners("data").on("data", this.onData)
  }
}
