import type { Client, Dispatcher } from "undici"
import type { Opener } from "./connector.js"
import { errors } from "./undici.js"

/** What a pool tells of a request, besides what undici tells. */
export interface Lease {
  /** The request is through with its connection, whatever came of it. */
  end(): void
  /** Nobody waits for the answer any more. */
  abandon(): void
}

/** Who makes a request. */
export interface Tenant extends Dispatcher.DispatchHandlers {
  readonly onError: (error: Error) => void
  lease: Lease
  /** Whether it was sent. */
  readonly sent: boolean
}

interface Connection {
  readonly client: Client
  readonly opener: Opener
}

/** How a pool opens its connections, and how many. */
export interface Options {
  readonly connections: number
  readonly opener: () => Opener
  readonly client: (connect: Opener["connect"]) => Client
}

/**
 * The connections to one host. undici's own pool does not take a request out of its queue, and opens a connection anew for one that
 * was aborted, only to find that it was.
 */
export class Pool {
  private readonly idle: Array<Connection> = []
  private readonly connections = new Set<Connection>()
  private readonly waiting = new Set<Turn>()
  private readonly closing = new Set<Promise<unknown>>()
  private closed = false

  constructor(private readonly options: Options) {}

  /** Sends a request as soon as there is a connection for it. */
  dispatch(request: Dispatcher.DispatchOptions, tenant: Tenant): void {
    const turn = new Turn(this, request, tenant)
    tenant.lease = turn
    if (this.waiting.size === 0 && this.busy < this.options.connections) turn.start()
    else this.waiting.add(turn)
  }

  /** Closes every connection, and lets what is under way fail. */
  close(): Promise<unknown> {
    this.closed = true
    for (const connection of this.connections) this.destroy(connection)
    for (const turn of this.waiting) turn.start()
    this.waiting.clear()
    return Promise.all(this.closing)
  }

  /** A connection; none where the pool was closed. */
  take(): Connection | undefined {
    if (this.closed) return undefined
    // The one that was used last: the others may then grow old and be closed.
    return this.idle.pop() ?? this.open()
  }

  /** Takes a connection back that is as good as before. */
  give(connection: Connection): void {
    if (!this.closed) this.idle.push(connection)
    this.goOn()
  }

  /** Closes a connection that is not. */
  discard(connection: Connection): void {
    this.destroy(connection)
    this.goOn()
  }

  /** Takes a request back that waits for a connection. */
  forget(turn: Turn): void {
    this.waiting.delete(turn)
  }

  private open(): Connection {
    const opener = this.options.opener()
    const connection = { client: this.options.client(opener.connect), opener }
    this.connections.add(connection)
    return connection
  }

  private get busy(): number {
    return this.connections.size - this.idle.length
  }

  private goOn(): void {
    // Not from within the parser that tells of the end.
    if (this.waiting.size > 0) queueMicrotask(() => this.next())
  }

  private next(): void {
    for (const turn of this.waiting) {
      if (this.busy >= this.options.connections) return
      this.waiting.delete(turn)
      turn.start()
    }
  }

  private destroy(connection: Connection): void {
    const { client, opener } = connection
    this.connections.delete(connection)
    const gone = client.destroy().finally(() => this.closing.delete(gone))
    this.closing.add(gone)
    opener.abandon()
  }
}

/** A request that has a connection, or waits for one. */
class Turn implements Lease {
  private connection: Connection | undefined = undefined

  constructor(
    private readonly pool: Pool,
    private request: Dispatcher.DispatchOptions | undefined,
    private tenant: Tenant | undefined
  ) {}

  start(): void {
    const { request, tenant } = this
    this.request = undefined
    if (request === undefined || tenant === undefined) return
    this.connection = this.pool.take()
    if (this.connection === undefined) tenant.onError(new errors.ClientDestroyedError())
    else this.connection.client.dispatch(request, tenant)
  }

  end(): void {
    const { connection } = this
    this.connection = undefined
    this.tenant = undefined
    if (connection !== undefined) this.pool.give(connection)
  }

  abandon(): void {
    this.pool.forget(this)
    const { connection, tenant } = this
    // An open connection on which nothing was sent yet is as good as before: there the tenant itself declines.
    if (connection === undefined || !(tenant?.sent || connection.opener.opening())) return
    this.connection = undefined
    this.pool.discard(connection)
  }
}
