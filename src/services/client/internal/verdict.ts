import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { isApiError } from "../../../domain/errors/ApiError.js"
import * as ErrorCode from "../../../domain/errors/ErrorCode.js"
import type { Failure } from "../../../domain/rules/RetryPolicy.js"
import type { Outcome } from "../../gateway/RateLimiter.js"
import type { Verdict } from "../CircuitBreaker.js"

const ofFailure = (error: Failure): Verdict => {
  if (isApiError(error) || error._tag === "UnrecognizedError") {
    return error.requestId !== "" && !ErrorCode.isWithin(error.code, "InternalError") ? "success" : "failure"
  }
  switch (error._tag) {
    case "TransportError":
    case "RequestTimeout":
      return "failure"
    case "MalformedResponse":
      return error.requestId === "" ? "failure" : "success"
    case "CredentialsUnavailable":
    case "InvalidRequestInput":
      return "neither"
  }
}

const ofCause = (cause: Cause.Cause<Failure>): Verdict =>
  Option.match(Cause.failureOption(cause), { onNone: () => "neither", onSome: ofFailure })

/** What an attempt tells of its host: an answer with a RequestId speaks for it, whatever it says but `InternalError`. */
export const of = (exit: Exit.Exit<unknown, Failure>): Verdict =>
  Exit.isSuccess(exit) ? "success" : ofCause(exit.cause)

/** What an attempt tells of the limit: an error of the service other than throttling was within it, as a result was. */
export const ofLimit = (exit: Exit.Exit<unknown, Failure>): Outcome | undefined => {
  if (Exit.isSuccess(exit)) return passed
  const error = Option.getOrUndefined(Cause.failureOption(exit.cause))
  if (error === undefined || (!isApiError(error) && error._tag !== "UnrecognizedError")) return undefined
  return ErrorCode.categoryOf(error.code) === "throttling" ? { _tag: "Refused", message: error.message } : passed
}

const passed: Outcome = { _tag: "Passed" }
