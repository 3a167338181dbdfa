/** The reader of event streams: by the HTML standard, in any pieces, in time that is linear in the bytes. */
import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as EventStream from "../../../src/domain/wire/EventStream.js"

const bytes = (text: string) => new TextEncoder().encode(text)

/** The events of a text, in pieces that end where `cuts` say: results as their data, and the rest as it is. */
const read = (text: string | Uint8Array, cuts: ReadonlyArray<number> = []) => {
  const whole = typeof text === "string" ? bytes(text) : text
  const reader = new EventStream.Reader()
  const places = [...new Set(cuts.map((cut) => cut % (whole.byteLength + 1)))].sort((one, other) => one - other)
  const events = [0, ...places].flatMap((start, index) => reader.feed(whole.subarray(start, places[index])))
  return [...events, ...reader.end()].map((event) => {
    if (Either.isLeft(event)) return event.left
    return event.right._tag === "Result" ? event.right.data : event.right
  })
}

const truncated = { reason: "is a stream that breaks off in the middle of an event", truncated: true }

const failure = (code: string, message: string, requestId = "") => ({ _tag: "Failure", code, message, requestId })

describe("the lines of an event stream", () => {
  it.each([
    ["LF", 'data: {"n":1}\n\ndata: {"n":2}\n\n'],
    ["CR", 'data: {"n":1}\r\rdata: {"n":2}\r\r'],
    ["CRLF", 'data: {"n":1}\r\n\r\ndata: {"n":2}\r\n\r\n'],
    ["all three", 'data: {"n":1}\n\r\ndata: {"n":2}\r\n\r'],
    ["a byte order mark", '\uFEFFdata: {"n":1}\n\ndata: {"n":2}\n\n'],
    ["data over several lines", 'data: {"n":\ndata:1}\n\ndata:{\ndata: "n":2\ndata\ndata: }\n\n'],
    [
      "event, id, retry and unknown fields",
      'event: m\nid: 1\nretry: 5\nfoo: x\nbar\ndata: {"n":1}\n\nid\ndata: {"n":2}\n\n'
    ],
    ["comments between and inside events", ': a\n\ndata: {"n":1}\n: b\n\n:\ndata: {"n":2}\n\n: c\n\n'],
    ["empty events", 'data:\n\nevent: x\n\ndata: {"n":1}\n\ndata: \n\ndata: {"n":2}\n\ndata:\n']
  ])("A5: may have %s", (_, text) => {
    assert.deepStrictEqual(read(text), [{ n: 1 }, { n: 2 }])
  })

  it("A5: keep a byte order mark that is not the first", () => {
    assert.deepStrictEqual(read('data: {"t":"\uFEFF"}\n\n\uFEFFdata: {"n":2}\n\n'), [{ t: "\uFEFF" }])
  })

  it.each([
    ["no blank line", 'data: {"n":1}\n\ndata: {"n":2}\n', [{ n: 1 }, { n: 2 }]],
    ["no end of its line", 'data: {"n":1}\n\ndata: {"n":2}', [{ n: 1 }, { n: 2 }]],
    ["`[DONE]`", 'data: {"n":1}\n\ndata: [DONE]\n\n', [{ n: 1 }, { _tag: "Done" }]],
    ["`[DONE]` without its blank line", 'data: {"n":1}\n\ndata: [DONE]', [{ n: 1 }, { _tag: "Done" }]],
    ["a comment", 'data: {"n":1}\n\n: ping', [{ n: 1 }]],
    ["a comment and its blank line", 'data: {"n":1}\n\n: ping\n\n', [{ n: 1 }]],
    ["a name without data", 'data: {"n":1}\n\nevent: end', [{ n: 1 }]],
    ["nothing", "", []]
  ])("A5: may end with %s", (_, text, expected) => {
    assert.deepStrictEqual<unknown>(read(text), expected)
  })

  it.each(["d", "data", "data:", 'data: {"n":', 'data: {"n":2}\ndata:', 'data: {"n"\n', "data: [DON"])(
    "break off where the last event is %j",
    (last) => {
      assert.deepStrictEqual<unknown>(read(`data: {"n":1}\n\n${last}`), [{ n: 1 }, truncated])
    }
  )

  it("end with `[DONE]`, or with what cannot be read", () => {
    assert.deepStrictEqual<unknown>(read('data: [DONE]\n\ndata: {"n":1}\n\n'), [{ _tag: "Done" }])
    assert.deepStrictEqual<unknown>(read('data: x\n\ndata: {"n":1}\n\n').length, 1)
  })
})

describe("an error inside an event stream", () => {
  it.each([
    ["of this library", '{"Error":{"Code":"A.B","Message":"m"},"RequestId":"r"}', failure("A.B", "m", "r")],
    ["in an envelope", '{"Response":{"Error":{"Code":"A.B","Message":"m"},"RequestId":"r"}}', failure("A.B", "m", "r")],
    ["of hunyuan", '{"Id":"i","ErrorMsg":{"Code":2003,"Msg":"m"},"RequestId":"r"}', failure("2003", "m", "r")],
    ["of hunyuan, with a text", '{"ErrorMsg":{"Code":"A.B","Msg":"m"}}', failure("A.B", "m")],
    ["marked by its type", '{"Type":"error","Error":{"Code":"A.B","Message":"m"}}', failure("A.B", "m")],
    ["marked by its type, in small letters", '{"type":"error","error":{"code":7,"msg":"m"}}', failure("7", "m")],
    ["of OpenAI", '{"error":{"code":"rate","message":"m"}}', failure("rate", "m")]
  ])("A6: is read in the form %s", (_, json, expected) => {
    assert.deepStrictEqual<unknown>(read(`data: ${json}\n\n`), [expected])
  })

  it("A6: is read from an event with the name `error`", () => {
    assert.deepStrictEqual<unknown>(read('event: error\ndata: {"Code":"A.B","Message":"m"}\n\n'), [failure("A.B", "m")])
  })

  it.each([
    '{"Response":{"Error":{"Code":"A.B","Message":"m"},"RequestId":"r"}}',
    '{"Response":{"Error":{"Code":"A.B","Message":"m"},"RequestId":"r"}}\n',
    '\n  {\n  "Response": {\n\n    "Error": {\n "Code": "A.B", "Message": "m"},\r\n "RequestId": "r" }\n}\n'
  ])("A6: is read from a bare envelope: %j", (text) => {
    assert.deepStrictEqual<unknown>(read(text), [failure("A.B", "m", "r")])
    assert.deepStrictEqual<unknown>(read(`data: {"n":1}\n\n${text}`), [{ n: 1 }, failure("A.B", "m", "r")])
  })

  it.each([
    '{"ErrorMsg":null}',
    '{"ErrorMsg":{"Code":0,"Msg":""}}',
    '{"ErrorMsg":"text"}',
    '{"Error":null}',
    '{"Error":{"Code":"","Message":""}}',
    '{"Code":1,"Message":"m","Data":{}}',
    '{"error":{"code":"x"},"Content":"an example of an error"}'
  ])("A6: is not seen in %s", (json) => {
    assert.deepStrictEqual<unknown>(read(`data: ${json}\n\n`), [JSON.parse(json)])
  })

  it("A6: cannot be read without its code", () => {
    assert.deepStrictEqual<unknown>(read('data: {"Type":"error","Error":"m"}\n\n'), [
      { reason: "holds an event that tells an error without a code", truncated: false }
    ])
  })

  it("is not written by an event of a handler", () => {
    assert.isTrue(Either.isLeft(EventStream.encode({ Error: {} })))
  })
})

describe("the pieces of an event stream", () => {
  const line = FastCheck.constantFrom(
    'data: {"n":1}',
    'data: {"t":"中文🎉\uFEFF"}',
    "data: [",
    "data: 1]",
    "data",
    "data: [DONE]",
    ": ping",
    "event: error",
    'data: {"Code":"A","Message":"m"}',
    'data: {"ErrorMsg":{"Code":1,"Msg":"m"}}',
    "id: 1",
    '{"Response":{"n":1}}',
    "{",
    "",
    "",
    "\uFEFF"
  )
  const text = FastCheck.array(FastCheck.tuple(line, FastCheck.constantFrom("\n", "\r", "\r\n")), {
    maxLength: 30
  }).map((lines) => lines.map((pair) => pair.join("")).join(""))

  it("C2: change no event", () => {
    FastCheck.assert(
      FastCheck.property(text, FastCheck.array(FastCheck.nat(), { maxLength: 40 }), (text, cuts) => {
        const whole = read(text)
        assert.deepStrictEqual(read(text, cuts), whole)
        assert.deepStrictEqual(read(text, [...bytes(text).keys()]), whole)
      }),
      { numRuns: 500 }
    )
  })

  /** The processor time of reading a text in pieces, in microseconds: the least of some runs. */
  const cost = (whole: Uint8Array, size: number): number => {
    let least = Number.POSITIVE_INFINITY
    for (let run = 0; run < 3; run++) {
      const before = process.cpuUsage()
      const reader = new EventStream.Reader()
      for (let start = 0; start < whole.byteLength; start += size) reader.feed(whole.subarray(start, start + size))
      reader.end()
      const { system, user } = process.cpuUsage(before)
      least = Math.min(least, system + user)
    }
    return least
  }

  it.each([
    ["one line in packets", (n: number) => `data: {"t":"${"x".repeat(n)}"}\n\n`, 1400],
    ["one line in single bytes", (n: number) => `data: {"t":"${"x".repeat(n)}"}\n\n`, 1],
    ["lines that end in CR", (n: number) => ":\r".repeat(n / 2), 1 << 22],
    ["lines that end in LF", (n: number) => ":\n".repeat(n / 2), 1 << 22],
    ["data in many lines", (n: number) => `data: [\n${"data: 1,\n".repeat(n / 9)}data: 1]\n\n`, 1400],
    ["a bare text in many lines", (n: number) => `{\n${"\n".repeat(n)}}`, 1400]
  ])("C2: cost time in proportion to their bytes: %s", (_, make, size) => {
    const [one, two, four] = [1, 2, 4].map((times) => cost(bytes(make(times * 200_000)), size))
    assert.isBelow((two ?? 0) / (one ?? 1), 4)
    assert.isBelow((four ?? 0) / (one ?? 1), 8)
  })

  it.each([
    ["a line", new Uint8Array(1024 * 1024).fill(0x61), "holds an event that is larger than 10 MB"],
    [
      "an event of many lines",
      bytes(`data: ${"x".repeat(1000)}\n`.repeat(1000)),
      "holds an event that is larger than 10 MB"
    ]
  ])("C2: are read no further than %s may be long", (_, piece, reason) => {
    const reader = new EventStream.Reader()
    const events = Array.from({ length: 20 }, () => reader.feed(piece)).flat()
    assert.deepStrictEqual(events, [Either.left({ reason, truncated: false })])
  })
})
