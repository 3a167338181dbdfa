/** One call on its way: attempts at it, repairs, and tries after a failure. */
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import type * as Tracer from "effect/Tracer"
import type * as Action from "../../../domain/contract/Action.js"
import { TransportError } from "../../../domain/errors/ClientError.js"
import type * as Endpoint from "../../../domain/wire/Endpoint.js"
import type { Payload } from "../../../domain/wire/Request.js"
import type * as Callback from "../../internal/runtime/callback.js"
import * as Fibers from "../../internal/runtime/fiber.js"
import * as Step from "../../internal/runtime/step.js"
import * as Telemetry from "../../telemetry/internal/telemetry.js"
import { type Asked, Attempt, type Failure, late, type Means, type Next, type Read } from "./attempt.js"
import * as CallPlan from "./callPlan.js"
import * as Spending from "./spent.js"
import * as Verdict from "./verdict.js"

/**
 * A call. It is not interrupted itself, so that whatever comes of it is noted; what it waits for is, where the program may be. One
 * object holds what it is about and how far it has come. How it goes on after its first attempt is a function's to say, and no
 * effect's: most calls have only one, and then take few turns of Effect's loop.
 */
export class Call<A extends Action.Action.Any, B> implements Asked<A, B> {
  attempts = 0
  host: string
  date: string | undefined = undefined
  span: Tracer.Span | undefined = undefined
  readonly labels: Telemetry.Labels
  private endpoints: CallPlan.Terms["endpoints"]
  private clockRepaired = false
  private credentialRefreshed = false

  constructor(
    readonly means: Means,
    readonly action: A,
    readonly terms: CallPlan.Terms,
    readonly payload: Payload,
    readonly read: Read<A, B>,
    readonly fiber: Fiber.RuntimeFiber<unknown, unknown>,
    readonly startedAt: number
  ) {
    this.endpoints = terms.endpoints
    this.host = terms.endpoints[0].host
    this.labels = Fibers.metricLabels(fiber)
  }

  /** Makes the call. */
  get sent(): Effect.Effect<B, Failure<A>> {
    const { action, fiber, terms } = this
    return Effect.uninterruptibleMask((restore) => {
      if (!terms.tracing || !Fibers.isTraced(fiber)) return this.limited(restore)
      return Effect.flatMap(Telemetry.callSpan(action, terms.request), (span) => {
        this.span = span
        return this.limited(restore)
      })
    })
  }

  /** Whatever a service throws on the way ends the call as well. */
  private limited(restore: Callback.Restore): Effect.Effect<B, Failure<A>> {
    const { fiber } = this
    const { deadline } = this.terms
    const tried =
      deadline === undefined
        ? Step.tryAdvance(() => this.tried(restore), { fiber, context: Context.empty() })
        : restore(
            Effect.timeoutFail(
              Effect.uninterruptibleMask((restore) => this.tried(restore)),
              { duration: deadline, onTimeout: () => late(this, "call", deadline) }
            )
          )
    return Step.matchExit(tried, (exit) => this.ended(exit))
  }

  private ended(exit: Exit.Exit<B, Failure<A>>): Effect.Effect<B, Failure<A>> {
    const { action, fiber, labels, span } = this
    Telemetry.countCall(action, exit, labels)
    if (span !== undefined) Telemetry.endCall(span, exit, this, fiber)
    return Exit.isSuccess(exit) ? exit : Effect.zipRight(Spending.noteCause(exit.cause, this), exit)
  }

  /** A call that needs no second attempt pays for no schedule. */
  private tried(restore: Callback.Restore): Effect.Effect<B, Failure<A>> {
    this.means.budget.deposit()
    return this.attempt(restore, (exit) => {
      const error = Exit.isSuccess(exit) ? undefined : Option.getOrUndefined(Cause.failureOption(exit.cause))
      return error === undefined ? exit : restore(this.goOn(error))
    })
  }

  private goOn(error: Failure<A>): Effect.Effect<B, Failure<A>> {
    const { budget } = this.means
    const again: Effect.Effect<B, Failure<A>> = Effect.catchAll(
      Effect.uninterruptibleMask((restore) => this.attempt(restore, identity)),
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

  private attempt(restore: Callback.Restore, next: Next<A, B>): Effect.Effect<B, Failure<A>> {
    const { breaker } = this.means
    const well = breaker.well(this.endpoints)
    if (well !== undefined) return new Attempt(this, well, restore, breaker, next).made
    const at = (endpoint: Endpoint.Endpoint) =>
      Effect.uninterruptibleMask((restore) => new Attempt(this, endpoint, restore, undefined, identity).made)
    return Step.matchExit(restore(breaker.call(this.endpoints, at, Verdict.of)), next)
  }
}
