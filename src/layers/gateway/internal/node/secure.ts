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

/** Serves TLS at the port of a server, beside HTTP. A caller that does not finish its handshake in time is cut off. */
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
  const secure = Tls.createServer({
    ...standard,
    handshakeTimeout: timeoutMillis,
    ALPNProtocols: ["http/1.1"],
    SNICallback: (host, done) => {
      try {
        done(null, contexts.forHost(host))
      } catch (error) {
        done(error instanceof Error ? error : new Error("no certificate"))
      }
    }
  })
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
    secure.emit("connection", socket)
  }

  const silent = new Set<Duplex>()
  const onConnection = (socket: Duplex): void => {
    silent.add(socket)
    const onTimeout = (): void => {
      socket.destroy()
    }
    const timer = setTimeout(onTimeout, timeoutMillis).unref()
    const forget = (): void => {
      clearTimeout(timer)
      silent.delete(socket)
      socket.off("close", forget).off("end", onTimeout)
    }
    // Who takes the socket over has listeners of its own. Until then, an error only closes it.
    socket.on("error", onTimeout)
    socket.once("close", forget).once("end", onTimeout)
    socket.once("data", (first: Uint8Array) => {
      forget()
      socket.pause()
      socket.unshift(first)
      if (first[0] === handshakeByte) {
        startHandshake(socket)
        return
      }
      socket.off("error", onTimeout)
      serve(socket)
      process.nextTick(() => socket.resume())
    })
  }
  server.removeAllListeners("connection").on("connection", onConnection)

  const closeAll = (sockets: Iterable<Duplex>): void => {
    for (const socket of sockets) socket.destroy()
  }
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
