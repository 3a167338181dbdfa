/** Keeps the connections to one host, and queues the requests that wait for one. */
import type { Client, Dispatcher } from "undici"
import type { Opener } from "./connector.js"

/** What a request tells the pool. */
export interface Lease {
  /** The request no longer needs its connection, however it ended. */
  end(): void
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

/** The error of a request that finds its pool closed. undici has the same code for a client that is closed. */
class ClosedError extends Error {
  readonly code = "UND_ERR_DESTROYED"
}

interface Connection {
  readonly client: Client
  readonly opener: Opener
}

/** How many connections a pool opens, and how. */
export interface Options {
  readonly connections: number
  readonly makeOpener: () => Opener
  readonly makeClient: (connect: Opener["connect"]) => Client
}

/**
 * The connections to one host. undici has a pool of its own, which cannot take a request out of its queue, and which opens a connection
 * for a request that was aborted.
 */
export class Pool {
  private readonly idle: Array<Connection> = []
  private readonly connections = new Set<Connection>()
  private readonly queue = new Set<QueuedRequest>()
  private readonly closing = new Set<Promise<unknown>>()
  private closed = false

  constructor(private readonly options: Options) {}

  /** Sends a request as soon as a connection is free. */
  dispatch(request: Dispatcher.DispatchOptions, handler: PooledHandler): void {
    const queued = new QueuedRequest(this, request, handler)
    handler.lease = queued
    if (this.queue.size === 0 && this.busy < this.options.connections) queued.start()
    else this.queue.add(queued)
  }

  /** Closes every connection. Requests that use one fail. */
  close(): Promise<unknown> {
    this.closed = true
    for (const connection of this.connections) this.destroy(connection)
    for (const queued of this.queue) queued.start()
    this.queue.clear()
    return Promise.all(this.closing)
  }

  /** Returns a connection, or none if the pool is closed. */
  acquire(): Connection | undefined {
    if (this.closed) return undefined
    // The connection that was used last, so that the others grow old and close.
    return this.idle.pop() ?? this.open()
  }

  /** Takes a connection back that can serve another request. */
  release(connection: Connection): void {
    if (!this.closed) this.idle.push(connection)
    this.scheduleNext()
  }

  /** Closes a connection that cannot serve another request. */
  discard(connection: Connection): void {
    this.destroy(connection)
    this.scheduleNext()
  }

  /** Takes a request out of the queue. */
  dequeue(queued: QueuedRequest): void {
    this.queue.delete(queued)
  }

  private open(): Connection {
    const opener = this.options.makeOpener()
    const connection = { client: this.options.makeClient(opener.connect), opener }
    this.connections.add(connection)
    return connection
  }

  private get busy(): number {
    return this.connections.size - this.idle.length
  }

  private scheduleNext(): void {
    // The parser may be on the stack: it calls `onComplete` before it has finished with the connection.
    if (this.queue.size > 0) queueMicrotask(() => this.startNext())
  }

  private startNext(): void {
    for (const queued of this.queue) {
      if (this.busy >= this.options.connections) return
      this.queue.delete(queued)
      queued.start()
    }
  }

  private destroy(connection: Connection): void {
    const { client, opener } = connection
    this.connections.delete(connection)
    const destroyed = client.destroy().finally(() => this.closing.delete(destroyed))
    this.closing.add(destroyed)
    opener.abandon()
  }
}

/** A request that has a connection, or waits for one. */
class QueuedRequest implements Lease {
  private connection: Connection | undefined = undefined

  constructor(
    private readonly pool: Pool,
    private request: Dispatcher.DispatchOptions | undefined,
    private handler: PooledHandler | undefined
  ) {}

  start(): void {
    const { handler, request } = this
    this.request = undefined
    if (request === undefined || handler === undefined) return
    this.connection = this.pool.acquire()
    if (this.connection === undefined) handler.onError(new ClosedError())
    else this.connection.client.dispatch(request, handler)
  }

  isBroken(): boolean {
    return this.connection?.opener.isBroken() === true
  }

  end(): void {
    const { connection } = this
    this.connection = undefined
    this.handler = undefined
    if (connection !== undefined) this.pool.release(connection)
  }

  abandon(): void {
    this.pool.dequeue(this)
    const { connection, handler } = this
    // An open connection that has sent nothing yet can serve another request: there the handler itself rejects this one.
    if (connection === undefined || !(handler?.sent || connection.opener.isOpening())) return
    this.connection = undefined
    this.pool.discard(connection)
  }
}
