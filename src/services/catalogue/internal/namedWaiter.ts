/** Waits that a product names: what to ask, and which states end the wait. */
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Action from "../../../domain/contract/Action.js"
import type * as Errors from "../../../domain/errors/ApiError.js"
import type * as ApiClient from "../../client/ApiClient.js"
import * as Waiter from "../../client/Waiter.js"

/**
 * How a named waiter asks.
 *
 * @since 0.1.0
 * @category models
 */
export interface WaitOptions {
  /** The pause between two calls. Default: the waiter's own, in its comment. */
  readonly interval?: Duration.DurationInput | undefined
  /** How long to ask. Default: the waiter's own. */
  readonly deadline?: Duration.DurationInput | undefined
  /** The options of each call. */
  readonly options?: ApiClient.Options | undefined
}

/** An answer, with its RequestId. */
type Answered<Response> = Response & { readonly RequestId: string }

/**
 * A named waiter. It returns the answer that ends the wait.
 *
 * @since 0.1.0
 * @category models
 */
export type Waits<Request, Response, Failure extends Errors.ApiError.Any> = (
  ...args: {} extends Request ? [request?: Request, options?: WaitOptions] : [request: Request, options?: WaitOptions]
) => Effect.Effect<
  Answered<Response>,
  ApiClient.CallError<Failure> | Waiter.WaitFailed<Answered<Response>> | Waiter.WaitTimeout<Answered<Response>>,
  ApiClient.ApiClient
>

type State = string | number

/** The states in an answer, at a path that leads through objects and lists. */
const statesAt = (answer: unknown, path: string): ReadonlyArray<unknown> =>
  path.split(".").reduce<ReadonlyArray<unknown>>(
    (values, name) =>
      values.flatMap((value) => {
        const inner: unknown = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined
        return inner === undefined || inner === null ? [] : inner
      }),
    [answer]
  )

const sizeOf = (request: object, ids: string | undefined): number => {
  const listed: unknown = ids === undefined ? undefined : Reflect.get(request, ids)
  return Array.isArray(listed) ? new Set(listed).size : 0
}

/**
 * Makes a named waiter. It is done once every state at the path is one of `done`, and there are as many as `ids` of the request names.
 * Without states in `done`, it is done once nothing is at the path. Interval and deadline are seconds.
 *
 * @since 0.1.0
 * @category constructors
 */
export const waiter = <Name extends string, Request, Response, Failure extends Errors.ApiError.Any>(
  { action }: { readonly action: Action.Action<Name, Request, Response, Failure> },
  at: string,
  done: ReadonlyArray<State>,
  failed: ReadonlyArray<State>,
  interval: number,
  deadline: number,
  ids?: string
): Waits<Request, Response, Failure> => {
  const [good, bad] = [new Set<unknown>(done), new Set<unknown>(failed)]
  const wait = (request: unknown = {}, options: WaitOptions = {}) => {
    const least = Math.max(1, sizeOf(request as object, ids))
    const pauses = Schedule.upTo(
      Schedule.spaced(options.interval ?? interval * 1000),
      options.deadline ?? deadline * 1000
    )
    const isDone = (states: ReadonlyArray<unknown>): boolean =>
      done.length === 0 ? states.length === 0 : states.length >= least && states.every((state) => good.has(state))
    const until = {
      done: (answer: unknown) => isDone(statesAt(answer, at)),
      failed: (answer: unknown) => statesAt(answer, at).some((state) => bad.has(state)),
      options: options.options
    }
    // The type of the arguments allows no request only where `{}` is one.
    return Waiter.waitUntil(action, request as Request, until, pauses)
  }
  return wait
}
