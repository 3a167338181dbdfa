/**
 * The ways to validate timestamps: by this machine's clock, or by a clock that is wrong on purpose.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Timestamp from "../../domain/wire/Timestamp.js"
import * as TimestampValidator from "../../services/gateway/TimestampValidator.js"

export * from "../../services/gateway/TimestampValidator.js"

/**
 * Accepts timestamps within options of your own.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerWith = (options?: TimestampValidator.Options): Layer.Layer<TimestampValidator.TimestampValidator> =>
  Layer.succeed(TimestampValidator.TimestampValidator, TimestampValidator.make(options))

/**
 * Accepts timestamps within 5 minutes of Effect's `Clock`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<TimestampValidator.TimestampValidator> = /* #__PURE__ */ layerWith()

/**
 * Accepts timestamps within a window from configuration. Default: 5 minutes.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<Pick<TimestampValidator.Options, "window">>
): Layer.Layer<TimestampValidator.TimestampValidator, ConfigError.ConfigError> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(options), (options) => layerWith(options)))

/**
 * A gateway whose clock is wrong by a fixed amount: for tests.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerSkewed = (
  by: Duration.DurationInput,
  direction: "ahead" | "behind" = "ahead"
): Layer.Layer<TimestampValidator.TimestampValidator> => {
  const offset = Duration.toMillis(by) * (direction === "ahead" ? 1 : -1)
  return layerWith({ millis: Effect.map(Clock.currentTimeMillis, (millis) => millis + offset) })
}

/**
 * A gateway whose clock stands still: for tests that replay a signed request.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerFixed = (timestamp: Timestamp.Timestamp): Layer.Layer<TimestampValidator.TimestampValidator> =>
  layerWith({ millis: Effect.succeed(timestamp * 1000) })
