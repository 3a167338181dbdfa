/**
 * The transport over `fetch`, which every runtime has: nothing else is loaded or bundled. For Node, `NodeTransport` is quicker and
 * knows more: proxies, certificates, limits for each step, and whether a request was sent before it failed.
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Body from "../../domain/wire/Body.js"
import type * as Wire from "../../domain/wire/Wire.js"
import { Transport, TransportFault } from "../../services/client/Transport.js"
import { guess } from "./internal/networkError.js"

/**
 * What the transport takes.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Default: the one of the runtime, as it is when a request is sent. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** The most bytes that an answer may have, after decompression. Default: 64 MB. */
  readonly maxBodySize?: number | undefined
}

const headersOf = (request: Wire.WireRequest): Array<[string, string]> =>
  // The host stands in the URL, and `fetch` lets nobody else say it.
  Object.entries(request.headers).filter(([name]) => name !== "host")

const bodyOf = (body: string | Uint8Array): string | Uint8Array<ArrayBuffer> =>
  typeof body === "string" ? body : new Uint8Array(body)

/** The pieces of a body as they come. `Stream.fromReadableStream` would bring all that concurrent streams need. */
const pieces = (body: ReadableStream<Uint8Array>): Stream.Stream<Uint8Array, TransportFault> =>
  Stream.suspend(() => {
    const reader = body.getReader()
    const next = Effect.tryPromise({ try: () => reader.read(), catch: (error) => guess(error, "answer") })
    return Stream.ensuring(
      Stream.paginateChunkEffect(undefined, () =>
        Effect.map(next, ({ done, value }) =>
          done
            ? [Chunk.empty<Uint8Array>(), Option.none<undefined>()]
            : [Chunk.of(value), Option.some<undefined>(undefined)]
        )
      ),
      cancel(reader)
    )
  })

// Whoever read to the end has nothing to cancel, and is told so.
const cancel = (reader: ReadableStreamDefaultReader<Uint8Array>): Effect.Effect<void> =>
  Effect.promise(() => reader.cancel().catch(() => {}))

/** All of a body, as far as it may go. */
const readWhole = (body: ReadableStream<Uint8Array> | null, limit: number): Effect.Effect<string, TransportFault> =>
  body === null
    ? Effect.succeed("")
    : Effect.acquireUseRelease(
        Effect.sync(() => body.getReader()),
        (reader) =>
          Effect.flatMap(
            Effect.tryPromise({
              try: async () => {
                const chunks: Array<Uint8Array> = []
                let size = 0
                for (let part = await reader.read(); !part.done; part = await reader.read()) {
                  size += part.value.byteLength
                  if (size > limit) return undefined
                  chunks.push(part.value)
                }
                return Body.text(Body.join(chunks))
              },
              catch: (error) => guess(error, "answer")
            }),
            (text) =>
              text === undefined
                ? Effect.fail(
                    new TransportFault({
                      reason: `the answer is larger than ${limit} bytes (\`maxBodySize\`)`,
                      sent: true,
                      permanent: true
                    })
                  )
                : Effect.succeed(text)
          ),
        cancel
      )

/**
 * Makes the transport.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = ({ fetch, maxBodySize = 64 * 1024 * 1024 }: Options = {}): Transport["Type"] => ({
  send: (request, endpoint) =>
    Effect.tryPromise({
      try: (signal) =>
        (fetch ?? globalThis.fetch)(
          `${endpoint.protocol}://${endpoint.host}${request.path}${request.query === "" ? "" : `?${request.query}`}`,
          {
            method: request.method,
            headers: headersOf(request),
            // A signed request is for whom it was signed.
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
        if (Body.mediaType(headers) !== "text/event-stream" || body === null) {
          return Effect.map(readWhole(body, maxBodySize), (text) => ({ status, headers, body: text }))
        }
        return Effect.succeed({ status, headers, body: "", stream: pieces(body) })
      })
    )
})

/**
 * The transport as a layer.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: Options): Layer.Layer<Transport> => Layer.sync(Transport, () => make(options))
