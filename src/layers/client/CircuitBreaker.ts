/**
 * Remembers which hosts fail, so that calls go to another one.
 *
 * @since 0.1.0
 */
import type * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CircuitBreaker from "../../services/client/CircuitBreaker.js"
import * as Environment from "../../services/client/internal/environment.js"

export * from "../../services/client/CircuitBreaker.js"

/**
 * Remembers in memory. A client makes one for itself. Provide this layer to read the state of a host, or to change a threshold.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 * import * as CircuitBreaker from "effect-tencentcloud/CircuitBreaker"
 *
 * const client = ApiClient.layer({ endpoint: [{ site: "internal" }, { site: "product" }] }).pipe(
 *   Layer.provideMerge(CircuitBreaker.layerMemory({ failures: 3, pause: "1 minute" }))
 * )
 *
 * export const main = Effect.flatMap(CircuitBreaker.CircuitBreaker, ({ state }) => state("cvm.internal.tencentcloudapi.com")).pipe(
 *   Effect.provide(client)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory = (options?: CircuitBreaker.Options): Layer.Layer<CircuitBreaker.CircuitBreaker> =>
  Layer.effect(CircuitBreaker.CircuitBreaker, CircuitBreaker.make(options))

/**
 * Remembers in memory, with options from configuration. See {@link layerMemory}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<CircuitBreaker.Options>
): Layer.Layer<CircuitBreaker.CircuitBreaker, ConfigError> =>
  Layer.unwrapEffect(Effect.map(Environment.unwrap(options), layerMemory))
