/**
 * Failures on the client's side: before an answer arrives, or while the client reads it.
 *
 * The fields of an error make its message, which says what happened, where, and what to do next. No message contains a key,
 * a token or a body.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import type * as Redacted from "effect/Redacted"
import * as Issue from "./Issue.js"
import { line, type Place, tagged } from "./internal/printedError.js"

const at = (call: { readonly action: string; readonly host: string }): string => `${call.action} at ${call.host}`

/** What the sentences of these errors say already. */
const inSentence = ["product", "action", "host"] as const

/** Where a failure of a call comes from, as far as its maker knows. */
type Call = Pick<Place, "product" | "region">

/**
 * The request or its answer did not get through: there is no connection, it broke, or the host name is unknown.
 *
 * @since 0.1.0
 * @category models
 */
export class TransportError extends tagged("TransportError", "network")<{
  readonly product: string
  readonly action: string
  readonly region?: string | undefined
  readonly host: string
  /** The network's own message: `connect ECONNREFUSED 127.0.0.1:443`. */
  readonly reason: string
  /** Whether the request may have reached the service, so that the operation may have happened. */
  readonly sent: boolean
  /**
   * Whether another call to this host would fail in the same way. Causes are a certificate that is not trusted, a proxy that
   * rejects the client, or an answer that is too large or cannot be decompressed. False if that is unknown.
   */
  readonly permanent: boolean
}> {
  /** `permanent` is false by default. */
  constructor(props: TransportError.Props) {
    super({ ...props, product: props.product ?? "", permanent: props.permanent ?? false })
  }
  override get message(): string {
    const [fate, advice] = this.sent
      ? ["The operation may have happened", "check before you call again"]
      : ["Nothing was sent", "check the host name, the network and the proxy"]
    const next = this.permanent ? ", and another call would fail in the same way" : `: ${advice}`
    return line(this, `${at(this)} did not get through: ${this.reason}. ${fate}${next}.`, inSentence)
  }
}

/**
 * The fields of a {@link TransportError}.
 *
 * @since 0.1.0
 * @category models
 */
export declare namespace TransportError {
  /**
   * The fields of a new error.
   *
   * @since 0.1.0
   * @category models
   */
  export type Props = Call &
    Pick<TransportError, "action" | "host" | "reason" | "sent"> & {
      readonly permanent?: boolean | undefined
    }
}

/** What did not happen in time. */
const missed = {
  attempt: (after: string) => `gave no answer within ${after}, the \`timeout\` of the attempt`,
  call: (after: string) => `gave no answer within ${after}, the \`deadline\` of the call`,
  idle: (after: string) => `sent no event for ${after}, the \`idleTimeout\` of the stream`
}

/**
 * No answer came in time: within one attempt, or within the whole call with its retries. `idle` is a stream that began to answer, and
 * then sent no further event in time.
 *
 * @since 0.1.0
 * @category models
 */
export class RequestTimeout extends tagged("RequestTimeout", "network")<{
  readonly product: string
  readonly action: string
  readonly region?: string | undefined
  readonly host: string
  readonly scope: "attempt" | "call" | "idle"
  readonly after: Duration.Duration
  /** Whether the request may have reached the service, so that the operation may have happened. */
  readonly sent: boolean
}> {
  /** `sent` is true by default. */
  constructor(
    props: Call & Pick<RequestTimeout, "action" | "host" | "scope" | "after"> & { readonly sent?: boolean | undefined }
  ) {
    super({ ...props, product: props.product ?? "", sent: props.sent ?? true })
  }
  override get message(): string {
    const what = missed[this.scope](Duration.format(this.after))
    const next = this.sent
      ? "The operation may have happened: check before you call again, or allow more time."
      : "Nothing was sent: it waited for a connection. Call again, or allow more time or more connections."
    return line(this, `${at(this)} ${what}. ${next}`, inSentence)
  }
}

/**
 * An answer that does not follow the protocol: an HTML page of a proxy, broken JSON, no envelope, or a result that does not
 * fit the action's contract.
 *
 * @since 0.1.0
 * @category models
 */
export class MalformedResponse extends tagged("MalformedResponse", "protocol")<{
  readonly product: string
  readonly action: string
  readonly region?: string | undefined
  readonly host: string
  /** The HTTP status. API 3.0 always answers with 200, so any other comes from a proxy or a load balancer. */
  readonly status: number
  /** The `Content-Type` of the answer. Empty if it had none. */
  readonly contentType: string
  readonly reason: string
  /** Whether the body broke off, so that a second call may succeed. */
  readonly truncated: boolean
  /** Undefined if the answer had none. */
  readonly requestId: string | undefined
  /** The raw body: `Redacted.value(error.body)`. It is redacted because an answer may contain secrets. */
  readonly body: Redacted.Redacted
}> {
  constructor(
    props: Call &
      Pick<
        MalformedResponse,
        "action" | "host" | "status" | "contentType" | "reason" | "truncated" | "requestId" | "body"
      >
  ) {
    super({ ...props, product: props.product ?? "", requestId: props.requestId === "" ? undefined : props.requestId })
  }
  override get message(): string {
    const type = this.contentType === "" ? "no Content-Type" : `Content-Type ${this.contentType}`
    const advice =
      this.status === 200
        ? "The raw body is in the error's `body`."
        : "API 3.0 itself always answers with 200: check what is in between, such as a proxy or a load balancer."
    return line(
      this,
      `${at(this)} answered with HTTP ${this.status}, ${type}, and a body that ${this.reason}. ${advice}`,
      inSentence
    )
  }
}

/**
 * A source of credentials that had none.
 *
 * @since 0.1.0
 * @category models
 */
export interface CredentialSource {
  /** The name of the source: `environment`, `static`. */
  readonly source: string
  /** Why it had none. Contains no secret. */
  readonly reason: string
}

/**
 * There is no key to sign with. The error names each source that was tried, and why it had none.
 *
 * @since 0.1.0
 * @category models
 */
export class CredentialsUnavailable extends tagged("CredentialsUnavailable", "authentication")<{
  readonly region?: string | undefined
  readonly host?: string | undefined
  readonly sources: ReadonlyArray<CredentialSource>
}> {
  constructor(props: Place & { readonly sources: ReadonlyArray<CredentialSource> }) {
    super(props)
  }
  override get message(): string {
    const reasons = this.sources.map(({ reason, source }) => `${source}: ${reason}`).join("; ")
    return line(this, `No credential to sign with. ${reasons}.`, inSentence)
  }
}

/**
 * The request does not fit the action's contract, or an option of the call is wrong. Nothing was sent.
 *
 * @since 0.1.0
 * @category models
 */
export class InvalidRequestInput extends tagged("InvalidRequestInput", "validation")<{
  readonly product: string
  readonly action: string
  readonly region?: string | undefined
  /** Every fault in the request. */
  readonly issues: ReadonlyArray<Issue.Issue>
}> {
  constructor(props: Call & Pick<InvalidRequestInput, "action" | "issues">) {
    super({ ...props, product: props.product ?? "" })
  }
  override get message(): string {
    const faults = this.issues.map(Issue.format).join("; ")
    return line(this, `The input of ${this.action} is wrong, and nothing was sent. ${faults}.`, inSentence)
  }
}

/**
 * Any failure on the client's side.
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
