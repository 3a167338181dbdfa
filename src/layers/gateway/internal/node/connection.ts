/** Gives each connection a share of the gateway, so that one caller who sends many requests at once does not keep others out. */
import type { Duplex } from "node:stream"

/** How many requests of one connection are answered at a time, and in one turn of the event loop. */
const share = 16

/** A request of a connection that has no complete answer. */
export interface Unanswered {
  /** Whether the request was read whole. */
  readonly isWhole: () => boolean
  /** Calls back once the request is answered. */
  readonly onAnswered: (resume: () => void) => void
  /** Answers the request. */
  readonly begin: () => void
  /** Gives the request up, because its caller has hung up. */
  readonly giveUp: () => void
}

/** The requests of one connection. */
export class Connection {
  private readonly unanswered = new Set<Unanswered>()
  private readonly started = new Set<Unanswered>()
  private waiting: Array<Unanswered> = []
  private inTurn = 0
  private isScheduled = false
  private isPaused = false

  constructor(private readonly socket: Duplex) {
    // Node resumes a socket when it reads a body.
    socket.on("resume", () => {
      if (this.isFull) socket.pause()
    })
    socket.once("close", () => this.giveUp())
  }

  /** The requests that have no complete answer. */
  get pending(): ReadonlySet<Unanswered> {
    return this.unanswered
  }

  private get isFull(): boolean {
    return this.unanswered.size >= share
  }

  /** Adds a request whose body is still to be read. */
  add(request: Unanswered): void {
    this.unanswered.add(request)
    if (!this.isFull) return
    this.isPaused = true
    this.socket.pause()
  }

  /** Answers a request that was read: at once, or in a later turn if the connection has used its share. */
  answer(request: Unanswered): void {
    // Most callers wait for an answer before they send the next request.
    if (this.unanswered.size === 1) request.begin()
    else if (this.started.size >= share || this.inTurn >= share) this.waiting.push(request)
    else this.start(request)
  }

  /** Forgets a request that has its answer. */
  remove(request: Unanswered): void {
    this.unanswered.delete(request)
    this.started.delete(request)
    if (this.waiting.length > 0) this.schedule()
    else if (this.isPaused) this.readOn()
  }

  private readOn(): void {
    if (this.isFull) return
    this.isPaused = false
    this.socket.resume()
  }

  private start(request: Unanswered): void {
    this.started.add(request)
    this.inTurn += 1
    this.schedule()
    request.begin()
  }

  private schedule(): void {
    if (this.isScheduled) return
    this.isScheduled = true
    setImmediate(() => {
      this.isScheduled = false
      this.inTurn = 0
      const room = Math.max(0, share - this.started.size)
      for (const request of this.waiting.splice(0, room)) this.start(request)
      if (this.waiting.length === 0 && this.isPaused) this.readOn()
    })
  }

  private giveUp(): void {
    this.waiting = []
    for (const request of this.unanswered) request.giveUp()
    this.unanswered.clear()
    this.started.clear()
  }
}
