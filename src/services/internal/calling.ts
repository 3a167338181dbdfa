/** One call on its way: attempts at it, what is noted of each, repairs, and tries after a failure. */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Schedule from "effect/Schedule"
import * as Tracer from "effect/Tracer"
import type * as Action from "../../domain/Action.js"
import { CredentialsUnavailable, RequestTimeout, TransportError } from "../../domain/ClientError.js"
import type * as Endpoint from "../../domain/Endpoint.js"
import type * as RateLimit from "../../domain/RateLimit.js"
import type { Payload } from "../../domain/Request.js"
import type { TransportFault, WireRequest, WireResponse } from "../../domain/Wire.js"
import type { CircuitBreaker } from "../CircuitBreaker.js"
import type { ClockSync } from "../ClockSync.js"
import type { CredentialProvider } from "../CredentialProvider.js"
import type { RateLimiter } from "../RateLimiter.js"
import type { Signer } from "../Signer.js"
import type { Transport } from "../Transport.js"
import type * as Answer from "./answer.js"
import * as CallPlan from "./callPlan.js"
import type * as RetryBudget from "./retryBudget.js"
import * as Spending from "./spent.js"
import * as Step from "./step.js"
import * as Telemetry from "./telemetry.js"
import * as Verdict from "./verdict.js"

/** What calls are made with. */
export interface Means {
  readonly transport: Transport["Type"]
  readonly signer: Signer["Type"]
  readonly clock: ClockSync["Type"]
  readonly credentials: CredentialProvider["Type"]
  readonly limiter: RateLimiter["Type"]
  readonly breaker: CircuitBreaker["Type"]
  readonly budget: RetryBudget.RetryBudget
  /** The `Date` that was told the clock last: dates count seconds, so one of them is enough to tell the offset. */
  observed: string
}

type Failure<A extends Action.Action.Any> = Action.Action.Error<A>

/** Reads an answer. */
export type Read<A extends Action.Action.Any, B> = (
  action: A,
  response: WireResponse,
  origin: Answer.Origin,
  mode: CallPlan.Terms["mode"]
) => Effect.Effect<B, Failure<A>>

/** Lets what a call waits for be interrupted, where the program may be. */
type Restore = <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>

/** What follows may have nothing to wait for, and then costs nothing. */
const after = <A, E>(first: Effect.Effect<void>, then: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  first === Effect.void ? then : Effect.zipRight(first, then)

/**
 * A call. It is not interrupted itself, so that whatever comes of it is noted; what it waits for is, where the program may be. One
 * object holds what it is about and how far it has come.
 */
export class Call<A extends Action.Action.Any, B> implements Spending.Progress {
  attempts = 0
  host: string
  private endpoints: CallPlan.Terms["endpoints"]
  private span: Tracer.Span | undefined = undefined
  private date: string | undefined = undefined
  private clockRepaired = false
  private credentialRefreshed = false

  constructor(
    private readonly means: Means,
    private readonly action: A,
    private readonly terms: CallPlan.Terms,
    private readonly payload: Payload,
    private readonly read: Read<A, B>,
    /** Whose call it is. */
    private readonly fiber: Fiber.RuntimeFiber<unknown, unknown>,
    readonly startedAt: number
  ) {
    this.endpoints = terms.endpoints
    this.host = terms.endpoints[0].host
  }

  /** Makes the call. */
  get sent(): Effect.Effect<B, Failure<A>> {
    const { action, fiber, terms } = this
    if (!terms.tracing || !Telemetry.isTraced(fiber)) {
      return Effect.uninterruptibleMask((restore) => this.limited(restore))
    }
    return Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(Telemetry.callSpan(action, terms.request), (span) => {
        this.span = span
        return this.limited(restore)
      })
    )
  }

  private limited(restore: Restore): Effect.Effect<B, Failure<A>> {
    const { deadline } = this.terms
    const tried =
      deadline === undefined
        ? this.tried(restore)
        : restore(
            Effect.timeoutFail(
              Effect.uninterruptibleMask((restore) => this.tried(restore)),
              { duration: deadline, onTimeout: () => this.late("call", deadline) }
            )
          )
    return Effect.matchCauseEffect(tried, {
      onSuccess: (value) => this.ended(Exit.succeed(value)),
      onFailure: (cause) => Effect.zipRight(Spending.noteCause(cause, this), this.ended(Exit.failCause(cause)))
    })
  }

  private ended(exit: Exit.Exit<B, Failure<A>>): Effect.Effect<B, Failure<A>> {
    const { action, fiber, span } = this
    Telemetry.countCall(action, exit, fiber.getFiberRef(FiberRef.currentMetricLabels))
    if (span !== undefined) Telemetry.endCall(span, exit, this, fiber)
    return exit
  }

  private late(scope: RequestTimeout["scope"], limit: Duration.Duration): RequestTimeout {
    return new RequestTimeout({ action: this.action.name, host: this.host, scope, after: limit })
  }

  /** A call that needs no second attempt pays for no schedule. */
  private tried(restore: Restore): Effect.Effect<B, Failure<A>> {
    this.means.budget.deposit()
    return Effect.catchAll(this.attempt(restore), (error) => restore(this.goOn(error)))
  }

  private goOn(error: Failure<A>): Effect.Effect<B, Failure<A>> {
    const { budget } = this.means
    const again: Effect.Effect<B, Failure<A>> = Effect.catchAll(
      Effect.uninterruptibleMask((restore) => this.attempt(restore)),
      (error) => this.repaired(error, again)
    )
    let next = this.repaired(error, again)
    const tried = Effect.suspend(() => {
      const now = next
      next = again
      return now
    })
    return Effect.retry(
      tried,
      Schedule.whileInputEffect(this.terms.schedule, () => budget.withdraw)
    )
  }

  /** What can be set right is, and the call made again, once for each. */
  private repaired(error: Failure<A>, again: Effect.Effect<B, Failure<A>>): Effect.Effect<B, Failure<A>> {
    const { budget, clock, credentials } = this.means
    const { date } = this
    const granted = Effect.flatMap(budget.withdraw, (granted) => (granted ? again : Effect.fail(error)))
    if (error._tag === "AuthFailure.SignatureExpire" && date !== undefined && !this.clockRepaired) {
      this.clockRepaired = true
      return Effect.zipRight(clock.observe(date), granted)
    }
    if (error._tag === "AuthFailure.TokenFailure" && !this.credentialRefreshed) {
      this.credentialRefreshed = true
      return Effect.flatMap(credentials.refresh, (another) => (another ? granted : Effect.fail(error)))
    }
    if (error instanceof TransportError && error.permanent && !error.sent) {
      const others = CallPlan.besides(this.endpoints, error.host)
      if (others === undefined) return Effect.fail(error)
      this.endpoints = others
      return granted
    }
    return Effect.fail(error)
  }

  private attempt(restore: Restore): Effect.Effect<B, Failure<A>> {
    const { breaker } = this.means
    const well = breaker.well(this.endpoints)
    if (well !== undefined) return this.attemptAt(well, restore, breaker)
    const at = (endpoint: Endpoint.Endpoint) =>
      Effect.uninterruptibleMask((restore) => this.attemptAt(endpoint, restore, undefined))
    return restore(breaker.call(this.endpoints, at, Verdict.of))
  }

  /** An attempt at one host, when its turn has come. `told` has to be told how it did. */
  private attemptAt(
    endpoint: Endpoint.Endpoint,
    restore: Restore,
    told: CircuitBreaker["Type"] | undefined
  ): Effect.Effect<B, Failure<A>> {
    const { limiter } = this.means
    const place: RateLimit.Call = {
      product: this.action.product,
      action: this.action.name,
      accessRegion: endpoint.host,
      account: "",
      identity: "",
      address: undefined,
      limit: undefined
    }
    const note = (exit: Exit.Exit<B, Failure<A>>): Effect.Effect<B, Failure<A>> => {
      Telemetry.countAttempt(this.action, exit, this.fiber.getFiberRef(FiberRef.currentMetricLabels))
      const outcome = Verdict.ofLimit(exit)
      const observed = outcome === undefined ? exit : after(limiter.observe(place, outcome), exit)
      return told === undefined ? observed : after(told.report(endpoint.host, Verdict.of(exit)), observed)
    }
    const turn = limiter.wait(place)
    return turn === Effect.void
      ? this.begun(endpoint, restore, note)
      : Effect.flatMap(restore(turn), () => this.begun(endpoint, restore, note))
  }

  private begun(
    endpoint: Endpoint.Endpoint,
    restore: Restore,
    note: (exit: Exit.Exit<B, Failure<A>>) => Effect.Effect<B, Failure<A>>
  ): Effect.Effect<B, Failure<A>> {
    const { action, fiber, span: parent, terms } = this
    this.attempts += 1
    this.host = endpoint.host
    if (parent === undefined) {
      return Effect.matchCauseEffect(this.exchanged(endpoint, restore), {
        onSuccess: (value) => note(Exit.succeed(value)),
        onFailure: (cause) => note(Exit.failCause(cause))
      })
    }
    // The span is put into the fiber and taken out again by hand: here nothing comes between, and each turn of the loop that happens
    // in a span costs a change of the tracer's own context.
    return Effect.flatMap(Telemetry.attemptSpan(action, terms.request, endpoint.host, parent), (span) =>
      Effect.flatMap(FiberRef.getAndUpdate(FiberRef.currentContext, Context.add(Tracer.ParentSpan, span)), (before) => {
        const end = (exit: Exit.Exit<B, Failure<A>>) =>
          Effect.zipRight(FiberRef.set(FiberRef.currentContext, before), note(Telemetry.endAttempt(span, exit, fiber)))
        return Effect.matchCauseEffect(this.exchanged(endpoint, restore), {
          onSuccess: (value) => end(Exit.succeed(value)),
          onFailure: (cause) => end(Exit.failCause(cause))
        })
      })
    )
  }

  private exchanged(endpoint: Endpoint.Endpoint, restore: Restore): Effect.Effect<B, Failure<A>> {
    const { fiber, means, payload, terms } = this
    const { request, signatureMethod: method, timeout, unsignedPayload } = terms
    const signed = means.signer.sign({ request, payload, host: endpoint.host, method, unsignedPayload })
    const carried = Step.tried(
      Step.andThen(signed, (wire) => this.carried(wire, endpoint)),
      { fiber, context: Context.empty() }
    )
    const timed = means.transport.keepsTime
      ? carried
      : Effect.timeoutFail(carried, { duration: timeout, onTimeout: () => this.late("attempt", timeout) })
    return Effect.matchEffect(restore(timed), {
      onSuccess: (response) => this.arrived(response, restore),
      onFailure: (error) => Effect.fail(this.explained(error))
    })
  }

  private carried(signed: WireRequest, endpoint: Endpoint.Endpoint): Effect.Effect<WireResponse, TransportFault> {
    const { transport } = this.means
    const { propagateTrace, timeout } = this.terms
    return propagateTrace
      ? Effect.flatMap(Telemetry.traceHeaders, (headers) =>
          transport.send({ ...signed, headers: { ...signed.headers, ...headers } }, endpoint, timeout)
        )
      : transport.send(signed, endpoint, timeout)
  }

  private explained(error: TransportFault | CredentialsUnavailable | RequestTimeout): Failure<A> {
    switch (error._tag) {
      case "RequestTimeout":
        return error
      case "CredentialsUnavailable":
        // A provider may give one error to many calls; each call's own tells what that call took.
        return new CredentialsUnavailable({ sources: error.sources })
      case "TransportFault": {
        const { late, permanent, reason, sent } = error
        return late
          ? this.late("attempt", this.terms.timeout)
          : new TransportError({ action: this.action.name, host: this.host, reason, sent, permanent })
      }
    }
  }

  private arrived(response: WireResponse, restore: Restore): Effect.Effect<B, Failure<A>> {
    const { mode, request } = this.terms
    const { date } = response.headers
    this.date = date
    const read = this.read(this.action, response, { host: this.host, region: request.region }, mode)
    return after(this.observed(date), Exit.isExit(read) ? read : restore(read))
  }

  private observed(date: string | undefined): Effect.Effect<void> {
    const { clock } = this.means
    if (date === undefined || date === this.means.observed) return Effect.void
    this.means.observed = date
    return Effect.zipRight(clock.observe(date), Telemetry.tellOffset(clock.now))
  }
}
