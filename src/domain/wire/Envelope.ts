/**
 * The envelope around every answer. A result is `{"Response":{…,"RequestId":"…"}}`. A failure is
 * `{"Response":{"Error":{"Code":"…","Message":"…"},"RequestId":"…"}}`.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Json from "./Json.js"

export type { Json, JsonObject } from "./Json.js"

/**
 * An answer with a result. `response` is everything inside `Response`, with the RequestId.
 *
 * @since 0.1.0
 * @category models
 */
export interface Success {
  readonly _tag: "Success"
  readonly requestId: string
  readonly response: Json.JsonObject
}

/**
 * An answer with an error.
 *
 * @since 0.1.0
 * @category models
 */
export interface Failure {
  readonly _tag: "Failure"
  readonly requestId: string
  readonly code: string
  readonly message: string
}

/**
 * Either kind of answer.
 *
 * @since 0.1.0
 * @category models
 */
export type Envelope = Success | Failure

/**
 * Why a text is not an envelope. It quotes nothing of the text, which may contain secrets.
 *
 * @since 0.1.0
 * @category models
 */
export interface Malformed {
  readonly reason: string
  /** Whether the text breaks off in the middle. */
  readonly truncated: boolean
  /** The RequestId, if the text has one all the same. */
  readonly requestId: string
}

const malformed = (reason: string, requestId = ""): Either.Either<never, Malformed> =>
  Either.left({ reason, truncated: false, requestId })

/** Some services send a number as RequestId. */
const textOf = (requestId: Json.Json | undefined): string =>
  typeof requestId === "string" || typeof requestId === "number" || typeof requestId === "bigint" ? `${requestId}` : ""

/** Longer than every code of every product. */
const maxCodeLength = 256

/**
 * Shortens an error code of more than 256 characters, which no service has. What looks a code up, counts it or prints it need
 * not care how long the code is that came.
 *
 * @since 0.1.0
 * @category decoding
 */
export const shortenCode = (code: string): string =>
  code.length > maxCodeLength ? `${code.slice(0, maxCodeLength - 1)}…` : code

const interpret = (json: Json.Json): Either.Either<Envelope, Malformed> => {
  const response = Json.isObject(json) ? json.Response : undefined
  if (!Json.isObject(response)) return malformed("has no `Response` object")
  // Some answers have no RequestId. They are still valid.
  const requestId = textOf(response.RequestId)
  const error = response.Error
  // `null` means absent, as everywhere in answers.
  if (error === undefined || error === null) return Either.right({ _tag: "Success", requestId, response })
  if (!Json.isObject(error) || typeof error.Code !== "string") {
    return malformed("has an `Error` without a `Code`", requestId)
  }
  const message = typeof error.Message === "string" ? error.Message : ""
  return Either.right({ _tag: "Failure", requestId, code: shortenCode(error.Code), message })
}

/**
 * Reads the body of an answer. An answer with a member `Error` is a failure, whatever else it has. Fails with why the text is
 * not an envelope.
 *
 * @since 0.1.0
 * @category decoding
 */
export const decode = (body: string): Either.Either<Envelope, Malformed> => {
  const json = Json.parse(body)
  return Either.isRight(json) ? interpret(json.right) : Either.left({ ...json.left, requestId: "" })
}

/**
 * Writes a result. The given RequestId replaces the result's own. Fails with a reason if the result has no JSON form, is not
 * an object, or has a member `Error`, which every client would read as a failure.
 *
 * @since 0.1.0
 * @category encoding
 */
export const encodeSuccess = (result: unknown, requestId: string): Either.Either<string, string> => {
  if (!Json.isObject(result)) return Either.left("The result is not an object.")
  if (Object.hasOwn(result, "Error"))
    return Either.left("The result has a member `Error`: clients would read a failure.")
  return Either.mapLeft(
    Json.stringify({ Response: { ...result, RequestId: requestId } }),
    (json) => `The result ${json.reason}.`
  )
}

/**
 * Writes a failure.
 *
 * @since 0.1.0
 * @category encoding
 */
export const encodeFailure = (failure: {
  readonly code: string
  readonly message: string
  readonly requestId: string
}): string =>
  JSON.stringify({
    Response: { Error: { Code: failure.code, Message: failure.message }, RequestId: failure.requestId }
  })
