/**
 * Reads and writes `text/event-stream`, the answer of an action that streams. The `data` of each event is the JSON of one
 * result, without an envelope. The RequestId is in the header `X-TC-RequestId`.
 *
 * A failure before the first event is an ordinary envelope. The protocol does not define a later failure. Here it is an event
 * with the contents of an envelope, `{"Error":{"Code","Message"},"RequestId"}`, and ends the stream. The services have further
 * forms of it, which `failureIn` lists.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Json from "./Json.js"

/**
 * The content type, exactly.
 *
 * @since 0.1.0
 * @category constants
 */
export const contentType = "text/event-stream"

/**
 * The most bytes that a line or an event may have: 10 MB.
 *
 * @since 0.1.0
 * @category constants
 */
export const maxEventSize = 10 * 1024 * 1024

/**
 * The contents of one event. A `Result` is `bare` if the text was no event at all, but one JSON object. `Done` says that no further
 * event follows.
 *
 * @since 0.1.0
 * @category models
 */
export type Event =
  | { readonly _tag: "Result"; readonly data: Json.JsonObject; readonly bare: boolean }
  | { readonly _tag: "Failure"; readonly code: string; readonly message: string; readonly requestId: string }
  | { readonly _tag: "Done" }

/**
 * Why an event cannot be read, as a clause about the body.
 *
 * @since 0.1.0
 * @category models
 */
export interface Unreadable {
  readonly reason: string
  /** Whether the text ends in the middle of the event. */
  readonly truncated: boolean
}

/**
 * Writes an event. Fails with a reason if its data has no JSON form, or has a member `Error`, which every client would read as a
 * failure.
 *
 * @since 0.1.0
 * @category encoding
 */
export const encode = (data: unknown): Either.Either<string, string> =>
  Json.isObject(data) && Object.hasOwn(data, "Error")
    ? Either.left("has a member `Error`: clients would read a failure")
    : Either.mapBoth(Json.stringify(data), { onLeft: ({ reason }) => reason, onRight: (json) => `data: ${json}\n\n` })

/**
 * Writes the event that ends a stream with a failure.
 *
 * @since 0.1.0
 * @category encoding
 */
export const encodeFailure = (failure: {
  readonly code: string
  readonly message: string
  readonly requestId: string
}): string =>
  `data: ${JSON.stringify({ Error: { Code: failure.code, Message: failure.message }, RequestId: failure.requestId })}\n\n`

/** The last event of some services, after OpenAI's example. */
const done = "[DONE]"

const textOf = (json: Json.Json | undefined): string =>
  typeof json === "string" || typeof json === "number" || typeof json === "bigint" ? `${json}` : ""

/** Whether an object has no member but one, and a RequestId. */
const hasOnly = (data: Json.JsonObject, name: string): boolean =>
  Object.keys(data).every((key) => key === name || key === "RequestId")

/** What an event contains, without the envelope that some services put around it. */
const contentsOf = (data: Json.JsonObject): Json.JsonObject => {
  const { Response } = data
  return Json.isObject(Response) && (hasOnly(data, "Response") || Json.isObject(Response.Error)) ? Response : data
}

interface Failure {
  /** Empty if the event has none. */
  readonly code: string
  readonly message: string
}

/** Reads an error of a service: its names begin with large letters or with small ones, and its code may be a number. */
const readFailure = (error: Json.Json | undefined, isMarked: boolean): Failure | undefined => {
  if (!Json.isObject(error)) return isMarked && typeof error === "string" ? { code: "", message: error } : undefined
  const code = textOf(error.Code ?? error.code)
  const message = textOf(error.Message ?? error.message ?? error.Msg ?? error.msg)
  // A service in Go writes the zero of a member that it does not use.
  return code === "0" || (code === "" && message === "") ? undefined : { code, message }
}

/**
 * The failure that an event tells, if any:
 *
 * - `{"Error":{"Code","Message"}}`, also inside `{"Response":…}`, and beside `"Type":"error"`
 * - `{"ErrorMsg":{"Code","Msg"}}` of hunyuan, whose code is a number
 * - `{"error":{"code","message"}}`, if the event contains nothing else, or is marked as an error by its name or its type
 * - an event with the name `error`, which is the error itself
 */
const failureIn = (contents: Json.JsonObject, name: string): Failure | undefined => {
  const isMarked = name === "error" || textOf(contents.Type ?? contents.type).toLowerCase() === "error"
  const named = readFailure(contents.Error, isMarked) ?? readFailure(contents.ErrorMsg, isMarked)
  if (named !== undefined) return named
  if (!isMarked) return hasOnly(contents, "error") ? readFailure(contents.error, false) : undefined
  return readFailure(contents.error, true) ?? readFailure(contents, true)
}

const unreadable = (reason: string, truncated = false): Either.Either<never, Unreadable> =>
  Either.left({ reason, truncated })

const interpret = (text: string, name: string, bare: boolean): Either.Either<Event, Unreadable> => {
  const json = Json.parse(text)
  const subject = bare ? "" : "holds an event that "
  if (Either.isLeft(json)) return unreadable(subject + json.left.reason)
  const data = json.right
  if (!Json.isObject(data)) return unreadable(`${subject}is no JSON object`)
  const contents = contentsOf(data)
  const failure = failureIn(contents, name)
  if (failure === undefined) return Either.right({ _tag: "Result", data: contents, bare })
  if (failure.code === "") return unreadable(`${subject}tells an error without a code`)
  return Either.right({ _tag: "Failure", ...failure, requestId: textOf(contents.RequestId ?? data.RequestId) })
}

/** The start of a line that has not ended, in one buffer that grows: a list would cost many bytes for each piece of one byte. */
class Rest {
  private buffer = new Uint8Array(0)
  size = 0

  add(piece: Uint8Array): void {
    if (this.size + piece.byteLength > this.buffer.byteLength) {
      const larger = new Uint8Array(2 * (this.size + piece.byteLength))
      larger.set(this.bytes)
      this.buffer = larger
    }
    this.buffer.set(piece, this.size)
    this.size += piece.byteLength
  }

  get bytes(): Uint8Array {
    return this.buffer.subarray(0, this.size)
  }

  clear(): void {
    this.size = 0
    // One long line must not hold its memory for as long as the stream lives.
    if (this.buffer.byteLength > 64 * 1024) this.buffer = new Uint8Array(0)
  }
}

/** It keeps a byte order mark: only the first one of a stream is none of its text. */
const decoder = /* #__PURE__ */ new TextDecoder("utf-8", { ignoreBOM: true })

const [lineFeed, carriageReturn, colon] = [0x0a, 0x0d, 0x3a]

const noBytes = /* #__PURE__ */ new Uint8Array(0)

const tooLarge = `holds an event that is larger than ${maxEventSize / 1024 / 1024} MB`

/** The start of a text that is no event stream, but JSON or a page of a proxy. No name of a field begins so. */
const bareStart = /^\s*[{[<]/

/**
 * Reads events from bytes that arrive in pieces, as the HTML standard says. It goes on in three ways: the last event needs no blank
 * line, `[DONE]` ends the stream, and a text that is no event stream is read as one JSON object. The time that it takes is in
 * proportion to the bytes, whatever the pieces.
 *
 * @since 0.1.0
 * @category decoding
 */
export class Reader {
  private readonly rest = new Rest()
  private events: Array<Either.Either<Event, Unreadable>> = []
  /** The lines of data of the event that has not ended, and its name. */
  private data: Array<string> = []
  private size = 0
  private name = ""
  /** The lines of a text that is no event stream. */
  private bare: Array<string> | undefined = undefined
  private isFirstLine = true
  private endsWithReturn = false
  private isOver = false

  /** Returns the events that a piece completes. After `Done` and after what cannot be read there are none. */
  feed(piece: Uint8Array): ReadonlyArray<Either.Either<Event, Unreadable>> {
    this.events = []
    if (piece.byteLength === 0) return this.events
    let start = this.endsWithReturn && piece[0] === lineFeed ? 1 : 0
    this.endsWithReturn = false
    // Each is searched for only when it is passed, or a text without the one would be searched to its end at every other.
    let nextFeed = piece.indexOf(lineFeed, start)
    let nextReturn = piece.indexOf(carriageReturn, start)
    while (!this.isOver) {
      const isReturn = nextReturn >= 0 && (nextFeed < 0 || nextReturn < nextFeed)
      const end = isReturn ? nextReturn : nextFeed
      if (end < 0) break
      this.endLine(piece.subarray(start, end))
      start = end + 1
      if (isReturn) {
        if (start === piece.byteLength) this.endsWithReturn = true
        else if (nextFeed === start) start += 1
        nextReturn = piece.indexOf(carriageReturn, start)
      }
      if (nextFeed >= 0 && nextFeed < start) nextFeed = piece.indexOf(lineFeed, start)
    }
    if (!this.isOver) this.keep(piece.subarray(start))
    return this.events
  }

  /** Returns the last events, after the last piece. */
  end(): ReadonlyArray<Either.Either<Event, Unreadable>> {
    this.events = []
    if (this.isOver) return this.events
    const last = this.rest.size === 0 ? "" : decoder.decode(this.rest.bytes)
    if (last !== "") this.endLine(noBytes)
    if (this.isOver) return this.events
    if (this.bare !== undefined) this.emit(interpret(this.bare.join("\n"), "", true))
    else if (last !== "" && "data:".startsWith(last)) this.breakOff()
    else this.dispatch(true)
    return this.events
  }

  private emit(event: Either.Either<Event, Unreadable>): void {
    this.events.push(event)
    if (Either.isLeft(event) || event.right._tag === "Done") this.isOver = true
  }

  private breakOff(): void {
    this.emit(unreadable("is a stream that breaks off in the middle of an event", true))
  }

  /** Keeps the start of a line. */
  private keep(piece: Uint8Array): void {
    if (this.rest.size + piece.byteLength > maxEventSize) this.emit(unreadable(tooLarge))
    else if (piece.byteLength > 0) this.rest.add(piece)
  }

  private endLine(end: Uint8Array): void {
    if (this.rest.size === 0 && end.byteLength <= maxEventSize) {
      this.readLine(end)
      return
    }
    this.keep(end)
    if (this.isOver) return
    this.readLine(this.rest.bytes)
    this.rest.clear()
  }

  private readLine(bytes: Uint8Array): void {
    const hasMark = this.isFirstLine && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
    this.isFirstLine = false
    const line = hasMark ? bytes.subarray(3) : bytes
    if (this.bare !== undefined) this.addBare(decoder.decode(line), this.bare)
    else if (line.byteLength === 0) this.dispatch(false)
    // A line that begins with a colon is a comment.
    else if (line[0] !== colon) this.readField(decoder.decode(line))
  }

  private readField(line: string): void {
    if (bareStart.test(line)) {
      this.startBare(line)
      return
    }
    const end = line.indexOf(":")
    const field = end < 0 ? line : line.slice(0, end)
    // `id` and `retry` are for readers that reconnect. A call is never repeated by itself once it has an event.
    if (field === "event") this.name = valueAfter(line, end)
    else if (field === "data") this.addData(valueAfter(line, end))
  }

  private addData(value: string): void {
    if (this.grow(value)) this.data.push(value)
  }

  private startBare(text: string): void {
    this.dispatch(false)
    if (this.isOver) return
    this.bare = []
    // A whole object on one line need not wait for the end of the connection.
    const whole = interpret(text, "", true)
    if (Either.isLeft(whole)) this.addBare(text, this.bare)
    else {
      this.emit(whole)
      this.isOver = true
    }
  }

  private addBare(text: string, bare: Array<string>): void {
    if (this.grow(text)) bare.push(text)
  }

  /** Counts the text of an event. Returns whether the event is still small enough. */
  private grow(text: string): boolean {
    this.size += text.length + 1
    if (this.size <= maxEventSize) return true
    this.emit(unreadable(tooLarge))
    return false
  }

  /** Ends an event. At the end of the stream, an event that is no JSON has broken off. */
  private dispatch(isLast: boolean): void {
    const { data, name } = this
    this.name = ""
    this.size = 0
    if (data.length === 0) return
    this.data = []
    const text = data.join("\n").trim()
    // Some services send an event without contents to keep the connection open.
    if (text === "") return
    const event: Either.Either<Event, Unreadable> =
      text === done ? Either.right({ _tag: "Done" }) : interpret(text, name, false)
    if (isLast && Either.isLeft(event)) this.breakOff()
    else this.emit(event)
  }
}

/** The value of a field: what comes after the colon, without one space. */
const valueAfter = (text: string, end: number): string =>
  end < 0 ? "" : text.slice(text[end + 1] === " " ? end + 2 : end + 1)
