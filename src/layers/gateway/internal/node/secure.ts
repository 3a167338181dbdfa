/** Lets one port speak both HTTP and HTTPS: tells TLS by the first byte of a connection, or of a tunnel. */
import type * as Http from "node:http"
import type { Duplex } from "node:stream"
import * as Tls from "node:tls"
import * as Effect from "effect/Effect"
import type { TlsError } from "../../../../services/gateway/GatewayServer.js"
import * as Contexts from "../tls/contexts.js"
import type * as Options from "../tls/options.js"

/** The first byte of a handshake of TLS. No request of HTTP begins with it. */
const handshakeByte = 0x16

/** The connections that have not shown yet what they speak. */
export interface Door {
  /** Closes the connections that are silent, so that a shutdown need not wait for them. */
  readonly closeSilent: () => void
  /** Closes all connections that speak TLS, or are about to. */
  readonly closeAll: () => void
}

const closeAll = (sockets: Iterable<Duplex>): void => {
  for (const socket of sockets) socket.destroy()
}

/** A server of TLS that does not listen: connections are handed to it. It cuts off a caller that is slow with its handshake. */
const createSecureServer = (contexts: Contexts.Contexts, handshakeTimeout: number): Tls.Server =>
  Tls.createServer({
    ...contexts.standard(),
    handshakeTimeout,
    ALPNProtocols: ["http/1.1"],
    SNICallback: (host, done) => {
      try {
        done(null, contexts.forHost(host))
      } catch (error) {
        done(error instanceof Error ? error : new Error("no certificate"))
      }
    }
  })

/** Hands a connection on when its first byte has come. Destroys it if none comes in time. */
const awaitFirstByte = (
  socket: Duplex,
  silent: Set<Duplex>,
  timeoutMillis: number,
  next: (isTls: boolean) => void
): void => {
  const destroy = (): void => {
    socket.destroy()
  }
  const timer = setTimeout(destroy, timeoutMillis).unref()
  const forget = (): void => {
    clearTimeout(timer)
    silent.delete(socket)
    // Who takes the socket over has listeners of its own.
    socket.off("close", forget).off("end", destroy).off("error", destroy)
  }
  silent.add(socket)
  socket.once("error", destroy).once("close", forget).once("end", destroy)
  socket.once("data", (first: Uint8Array) => {
    forget()
    socket.pause()
    socket.unshift(first)
    next(first[0] === handshakeByte)
  })
}

/** Serves TLS at the port of a server, beside HTTP. */
const addTls = (
  server: Http.Server,
  contexts: Contexts.Contexts,
  timeoutMillis: number,
  onFault: (error: NodeJS.ErrnoException) => void
): Door => {
  // Node's server has one listener of its own, which speaks HTTP.
  const speakHttp = server.listeners("connection")
  const serve = (socket: Duplex): void => {
    for (const listener of speakHttp) listener.call(server, socket)
  }

  let standard = contexts.standard()
  const secure = createSecureServer(contexts, timeoutMillis)
  secure.on("secureConnection", (socket) => {
    if (server.listening) serve(socket)
    else socket.destroy()
  })
  secure.on("tlsClientError", (error, socket) => {
    socket.destroy()
    onFault(error)
  })

  const handshaken = new Set<Duplex>()
  const startHandshake = (socket: Duplex): void => {
    const current = contexts.standard()
    if (current !== standard) secure.setSecureContext(current)
    standard = current
    handshaken.add(socket)
    socket.once("close", () => handshaken.delete(socket))
    // The layer above tells of its errors.
    socket.on("error", () => {})
    secure.emit("connection", socket)
  }

  const silent = new Set<Duplex>()
  server.removeAllListeners("connection").on("connection", (socket: Duplex) =>
    awaitFirstByte(socket, silent, timeoutMillis, (isTls) => {
      if (isTls) {
        startHandshake(socket)
        return
      }
      serve(socket)
      process.nextTick(() => socket.resume())
    })
  )
  return {
    closeSilent: () => closeAll(silent),
    closeAll: () => {
      closeAll(silent)
      closeAll(handshaken)
    }
  }
}

/** What the port of a server speaks beside HTTP. */
export interface Secure {
  /** The file that clients have to trust, if the authority is the gateway's own. */
  readonly certificateAuthority: string | undefined
  readonly addTo: (server: Http.Server, timeoutMillis: number, onFault: (error: NodeJS.ErrnoException) => void) => Door
}

/** Reads the certificates of a gateway, or makes them. */
export const make = (options: Options.Tls, host: string): Effect.Effect<Secure, TlsError> =>
  Effect.map(Contexts.make(options, host), (contexts) => ({
    certificateAuthority: contexts.certificateAuthority,
    addTo: (server, timeoutMillis, onFault) => addTls(server, contexts, timeoutMillis, onFault)
  }))
