/**
 * The ways to inject faults into the answers of a gateway.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as FaultInjector from "../../services/gateway/FaultInjector.js"

export * from "../../domain/rules/Fault.js"
export * from "../../services/gateway/FaultInjector.js"

/**
 * Injects no fault, like the default.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerNoop: Layer.Layer<FaultInjector.FaultInjector> = Layer.succeed(
  FaultInjector.FaultInjector,
  FaultInjector.noop
)

/**
 * Injects faults by rules. With a seed, the same calls get a fault in every run.
 *
 * @example
 * ```ts
 * import * as FaultInjector from "effect-tencentcloud/FaultInjector"
 *
 * export const FaultsLive = FaultInjector.layer(
 *   [
 *     { action: "CreateVolume", nth: [1, 2], fault: FaultInjector.error("RequestLimitExceeded") },
 *     { region: "ap-guangzhou", probability: 0.1, fault: FaultInjector.close }
 *   ],
 *   { seed: "volumes" }
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  rules: Iterable<FaultInjector.Rule>,
  options?: { readonly seed?: string | number | undefined }
): Layer.Layer<FaultInjector.FaultInjector> =>
  Layer.effect(
    FaultInjector.FaultInjector,
    Effect.map(FaultInjector.make(rules), ({ decide }) => {
      if (options?.seed === undefined) return { decide }
      const random = Random.make(options.seed)
      return { decide: (target) => Effect.withRandom(decide(target), random) }
    })
  )
