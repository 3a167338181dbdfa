/** One attempt at a call. */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import type * as Tracer from "effect/Tracer"
import type * as Action from "../../../domain/contract/Action.js"
import { CredentialsUnavailable, RequestTimeout, TransportError } from "../../../domain/errors/ClientError.js"
import type * as RateLimit from "../../../domain/rules/RateLimit.js"
import type * as Endpoint from "../../../domain/wire/Endpoint.js"
import type { Payload } from "../../../domain/wire/Request.js"
import type { TransportFault, WireRequest, WireResponse } from "../../../domain/wire/Wire.js"
import * as Callback from "../../internal/runtime/callback.js"
import * as Step from "../../internal/runtime/step.js"
import * as Telemetry from "../../telemetry/internal/telemetry.js"
import type { CircuitBreaker } from "../CircuitBreaker.js"
import type { ClockSync } from "../ClockSync.js"
import type { CredentialProvider } from "../CredentialProvider.js"
import type { Signer } from "../Signer.js"
import type { Throttle } from "../Throttle.js"
import type { Transport } from "../Transport.js"
import type * as Answer from "./answer.js"
import type * as CallPlan from "./callPlan.js"
import type * as RetryBudget from "./retryBudget.js"
import type * as Spending from "./spent.js"
import * as Verdict from "./verdict.js"

/** What calls are made with. */
export interface Means {
  readonly transport: Transport["Type"]
  readonly signer: Signer["Type"]
  readonly clock: ClockSync["Type"]
  readonly credentials: CredentialProvider["Type"]
  readonly throttle: Throttle["Type"]
  readonly breaker: CircuitBreaker["Type"]
  readonly budget: RetryBudget.RetryBudget
  /** The `Date` that was told the clock last: dates count seconds, so one of them is enough to tell the offset. */
  observed: string
}

export type Failure<A extends Action.Action.Any> = Action.Action.Error<A>

/** Reads an answer. */
export type Read<A extends Action.Action.Any, B> = (
  action: A,
  response: WireResponse,
  origin: Answer.Origin,
  mode: CallPlan.Terms["mode"]
) => Effect.Effect<B, Failure<A>>

/** What is to be done, and with what. */
export interface Asked<A extends Action.Action.Any, B> extends Spending.Progress {
  readonly means: Means
  readonly action: A
  readonly terms: CallPlan.Terms
  readonly payload: Payload
  readonly read: Read<A, B>
  /** Whose call it is. */
  readonly fiber: Fiber.RuntimeFiber<unknown, unknown>
  readonly labels: Telemetry.Labels
  readonly span: Tracer.Span | undefined
  /** The `Date` of the latest answer. */
  date: string | undefined
}

/** Goes on with how something ended. */
export type Next<A extends Action.Action.Any, B> = (exit: Exit.Exit<B, Failure<A>>) => Effect.Effect<B, Failure<A>>

/** A call that took too long, or an attempt at it. */
export const late = (
  { action, host }: { readonly action: Action.Action.Any; readonly host: string },
  scope: RequestTimeout["scope"],
  after: Duration.Duration
): RequestTimeout => new RequestTimeout({ action: action.name, host, scope, after })

/** What follows may have nothing to wait for, and then costs nothing. */
const after = <A, E>(first: Effect.Effect<void>, then: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  first === Effect.void ? then : Effect.zipRight(first, then)

const noServices = /* #__PURE__ */ Context.empty()

/** Why there is no answer. */
type Broken = TransportFault | CredentialsUnavailable | RequestTimeout

/** A client knows neither account nor address of its own: the service does. */
class Place implements RateLimit.Call {
  readonly account = ""
  readonly identity = ""
  readonly address = undefined
  readonly limit = undefined

  constructor(
    readonly product: string,
    readonly action: string,
    readonly accessRegion: string
  ) {}
}

/**
 * An attempt at one host, when its turn has come: signed, sent, its answer read, and whatever came of it noted. It is made in a region
 * without interruption; `restore` lets what it waits for be interrupted.
 */
export class Attempt<A extends Action.Action.Any, B>
  implements Callback.Continuation<WireResponse, Broken, B, Failure<A>>, Step.StepContext<never>
{
  readonly fiber: Asked<A, B>["fiber"]
  readonly context = noServices
  span: Tracer.Span | undefined = undefined
  private readonly place: Place

  constructor(
    private readonly call: Asked<A, B>,
    private readonly endpoint: Endpoint.Endpoint,
    readonly restore: Callback.Restore,
    /** Has to be told how it did. */
    private readonly told: CircuitBreaker["Type"] | undefined,
    private readonly next: Next<A, B>
  ) {
    this.fiber = call.fiber
    this.place = new Place(call.action.product, call.action.name, endpoint.host)
  }

  /** Makes the attempt. */
  get made(): Effect.Effect<B, Failure<A>> {
    const turn = Step.tryAdvance(() => this.call.means.throttle.wait(this.place), this)
    if (turn === Effect.void) return this.begun()
    return Effect.matchCauseEffect(this.restore(turn), {
      onSuccess: () => this.begun(),
      onFailure: (cause) => this.next(Exit.failCause(cause))
    })
  }

  private begun(): Effect.Effect<B, Failure<A>> {
    const { call, endpoint } = this
    call.attempts += 1
    call.host = endpoint.host
    if (call.span === undefined) return this.sent()
    return Effect.flatMap(Telemetry.attemptSpan(call.action, call.terms.request, endpoint.host, call.span), (span) => {
      this.span = span
      return this.sent()
    })
  }

  private sent(): Effect.Effect<B, Failure<A>> {
    const { call, endpoint } = this
    const { means, payload, terms } = call
    const { request, signatureMethod: method, timeout, unsignedPayload } = terms
    const carried = Step.tryAdvance(
      () =>
        Step.flatMapNow(
          this,
          means.signer.sign({ request, payload, host: endpoint.host, method, unsignedPayload }),
          (wire) => this.carried(wire)
        ),
      this
    )
    const timed = means.transport.keepsTime
      ? carried
      : Effect.timeoutFail(carried, { duration: timeout, onTimeout: () => late(call, "attempt", timeout) })
    return Callback.awaitPending(timed, this)
  }

  private carried(signed: WireRequest): Effect.Effect<WireResponse, TransportFault> {
    const { fiber, means, terms } = this.call
    const parent = terms.propagateTrace ? (this.span ?? fiber.currentSpan) : undefined
    const request =
      parent === undefined ? signed : { ...signed, headers: { ...signed.headers, ...Telemetry.traceHeaders(parent) } }
    return means.transport.send(request, this.endpoint, terms.timeout)
  }

  private explained(error: Broken): Failure<A> {
    switch (error._tag) {
      case "RequestTimeout":
        return error
      case "CredentialsUnavailable":
        // A provider may give one error to many calls; each call's own tells what that call took.
        return new CredentialsUnavailable({ sources: error.sources })
      case "TransportFault": {
        const { permanent, reason, sent } = error
        return error.late
          ? late(this.call, "attempt", this.call.terms.timeout)
          : new TransportError({ action: this.call.action.name, host: this.endpoint.host, reason, sent, permanent })
      }
    }
  }

  onFailure(cause: Cause.Cause<Broken>): Effect.Effect<B, Failure<A>> {
    const explained = () =>
      Either.match(Cause.failureOrCause(cause), {
        onLeft: (error) => Exit.fail(this.explained(error)),
        onRight: Exit.failCause
      })
    return Step.matchExitNow(this, explained, (exit) => this.ended(exit))
  }

  onSuccess(response: WireResponse): Effect.Effect<B, Failure<A>> {
    return Step.matchExitNow(
      this,
      () => this.taken(response),
      (exit) => this.ended(exit)
    )
  }

  /** Takes an answer in. A codec and a clock may be the user's own, and throw whatever they promise. */
  private taken(response: WireResponse): Effect.Effect<B, Failure<A>> {
    const { call, restore, span } = this
    const { action, read, terms } = call
    const { date } = response.headers
    call.date = date
    const observed = this.observed(date)
    const origin = { host: this.endpoint.host, region: terms.request.region }
    const result = read(action, response, origin, terms.mode)
    const exit = Step.asExit(result)
    if (exit !== undefined) return after(observed, exit)
    return after(observed, restore(Callback.withSpan(result, span)))
  }

  private observed(date: string | undefined): Effect.Effect<void> {
    const { means } = this.call
    if (date === undefined || date === means.observed) return Effect.void
    means.observed = date
    return Effect.zipRight(means.clock.observe(date), Telemetry.tellOffset(means.clock.now))
  }

  /** Takes note of it. */
  private ended(exit: Exit.Exit<B, Failure<A>>): Effect.Effect<B, Failure<A>> {
    const { call, endpoint, next, place, span, told } = this
    if (span !== undefined) Telemetry.endSpan(span, exit, call.fiber)
    Telemetry.countAttempt(call.action, exit, call.labels)
    const outcome = Verdict.ofLimit(exit)
    const noting = () =>
      after(
        told === undefined ? Effect.void : told.report(endpoint.host, Verdict.of(exit)),
        outcome === undefined ? Effect.void : call.means.throttle.observe(place, outcome)
      )
    return Step.matchExitNow(this, noting, (noted) => next(Exit.zipRight(noted, exit)))
  }
}
