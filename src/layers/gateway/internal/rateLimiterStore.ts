/** A store of `@effect/experimental` in memory, of bounded size. */
import type * as Experimental from "@effect/experimental/RateLimiter"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { BoundedMap } from "../../../services/internal/boundedMap.js"

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
 * Adds an entry. First it looks at the two oldest entries, and drops those that have expired, so that no timer is needed. Those
 * that have not expired become the newest.
 */
const add = <A extends { readonly expiresAt: number }>(
  entries: BoundedMap<string, A>,
  key: string,
  entry: A,
  now: number
): A => {
  for (let looks = 0; looks < 2; looks++) {
    const oldest = entries.takeOldest()
    if (oldest !== undefined && oldest[1].expiresAt > now) entries.set(oldest[0], oldest[1])
  }
  entries.set(key, entry)
  return entry
}

const fixedWindow =
  (windows: BoundedMap<string, Window>): Experimental.RateLimiterStore["Type"]["fixedWindow"] =>
  ({ key, limit, refillRate, tokens }) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const known = windows.get(key)
      const window =
        known !== undefined && known.expiresAt > now ? known : add(windows, key, { count: 0, expiresAt: now }, now)
      const count = window.count + tokens
      if (limit === undefined || count <= limit) {
        window.count = count
        window.expiresAt += Duration.toMillis(refillRate) * tokens
      }
      return [count, window.expiresAt - now] as const
    })

const tokenBucket =
  (buckets: BoundedMap<string, Bucket>): Experimental.RateLimiterStore["Type"]["tokenBucket"] =>
  ({ allowOverflow, key, limit, refillRate, tokens }) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      const rate = Duration.toMillis(refillRate)
      const bucket = buckets.get(key) ?? add(buckets, key, { tokens: limit, refilledAt: now, expiresAt: now }, now)
      const refilled = Math.max(0, Math.floor((now - bucket.refilledAt) / rate))
      bucket.tokens = Math.min(limit, bucket.tokens + refilled)
      bucket.refilledAt += refilled * rate
      const left = bucket.tokens - tokens
      if (allowOverflow || left >= 0) bucket.tokens = left
      // From then on it is full, like a new one.
      bucket.expiresAt = now + (limit - bucket.tokens) * rate
      return left
    })

/** Makes the store. */
export const make = (capacity: number): Experimental.RateLimiterStore["Type"] => ({
  fixedWindow: fixedWindow(new BoundedMap(capacity)),
  tokenBucket: tokenBucket(new BoundedMap(capacity))
})
