/**
 * Serves a gateway inside a program of `@effect/platform`, as an `HttpApp`. You can mount it in a router, or serve it alone.
 *
 * @since 0.1.0
 */
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import type { RequestError } from "@effect/platform/HttpServerError"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as CommonError from "../../domain/errors/CommonError.js"
import * as Message from "../../domain/rules/Message.js"
import * as Body from "../../domain/wire/Body.js"
import * as Target from "../../domain/wire/Target.js"
import * as Wire from "../../domain/wire/Wire.js"
import { Gateway } from "../../services/gateway/Gateway.js"
import { maxSize } from "../../services/gateway/internal/maxSize.js"
import { BoundedBody } from "../../services/internal/boundedBody.js"

/** Node's requests always have a stream to read; those of the web have none without a body. */
const isBare = ({ method, source }: HttpServerRequest.HttpServerRequest): boolean =>
  method === "GET" || method === "HEAD" || (Predicate.hasProperty(source, "body") && source.body === null)

/**
 * Reads a body up to a little past the limit: the size check then sees that it is too large. It discards the rest up to twice the
 * limit, because a server may hang up on a body that is not read, and its sender could not read the answer.
 */
const readBody = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<Uint8Array, RequestError> =>
  isBare(request)
    ? Effect.succeed(Body.join([]))
    : Effect.suspend(() => {
        const body = new BoundedBody(maxSize.postV3)
        let size = 0
        const read = Stream.runForEachWhile(request.stream, (chunk) =>
          Effect.sync(() => {
            body.add(chunk)
            size += chunk.byteLength
            return size <= 2 * maxSize.postV3
          })
        )
        // Platforms have limits of their own.
        return Effect.map(HttpIncomingMessage.withMaxBodySize(read, Option.none()), () => body.bytes)
      })

/** Closes the connection of a request. Only requests of Node know theirs. For others, a body that fails must do. */
const hangUp = ({ source }: HttpServerRequest.HttpServerRequest): Effect.Effect<void> =>
  Effect.sync(() => {
    const socket = Predicate.hasProperty(source, "socket") ? source.socket : undefined
    if (Predicate.hasProperty(socket, "destroy") && typeof socket.destroy === "function") socket.destroy()
  })

/**
 * The body of an answer that streams. The scope of the request holds the stream from its first piece on. A server treats a body that
 * fails as one that has ended, so the connection is closed if a stream breaks off or is given up.
 */
const bodyOf = (
  request: HttpServerRequest.HttpServerRequest,
  events: Stream.Stream<Uint8Array, Wire.TransportFault>
): Effect.Effect<Stream.Stream<Uint8Array, Wire.TransportFault>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const pull = yield* Stream.toPull(events)
    const first = yield* Effect.exit(pull)
    // The head of the answer is not sent yet: a request that was interrupted meanwhile gets no answer.
    yield* Effect.interruptible(Effect.void)
    const rest = Stream.repeatEffectChunkOption(pull)
    const body = Exit.isSuccess(first)
      ? Stream.concat(Stream.fromChunk(first.value), rest)
      : Stream.repeatEffectChunkOption<Uint8Array, Wire.TransportFault, never>(first)
    return Stream.ensuringWith(body, (exit) => (Exit.isSuccess(exit) ? Effect.void : hangUp(request)))
  })

const brokenOff = (body: string, cut: number): Stream.Stream<Uint8Array, Wire.TransportFault> =>
  Stream.concat(
    cut === 0 ? Stream.empty : Stream.succeed(Body.bytes(body).subarray(0, cut)),
    Stream.fail(new Wire.TransportFault({ reason: "cut off", sent: true }))
  )

/**
 * Answers every request, whatever its path.
 *
 * @since 0.1.0
 * @category constructors
 */
export const app: HttpApp.Default<never, Gateway | Scope.Scope> = Effect.gen(function* () {
  const gateway = yield* Gateway
  const request = yield* HttpServerRequest.HttpServerRequest
  const handle = Effect.matchEffect(readBody(request), {
    // A handler never sees a part of a body as the whole.
    onFailure: () => gateway.refuse(new CommonError.InvalidRequest({ message: Message.malformedHttp["en-US"] })),
    onSuccess: (body) =>
      gateway.handle({
        method: request.method,
        ...Target.parse(request.originalUrl),
        headers: request.headers,
        body,
        address: Option.getOrUndefined(request.remoteAddress)
      })
  })
  // A caller that hangs up interrupts its request, but a stream that has started gets an owner first.
  return yield* Effect.uninterruptible(
    Effect.flatMap(Effect.interruptible(handle), (answer) => {
      const { "content-type": contentType = "", ...headers } = answer.headers
      const options = { status: answer.status, headers, contentType }
      if (answer.cut !== undefined) {
        return Effect.map(bodyOf(request, brokenOff(answer.body, answer.cut)), (body) =>
          HttpServerResponse.stream(body, { ...options, contentLength: Body.byteLength(answer.body) })
        )
      }
      return answer.stream === undefined
        ? Effect.succeed(HttpServerResponse.text(answer.body, options))
        : Effect.map(bodyOf(request, answer.stream), (body) => HttpServerResponse.stream(body, options))
    })
  )
})
