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
import * as CommonError from "../../domain/errors/CommonError.js"
import * as Message from "../../domain/rules/Message.js"
import * as Body from "../../domain/wire/Body.js"
import * as Target from "../../domain/wire/Target.js"
import * as Wire from "../../domain/wire/Wire.js"
import { Gateway } from "../../services/gateway/Gateway.js"
import { maxSize } from "../../services/gateway/internal/maxSize.js"
import * as BoundedBody from "../../services/internal/boundedBody.js"
import * as Fibers from "../../services/internal/runtime/fiber.js"

/**
 * Answers every request with an envelope. Rejects if the request is aborted, if the scope that the function was made in is closed, or
 * if an injected fault closes the connection.
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

/**
 * Reads a body up to a little past the limit: the size check then sees that it is too large. It cancels the rest, and does not wait
 * for the sender.
 */
const readBody = ({ body }: Request): Effect.Effect<Uint8Array, Wire.TransportFault> =>
  body === null
    ? Effect.succeed(Body.join([]))
    : Effect.acquireUseRelease(
        // A body that someone else reads already has no other reader.
        Effect.try({ try: () => body.getReader(), catch: () => broken }),
        (reader) =>
          Effect.tryPromise({
            try: async () => (await BoundedBody.readWeb(reader, maxSize.postV3)).bytes,
            catch: () => broken
          }),
        (reader) => Effect.sync(() => void BoundedBody.cancel(reader))
      )

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

const respond = (
  { body, cut, headers, status, stream }: Wire.WireResponse,
  give: (response: Response) => void
): Effect.Effect<void, Wire.TransportFault> => {
  if (cut === 0) return Effect.fail(broken)
  const begun = Body.bytes(body).subarray(0, cut)
  const pieces = cut === undefined ? stream : Stream.concat(Stream.succeed(begun), Stream.fail(broken))
  return pieces === undefined
    ? Effect.sync(() => give(new Response(body, { status, headers })))
    : writeEvents(pieces, (content) => give(new Response(content, { status, headers })))
}

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
export const make: Effect.Effect<Handler, never, Gateway | Scope.Scope> = Effect.gen(function* () {
  const gateway = yield* Gateway
  const run = yield* Effect.mapInputContext(FiberSet.makeRuntime<never>(), Fibers.withoutSpan<Scope.Scope>)
  return (request, options) => {
    const answer = Effect.matchEffect(readBody(request), {
      // A handler never sees a part of a body as the whole.
      onFailure: () => gateway.refuse(new CommonError.InvalidRequest({ message: Message.malformedHttp["en-US"] })),
      onSuccess: (body) =>
        gateway.handle({
          method: request.method,
          ...Target.parse(request.url),
          // A `Request` has its host in its URL.
          headers: { host: new URL(request.url).host, ...Object.fromEntries(request.headers) },
          body,
          address: options?.address
        })
    })
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
