/** Opens a TCP connection to the first address of a host that answers. */
import Dns from "node:dns"
import * as Net from "node:net"
import { codeOf } from "../networkError.js"

/** A connection that nobody answered in time. undici has the same code for one of its own. */
export class ConnectTimeout extends Error {
  readonly code = "UND_ERR_CONNECT_TIMEOUT"
}

/** How long an address has before the next one is tried as well, in milliseconds. RFC 8305 recommends it. */
const headStart = 250

/** What undici gives its sockets. */
const socketOptions = { highWaterMark: 64 * 1024, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }

/** As Node does: no addresses of a family that this machine has none of. */
const hints = process.platform === "win32" ? 0 : Dns.ADDRCONFIG

/** The end of a dial. */
export type Result = [error: null, socket: Net.Socket] | [error: Error, socket: null]

/** Where to. */
export interface Address {
  readonly hostname: string
  readonly port: number
}

/** Addresses of both families in turn, the family of the first one first: a whole family may be unreachable. */
const alternate = (addresses: ReadonlyArray<string>): Array<string> => {
  const family = Net.isIP(addresses[0] ?? "")
  const preferred = addresses.filter((address) => Net.isIP(address) === family)
  const others = addresses.filter((address) => Net.isIP(address) !== family)
  return preferred
    .flatMap((address, index) => [address, ...others.slice(index, index + 1)])
    .concat(others.slice(preferred.length))
}

/** One error of several attempts. It has the code of the first, as Node's own does. */
const together = (errors: ReadonlyArray<Error>): Error =>
  errors.length === 1 && errors[0] !== undefined
    ? errors[0]
    : Object.assign(new AggregateError(errors), { code: codeOf(errors[0]) ?? "ECONNREFUSED" })

/**
 * Tries the addresses of a host, each with a head start over the next one, and keeps the first connection that opens. Node gives an
 * address up when it turns to the next one, so a slow address and a dead one together are no connection.
 */
export class Dial {
  private readonly attempts = new Set<Net.Socket>()
  private readonly errors: Array<Error> = []
  private readonly timer: NodeJS.Timeout | undefined
  private addresses: Array<string> = []
  private turn: NodeJS.Timeout | undefined = undefined

  /** `timeout` is in milliseconds, 0 for no limit. */
  constructor(
    private readonly target: Address,
    timeout: number,
    private callback: ((...result: Result) => void) | undefined
  ) {
    if (timeout > 0) this.timer = setTimeout(() => this.destroy(new ConnectTimeout()), timeout)
    if (Net.isIP(target.hostname) !== 0) this.connectTo([target.hostname])
    else {
      Dns.lookup(target.hostname, { all: true, hints }, (error, found) => {
        if (error !== null) this.destroy(error)
        else this.connectTo(alternate(found.map(({ address }) => address)))
      })
    }
  }

  /** Gives up. */
  destroy(error: Error): void {
    this.end(error, null)
  }

  private connectTo(addresses: Array<string>): void {
    this.addresses = addresses
    this.connectToNext()
  }

  private connectToNext(): void {
    clearTimeout(this.turn)
    if (this.callback === undefined) return
    const host = this.addresses.shift()
    if (host === undefined) {
      if (this.attempts.size === 0) this.destroy(together(this.errors))
      return
    }
    const socket = Net.connect({ ...socketOptions, host, port: this.target.port })
    this.attempts.add(socket)
    socket.once("connect", () => this.end(null, socket))
    socket.on("error", (error) => {
      if (!this.attempts.delete(socket)) return
      this.errors.push(error)
      this.connectToNext()
    })
    if (this.addresses.length > 0) this.turn = setTimeout(() => this.connectToNext(), headStart)
  }

  private end(...result: Result): void {
    const { attempts, callback } = this
    if (callback === undefined) return
    this.callback = undefined
    clearTimeout(this.timer)
    clearTimeout(this.turn)
    const [, winner] = result
    for (const socket of attempts) if (socket !== winner) socket.destroy()
    attempts.clear()
    callback(...result)
  }
}
