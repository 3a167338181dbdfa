/**
 * How often calls may be made: refused where there are too many (a server), or kept waiting until there is room (a client).
 *
 * @since 0.1.0
 */
import type * as Experimental from "@effect/experimental/RateLimiter"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import {
  RequestLimitExceeded,
  RequestLimitExceededGlobalRegionUinLimitExceeded,
  RequestLimitExceededIPLimitExceeded,
  RequestLimitExceededUinLimitExceeded
} from "../../domain/errors/CommonError.js"
import * as Message from "../../domain/rules/Message.js"
import * as RateLimit from "../../domain/rules/RateLimit.js"
import * as Step from "../internal/runtime/step.js"
import * as callPrints from "./internal/callPrints.js"
import { errorOf } from "./internal/refusal.js"
import * as secondCounts from "./internal/secondCounts.js"

/**
 * A limit was exceeded: that of the action, of the address, or of the whole account.
 *
 * @since 0.1.0
 * @category models
 */
export type Exceeded =
  | RequestLimitExceeded
  | RequestLimitExceededGlobalRegionUinLimitExceeded
  | RequestLimitExceededIPLimitExceeded
  | RequestLimitExceededUinLimitExceeded

/**
 * What an answer says of a limit: the call was within it, or it was not, in the service's own sentence.
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome = { readonly _tag: "Passed" } | { readonly _tag: "Refused"; readonly message: string }

/**
 * Counts calls by the second: a server takes, and a client waits.
 *
 * @since 0.1.0
 * @category tags
 */
export class RateLimiter extends Context.Tag("effect-tencentcloud/RateLimiter")<
  RateLimiter,
  {
    /** Counts a call in this second; fails where that is one too many. */
    readonly take: (call: RateLimit.Call, language?: Message.Language) => Effect.Effect<void, Exceeded>
    /** Takes the next free place, and waits until its second has come. */
    readonly wait: (call: RateLimit.Call) => Effect.Effect<void>
    /** Takes note of how a service has answered a call. A limiter with fixed limits learns nothing from it. */
    readonly observe: (call: RateLimit.Call, outcome: Outcome) => Effect.Effect<void>
  }
>() {}

/**
 * Never refuses, and never waits.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unlimited: RateLimiter["Type"] = {
  take: () => Effect.void,
  wait: () => Effect.void,
  observe: () => Effect.void
}

/**
 * The store that counts: the port of `@effect/experimental`, so that its Redis store and any other serves. It is named here by
 * its key alone, since loading that module costs as much as the rest of Effect.
 *
 * @since 0.1.0
 * @category tags
 */
export const Store: Context.Tag<Experimental.RateLimiterStore, Experimental.RateLimiterStore["Type"]> =
  /* #__PURE__ */ Context.GenericTag<Experimental.RateLimiterStore, Experimental.RateLimiterStore["Type"]>(
    "@effect/experimental/RateLimiter/RateLimiterStore"
  )

const exceeded = (kind: RateLimit.Kind, message: Message.Message, language: Message.Language): Exceeded => {
  switch (kind) {
    case "action":
      return errorOf(RequestLimitExceeded, message, language)
    case "account":
      return errorOf(RequestLimitExceededUinLimitExceeded, message, language)
    case "accountGlobal":
      return errorOf(RequestLimitExceededGlobalRegionUinLimitExceeded, message, language)
    case "address":
      return errorOf(RequestLimitExceededIPLimitExceeded, message, language)
  }
}

/** How far past a limit calls are still counted, for the number in the message. */
const countedBeyond = 10

const currentSecond = Effect.map(Clock.currentTimeMillis, (millis) => Math.floor(millis / 1000))

const refuse = (kind: RateLimit.Kind, calls: number, limit: number, language: Message.Language) =>
  Exit.fail(exceeded(kind, Message.requestLimitExceeded(calls, limit), language))

/** One of the limits that a call counts in. */
interface Limited {
  readonly kind: RateLimit.Kind
  readonly limit: number
}

/** Counts a call in a second, and tells how many there are with it; no more than `atMost` are counted. */
type Count<B extends Limited> = (bucket: B, second: number, now: number, atMost: number) => Effect.Effect<number>

/** Takes the next free place in all buckets of a call, and waits until its second has come. */
const wait = <B extends Limited>(buckets: ReadonlyArray<B>, count: Count<B>): Effect.Effect<void> => {
  const place = (bucket: B, now: number, second: number): Effect.Effect<number> =>
    Effect.flatMap(count(bucket, second, now, bucket.limit), (calls) =>
      // A limit of none at all leaves no second to wait for: the call goes, and the service decides.
      calls <= bucket.limit || !(bucket.limit >= 1) ? Effect.succeed(second) : place(bucket, now, second + 1)
    )

  /** Places the call in each bucket in the same second: one that is full moves those before it on, to be counted there too. */
  const agree = (now: number, from: number, held: ReadonlyArray<number> = []): Effect.Effect<number> =>
    Effect.flatMap(
      Effect.mapAccum(buckets, from, (second, bucket, index) =>
        held[index] === second
          ? Effect.succeed([second, second] as const)
          : Effect.map(place(bucket, now, second), (taken) => [taken, taken] as const)
      ),
      ([second, places]) =>
        places.every((place) => place === second) ? Effect.succeed(second) : agree(now, second, places)
    )

  const until = (second: number): Effect.Effect<void> =>
    Effect.flatMap(Clock.currentTimeMillis, (millis) =>
      second * 1000 > millis ? Effect.sleep(Duration.millis(second * 1000 - millis)) : Effect.void
    )

  return Effect.flatMap(currentSecond, (now) => Effect.flatMap(agree(now, now), until))
}

/**
 * Makes the service over a store. A second is a whole one of Effect's `Clock`, and each has counters of its own: the port's
 * windows begin with a first call and grow with each, so a key that names its second is what makes "the first N of a second"
 * true.
 *
 * A store that fails lets calls pass, with a warning in the log: a limiter that is down must not take the service with it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  limits: RateLimit.Limits
): Effect.Effect<RateLimiter["Type"], never, Experimental.RateLimiterStore> =>
  Effect.map(Store, (store) => {
    const count: Count<RateLimit.Bucket> = (bucket, second, now, atMost) =>
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

    const takeOne = (bucket: RateLimit.Bucket, second: number, language: Message.Language) =>
      Effect.flatMap(count(bucket, second, second, bucket.limit * countedBeyond), (calls) =>
        calls <= bucket.limit ? Effect.void : refuse(bucket.kind, calls, bucket.limit, language)
      )

    return {
      take: (call, language = "en-US") =>
        Effect.flatMap(currentSecond, (second) =>
          Effect.forEach(RateLimit.buckets(call, limits), (bucket) => takeOne(bucket, second, language), {
            discard: true
          })
        ),
      wait: (call) => Effect.suspend(() => wait(RateLimit.buckets(call, limits), count)),
      observe: () => Effect.void
    }
  })

/**
 * How much a limiter in memory remembers.
 *
 * @since 0.1.0
 * @category models
 */
export interface MemoryOptions {
  /**
   * About so many counters of a second are kept, in a table that grows to 64 bytes for each, rounded up to a power of two.
   * Beyond that those with the fewest calls are forgotten, whatever callers send. Default: 65,536, and so 4 MB.
   */
  readonly capacity?: number | undefined
}

/**
 * Makes the service, counting in memory, for a program that is alone in what it counts. It does what `make` does over a store,
 * without an effect or a text for each limit.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeMemory = (limits: RateLimit.Limits, options?: MemoryOptions): Effect.Effect<RateLimiter["Type"]> => {
  const seed = Random.nextIntBetween(-0x80000000, 0x80000000)
  return Effect.map(Effect.all([seed, seed]), (seeds) => {
    const printsOf = callPrints.make(seeds)
    const count = secondCounts.make(options?.capacity ?? 65_536)

    const takeIn = (
      second: number,
      call: RateLimit.Call,
      language: Message.Language
    ): Effect.Effect<void, Exceeded> => {
      const prints = printsOf(call)
      for (const kind of RateLimit.kinds) {
        const limit = RateLimit.limitOf(kind, call, limits)
        if (limit === undefined) continue
        const calls = count(prints[kind], second, second, limit * countedBeyond)
        if (!(calls <= limit)) return refuse(kind, calls, limit, language)
      }
      return Effect.void
    }

    return {
      take: (call, language = "en-US") =>
        Step.withMillis((millis) => takeIn(Math.floor(millis / 1000), call, language)),
      wait: (call) =>
        Effect.suspend(() => {
          const buckets = RateLimit.kinds.flatMap((kind) => {
            const limit = RateLimit.limitOf(kind, call, limits)
            return limit === undefined ? [] : [{ kind, limit }]
          })
          return wait(buckets, ({ kind }, second, now, atMost) =>
            Effect.sync(() => count(printsOf(call)[kind], second, now, atMost))
          )
        }),
      observe: () => Effect.void
    }
  })
}

/** What is known of one action in one access region. */
interface Learned {
  /** Calls per second. It need not be whole; infinite while nothing is known. */
  limit: number
  /** The limit that the service has named. */
  cap: number
  /** The second in which calls are placed now, and how many were. */
  second: number
  placed: number
  /** When the service last refused, in milliseconds. */
  refusedAt: number
}

/** The two numbers in the sentence of `RequestLimitExceeded`, in either language. */
const namedLimit = (message: string): number | undefined => {
  const [, , limit] = /`(\d{1,9})`[^`]*`(\d{1,9})`/.exec(message) ?? []
  return limit === undefined ? undefined : Math.max(1, Number(limit))
}

/** What one program calls; what was used least recently is forgotten, and learned again. */
const learnedAtMost = 1000

/** Refusals that come within a second of one another speak of the same crowd. */
const sameCrowd = 1000

/** After so long without a refusal, the limit is learned again: it may have been raised. */
const validFor = /* #__PURE__ */ Duration.toMillis("1 hour")

/**
 * Makes the service for a client that does not know its limits: nothing waits until the service refuses a call. From then on
 * the limit of that action in that access region is the one that its sentence names, or half of what was sent, where it names
 * none. A further refusal halves it – somebody else draws on the same limit – and each call that passes adds a little, one a
 * second when all of it is used, never more than the service has named. An hour after the last refusal all that is forgotten.
 *
 * It is a client's: `take` lets everything pass.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeLearning: Effect.Effect<RateLimiter["Type"]> = /* #__PURE__ */ Effect.sync(() => {
  const known = new Map<string, Learned>()

  const learnedOf = ({ accessRegion, account, action, identity, product }: RateLimit.Call, now: number): Learned => {
    const key = [product, action, accessRegion, account, identity].join(" ")
    const found = known.get(key)
    known.delete(key)
    const learned =
      found !== undefined && now - found.refusedAt < validFor
        ? found
        : { limit: Number.POSITIVE_INFINITY, cap: Number.POSITIVE_INFINITY, second: 0, placed: 0, refusedAt: now }
    known.set(key, learned)
    if (known.size > learnedAtMost) {
      const oldest = known.keys().next()
      if (!oldest.done) known.delete(oldest.value)
    }
    return learned
  }

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
    else if (now - learned.refusedAt >= sameCrowd) learned.limit /= 2
    else return
    learned.refusedAt = now
    learned.limit = Math.max(1, Math.min(learned.limit, learned.cap))
    // This second is full, whoever has filled it.
    learned.placed = Math.max(learned.placed, learned.limit)
  }

  return {
    take: () => Effect.void,
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
