/** Opens the connections of a pool: straight to a host, or through a proxy. */
import * as Http from "node:http"
import * as Net from "node:net"
import type { SecureContext } from "node:tls"
import * as Redacted from "effect/Redacted"
import type { buildConnector as Connector } from "undici"
import { explain, isPermanent } from "../networkError.js"
import { ConnectTimeout, Dial } from "./dial.js"
import type { Proxy } from "./proxy.js"

type Connect = Connector.connector

/** Where to connect to. */
export type Target = Parameters<Connect>[0]

/** How to reach a host: straight, through a tunnel that a proxy opens, or by a proxy that reads the whole address from the request. */
export type Path = "direct" | { readonly proxy: Proxy; readonly tunnel: boolean }

/** Opens the connections of one undici client, one after the other. */
export interface Opener {
  readonly connect: Connect
  /** Whether a connection is opening. */
  readonly isOpening: () => boolean
  /** Stops opening it. A client that is destroyed does not. */
  readonly abandon: () => void
}

/** A failure to open a connection. It has a class of its own, because undici retries some of its own errors for ever. */
class ConnectError extends Error {
  readonly code = "ERR_CONNECT"

  constructor(
    message: string,
    readonly permanent = false
  ) {
    super(message)
  }
}

/** The statuses that a proxy repeats every time: the host is forbidden, or the login is wrong. */
const permanentStatuses = new Set([403, 407])

const withoutBrackets = (host: string): string => host.replace(/^\[|\]$/g, "")

/** Whatever is opening, and can be stopped. */
type Openings = Set<{ readonly destroy: (error: Error) => unknown }>

/** Speaks TLS over a connection, and knows the socket while it does. */
const startTls =
  (open: Connect, timeout: number, openings: Openings): Connect =>
  (target, callback) => {
    let timer: NodeJS.Timeout | undefined
    // The connector returns the socket, which its types do not say.
    const socket: unknown = open(target, (...result) => {
      clearTimeout(timer)
      if (socket instanceof Net.Socket) openings.delete(socket)
      callback(...result)
    })
    if (!(socket instanceof Net.Socket)) return
    openings.add(socket)
    if (timeout > 0) timer = setTimeout(() => socket.destroy(new ConnectTimeout()), timeout)
  }

/** Connects straight to a host, or goes on with the connection that a proxy has made. */
const connectDirectly = (open: Connect, timeout: number, openings: Openings): Connect => {
  const tls = startTls(open, timeout, openings)
  return (target, callback) => {
    if (target.httpSocket !== undefined) return tls(target, callback)
    const isSecure = target.protocol === "https:"
    const port = Number(target.port) || (isSecure ? 443 : 80)
    const dial = new Dial({ hostname: target.hostname, port }, timeout, (...result) => {
      openings.delete(dial)
      if (result[0] === null && isSecure) tls({ ...target, httpSocket: result[1] }, callback)
      else callback(...result)
    })
    openings.add(dial)
  }
}

/** Connects to a proxy, whatever the host. */
const connectToProxy =
  (direct: Connect, { url }: Proxy): Connect =>
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

/** Asks a proxy for a tunnel to a host, and connects through it. */
const connectThroughTunnel =
  (direct: Connect, proxy: Proxy, timeout: number, openings: Openings): Connect =>
  (target, callback) =>
    connectToProxy(direct, proxy)(target, (...result) => {
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
      const timeoutError = new ConnectError(`it did not answer within ${timeout} ms`)
      const timer = timeout === 0 ? undefined : setTimeout(() => request.destroy(timeoutError), timeout)
      const stopWaiting = (): void => {
        clearTimeout(timer)
        openings.delete(request)
      }
      openings.add(request)
      request.on("error", (error) => {
        stopWaiting()
        callback(new ConnectError(`the proxy ${url.host} opened no tunnel: ${explain(error)}`), null)
      })
      request.on("connect", ({ statusCode = 0 }, tunnel, head) => {
        stopWaiting()
        if (statusCode < 200 || statusCode > 299) {
          tunnel.destroy()
          const hint = statusCode === 407 ? ": give a user and a password in its URL, or the right ones" : ""
          const reason = `the proxy ${url.host} refused a tunnel with HTTP ${statusCode}${hint}`
          callback(new ConnectError(reason, permanentStatuses.has(statusCode)), null)
          return
        }
        if (head.byteLength > 0) socket.unshift(head)
        direct({ ...target, httpSocket: socket }, callback)
      })
      request.end()
    })

/** Makes openers that share their TLS sessions. */
export const make = (options: {
  readonly buildConnector: typeof Connector
  /** In milliseconds, 0 for no limit. */
  readonly timeout: number
  readonly secureContext: SecureContext | undefined
}): ((path: Path) => Opener) => {
  const { buildConnector, secureContext, timeout } = options
  // A timer of undici is accurate to a second, so the connection keeps its own.
  const open = buildConnector({ timeout: 0, ...(secureContext === undefined ? {} : { secureContext }) })

  return (path) => {
    const openings: Openings = new Set()
    const direct = connectDirectly(open, timeout, openings)
    const connect =
      path === "direct"
        ? direct
        : path.tunnel
          ? connectThroughTunnel(direct, path.proxy, timeout, openings)
          : connectToProxy(direct, path.proxy)
    return {
      connect,
      isOpening: () => openings.size > 0,
      abandon: () => {
        for (const opening of openings) opening.destroy(new ConnectError("the connection is not wanted any more"))
      }
    }
  }
}
