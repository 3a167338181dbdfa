/** The transport over `fetch`, which every runtime has. */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Body from "../../../domain/wire/Body.js"
import type * as Wire from "../../../domain/wire/Wire.js"
import type { Transport, TransportFault } from "../../../services/client/Transport.js"
import * as BoundedBody from "../../../services/internal/boundedBody.js"
import { guess, tooLarge } from "./networkError.js"

/**
 * Options of the transport over `fetch`.
 *
 * @since 0.1.0
 * @category models
 */
export interface TransportOptions {
  /** The function that sends. Default: the `fetch` of the runtime at the time of the call. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** The most bytes that a response may have after decompression. Default: 64 MB. */
  readonly maxBodySize?: number | undefined
}

const headersOf = (request: Wire.WireRequest): Array<[string, string]> =>
  // `fetch` writes the host itself, from the URL, and forbids this header.
  Object.entries(request.headers).filter(([name]) => name !== "host")

const bodyOf = (body: string | Uint8Array): string | Uint8Array<ArrayBuffer> =>
  typeof body === "string" ? body : new Uint8Array(body)

const cancel = (reader: ReadableStreamDefaultReader<Uint8Array>): Effect.Effect<void> =>
  Effect.promise(() => BoundedBody.cancel(reader))

/**
 * The pieces of a body as they arrive, up to the limit, in bytes. `Stream.fromReadableStream` would load everything that concurrent
 * streams need.
 */
const piecesOf = (body: ReadableStream<Uint8Array>, limit: number): Stream.Stream<Uint8Array, TransportFault> =>
  Stream.suspend(() => {
    const reader = body.getReader()
    const next = Effect.tryPromise({ try: () => reader.read(), catch: (error) => guess(error, "answer") })
    return Stream.ensuring(
      Stream.paginateChunkEffect(0, (before) =>
        Effect.flatMap(next, ({ done, value }) => {
          if (done) return Effect.succeed([Chunk.empty<Uint8Array>(), Option.none<number>()])
          const size = before + value.byteLength
          return size > limit ? Effect.fail(tooLarge(limit)) : Effect.succeed([Chunk.of(value), Option.some(size)])
        })
      ),
      cancel(reader)
    )
  })

/** Reads a body whole. Fails if it is larger than the limit, in bytes. */
const readWhole = (body: ReadableStream<Uint8Array> | null, limit: number): Effect.Effect<string, TransportFault> => {
  if (body === null) return Effect.succeed("")
  return Effect.acquireUseRelease(
    Effect.sync(() => body.getReader()),
    (reader) =>
      Effect.tryPromise({
        try: () => BoundedBody.readWeb(reader, limit),
        catch: (error) => guess(error, "answer")
      }).pipe(
        Effect.filterOrFail(
          (read) => !read.isTooLarge,
          () => tooLarge(limit)
        ),
        Effect.map(({ bytes }) => Body.text(bytes))
      ),
    cancel
  )
}

/** Makes the transport. */
export const make = ({ fetch, maxBodySize = 64 * 1024 * 1024 }: TransportOptions = {}): Transport["Type"] => ({
  send: (request, endpoint) =>
    Effect.tryPromise({
      try: (signal) =>
        (fetch ?? globalThis.fetch)(
          `${endpoint.protocol}://${endpoint.host}${request.path}${request.query === "" ? "" : `?${request.query}`}`,
          {
            method: request.method,
            headers: headersOf(request),
            // A signed request is only for the host that it was signed for.
            redirect: "manual",
            signal,
            ...(request.method === "GET" ? {} : { body: bodyOf(request.body) })
          }
        ),
      catch: (error) => guess(error, "request")
    }).pipe(
      Effect.flatMap((response) => {
        const headers: Wire.Headers = Object.fromEntries(response.headers)
        const { body, status } = response
        return Body.mediaType(headers) === "text/event-stream" && body !== null
          ? Effect.succeed({ status, headers, body: "", stream: piecesOf(body, maxBodySize) })
          : Effect.map(readWhole(body, maxBodySize), (text) => ({ status, headers, body: text }))
      })
    )
})
