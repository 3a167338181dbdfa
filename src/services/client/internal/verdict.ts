/** What the end of an attempt says about its host, and about the rate limit. */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { isApiError } from "../../../domain/errors/ApiError.js"
import * as ErrorCode from "../../../domain/errors/ErrorCode.js"
import type { Failure } from "../../../domain/rules/RetryPolicy.js"
import type { Verdict } from "../CircuitBreaker.js"
import type { Outcome } from "../Throttle.js"

const verdictOfFailure = (error: Failure): Verdict => {
  if (isApiError(error) || error._tag === "UnrecognizedError") {
    return error.requestId !== "" && !ErrorCode.isWithin(error.code, "InternalError") ? "success" : "failure"
  }
  switch (error._tag) {
    case "TransportError":
    case "RequestTimeout":
      return "failure"
    case "MalformedResponse":
      return !error.requestId ? "failure" : "success"
    case "CredentialsUnavailable":
    case "InvalidRequestInput":
      return "neither"
  }
}

const verdictOfCause = (cause: Cause.Cause<Failure>): Verdict =>
  Cause.isInterrupted(cause)
    ? "neither"
    : Option.match(Cause.failureOption(cause), { onNone: () => "neither", onSome: verdictOfFailure })

/** What an attempt says about its host. An answer with a RequestId speaks for it, unless the error is an `InternalError`. */
export const hostVerdict = (exit: Exit.Exit<unknown, Failure>): Verdict =>
  Exit.isSuccess(exit) ? "success" : verdictOfCause(exit.cause)

/** What an attempt says about the rate limit: a result was within it, and so was any error of the service but throttling. */
export const limitOutcome = (exit: Exit.Exit<unknown, Failure>): Outcome | undefined => {
  if (Exit.isSuccess(exit)) return passed
  const error = Option.getOrUndefined(Cause.failureOption(exit.cause))
  if (error === undefined || (!isApiError(error) && error._tag !== "UnrecognizedError")) return undefined
  return ErrorCode.categoryOf(error.code) === "throttling" ? { _tag: "Refused", message: error.reason } : passed
}

const passed: Outcome = { _tag: "Passed" }
