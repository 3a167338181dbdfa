/**
 * How the health of hosts is remembered.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import * as CircuitBreaker from "../../services/client/CircuitBreaker.js"

export * from "../../services/client/CircuitBreaker.js"

/**
 * In memory. A client makes one for itself; give it this one to read how hosts are treated, or for other thresholds.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 * import * as CircuitBreakers from "effect-tencentcloud/CircuitBreaker"
 * import { CircuitBreaker } from "effect-tencentcloud/CircuitBreaker"
 *
 * const client = ApiClient.layer({ endpoint: [{ site: "internal" }, { site: "product" }] }).pipe(
 *   Layer.provideMerge(CircuitBreakers.layerMemory({ failures: 3, pause: "1 minute" }))
 * )
 *
 * export const main = Effect.flatMap(CircuitBreaker, ({ state }) => state("cvm.internal.tencentcloudapi.com")).pipe(
 *   Effect.provide(client)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory = (options?: CircuitBreaker.Options): Layer.Layer<CircuitBreaker.CircuitBreaker> =>
  Layer.effect(CircuitBreaker.CircuitBreaker, CircuitBreaker.make(options))
