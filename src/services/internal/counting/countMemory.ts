/** Counts calls in memory: the hash of a call, and the counters for it. */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as RateLimit from "../../../domain/rules/RateLimit.js"
import * as callHash from "./callHash.js"
import * as perSecondCounters from "./perSecondCounters.js"

/**
 * How much a limiter in memory remembers.
 *
 * @since 0.1.0
 * @category models
 */
export interface MemoryOptions {
  /**
   * The number of counters that the limiter keeps for a second, about. Beyond it the limiter forgets those with the fewest calls. The
   * table grows to 64 bytes for each counter, rounded up to a power of two. Default: 65,536, which are 4 MB.
   */
  readonly capacity?: number | undefined
}

/** What counts calls in memory. */
export interface Counters {
  readonly hash: (call: RateLimit.Call) => callHash.Hashes
  readonly count: perSecondCounters.Count
}

const seed = /* #__PURE__ */ Random.nextIntBetween(-0x80000000, 0x80000000)

/** Makes the counters, with seeds of Effect's `Random`. */
export const make = (options?: MemoryOptions): Effect.Effect<Counters> =>
  Effect.map(Effect.all([seed, seed]), (seeds) => ({
    hash: callHash.make(seeds),
    count: perSecondCounters.make(options?.capacity ?? 65_536)
  }))
