/**
 * Makes a client wait before a call, so that the service does not reject it.
 *
 * @since 0.1.0
 */
import type * as Experimental from "@effect/experimental/RateLimiter"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as RateLimit from "../../domain/rules/RateLimit.js"
import { BoundedMap } from "../internal/boundedMap.js"
import * as countMemory from "../internal/counting/countMemory.js"
import { countStore, Store } from "../internal/counting/countStore.js"

export type {
  /**
   * A call, as a limit sees it.
   *
   * @since 0.1.0
   * @category models
   */
  Call,
  /**
   * Limits, in calls per second.
   *
   * @since 0.1.0
   * @category models
   */
  Limits
} from "../../domain/rules/RateLimit.js"

/**
 * How much a throttle in memory remembers.
 *
 * @since 0.1.0
 * @category models
 */
export type MemoryOptions = countMemory.MemoryOptions

/**
 * What an answer says about a limit: the call was within it, or the service rejected the call with this message.
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome = { readonly _tag: "Passed" } | { readonly _tag: "Refused"; readonly message: string }

/**
 * Spreads the calls of a client over time.
 *
 * @since 0.1.0
 * @category tags
 */
export class Throttle extends Context.Tag("effect-tencentcloud/Throttle")<
  Throttle,
  {
    /** Reserves the next free place for a call, and waits until its second. */
    readonly wait: (call: RateLimit.Call) => Effect.Effect<void>
    /** Learns from the answer to a call. A throttle with fixed limits ignores it. */
    readonly observe: (call: RateLimit.Call, outcome: Outcome) => Effect.Effect<void>
  }
>() {}

/**
 * Never waits.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unlimited: Throttle["Type"] = {
  wait: () => Effect.void,
  observe: () => Effect.void
}

/** One of the limits of a call. */
interface Limited {
  readonly kind: RateLimit.Kind
  readonly limit: number
}

/** Counts a call in a second, and returns the number of calls in that second with this one. It counts no more than `atMost`. */
type Count<B extends Limited> = (bucket: B, second: number, now: number, atMost: number) => Effect.Effect<number>

/** Reserves the next second in which every bucket of a call has a free place, and waits for it. */
const waitForPlace = <B extends Limited>(buckets: ReadonlyArray<B>, count: Count<B>): Effect.Effect<void> => {
  const place = (bucket: B, now: number, second: number): Effect.Effect<number> =>
    Effect.flatMap(count(bucket, second, now, bucket.limit), (calls) =>
      // No second has a free place under a limit below one: the call goes, and the service decides.
      calls <= bucket.limit || !(bucket.limit >= 1) ? Effect.succeed(second) : place(bucket, now, second + 1)
    )

  /** Finds one second for all buckets. A full bucket moves the others to its second, where they count the call again. */
  const agree = (now: number, from: number, held: ReadonlyArray<number> = []): Effect.Effect<number> =>
    Effect.flatMap(
      Effect.mapAccum(buckets, from, (second, bucket, index) =>
        held[index] === second
          ? Effect.succeed([second, second] as const)
          : Effect.map(place(bucket, now, second), (placed) => [placed, placed] as const)
      ),
      ([second, places]) =>
        places.every((place) => place === second) ? Effect.succeed(second) : agree(now, second, places)
    )

  const until = (second: number): Effect.Effect<void> =>
    Effect.flatMap(Clock.currentTimeMillis, (millis) =>
      second * 1000 > millis ? Effect.sleep(Duration.millis(second * 1000 - millis)) : Effect.void
    )

  return Effect.flatMap(Clock.currentTimeMillis, (millis) => {
    const now = Math.floor(millis / 1000)
    return Effect.flatMap(agree(now, now), until)
  })
}

/**
 * Makes a throttle with fixed limits that counts in a store, for several processes that share a limit.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (limits: RateLimit.Limits): Effect.Effect<Throttle["Type"], never, Experimental.RateLimiterStore> =>
  Effect.map(Store, (store) => {
    const count = countStore(store)
    return {
      wait: (call) => Effect.suspend(() => waitForPlace(RateLimit.buckets(call, limits), count)),
      observe: () => Effect.void
    }
  })

/**
 * Makes a throttle with fixed limits that counts in memory.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeMemory = (limits: RateLimit.Limits, options?: MemoryOptions): Effect.Effect<Throttle["Type"]> =>
  Effect.map(countMemory.make(options), ({ count, hash }) => ({
    wait: (call) =>
      Effect.suspend(() => {
        const buckets = RateLimit.kinds.flatMap((kind) => {
          const limit = RateLimit.limitOf(kind, call, limits)
          return limit === undefined ? [] : [{ kind, limit }]
        })
        return waitForPlace(buckets, ({ kind }, second, now, atMost) =>
          Effect.sync(() => count(hash(call)[kind], second, now, atMost))
        )
      }),
    observe: () => Effect.void
  }))

/** What the throttle knows about one action in one access region. */
interface Learned {
  /** Calls per second, which need not be whole. Infinite while nothing is known. */
  limit: number
  /** The limit that the service has named. */
  cap: number
  /** The second in which the throttle places calls now, and how many it has placed there. */
  second: number
  placed: number
  /** When the service last rejected a call, in milliseconds. */
  refusedAt: number
}

/** The limit in the sentence of `RequestLimitExceeded`, in either language. */
const namedLimit = (message: string): number | undefined => {
  const [, , limit] = /`(\d{1,9})`[^`]*`(\d{1,9})`/.exec(message) ?? []
  return limit === undefined ? undefined : Math.max(1, Number(limit))
}

/** A program calls few actions. The throttle forgets the one that was used least recently, and learns it again. */
const learnedAtMost = 1000

/** Rejections within this time, in milliseconds, are about the same burst of calls. */
const sameBurst = 1000

/** The throttle learns a limit again after this time without a rejection: the service may have raised it. */
const validFor = /* #__PURE__ */ Duration.toMillis("1 hour")

const advance = (learned: Learned, second: number): void => {
  if (learned.second >= second) return
  learned.second = second
  learned.placed = 0
}

const lower = (learned: Learned, message: string, now: number): void => {
  const named = namedLimit(message)
  advance(learned, Math.floor(now / 1000))
  if (named !== undefined) learned.cap = named
  if (learned.limit === Number.POSITIVE_INFINITY) learned.limit = named ?? learned.placed / 2
  else if (now - learned.refusedAt >= sameBurst) learned.limit /= 2
  else return
  learned.refusedAt = now
  learned.limit = Math.max(1, Math.min(learned.limit, learned.cap))
  // This second is full, even if other programs have filled it.
  learned.placed = Math.max(learned.placed, learned.limit)
}

/**
 * Makes a throttle for a client that does not know its limits. Nothing waits until the service rejects a call.
 *
 * From then on the limit of that action in that access region is the one that the message names. If it names none, the limit is half
 * of what was sent. A further rejection halves the limit, because another program shares it. Each call that passes raises it a
 * little: by one per second at full use, and never above the limit that the service has named. The throttle forgets all this an
 * hour after the last rejection.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeLearning: Effect.Effect<Throttle["Type"]> = /* #__PURE__ */ Effect.sync(() => {
  const known = new BoundedMap<string, Learned>(learnedAtMost)

  const learnedOf = ({ accessRegion, account, action, identity, product }: RateLimit.Call, now: number): Learned => {
    const key = [product, action, accessRegion, account, identity].join(" ")
    const found = known.use(key)
    if (found !== undefined && now - found.refusedAt < validFor) return found
    const learned: Learned = {
      limit: Number.POSITIVE_INFINITY,
      cap: Number.POSITIVE_INFINITY,
      second: 0,
      placed: 0,
      refusedAt: now
    }
    known.set(key, learned)
    return learned
  }

  return {
    wait: (call) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const learned = learnedOf(call, now)
        advance(learned, Math.floor(now / 1000))
        if (learned.placed + 1 > learned.limit) advance(learned, learned.second + 1)
        learned.placed += 1
        const { second } = learned
        if (second * 1000 <= now) return Effect.void
        return Effect.onInterrupt(Effect.sleep(Duration.millis(second * 1000 - now)), () =>
          Effect.sync(() => {
            if (learned.second === second) learned.placed -= 1
          })
        )
      }),
    observe: (call, outcome) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const learned = learnedOf(call, now)
        if (outcome._tag === "Refused") lower(learned, outcome.message, now)
        else learned.limit = Math.min(learned.cap, learned.limit + 1 / learned.limit)
      })
  }
})
