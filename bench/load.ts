/**
 * Load for a gateway: requests that are signed and formatted before the clock runs. They go over open connections, one at a time
 * on each. The load itself does almost nothing, so that it measures the server.
 */
import { connect, type Socket } from "node:net"
import * as Effect from "effect/Effect"
import { costBetween, type Pace, type Turn, Wrong, warmUp } from "./harness.js"
import { type Running, usageOf } from "./processes.js"
import { type Signed, sign } from "./served.js"

const connections = 32

/** Requests, and the expected answer to each. */
export interface Kind {
  readonly write: (index: number) => Buffer
  readonly marks: Buffer
}

const http = ({ body, headers }: Signed): Buffer => {
  const lines = Object.entries({ ...headers, "content-length": Buffer.byteLength(body) })
  return Buffer.from(`POST / HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`)
}

export const accepted: Kind = {
  write: (index) => http(sign(index)),
  marks: Buffer.from('"TotalCount":0')
}

/** Changes the last digit of each signature. */
export const rejected: Kind = {
  write: (index) => {
    const { body, headers } = sign(index)
    const authorization = headers.authorization?.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")) ?? ""
    return http({ body, headers: { ...headers, authorization } })
  },
  marks: Buffer.from('"AuthFailure.SignatureFailure"')
}

/** Each request is different. */
let made = 0

const lengthOf = (head: Buffer): number => {
  const at = head.indexOf("\r\n\r\n")
  if (at < 0) return Number.POSITIVE_INFINITY
  const [, length] = /content-length: *(\d+)/i.exec(head.subarray(0, at).toString("latin1")) ?? []
  return at + 4 + Number(length)
}

/** Sends the next request as soon as the answer to the last one is complete. */
const drive = (socket: Socket, next: () => Buffer | undefined, marks: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    let received: Buffer | undefined
    const end = (settle: () => void): void => {
      socket.removeAllListeners("data").removeAllListeners("close")
      settle()
    }
    const send = (): void => {
      const request = next()
      if (request === undefined) end(resolve)
      else socket.write(request)
    }
    socket.on("close", () => end(() => reject(new Error("the server hung up"))))
    socket.on("data", (chunk: Buffer) => {
      received = received === undefined ? chunk : Buffer.concat([received, chunk])
      if (received.byteLength < lengthOf(received)) return
      const answer = received
      received = undefined
      if (answer.includes(marks)) send()
      else end(() => reject(new Error(`an answer is wrong: ${answer.toString().slice(-200)}`)))
    })
    send()
  })

const open = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket.setNoDelay(true)))
    socket.once("error", reject)
  })

/** Sends a number of requests, and returns the elapsed nanoseconds. No connection outlives a turn. */
export const send = async (port: number, kind: Kind, times: number): Promise<number> => {
  const requests = Array.from({ length: times }, () => kind.write(made++))
  const sockets = await Promise.all(Array.from({ length: connections }, () => open(port)))
  try {
    const begin = process.hrtime.bigint()
    await Promise.all(sockets.map((socket) => drive(socket, () => requests.pop(), kind.marks)))
    return Number(process.hrtime.bigint() - begin)
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

/** The requests that a server answers correctly in a second. */
export const requestsPerSecond = (server: Running<number>, kind: Kind, pace: Pace): Effect.Effect<Turn, Wrong> => {
  const port = server.said
  let times: number | undefined
  const turn: Turn = async () => {
    times ??= await warmUp((times) => send(port, kind, times), pace)
    const before = await usageOf(server)
    const took = await send(port, kind, times)
    return { value: (times * 1e9) / took, cost: costBetween(before, await usageOf(server), times) }
  }
  return Effect.as(
    Effect.tryPromise({
      try: () => send(port, kind, connections),
      catch: (cause) => new Wrong({ contender: `port ${port}`, reason: String(cause) })
    }),
    turn
  )
}
