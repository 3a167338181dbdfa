import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as AddressList from "effect-tencentcloud/AddressList"
import * as CommonError from "effect-tencentcloud/CommonError"
import { Gateway } from "effect-tencentcloud/Gateway"
import * as Journal from "effect-tencentcloud/Journal"
import type * as Wire from "effect-tencentcloud/Wire"
import type { Random } from "../../fixtures/Random.js"
import * as ServedGateway from "../../fixtures/ServedGateway.js"
import { v1, v3 } from "../../fixtures/Signed.js"
import * as Volumes from "../../fixtures/Volumes.js"
import * as Grammar from "../grammar.js"
import { asBytes, bytesOf, holds, repeat, repeatWith, type Target } from "../target.js"

const runtime = ManagedRuntime.make(
  ServedGateway.layer({ acceptTrace: true }).pipe(
    Layer.provide([
      Layer.orDie(AddressList.layer({ deny: ["10.0.0.0/8", "2001:db8::/32"] })),
      Journal.layerMemory({ capacity: 10 }),
      Logger.remove(Logger.defaultLogger)
    ])
  )
)
const gatewayOf = await runtime.runPromise(Gateway)

const format = ({ body, headers, method, path, query }: Wire.WireRequest): string => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const text = typeof body === "string" ? asBytes(body) : Buffer.from(body).toString("latin1")
  return [`${method} ${path}?${query}`, ...lines, "", text].join("\n")
}

const parse = (input: string): Wire.WireRequest => {
  const end = input.indexOf("\n\n")
  const [line = "", ...lines] = (end < 0 ? input : input.slice(0, end)).split("\n")
  const space = line.indexOf(" ")
  const target = line.slice(space + 1)
  const mark = target.indexOf("?")
  const headers = lines.map((text) => {
    const colon = text.indexOf(": ")
    return [text.slice(0, Math.max(colon, 0)).toLowerCase(), text.slice(colon + 2)] as const
  })
  return {
    method: line.slice(0, Math.max(space, 0)),
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? "" : target.slice(mark + 1),
    headers: Object.fromEntries(headers),
    body: bytesOf(end < 0 ? "" : input.slice(end + 2)),
    address: Object.fromEntries(headers)["x-address"]
  }
}

const codes: ReadonlySet<string> = new Set<string>(CommonError.classes.map(({ code }) => code))

const checkAnswer = (exit: Exit.Exit<Wire.WireResponse | undefined>, size: number): void => {
  holds(Exit.isSuccess(exit), () => `a request is answered, and does not end with ${exit}`)
  if (exit.value === undefined) return
  const { body, status } = exit.value
  holds(status === 200, "the status is 200")
  const { Response } = JSON.parse(body)
  holds(typeof Response.RequestId === "string", "an answer has a RequestId")
  const { Error: error } = Response
  holds(error === undefined || codes.has(error.Code), `a code is a common one, and not ${error?.Code}`)
  holds(error?.Code !== "InternalError", "no request fails inside")
  holds(body.length < 20_000 + 3 * size, "an answer to a small request is small")
}

const check = (input: string): void => {
  const request = parse(input)
  checkAnswer(runtime.runSyncExit(gatewayOf.handle(request)), input.length)
  if (gatewayOf.judge !== undefined)
    checkAnswer(runtime.runSyncExit(gatewayOf.judge({ ...request, body: new Uint8Array(0) })), input.length)
}

const names = ["Size", "Name", "DryRun", "Limit", "Filters", "VolumeIds", "Values", "Tags", "Content", "Password"]

const multipart = (random: Random) => ({
  action: "ImportVolume",
  contentType: "multipart/form-data; boundary=x",
  body: `--x\r\nContent-Disposition: form-data; name="Name"\r\n\r\n${Grammar.word(random)}\r\n--x\r\nContent-Disposition: form-data; name="Content"\r\nContent-Type: application/octet-stream\r\n\r\nabc\r\n--x--\r\n`
})

const flat = (random: Random): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from({ length: random.int(4) }, () => [
      Array.from({ length: 1 + random.int(3) }, () => random.pick([...names, "0", "1"])).join("."),
      Grammar.word(random)
    ])
  )

const headers = (random: Random): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from({ length: random.int(3) }, () => [
      random.pick([
        "x-tc-token",
        "x-tc-language",
        "x-tc-region",
        "x-tc-content-sha256",
        "traceparent",
        "x-address",
        "x-ebs-name",
        "content-length",
        "x-tc-traceid",
        "host"
      ]),
      random.pick([
        Grammar.word(random),
        "zh-CN",
        "ap-beijing",
        "UNSIGNED-PAYLOAD",
        "10.0.0.1",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
      ])
    ])
  )

const actions = Object.keys(Volumes.Volumes.actions)

/** Half of the requests are mutated after they were signed, and most of those end there. So contents are odd before, too. */
const generate = (random: Random): string => {
  const action = random.pick(actions)
  const json = Grammar.json(random, names, 4)
  switch (random.int(5)) {
    case 0:
      return format(v1({ method: random.pick(["GET", "POST"]), parameters: { Action: action, ...flat(random) } }))
    case 1:
      return format(
        v3({ method: "GET", action, query: new URLSearchParams(flat(random)).toString(), headers: headers(random) })
      )
    case 2:
      return format(v3({ ...multipart(random), headers: headers(random) }))
    case 3:
      return format(v3({ action, body: Grammar.next(() => json, [], random).toWellFormed(), headers: headers(random) }))
    default:
      return format(v3({ action, body: json.toWellFormed(), headers: headers(random) }))
  }
}

const unsigned = (contentType: string, body: string): string =>
  format(
    v3({
      contentType,
      action: contentType.startsWith("multipart") ? "ImportVolume" : "DescribeVolumes",
      body: bytesOf(body)
    })
  )

const json = (body: string): string => unsigned("application/json", body)

/** The key is the public one of the tests, so these are signed, and read to their end. */
const growth: Target["growth"] = {
  "unknown members": (size) => json(`{${repeatWith((at) => `"Name${at}":1`, size, ",")}}`),
  "wrong elements": (size) => json(`{"Filters":[${repeat("1,", size)}1]}`),
  "elements with wrong members": (size) => json(`{"Filters":[${repeat('{"Name":1},', size)}1]}`),
  "a deep value": (size) => json(`{"Filters":${repeat("[", size / 2)}${repeat("]", size / 2)}}`),
  "secrets in pairs": (size) => json(`{"Filters":[${repeat('{"Name":"Password","Values":["x"]},', size)}{}]}`),
  "a long integer": (size) => json(`{"Limit":${repeat("9", size)}}`),
  "escaped quotes": (size) => json(`{"Limit":9007199254740993,"Name":"${repeat('\\"', size)}`),
  "a form of one list": (size) =>
    unsigned(
      "application/x-www-form-urlencoded",
      repeatWith((at) => `Filters.${at}.Name=1`, size, "&")
    ),
  "a form of one object": (size) =>
    unsigned(
      "application/x-www-form-urlencoded",
      repeatWith((at) => `Filters.0.b${at}=1`, size, "&")
    ),
  "parts of a form": (size) =>
    unsigned(
      "multipart/form-data; boundary=x",
      `${repeatWith((at) => `--x\r\nContent-Disposition: form-data; name="a${at}"\r\n\r\n1\r\n`, size)}--x--\r\n`
    ),
  "version 1": (size) =>
    format(
      v1({
        method: "POST",
        parameters: Object.fromEntries(
          Array.from({ length: Math.ceil(size / 20) }, (_, at) => [`Filters.${at}.Name`, "1"])
        )
      })
    ),
  "version 1, without a signature": (size) =>
    `POST /?\nhost: localhost\n\n${repeatWith((at) => `a${at}=1`, size, "&")}`,
  "a header Authorization": (size) =>
    format({ ...v3(), headers: { ...v3().headers, authorization: `TC3-HMAC-SHA256 ${repeat("a=b,", size)}` } }),
  "a long host": (size) => format(v3({ host: repeat("a.", size) })),
  "a long query": (size) => format(v3({ method: "GET", query: repeat("a=1&", Math.min(size, 30_000)) })),
  "many headers": (size) =>
    format(v3({ headers: Object.fromEntries(Array.from({ length: size / 10 }, (_, at) => [`x-ebs-${at}`, "1"])) }))
}

export const gateway: Target = {
  name: "requests",
  tokens: [
    "GET ",
    "POST ",
    "host: ",
    "authorization: ",
    "authorization: SKIP\n",
    "x-tc-timestamp: ",
    "x-tc-language: zh-CN\n",
    "content-type: application/octet-stream\n",
    "content-length: ",
    "\n\n",
    "Filters.0.Name=",
    '"Size":10',
    "x-address: 10.0.0.1\n",
    "SignatureMethod=HmacSHA256&",
    "DryRun"
  ],
  generate,
  check,
  read: (input) => {
    const exit = runtime.runSyncExit(gatewayOf.handle(parse(input)))
    holds(Exit.isSuccess(exit), "a request is answered")
  },
  growth,
  close: () => runtime.dispose()
}
