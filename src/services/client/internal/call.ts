/**
 * One call: attempts, repairs and retries.
 *
 *          run                        opens the span, if anybody can see it
 *           │
 *           ▼
 *      withDeadline ───────────────── the deadline has passed ────────────────────────────┐
 *           │                                                                             │
 *           ▼                                                                             │
 *      firstAttempt ───────────────── success, or a defect ──────────────────────────────►│
 *           │ failure                                                                     │
 *           ▼                                                                             │
 *   ┌───► repair ───── repaired ────► budget ─── empty ──────────────────────────────────►│
 *   │       │ no repair                 │                                                 │
 *   │       ▼                           │                                                 │
 *   │     retry ─── the policy says no, or the budget is empty ──────────────────────────►│
 *   │       │ after a pause             │ at once                                         │
 *   │       ▼                           ▼                                                 ▼
 *   └──── attempt ◄─────────────────────┘ ─── success, or a defect ──────────────────► finish
 *  failure                                                      counts, closes the span, keeps statistics
 *
 * A call is uninterruptible, so that `finish` always runs. What it waits for can be interrupted if the program can: `restore`.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import type * as Tracer from "effect/Tracer"
import type * as Action from "../../../domain/contract/Action.js"
import { TransportError } from "../../../domain/errors/ClientError.js"
import type { Payload } from "../../../domain/wire/Request.js"
import type * as Callback from "../../internal/runtime/callback.js"
import * as Fibers from "../../internal/runtime/fiber.js"
import * as Schedules from "../../internal/runtime/schedule.js"
import * as Step from "../../internal/runtime/step.js"
import { Attempt, noServices, timeoutError } from "./attempt.js"
import { type CallPlan, remainingEndpoints } from "./callPlan.js"
import type { Continue, Decoder, DecodingCall, Failure } from "./callState.js"
import * as CallStats from "./callStats.js"
import * as Telemetry from "./callTelemetry.js"
import type { ClientServices } from "./clientServices.js"
import { addPlaceToCause } from "./failure.js"

/**
 * A call, as one object: what it asks for, and how far it has come. Most calls need one attempt. A function decides what comes after it,
 * and not an effect, so such a call takes few turns of Effect's run loop. docs/performance.md, P1, P4 and P5, says what this gains.
 */
export class Call<A extends Action.Action.Any, B> implements DecodingCall<A, B>, Step.StepContext<never> {
  attempts = 0
  host: string
  date: string | undefined = undefined
  failedAt = 0
  span: Tracer.Span | undefined = undefined
  readonly context = noServices
  readonly labels: Telemetry.Labels
  private endpoints: CallPlan["endpoints"]
  private isClockRepaired = false
  private isCredentialRefreshed = false

  constructor(
    readonly services: ClientServices,
    readonly action: A,
    readonly plan: CallPlan,
    readonly payload: Payload,
    readonly decode: Decoder<A, B>,
    readonly fiber: Fibers.AnyFiber,
    readonly startedAt: number
  ) {
    this.endpoints = plan.endpoints
    this.host = plan.endpoints[0].host
    this.labels = Fibers.metricLabels(fiber)
  }

  run(): Effect.Effect<B, Failure<A>> {
    const { action, fiber, plan } = this
    return Effect.uninterruptibleMask((restore) => {
      if (!plan.tracing || !Fibers.isTraced(fiber)) return this.withDeadline(restore)
      return Effect.flatMap(Telemetry.callSpan(action, plan.request), (span) => {
        this.span = span
        return this.withDeadline(restore)
      })
    })
  }

  /** Whatever a service throws on the way ends the call as well. */
  private withDeadline(restore: Callback.Restore): Effect.Effect<B, Failure<A>> {
    const { deadline } = this.plan
    const result =
      deadline === undefined
        ? Step.tryAdvance(() => this.firstAttempt(restore), this)
        : restore(
            Effect.timeoutFail(
              Effect.uninterruptibleMask((restore) => this.firstAttempt(restore)),
              { duration: deadline, onTimeout: () => timeoutError(this, "call", deadline) }
            )
          )
    return Step.matchExit(result, (exit) => this.finish(exit))
  }

  /** Makes the first attempt. If it succeeds, the call pays for no schedule. */
  private firstAttempt(restore: Callback.Restore): Effect.Effect<B, Failure<A>> {
    this.services.budget.deposit()
    return this.attempt(restore, (exit) => {
      const error = Exit.isSuccess(exit) ? undefined : Option.getOrUndefined(Cause.failureOption(exit.cause))
      return error === undefined ? exit : restore(this.retry(error))
    })
  }

  /** Goes on after the first attempt has failed: repairs what it can, and retries as long as the policy and the budget allow. */
  private retry(firstError: Failure<A>): Effect.Effect<B, Failure<A>> {
    const attempt: Effect.Effect<B, Failure<A>> = Effect.catchAll(
      Effect.uninterruptibleMask((restore) => this.attempt(restore, identity)),
      (error) => this.repair(error, attempt)
    )
    // The schedule runs an effect that has failed already, and so begins with the repair.
    let next = this.repair(firstError, attempt)
    const attempts = Effect.suspend(() => {
      const now = next
      next = attempt
      return now
    })
    return Schedules.retryWhile(attempts, this.plan.schedule, this.services.budget.withdraw)
  }

  /**
   * Repairs the cause of an error, and makes the next attempt at once. Each kind happens once in a call: the clock, the credential, and
   * each host that cannot be reached. Any other error is for the policy.
   */
  private repair(error: Failure<A>, attempt: Effect.Effect<B, Failure<A>>): Effect.Effect<B, Failure<A>> {
    const { budget, clock, credentials } = this.services
    const { date } = this
    const attemptInBudget = Effect.flatMap(budget.withdraw, (isGranted) => (isGranted ? attempt : Effect.fail(error)))
    if (error._tag === "AuthFailure.SignatureExpire" && date !== undefined && !this.isClockRepaired) {
      this.isClockRepaired = true
      return Effect.zipRight(clock.observe(date), attemptInBudget)
    }
    if (error._tag === "AuthFailure.TokenFailure" && !this.isCredentialRefreshed) {
      this.isCredentialRefreshed = true
      return Effect.flatMap(credentials.refresh, (isOther) => (isOther ? attemptInBudget : Effect.fail(error)))
    }
    if (error instanceof TransportError && error.permanent && !error.sent) {
      const remaining = remainingEndpoints(this.endpoints, error.host)
      if (remaining === undefined) return Effect.fail(error)
      this.endpoints = remaining
      return attemptInBudget
    }
    return Effect.fail(error)
  }

  /** Makes an attempt at the host that the circuit breaker chooses. The attempt reports to its permit, however it ends. */
  private attempt(restore: Callback.Restore, next: Continue<A, B>): Effect.Effect<B, Failure<A>> {
    return Step.flatMapNow(this, this.services.breaker.acquire(this.endpoints), (permit) =>
      new Attempt(this, permit, restore, next).run()
    )
  }

  private finish(exit: Exit.Exit<B, Failure<A>>): Effect.Effect<B, Failure<A>> {
    const { fiber, span } = this
    Telemetry.countCall(this, exit)
    if (span !== undefined) Telemetry.endCall(span, exit, this, fiber)
    if (Exit.isSuccess(exit)) return exit
    addPlaceToCause(exit.cause, this.plan.callSite, span ?? Fibers.currentSpan(fiber))
    return Effect.zipRight(CallStats.recordCause(exit.cause, this), exit)
  }
}
