/** Counts calls in a store of `@effect/experimental`, which several processes can share. */
import type * as Experimental from "@effect/experimental/RateLimiter"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as RateLimit from "../../../domain/rules/RateLimit.js"

/** The tag of the store, by its key: to import it would load as much as the rest of Effect. */
export const Store: Context.Tag<Experimental.RateLimiterStore, Experimental.RateLimiterStore["Type"]> =
  /* #__PURE__ */ Context.GenericTag<Experimental.RateLimiterStore, Experimental.RateLimiterStore["Type"]>(
    "@effect/experimental/RateLimiter/RateLimiterStore"
  )

/**
 * Counts a call in a second, and returns the number of calls in that second with this one. A call beyond `atMost` is not counted.
 * `now` is the current second.
 *
 * The store's windows begin with a first call and grow with each. A key that names its second makes a window of that whole second.
 *
 * A store that fails counts nothing and logs a warning, so that calls pass: a broken store must not stop the service.
 */
export const countStore =
  (store: Experimental.RateLimiterStore["Type"]) =>
  (bucket: RateLimit.Bucket, second: number, now: number, atMost: number): Effect.Effect<number> =>
    store
      .fixedWindow({
        key: `${bucket.key}@${second}`,
        tokens: 1,
        refillRate: Duration.seconds(second - now + 1),
        limit: atMost
      })
      .pipe(
        Effect.map(([calls]) => calls),
        Effect.catchAll((error) =>
          Effect.as(Effect.logWarning("The store of the rate limiter failed; the call passes.", error.message), 0)
        )
      )
