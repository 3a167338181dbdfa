/**
 * Where the rate limiter counts. For several gateways that count together, take `layerStore` of
 * `@effect/experimental/RateLimiter/Redis` instead.
 *
 * @since 0.1.0
 */
import type * as Experimental from "@effect/experimental/RateLimiter"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RateLimiter from "../../services/gateway/RateLimiter.js"

interface Window {
  count: number
  expiresAt: number
}

interface Bucket {
  tokens: number
  refilledAt: number
  expiresAt: number
}

/**
 * A map that forgets: each entry that is added looks at the two that have waited longest, and drops those that have expired;
 * beyond the capacity the one that has waited longest goes, expired or not. So its size is bounded, and no timer is needed.
 */
const makeStore = <A extends { expiresAt: number }>(capacity: number) => {
  const entries = new Map<string, A>()
  const sweep = (now: number): void => {
    for (let looks = 0; looks < 2; looks++) {
      const oldest = entries.entries().next()
      if (oldest.done) return
      const [key, entry] = oldest.value
      entries.delete(key)
      if (entry.expiresAt > now) entries.set(key, entry)
    }
  }
  return {
    entries,
    add: (key: string, entry: A, now: number): A => {
      sweep(now)
      const oldest = entries.size >= capacity ? entries.keys().next() : undefined
      if (oldest !== undefined && !oldest.done) entries.delete(oldest.value)
      entries.set(key, entry)
      return entry
    }
  }
}

/**
 * Counts in memory. No more than `capacity` keys are held (default 100,000), whatever callers send: a flood of distinct keys
 * pushes the oldest out.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory = (options?: {
  readonly capacity?: number | undefined
}): Layer.Layer<Experimental.RateLimiterStore> =>
  Layer.sync(RateLimiter.Store, () => {
    const capacity = options?.capacity ?? 100_000
    const windows = makeStore<Window>(capacity)
    const buckets = makeStore<Bucket>(capacity)
    return {
      fixedWindow: ({ key, limit, refillRate, tokens }) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          const known = windows.entries.get(key)
          const window =
            known !== undefined && known.expiresAt > now ? known : windows.add(key, { count: 0, expiresAt: now }, now)
          const count = window.count + tokens
          if (limit === undefined || count <= limit) {
            window.count = count
            window.expiresAt += Duration.toMillis(refillRate) * tokens
          }
          return [count, window.expiresAt - now] as const
        }),
      tokenBucket: ({ allowOverflow, key, limit, refillRate, tokens }) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          const rate = Duration.toMillis(refillRate)
          const bucket =
            buckets.entries.get(key) ?? buckets.add(key, { tokens: limit, refilledAt: now, expiresAt: now }, now)
          const refilled = Math.max(0, Math.floor((now - bucket.refilledAt) / rate))
          bucket.tokens = Math.min(limit, bucket.tokens + refilled)
          bucket.refilledAt += refilled * rate
          const left = bucket.tokens - tokens
          if (allowOverflow || left >= 0) bucket.tokens = left
          // From then on it is full, which is what a new one is too.
          bucket.expiresAt = now + (limit - bucket.tokens) * rate
          return left
        })
    }
  })
