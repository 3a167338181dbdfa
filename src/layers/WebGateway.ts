/**
 * Serves a gateway as a function from a `Request` to a `Response`, as every runtime of the web knows them.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import * as Stream from "effect/Stream"
import * as Target from "../domain/Target.js"
import * as Wire from "../domain/Wire.js"
import { Gateway } from "../services/Gateway.js"
import { maxSize } from "../services/GatewayCheck.js"

/**
 * Answers a request, whatever it is, with an envelope. Rejects where the request was aborted, or where a
 * fault was injected that closes the connection.
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

/** Reads no more than a little past the limit: the size check then sees that it was too much. */
const readBody = (request: Request): Effect.Effect<Uint8Array> =>
  Effect.promise(async () => {
    const chunks: Array<Uint8Array> = []
    let size = 0
    const reader = request.body?.getReader()
    try {
      while (reader !== undefined && size <= maxSize.postV3) {
        const { done, value } = await reader.read()
        if (done) break
        chunks.push(value)
        size += value.byteLength
      }
      await reader?.cancel()
    } catch {
      // A sender that gives up waits for no answer; what came is judged as it is.
    }
    return Wire.join(chunks)
  })

/**
 * Makes the function. A call is interrupted when its request is aborted.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as WebGateway from "effect-tencentcloud/layers/WebGateway"
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
export const make: Effect.Effect<Handler, never, Gateway> = Effect.gen(function* () {
  const gateway = yield* Gateway
  const runtime = yield* Effect.runtime<never>()
  return (request, options) => {
    const answer = Effect.flatMap(readBody(request), (body) =>
      gateway.handle({
        method: request.method,
        ...Target.parse(request.url),
        // A `Request` keeps its host in its address.
        headers: { host: new URL(request.url).host, ...Object.fromEntries(request.headers) },
        body,
        address: options?.address
      })
    )
    return Runtime.runPromise(runtime)(
      Effect.flatMap(answer, ({ body, cut, headers, status, stream }) => {
        const broken = new Wire.TransportFault({ reason: "cut off", sent: true })
        if (cut === 0) return Effect.fail(broken)
        const begun = Wire.bytes(body).subarray(0, cut)
        const pieces = cut === undefined ? stream : Stream.concat(Stream.succeed(begun), Stream.fail(broken))
        const content = pieces === undefined ? body : Stream.toReadableStreamRuntime(pieces, runtime)
        return Effect.sync(() => new Response(content, { status, headers }))
      }),
      { signal: request.signal }
    )
  }
})
