/**
 * Serves a gateway as a function from a `Request` to a `Response`, for runtimes that follow the web's standards.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Body from "../../domain/wire/Body.js"
import * as Target from "../../domain/wire/Target.js"
import * as Wire from "../../domain/wire/Wire.js"
import { Gateway } from "../../services/gateway/Gateway.js"
import { UnreadBytes } from "../../services/gateway/internal/unreadBytes.js"
import * as Fibers from "../../services/internal/runtime/fiber.js"
import { type Feed, receive, type Source } from "./internal/receive.js"

/**
 * Answers every request with an envelope. Rejects if the request is aborted, and if the scope that the function was made in is closed.
 *
 * If an injected fault closes the connection, the answer has a body that fails at once. A server has to break the connection then, as
 * Bun and Deno do: it sends the head before it reads the body, and does not end a body that fails.
 *
 * @since 0.1.0
 * @category models
 */
export type Handler = (
  request: Request,
  options?: {
    /** The address of the caller. A `Request` does not have it. */
    readonly address?: string | undefined
  }
) => Promise<Response>

const broken = new Wire.TransportFault({ reason: "cut off", sent: true })

/** Stops a reader. A body that was read to its end, or that broke off, has nothing to stop: that is no failure. */
const cancel = (reader: ReadableStreamDefaultReader<Uint8Array>): void => {
  reader.cancel().catch(() => {})
}

/** A piece smaller than this, in bytes, is small. */
const smallPiece = 256

/** How many small pieces of a body are read in one turn of the event loop. */
const piecesInTurn = 128

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

/** Reads a body. It cancels what is beyond the limit, and does not wait for the sender. */
const sourceOf = ({ body }: Request): Source | undefined => {
  if (body === null) return undefined
  let stop = (): void => {}
  const feed: Feed = (into) =>
    Effect.acquireUseRelease(
      // A body that someone else reads already has no other reader.
      Effect.try({ try: () => body.getReader(), catch: () => "broken" as const }),
      (reader) => {
        stop = () => cancel(reader)
        return Effect.tryPromise({
          try: async () => {
            let small = 0
            for (let part = await reader.read(); !part.done; part = await reader.read()) {
              if (!into.add(part.value)) break
              // Promises alone would keep everyone else waiting.
              if (part.value.byteLength < smallPiece && ++small % piecesInTurn === 0) await nextTurn()
            }
          },
          catch: () => "broken" as const
        })
      },
      (reader) => Effect.sync(() => cancel(reader))
    )
  return { feed, stop: () => stop() }
}

/**
 * Makes a body, and writes a stream into it as its reader asks for more. The fiber that does so holds the stream. To cancel the body
 * interrupts it. The fiber can be interrupted only while it waits: the first piece is there already, and only a stream that was
 * pulled frees what it holds.
 */
const writeEvents = (
  events: Stream.Stream<Uint8Array, Wire.TransportFault>,
  give: (body: ReadableStream<Uint8Array>) => void
): Effect.Effect<void> =>
  Effect.withFiberRuntime((fiber) => {
    const asked = Effect.unsafeMakeLatch()
    let written: ReadableStreamDefaultController<Uint8Array> | undefined
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        written = controller
      },
      pull: () => asked.unsafeOpen(),
      cancel: () =>
        new Promise((resolve) => {
          fiber.addObserver(() => resolve())
          Fibers.interruptNow(fiber)
        })
    })
    give(body)
    return Effect.gen(function* () {
      const pull = yield* Stream.toPull(events)
      const next = Effect.map(pull, (pieces) => {
        // A write makes the reader ask for more, at once or when it has read this.
        asked.unsafeClose()
        written?.enqueue(Body.join([...pieces]))
      })
      return yield* Effect.zipRight(next, Effect.forever(Effect.interruptible(Effect.zipRight(asked.await, next))))
    }).pipe(
      Effect.catchAll((end) => (Option.isNone(end) ? Effect.sync(() => written?.close()) : Effect.fail(broken))),
      Effect.scoped,
      // A stream that breaks off must not look complete.
      Effect.catchAllCause(() => Effect.sync(() => written?.error(broken)))
    )
  })

/** A body that fails at once. It is the nearest that a `Response` comes to a connection that breaks. */
const brokenBody = (): ReadableStream<Uint8Array> =>
  new ReadableStream({ start: (controller) => controller.error(broken) })

const respond = (
  { body, cut, headers, status, stream }: Wire.WireResponse,
  give: (response: Response) => void
): Effect.Effect<void> => {
  if (cut === 0) return Effect.sync(() => give(new Response(brokenBody(), { status, headers })))
  const begun = Body.bytes(body).subarray(0, cut)
  const pieces = cut === undefined ? stream : Stream.concat(Stream.succeed(begun), Stream.fail(broken))
  return pieces === undefined
    ? Effect.sync(() => give(new Response(status === 204 ? null : body, { status, headers })))
    : writeEvents(pieces, (content) => give(new Response(content, { status, headers })))
}

/**
 * How much a function reads at a time.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * How many bytes all bodies that are being read may take together. Beyond it, the function refuses the largest of them with
   * `RequestLimitExceeded`. Of a limit over 48 MB, up to 16 MB are left to buffers that the runtime has yet to collect. Default: 64 MB.
   */
  readonly maxUnreadBytes?: number | undefined
}

/**
 * Makes the function, as {@link make} does, with options.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeWith = (options: Options = {}): Effect.Effect<Handler, never, Gateway | Scope.Scope> =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    const run = yield* Effect.mapInputContext(FiberSet.makeRuntime<never>(), Fibers.withoutSpan<Scope.Scope>)
    const unread = new UnreadBytes(options.maxUnreadBytes)
    return (request: Request, given: Parameters<Handler>[1]) => {
      const head = {
        method: request.method,
        ...Target.parse(request.url),
        // A `Request` has its host in its URL.
        headers: { host: new URL(request.url).host, ...Object.fromEntries(request.headers) },
        address: given?.address
      }
      const answer = receive(gateway, unread, head, sourceOf(request))
      return new Promise((resolve, reject) => {
        // The fiber of a request lives as long as its answer. A stream that has started always runs: nothing else frees what it holds.
        const fiber = run(
          Effect.uninterruptibleMask((restore) => Effect.flatMap(restore(answer), (given) => respond(given, resolve)))
        )
        const hangUp = (): void => Fibers.interruptNow(fiber)
        if (request.signal.aborted) hangUp()
        else request.signal.addEventListener("abort", hangUp)
        fiber.addObserver((exit) => {
          request.signal.removeEventListener("abort", hangUp)
          // This has no effect if there was an answer.
          if (Exit.isFailure(exit)) reject(Cause.squash(exit.cause))
        })
      })
    }
  })

/**
 * Makes the function. A request is interrupted if it is aborted, if its answer is cancelled, and when the scope closes. Requests see
 * the services that this effect sees, and their spans are not below its span.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as WebGateway from "effect-tencentcloud/WebGateway"
 *
 * export const answer = Effect.gen(function* () {
 *   const handle = yield* WebGateway.make
 *   return yield* Effect.promise(() => handle(new Request("http://ebs.tencentcloudapi.com/", { method: "POST" })))
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<Handler, never, Gateway | Scope.Scope> = /* #__PURE__ */ Effect.suspend(() =>
  makeWith()
)
