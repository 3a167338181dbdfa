/** The attacks: what strangers send over raw sockets. All but one need no key: a SecretId travels in clear. */
import * as Net from "node:net"
import * as Parameters from "../../src/domain/wire/Parameters.js"
import { type V3, v1, v3 } from "../fixtures/Signed.js"
import type { AdapterName, Attack } from "./runner.js"

const everywhere: ReadonlyArray<AdapterName> = ["node", "platform", "web"]

const nowSeconds = (): number => Math.floor(Date.now() / 1000)

/** The head of a request with a known SecretId and a wrong signature, which only its body can prove wrong. */
const head = (parts: V3 & { readonly line?: string }, ...more: ReadonlyArray<string>): string => {
  const { headers } = v3({ timestamp: nowSeconds(), ...parts })
  const authorization = headers.authorization?.replace(/[0-9a-f]{64}$/, "0".repeat(64))
  const lines = Object.entries({ ...headers, authorization }).map(([name, value]) => `${name}: ${value}`)
  return [parts.line ?? "POST / HTTP/1.1", ...lines, ...more, "", ""].join("\r\n")
}

const connect = (port: number): Net.Socket => {
  const socket = Net.connect({ port, host: "127.0.0.1", allowHalfOpen: true })
  socket.on("error", () => socket.destroy())
  return socket
}

/** Waits until the socket takes more, or is closed. */
const flushed = (socket: Net.Socket, data: string | Uint8Array): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed || socket.write(data)) return setImmediate(resolve)
    const done = () => {
      socket.off("drain", done).off("close", done)
      resolve()
    }
    socket.on("drain", done).on("close", done)
  })

/** Sends all at once, and reads until the answer is there or the connection is closed. */
const exchange = (port: number, ...pieces: ReadonlyArray<string | Uint8Array>): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port)
    let text = ""
    const done = () => {
      resolve(text)
      socket.destroy()
    }
    socket.setTimeout(20_000, done)
    socket.setEncoding("utf8").on("data", (piece: string) => {
      text += piece
      if (/\}\}(\r\n0\r\n\r\n)?$/.test(text)) done()
    })
    socket.on("end", done).on("close", done)
    for (const piece of pieces) socket.write(piece)
  })

const unanswered = (text: string): string | undefined =>
  text.includes('"Error"') ? undefined : `no envelope, but ${JSON.stringify(text.slice(0, 80))}`

/** Sends the same request over and over, over some connections at a time. */
const repeat =
  (connections: number, make: (turn: number) => ReadonlyArray<string | Uint8Array>): Attack["run"] =>
  async (port, isOver) => {
    let turn = 0
    let fault: string | undefined
    const one = async (): Promise<void> => {
      while (!isOver() && fault === undefined) fault = unanswered(await exchange(port, ...make(turn++))) ?? fault
    }
    await Promise.all(Array.from({ length: connections }, one))
    return fault
  }

/** Sends requests that do not end, over many connections at once: the head, then pieces up to a size. */
const pour =
  (connections: number, first: () => string, piece: Uint8Array, atMost: number): Attack["run"] =>
  async (port, isOver) => {
    const one = async (): Promise<void> => {
      while (!isOver()) {
        const socket = connect(port)
        let isAnswered = false
        socket.on("data", () => {
          isAnswered = true
        })
        socket.write(first())
        for (let sent = 0; sent < atMost && !isOver() && !isAnswered && !socket.destroyed; sent += piece.byteLength) {
          await flushed(socket, piece)
        }
        while (!isOver() && !isAnswered && !socket.destroyed) await new Promise((resolve) => setTimeout(resolve, 20))
        socket.destroy()
      }
    }
    await Promise.all(Array.from({ length: connections }, one))
    return undefined
  }

const withBody = (body: string | Uint8Array, parts: V3 = {}): ReadonlyArray<string | Uint8Array> => [
  head(parts, `content-length: ${Buffer.byteLength(body)}`, "connection: close"),
  body
]

const oneByteChunks = Buffer.from("1\r\nx\r\n".repeat(10_000))
const block = Buffer.alloc(65_536, "x")
const large = 10_400_000

const formLine = (body: string) =>
  [
    "POST / HTTP/1.1",
    "host: ebs.tencentcloudapi.com",
    "content-type: application/x-www-form-urlencoded",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
    "",
    body
  ].join("\r\n")

/** A form of version 1 with a wrong signature. */
const wrongForm = (names: ReadonlyArray<readonly [string, string]>): string => {
  const { body } = v1({ method: "POST", parameters: { Timestamp: String(nowSeconds()) }, signature: "AAAA" })
  return `${body}&${Parameters.format(names)}`
}

const brokenEscapes = `a=${"%FF".repeat(340_000)}`
const brokenPieces = Array.from({ length: 90_000 }, (_, index) => `a${index}=%FF`).join("&")
const nested = `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`
const longText = `{"Name":"${"x".repeat(9_500_000)}"}`
const wrongItems = `{"Filters":[${"1,".repeat(999_999)}1]}`

/** Silent connections that ignore what the gateway says: each must be closed in the end. */
const stayOpen =
  (connections: number, sent: string): Attack["run"] =>
  async (port, isOver) => {
    const sockets = Array.from({ length: connections }, () => {
      const socket = connect(port)
      socket.resume()
      if (sent !== "") socket.write(sent)
      return socket
    })
    // The gateway waits for its timeouts, and then a second for the other side.
    for (let turn = 0; turn < 60 || !isOver(); turn++) await new Promise((resolve) => setTimeout(resolve, 50))
    const open = sockets.filter((socket) => !socket.destroyed && !socket.closed).length
    // A caller that ignores a FIN learns from a failed write that nobody is there.
    for (const _ of [1, 2]) {
      for (const socket of sockets) if (!socket.destroyed) socket.write("x")
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const held = sockets.filter((socket) => !socket.destroyed).length
    for (const socket of sockets) socket.destroy()
    return held > 0 ? `${held} of ${connections} connections are held (${open} before a write)` : undefined
  }

const impatient = { headersTimeout: "200 millis", requestTimeout: "400 millis", maxConnections: 100 } as const

const all: ReadonlyArray<Attack> = [
  { row: "K1", name: "96 silent connections", adapters: ["node"], node: impatient, run: stayOpen(96, "") },
  {
    row: "K1",
    name: "96 bodies that do not end",
    adapters: ["node"],
    node: impatient,
    run: stayOpen(96, head({}, "content-length: 100"))
  },
  {
    row: "K2",
    name: "bodies in chunks of one byte",
    adapters: everywhere,
    run: pour(3, () => head({}, "transfer-encoding: chunked"), oneByteChunks, 60_000_000)
  },
  {
    row: "K4",
    name: "a form of broken escapes",
    adapters: everywhere,
    run: repeat(2, () => [formLine(brokenEscapes)])
  },
  { row: "K4", name: "a form of broken values", adapters: everywhere, run: repeat(2, () => [formLine(brokenPieces)]) },
  {
    row: "K5",
    name: "scopes of invented products",
    adapters: everywhere,
    run: repeat(4, (turn) => withBody("{}", { service: `p${turn}${"x".repeat(50_000)}`, host: "127.0.0.1" }))
  },
  {
    row: "K6",
    name: "a body nested 3,000 deep",
    adapters: everywhere,
    journal: true,
    run: repeat(2, () => withBody(nested))
  },
  {
    row: "K7",
    name: "bodies of 9.5 MB",
    adapters: everywhere,
    journal: true,
    run: repeat(2, () => withBody(longText))
  },
  {
    row: "K9",
    name: "120 bodies of 10 MB",
    adapters: everywhere,
    run: pour(120, () => head({}, `content-length: ${large}`), block, large - 1000)
  },
  {
    row: "K9",
    name: "120 bodies of a GET",
    adapters: ["node"],
    run: pour(
      120,
      () => head({ line: "GET / HTTP/1.1" }, "transfer-encoding: chunked"),
      Buffer.from(`8000\r\n${"x".repeat(0x8000)}\r\n`),
      large
    )
  },
  {
    row: "K10",
    name: "minimal requests in one packet",
    adapters: ["node"],
    run: async (port, isOver) => {
      const packet = "GET / HTTP/1.1\r\n\r\n".repeat(3640)
      while (!isOver()) {
        const socket = connect(port)
        socket.resume()
        for (let turn = 0; turn < 20 && !isOver() && !socket.destroyed; turn++) await flushed(socket, packet)
        socket.destroy()
      }
      return undefined
    }
  },
  {
    row: "K12",
    name: "a million wrong items, signed",
    adapters: everywhere,
    run: repeat(1, () => {
      const { headers } = v3({ timestamp: nowSeconds(), body: wrongItems })
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
      const length = `content-length: ${wrongItems.length}\r\nconnection: close\r\n\r\n`
      return [`POST / HTTP/1.1\r\n${lines.join("")}${length}`, wrongItems]
    })
  },
  {
    row: "K13",
    name: "many credentials in one header",
    adapters: everywhere,
    run: repeat(2, () => [
      head(
        { host: "127.0.0.1", headers: { authorization: "Credential=".repeat(5000) } },
        "content-length: 2",
        "connection: close"
      ),
      "{}"
    ])
  },
  {
    row: "K14",
    name: "many names that are not ASCII",
    adapters: everywhere,
    run: repeat(2, () => [
      formLine(wrongForm(Array.from({ length: 20_000 }, (_, index) => [`\u540d${(index * 7919) % 20_000}`, "1"])))
    ])
  }
]

/** All attacks. A process that runs one finds it by its index. */
export const attacks = all.map((each, index) => ({ ...each, index }))
