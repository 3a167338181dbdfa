/** A gateway with several keys and two products, in process and on a socket, which counts the requests that reach a handler. */
import * as Net from "node:net"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Action from "effect-tencentcloud/Action"
import * as Authorizer from "effect-tencentcloud/Authorizer"
import * as CredentialValidator from "effect-tencentcloud/CredentialValidator"
import * as Gateway from "effect-tencentcloud/Gateway"
import * as KeyStore from "effect-tencentcloud/KeyStore"
import * as Product from "effect-tencentcloud/Product"
import * as RateLimiter from "effect-tencentcloud/RateLimiter"
import * as TimestampValidator from "effect-tencentcloud/TimestampValidator"
import type * as Wire from "effect-tencentcloud/Wire"
import * as Volumes from "../../fixtures/Volumes.js"
import { keys, now, version } from "./kinds.js"
import type { Sent } from "./reference.js"

/** The requests that reached a handler. */
let handled = 0

export const countHandled = (): number => handled

const count = <A>(result: A) =>
  Effect.sync(() => {
    handled += 1
    return result
  })

const volumes = Volumes.layer({
  DescribeVolumes: () => count({ TotalCount: 0, Names: [] }),
  CreateVolume: () => count({ VolumeId: "vol-1" }),
  ImportVolume: ({ Content, Name }) => count({ Bytes: Content.byteLength, Name }),
  EncryptVolume: () => count({})
})

const disk = <Name extends string>(name: Name) =>
  Action.make(name, {
    product: "disk",
    version,
    request: Schema.Struct({ Limit: Schema.optional(Schema.Int), Filters: Schema.optional(Schema.Unknown) }),
    response: Schema.Struct({}),
    errors: []
  })

/** Another product with the same actions, for requests that are signed for the first. */
const disks = Gateway.handlers(Product.make([disk("DescribeVolumes"), disk("CreateVolume"), disk("ImportVolume")]), {
  DescribeVolumes: () => count({}),
  CreateVolume: () => count({}),
  ImportVolume: () => count({})
})

export const layer = Gateway.layer().pipe(
  Layer.provide(CredentialValidator.layer),
  Layer.provide([
    volumes,
    disks,
    KeyStore.layerMemory(
      Object.values(keys).map((key) => ({
        secretId: key.secretId,
        secretKey: key.secretKey,
        ...("token" in key ? { session: { token: key.token, expiresAt: 4_102_444_800 } } : {})
      }))
    ),
    Authorizer.layerAllowAll,
    TimestampValidator.layerFixed(now),
    RateLimiter.layerUnlimited
  ])
)

/** Headers of which Node keeps the first. It joins the values of all others. */
const single = new Set(["authorization", "content-length", "content-type", "host", "user-agent"])

/** The request as an adapter hands it to the gateway. */
export const toWire = ({ body, headers, method, path, query }: Sent): Wire.WireRequest => {
  const read = new Map<string, string>()
  for (const [given, value] of headers) {
    const name = given.toLowerCase()
    const trimmed = value.replace(/^[ \t]+|[ \t]+$/g, "")
    const known = read.get(name)
    if (known === undefined) read.set(name, trimmed)
    else if (!single.has(name)) read.set(name, `${known}, ${trimmed}`)
  }
  return { method, path, query, headers: Object.fromEntries(read), body }
}

/** Whether a request can be written to a socket without becoming another one. */
export const canBeWritten = ({ headers, method, path, query }: Sent): boolean =>
  /^[!-~]+$/.test(method + path + query) && headers.every(([, value]) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value))

/** Sends requests one after the other, over one connection while the server keeps it open. */
export class Connection {
  private socket: Net.Socket | undefined

  constructor(private readonly port: number) {}

  close(): void {
    this.socket?.destroy()
    this.socket = undefined
  }

  /** Returns the answer as it came, or what came before the server closed the connection. */
  send({ body, headers, method, path, query }: Sent, origin = ""): Promise<string> {
    const target = `${origin}${path}${query === "" ? "" : `?${query}`}`
    const lines = [...headers, ["Content-Length", String(body.length)] as const].map((header) => header.join(": "))
    const head = [`${method} ${target} HTTP/1.1`, ...lines, "", ""].join("\r\n")
    const socket = this.socket ?? Net.connect({ host: "127.0.0.1", port: this.port, noDelay: true })
    if (this.socket === undefined) socket.on("error", () => socket.destroy())
    this.socket = socket
    return new Promise((resolve) => {
      let text = ""
      const done = () => {
        socket.off("data", onData).off("close", onClose)
        if (/^connection: close\r$/im.test(text)) this.close()
        resolve(text)
      }
      const onData = (piece: Buffer) => {
        text += piece.toString("latin1")
        const end = text.indexOf("\r\n\r\n")
        const length = Number(/^content-length: *(\d+)\r$/im.exec(text)?.[1] ?? Number.POSITIVE_INFINITY)
        if (end >= 0 && text.length >= end + 4 + length) done()
      }
      const onClose = () => {
        this.socket = undefined
        done()
      }
      socket
        .on("error", () => socket.destroy())
        .on("data", onData)
        .on("close", onClose)
      socket.write(Buffer.concat([Buffer.from(head, "latin1"), body]))
    })
  }
}
