/**
 * Serves a gateway as a function from a `Request` to a `Response`, as every runtime of the web knows them.
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
import * as Fibers from "../../services/internal/runtime/fiber.js"

/**
 * Answers a request, whatever it is, with an envelope. Rejects where the request was aborted, where the scope was closed
 * that the function was made in, or where a fault was injected that closes the connection.
 *
 * @since 0.1.0
 * @category models
 */
export type Handler = (
  request: Request,
  options?: {
    /** The address that the request came from, which a `Request` does not tell. */
    readonly address?: string | undefined
  }
) => Promise<Response>

const broken = new Wire.TransportFault({ reason: "cut off", sent: true })

/**
 * Reads no more than a little past the limit: the size check then sees that it was too much. Its sender is told when nobody
 * reads on, and is not waited for.
 */
const readBody = ({ body }: Request): Effect.Effect<Uint8Array, Wire.TransportFault> =>
  body === null
    ? Effect.succeed(Body.join([]))
    : Effect.acquireUseRelease(
        // A body that somebody else has begun to read has no other reader.
        Effect.try({ try: () => body.getReader(), catch: () => broken }),
        (reader) =>
          Effect.tryPromise({
            try: async () => {
              const chunks: Array<Uint8Array> = []
              let size = 0
              while (size <= maxSize.postV3) {
                const { done, value } = await reader.read()
                if (done) break
                chunks.push(value)
                size += value.byteLength
              }
              return Body.join(chunks)
            },
            catch: () => broken
          }),
        (reader) => Effect.sync(() => void reader.cancel().catch(() => {}))
      )

/**
 * Gives a body, and writes a stream into it as its reader asks. The fiber that does so holds the stream: whoever cancels the body
 * interrupts it. It cannot be interrupted but where it waits: the first piece is there already, and with it what the stream holds
 * is freed in any case.
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
        // To write is to be asked for more, at once or when that is read.
        asked.unsafeClose()
        written?.enqueue(Body.join([...pieces]))
      })
      return yield* Effect.zipRight(next, Effect.forever(Effect.interruptible(Effect.zipRight(asked.await, next))))
    }).pipe(
      Effect.catchAll((end) => (Option.isNone(end) ? Effect.sync(() => written?.close()) : Effect.fail(broken))),
      Effect.scoped,
      // A stream that breaks off must not look as if it had ended.
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
 * Makes the function. A call is interrupted when its request is aborted or its answer cancelled, and when the scope is closed:
 * each answer that streams ends by then.
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
      // No handler is given a part for the whole.
      onFailure: () => gateway.refuse(new CommonError.InvalidRequest({ message: Message.malformedHttp["en-US"] })),
      onSuccess: (body) =>
        gateway.handle({
          method: request.method,
          ...Target.parse(request.url),
          // A `Request` keeps its host in its address.
          headers: { host: new URL(request.url).host, ...Object.fromEntries(request.headers) },
          body,
          address: options?.address
        })
    })
    return new Promise((resolve, reject) => {
      // The fiber of a call lives as long as its answer does. A stream that has been begun is run in any case.
      const fiber = run(
        Effect.uninterruptibleMask((restore) => Effect.flatMap(restore(answer), (given) => respond(given, resolve)))
      )
      const hangUp = (): void => Fibers.interruptNow(fiber)
      if (request.signal.aborted) hangUp()
      else request.signal.addEventListener("abort", hangUp)
      fiber.addObserver((exit) => {
        request.signal.removeEventListener("abort", hangUp)
        // That is too late where an answer was given.
        if (Exit.isFailure(exit)) reject(Cause.squash(exit.cause))
      })
    })
  }
})
