/** Requests whose head is far beyond the limit: each caller gets to read its answer, and none can hold the connection by it. */
import * as Net from "node:net"
import * as Tls from "node:tls"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Address } from "effect-tencentcloud/NodeGateway"
import * as NodeGateway from "effect-tencentcloud/NodeGateway"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import * as TlsGateway from "../../fixtures/TlsGateway.js"

const kilobyte = 1024

const head = (bytes: number): string =>
  `GET /?Action=DescribeVolumes&Name=${"a".repeat(bytes)} HTTP/1.1\r\nHost: ebs.tencentcloudapi.com\r\n\r\n`

/** What came over a connection until its end, and the error that ended it. */
interface Ended {
  readonly text: string
  readonly error: string | undefined
}

/** Writes a whole request piece by piece, and only then reads. It is how a client that blocks does it. */
const send = (connect: () => Net.Socket, sent: string) =>
  Effect.async<Ended>((resume) => {
    let [text, error]: [string, string | undefined] = ["", undefined]
    const socket = connect()
    socket.on("error", ({ message }) => {
      error = message
    })
    socket.on("close", () => resume(Effect.succeed({ text, error })))
    socket.setEncoding("utf8").on("data", (piece: string) => {
      text += piece
    })
    socket.pause()
    const writeFrom = (start: number): void => {
      if (start >= sent.length) {
        socket.resume()
        return
      }
      const end = start + 64 * kilobyte
      socket.write(sent.slice(start, end), () => setImmediate(writeFrom, end))
    }
    writeFrom(0)
    return Effect.sync(() => socket.destroy())
  })

const codeOf = ({ error, text }: Ended): string => /"Code":"([^"]*)"/.exec(text)?.[1] ?? `none: ${error} ${text}`

const plain = ({ host, port }: Address) => Net.connect({ host, port })

describe("a query beyond the limit", () => {
  it.scopedLive("P17: of 500 KB to 2 MB is answered with an envelope each time", () =>
    Effect.gen(function* () {
      const address = yield* Effect.provide(NodeGateway.serve({ shutdownGrace: 0 }), ServedGateway.layer())
      const sizes = Array.from({ length: 200 }, (_, index) => (500 + (index % 25) * 64) * kilobyte)
      const answers = yield* Effect.forEach(sizes, (size) => send(() => plain(address), head(size)), { concurrency: 8 })
      assert.deepStrictEqual([...new Set(answers.map(codeOf))], ["RequestSizeLimitExceeded"])
    })
  )

  it.scopedLive("P17: is answered over HTTPS too", () =>
    Effect.gen(function* () {
      const { host, port } = yield* TlsGateway.serveVolumes()
      const connect = () => Tls.connect({ host, port, rejectUnauthorized: false })
      const answers = yield* Effect.forEach([500, 1000, 2000], (size) => send(connect, head(size * kilobyte)))
      assert.deepStrictEqual([...new Set(answers.map(codeOf))], ["RequestSizeLimitExceeded"])
    })
  )

  it.scopedLive("P17: a head that does not end is cut off, however much of it is sent", () =>
    Effect.gen(function* () {
      const address = yield* Effect.provide(NodeGateway.serve({ shutdownGrace: 0 }), ServedGateway.layer())
      const piece = "a".repeat(kilobyte * kilobyte)
      const socket = plain(address)
      const sent = yield* Effect.async<number>((resume) => {
        let count = 0
        const write = (): void => {
          while (!socket.destroyed && socket.write(piece)) count += 1
          count += 1
        }
        socket.on("drain", write)
        socket.on("error", () => {})
        socket.on("close", () => resume(Effect.sync(() => count)))
        socket.resume()
        socket.write(`GET /?a=`)
        write()
      })
      assert.isBelow(sent, 100)
    })
  )
})
