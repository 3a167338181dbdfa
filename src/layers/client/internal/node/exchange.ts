/** One request and its response: undici calls in on one side, and effects that read the response go out on the other. */
import type { Transform } from "node:stream"
import * as Zlib from "node:zlib"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import type * as Wire from "../../../../domain/wire/Wire.js"
import { TransportFault } from "../../../../services/client/Transport.js"
import { GrowingBytes } from "../../../../services/internal/boundedBody.js"
import { codeOf, explain, isPermanent, isTlsAlert, needsTls } from "../networkError.js"
import type { Lease, PooledHandler } from "./pool.js"

/** The limits of an exchange, how it reads the name of a header, and what it has to know of its route. */
export interface Limits {
  /** Whether it goes straight to its host, without TLS. */
  readonly isClear: boolean
  /** What a host that cannot be reached may be missing. */
  readonly note: string | undefined
  readonly headerName: (raw: Buffer) => string
  readonly connectTimeout: Duration.Duration
  readonly headersTimeout: Duration.Duration
  readonly bodyTimeout: Duration.Duration
  /** In bytes, before decompression and after. */
  readonly maxBodySize: number
}

/** How many bytes of a body wait for their reader before the other side has to wait. */
const highWaterMark = 64 * 1024

/** The parser of undici 7 gives its errors no code. Their messages quote nothing. */
const parserMessage = (error: unknown): string | undefined =>
  error instanceof Error && error.name === "HTTPParserError" ? error.message : undefined

/** Whether a connection of undici has closed without a byte from the other side, as a TLS server does that is asked in clear. */
const hasReadNothing = (error: unknown): boolean =>
  Predicate.hasProperty(error, "socket") &&
  Predicate.hasProperty(error.socket, "bytesRead") &&
  error.socket.bytesRead === 0

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
      return `the other side closed the connection before the answer was complete${
        limits.isClear && hasReadNothing(error) ? `; if TLS is spoken there, \`https://\` is missing` : ""
      }`
    case "UND_ERR_DESTROYED":
    case "UND_ERR_CLOSED":
      return "the HTTP client was closed"
    default:
      return explain(error) ?? parserMessage(error) ?? "the request could not be sent"
  }
}

/** Presents an error of undici, or of a connection, as a fault. */
export const toFault = (error: Error, limits: Limits, sent: boolean): TransportFault => {
  if (limits.isClear && isTlsAlert(error)) return new TransportFault({ reason: needsTls, sent: false, permanent: true })
  const reason = reasonOf(error, limits)
  const note = sent || limits.note === undefined ? "" : `; ${limits.note}`
  return new TransportFault({ reason: `${reason}${note}`, sent, permanent: isPermanent(error) })
}

/** The error of an answer whose connection broke, where undici reports a complete one. */
class BrokenError extends Error {
  readonly code = "UND_ERR_SOCKET"
}

const decoderOf = (encoding: string, start: number): Transform | undefined => {
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return Zlib.createGunzip()
    case "deflate":
      // Some servers omit the header of zlib, whose first byte has an 8 in its lower half.
      return (start & 0x0f) === 8 ? Zlib.createInflate() : Zlib.createInflateRaw()
    case "br":
      return Zlib.createBrotliDecompress()
    default:
      return undefined
  }
}

const alreadyRead = new TransportFault({ reason: "the answer is read elsewhere already", sent: true })

const abandoned = new Error("Nothing waits for the answer any more.")

const noLease: Lease = { end: () => {}, isBroken: () => false, abandon: () => {} }

const noHeaders: Wire.Headers = {}

const noRawHeaders: ReadonlyArray<Buffer> = []

const noBytes = new Uint8Array()

const readHeaders = (raw: ReadonlyArray<Buffer>, headerName: Limits["headerName"]): Wire.Headers => {
  // It has no prototype: a header may have the name of a member of one.
  const headers: Record<string, string> = Object.create(null)
  for (let index = 1; index < raw.length; index += 2) {
    const rawName = raw[index - 1]
    const rawValue = raw[index]
    if (rawName === undefined || rawValue === undefined) continue
    const name = headerName(rawName)
    const value = rawValue.toString("latin1")
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return Object.freeze(headers)
}

const isSame = (one: Buffer, other: Buffer | undefined): boolean => {
  if (one.length !== other?.length) return false
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false
  return true
}

/** The last headers: within a second, the responses of one server differ in nothing but their bodies. */
let latest: { readonly raw: ReadonlyArray<Buffer>; readonly headers: Wire.Headers } = {
  raw: noRawHeaders,
  headers: noHeaders
}

const headersOf = (raw: ReadonlyArray<Buffer>, headerName: Limits["headerName"]): Wire.Headers => {
  if (raw.length !== latest.raw.length || !raw.every((text, index) => isSame(text, latest.raw[index]))) {
    // Copies, because a received buffer holds a whole response.
    latest = { raw: raw.map((text) => Buffer.from(text)), headers: readHeaders(raw, headerName) }
  }
  return latest.headers
}

/** Waits for all of a body. */
export interface BodyReader {
  readonly onBody: (body: Either.Either<Uint8Array, TransportFault>) => void
}

/**
 * One request and its response. It stops the socket while nothing reads, and gives the connection up when its caller is interrupted.
 *
 * A subclass says what to do with the head of the response. Everything that lives as long as an exchange is a class: V8 puts literals
 * and closures that live so long into old space, and whatever they point to stays there until a full collection.
 */
export abstract class Exchange implements PooledHandler {
  lease: Lease = noLease
  sent = false
  status = 0
  /** As the server sent them, names and values in turn. */
  rawHeaders: ReadonlyArray<Buffer> = noRawHeaders
  private read: Wire.Headers | undefined = undefined
  private resumeSocket: (() => void) | undefined = undefined
  private decoder: Transform | undefined = undefined
  private unreadTimer: NodeJS.Timeout | undefined = undefined
  /** What has arrived, and nobody has read. */
  private unread: GrowingBytes | undefined = undefined
  private received = 0
  private decoded = 0
  private reader: "none" | "whole" | "stream" = "none"
  private wake: (() => void) | undefined = undefined
  private bodyReader: BodyReader | undefined = undefined
  /** Whether nothing more arrives: the response is complete, it broke off, or nothing waits for it. */
  private isOver = false
  private fault: TransportFault | undefined = undefined
  private whole: Uint8Array | undefined = undefined
  private stopWatching: (() => void) | undefined = undefined

  constructor(private readonly limits: Limits) {}

  /** The head of the response has arrived. */
  protected abstract onHead(): void

  /** No head arrives. */
  protected abstract onNoHead(fault: TransportFault): void

  /** The headers, with names in lower case. Empty before the head of the response has arrived. */
  get headers(): Wire.Headers {
    this.read ??= this.status === 0 ? noHeaders : headersOf(this.rawHeaders, this.limits.headerName)
    return this.read
  }

  /** How the body is compressed, or empty. */
  private get encoding(): string {
    const encoding = this.headers["content-encoding"]?.trim().toLowerCase() ?? ""
    return encoding === "identity" ? "" : encoding
  }

  onConnect(): void {
    // undici then takes the request back, and the connection can serve another one.
    if (this.isOver) throw abandoned
    this.sent = true
  }

  onHeaders(status: number, headers: ReadonlyArray<Buffer>, resume: () => void): boolean {
    // An interim response.
    if (status < 200) return true
    this.resumeSocket = resume
    this.status = status
    this.rawHeaders = headers
    this.onHead()
    return true
  }

  onData(chunk: Uint8Array): boolean {
    if (this.isOver) return false
    const { encoding } = this
    if (encoding === "") return this.push(chunk)
    this.received += chunk.byteLength
    if (this.received > this.limits.maxBodySize) return this.tooLarge()
    this.decoder ??= this.decode(encoding, chunk[0] ?? 0)
    return this.decoder?.write(chunk) ?? false
  }

  onComplete(): void {
    if (this.lease.isBroken()) {
      this.onError(new BrokenError())
      return
    }
    this.returnConnection()
    if (this.decoder === undefined) this.end(undefined)
    else this.decoder.end()
  }

  onError(error: Error): void {
    this.returnConnection()
    if (this.isOver) return
    const fault = toFault(error, this.limits, this.sent)
    this.end(fault)
    if (this.status === 0) this.onNoHead(fault)
  }

  /** Gives the connection up. A request that waits for a connection is never sent. */
  cancel(): void {
    this.abort("the call was interrupted")
  }

  /**
   * Cancels the exchange if the fiber that received the response is interrupted before it reads. A fiber that ends in another way may
   * have passed the response on.
   */
  watch(fiber: Fiber.RuntimeFiber<unknown, unknown>): void {
    const onExit = (exit: Exit.Exit<unknown, unknown>): void => {
      if (Exit.isInterrupted(exit) && this.reader === "none") this.cancel()
    }
    this.stopWatching = () => fiber.removeObserver(onExit)
    fiber.addObserver(onExit)
  }

  /** Reads all of the body. Calls the reader at once if the body has arrived already. Nothing else may be reading it. */
  readWhole(reader: BodyReader): void {
    this.claim("whole")
    if (this.isOver) reader.onBody(this.body())
    else this.bodyReader = reader
  }

  /** All of the body. */
  get bytes(): Effect.Effect<Uint8Array, TransportFault> {
    return Effect.suspend(() => {
      if (this.whole !== undefined) return Effect.succeed(this.whole)
      if (this.reader === "stream" || (this.reader === "whole" && !this.isOver)) return Effect.fail(alreadyRead)
      return Effect.async<Uint8Array, TransportFault>((resume) => {
        this.readWhole({ onBody: resume })
        return Effect.sync(() => this.cancel())
      })
    })
  }

  /** The body as it arrives, no faster than its reader. */
  get stream(): Stream.Stream<Uint8Array, TransportFault> {
    return Stream.suspend(() => {
      if (this.whole !== undefined) return Stream.make(this.whole)
      if (this.reader !== "none") return Stream.fail(alreadyRead)
      const reading = Effect.acquireRelease(
        Effect.sync(() => this.claim("stream")),
        () => Effect.sync(() => this.cancel())
      )
      return Stream.fromPull(Effect.as(reading, this.pull))
    })
  }

  private get pull(): Effect.Effect<Chunk.Chunk<Uint8Array>, Option.Option<TransportFault>> {
    return Effect.suspend(() => {
      const { unread } = this
      if (unread !== undefined && unread.size > 0) {
        const arrived = Chunk.of(unread.take())
        this.flow()
        return Effect.succeed(arrived)
      }
      if (this.isOver) return Effect.fail(Option.fromNullable(this.fault))
      return Effect.async((resume) => {
        this.wake = () => resume(this.pull)
      })
    })
  }

  /** Releases the response, after its body was read whole. */
  protected release(): void {
    this.rawHeaders = noRawHeaders
    this.read = undefined
    this.whole = undefined
    this.bodyReader = undefined
  }

  private claim(reader: "whole" | "stream"): void {
    this.reader = reader
    clearTimeout(this.unreadTimer)
    if (reader === "whole") this.flow()
  }

  private body(): Either.Either<Uint8Array, TransportFault> {
    const { unread } = this
    this.unread = undefined
    if (this.fault !== undefined) return Either.left(this.fault)
    this.whole ??= unread === undefined ? noBytes : unread.bytes
    return Either.right(this.whole)
  }

  private push(chunk: Uint8Array): boolean {
    this.decoded += chunk.byteLength
    if (this.decoded > this.limits.maxBodySize) return this.tooLarge()
    this.unread ??= new GrowingBytes()
    this.unread.add(chunk)
    this.wake?.()
    if (this.reader === "whole" || this.unread.size < highWaterMark) return true
    if (this.reader === "none") this.awaitReader()
    return false
  }

  private flow(): void {
    if (this.decoder === undefined) this.resumeSocket?.()
    else this.decoder.resume()
  }

  /** Gives the connection up if nothing reads the response in time. */
  private awaitReader(): void {
    const { bodyTimeout } = this.limits
    if (this.unreadTimer !== undefined || !Duration.isFinite(bodyTimeout)) return
    const reason = `nobody read the answer for ${Duration.format(bodyTimeout)} (\`bodyTimeout\`)`
    this.unreadTimer = setTimeout(() => this.abort(reason), Duration.toMillis(bodyTimeout)).unref()
  }

  private decode(encoding: string, start: number): Transform | undefined {
    const decoder = decoderOf(encoding, start)
    if (decoder === undefined) this.abort("the answer has a Content-Encoding that is not known here", "permanent")
    return decoder
      ?.on("data", (chunk: Uint8Array) => {
        if (!this.push(chunk)) decoder.pause()
      })
      .on("drain", () => this.resumeSocket?.())
      .on("end", () => this.end(undefined))
      .on("error", (error) => this.abort(`the answer cannot be decompressed: ${explain(error)}`))
  }

  private tooLarge(): false {
    this.abort(`the answer is larger than ${this.limits.maxBodySize} bytes (\`maxBodySize\`)`, "permanent")
    return false
  }

  private abort(reason: string, kind: "permanent" | "temporary" = "temporary"): void {
    if (this.isOver) return
    this.end(new TransportFault({ reason, sent: true, permanent: kind === "permanent" }))
    this.decoder?.destroy()
    this.lease.abandon()
  }

  /** Returns the connection to its pool. */
  private returnConnection(): void {
    this.resumeSocket = undefined
    this.lease.end(this.status === 0 ? undefined : this.headers["keep-alive"])
    this.lease = noLease
  }

  private end(fault: TransportFault | undefined): void {
    if (this.isOver) return
    this.isOver = true
    this.fault = fault
    clearTimeout(this.unreadTimer)
    this.stopWatching?.()
    this.bodyReader?.onBody(this.body())
    this.wake?.()
  }
}
