/**
 * Provides the clock that a client signs by.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Timestamp from "../../domain/wire/Timestamp.js"
import * as ClockSync from "../../services/client/ClockSync.js"

export * from "../../services/client/ClockSync.js"

/**
 * This machine's clock, without corrections.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerSystem: Layer.Layer<ClockSync.ClockSync> = /* #__PURE__ */ Layer.effect(
  ClockSync.ClockSync,
  ClockSync.make({})
)

/**
 * This machine's clock, corrected by the `Date` header of responses. The layer is never shared: each client that you provide it to learns
 * for itself, since two clients may call servers whose clocks differ.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerLearning: Layer.Layer<ClockSync.ClockSync> = /* #__PURE__ */ Layer.fresh(
  /* #__PURE__ */ Layer.effect(ClockSync.ClockSync, /* #__PURE__ */ ClockSync.make({ learns: true }))
)

/**
 * This machine's clock, wrong by a fixed amount that no answer corrects: for tests.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerSkewed = (
  by: Duration.DurationInput,
  direction: "ahead" | "behind" = "ahead"
): Layer.Layer<ClockSync.ClockSync> =>
  Layer.effect(
    ClockSync.ClockSync,
    ClockSync.make({ offset: Duration.toMillis(by) * (direction === "ahead" ? 1 : -1) })
  )

/**
 * A clock that stands still: for tests that reproduce a signature.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFixed = (timestamp: Timestamp.Timestamp): Layer.Layer<ClockSync.ClockSync> =>
  Layer.effect(ClockSync.ClockSync, ClockSync.make({ millis: Effect.succeed(timestamp * 1000) }))
