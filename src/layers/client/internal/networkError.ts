/** Explains the errors of the network: what happened, whether it may pass, and whether the request was sent. */
import * as Predicate from "effect/Predicate"
import * as Environment from "../../../services/client/internal/environment.js"
import { TransportFault } from "../../../services/client/Transport.js"

/** The codes of a certificate whose authority is unknown. */
const unknownAuthority = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
])

/** The codes of a certificate that cannot be trusted. Nothing was sent. */
const untrusted: ReadonlySet<string> = new Set([
  ...unknownAuthority,
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "HOSTNAME_MISMATCH",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED"
])

/** The codes of TLS where the other side answers in clear. Nothing was sent. */
const notTls = new Set(["ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"])

/** The codes of an error that a second attempt would meet again. */
const permanent = new Set([
  ...untrusted,
  ...notTls,
  "ERR_ANSWER_TOO_LARGE",
  "UND_ERR_HEADERS_OVERFLOW",
  "UND_ERR_INVALID_ARG"
])

/** The code of an error of the system, of TLS or of the HTTP library. */
export const codeOf = (error: unknown): string | undefined =>
  Predicate.hasProperty(error, "code") && typeof error.code === "string" ? error.code : undefined

/** Tells whether a second attempt would end in the same way. */
export const isPermanent = (error: unknown): boolean =>
  permanent.has(codeOf(error) ?? "") || (Predicate.hasProperty(error, "permanent") && error.permanent === true)

/** Whether the answer to a request in clear was an alert of TLS. The parser keeps what is no HTTP, as text. */
export const isTlsAlert = (error: unknown): boolean =>
  Predicate.hasProperty(error, "data") && typeof error.data === "string" && error.data.startsWith("\u0015\u0003")

/** What to do where no TLS is spoken. */
const needsNoTls = "no TLS is spoken there: is `http://` missing?"

/** What to do where TLS is spoken, and the request came in clear. */
export const needsTls = "TLS is spoken there: is `https://` missing?"

/** Returns the message of the system. It returns nothing for an error without a code, whose message may quote the request. */
export const explain = (error: unknown): string | undefined => {
  const code = codeOf(error)
  if (code === undefined || !(error instanceof Error)) return undefined
  if (notTls.has(code)) return needsNoTls
  if (unknownAuthority.has(code))
    return `its certificate is signed by an authority that is not known here (${error.message}): give that authority's certificate as \`ca\``
  // It holds an error for each address that was tried, and has no message.
  if (error instanceof AggregateError) return error.errors.flatMap((each) => explain(each) ?? []).join("; ") || code
  return error.message || code
}

/** The fault of an answer that is larger than the limit, in bytes. */
export const tooLarge = (limit: number): TransportFault =>
  new TransportFault({
    reason: `the answer is larger than ${limit} bytes (\`maxBodySize\`)`,
    sent: true,
    permanent: true
  })

/** The codes of a connection that never opened. Nothing was sent. */
const unsent = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
  "ENETUNREACH",
  "EHOSTUNREACH",
  // As older versions of Bun call them.
  "ConnectionRefused",
  "FailedToOpenSocket",
  ...untrusted,
  ...notTls
])

interface Unopened {
  readonly reason: string
  readonly permanent: boolean
}

/** What runtimes say of a connection that never opened, where they have no code for it. The rest of a message quotes the URL. */
const unopened = (input: unknown, depth = 0): Unopened | undefined => {
  if (depth >= 8 || !Predicate.hasProperty(input, "message") || typeof input.message !== "string") return undefined
  const { message } = input
  // The parser of newer lines of Node gives its errors no code.
  if (isTlsAlert(input)) return { reason: needsTls, permanent: true }
  // The message names the host, and the flag that gives the permission.
  if (Environment.isForbidden(input)) return { reason: message, permanent: true }
  // Deno. A certificate is as wrong at the next attempt.
  const connect = /client error \(Connect\): (.+)$/s.exec(message)?.[1]
  if (connect !== undefined) return { reason: connect, permanent: /certificate/i.test(connect) }
  // Node and Deno refuse ports that a browser may not call.
  if (/^bad port$|Requests to port \d+ are blocked$/.test(message)) {
    return { reason: "`fetch` does not call this port", permanent: true }
  }
  return Predicate.hasProperty(input, "cause") ? unopened(input.cause, depth + 1) : undefined
}

interface SystemError {
  readonly code: string
  readonly message: string
}

const isSystemError = (input: unknown): input is SystemError =>
  Predicate.hasProperty(input, "code") &&
  typeof input.code === "string" &&
  Predicate.hasProperty(input, "message") &&
  typeof input.message === "string"

/** Finds the error of the system in a chain of causes. The messages of other errors may quote the request. */
const systemError = (input: unknown, depth = 0): SystemError | undefined => {
  if (isSystemError(input)) return input
  return depth < 8 && Predicate.hasProperty(input, "cause") ? systemError(input.cause, depth + 1) : undefined
}

/**
 * Turns an error of a library into a fault of the transport. Such a library does not say whether it sent the request, so the error of
 * the system decides.
 */
export const guess = (error: unknown, failed: "request" | "answer"): TransportFault => {
  const system = systemError(error)
  const never = system === undefined && failed === "request" ? unopened(error) : undefined
  if (never !== undefined) return new TransportFault({ ...never, sent: false })
  if (isTlsAlert(system)) return new TransportFault({ reason: needsTls, sent: false, permanent: true })
  const fallback = failed === "request" ? "the request could not be sent" : "the answer could not be read"
  const message = system === undefined ? fallback : system.message || system.code
  return new TransportFault({
    reason: notTls.has(system?.code ?? "") ? needsNoTls : message,
    sent: failed === "answer" || system === undefined || !unsent.has(system.code),
    permanent: isPermanent(system)
  })
}
