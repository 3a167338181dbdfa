/** What the end of an attempt says about its host, about the rate limit, and about what can be repaired. */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { isApiError } from "../../../domain/errors/ApiError.js"
import { MalformedResponse, RequestTimeout, TransportError } from "../../../domain/errors/ClientError.js"
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

/** The code on the wire of an error of the service. */
export const codeOf = (error: Failure): string | undefined =>
  isApiError(error) || error._tag === "UnrecognizedError" ? error.code : undefined

/** Whether the service answered that there are too many calls. */
export const isThrottling = (error: Failure): boolean => {
  const code = codeOf(error)
  return code !== undefined && ErrorCode.categoryOf(code) === "throttling"
}

/** Whether the service says that the time of the signature is wrong. */
export const isExpired = (error: Failure): boolean => codeOf(error) === "AuthFailure.SignatureExpire"

/** What the codes below `AuthFailure` are about, where it is not the key: permissions, accounts, and the request. */
const otherTopics =
  /authori[sz]|unauth|permission|forbid|den(y|ied)|cam|user|uin|account|corp|agent|enterprise|personal|realname|purchase|arrear|resource|region|support|task/i

/** The words for a key and its parts. */
const keyTopics = /secret|key|token|sign|credential|session|mfa/i

/**
 * Whether the service rejects the key, so that another key may help. Products declare codes of their own below `AuthFailure`, and the
 * service may invent more. One that is about nothing else counts as one about the key: to ask the source again does no harm.
 */
export const isAboutKey = (error: Failure): boolean => {
  const code = codeOf(error)
  if (code === undefined || !ErrorCode.isWithin(code, "AuthFailure") || isExpired(error)) return false
  const topic = code.slice("AuthFailure".length)
  return keyTopics.test(topic) || !otherTopics.test(topic)
}

/** Whether an attempt ended before anything was sent: its host cannot be reached. */
export const isUnsent = (error: Failure): boolean =>
  (error instanceof TransportError || (error instanceof RequestTimeout && error.scope === "attempt")) && !error.sent

/** Whether an attempt leaves open what the service has done: the request was sent, and no answer tells. */
export const isOpen = (error: Failure): boolean =>
  error instanceof MalformedResponse ||
  ((error instanceof TransportError || error instanceof RequestTimeout) && error.sent)

/** The error of a call whose last attempt sent nothing, where an attempt before left open what the service has done. */
export const afterOpen = <E extends Failure>(error: E): E | TransportError | RequestTimeout => {
  if (error instanceof TransportError && !error.sent) {
    const { action, host, permanent, product, reason, region } = error
    return new TransportError({ product, action, region, host, reason, permanent, sent: true })
  }
  if (error instanceof RequestTimeout && !error.sent) {
    const { action, after, host, product, region, scope } = error
    return new RequestTimeout({ product, action, region, host, scope, after, sent: true })
  }
  return error
}
