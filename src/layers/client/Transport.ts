/**
 * Sends requests. `NodeTransport`, `FetchClient` and `InProcess` have further transports.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Layer from "effect/Layer"
import { Transport } from "../../services/client/Transport.js"
import * as HttpTransport from "./internal/httpTransport.js"

export * from "../../services/client/Transport.js"
export type { HttpOptions } from "./internal/httpTransport.js"

/**
 * Sends over the `HttpClient` of `@effect/platform`; any of its layers will do. It follows no redirect, `fetch` included: a signed
 * request is only for the host that it was signed for.
 *
 * It turns the client's own span off, because that span would record every header. The tracing headers that the client would send to
 * the cloud go with it.
 *
 * It reads 64 MB of an answer at most, after decompression: see {@link layerHttpWith}.
 *
 * The layer is never shared: each client that you provide it to sends over its own `HttpClient`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerHttp: Layer.Layer<Transport, never, HttpClient.HttpClient> = /* #__PURE__ */ Layer.fresh(
  /* #__PURE__ */ Layer.effect(Transport, HttpTransport.make)
)

/**
 * Like {@link layerHttp}, with options.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerHttpWith = (
  options: HttpTransport.HttpOptions
): Layer.Layer<Transport, never, HttpClient.HttpClient> =>
  Layer.fresh(Layer.effect(Transport, HttpTransport.makeWith(options)))
