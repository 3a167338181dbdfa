/** One call on its way: attempts at it, what is noted of each, repairs, and tries after a failure. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Schedule from "effect/Schedule"
import type * as Action from "../../domain/Action.js"
import { CredentialsUnavailable, RequestTimeout, TransportError } from "../../domain/ClientError.js"
import type * as Endpoint from "../../domain/Endpoint.js"
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
}

/** Reads an answer. */
export type Read<A extends Action.Action.Any, B> = (
  response: WireResponse,
  origin: Answer.Origin
) => Effect.Effect<B, Action.Action.Error<A>>

/** A call that can be made, and how far it has come. */
export interface Calling<A extends Action.Action.Any, B> {
  readonly progress: Spending.Progress
  readonly sent: Effect.Effect<B, Action.Action.Error<A>>
}

/** What follows may have nothing to wait for, and then costs nothing. */
const after = <A, E>(first: Effect.Effect<void>, then: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  first === Effect.void ? then : Effect.zipRight(first, then)

export const make = (means: Means) => {
  const { breaker, budget, clock, credentials, limiter, signer, transport } = means

  /** Dates count seconds, so one of them is enough to tell the offset. */
  let observed = ""
  const observe = (date: string | undefined): Effect.Effect<void> => {
    if (date === undefined || date === observed) return Effect.void
    observed = date
    return Effect.zipRight(clock.observe(date), Telemetry.tellOffset(clock.now))
  }

  return <A extends Action.Action.Any, B>(
    action: A,
    terms: CallPlan.Terms,
    payload: Payload,
    startedAt: number,
    read: Read<A, B>
  ): Calling<A, B> => {
    type Failure = Action.Action.Error<A>
    const { deadline, request, signatureMethod: method, timeout, tracing, unsignedPayload } = terms
    const progress: Spending.Progress = { attempts: 0, host: terms.endpoints[0].host, startedAt }
    // These live as long as the call.
    let { endpoints } = terms
    let date: string | undefined
    let clockRepaired = false
    let credentialRefreshed = false

    const late = (host: string) => new RequestTimeout({ action: action.name, host, scope: "attempt", after: timeout })

    const broken = (host: string, { late: isLate, permanent, reason, sent }: TransportFault): Failure =>
      isLate ? late(host) : new TransportError({ action: action.name, host, reason, sent, permanent })

    const arrived = (response: WireResponse, host: string): Effect.Effect<B, Failure> => {
      date = response.headers.date
      return after(observe(date), read(response, { host, region: request.region }))
    }

    const carry = (signed: WireRequest, endpoint: Endpoint.Endpoint): Effect.Effect<WireResponse, TransportFault> =>
      terms.propagateTrace
        ? Effect.flatMap(Telemetry.traceHeaders, (headers) =>
            transport.send({ ...signed, headers: { ...signed.headers, ...headers } }, endpoint, timeout)
          )
        : transport.send(signed, endpoint, timeout)

    const signed = (host: string): Effect.Effect<WireRequest, Failure> =>
      Effect.mapError(
        signer.sign({ request, payload, host, method, unsignedPayload }),
        // A provider may give one error to many calls; each call's own tells what that call took.
        ({ sources }) => new CredentialsUnavailable({ sources })
      )

    const exchanged = (endpoint: Endpoint.Endpoint): Effect.Effect<B, Failure> => {
      const { host } = endpoint
      const settle = {
        onFailure: (fault: TransportFault): Effect.Effect<B, Failure> => Effect.fail(broken(host, fault)),
        onSuccess: (response: WireResponse) => arrived(response, host)
      }
      if (transport.keepsTime) {
        return Effect.flatMap(signed(host), (wire) => Effect.matchEffect(carry(wire, endpoint), settle))
      }
      const answered = Effect.flatMap(signed(host), (wire) =>
        Effect.mapError(carry(wire, endpoint), (fault) => broken(host, fault))
      )
      return Effect.flatMap(
        Effect.timeoutFail(answered, { duration: timeout, onTimeout: () => late(host) }),
        settle.onSuccess
      )
    }

    /** An attempt at one host, when its turn has come. What it was like is told to whom it concerns, however it ends. */
    const attemptAt = (
      endpoint: Endpoint.Endpoint,
      fiber: Fiber.RuntimeFiber<unknown, unknown>,
      tellBreaker: boolean
    ): Effect.Effect<B, Failure> => {
      const { host } = endpoint
      const limited = {
        product: action.product,
        action: action.name,
        accessRegion: host,
        account: "",
        identity: "",
        address: undefined,
        limit: undefined
      }
      let began = false
      const begun = Effect.suspend(() => {
        began = true
        progress.attempts += 1
        progress.host = host
        return exchanged(endpoint)
      })
      const spanned = tracing ? Telemetry.attempt(begun, { action, region: request.region, host }, fiber) : begun
      return Effect.onExit(after(limiter.wait(limited), spanned), (exit) => {
        if (!began) return Effect.void
        Telemetry.countAttempt(action, exit, fiber.getFiberRef(FiberRef.currentMetricLabels))
        const outcome = Verdict.ofLimit(exit)
        const noted = outcome === undefined ? Effect.void : limiter.observe(limited, outcome)
        return tellBreaker ? after(breaker.report(host, Verdict.of(exit)), noted) : noted
      })
    }

    const attempt: Effect.Effect<B, Failure> = Effect.withFiberRuntime((fiber) => {
      const well = breaker.well(endpoints)
      return well === undefined
        ? breaker.call(endpoints, (endpoint) => attemptAt(endpoint, fiber, false), Verdict.of)
        : attemptAt(well, fiber, true)
    })

    const again = (error: Failure): Effect.Effect<B, Failure> =>
      Effect.flatMap(budget.withdraw, (granted) => (granted ? repaired : Effect.fail(error)))

    /** What can be set right is, and the call made again, once for each. */
    const repair = (error: Failure): Effect.Effect<B, Failure> => {
      if (error._tag === "AuthFailure.SignatureExpire" && date !== undefined && !clockRepaired) {
        clockRepaired = true
        return Effect.zipRight(clock.observe(date), again(error))
      }
      if (error._tag === "AuthFailure.TokenFailure" && !credentialRefreshed) {
        credentialRefreshed = true
        return Effect.flatMap(credentials.refresh, (another) => (another ? again(error) : Effect.fail(error)))
      }
      if (error instanceof TransportError && error.permanent && !error.sent) {
        const others = CallPlan.besides(endpoints, error.host)
        if (others === undefined) return Effect.fail(error)
        endpoints = others
        return again(error)
      }
      return Effect.fail(error)
    }

    const repaired: Effect.Effect<B, Failure> = Effect.suspend(() => Effect.catchAll(attempt, repair))

    /** Goes on after the first attempt: a call that needs no second one pays for no schedule. */
    const goOn = (error: Failure): Effect.Effect<B, Failure> =>
      Effect.suspend(() => {
        let first: Effect.Effect<B, Failure> | undefined = repair(error)
        const next = Effect.suspend(() => {
          const now = first ?? repaired
          first = undefined
          return now
        })
        return Effect.retry(
          next,
          Schedule.whileInputEffect(terms.schedule, () => budget.withdraw)
        )
      })

    const tried = Effect.suspend(() => {
      budget.deposit()
      return Effect.catchAll(attempt, goOn)
    })

    const limited =
      deadline === undefined
        ? tried
        : Effect.timeoutFail(tried, {
            duration: deadline,
            onTimeout: () =>
              new RequestTimeout({ action: action.name, host: progress.host, scope: "call", after: deadline })
          })

    const sent = Effect.withFiberRuntime<B, Failure>((fiber) => {
      const spanned = tracing ? Telemetry.call(limited, { action, region: request.region }, progress, fiber) : limited
      return Effect.onExit(spanned, (exit) => {
        Telemetry.countCall(action, exit, fiber.getFiberRef(FiberRef.currentMetricLabels))
        return Exit.isSuccess(exit) ? Effect.void : Spending.noteCause(exit.cause, progress)
      })
    })

    return { progress, sent }
  }
}
