/**
 * Failures on this side of the wire: what can go wrong before an answer is read, or while it is.
 *
 * A message is made from the fields, and tells what happened, where, and what to do next. None of them holds a key, a
 * token or a body in clear.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import * as Issue from "./Issue.js"

const at = (call: { readonly action: string; readonly host: string }): string => `${call.action} at ${call.host}`

/**
 * The request or its answer did not get through: no connection, a broken one, a host name that is not known.
 *
 * @since 0.1.0
 * @category models
 */
export class TransportError extends Data.TaggedError("TransportError")<{
  readonly message: string
  readonly action: string
  readonly host: string
  /** What the network said: `connect ECONNREFUSED 127.0.0.1:443`. */
  readonly reason: string
  /** Whether the request may have reached the service, and so may have been carried out. */
  readonly sent: boolean
  /**
   * Whether calling this host again would end in the same way: its certificate is not to be trusted, a proxy lets nobody through,
   * the answer is too large or cannot be decompressed. False where that is not known.
   */
  readonly permanent: boolean
}> {
  /** `permanent` is false where it is not given. */
  constructor(props: Omit<TransportError.Props, "message">) {
    const permanent = props.permanent ?? false
    const [fate, advice] = props.sent
      ? ["It may have been carried out", "find out before calling again"]
      : ["Nothing was sent", "check the host name, the network and the proxy"]
    super({
      ...props,
      permanent,
      message: `${at(props)} did not get through: ${props.reason}. ${fate}${
        permanent ? ", and calling again would end in the same way" : `: ${advice}`
      }.`
    })
  }
}

/**
 * What goes with a {@link TransportError}.
 *
 * @since 0.1.0
 * @category models
 */
export declare namespace TransportError {
  /**
   * The fields of the error.
   *
   * @since 0.1.0
   * @category models
   */
  export type Props = Pick<TransportError, "message" | "action" | "host" | "reason" | "sent"> & {
    readonly permanent?: boolean | undefined
  }
}

/**
 * No answer came in time: within one attempt, or within the whole call, retries included.
 *
 * @since 0.1.0
 * @category models
 */
export class RequestTimeout extends Data.TaggedError("RequestTimeout")<{
  readonly message: string
  readonly action: string
  readonly host: string
  readonly scope: "attempt" | "call"
  readonly after: Duration.Duration
}> {
  constructor(props: Pick<RequestTimeout, "action" | "host" | "scope" | "after">) {
    const limit = props.scope === "attempt" ? "`timeout`" : "`deadline`"
    super({
      ...props,
      message: `${at(props)} gave no answer within ${Duration.format(props.after)}, the ${limit} of the ${
        props.scope
      }. It may have been carried out: find out before calling again, or allow it more time.`
    })
  }
}

/**
 * An answer that is not what the protocol says: a page of HTML from a proxy, broken JSON, no envelope, or a result that
 * does not fit the action's contract.
 *
 * @since 0.1.0
 * @category models
 */
export class MalformedResponse extends Data.TaggedError("MalformedResponse")<{
  readonly message: string
  readonly action: string
  readonly host: string
  /** The HTTP status; API 3.0 answers with 200 always, so any other comes from something in between. */
  readonly status: number
  /** The `Content-Type` of the answer, or an empty text. */
  readonly contentType: string
  readonly reason: string
  /** Whether the body broke off, so that a second call may well succeed. */
  readonly truncated: boolean
  /** Empty where the answer had none. */
  readonly requestId: string
  /** The raw body, for the one who asks for it: `Redacted.value(error.body)`. Answers hold secrets too. */
  readonly body: Redacted.Redacted
}> {
  constructor(
    props: Pick<
      MalformedResponse,
      "action" | "host" | "status" | "contentType" | "reason" | "truncated" | "requestId" | "body"
    >
  ) {
    const type = props.contentType === "" ? "no Content-Type" : `Content-Type ${props.contentType}`
    super({
      ...props,
      message: `${at(props)} answered with HTTP ${props.status}, ${type}, and a body that ${props.reason}. ${
        props.status === 200
          ? "The raw body is in the error's `body`."
          : "API 3.0 itself always answers with 200: look at what stands in between, a proxy or a load balancer."
      }`
    })
  }
}

/**
 * One place where a credential was looked for.
 *
 * @since 0.1.0
 * @category models
 */
export interface CredentialSource {
  /** The place: `environment`, `static`. */
  readonly source: string
  /** Why it had none, without anything secret. */
  readonly reason: string
}

/**
 * There is no key to sign with. Names each source that was asked, and why it had none.
 *
 * @since 0.1.0
 * @category models
 */
export class CredentialsUnavailable extends Data.TaggedError("CredentialsUnavailable")<{
  readonly message: string
  readonly sources: ReadonlyArray<CredentialSource>
}> {
  constructor(props: { readonly sources: ReadonlyArray<CredentialSource> }) {
    super({
      ...props,
      message: `No credential to sign with. ${props.sources.map(({ reason, source }) => `${source}: ${reason}`).join("; ")}.`
    })
  }
}

/**
 * The request does not fit the action's contract, or an option of the call is wrong. Found before anything was sent.
 *
 * @since 0.1.0
 * @category models
 */
export class InvalidRequestInput extends Data.TaggedError("InvalidRequestInput")<{
  readonly message: string
  readonly action: string
  /** Every fault that was found. */
  readonly issues: ReadonlyArray<Issue.Issue>
}> {
  constructor(props: Pick<InvalidRequestInput, "action" | "issues">) {
    super({
      ...props,
      message: `The input of ${props.action} is wrong, and nothing was sent. ${props.issues.map(Issue.format).join("; ")}.`
    })
  }
}

/**
 * Any failure on this side of the wire.
 *
 * @since 0.1.0
 * @category models
 */
export type ClientError =
  | TransportError
  | RequestTimeout
  | MalformedResponse
  | CredentialsUnavailable
  | InvalidRequestInput
