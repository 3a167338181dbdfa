/**
 * One attempt at a call.
 *
 *     run ── waits for the throttle ──► start ── counts, and opens the span ──► send ── signs ──► transmit
 *                                                                                                    │
 *                                             ┌── onFailure ── toCallError ◄─────── no answer ───────┤
 *                                  finish ◄───┤                                                      │
 *                                             └── onSuccess ── readResponse ◄─────── an answer ──────┘
 *
 * `finish` closes the span, counts the attempt, reports to the circuit breaker and to the throttle, and continues the call.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import type * as Tracer from "effect/Tracer"
import type * as Action from "../../../domain/contract/Action.js"
import { CredentialsUnavailable, RequestTimeout, TransportError } from "../../../domain/errors/ClientError.js"
import type * as RateLimit from "../../../domain/rules/RateLimit.js"
import type { TransportFault, WireRequest, WireResponse } from "../../../domain/wire/Wire.js"
import * as Callback from "../../internal/runtime/callback.js"
import * as Fibers from "../../internal/runtime/fiber.js"
import { sleepUntil } from "../../internal/runtime/sleep.js"
import * as Step from "../../internal/runtime/step.js"
import type { Permit } from "../CircuitBreaker.js"
import type { Outcome } from "../Throttle.js"
import type { Continue, DecodingCall, Failure } from "./callState.js"
import * as Telemetry from "./callTelemetry.js"
import { hostVerdict, limitOutcome } from "./verdict.js"

/** The error of a call, or of an attempt at it, that took too long. */
export const timeoutError = (
  { action, host }: { readonly action: Action.Action.Any; readonly host: string },
  scope: RequestTimeout["scope"],
  after: Duration.Duration
): RequestTimeout => new RequestTimeout({ action: action.name, host, scope, after })

/** For a step that needs nothing but its fiber. */
export const noServices: Context.Context<never> = /* #__PURE__ */ Context.empty()

/** Why there is no answer. */
type NoAnswer = TransportFault | CredentialsUnavailable | RequestTimeout

/** A call as the throttle counts it. A client does not know its account and its address. A class: docs/performance.md, P4. */
class ThrottledCall implements RateLimit.Call {
  readonly account = ""
  readonly identity = ""
  readonly address = undefined

  constructor(
    readonly product: string,
    readonly action: string,
    readonly accessRegion: string,
    readonly limit: number | undefined
  ) {}
}

/**
 * An attempt at the host of a permit. Its caller is uninterruptible, so `finish` always runs; `restore` makes what the attempt waits for
 * interruptible.
 */
export class Attempt<A extends Action.Action.Any, B>
  implements Callback.Continuation<WireResponse, NoAnswer, B, Failure<A>>, Step.StepContext<never>
{
  readonly fiber: Fibers.AnyFiber
  readonly context = noServices
  span: Tracer.Span | undefined = undefined
  private readonly throttled: ThrottledCall

  constructor(
    private readonly call: DecodingCall<A, B>,
    private readonly permit: Permit,
    readonly restore: Callback.Restore,
    private readonly next: Continue<A, B>
  ) {
    this.fiber = call.fiber
    const { rateLimit } = call.plan
    const limit = rateLimit === false ? undefined : rateLimit
    this.throttled = new ThrottledCall(call.action.product, call.action.name, permit.endpoint.host, limit)
  }

  run(): Effect.Effect<B, Failure<A>> {
    const { notBefore, plan, services } = this.call
    const turn =
      plan.rateLimit === false ? Effect.void : Step.tryAdvance(() => services.throttle.wait(this.throttled), this)
    if (turn === Effect.void && notBefore === 0) return this.start()
    return Effect.matchCauseEffect(this.restore(Effect.zipRight(turn, sleepUntil(notBefore))), {
      onSuccess: () => this.start(),
      onFailure: (cause) => this.report(Exit.failCause(cause), undefined)
    })
  }

  private start(): Effect.Effect<B, Failure<A>> {
    const { call } = this
    const { host } = this.permit.endpoint
    call.attempts += 1
    call.host = host
    if (call.span === undefined) return this.send()
    return Effect.flatMap(Telemetry.attemptSpan(call.action, call.plan.request, host, call.span), (span) => {
      this.span = span
      return this.send()
    })
  }

  private send(): Effect.Effect<B, Failure<A>> {
    const { plan, services } = this.call
    const { host } = this.permit.endpoint
    if (!services.guard.isAsked(host)) return this.sendNow()
    const allowed = services.guard.beforeConnection(host, plan.signatureMethod !== "SKIP")
    return Effect.matchCauseEffect(this.restore(allowed), {
      onSuccess: () => this.sendNow(),
      onFailure: (cause) => this.onFailure(cause)
    })
  }

  private sendNow(): Effect.Effect<B, Failure<A>> {
    const { call } = this
    const { payload, plan, services } = call
    const { request, signatureMethod: method, timeout, unsignedPayload } = plan
    const { host } = this.permit.endpoint
    const answer = Step.tryAdvance(
      () =>
        Step.flatMapNow(this, services.signer.sign({ request, payload, host, method, unsignedPayload }), (signed) =>
          this.transmit(signed)
        ),
      this
    )
    // docs/performance.md, P10
    const timed = services.transport.keepsTime
      ? answer
      : Effect.timeoutFail(answer, { duration: timeout, onTimeout: () => timeoutError(call, "attempt", timeout) })
    return Callback.awaitPending(timed, this)
  }

  private transmit(signed: WireRequest): Effect.Effect<WireResponse, TransportFault> {
    const { call } = this
    const { fiber, plan, services } = call
    const { endpoint } = this.permit
    const forbidden = services.guard.forbids(signed, endpoint.host)
    if (forbidden !== undefined) return Effect.fail(forbidden)
    if (call.action.streams) call.sentAt = Fibers.currentMillis(fiber)
    call.authorization = signed.headers.authorization
    call.clockVersion = services.clockRepair.version
    call.credentialVersion = services.credentialRepair.version
    const parent = plan.propagateTrace ? (this.span ?? Fibers.currentSpan(fiber)) : undefined
    const request =
      parent === undefined ? signed : { ...signed, headers: { ...signed.headers, ...Telemetry.traceHeaders(parent) } }
    return services.transport.send(request, endpoint, plan.timeout)
  }

  onFailure(cause: Cause.Cause<NoAnswer>): Effect.Effect<B, Failure<A>> {
    const failed = () =>
      Either.match(Cause.failureOrCause(cause), {
        onLeft: (error) => Exit.fail(this.toCallError(error)),
        onRight: Exit.failCause
      })
    return Step.matchExitNow(this, failed, (exit) => this.finish(exit))
  }

  private toCallError(error: NoAnswer): Failure<A> {
    switch (error._tag) {
      case "RequestTimeout":
        return error
      case "CredentialsUnavailable":
        // A provider may fail many calls with one error. Each call needs its own, which carries the statistics of that call.
        return new CredentialsUnavailable({ sources: error.sources })
      case "TransportFault": {
        const { late, permanent, reason, sent } = error
        const { action, host, plan } = this.call
        return late
          ? timeoutError(this.call, "attempt", plan.timeout)
          : new TransportError({ action: action.name, host, reason, sent, permanent })
      }
    }
  }

  onSuccess(response: WireResponse): Effect.Effect<B, Failure<A>> {
    return Step.matchExitNow(
      this,
      () => this.readResponse(response),
      (exit) => this.finish(exit)
    )
  }

  /** Reads an answer. A codec and a clock may be the user's own, and throw: that becomes a defect of the attempt. */
  private readResponse(response: WireResponse): Effect.Effect<B, Failure<A>> {
    const { call, restore, span } = this
    const { date } = response.headers
    call.date = date
    const observed = this.observeDate(date)
    const result = call.decode(call, response)
    const exit = Step.asExit(result)
    return Step.andThen(observed, exit ?? restore(Callback.withSpan(result, span)))
  }

  private observeDate(date: string | undefined): Effect.Effect<void> {
    const { services } = this.call
    if (date === undefined || date === services.observedDate) return Effect.void
    services.observedDate = date
    return Effect.zipRight(services.clock.observe(date), Telemetry.recordClockOffset(services.clock.now))
  }

  private finish(exit: Exit.Exit<B, Failure<A>>): Effect.Effect<B, Failure<A>> {
    const { call, span } = this
    if (span !== undefined) Telemetry.endSpan(span, exit, call.fiber)
    Telemetry.countAttempt(call.action, exit, call.labels)
    return this.report(exit, limitOutcome(exit))
  }

  /** Reports to the circuit breaker, and to the throttle if there is an outcome, and continues the call. */
  private report(exit: Exit.Exit<B, Failure<A>>, outcome: Outcome | undefined): Effect.Effect<B, Failure<A>> {
    const { call, next, permit, throttled } = this
    const reports = () =>
      Step.andThen(
        permit.report(hostVerdict(exit)),
        outcome === undefined || call.plan.rateLimit === false
          ? Effect.void
          : call.services.throttle.observe(throttled, outcome)
      )
    return Step.matchExitNow(this, reports, (reported) =>
      next(Exit.isSuccess(reported) ? exit : Exit.zipRight(reported, exit))
    )
  }
}
