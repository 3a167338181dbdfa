import * as Net from "node:net"
import * as Zlib from "node:zlib"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Stream from "effect/Stream"
import type * as ApiClient from "effect-tencentcloud/ApiClient"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import { DescribeZones } from "effect-tencentcloud/products/cvm"
import { ChatCompletions } from "effect-tencentcloud/products/hunyuan"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import { Transport } from "effect-tencentcloud/Transport"
import * as Client from "../../fixtures/Client.js"
import type { Random } from "../../fixtures/Random.js"
import * as Volumes from "../../fixtures/Volumes.js"
import * as Grammar from "../grammar.js"
import { asBytes, bytesOf, holds, repeat, type Target } from "../target.js"

/** Ends as a call may end: with a result, or with an error of its type that can be printed. */
const ends = (what: string, exit: Exit.Exit<unknown, unknown>, size: number): void => {
  if (Exit.isSuccess(exit)) return
  const { cause } = exit
  holds(cause._tag === "Fail", () => `${what} fails with a typed error, and not with ${Cause.pretty(cause)}`)
  holds(typeof (cause.error as { _tag?: unknown })._tag === "string", "an error has a tag")
  holds(String(cause.error).length < 20_000 + 3 * size, "an error prints short")
  JSON.stringify(cause.error)
}

const calls: Readonly<Record<string, Effect.Effect<unknown, unknown, ApiClient.ApiClient>>> & {
  readonly shape: Effect.Effect<unknown, unknown, ApiClient.ApiClient>
  readonly events: Effect.Effect<unknown, unknown, ApiClient.ApiClient>
} = {
  shape: DescribeZones(),
  schema: Volumes.DescribeVolumes({}),
  strict: Volumes.CreateVolume({ Size: 10 }, { strict: true } as never),
  events: Stream.runCount(ChatCompletions.stream({ Model: "m", Messages: [{ Role: "user", Content: "c" }] } as never))
}

const options = { region: "ap-guangzhou", retry: RetryPolicy.none, timeout: "5 seconds" } as const

let current: { readonly status: number; readonly headers: Record<string, string>; readonly body: string } = {
  status: 200,
  headers: {},
  body: ""
}

const transport = Layer.succeed(Transport, {
  isLocal: true,
  send: () => {
    const { body, headers, status } = current
    const isStream = headers["content-type"]?.startsWith("text/event-stream") ?? false
    const bytes = bytesOf(asBytes(body))
    return Effect.succeed(
      isStream
        ? { status, headers, body: "", stream: Stream.make(bytes.subarray(0, 5), bytes.subarray(5)) }
        : { status, headers, body }
    )
  }
})

const quiet = Logger.remove(Logger.defaultLogger)

const runtime = ManagedRuntime.make(Layer.merge(Client.layer(transport, options), quiet))

const parse = (input: string): typeof current => {
  const end = input.indexOf("\n\n")
  const [status = "", ...lines] = (end < 0 ? input : input.slice(0, end)).split("\n")
  const headers = lines.map((line) => {
    const colon = line.indexOf(": ")
    return [line.slice(0, Math.max(colon, 0)).toLowerCase(), line.slice(colon + 2)] as const
  })
  return {
    status: Number.parseInt(status, 10) || 200,
    headers: Object.fromEntries(headers),
    body: end < 0 ? "" : input.slice(end + 2)
  }
}

const names = [
  "Error",
  "Code",
  "Message",
  "RequestId",
  "TotalCount",
  "ZoneSet",
  "Zone",
  "Names",
  "VolumeId",
  "Choices",
  "Delta",
  "Content"
]

const envelope = (random: Random): string =>
  `{"Response":{"RequestId":"r","TotalCount":${Grammar.json(random, [], 0)},"ZoneSet":${Grammar.json(random, names, 3)},"Names":${Grammar.json(random, names, 2)}}}`

const body = (random: Random): string =>
  random.chance(0.6)
    ? envelope(random)
    : random.pick([
        '{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"m"},"RequestId":"r"}}',
        '{"Response":{"Error":{"Code":"RequestLimitExceeded","Message":"m"},"RequestId":"r"}}',
        '{"Response":{"Error":{"Code":"InvalidParameterValue.X","Message":"m"},"RequestId":"r"}}',
        "<html>502 Bad Gateway</html>",
        `data: ${Grammar.json(random, names, 3)}\n\ndata: [DONE]\n\n`
      ])

const type = (random: Random): string =>
  random.pick(["application/json", "application/json", "text/event-stream", "text/html"])

const check = async (input: string): Promise<void> => {
  current = parse(input)
  for (const [name, call] of Object.entries(calls)) ends(name, await runtime.runPromiseExit(call), input.length)
}

const growing: Target["growth"] = {
  "unknown members": (size) => `200\n\n{"Response":{${repeat('"a":1,', size)}"b":1}}`,
  "wrong elements": (size) =>
    `200\n\n{"Response":{"ZoneSet":[${repeat("1,", size)}1],"Names":[${repeat("1,", size)}1]}}`,
  "deep members": (size) => `200\n\n{"Response":{"ZoneSet":${repeat("[", size / 2)}${repeat("]", size / 2)}}}`,
  "a long code": (size) =>
    `200\n\n{"Response":{"Error":{"Code":"${repeat("A.", size)}","Message":"${repeat("m", size)}"}}}`,
  "a page": (size) => `502\ncontent-type: text/html\n\n<html>${repeat("<p>", size)}`,
  events: (size) => `200\ncontent-type: text/event-stream\n\n${repeat('data: {"Id":"1"}\n\n', size)}`
}

export const client: Target = {
  name: "answers",
  tokens: [
    "200\n",
    "302\n",
    "content-type: text/event-stream\n",
    "date: Thu, 01 Jan 2026 00:00:00 GMT\n",
    "x-tc-requestid: ",
    "\n\n",
    "data: ",
    '"Error":{',
    '"__proto__":'
  ],
  generate: (random) =>
    `${random.pick([200, 200, 200, 302, 404, 502])}\ncontent-type: ${type(random)}\ndate: Thu, 01 Jan 2026 00:00:00 GMT\n\n${body(random)}`,
  check,
  growth: growing,
  close: () => runtime.dispose()
}

/** What the server writes to each connection, before it closes it. */
let bytes: Uint8Array = new Uint8Array(0)

const server = Net.createServer((socket) => {
  socket.on("error", () => socket.destroy())
  socket.once("data", () => socket.end(bytes))
})
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
server.unref()
const { port } = server.address() as Net.AddressInfo

const overSocket = ManagedRuntime.make(
  Layer.merge(
    Client.layer(Layer.orDie(NodeTransport.layer({})), { ...options, endpoint: `http://127.0.0.1:${port}` }),
    quiet
  )
)

const encodings = [
  ["", (body: string) => body],
  ["content-encoding: gzip\r\n", (body: string) => Zlib.gzipSync(bytesOf(body)).toString("latin1")],
  ["content-encoding: deflate\r\n", (body: string) => Zlib.deflateSync(bytesOf(body)).toString("latin1")],
  ["content-encoding: gzip, deflate\r\n", (body: string) => body]
] as const

const chunked = (body: string, size: number): string =>
  `${(body.match(new RegExp(`[^]{1,${size}}`, "g")) ?? []).map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("")}0\r\n\r\n`

const message = (head: string, body: string): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${head}content-length: ${body.length}\r\n\r\n${body}`

const ofSocket = (random: Random): string => {
  const [head, encode] = random.pick(encodings)
  const encoded = encode(asBytes(body(random)))
  if (random.chance(0.5)) return message(head, encoded)
  return `HTTP/1.1 200 OK\r\ncontent-type: ${type(random)}\r\n${head}transfer-encoding: chunked\r\n\r\n${chunked(encoded, 1 + random.int(100))}`
}

const gzip = (body: string): string =>
  message("content-encoding: gzip\r\n", Zlib.gzipSync(bytesOf(body)).toString("latin1"))

export const socket: Target = {
  name: "bytes of a socket",
  tokens: [
    "HTTP/1.1 200 OK\r\n",
    "content-length: 5\r\n",
    "transfer-encoding: chunked\r\n",
    "content-encoding: gzip\r\n",
    "\r\n\r\n",
    "0\r\n\r\n",
    "ffffffff\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "\x1f\x8b\x08",
    "location: /\r\n",
    "connection: upgrade\r\nupgrade: h2c\r\n",
    "trailer: a\r\n"
  ],
  generate: ofSocket,
  check: async (input) => {
    bytes = bytesOf(input)
    ends("a call", await overSocket.runPromiseExit(calls.shape), input.length)
    const exit = await overSocket.runPromiseExit(calls.events)
    ends("a stream", exit, input.length)
  },
  growth: {
    "compressed spaces": (size) => gzip(`{"Response":{}${repeat(" ", size * 20)}}`),
    "compressed text": (size) => gzip(`{"Response":{"Name":"${repeat("abcdefgh", size * 10)}"}}`),
    "chunks of one byte": (size) =>
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n${chunked(`{"Response":{"a":"${repeat("x", size)}"}}`, 1)}`,
    "a body of one megabyte and more": (size) => message("", `{"Response":{"a":"${repeat("x", size * 20)}"}}`),
    "events in chunks": (size) =>
      `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n${chunked(repeat('data: {"a":1}\n\n', size), 7)}`
  },
  close: async () => {
    await overSocket.dispose()
    server.close()
  }
}
