/**
 * Chooses which of several hosts to call. A host that keeps failing gets a pause, and then one call at a time tries it.
 *
 * @since 0.1.0
 */
import type * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { lastValue } from "../../domain/internal/lastValue.js"
import type { Endpoint } from "../../domain/wire/Endpoint.js"
import { BoundedMap } from "../internal/boundedMap.js"
import * as Fibers from "../internal/runtime/fiber.js"
import * as Step from "../internal/runtime/step.js"

/**
 * How the breaker treats a host.
 *
 * - `closed`: calls go to it
 * - `open`: it failed too often in a row, and gets no calls
 * - `half-open`: its pause is over; one call at a time tries it, and decides
 *
 * @since 0.1.0
 * @category models
 */
export type State = "closed" | "open" | "half-open"

/**
 * What a call says about its host. `neither` is for what has nothing to do with the host: a missing credential, an interruption.
 *
 * @since 0.1.0
 * @category models
 */
export type Verdict = "success" | "failure" | "neither"

/**
 * The permission to call a host.
 *
 * @since 0.1.0
 * @category models
 */
export interface Permit {
  /** The endpoint to call. */
  readonly endpoint: Endpoint
  /** Records how the call went. Run it exactly once, however the call ends: until then, no other call tries a half-open host. */
  report(verdict: Verdict): Effect.Effect<void>
}

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
     * Permits a call of the first host that may be called. If there is none, it permits the first of all: without a better host, to
     * refuse a call helps nobody.
     *
     * Acquire a permit where you cannot be interrupted, so that you always report to it:
     * `Effect.acquireUseRelease(breaker.acquire(hosts), use, (permit, exit) => permit.report(verdict))`.
     */
    readonly acquire: (hosts: Arr.NonEmptyReadonlyArray<Endpoint>) => Effect.Effect<Permit>
    /** How the breaker treats a host now. */
    readonly state: (host: string) => Effect.Effect<State>
    /** The hosts that have failed lately, with how the breaker treats them now. Any other host is closed. */
    readonly states: Effect.Effect<ReadonlyMap<string, State>>
  }
>() {}

/**
 * When a host gets a pause, and how long.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** How often in a row a host fails before it gets a pause. Default: 5. */
  readonly failures?: number | undefined
  /** How long the pause is. Default: 30 seconds. */
  readonly pause?: Duration.DurationInput | undefined
}

/** The health of a host that has failed. */
class Health {
  /** In a row. */
  failures = 0
  /** When the pause ends, in milliseconds; undefined while the host is closed. */
  pausedUntil: number | undefined = undefined
  /** The permit of the call that tries the host, while it is half-open. */
  probe: Permit | undefined = undefined

  stateAt(now: number): State {
    return this.pausedUntil === undefined ? "closed" : now < this.pausedUntil ? "open" : "half-open"
  }
}

/** Why a call was permitted: the host is closed, the call tries the host, or there is no better host. */
type Reason = "closed" | "probe" | "last resort"

/** A program calls few hosts. A host that is forgotten counts as closed. */
const capacity = 1000

/** The hosts that have failed lately. Any other host has no entry. */
class FailedHosts {
  private readonly entries = new BoundedMap<string, Health>(capacity)

  constructor(
    private readonly maxFailures: number,
    private readonly pauseMillis: number
  ) {}

  get(host: string): Health | undefined {
    return this.entries.get(host)
  }

  isClosed(host: string): boolean {
    return this.entries.get(host)?.pausedUntil === undefined
  }

  statesAt(now: number): ReadonlyMap<string, State> {
    return new Map([...this.entries].map(([host, health]) => [host, health.stateAt(now)]))
  }

  recordFailure(host: string, reason: Reason, now: number): void {
    const health = this.getOrMake(host)
    health.failures += 1
    const opens = health.pausedUntil === undefined && health.failures >= this.maxFailures
    if (opens || reason === "probe") health.pausedUntil = now + this.pauseMillis
  }

  recordSuccess(host: string, reason: Reason): void {
    // A success of a call from before the pause is too old to end it.
    if (reason !== "closed" || this.isClosed(host)) this.entries.delete(host)
  }

  private getOrMake(host: string): Health {
    const known = this.entries.get(host)
    if (known !== undefined) return known
    const health = new Health()
    this.entries.set(host, health)
    return health
  }
}

class HostPermit implements Permit {
  constructor(
    readonly endpoint: Endpoint,
    private readonly hosts: FailedHosts,
    private readonly reason: Reason
  ) {}

  report(verdict: Verdict): Effect.Effect<void> {
    const { endpoint, hosts, reason } = this
    // Most calls end here: there is nothing to record, and no probe to release.
    if (verdict !== "failure" && hosts.get(endpoint.host) === undefined) return Effect.void
    return Step.withMillis((now) => {
      if (verdict === "failure") hosts.recordFailure(endpoint.host, reason, now)
      if (verdict === "success") hosts.recordSuccess(endpoint.host, reason)
      const health = hosts.get(endpoint.host)
      if (health?.probe === this) health.probe = undefined
      return Effect.void
    })
  }
}

/**
 * Makes a circuit breaker that remembers hosts in memory.
 *
 * A call that began before the pause of its host does not lengthen the pause when it fails. A call that tries a half-open host, and
 * is interrupted, lets the next call try it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<CircuitBreaker["Type"]> =>
  Effect.sync(() => {
    const hosts = new FailedHosts(Math.max(1, options.failures ?? 5), Duration.toMillis(options.pause ?? "30 seconds"))

    // A permit of a closed host has no state, so calls share it. Most calls go to the endpoint of the call before.
    const permitClosed = lastValue((endpoint: Endpoint) =>
      Exit.succeed<Permit>(new HostPermit(endpoint, hosts, "closed"))
    )

    const choose = (endpoints: Arr.NonEmptyReadonlyArray<Endpoint>, now: number): Permit => {
      for (const endpoint of endpoints) {
        const health = hosts.get(endpoint.host)
        const state = health?.stateAt(now) ?? "closed"
        if (state === "closed") return new HostPermit(endpoint, hosts, "closed")
        if (state === "open" || health === undefined || health.probe !== undefined) continue
        health.probe = new HostPermit(endpoint, hosts, "probe")
        return health.probe
      }
      return new HostPermit(endpoints[0], hosts, "last resort")
    }

    return {
      acquire: (endpoints) =>
        Step.make(({ fiber }) =>
          hosts.isClosed(endpoints[0].host)
            ? permitClosed(endpoints[0])
            : Exit.succeed(choose(endpoints, Fibers.currentMillis(fiber)))
        ),
      state: (host) => Effect.map(Clock.currentTimeMillis, (now) => hosts.get(host)?.stateAt(now) ?? "closed"),
      states: Effect.map(Clock.currentTimeMillis, (now) => hosts.statesAt(now))
    }
  })
