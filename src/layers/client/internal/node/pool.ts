/** Keeps the connections to one host, and queues those who wait for one. */
import type { Socket } from "node:net"
import type { Client, Dispatcher } from "undici"
import type { Opener, Target } from "./connector.js"
import { IdleTime } from "./idleTime.js"

/** What a request tells about its connection. */
export interface Lease {
  /** The request no longer needs its connection, however it ended. `keepAlive` is the header of that name. */
  end(keepAlive: string | undefined): void
  /** Whether the connection broke. undici takes what came until then for a whole answer, if only the end of it shows its length. */
  isBroken(): boolean
  /** Nothing waits for the response any more. */
  abandon(): void
}

/** What undici tells about a request, and the lease by which the request tells the pool. */
export interface PooledHandler extends Dispatcher.DispatchHandlers {
  readonly onError: (error: Error) => void
  lease: Lease
  /** Whether undici has sent the request. */
  readonly sent: boolean
}

/** Somebody who waits for a connection. */
export interface Waiter {
  onConnection(connection: Connection): void
  onError(error: Error): void
}

/** The error of a request that finds its pool closed. undici has the same code for a client that is closed. */
class ClosedError extends Error {
  readonly code = "UND_ERR_DESTROYED"
}

/** How many connections a pool opens, how, and to where. */
export interface Options {
  readonly connections: number
  /** How long an idle connection is kept if its server does not say, in milliseconds. */
  readonly keepAlive: number
  readonly target: Target
  readonly makeOpener: () => Opener
  readonly makeClient: (connect: Opener["connect"]) => Client
}

/** An open connection. A client of undici speaks HTTP over it, one request at a time. */
export class Connection {
  readonly client: Client
  readonly idleTime: IdleTime
  /** Whether no request has used it. */
  isNew = true

  constructor(
    private readonly pool: Pool,
    readonly opener: Opener,
    private socket: Socket,
    { keepAlive, makeClient }: Options
  ) {
    this.idleTime = new IdleTime(keepAlive)
    this.watch(socket)
    this.client = makeClient((target, callback) => {
      // undici asks again if the connection has closed between two turns of the event loop: nothing was sent then.
      if (this.isNew && !this.isClosed) callback(null, socket)
      else this.reopen(target, callback)
      this.isNew = false
    })
  }

  get isClosed(): boolean {
    return this.socket.destroyed
  }

  /** Whether it ended with an error. */
  get isBroken(): boolean {
    // Not every runtime has this member.
    return (this.socket.errored ?? null) !== null
  }

  destroy(): Promise<void> {
    this.opener.abandon()
    const destroyed = this.client.destroy()
    this.socket.destroy()
    return destroyed
  }

  private reopen(...[target, callback]: Parameters<Opener["connect"]>): void {
    this.opener.connect(target, (...result) => {
      if (result[0] === null) {
        this.socket = result[1]
        this.watch(result[1])
      }
      callback(...result)
    })
  }

  private watch(socket: Socket): void {
    // Later, because undici listens too: a client that is destroyed while the event is on its way waits for the event in vain.
    socket.once("close", () => queueMicrotask(() => this.pool.forget(this)))
  }
}

/** A connection that opens for somebody who waits. */
interface Opening {
  readonly opener: Opener
  waiting: Waiting
}

/**
 * The connections to one host. undici has a pool of its own, which cannot take a request out of its queue, and which opens a connection
 * for a request that was aborted.
 */
export class Pool {
  private readonly idle: Array<Connection> = []
  private readonly connections = new Set<Connection>()
  private readonly openings = new Set<Opening>()
  private readonly queue = new Set<Waiting>()
  private readonly closing = new Set<Promise<unknown>>()
  private closed = false

  constructor(private readonly options: Options) {}

  /** Returns a connection that is idle, unless others wait for one. */
  take(): Connection | undefined {
    return this.queue.size === 0 ? this.takeIdle() : undefined
  }

  /** Waits for a connection. Only for those who cannot take one. */
  wait(waiter: Waiter): Waiting {
    const waiting = new Waiting(this, waiter)
    if (this.closed) waiting.fail(new ClosedError())
    else if (this.queue.size === 0 && this.hasRoom) this.open(waiting)
    else this.queue.add(waiting)
    return waiting
  }

  /** Sends a request as soon as there is a connection. */
  dispatch(request: Dispatcher.DispatchOptions, handler: PooledHandler): void {
    const start = (connection: Connection): void => new Use(this, connection).dispatch(request, handler)
    const idle = this.take()
    if (idle === undefined) {
      const waiting = this.wait({ onConnection: start, onError: (error) => handler.onError(error) })
      if (waiting.isWaiting) handler.lease = waiting
    } else {
      start(idle)
    }
  }

  /** Closes every connection. Requests that use one fail, and those who wait too. */
  close(): Promise<unknown> {
    this.closed = true
    const waiting = [...Array.from(this.openings, (opening) => opening.waiting), ...this.queue]
    for (const { opener } of this.openings) opener.abandon()
    this.openings.clear()
    this.queue.clear()
    for (const connection of this.connections) this.discard(connection)
    for (const each of waiting) each.fail(new ClosedError())
    return Promise.all(this.closing)
  }

  /** Takes a connection back that can serve another request. */
  release(connection: Connection): void {
    if (this.closed || connection.isClosed || connection.isNew) {
      this.discard(connection)
      return
    }
    connection.idleTime.start()
    this.idle.push(connection)
    this.scheduleNext()
  }

  /** Closes a connection that cannot serve another request. */
  discard(connection: Connection): void {
    if (!this.connections.delete(connection)) return
    const destroyed = connection.destroy().finally(() => this.closing.delete(destroyed))
    this.closing.add(destroyed)
    this.scheduleNext()
  }

  /** Forgets a connection that has closed, if it was idle. Otherwise its request fails, and discards it. */
  forget(connection: Connection): void {
    const index = this.idle.indexOf(connection)
    if (index < 0) return
    this.idle.splice(index, 1)
    this.discard(connection)
  }

  /** Takes out somebody who waits. A connection that opens for them opens for the next one, if there is any. */
  cancel(waiting: Waiting): void {
    if (this.queue.delete(waiting)) return
    for (const opening of this.openings) {
      if (opening.waiting !== waiting) continue
      const [next] = this.queue
      if (next === undefined) {
        this.openings.delete(opening)
        opening.opener.abandon()
      } else {
        this.queue.delete(next)
        opening.waiting = next
      }
    }
  }

  /** The idle connection that was used last, so that the others grow old and close. */
  private takeIdle(): Connection | undefined {
    for (let idle = this.idle.pop(); idle !== undefined; idle = this.idle.pop()) {
      if (!idle.isClosed && !idle.idleTime.isOver) return idle
      this.discard(idle)
    }
    return undefined
  }

  private get hasRoom(): boolean {
    return this.connections.size + this.openings.size - this.idle.length < this.options.connections
  }

  private open(waiting: Waiting): void {
    const opener = this.options.makeOpener()
    const opening: Opening = { opener, waiting }
    this.openings.add(opening)
    opener.connect(this.options.target, (...result) => {
      const isWanted = this.openings.delete(opening)
      if (result[0] !== null) {
        if (isWanted) opening.waiting.fail(result[0])
        this.scheduleNext()
      } else if (isWanted) {
        const connection = new Connection(this, opener, result[1], this.options)
        this.connections.add(connection)
        opening.waiting.succeed(connection)
      } else {
        result[1].destroy()
      }
    })
  }

  private scheduleNext(): void {
    // The parser may be on the stack: it reports the end of a response before it has finished with the connection.
    if (this.queue.size > 0) queueMicrotask(() => this.startNext())
  }

  private startNext(): void {
    for (const waiting of this.queue) {
      const idle = this.takeIdle()
      if (idle === undefined && !this.hasRoom) return
      this.queue.delete(waiting)
      if (idle === undefined) this.open(waiting)
      else waiting.succeed(idle)
    }
  }
}

const nobody: Waiter = { onConnection: () => {}, onError: () => {} }

/** A place in the queue, or at a connection that opens. */
export class Waiting implements Lease {
  isWaiting = true

  constructor(
    private readonly pool: Pool,
    private waiter: Waiter
  ) {}

  succeed(connection: Connection): void {
    this.leave().onConnection(connection)
  }

  fail(error: Error): void {
    this.leave().onError(error)
  }

  end(): void {}

  isBroken(): boolean {
    return false
  }

  /** Waits no longer. */
  abandon(): void {
    if (!this.isWaiting) return
    this.leave()
    this.pool.cancel(this)
  }

  private leave(): Waiter {
    const { waiter } = this
    this.isWaiting = false
    this.waiter = nobody
    return waiter
  }
}

/** One request's use of a connection. */
export class Use implements Lease {
  private handler: PooledHandler | undefined = undefined

  constructor(
    private readonly pool: Pool,
    private connection: Connection | undefined
  ) {}

  /** Sends the request. */
  dispatch(request: Dispatcher.DispatchOptions, handler: PooledHandler): void {
    handler.lease = this
    this.handler = handler
    this.connection?.client.dispatch(request, handler)
  }

  isBroken(): boolean {
    return this.connection?.isBroken === true
  }

  end(keepAlive: string | undefined): void {
    this.connection?.idleTime.allow(keepAlive)
    this.giveBack()
  }

  abandon(): void {
    const { connection, handler } = this
    // An open connection that has sent nothing yet can serve another request: there the handler itself rejects this one.
    if (connection === undefined || !(handler?.sent || connection.opener.isOpening())) return
    this.connection = undefined
    this.pool.discard(connection)
  }

  /** Gives the connection back, if no request has started. */
  release(): void {
    if (this.handler === undefined) this.giveBack()
  }

  private giveBack(): void {
    const { connection } = this
    this.connection = undefined
    this.handler = undefined
    if (connection !== undefined) this.pool.release(connection)
  }
}
