import type { Transform } from "node:stream"
import * as Zlib from "node:zlib"
import * as Cookies from "@effect/platform/Cookies"
import * as Headers from "@effect/platform/Headers"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as UrlParams from "@effect/platform/UrlParams"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Inspectable from "effect/Inspectable"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { util } from "undici"
import * as Wire from "../../domain/Wire.js"
import { TransportFault } from "../../services/Transport.js"
import { codeOf, explain } from "./networkError.js"
import type { Lease, Tenant } from "./pool.js"

/** What bounds an exchange. */
export interface Limits {
  readonly connectTimeout: Duration.Duration
  readonly headersTimeout: Duration.Duration
  readonly bodyTimeout: Duration.Duration
  /** Bytes, before decompression and after. */
  readonly maxBodySize: number
}

/** As much of a body is held before the other side has to wait for its reader. */
const highWaterMark = 64 * 1024

const reasonOf = (error: unknown, limits: Limits): string => {
  switch (codeOf(error)) {
    case "UND_ERR_CONNECT_TIMEOUT":
      return `there was no connection within ${Duration.format(limits.connectTimeout)} (\`connectTimeout\`)`
    case "UND_ERR_HEADERS_TIMEOUT":
      return `no answer began within ${Duration.format(limits.headersTimeout)} (\`headersTimeout\`)`
    case "UND_ERR_BODY_TIMEOUT":
      return `the answer stood still for ${Duration.format(limits.bodyTimeout)} (\`bodyTimeout\`)`
    case "UND_ERR_HEADERS_OVERFLOW":
      return "the headers of the answer are too large"
    case "UND_ERR_RES_CONTENT_LENGTH_MISMATCH":
      return "the answer has another length than its Content-Length says"
    case "UND_ERR_SOCKET":
      return "the other side closed the connection before the answer was complete"
    case "UND_ERR_DESTROYED":
    case "UND_ERR_CLOSED":
      return "the HTTP client was closed"
    default:
      return explain(error) ?? "the request could not be sent"
  }
}

const decoderOf = (encoding: string, start: number): Transform | undefined => {
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return Zlib.createGunzip()
    case "deflate":
      // Some servers leave the header of zlib out, whose first byte has an 8 in its lower half.
      return (start & 0x0f) === 8 ? Zlib.createInflate() : Zlib.createInflateRaw()
    case "br":
      return Zlib.createBrotliDecompress()
    default:
      return undefined
  }
}

type Answer = Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.RequestError>

const unwanted = new Error("Nobody waits for the answer any more.")

const unleased: Lease = { end: () => {}, abandon: () => {} }

/**
 * One request and its answer: what undici tells comes in on the one side, and effects that read the answer go out on the
 * other. It holds the socket back while nobody reads, and gives the connection up when its caller is interrupted.
 */
export class Exchange implements Tenant {
  lease: Lease = unleased
  sent = false
  private resumeSocket: (() => void) | undefined = undefined
  private response: Response | undefined = undefined
  private decoder: Transform | undefined = undefined
  private unread: NodeJS.Timeout | undefined = undefined
  private chunks: Array<Uint8Array> = []
  private buffered = 0
  private received = 0
  private decoded = 0
  private reader: "none" | "whole" | "stream" = "none"
  private wake: (() => void) | undefined = undefined
  /** Whether nothing more will come: the answer is complete, broke off, or is not wanted any more. */
  private settled = false
  private fault: TransportFault | undefined = undefined
  private whole: Uint8Array | undefined = undefined

  constructor(
    readonly request: HttpClientRequest.HttpClientRequest,
    private readonly limits: Limits,
    private readonly fiber: Fiber.RuntimeFiber<unknown, unknown>,
    private readonly begin: (answer: Answer) => void
  ) {
    fiber.addObserver(this.onExit)
  }

  onConnect(): void {
    // Thrown, it takes the request back, and leaves the connection as it is.
    if (this.settled) throw unwanted
    this.sent = true
  }

  onHeaders(status: number, headers: ReadonlyArray<Buffer>, resume: () => void): boolean {
    // What only announces an answer is none.
    if (status < 200) return true
    this.resumeSocket = resume
    this.response = new Response(this, status, headers)
    this.begin(Effect.succeed(this.response))
    return true
  }

  onData(chunk: Uint8Array): boolean {
    if (this.settled) return false
    const encoding = this.response?.encoding ?? ""
    if (encoding === "") return this.push(chunk)
    this.received += chunk.byteLength
    if (this.received > this.limits.maxBodySize) return this.tooLarge()
    this.decoder ??= this.decode(encoding, chunk[0] ?? 0)
    return this.decoder?.write(chunk) ?? false
  }

  onComplete(): void {
    this.end()
    if (this.decoder === undefined) this.settle(undefined)
    else this.decoder.end()
  }

  onError(error: Error): void {
    this.end()
    if (this.settled) return
    const fault = new TransportFault({ reason: reasonOf(error, this.limits), sent: this.sent })
    this.settle(fault)
    if (this.response !== undefined) return
    const { request } = this
    const { reason: description } = fault
    this.begin(
      Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause: fault, description }))
    )
  }

  /** Gives the connection up. A request that waits for one is never sent. */
  cancel(): void {
    this.giveUp("the call was interrupted")
  }

  /** All of the body. */
  get bytes(): Effect.Effect<Uint8Array, HttpClientError.ResponseError> {
    return Effect.suspend(() => {
      if (this.whole !== undefined) return Effect.succeed(this.whole)
      if (this.reader === "stream" || (this.reader === "whole" && !this.settled)) return Effect.fail(this.taken())
      this.claim("whole")
      return this.settled
        ? this.outcome()
        : Effect.async<Uint8Array, HttpClientError.ResponseError>((resume) => {
            this.wake = () => {
              if (this.settled) resume(this.outcome())
            }
            return Effect.sync(() => this.cancel())
          })
    })
  }

  /** The body as it comes, and no faster than it is read. */
  get stream(): Stream.Stream<Uint8Array, HttpClientError.ResponseError> {
    return Stream.suspend(() => {
      if (this.whole !== undefined) return Stream.make(this.whole)
      if (this.reader !== "none") return Stream.fail(this.taken())
      const reading = Effect.acquireRelease(
        Effect.sync(() => this.claim("stream")),
        () => Effect.sync(() => this.cancel())
      )
      return Stream.fromPull(Effect.as(reading, this.pull))
    })
  }

  private get pull(): Effect.Effect<Chunk.Chunk<Uint8Array>, Option.Option<HttpClientError.ResponseError>> {
    return Effect.suspend(() => {
      if (this.chunks.length > 0) {
        const chunks = Chunk.unsafeFromArray(this.chunks)
        this.chunks = []
        this.buffered = 0
        this.flow()
        return Effect.succeed(chunks)
      }
      if (this.settled) return Effect.fail(Option.map(Option.fromNullable(this.fault), (fault) => this.error(fault)))
      return Effect.async((resume) => {
        this.wake = () => resume(this.pull)
      })
    })
  }

  private claim(reader: "whole" | "stream"): void {
    this.reader = reader
    clearTimeout(this.unread)
    if (reader === "whole") this.flow()
  }

  private outcome(): Effect.Effect<Uint8Array, HttpClientError.ResponseError> {
    const chunks = this.chunks
    this.chunks = []
    if (this.fault !== undefined) return Effect.fail(this.error(this.fault))
    this.whole = Wire.join(chunks)
    return Effect.succeed(this.whole)
  }

  private error(fault: TransportFault): HttpClientError.ResponseError {
    const { request } = this
    // There is a reader, so there is a response.
    const response = this.response as Response
    return new HttpClientError.ResponseError({
      request,
      response,
      reason: "Decode",
      cause: fault,
      description: fault.reason
    })
  }

  private taken(): HttpClientError.ResponseError {
    return this.error(new TransportFault({ reason: "the answer is read elsewhere already", sent: true }))
  }

  /** Whoever is interrupted between the headers and the body reads no more; whoever ends may have passed the answer on. */
  private readonly onExit = (exit: Exit.Exit<unknown, unknown>): void => {
    if (Exit.isInterrupted(exit) && this.reader === "none") this.cancel()
  }

  private push(chunk: Uint8Array): boolean {
    this.decoded += chunk.byteLength
    if (this.decoded > this.limits.maxBodySize) return this.tooLarge()
    this.chunks.push(chunk)
    this.buffered += chunk.byteLength
    this.notify()
    if (this.reader === "whole" || this.buffered < highWaterMark) return true
    if (this.reader === "none") this.awaitReader()
    return false
  }

  private flow(): void {
    if (this.decoder === undefined) this.resumeSocket?.()
    else this.decoder.resume()
  }

  /** An answer that nobody reads must not keep its connection for ever. */
  private awaitReader(): void {
    const { bodyTimeout } = this.limits
    if (this.unread !== undefined || !Duration.isFinite(bodyTimeout)) return
    const reason = `nobody read the answer for ${Duration.format(bodyTimeout)} (\`bodyTimeout\`)`
    this.unread = setTimeout(() => this.giveUp(reason), Duration.toMillis(bodyTimeout)).unref()
  }

  private decode(encoding: string, start: number): Transform | undefined {
    const decoder = decoderOf(encoding, start)
    if (decoder === undefined) this.giveUp("the answer has a Content-Encoding that is not known here")
    return decoder
      ?.on("data", (chunk: Uint8Array) => {
        if (!this.push(chunk)) decoder.pause()
      })
      .on("drain", () => this.resumeSocket?.())
      .on("end", () => this.settle(undefined))
      .on("error", (error) => this.giveUp(`the answer cannot be decompressed: ${explain(error)}`))
  }

  private tooLarge(): false {
    this.giveUp(`the answer is larger than ${this.limits.maxBodySize} bytes (\`maxBodySize\`)`)
    return false
  }

  private giveUp(reason: string): void {
    if (this.settled) return
    this.settle(new TransportFault({ reason, sent: true }))
    this.decoder?.destroy()
    this.lease.abandon()
  }

  /** The connection is another call's from here on. */
  private end(): void {
    this.resumeSocket = undefined
    this.lease.end()
  }

  private settle(fault: TransportFault | undefined): void {
    if (this.settled) return
    this.settled = true
    this.fault = fault
    clearTimeout(this.unread)
    this.fiber.removeObserver(this.onExit)
    this.notify()
  }

  private notify(): void {
    this.wake?.()
  }
}

class Response extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly [HttpClientResponse.TypeId]: HttpClientResponse.TypeId = HttpClientResponse.TypeId
  readonly [HttpIncomingMessage.TypeId]: HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly headers: Headers.Headers
  readonly cookies: Cookies.Cookies

  constructor(
    private readonly exchange: Exchange,
    readonly status: number,
    raw: ReadonlyArray<Buffer>
  ) {
    super()
    // Without a prototype, whose names a header may have.
    const headers: Record<string, string> = Object.create(null)
    const cookies: Array<string> = []
    for (let index = 0; index + 1 < raw.length; index += 2) {
      const name = util.headerNameToString(raw[index] ?? "")
      const value = raw[index + 1]?.toString("latin1") ?? ""
      headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
      if (name === "set-cookie") cookies.push(value)
    }
    this.headers = Headers.unsafeFromRecord(headers)
    this.cookies = cookies.length === 0 ? Cookies.empty : Cookies.fromSetCookie(cookies)
  }

  /** How the body is compressed, empty where it is not. */
  get encoding(): string {
    const encoding = this.headers["content-encoding"]?.trim().toLowerCase() ?? ""
    return encoding === "identity" ? "" : encoding
  }

  get request(): HttpClientRequest.HttpClientRequest {
    return this.exchange.request
  }

  get remoteAddress(): Option.Option<string> {
    return Option.none()
  }

  get stream(): Stream.Stream<Uint8Array, HttpClientError.ResponseError> {
    return this.exchange.stream
  }

  get text(): Effect.Effect<string, HttpClientError.ResponseError> {
    return Effect.map(this.exchange.bytes, Wire.text)
  }

  get json(): Effect.Effect<unknown, HttpClientError.ResponseError> {
    return this.read((bytes) => (bytes.byteLength === 0 ? null : JSON.parse(Wire.text(bytes))))
  }

  get urlParamsBody(): Effect.Effect<UrlParams.UrlParams, HttpClientError.ResponseError> {
    return Effect.map(this.text, (text) => UrlParams.fromInput(new URLSearchParams(text)))
  }

  get arrayBuffer(): Effect.Effect<ArrayBuffer, HttpClientError.ResponseError> {
    return Effect.map(this.exchange.bytes, (bytes) => new Uint8Array(bytes).buffer)
  }

  get formData(): Effect.Effect<FormData, HttpClientError.ResponseError> {
    const headers = { "content-type": this.headers["content-type"] ?? "" }
    return this.read((bytes) => new globalThis.Response(bytes, { headers }).formData())
  }

  /** Neither the body nor the request's: both hold secrets. */
  override toJSON(): unknown {
    return { _id: "@effect/platform/HttpClientResponse", method: this.request.method, status: this.status }
  }

  private read<A>(parse: (bytes: Uint8Array) => A | Promise<A>): Effect.Effect<A, HttpClientError.ResponseError> {
    return Effect.flatMap(this.exchange.bytes, (bytes) =>
      Effect.tryPromise({
        try: async () => parse(bytes),
        catch: () =>
          new HttpClientError.ResponseError({
            request: this.request,
            response: this,
            reason: "Decode",
            description: "the answer is not what it was read as"
          })
      })
    )
  }
}
