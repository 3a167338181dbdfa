import type { Transform } from "node:stream"
import * as Zlib from "node:zlib"
import * as Chunk from "effect/Chunk"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Body from "../../../domain/wire/Body.js"
import type * as Wire from "../../../domain/wire/Wire.js"
import { TransportFault } from "../../../services/client/Transport.js"
import { codeOf, explain, isPermanent } from "./networkError.js"
import type { Lease, Tenant } from "./pool.js"
import { util } from "./undici.js"

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

const taken = new TransportFault({ reason: "the answer is read elsewhere already", sent: true })

const unwanted = new Error("Nobody waits for the answer any more.")

const unleased: Lease = { end: () => {}, abandon: () => {} }

const noHeaders: Wire.Headers = {}

const noRawHeaders: ReadonlyArray<Buffer> = []

const noChunks: Array<Uint8Array> = []

const readHeaders = (raw: ReadonlyArray<Buffer>): Wire.Headers => {
  // Without a prototype, whose names a header may have.
  const headers: Record<string, string> = Object.create(null)
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = util.headerNameToString(raw[index] ?? "")
    const value = raw[index + 1]?.toString("latin1") ?? ""
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return Object.freeze(headers)
}

const isSame = (one: Buffer, other: Buffer | undefined): boolean => {
  if (one.length !== other?.length) return false
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false
  return true
}

/** What was read last: within a second, answers of one server differ in nothing but their bodies. */
let latest = { raw: noRawHeaders, headers: readHeaders(noRawHeaders) }

const headersOf = (raw: ReadonlyArray<Buffer>): Wire.Headers => {
  if (raw.length !== latest.raw.length || !raw.every((text, index) => isSame(text, latest.raw[index]))) {
    // Copies: what was received holds whole answers.
    latest = { raw: raw.map((text) => Buffer.from(text)), headers: readHeaders(raw) }
  }
  return latest.headers
}

/** Who waits for all of a body. */
export interface Reader {
  readonly finish: (outcome: Either.Either<Uint8Array, TransportFault>) => void
}

/**
 * One request and its answer: what undici tells comes in on the one side, and effects that read the answer go out on the
 * other. It holds the socket back while nobody reads, and gives the connection up when its caller is interrupted.
 *
 * Who begins one says what is to be done with its head, or where there is none. That is a class, as everything is that lives as
 * long as an exchange: V8 takes literals and closures that do so for long-lived, puts them into old space, and what they point to
 * stays there with them until a full collection.
 */
export abstract class Exchange implements Tenant {
  lease: Lease = unleased
  sent = false
  status = 0
  /** As they were sent, two for each header. */
  rawHeaders: ReadonlyArray<Buffer> = noRawHeaders
  private read: Wire.Headers | undefined = undefined
  private resumeSocket: (() => void) | undefined = undefined
  private decoder: Transform | undefined = undefined
  private unread: NodeJS.Timeout | undefined = undefined
  private chunks: Array<Uint8Array> = noChunks
  private buffered = 0
  private received = 0
  private decoded = 0
  private reader: "none" | "whole" | "stream" = "none"
  private wake: (() => void) | undefined = undefined
  private waiting: Reader | undefined = undefined
  /** Whether nothing more will come: the answer is complete, broke off, or is not wanted any more. */
  private settled = false
  private fault: TransportFault | undefined = undefined
  private whole: Uint8Array | undefined = undefined
  private release: (() => void) | undefined = undefined

  constructor(private readonly limits: Limits) {}

  /** The head of the answer is there. */
  protected abstract begin(): void

  /** There is none, and will be none. */
  protected abstract fail(fault: TransportFault): void

  /** Lower-case names; none before the head of the answer is there. */
  get headers(): Wire.Headers {
    this.read ??= this.status === 0 ? noHeaders : headersOf(this.rawHeaders)
    return this.read
  }

  /** How the body is compressed, empty where it is not. */
  private get encoding(): string {
    const encoding = this.headers["content-encoding"]?.trim().toLowerCase() ?? ""
    return encoding === "identity" ? "" : encoding
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
    this.status = status
    this.rawHeaders = headers
    this.begin()
    return true
  }

  onData(chunk: Uint8Array): boolean {
    if (this.settled) return false
    const { encoding } = this
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
    const reason = reasonOf(error, this.limits)
    const fault = new TransportFault({ reason, sent: this.sent, permanent: isPermanent(error) })
    this.settle(fault)
    if (this.status === 0) this.fail(fault)
  }

  /** Gives the connection up. A request that waits for one is never sent. */
  cancel(): void {
    this.giveUp("the call was interrupted")
  }

  /**
   * Watches over who was given the answer: one that is interrupted before it has begun to read reads no more; one that ends may
   * have passed the answer on.
   */
  watch(fiber: Fiber.RuntimeFiber<unknown, unknown>): void {
    const onExit = (exit: Exit.Exit<unknown, unknown>): void => {
      if (Exit.isInterrupted(exit) && this.reader === "none") this.cancel()
    }
    this.release = () => fiber.removeObserver(onExit)
    fiber.addObserver(onExit)
  }

  /** Reads all of the body, and then tells; at once, where it is there already. Nobody else may be reading it. */
  readWhole(reader: Reader): void {
    this.claim("whole")
    if (this.settled) reader.finish(this.outcome())
    else this.waiting = reader
  }

  /** All of the body. */
  get bytes(): Effect.Effect<Uint8Array, TransportFault> {
    return Effect.suspend(() => {
      if (this.whole !== undefined) return Effect.succeed(this.whole)
      if (this.reader === "stream" || (this.reader === "whole" && !this.settled)) return Effect.fail(taken)
      return Effect.async<Uint8Array, TransportFault>((resume) => {
        this.readWhole({ finish: resume })
        return Effect.sync(() => this.cancel())
      })
    })
  }

  /** The body as it comes, and no faster than it is read. */
  get stream(): Stream.Stream<Uint8Array, TransportFault> {
    return Stream.suspend(() => {
      if (this.whole !== undefined) return Stream.make(this.whole)
      if (this.reader !== "none") return Stream.fail(taken)
      const reading = Effect.acquireRelease(
        Effect.sync(() => this.claim("stream")),
        () => Effect.sync(() => this.cancel())
      )
      return Stream.fromPull(Effect.as(reading, this.pull))
    })
  }

  private get pull(): Effect.Effect<Chunk.Chunk<Uint8Array>, Option.Option<TransportFault>> {
    return Effect.suspend(() => {
      if (this.chunks.length > 0) {
        const chunks = Chunk.unsafeFromArray(this.chunks)
        this.chunks = noChunks
        this.buffered = 0
        this.flow()
        return Effect.succeed(chunks)
      }
      if (this.settled) return Effect.fail(Option.fromNullable(this.fault))
      return Effect.async((resume) => {
        this.wake = () => resume(this.pull)
      })
    })
  }

  /** Lets go of the answer, which has been read whole. */
  protected forget(): void {
    this.rawHeaders = noRawHeaders
    this.read = undefined
    this.whole = undefined
    this.waiting = undefined
  }

  private claim(reader: "whole" | "stream"): void {
    this.reader = reader
    clearTimeout(this.unread)
    if (reader === "whole") this.flow()
  }

  private outcome(): Either.Either<Uint8Array, TransportFault> {
    const chunks = this.chunks
    this.chunks = noChunks
    if (this.fault !== undefined) return Either.left(this.fault)
    this.whole ??= Body.join(chunks)
    return Either.right(this.whole)
  }

  private push(chunk: Uint8Array): boolean {
    this.decoded += chunk.byteLength
    if (this.decoded > this.limits.maxBodySize) return this.tooLarge()
    if (this.chunks === noChunks) this.chunks = [chunk]
    else this.chunks.push(chunk)
    this.buffered += chunk.byteLength
    this.wake?.()
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
    if (decoder === undefined) this.giveUp("the answer has a Content-Encoding that is not known here", "permanent")
    return decoder
      ?.on("data", (chunk: Uint8Array) => {
        if (!this.push(chunk)) decoder.pause()
      })
      .on("drain", () => this.resumeSocket?.())
      .on("end", () => this.settle(undefined))
      .on("error", (error) => this.giveUp(`the answer cannot be decompressed: ${explain(error)}`))
  }

  private tooLarge(): false {
    this.giveUp(`the answer is larger than ${this.limits.maxBodySize} bytes (\`maxBodySize\`)`, "permanent")
    return false
  }

  private giveUp(reason: string, lasts: "permanent" | "passing" = "passing"): void {
    if (this.settled) return
    this.settle(new TransportFault({ reason, sent: true, permanent: lasts === "permanent" }))
    this.decoder?.destroy()
    this.lease.abandon()
  }

  /** The connection is another call's from here on. */
  private end(): void {
    this.resumeSocket = undefined
    this.lease.end()
    this.lease = unleased
  }

  private settle(fault: TransportFault | undefined): void {
    if (this.settled) return
    this.settled = true
    this.fault = fault
    clearTimeout(this.unread)
    this.release?.()
    this.waiting?.finish(this.outcome())
    this.wake?.()
  }
}
