/**
 * Waits for what a service goes on doing after it has answered: asks again and again, until the answer says that it is done.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Action from "../../domain/contract/Action.js"
import * as Schedules from "../internal/runtime/schedule.js"
import * as ApiClient from "./ApiClient.js"

/** What both errors are made of. */
interface Waited<Response> {
  readonly action: string
  readonly asked: number
  readonly lastResponse: Response
}

const times = (asked: number): string => (asked === 1 ? "once" : `${asked} times`)

/** An answer may hold secrets, so it is kept where neither a log nor an inspector looks: beside the enumerable fields. */
const keep = (error: object, lastResponse: unknown): void => {
  Object.defineProperty(error, "lastResponse", { value: lastResponse })
}

/**
 * What was waited for will not come: `failed` said so of the last answer.
 *
 * @since 0.1.0
 * @category models
 */
export class WaitFailed<out Response> extends Data.TaggedError("WaitFailed")<{
  readonly message: string
  readonly action: string
  /** How often it was asked. */
  readonly asked: number
}> {
  /** The answer that says so. It is not printed with the error. */
  declare readonly lastResponse: Response
  constructor({ action, asked, lastResponse }: Waited<Response>) {
    super({
      action,
      asked,
      message: `${action} was asked ${times(asked)}, and what was waited for has failed. The answer that says so is in the error's \`lastResponse\`.`
    })
    keep(this, lastResponse)
  }
}

/**
 * What was waited for has not come as long as the schedule went on. It may come yet.
 *
 * @since 0.1.0
 * @category models
 */
export class WaitTimeout<out Response> extends Data.TaggedError("WaitTimeout")<{
  readonly message: string
  readonly action: string
  /** How often it was asked. */
  readonly asked: number
}> {
  /** The answer that was not yet the one. It is not printed with the error. */
  declare readonly lastResponse: Response
  constructor({ action, asked, lastResponse }: Waited<Response>) {
    super({
      action,
      asked,
      message: `${action} was asked ${times(asked)}, and what was waited for has not come. Look at the error's \`lastResponse\`, or wait longer: by another schedule.`
    })
    keep(this, lastResponse)
  }
}

/**
 * What is waited for.
 *
 * @since 0.1.0
 * @category models
 */
export interface Until<A extends Action.Action.AnyUnary> {
  /** Whether the answer is the one that is waited for. */
  readonly done: (response: Action.Action.Success<A>) => boolean
  /** Whether the answer says that it will never come. Asked before `done`. Default: none does. */
  readonly failed?: ((response: Action.Action.Success<A>) => boolean) | undefined
  /** How each call is made. */
  readonly options?: ApiClient.Options | undefined
}

/**
 * What waiting can fail with: what a call can, and the two ends without the answer.
 *
 * @since 0.1.0
 * @category models
 */
export type WaitError<A> =
  | Action.Action.Error<A>
  | WaitFailed<Action.Action.Success<A>>
  | WaitTimeout<Action.Action.Success<A>>

const longest = Duration.minutes(10)

/**
 * When it is asked again, where nothing else is said: after 1, 2, 4 and 8 seconds, and then every 15 seconds, for 10 minutes at
 * most.
 *
 * @since 0.1.0
 * @category constants
 */
export const schedule: Schedule.Schedule<unknown> = Schedule.exponential("1 second").pipe(
  Schedule.union(Schedule.spaced("15 seconds")),
  Schedule.delays,
  Schedule.intersect(Schedule.elapsed),
  Schedule.whileOutput(([pause, elapsed]) => Duration.lessThanOrEqualTo(Duration.sum(elapsed, pause), longest))
)

/**
 * Calls an action until its answer is the one that is waited for, and gives that answer.
 *
 * The first call is made at once, each further one when the schedule says, which sees every answer. Fails as the call does: what
 * can be tried again, the client has tried already. Fails with {@link WaitFailed} where `failed` says that there is nothing left
 * to wait for, and with {@link WaitTimeout} where the schedule ends first; both hold the last answer.
 *
 * The same request is made each time, so the action is one that only looks: `Describe…`, `Get…`, `Query…`.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Schedule from "effect/Schedule"
 * import { DescribeInstances } from "effect-tencentcloud/products/cvm"
 * import * as Waiter from "effect-tencentcloud/Waiter"
 *
 * export const running = (id: string) =>
 *   Waiter.waitUntil(
 *     DescribeInstances,
 *     { InstanceIds: [id] },
 *     {
 *       done: ({ InstanceSet = [] }) => InstanceSet.some(({ InstanceState }) => InstanceState === "RUNNING"),
 *       failed: ({ InstanceSet = [] }) => InstanceSet.some(({ InstanceState }) => InstanceState === "LAUNCH_FAILED")
 *     },
 *     Schedule.spaced("5 seconds").pipe(Schedule.upTo("5 minutes"))
 *   ).pipe(
 *     Effect.catchTag("WaitTimeout", ({ asked, lastResponse }) =>
 *       Effect.logWarning(`asked ${asked} times; the last answer was ${lastResponse.RequestId}`)
 *     )
 *   )
 * ```
 *
 * @since 0.1.0
 * @category calls
 */
export const waitUntil = <A extends Action.Action.AnyUnary, R = never>(
  action: A | { readonly action: A },
  request: Action.Action.Request<A>,
  { done, failed, options }: Until<A>,
  again: Schedule.Schedule<unknown, Action.Action.Success<A>, R> = schedule
): Effect.Effect<Action.Action.Response<A> & { readonly RequestId: string }, WaitError<A>, ApiClient.ApiClient | R> => {
  const asked: A = "action" in action ? action.action : action
  return Effect.flatMap(Schedules.stepper(again), (stepper) => {
    const ask = (count: number): Effect.Effect<Action.Action.Success<A>, WaitError<A>, ApiClient.ApiClient | R> =>
      Effect.flatMap(ApiClient.call(asked, request, options), (lastResponse) => {
        const waited = { action: asked.name, asked: count, lastResponse }
        if (failed?.(lastResponse) === true) return Effect.fail(new WaitFailed(waited))
        if (done(lastResponse)) return Effect.succeed(lastResponse)
        return Effect.flatMap(stepper.next(lastResponse), (goesOn) =>
          goesOn ? ask(count + 1) : Effect.fail(new WaitTimeout(waited))
        )
      })
    return ask(1)
  })
}
