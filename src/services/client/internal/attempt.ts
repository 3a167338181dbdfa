/**
 * One attempt at a call.
 *
 *     run ── waits for the throttle ──► start ── counts, and opens the span ──► send ── waits for a connection ──► sendOver
 *                                                                                                                     │
 *                                             ┌── onFailure ── toCallError ◄─── no answer ───── transmit ◄── encodes, ┘
 *                                  finish ◄───┤                                                     │        and signs
 *                                             └── onSuccess ── readResponse ◄─── an answer ─────────┘
 *
 * `finish` closes the span, counts the attempt, reports to the circuit breaker and to the throttle, and continues the call.
 */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Tracer from "effect/Tracer"
import type * as Action from "../../../domain/contract/Action.js"
import {
  CredentialsUnavailable,
  type InvalidRequestInput,
  RequestTimeout,
  TransportError
} from "../../../domain/errors/ClientError.js"
import type * as RateLimit from "../../../domain/rules/RateLimit.js"
import type { TransportFault, WireRequest, WireResponse } from "../../../domain/wire/Wire.js"
import * as Callback from "../../internal/runtime/callback.js"
import * as Fibers from "../../internal/runtime/fiber.js"
import { sleepUntil } from "../../internal/runtime/sleep.js"
import * as Step from "../../internal/runtime/step.js"
import type { Permit } from "../CircuitBreaker.js"
import type { Outcome } from "../Throttle.js"
import type { Connection } from "./callbackTransport.js"
import { type Continue, type DecodingCall, type Failure, placeOf } from "./callState.js"
import * as Telemetry from "./callTelemetry.js"
import { encodePayload } from "./encodePayload.js"
import * as Hooks from "./hooks.js"
import { hostVerdict, isOpen, limitOutcome } from "./verdict.js"

/** The error of a call, or of an attempt at it, that took too long. */
export const timeoutError = (
  call: Parameters<typeof placeOf>[0],
  scope: RequestTimeout["scope"],
  after: Duration.Duration,
  sent: boolean
): RequestTimeout => new RequestTimeout({ ...placeOf(call), scope, after, sent })

/** For a step that needs nothing but its fiber. */
export const noServices: Context.Context<never> = /* #__PURE__ */ Context.empty()

/** Why there is no answer. */
type NoAnswer = TransportFault | CredentialsUnavailable | InvalidRequestInput | RequestTimeout

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
  private readonly wasSent: boolean
  private connection: Connection | undefined = undefined
  private isSignerPrepared = false
  private isSent = false

  constructor(
    private readonly call: DecodingCall<A, B>,
    private readonly permit: Permit,
    readonly restore: Callback.Restore,
    private readonly next: Continue<A, B>
  ) {
    this.fiber = call.fiber
    this.wasSent = call.sent
    const { rateLimit } = call.plan
    const limit = rateLimit === false ? undefined : rateLimit
    this.throttled = new ThrottledCall(call.action.product, call.action.name, permit.endpoint.host, limit)
  }

  run(): Effect.Effect<B, Failure<A>> {
    const { call, fiber } = this
    const { notBefore, plan, services } = call
    if (call.attempts > 0) Telemetry.recordWait(call, "retry", call.failedAt)
    const turn =
      plan.rateLimit === false ? Effect.void : Step.tryAdvance(() => services.throttle.wait(this.throttled), this)
    if (turn === Effect.void && notBefore === 0) return this.start()
    const waitsSince = Fibers.currentMillis(fiber)
    return Effect.matchCauseEffect(this.restore(Effect.zipRight(turn, sleepUntil(notBefore))), {
      onSuccess: () => {
        Telemetry.recordWait(call, "throttle", waitsSince)
        return this.start()
      },
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
    const answer = Step.tryAdvance(() => this.connectAndSend(), this)
    return Callback.awaitPending(answer, this)
  }

  /** Gets a connection first: a call that waits for one holds no body and no signature, and its timestamp is fresh. */
  private connectAndSend(): Effect.Effect<WireResponse, NoAnswer> {
    const { transport } = this.call.services
    const { endpoint } = this.permit
    const free = transport.take(endpoint)
    if (free !== undefined) return this.sendOver(free)
    return Step.flatMapNow(this, this.prepareSigner(), () =>
      Callback.flatMap(
        transport.connect(endpoint),
        (connection) => Step.tryAdvance(() => this.sendOver(connection), this),
        this.span
      )
    )
  }

  /** Looks for the credential. While that takes time, an attempt takes no connection from others. */
  private prepareSigner(): Effect.Effect<unknown, CredentialsUnavailable> {
    const { plan, services } = this.call
    return plan.signatureMethod === "SKIP" ? Effect.void : services.credentials.get
  }

  private sendOver(connection: Connection): Effect.Effect<WireResponse, NoAnswer> {
    const { call } = this
    this.connection = connection
    const payload = encodePayload(call.action, call.parameters, call.plan, call.id)
    if (Either.isLeft(payload)) return Effect.fail(payload.left)
    const { request, signatureMethod: method, timeout, unsignedPayload } = call.plan
    const { host } = this.permit.endpoint
    const draft = { request, payload: payload.right, host, method, unsignedPayload }
    const signed = Step.advance(call.services.signer.sign(draft), this)
    if (Step.asExit(signed) === undefined && !this.isSignerPrepared) {
      this.isSignerPrepared = true
      connection.release()
      return Step.flatMapNow(this, this.prepareSigner(), () => this.connectAndSend())
    }
    const answer = Step.flatMapNow(this, signed, (request) => this.transmit(request, connection))
    // docs/performance.md, P10
    return call.services.transport.keepsTime
      ? answer
      : Effect.timeoutFail(answer, { duration: timeout, onTimeout: () => this.timeoutError(this.isSent) })
  }

  private transmit(signed: WireRequest, connection: Connection): Effect.Effect<WireResponse, TransportFault> {
    const { call } = this
    const { fiber, plan, services } = call
    const forbidden = services.guard.forbids(signed, this.permit.endpoint.host)
    if (forbidden !== undefined) return Effect.fail(forbidden)
    call.authorization = signed.headers.authorization
    call.clockVersion = services.clockRepair.version
    call.credentialVersion = services.credentialRepair.version
    const parent = plan.propagateTrace ? (this.span ?? Fibers.currentSpan(fiber)) : undefined
    const request =
      parent === undefined ? signed : { ...signed, headers: { ...signed.headers, ...Telemetry.traceHeaders(parent) } }
    if (plan.onRequest === undefined) return this.sendSigned(request, connection)
    return Effect.zipRight(
      Hooks.beforeRequest(plan.onRequest, call, request, this.permit.endpoint),
      Effect.suspend(() => this.sendSigned(request, connection))
    )
  }

  private sendSigned(request: WireRequest, connection: Connection): Effect.Effect<WireResponse, TransportFault> {
    const { action, fiber, plan } = this.call
    if (action.streams || plan.onResponse !== undefined) this.call.sentAt = Fibers.currentMillis(fiber)
    this.call.sent = true
    this.isSent = true
    return connection.send(request, plan.timeout)
  }

  onFailure(cause: Cause.Cause<NoAnswer>): Effect.Effect<B, Failure<A>> {
    this.connection?.release()
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
      case "InvalidRequestInput":
        return error
      case "CredentialsUnavailable":
        // A provider may fail many calls with one error. Each call needs its own, which carries the statistics of that call.
        return new CredentialsUnavailable({ ...placeOf(this.call), sources: error.sources })
      case "TransportFault": {
        const { late, permanent, reason, sent } = error
        this.call.sent = this.wasSent || sent
        return late ? this.timeoutError(sent) : new TransportError({ ...placeOf(this.call), reason, sent, permanent })
      }
    }
  }

  private timeoutError(sent: boolean): RequestTimeout {
    return timeoutError(this.call, "attempt", this.call.plan.timeout, sent)
  }

  onSuccess(response: WireResponse): Effect.Effect<B, Failure<A>> {
    const { call } = this
    const { onResponse } = call.plan
    if (onResponse === undefined) return this.onResponse(response)
    const now = Fibers.currentMillis(call.fiber)
    const times = { endpoint: this.permit.endpoint, sentAt: call.sentAt ?? now, now }
    return Effect.zipRight(
      Hooks.afterResponse(onResponse, call, response, times),
      Effect.suspend(() => this.onResponse(response))
    )
  }

  private onResponse(response: WireResponse): Effect.Effect<B, Failure<A>> {
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
    if (!Exit.isSuccess(exit) && Option.exists(Cause.failureOption(exit.cause), isOpen)) call.isOpen = true
    if (span !== undefined) Telemetry.endSpan(span, exit, call.fiber)
    if (Exit.isFailure(exit)) call.failedAt = Fibers.currentMillis(call.fiber)
    Telemetry.countAttempt(call, exit)
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
