/** Gives each connection a share of the gateway, so that one caller who sends many requests at once does not keep others out. */
import type * as Http from "node:http"
import type { Duplex } from "node:stream"
import type { Unread, UnreadBytes } from "../../../../services/gateway/internal/unreadBytes.js"
import { Turns } from "./turns.js"

/** How many requests of one connection are read and answered at a time. The others wait for a later turn of the event loop. */
const share = 16

/** What a request takes that waits: the objects that Node makes for it, about, in bytes. */
const requestBytes = 8 * 1024

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
  private readonly turns: Turns

  constructor(
    private readonly socket: Duplex,
    private readonly unread: UnreadBytes
  ) {
    this.turns = new Turns(socket, () => this.takeTurn())
    socket.once("close", () => this.giveUp())
  }

  /** The requests that have no complete answer, in their order. */
  get pending(): ReadonlyArray<Unanswered> {
    return [...this.started, ...this.waiting]
  }

  /** Begins a request, or lets it wait if the connection has used its share. */
  add(request: Unanswered): void {
    this.turns.beginRequest()
    if (this.started.size < share && this.waiting.length === 0) {
      this.started.add(request)
      request.begin()
      return
    }
    this.waiting.push(request)
    this.turns.pause()
    this.unread.hold(this, this.waiting.length * requestBytes)
  }

  /** Forgets a request that has its answer. */
  remove(request: Unanswered): void {
    this.started.delete(request)
    if (this.waiting.length > 0) this.turns.schedule()
  }

  /** Counts a small piece of a body. */
  countPiece(): void {
    this.turns.countPiece()
  }

  /** Closes the connection, because there is no room for what it has sent. */
  refuse(): void {
    this.socket.destroy()
  }

  /** Begins requests that wait. Returns whether none waits any longer. */
  private takeTurn(): boolean {
    for (const request of this.waiting.splice(0, share - this.started.size)) {
      this.started.add(request)
      request.begin()
    }
    if (this.waiting.length > 0) {
      this.unread.hold(this, this.waiting.length * requestBytes)
      return false
    }
    this.unread.release(this)
    return true
  }

  private giveUp(): void {
    this.waiting = []
    this.unread.release(this)
    for (const request of this.started) request.giveUp()
    this.started.clear()
  }
}
