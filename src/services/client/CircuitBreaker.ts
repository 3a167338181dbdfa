/**
 * Which of several hosts to call: one that keeps failing is left alone for a while, and then tried by one call at a time.
 *
 * @since 0.1.0
 */
import type * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Endpoint } from "../../domain/wire/Endpoint.js"
import { BoundedMap } from "../internal/boundedMap.js"

/**
 * How a host is treated.
 *
 * - `closed`: it is called
 * - `open`: it failed too often in a row, and is left alone
 * - `half-open`: its pause is over; one call at a time tries it, and decides
 *
 * @since 0.1.0
 * @category models
 */
export type State = "closed" | "open" | "half-open"

/**
 * What a call tells of its host. `neither` is for what has nothing to do with it: a missing credential, an interruption.
 *
 * @since 0.1.0
 * @category models
 */
export type Verdict = "success" | "failure" | "neither"

/**
 * Chooses hosts, and remembers how they did.
 *
 * @since 0.1.0
 * @category tags
 */
export class CircuitBreaker extends Context.Tag("effect-tencentcloud/CircuitBreaker")<
  CircuitBreaker,
  {
    /**
     * Calls the first of the hosts that is let through, and takes note of how it did. Where none is, the first one is called
     * all the same: to refuse a call helps nobody when there is no better host.
     */
    readonly call: <A, E, R>(
      hosts: Arr.NonEmptyReadonlyArray<Endpoint>,
      use: (host: Endpoint) => Effect.Effect<A, E, R>,
      judge: (exit: Exit.Exit<A, E>) => Verdict
    ) => Effect.Effect<A, E, R>
    /** The first of the hosts, where it has not failed too often lately: its call then needs no choice, and `report` at its end. */
    readonly well: (hosts: Arr.NonEmptyReadonlyArray<Endpoint>) => Endpoint | undefined
    /** Takes note of how a call did that `well` has let through. */
    readonly report: (host: string, verdict: Verdict) => Effect.Effect<void>
    /** How a host is treated now. */
    readonly state: (host: string) => Effect.Effect<State>
    /** The hosts that have failed lately, with how they are treated now. Any other is closed. */
    readonly states: Effect.Effect<ReadonlyMap<string, State>>
  }
>() {}

/**
 * What shapes the service.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** How often in a row a host fails before it is left alone. Default: 5. */
  readonly failures?: number | undefined
  /** How long it is left alone before it is tried. Default: 30 seconds. */
  readonly pause?: Duration.DurationInput | undefined
}

/** A host that has failed; one that has not needs no entry. */
interface Health {
  /** In a row. */
  failures: number
  /** When the pause ends, in milliseconds; undefined while closed. */
  pausedUntil: number | undefined
  /** The call that tries it, while half-open. */
  probe: object | undefined
}

/** How a call was let through: as any other, as the one that tries the host, or for want of a better host. */
type Way = "usual" | "probe" | "last resort"

/** A program calls few hosts. What is forgotten is closed. */
const capacity = 1000

/**
 * Makes the service.
 *
 * A call that was let through before its host was left alone says nothing when it fails after that. One that tries a host and
 * is interrupted makes room for the next.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<CircuitBreaker["Type"]> =>
  Effect.sync(() => {
    const most = Math.max(1, options.failures ?? 5)
    const pause = Duration.toMillis(options.pause ?? "30 seconds")
    const ailing = new BoundedMap<string, Health>(capacity)

    const stateOf = (health: Health | undefined, now: number): State =>
      health?.pausedUntil === undefined ? "closed" : now < health.pausedUntil ? "open" : "half-open"

    const healthOf = (host: string): Health => {
      const known = ailing.get(host)
      if (known !== undefined) return known
      const health: Health = { failures: 0, pausedUntil: undefined, probe: undefined }
      ailing.set(host, health)
      return health
    }

    const fail = (host: string, way: Way, now: number): void => {
      const health = healthOf(host)
      health.failures += 1
      const opens = health.pausedUntil === undefined && health.failures >= most
      if (opens || way === "probe") health.pausedUntil = now + pause
    }

    const report = (host: string, way: Way, verdict: Verdict): Effect.Effect<void> => {
      if (verdict === "failure") return Effect.map(Clock.currentTimeMillis, (now) => fail(host, way, now))
      // A success from before the host was left alone is too old to say that it is well.
      const tells = way !== "usual" || ailing.get(host)?.pausedUntil === undefined
      if (verdict === "success" && tells) ailing.delete(host)
      return Effect.void
    }

    return {
      call: (hosts, use, judge) => {
        const through = (host: Endpoint, way: Way) =>
          Effect.onExit(use(host), (exit) => report(host.host, way, Exit.isInterrupted(exit) ? "neither" : judge(exit)))

        return Effect.suspend(() => {
          const [first] = hosts
          if (ailing.get(first.host)?.pausedUntil === undefined) return through(first, "usual")
          return Effect.uninterruptibleMask((restore) =>
            Effect.flatMap(Clock.currentTimeMillis, (now) => {
              for (const host of hosts) {
                const health = ailing.get(host.host)
                const state = stateOf(health, now)
                if (state === "closed") return restore(through(host, "usual"))
                if (state === "open" || health === undefined || health.probe !== undefined) continue
                const probe = {}
                health.probe = probe
                const release = Effect.sync(() => {
                  if (health.probe === probe) health.probe = undefined
                })
                return Effect.ensuring(restore(through(host, "probe")), release)
              }
              return restore(through(first, "last resort"))
            })
          )
        })
      },
      well: ([first]) => (ailing.get(first.host)?.pausedUntil === undefined ? first : undefined),
      report: (host, verdict) => report(host, "usual", verdict),
      state: (host) => Effect.map(Clock.currentTimeMillis, (now) => stateOf(ailing.get(host), now)),
      states: Effect.map(
        Clock.currentTimeMillis,
        (now) => new Map([...ailing].map(([host, health]) => [host, stateOf(health, now)]))
      )
    }
  })
