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
import * as Fibers from "../internal/runtime/fiber.js"
import { sleepUntil } from "../internal/runtime/sleep.js"
import * as Step from "../internal/runtime/step.js"

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

  return Effect.flatMap(Clock.currentTimeMillis, (millis) => {
    const now = Math.floor(millis / 1000)
    return Effect.flatMap(agree(now, now), (second) => sleepUntil(second * 1000))
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
class Learned {
  /** Calls per second, which need not be whole. Infinite while nothing is known. */
  limit = Number.POSITIVE_INFINITY
  /** The limit that the service has named. */
  cap = Number.POSITIVE_INFINITY
  /** The second in which the throttle places calls now, and how many it has placed there. */
  second = 0
  placed = 0
  /** The first second in which all places were given under the limit as it is. In earlier ones, rejections are to be expected. */
  private settledFrom = 0

  constructor(
    readonly call: RateLimit.Call,
    /** When the service last rejected a call, in milliseconds. At first: now. */
    public refusedAt: number
  ) {}

  /** Whether a call is of this action, in this access region, by this caller. */
  covers(call: RateLimit.Call): boolean {
    const { accessRegion, account, action, identity, product } = this.call
    return (
      action === call.action &&
      product === call.product &&
      accessRegion === call.accessRegion &&
      identity === call.identity &&
      account === call.account
    )
  }

  /** Reserves a place for a call, and returns its second. */
  place(limit: number | undefined, now: number): number {
    this.advance(Math.floor(now / 1000))
    const atMost = limit === undefined ? this.limit : Math.min(limit, this.limit)
    if (this.placed + 1 > atMost) this.advance(this.second + 1)
    this.placed += 1
    return this.second
  }

  /** Gives a place back. */
  release(second: number): void {
    if (this.second === second) this.placed -= 1
  }

  raise(): void {
    this.limit = Math.min(this.cap, this.limit + 1 / this.limit)
  }

  lower(message: string, now: number): void {
    const named = namedLimit(message)
    const second = Math.floor(now / 1000)
    this.advance(second)
    if (named !== undefined) this.cap = named
    if (this.limit === Number.POSITIVE_INFINITY) this.lowerTo(named ?? this.placed / 2, now)
    else if (now - this.refusedAt >= sameBurst && second >= this.settledFrom) this.lowerTo(this.limit / 2, now)
    this.limit = Math.max(1, Math.min(this.limit, this.cap))
    // This second is full, even if other programs have filled it.
    if (this.second === second) this.placed = Math.max(this.placed, this.limit)
  }

  private lowerTo(limit: number, now: number): void {
    this.limit = limit
    this.refusedAt = now
    this.settledFrom = this.second + 1
  }

  private advance(second: number): void {
    if (this.second >= second) return
    this.second = second
    this.placed = 0
  }
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

/** What a throttle has learned. */
class Knowledge {
  private readonly known = new BoundedMap<string, Learned>(learnedAtMost)
  /** Most calls are of the action of the call before: finding it again costs no look-up. */
  private last: Learned | undefined = undefined

  of(call: RateLimit.Call, now: number): Learned {
    const { last } = this
    if (last?.covers(call) === true && now - last.refusedAt < validFor) return last
    const key = [call.product, call.action, call.accessRegion, call.account, call.identity].join(" ")
    const found = this.known.use(key)
    if (found !== undefined && now - found.refusedAt < validFor) {
      this.last = found
      return found
    }
    const learned = new Learned(call, now)
    this.known.set(key, learned)
    this.last = learned
    return learned
  }
}

/**
 * Makes a throttle for a client that does not know its limits. Nothing waits until the service rejects a call.
 *
 * From then on the limit of that action in that access region is the one that the message names. If it names none, the limit is half
 * of what was sent. A further rejection halves the limit, because another program shares it. Each call that passes raises it a
 * little: by one per second at full use, and never above the limit that the service has named. The throttle forgets all this an
 * hour after the last rejection.
 *
 * A call that brings a limit of its own (the option `rateLimit`) stays below that one too.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeLearning: Effect.Effect<Throttle["Type"]> = /* #__PURE__ */ Effect.sync(() => {
  const knowledge = new Knowledge()
  let isLearning = false

  const wait = ({ fiber }: Step.StepContext<never>, call: RateLimit.Call): Effect.Effect<void> => {
    const now = Fibers.currentMillis(fiber)
    const learned = knowledge.of(call, now)
    const second = learned.place(call.limit, now)
    return second * 1000 <= now
      ? Effect.void
      : Effect.onInterrupt(sleepUntil(second * 1000), () => Effect.sync(() => learned.release(second)))
  }

  return {
    wait: (call) => Step.makeFrom(call, wait),
    observe: (call, outcome) => {
      // Nothing grows that has no limit, so most calls cost nothing here.
      if (outcome._tag === "Passed" && !isLearning) return Effect.void
      isLearning = true
      return Step.withMillis((now) => {
        const learned = knowledge.of(call, now)
        if (outcome._tag === "Refused") learned.lower(outcome.message, now)
        else learned.raise()
        return Effect.void
      })
    }
  }
})
