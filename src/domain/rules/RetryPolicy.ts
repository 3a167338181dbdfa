/**
 * When a call is tried again. A policy is a value: a schedule for each call, which sees every error and ends the tries by
 * ending itself.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Schedule from "effect/Schedule"
import * as ApiError from "../errors/ApiError.js"
import type { ClientError } from "../errors/ClientError.js"
import * as ErrorCode from "../errors/ErrorCode.js"

/**
 * What a policy knows of a call.
 *
 * @since 0.1.0
 * @category models
 */
export interface Call {
  readonly product: string
  readonly action: string
  /** Whether doing it twice does no more than doing it once: a read-only action, or a request with a `ClientToken`. */
  readonly idempotent: boolean
}

/**
 * What a call can fail with.
 *
 * @since 0.1.0
 * @category models
 */
export type Failure = ApiError.ApiError.Any | ApiError.UnrecognizedError | ClientError

/**
 * The schedule of a call's tries. Its input is the last error.
 *
 * @since 0.1.0
 * @category models
 */
export type RetryPolicy = (call: Call) => Schedule.Schedule<unknown, Failure>

const transientStatus = new Set([429, 500, 502, 503, 504])

/**
 * Whether trying again can help, and can do no harm.
 *
 * - Throttling: always; the request was not carried out. The *code* decides, not the class: an undeclared
 *   `LimitExceeded.RateLimitExceeded` is throttling too.
 * - A fault of the transport that is `permanent`: never.
 * - `ServiceUnavailable`, a broken connection, a timeout, an answer that broke off or came from something in between: only
 *   where the call is idempotent, or was never sent.
 * - Everything else: never. `InternalError` is persistent in some products, and quota does not come back by itself.
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
      return call.idempotent && error.scope === "attempt"
    case "MalformedResponse":
      return call.idempotent && (error.truncated || transientStatus.has(error.status))
    case "CredentialsUnavailable":
    case "InvalidRequestInput":
      return false
  }
}

/**
 * What shapes the default schedule.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** How often a call is tried again, at most. Default: 3. */
  readonly retries?: number | undefined
  /** The longest pause before the first retry; it doubles with each. The pause itself is random up to that. Default: 100 ms. */
  readonly base?: Duration.DurationInput | undefined
  /** No pause is longer. Default: 10 seconds. */
  readonly cap?: Duration.DurationInput | undefined
  /** Which errors are tried again. Default: {@link isRetryable}. */
  readonly while?: ((error: Failure, call: Call) => boolean) | undefined
}

/**
 * Exponential pauses with full jitter.
 *
 * @example
 * ```ts
 * import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
 *
 * // InternalError is left alone by default; a product that recovers from it can opt in.
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
  return (call) => Schedule.whileInput(pauses, (error: Failure) => shouldRetry(error, call))
}

/**
 * Never tries again.
 *
 * @since 0.1.0
 * @category constructors
 */
export const none: RetryPolicy = () => Schedule.stop
