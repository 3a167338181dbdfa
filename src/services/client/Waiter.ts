/**
 * Waits for work that a service continues after its answer: calls an action again and again, until an answer says that it is done.
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

/** The facts of both errors. */
interface WaitFacts<Response> {
  readonly action: string
  readonly asked: number
  readonly lastResponse: Response
}

const times = (asked: number): string => (asked === 1 ? "once" : `${asked} times`)

/** Keeps an answer out of the enumerable fields, where neither a log nor an inspector looks: it may hold secrets. */
const hide = (error: object, lastResponse: unknown): void => {
  Object.defineProperty(error, "lastResponse", { value: lastResponse })
}

/**
 * The wait is over without success: `failed` was true for the last answer.
 *
 * @since 0.1.0
 * @category models
 */
export class WaitFailed<out Response> extends Data.TaggedError("WaitFailed")<{
  readonly message: string
  readonly action: string
  /** How many calls were made. */
  readonly asked: number
}> {
  /** The answer for which `failed` was true. It is not printed with the error. */
  declare readonly lastResponse: Response
  constructor({ action, asked, lastResponse }: WaitFacts<Response>) {
    super({
      action,
      asked,
      message: `${action} was asked ${times(asked)}, and what was waited for has failed. The answer that says so is in the error's \`lastResponse\`.`
    })
    hide(this, lastResponse)
  }
}

/**
 * The schedule ended before an answer was the one that you wait for. It may still come.
 *
 * @since 0.1.0
 * @category models
 */
export class WaitTimeout<out Response> extends Data.TaggedError("WaitTimeout")<{
  readonly message: string
  readonly action: string
  /** How many calls were made. */
  readonly asked: number
}> {
  /** The last answer. It is not printed with the error. */
  declare readonly lastResponse: Response
  constructor({ action, asked, lastResponse }: WaitFacts<Response>) {
    super({
      action,
      asked,
      message: `${action} was asked ${times(asked)}, and what was waited for has not come. Look at the error's \`lastResponse\`, or wait longer: by another schedule.`
    })
    hide(this, lastResponse)
  }
}

/**
 * What to wait for.
 *
 * @since 0.1.0
 * @category models
 */
export interface Until<A extends Action.Action.AnyUnary> {
  /** Whether an answer is the one that you wait for. */
  readonly done: (response: Action.Action.Success<A>) => boolean
  /** Whether an answer says that it will never come. `waitUntil` asks this before `done`. Default: never. */
  readonly failed?: ((response: Action.Action.Success<A>) => boolean) | undefined
  /** The options of each call. */
  readonly options?: ApiClient.Options | undefined
}

/**
 * What waiting can fail with: the errors of a call, {@link WaitFailed} and {@link WaitTimeout}.
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
 * The default pauses between calls: 1, 2, 4 and 8 seconds, and then 15 seconds each, for at most 10 minutes.
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
 * Calls an action until its answer is the one that you wait for, and returns that answer.
 *
 * It makes the first call at once, and the next ones when the schedule says. The schedule sees every answer. It fails as a call does: the
 * client has already retried what can be retried. It fails with {@link WaitFailed} if `failed` is true for an answer, and with
 * {@link WaitTimeout} if the schedule ends first. Both errors hold the last answer.
 *
 * It sends the same request each time, so use an action that only reads: `Describe…`, `Get…`, `Query…`.
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
  pauses: Schedule.Schedule<unknown, Action.Action.Success<A>, R> = schedule
): Effect.Effect<Action.Action.Response<A> & { readonly RequestId: string }, WaitError<A>, ApiClient.ApiClient | R> => {
  const plain: A = "action" in action ? action.action : action
  return Effect.flatMap(Schedules.stepper(pauses), (stepper) => {
    const callAgain = (count: number): Effect.Effect<Action.Action.Success<A>, WaitError<A>, ApiClient.ApiClient | R> =>
      Effect.flatMap(ApiClient.call(plain, request, options), (lastResponse) => {
        const facts = { action: plain.name, asked: count, lastResponse }
        if (failed?.(lastResponse) === true) return Effect.fail(new WaitFailed(facts))
        if (done(lastResponse)) return Effect.succeed(lastResponse)
        return Effect.flatMap(stepper.next(lastResponse), (goesOn) =>
          goesOn ? callAgain(count + 1) : Effect.fail(new WaitTimeout(facts))
        )
      })
    return callAgain(1)
  })
}
