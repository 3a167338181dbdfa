/**
 * What a call does after its first attempt has failed.
 *
 *     ┌──► repair ── clock, credential, host or second ──┐
 *     │      │                                           │
 *     │      ▼                                           │
 *     │    retry ─── the policy or the budget says no ───┼──► the call fails
 *     │      │                                           │
 *     │      ▼                                           │
 *     └─── attempt ◄─────────────────────────────────────┘
 *  failure   └────── success, or a defect ──────────────────► the call ends
 *
 * - The clock or the credential is wrong: it is repaired, once for all calls that wait for it.
 * - The host cannot be reached: the next host is tried.
 * - The call is throttled: it waits for the next second, and for the turn that the throttle gives it there.
 *
 * A repair takes nothing out of the budget. It happens once in a call: the clock, the credential, and each host in a round.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Action from "../../../domain/contract/Action.js"
import { TransportError } from "../../../domain/errors/ClientError.js"
import type * as Credential from "../../../domain/rules/Credential.js"
import * as Timestamp from "../../../domain/wire/Timestamp.js"
import type * as Callback from "../../internal/runtime/callback.js"
import * as Schedules from "../../internal/runtime/schedule.js"
import { type CallPlan, remainingEndpoints } from "./callPlan.js"
import type { CallState, Continue, Failure } from "./callState.js"
import { adviseOnClock, toleranceMillis } from "./clockAdvice.js"
import { toApiError } from "./readAnswer.js"
import type { Settle } from "./repair.js"
import { codeOf, isAboutKey, isExpired, isThrottling, isUnsent } from "./verdict.js"

/** A call that can be attempted again. */
export interface Recoverable<A extends Action.Action.Any, B> extends CallState<A> {
  candidates: CallPlan["endpoints"]
  attempt(restore: Callback.Restore, next: Continue<A, B>): Effect.Effect<B, Failure<A>>
}

/** How often a throttled call is made again: while no other call of the client succeeds meanwhile, and in any case. */
const throttledAtMost = { inVain: 3, inAll: 30 }

const isSameKey = (one: Credential.Credential, other: Credential.Credential): boolean =>
  one.secretId === other.secretId &&
  Redacted.value(one.secretKey) === Redacted.value(other.secretKey) &&
  (one.token === undefined ? undefined : Redacted.value(one.token)) ===
    (other.token === undefined ? undefined : Redacted.value(other.token))

/** The SecretId in a header `Authorization`. */
const signerOf = (authorization: string | undefined): string | undefined =>
  /Credential=([^/]+)\//.exec(authorization ?? "")?.[1]

/** The recovery of one call. */
export class Recovery<A extends Action.Action.Any, B> {
  /** The endpoints of each round: without those that can never be reached. */
  private endpoints: CallPlan["endpoints"]
  private isClockRepaired = false
  private isCredentialRefreshed = false
  private retries = 0
  private refusals = 0
  private refusalsInVain = 0
  private successesBefore = -1
  /** Makes one attempt. */
  private readonly attempt: Effect.Effect<B, Failure<A>>
  /** Makes one attempt, and repairs what it fails with. */
  private readonly attempts: Effect.Effect<B, Failure<A>>

  constructor(private readonly call: Recoverable<A, B>) {
    this.endpoints = call.plan.endpoints
    this.attempt = Effect.uninterruptibleMask((restore) => call.attempt(restore, identity))
    this.attempts = Effect.catchAll(this.attempt, (error) => this.repair(error))
  }

  /** Goes on after the first attempt has failed: repairs what it can, and retries as long as the policy and the budget allow. */
  run(firstError: Failure<A>): Effect.Effect<B, Failure<A>> {
    // The schedule runs an effect that has failed already, and so begins with the repair.
    let next = this.repair(firstError)
    const attempts = Effect.suspend(() => {
      const now = next
      next = this.attempts
      return now
    })
    const { plan } = this.call
    return Effect.tapError(
      Schedules.retryWhile(attempts, plan.schedule, (error) => Effect.sync(() => this.grant(error))),
      (error) => Effect.sync(() => this.noteEnd(error))
    )
  }

  /** Grants a retry that the policy wants, if the budget of the host has enough. A retry begins a new round of all endpoints. */
  private grant(error: Failure<A>): boolean {
    const { call } = this
    const { budget } = call.plan
    if (budget !== undefined) {
      const price = error._tag === "RequestTimeout" ? budget.timeout : budget.retry
      if (!call.services.budget.withdraw(call.host, price, budget.tokens)) {
        call.exhausted = "budget"
        return false
      }
    }
    this.retries += 1
    call.candidates = this.endpoints
    return true
  }

  private noteEnd(error: Failure<A>): void {
    const { call } = this
    if (call.exhausted === undefined && this.retries > 0 && call.plan.isRetried(error)) call.exhausted = "retries"
  }

  private repair(error: Failure<A>): Effect.Effect<B, Failure<A>> {
    if (isExpired(error)) return this.repairClock(error)
    if (isAboutKey(error)) return this.refreshCredential(error)
    if (isUnsent(error)) return this.failOver(error)
    if (this.call.plan.waitsForSecond && isThrottling(error)) return this.waitForSecond(error)
    return Effect.fail(error)
  }

  /** The first call whose signature has expired corrects the clock by its answer, and tries it. The others wait for what comes of this. */
  private repairClock(error: Failure<A>): Effect.Effect<B, Failure<A>> {
    const { call } = this
    const { date } = call
    const failed = Effect.flatMap(this.advise(error), Effect.fail)
    if (date === undefined || Option.isNone(Timestamp.fromHttpDate(date)) || this.isClockRepaired) return failed
    this.isClockRepaired = true
    return call.services.clockRepair.once(
      call.clockVersion,
      (settle) => this.probeClock(date, settle, failed),
      ({ helped, host }) => (helped || host !== call.host ? this.attempts : failed)
    )
  }

  private probeClock(
    date: string,
    settle: Settle,
    failed: Effect.Effect<never, Failure<A>>
  ): Effect.Effect<B, Failure<A>> {
    const { clock } = this.call.services
    const { host } = this.call
    const probe = Effect.matchCauseEffect(this.attempt, {
      onSuccess: (value) => Effect.as(settle({ helped: true, host }), value),
      onFailure: (cause): Effect.Effect<B, Failure<A>> => {
        const failure = Option.getOrUndefined(Cause.failureOption(cause))
        const helped = failure === undefined || !isExpired(failure)
        // Another call takes over from one that is interrupted.
        const told = Cause.isInterrupted(cause) ? Effect.void : settle({ helped, host })
        return Effect.zipRight(told, Effect.failCause(cause))
      }
    })
    const isRight = Effect.map(clock.now, (now) =>
      Option.match(Timestamp.fromHttpDate(date), {
        onNone: () => true,
        onSome: (seconds) => Math.abs(seconds - now) * 1000 <= toleranceMillis
      })
    )
    return Effect.flatMap(Effect.zipRight(clock.observe(date), isRight), (isRight) =>
      isRight
        ? Effect.catchAll(probe, (error) => this.repair(error))
        : // This clock does not learn.
          Effect.zipRight(settle({ helped: false, host }), failed)
    )
  }

  /** Adds to an expired signature what the clocks say, and what to do. */
  private advise(error: Failure<A>): Effect.Effect<Failure<A>> {
    const { call } = this
    const code = codeOf(error)
    if (code === undefined || !("reason" in error)) return Effect.succeed(error)
    return Effect.map(Effect.zip(Clock.currentTimeMillis, call.services.clock.now), ([machine, signing]) => {
      const advice = adviseOnClock({ machine, signing: signing * 1000, date: call.date })
      return advice === undefined
        ? error
        : toApiError(call, { code, message: `${error.reason} ${advice}`, requestId: error.requestId ?? "" })
    })
  }

  /** The first call whose key is rejected asks the source again. The others wait for the answer. */
  private refreshCredential(error: Failure<A>): Effect.Effect<B, Failure<A>> {
    const { call } = this
    const { host } = call
    if (this.isCredentialRefreshed || call.plan.signatureMethod === "SKIP") return Effect.fail(error)
    this.isCredentialRefreshed = true
    const goOn = (helped: boolean) => (helped ? this.attempts : Effect.fail(error))
    return call.services.credentialRepair.once(
      call.credentialVersion,
      (settle) => Effect.flatMap(this.askSource(), (helped) => Effect.zipRight(settle({ helped, host }), goOn(helped))),
      ({ helped }) => goOn(helped)
    )
  }

  /** Asks the source for another key, and returns whether there is one. */
  private askSource(): Effect.Effect<boolean> {
    const { credentials } = this.call.services
    const signer = signerOf(this.call.authorization)
    const get = Effect.option(credentials.get)
    return Effect.flatMap(get, (before) => {
      // Another client of the same provider, or a renewal, has replaced the key since this call signed.
      if (signer !== undefined && Option.exists(before, ({ secretId }) => secretId !== signer)) {
        return Effect.succeed(true)
      }
      return Effect.flatMap(credentials.refresh, (mayBeOther) =>
        mayBeOther
          ? Effect.map(
              get,
              Option.exists((after) => !Option.exists(before, (known) => isSameKey(known, after)))
            )
          : Effect.succeed(false)
      )
    })
  }

  /** Leaves a host that cannot be reached to the next round, and one that never can be to no round. Nothing was sent. */
  private failOver(error: Failure<A>): Effect.Effect<B, Failure<A>> {
    const { call } = this
    if (error instanceof TransportError && error.permanent) {
      const reachable = remainingEndpoints(this.endpoints, call.host)
      if (reachable === undefined) return Effect.fail(error)
      this.endpoints = reachable
    }
    const remaining = remainingEndpoints(call.candidates, call.host)
    if (remaining === undefined) return Effect.fail(error)
    call.candidates = remaining
    return this.attempts
  }

  /**
   * Leaves a throttled call to a later second. The throttle gives it its turn there. It has a budget of its own: as long as other calls
   * succeed meanwhile, patience helps.
   */
  private waitForSecond(error: Failure<A>): Effect.Effect<B, Failure<A>> {
    const { call } = this
    const { successes } = call.services
    this.refusals += 1
    this.refusalsInVain = successes === this.successesBefore ? this.refusalsInVain + 1 : 1
    this.successesBefore = successes
    if (this.refusalsInVain > throttledAtMost.inVain || this.refusals > throttledAtMost.inAll) {
      call.exhausted = "throttling"
      return Effect.fail(error)
    }
    return Effect.flatMap(Clock.currentTimeMillis, (now) => {
      call.notBefore = (Math.floor(now / 1000) + 1) * 1000
      return this.attempts
    })
  }
}
