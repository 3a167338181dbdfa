/**
 * A plain server for every client: it answers every request with the same 1 KB. On another port it does so only if the signature
 * is correct. Sends its ports.
 */
import { createServer, type IncomingMessage, type RequestListener } from "node:http"
import type { AddressInfo } from "node:net"
import { isSigned } from "../byHand.js"
import { answer, key } from "../instances.js"

export interface Ports {
  readonly plain: number
  readonly verifying: number
}

const reader =
  (answerTo: (message: IncomingMessage, body: Buffer) => string): RequestListener =>
  (message, response) => {
    const chunks: Array<Buffer> = []
    message.on("data", (chunk: Buffer) => chunks.push(chunk))
    message.on("end", () => {
      const text = answerTo(message, Buffer.concat(chunks))
      response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
      response.end(text)
    })
  }

const refusal = JSON.stringify({
  Response: { Error: { Code: "AuthFailure.SignatureFailure", Message: "It is wrong." }, RequestId: "-" }
})

const listening = (listener: RequestListener): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer({ keepAliveTimeout: 60_000 }, listener).listen(0, "127.0.0.1", () =>
      resolve((server.address() as AddressInfo).port)
    )
  })

const ports: Ports = {
  plain: await listening(reader(() => answer)),
  verifying: await listening(reader(({ headers }, body) => (isSigned(key, headers, body) ? answer : refusal)))
}

process.send?.(ports)
