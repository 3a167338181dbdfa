/** Gives each connection a share of the gateway, so that one caller who sends many requests at once does not keep others out. */
import type * as Http from "node:http"
import type { Duplex } from "node:stream"
import type { Unread, UnreadBytes } from "../../../../services/gateway/internal/unreadBytes.js"

/** How many requests of one connection are read and answered at a time. The others wait for a later turn of the event loop. */
const share = 16

/** What a request takes that waits: the objects that Node makes for it, about, in bytes. */
const requestBytes = 8 * 1024

/** How many pieces of a body a connection may send in one turn, if they are small. */
const piecesInTurn = 512

/** A request of a connection that has no complete answer. */
export interface Unanswered {
  readonly message: Http.IncomingMessage
  readonly response: Http.ServerResponse
  /** Reads the request, and answers it. */
  readonly begin: () => void
  /** Gives the request up, because its caller has hung up. */
  readonly giveUp: () => void
}

/** The requests of one connection. */
export class Connection implements Unread {
  held = 0
  private readonly started = new Set<Unanswered>()
  private waiting: Array<Unanswered> = []
  private pieces = 0
  private isScheduled = false
  private isPaused = false

  constructor(
    private readonly socket: Duplex,
    private readonly unread: UnreadBytes
  ) {
    // Node resumes a socket when it reads a body.
    socket.on("resume", () => {
      if (this.isPaused) socket.pause()
    })
    socket.once("close", () => this.giveUp())
  }

  /** The requests that have no complete answer, in their order. */
  get pending(): ReadonlyArray<Unanswered> {
    return [...this.started, ...this.waiting]
  }

  /** Begins a request, or lets it wait if the connection has used its share. */
  add(request: Unanswered): void {
    if (this.started.size < share && this.waiting.length === 0) {
      this.started.add(request)
      request.begin()
      return
    }
    this.waiting.push(request)
    this.pause()
    this.unread.hold(this, this.waiting.length * requestBytes)
  }

  /** Forgets a request that has its answer. */
  remove(request: Unanswered): void {
    this.started.delete(request)
    if (this.waiting.length > 0) this.schedule()
  }

  /** Counts a small piece of a body. Many of them make the connection wait for the next turn. */
  countPiece(): void {
    this.pieces += 1
    if (this.pieces < piecesInTurn) return
    this.pieces = 0
    this.pause()
    this.schedule()
  }

  /** Closes the connection, because there is no room for what it has sent. */
  refuse(): void {
    this.socket.destroy()
  }

  private pause(): void {
    this.isPaused = true
    this.socket.pause()
  }

  private schedule(): void {
    if (this.isScheduled) return
    this.isScheduled = true
    setImmediate(() => {
      this.isScheduled = false
      this.takeTurn()
    })
  }

  private takeTurn(): void {
    this.pieces = 0
    for (const request of this.waiting.splice(0, share - this.started.size)) {
      this.started.add(request)
      request.begin()
    }
    if (this.waiting.length > 0) {
      this.unread.hold(this, this.waiting.length * requestBytes)
      return
    }
    this.unread.release(this)
    if (!this.isPaused) return
    this.isPaused = false
    this.socket.resume()
  }

  private giveUp(): void {
    this.waiting = []
    this.unread.release(this)
    for (const request of this.started) request.giveUp()
    this.started.clear()
  }
}
