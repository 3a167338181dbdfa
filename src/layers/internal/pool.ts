import { type Client, type Dispatcher, errors } from "undici"
import type { Opener } from "./connector.js"

/** What a pool tells of a request, besides what undici tells. */
export interface Lease {
  /** The request is through with its connection, whatever came of it. */
  readonly end: () => void
  /** Nobody waits for the answer any more. */
  readonly abandon: () => void
}

/** Who makes a request. */
export interface Tenant extends Dispatcher.DispatchHandlers {
  readonly onError: (error: Error) => void
  lease: Lease
  /** Whether it was sent. */
  readonly sent: boolean
}

/** The connections to one host. */
export interface Pool {
  /** Sends a request as soon as there is a connection for it. */
  readonly dispatch: (options: Dispatcher.DispatchOptions, tenant: Tenant) => void
  /** Closes every connection, and lets what is under way fail. */
  readonly close: () => Promise<unknown>
}

interface Connection {
  readonly client: Client
  readonly opener: Opener
}

/**
 * Makes a pool. undici's own does not take a request out of its queue, and opens a connection anew for one that was aborted,
 * only to find that it was.
 */
export const make = (options: {
  readonly connections: number
  readonly opener: () => Opener
  readonly client: (connect: Opener["connect"]) => Client
}): Pool => {
  const idle: Array<Connection> = []
  const busy = new Set<Connection>()
  const waiting = new Set<() => void>()
  const closing = new Set<Promise<unknown>>()
  let closed = false

  const open = (): Connection => {
    const opener = options.opener()
    return { client: options.client(opener.connect), opener }
  }

  const next = (): void => {
    for (const start of waiting) {
      if (busy.size >= options.connections) return
      waiting.delete(start)
      start()
    }
  }

  const destroy = ({ client, opener }: Connection): void => {
    const gone = client.destroy().finally(() => closing.delete(gone))
    closing.add(gone)
    opener.abandon()
  }

  return {
    dispatch: (request, tenant) => {
      let connection: Connection | undefined
      const start = (): void => {
        if (closed) {
          tenant.onError(new errors.ClientDestroyedError())
          return
        }
        // The one that was used last: the others may then grow old and be closed.
        connection = idle.pop() ?? open()
        busy.add(connection)
        connection.client.dispatch(request, tenant)
      }
      const leave = (): Connection | undefined => {
        const left = connection
        connection = undefined
        if (left !== undefined) busy.delete(left)
        // Not from within the parser that tells of the end.
        if (waiting.size > 0) queueMicrotask(next)
        return left
      }
      tenant.lease = {
        end: () => {
          const left = leave()
          if (left !== undefined && !closed) idle.push(left)
        },
        abandon: () => {
          waiting.delete(start)
          // An open connection on which nothing was sent yet is as good as before: there the tenant itself declines.
          if (connection !== undefined && (tenant.sent || connection.opener.opening())) {
            const left = leave()
            if (left !== undefined) destroy(left)
          }
        }
      }
      if (waiting.size === 0 && busy.size < options.connections) start()
      else waiting.add(start)
    },
    close: () => {
      closed = true
      for (const connection of [...idle, ...busy]) destroy(connection)
      for (const start of waiting) start()
      waiting.clear()
      return Promise.all(closing)
    }
  }
}
