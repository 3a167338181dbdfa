/**
 * One call: attempts, repairs and retries.
 *
 *          run                        opens the span, if anybody can see it
 *           │
 *           ▼
 *      withDeadline ───────────────── the deadline has passed ──────────────┐
 *           │                                                               │
 *           ▼                                                               │
 *      firstAttempt ───────────────── success, or a defect ────────────────►│
 *           │ failure                                                       │
 *           ▼                                                               ▼
 *       Recovery ──────────────────── repairs and retries: see `recovery` ─► finish
 *                                                          counts, closes the span, keeps statistics
 *
 * A call is uninterruptible, so that `finish` always runs. What it waits for can be interrupted if the program can: `restore`.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Tracer from "effect/Tracer"
import type * as Action from "../../../domain/contract/Action.js"
import type * as Callback from "../../internal/runtime/callback.js"
import * as Fibers from "../../internal/runtime/fiber.js"
import * as Step from "../../internal/runtime/step.js"
import { Attempt, noServices, timeoutError } from "./attempt.js"
import type { CallPlan } from "./callPlan.js"
import type { Continue, Decoder, DecodingCall, Failure } from "./callState.js"
import * as CallStats from "./callStats.js"
import * as Telemetry from "./callTelemetry.js"
import type { ClientServices } from "./clientServices.js"
import { addPlaceToCause } from "./failure.js"
import { Recovery } from "./recovery.js"
import { afterOpen } from "./verdict.js"

/**
 * A call, as one object: what it asks for, and how far it has come. Most calls need one attempt. A function decides what comes after it,
 * and not an effect, so such a call takes few turns of Effect's run loop. docs/performance.md, P1, P4 and P5, says what this gains.
 */
export class Call<A extends Action.Action.Any, B> implements DecodingCall<A, B>, Step.StepContext<never> {
  attempts = 0
  sent = false
  isOpen = false
  host: string
  date: string | undefined = undefined
  failedAt = 0
  sentAt: number | undefined = undefined
  span: Tracer.Span | undefined = undefined
  readonly context = noServices
  readonly labels: Telemetry.Labels
  /** The endpoints that the next attempt chooses from. */
  candidates: CallPlan["endpoints"]
  notBefore = 0
  authorization: string | undefined = undefined
  clockVersion = 0
  credentialVersion = 0
  exhausted: CallStats.Exhausted | undefined = undefined

  constructor(
    readonly services: ClientServices,
    readonly action: A,
    readonly plan: CallPlan,
    readonly parameters: unknown,
    readonly id: string,
    readonly decode: Decoder<A, B>,
    readonly fiber: Fibers.AnyFiber,
    readonly startedAt: number
  ) {
    this.candidates = plan.endpoints
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
              { duration: deadline, onTimeout: () => timeoutError(this, "call", deadline, this.sent) }
            )
          )
    return Step.matchExit(result, (exit) => this.finish(exit))
  }

  /** Makes the first attempt. If it succeeds, the call pays for no schedule. */
  private firstAttempt(restore: Callback.Restore): Effect.Effect<B, Failure<A>> {
    return this.attempt(restore, (exit) => {
      const error = Exit.isSuccess(exit) ? undefined : Option.getOrUndefined(Cause.failureOption(exit.cause))
      return error === undefined ? exit : restore(new Recovery(this).run(error))
    })
  }

  /** Makes an attempt at the host that the circuit breaker chooses. The attempt reports to its permit, however it ends. */
  attempt(restore: Callback.Restore, next: Continue<A, B>): Effect.Effect<B, Failure<A>> {
    return Step.flatMapNow(this, this.services.breaker.acquire(this.candidates), (permit) =>
      new Attempt(this, permit, restore, next).run()
    )
  }

  private finish(end: Exit.Exit<B, Failure<A>>): Effect.Effect<B, Failure<A>> {
    const { fiber, span } = this
    const exit = this.isOpen ? Exit.mapError(end, (error): Failure<A> => afterOpen(error)) : end
    Telemetry.countCall(this, exit)
    if (span !== undefined) Telemetry.endCall(span, exit, this, fiber)
    if (!Exit.isSuccess(exit)) {
      addPlaceToCause(exit.cause, this.plan.callSite, span ?? Fibers.currentSpan(fiber))
      return Effect.zipRight(CallStats.recordCause(exit.cause, this), exit)
    }
    const { plan, services } = this
    services.successes += 1
    services.budget.recordSuccess(this.host, plan.successWorth)
    return exit
  }
}
