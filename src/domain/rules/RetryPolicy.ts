/**
 * Decides when to retry a call. A policy returns a schedule for each call. The schedule sees every error, and the client
 * retries until the schedule ends.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Schedule from "effect/Schedule"
import * as ApiError from "../errors/ApiError.js"
import type { ClientError } from "../errors/ClientError.js"
import * as ErrorCode from "../errors/ErrorCode.js"
import { nameRetried } from "./internal/retried.js"

/**
 * The properties of a call that a policy depends on.
 *
 * @since 0.1.0
 * @category models
 */
export interface Call {
  readonly product: string
  readonly action: string
  /** Whether a second call has no further effect: the action is read-only, or the request has a `ClientToken`. */
  readonly idempotent: boolean
}

/**
 * Any error that a call can fail with.
 *
 * @since 0.1.0
 * @category models
 */
export type Failure = ApiError.ApiError.Any | ApiError.UnrecognizedError | ClientError

/**
 * A policy: a function from a call to the schedule of its retries. The input of the schedule is the last error.
 *
 * @since 0.1.0
 * @category models
 */
export type RetryPolicy = (call: Call) => Schedule.Schedule<unknown, Failure>

const transientStatus = new Set([429, 500, 502, 503, 504])

/**
 * Returns whether a retry can help and is harmless.
 *
 * - Throttling: always, because the service did not process the request. The *code* decides, not the class. So an undeclared
 *   `LimitExceeded.RateLimitExceeded` counts too.
 * - A `TransportError` that is `permanent`: never.
 * - `ServiceUnavailable`, a broken connection, a timeout, or an answer that broke off or came from a proxy: only if the call
 *   is idempotent, or the request was never sent.
 * - Everything else: never. `InternalError` is persistent in some products, and a quota does not recover by itself.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isRetryable = (error: Failure, call: Call): boolean => {
  if (ApiError.isApiError(error) || error._tag === "UnrecognizedError") {
    const category = ErrorCode.categoryOf(error.code)
    return category === "throttling" || (category === "unavailable" && call.idempotent)
  }
  switch (error._tag) {
    case "TransportError":
      return !error.permanent && (call.idempotent || !error.sent)
    case "RequestTimeout":
      return error.scope === "attempt" && (call.idempotent || !error.sent)
    case "MalformedResponse":
      return call.idempotent && (error.truncated || transientStatus.has(error.status))
    case "CredentialsUnavailable":
    case "InvalidRequestInput":
      return false
  }
}

/**
 * How many retries a client pays for at one endpoint. It bounds the load that retries add to a service that fails.
 *
 * A retry takes tokens out, and each call that succeeds puts some back. While there are too few, calls fail without a retry.
 *
 * @since 0.1.0
 * @category models
 */
export interface Budget {
  /** The tokens of an endpoint, at first and at most. Default: 500. */
  readonly tokens?: number | undefined
  /** What a retry takes out. Default: 5. */
  readonly retry?: number | undefined
  /** What a retry after a timeout takes out. Default: 10. */
  readonly timeout?: number | undefined
  /** What a call that succeeds puts back. Default: 1. */
  readonly success?: number | undefined
}

/**
 * The options of {@link exponential}.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The maximum number of retries. Default: 3. */
  readonly retries?: number | undefined
  /** The maximum pause before the first retry, which doubles with each retry. The actual pause is random. Default: 100 ms. */
  readonly base?: Duration.DurationInput | undefined
  /** The maximum of all pauses. Default: 10 seconds. */
  readonly cap?: Duration.DurationInput | undefined
  /** Returns whether to retry after an error. Default: {@link isRetryable}. */
  readonly while?: ((error: Failure, call: Call) => boolean) | undefined
}

/**
 * Retries with exponential pauses and full jitter.
 *
 * @example
 * ```ts
 * import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
 *
 * // By default, there is no retry after an InternalError. A product that recovers from it can opt in.
 * export const patient = RetryPolicy.exponential({
 *   retries: 5,
 *   while: (error, call) =>
 *     RetryPolicy.isRetryable(error, call) || (error._tag === "InternalError" && call.idempotent)
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const exponential = (options: Options = {}): RetryPolicy => {
  const shouldRetry = options.while ?? isRetryable
  const cap = Duration.decode(options.cap ?? "10 seconds")
  const pauses = Schedule.exponential(options.base ?? "100 millis").pipe(
    Schedule.modifyDelay((_, delay) => Duration.min(delay, cap)),
    Schedule.jitteredWith({ min: 0, max: 1 }),
    Schedule.intersect(Schedule.recurs(options.retries ?? 3))
  )
  return nameRetried(
    (call: Call) => Schedule.whileInput(pauses, (error: Failure) => shouldRetry(error, call)),
    shouldRetry
  )
}

/**
 * Never retries.
 *
 * @since 0.1.0
 * @category constructors
 */
export const none: RetryPolicy = () => Schedule.stop
