/**
 * Serves a gateway inside a program of `@effect/platform`, as an `HttpApp`. You can mount it in a router, or serve it alone.
 *
 * @since 0.1.0
 */
import type { Duplex } from "node:stream"
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Body from "../../domain/wire/Body.js"
import * as Target from "../../domain/wire/Target.js"
import * as Wire from "../../domain/wire/Wire.js"
import { Gateway } from "../../services/gateway/Gateway.js"
import { maxSize } from "../../services/gateway/internal/maxSize.js"
import { UnreadBytes } from "../../services/gateway/internal/unreadBytes.js"
import { smallPiece, Turns } from "./internal/node/turns.js"
import { type Feed, receive, type Source } from "./internal/receive.js"

/** Node's requests always have a stream to read; those of the web have none without a body. */
const isBare = ({ method, source }: HttpServerRequest.HttpServerRequest): boolean =>
  method === "GET" || method === "HEAD" || (Predicate.hasProperty(source, "body") && source.body === null)

/** As much of a request of Node as its reader needs. */
interface NodeRequest {
  readonly readable: boolean
  readonly on: (event: string, listener: (value: never) => void) => unknown
  readonly off: (event: string, listener: (value: never) => void) => unknown
  readonly resume: () => unknown
  readonly httpVersionMajor?: unknown
  readonly socket?: unknown
}

const isNodeRequest = (source: unknown): source is NodeRequest =>
  Predicate.hasProperty(source, "readable") &&
  ["on", "off", "resume"].every((name) => Predicate.hasProperty(source, name))

const socketMethods = ["on", "pause", "rawListeners", "removeAllListeners", "resume", "unshift"]

/** Whether this is a socket of Node, of which only these methods are used. */
const isSocket = (socket: unknown): socket is Duplex =>
  typeof socket === "object" && socket !== null && socketMethods.every((name) => Predicate.hasProperty(socket, name))

/** How many small pieces a body may have that the others need not wait for. */
const piecesInTurn = 512

const turns = new WeakMap<object, Turns>()

/** The turns of a connection of HTTP/1, if this is one. A socket of HTTP/2 lets nobody pause it. */
const turnsOf = (request: NodeRequest): Turns | undefined => {
  const { socket } = request
  if (request.httpVersionMajor !== 1 || !isSocket(socket)) return undefined
  const known = turns.get(socket) ?? new Turns(socket, () => true)
  turns.set(socket, known)
  return known
}

/**
 * Reads a request of Node by its events: its stream would collect small pieces in a list. The rest of a body that is too large is
 * discarded, so that its sender can read the answer.
 */
const readNode = (request: NodeRequest): Source => {
  let stop = (): void => {}
  const feed: Feed = (body) =>
    Effect.async((resume) => {
      const end = (exit: Exit.Exit<void, "broken">) => (): void => {
        for (const [event, listener] of listeners) request.off(event, listener)
        request.resume()
        resume(exit)
      }
      stop = end(Exit.void)
      let small = 0
      const onData = (piece: Uint8Array): void => {
        if (!body.add(piece)) stop()
        if (piece.byteLength < smallPiece && ++small % piecesInTurn === 0) turnsOf(request)?.waitForTurn()
      }
      const listeners: ReadonlyArray<readonly [string, (value: never) => void]> = [
        ["data", onData],
        ["end", stop],
        ["error", end(Exit.fail("broken"))],
        ["close", end(Exit.fail("broken"))]
      ]
      if (!request.readable) return resume(Exit.void)
      for (const [event, listener] of listeners) request.on(event, listener)
      return Effect.sync(end(Exit.void))
    })
  return { feed, stop: () => stop() }
}

/** Reads the body of any other request. Discards the rest up to twice the limit, because a server may hang up on an unread body. */
const readStream = (request: HttpServerRequest.HttpServerRequest): Source => ({
  feed: (body) => {
    let size = 0
    const read = Stream.runForEachWhile(request.stream, (chunk) =>
      Effect.sync(() => {
        body.add(chunk)
        size += chunk.byteLength
        return size <= 2 * maxSize.postV3
      })
    )
    // Platforms have limits of their own.
    return Effect.mapError(HttpIncomingMessage.withMaxBodySize(read, Option.none()), () => "broken" as const)
  },
  stop: () => {}
})

const sourceOf = (request: HttpServerRequest.HttpServerRequest): Source | undefined =>
  isBare(request) ? undefined : isNodeRequest(request.source) ? readNode(request.source) : readStream(request)

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
 * How much an app reads at a time.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * How many bytes all bodies that are being read may take together. Beyond it, the app refuses the largest of them with
   * `RequestLimitExceeded`. Of a limit over 48 MB, up to 16 MB are left to buffers that the runtime has yet to collect. Default: 64 MB.
   */
  readonly maxUnreadBytes?: number | undefined
}

/**
 * Makes an app with options. It answers every request, whatever its path.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): HttpApp.Default<never, Gateway | Scope.Scope> => {
  const unread = new UnreadBytes(options.maxUnreadBytes)
  return Effect.gen(function* () {
    const gateway = yield* Gateway
    const request = yield* HttpServerRequest.HttpServerRequest
    const head = {
      method: request.method,
      ...Target.parse(request.originalUrl),
      headers: request.headers,
      address: Option.getOrUndefined(request.remoteAddress)
    }
    // A caller that hangs up interrupts its request, but a stream that has started gets an owner first.
    return yield* Effect.uninterruptible(
      Effect.flatMap(Effect.interruptible(receive(gateway, unread, head, sourceOf(request))), (answer) => {
        const { "content-type": contentType = "", ...headers } = answer.headers
        const options = { status: answer.status, headers, contentType }
        if (answer.cut !== undefined) {
          // Without a byte, a length would make an empty answer look whole.
          const length = answer.cut === 0 ? {} : { contentLength: Body.byteLength(answer.body) }
          return Effect.map(bodyOf(request, brokenOff(answer.body, answer.cut)), (body) =>
            HttpServerResponse.stream(body, { ...options, ...length })
          )
        }
        // A preflight's answer has no content.
        if (answer.status === 204) return Effect.succeed(HttpServerResponse.empty({ status: 204, headers }))
        return answer.stream === undefined
          ? Effect.succeed(HttpServerResponse.text(answer.body, options))
          : Effect.map(bodyOf(request, answer.stream), (body) => HttpServerResponse.stream(body, options))
      })
    )
  })
}

/**
 * Answers every request, whatever its path.
 *
 * @since 0.1.0
 * @category constructors
 */
export const app: HttpApp.Default<never, Gateway | Scope.Scope> = /* #__PURE__ */ make()
