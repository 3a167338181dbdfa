/**
 * Serves every product of the catalogue without handlers.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { Catalogue } from "../../services/catalogue/Catalogue.js"
import * as Emulator from "../../services/catalogue/Emulator.js"
import * as Sts from "../../services/catalogue/internal/sts.js"
import * as TemporaryKeys from "../../services/catalogue/internal/temporaryKeys.js"
import * as Handlers from "../../services/gateway/Handlers.js"

export * from "../../services/catalogue/Emulator.js"

/**
 * Serves every product of the catalogue, and answers with samples. Handlers that you merge with it take precedence, action by action.
 * A gateway checks a request to the emulator as it checks any other.
 *
 * The keys that its STS hands out are real ones to its own gateway, which accepts them beside those of its `KeyStore`. It checks their
 * token, and knows their end. Their SecretIds begin with `AKIDEMULATOR`. They end with the emulator, which keeps none of them.
 *
 * The seed, the request and the day decide any other answer. A `FaultInjector` provokes the codes that an action declares.
 *
 * @example
 * ```ts
 * import * as Layer from "effect/Layer"
 * import { products } from "effect-tencentcloud/products"
 * import * as Catalogue from "effect-tencentcloud/Catalogue"
 * import * as Emulator from "effect-tencentcloud/Emulator"
 * import * as InProcess from "effect-tencentcloud/InProcess"
 *
 * export const TestLayer = InProcess.layer.pipe(
 *   Layer.provide(Emulator.layer({ seed: "volumes" })),
 *   Layer.provide(Catalogue.layer(products))
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: Emulator.Options): Layer.Layer<Handlers.Handlers, never, Catalogue> =>
  Handlers.handlersFromSource(
    Effect.zipWith(Catalogue, TemporaryKeys.make, (catalogue, keys) =>
      Sts.withKeys(Emulator.make(catalogue, options), keys)
    )
  )
