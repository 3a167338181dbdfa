/**
 * Serves a gateway inside a program of `@effect/platform`: as an `HttpApp`, to be mounted in a router or served alone.
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

const nothing: { readonly chunks: ReadonlyArray<Uint8Array>; readonly size: number } = { chunks: [], size: 0 }

/** Node's requests always have a stream to read; those of the web have none without a body. */
const isBare = ({ method, source }: HttpServerRequest.HttpServerRequest): boolean =>
  method === "GET" || method === "HEAD" || (Predicate.hasProperty(source, "body") && source.body === null)

/**
 * Keeps no more than a little past the limit: the size check then sees that it was too much. A server may hang up where the
 * body is not read to its end, so that one is thrown away up to twice the limit, and its sender gets to read the answer.
 */
const readBody = (request: HttpServerRequest.HttpServerRequest): Effect.Effect<Uint8Array, RequestError> =>
  isBare(request)
    ? Effect.succeed(Body.join([]))
    : request.stream.pipe(
        Stream.runFoldWhile(
          nothing,
          ({ size }) => size <= 2 * maxSize.postV3,
          ({ chunks, size }, chunk) => ({
            chunks: size > maxSize.postV3 ? chunks : [...chunks, chunk],
            size: size + chunk.byteLength
          })
        ),
        // Platforms have limits of their own.
        HttpIncomingMessage.withMaxBodySize(Option.none()),
        Effect.map(({ chunks }) => Body.join(chunks))
      )

/** Closes the connection under an answer. Only Node's requests know theirs; to others a body that fails has to be enough. */
const hangUp = ({ source }: HttpServerRequest.HttpServerRequest): Effect.Effect<void> =>
  Effect.sync(() => {
    const socket = Predicate.hasProperty(source, "socket") ? source.socket : undefined
    if (Predicate.hasProperty(socket, "destroy") && typeof socket.destroy === "function") socket.destroy()
  })

/**
 * The events of an answer, held by the request's scope from their first piece on. A server takes a body that fails for one
 * that has ended, and so the connection is closed under one that breaks off, or that is given up.
 */
const bodyOf = (
  request: HttpServerRequest.HttpServerRequest,
  events: Stream.Stream<Uint8Array, Wire.TransportFault>
): Effect.Effect<Stream.Stream<Uint8Array, Wire.TransportFault>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const pull = yield* Stream.toPull(events)
    const first = yield* Effect.exit(pull)
    // The head of the answer is not there yet: whoever was interrupted meanwhile gives none.
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
 * Answers every request that it is given, whatever its path.
 *
 * @since 0.1.0
 * @category constructors
 */
export const app: HttpApp.Default<never, Gateway | Scope.Scope> = Effect.gen(function* () {
  const gateway = yield* Gateway
  const request = yield* HttpServerRequest.HttpServerRequest
  const handle = Effect.matchEffect(readBody(request), {
    // No handler is given a part for the whole.
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
  // A caller that hangs up interrupts its call; but a stream that has been begun gets its owner before that.
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
