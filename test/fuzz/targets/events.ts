import type * as Either from "effect/Either"
import * as EventStream from "../../../src/domain/wire/EventStream.js"
import { BoundedBody } from "../../../src/services/internal/boundedBody.js"
import * as Random from "../../fixtures/Random.js"
import * as Grammar from "../grammar.js"
import { asBytes, bytesOf, holds, repeat, type Target } from "../target.js"

type Read = ReadonlyArray<Either.Either<EventStream.Event, EventStream.Unreadable>>

const readIn = (bytes: Uint8Array, sizes: () => number): Read => {
  const reader = new EventStream.Reader()
  const events: Array<Read[number]> = []
  for (let at = 0; at < bytes.length; ) {
    const size = sizes()
    events.push(...reader.feed(bytes.subarray(at, at + size)))
    at += size
  }
  return [...events, ...reader.end(), ...reader.feed(bytes), ...reader.end()]
}

const show = (events: Read): string =>
  JSON.stringify(events, (_, value) => (typeof value === "bigint" ? `integer ${value}` : value))

/** A text of a stream in other cuts reads the same. */
const check = (input: string): void => {
  const bytes = bytesOf(input)
  const random = Random.make(bytes.length)
  const whole = show(readIn(bytes, () => bytes.length))
  holds(show(readIn(bytes, () => 1)) === whole, "bytes one by one read the same as all at once")
  holds(show(readIn(bytes, () => 1 + random.int(20))) === whole, "random cuts read the same as all at once")
  const body = new BoundedBody(100)
  for (let at = 0; at < bytes.length; at += 7) if (!body.add(bytes.subarray(at, at + 7))) break
  holds(bytes.length <= 100 ? Buffer.compare(body.bytes, bytes) === 0 : body.isTooLarge, "a body is its pieces")
}

const data = (random: Random.Random): string => {
  const names = ["Error", "ErrorMsg", "Code", "Msg", "Message", "RequestId", "Response", "Type", "Choices", "error"]
  const text = asBytes(Grammar.json(random, names, 3))
  return random.chance(0.9) ? text : random.pick(["[DONE]", "", " ", "{", "x"])
}

const [lineEnds, fields] = [
  ["\n", "\n", "\r\n", "\r"],
  ["data: ", "data:", "data: ", "data", "event: ", "id: ", ": ", "retry: ", ""]
]

export const events: Target = {
  name: "streams of events",
  tokens: [
    "data: ",
    "\n\n",
    "\r\n\r\n",
    "\r",
    "event: error\n",
    "[DONE]",
    "\xef\xbb\xbf",
    ":",
    '{"Error":{"Code":"A"}}',
    "<html>",
    "{",
    "data"
  ],
  generate: (random) => {
    const end = random.pick(lineEnds)
    const event = () => {
      const lines = Array.from({ length: 1 + random.int(3) }, () => random.pick(fields) + data(random))
      return random.chance(0.7) ? `data: ${data(random)}${end}${end}` : `${lines.join(end)}${end}${end}`
    }
    return random.chance(0.1) ? data(random) : Array.from({ length: 1 + random.int(4) }, event).join("")
  },
  check,
  read: (input) => {
    const bytes = bytesOf(input)
    readIn(bytes, () => bytes.length)
    readIn(bytes, () => 1)
  },
  growth: {
    "line feeds": (size) => repeat("\n", size),
    "carriage returns": (size) => repeat("\r", size),
    "line feeds, and no return": (size) => repeat("data: {}\n\n", size),
    "lines of data": (size) => repeat("data: 1\n", size),
    "one long line": (size) => `data: "${repeat("x", size)}`,
    comments: (size) => repeat(": x\n", size),
    names: (size) => repeat("event: x\n", size),
    "one object on many lines": (size) => `{\n${repeat('"a":1,\n', size)}"b":1}`,
    "a text without events": (size) => `<html>\n${repeat("<p>\n", size)}`,
    "spaces before an object": (size) => `${repeat(" ", size)}x`,
    "a field without end": (size) => repeat("d", size)
  }
}
