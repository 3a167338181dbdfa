import * as Http from "node:http"
import * as Net from "node:net"
import type { SecureContext } from "node:tls"
import * as Redacted from "effect/Redacted"
import type { buildConnector as Connector } from "undici"
import { explain, isPermanent } from "./networkError.js"
import type { Proxy } from "./proxy.js"
import { buildConnector } from "./undici.js"

type Connect = Connector.connector

/** How a host is reached: straight, or by a proxy that is asked for a tunnel or told the whole address. */
export type Way = "direct" | { readonly proxy: Proxy; readonly tunnel: boolean }

/** Opens the connections of one client, one after the other. */
export interface Opener {
  readonly connect: Connect
  /** Whether one is being opened right now. */
  readonly opening: () => boolean
  /** Gives that one up. A client that is destroyed would leave it be. */
  readonly abandon: () => void
}

/** A failure on the way to an open connection, in words of our own: after some of its own undici tries again, for ever. */
class ConnectError extends Error {
  readonly code = "ERR_CONNECT"

  constructor(
    message: string,
    readonly permanent = false
  ) {
    super(message)
  }
}

/** What a proxy says every time: that the host is forbidden, or that it wants another login. */
const refusals = new Set([403, 407])

const withoutBrackets = (host: string): string => host.replace(/^\[|\]$/g, "")

/** Makes openers that share the TLS sessions. */
export const make = (options: {
  /** Milliseconds, 0 for no limit. */
  readonly timeout: number
  readonly secureContext: SecureContext | undefined
}): ((way: Way) => Opener) => {
  const { secureContext, timeout } = options
  const open = buildConnector({ timeout, ...(secureContext === undefined ? {} : { secureContext }) })

  return (way) => {
    const underWay = new Set<{ readonly destroy: (error: Error) => unknown }>()

    const direct: Connect = (target, callback) => {
      // The types do not tell that it gives the socket.
      const socket: unknown = open(target, (...result) => {
        if (socket instanceof Net.Socket) underWay.delete(socket)
        callback(...result)
      })
      if (socket instanceof Net.Socket) underWay.add(socket)
    }

    const toProxy =
      ({ url }: Proxy): Connect =>
      (_, callback) =>
        direct(
          { protocol: url.protocol, hostname: withoutBrackets(url.hostname), host: url.host, port: url.port },
          (...result) =>
            result[0] === null
              ? callback(...result)
              : callback(
                  new ConnectError(
                    `the proxy ${url.host} cannot be reached: ${explain(result[0])}`,
                    isPermanent(result[0])
                  ),
                  null
                )
        )

    const tunnel =
      (proxy: Proxy): Connect =>
      (target, callback) =>
        toProxy(proxy)(target, (...result) => {
          if (result[0] !== null) return callback(...result)
          const [, socket] = result
          const { authorization, url } = proxy
          const authority = target.port ? target.host : `${target.host}:443`
          const login = authorization === undefined ? {} : { "proxy-authorization": Redacted.value(authorization) }
          const request = Http.request({
            method: "CONNECT",
            path: authority,
            headers: { host: authority, ...login },
            createConnection: () => socket
          })
          const late = new ConnectError(`it did not answer within ${timeout} ms`)
          const timer = timeout === 0 ? undefined : setTimeout(() => request.destroy(late), timeout)
          const settled = (): void => {
            clearTimeout(timer)
            underWay.delete(request)
          }
          underWay.add(request)
          request.on("error", (error) => {
            settled()
            callback(new ConnectError(`the proxy ${url.host} opened no tunnel: ${explain(error)}`), null)
          })
          request.on("connect", ({ statusCode = 0 }, tunnelled, head) => {
            settled()
            if (statusCode < 200 || statusCode > 299) {
              tunnelled.destroy()
              const hint = statusCode === 407 ? ": give a user and a password in its URL, or the right ones" : ""
              const reason = `the proxy ${url.host} refused a tunnel with HTTP ${statusCode}${hint}`
              callback(new ConnectError(reason, refusals.has(statusCode)), null)
              return
            }
            if (head.byteLength > 0) socket.unshift(head)
            direct({ ...target, httpSocket: socket }, callback)
          })
          request.end()
        })

    return {
      connect: way === "direct" ? direct : way.tunnel ? tunnel(way.proxy) : toProxy(way.proxy),
      opening: () => underWay.size > 0,
      abandon: () => {
        for (const each of underWay) each.destroy(new ConnectError("the connection is not wanted any more"))
      }
    }
  }
}
