/** Asks STS, the Security Token Service, for a temporary key. */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Action from "../../../../domain/contract/Action.js"
import { isApiError } from "../../../../domain/errors/ApiError.js"
import { CredentialsUnavailable } from "../../../../domain/errors/ClientError.js"
import * as ErrorCode from "../../../../domain/errors/ErrorCode.js"
import * as Issue from "../../../../domain/errors/Issue.js"
import type * as Credential from "../../../../domain/rules/Credential.js"
import { isRequestId } from "../../../../domain/wire/RequestId.js"
import * as ApiClient from "../../../../services/client/ApiClient.js"
import * as ClockSync from "../../../../services/client/ClockSync.js"
import { CredentialProvider } from "../../../../services/client/CredentialProvider.js"
import * as Signer from "../../../../services/client/Signer.js"
import * as Throttle from "../../../../services/client/Throttle.js"
import { Transport } from "../../../../services/client/Transport.js"
import type { StsOptions } from "./options.js"
import * as Variable from "./variable.js"

const common = {
  product: "sts",
  version: "2018-08-13",
  // Each call returns a new key and takes none away, so it may be repeated.
  readOnly: true,
  response: Schema.Struct({
    Credentials: Schema.Struct({ TmpSecretId: Schema.String, TmpSecretKey: Schema.String, Token: Schema.String }),
    /** In UNIX seconds. */
    ExpiredTime: Schema.Int
  }),
  errors: []
} as const

const session = {
  RoleArn: Schema.String,
  RoleSessionName: Schema.String.pipe(
    Schema.pattern(/^[\w+=,.@-]{2,128}$/, { description: "2 to 128 letters, digits and `+=,.@_-`" })
  ),
  DurationSeconds: Schema.optional(
    Schema.Int.pipe(Schema.between(1, 43_200, { description: "a number between 1 and 43200" }))
  )
}

/** https://www.tencentcloud.com/document/product/1150/49456 */
export const AssumeRole = Action.make("AssumeRole", {
  ...common,
  request: Schema.Struct({
    ...session,
    /** Encoded as in a URL. */
    Policy: Schema.optional(Schema.String),
    ExternalId: Schema.optional(Schema.String)
  })
})

/** https://www.tencentcloud.com/document/product/1150/49454 */
export const AssumeRoleWithWebIdentity = Action.make("AssumeRoleWithWebIdentity", {
  ...common,
  unsigned: true,
  request: Schema.Struct({ ...session, ProviderId: Schema.String, WebIdentityToken: Schema.String })
})

type Contract = typeof AssumeRole | typeof AssumeRoleWithWebIdentity

const toCredential = ({ Credentials, ExpiredTime }: Action.Action.Response<Contract>): Credential.Credential.Input => ({
  secretId: Credentials.TmpSecretId,
  secretKey: Redacted.make(Credentials.TmpSecretKey),
  token: Redacted.make(Credentials.Token),
  expiresAt: ExpiredTime
})

/** Says why there is no key, as a clause. It repeats nothing of the answer but a code and a RequestId that look like one. */
const toReason = (error: Action.Action.Error<Contract>): string => {
  if (isApiError(error) || error._tag === "UnrecognizedError") {
    const code = ErrorCode.isErrorCode(error.code) ? ` with \`${error.code}\`` : ""
    const requestId = isRequestId(error.requestId) ? `, RequestId ${error.requestId}` : ""
    return `STS rejected the request${code}${requestId}`
  }
  switch (error._tag) {
    case "TransportError":
      return `asking ${error.host} failed: ${error.reason}`
    case "RequestTimeout":
      return `${error.host} gave no answer within ${Duration.format(error.after)}`
    case "MalformedResponse":
      return `${error.host} answered with HTTP ${error.status} and a body that ${error.reason}`
    case "InvalidRequestInput":
      return error.issues.map(Issue.format).join(", ")
    case "CredentialsUnavailable":
      return error.message
  }
}

/** Where to ask, and how. */
export interface Settings extends StsOptions {
  /** The host that the profile of the program has for STS. The environment comes before it. */
  readonly profileEndpoint?: string | undefined
}

const endpointOf = ({ endpoint, profileEndpoint }: Settings): Effect.Effect<string | undefined, string> =>
  endpoint !== undefined
    ? Effect.succeed(endpoint)
    : Effect.map(Variable.first("TENCENTCLOUD_ENDPOINT_STS", "TENCENTCLOUD_ENDPOINT"), (found) =>
        Option.getOrElse(found, () => profileEndpoint)
      )

/** The members that every request for a session has. */
export const sessionOf = ({ duration, sessionName }: StsOptions, roleArn: string) =>
  Effect.map(Clock.currentTimeMillis, (now) => ({
    RoleArn: roleArn,
    RoleSessionName: sessionName ?? `effect-tencentcloud-${now}`,
    ...(duration === undefined ? {} : { DurationSeconds: Math.floor(Duration.toSeconds(duration)) })
  }))

/** Asks STS for a key. It signs the call with another key, or does not sign it. */
export type Obtain = (
  key: Credential.Credential | undefined,
  call: (
    client: ApiClient.ApiClient["Type"]
  ) => Effect.Effect<Action.Action.Success<Contract>, Action.Action.Error<Contract>>,
  settings: Settings
) => Effect.Effect<Credential.Credential.Input, string>

/** Makes a function that asks STS for a key, over a transport that limits the size of an answer. */
export const make = (transport: Transport["Type"]): Effect.Effect<Obtain> =>
  Effect.map(ClockSync.make({ learns: true }), (clock): Obtain => {
    const services = Context.make(Transport, transport).pipe(
      Context.add(ClockSync.ClockSync, clock),
      Context.add(Throttle.Throttle, Throttle.unlimited)
    )
    return (key, call, settings) =>
      Effect.flatMap(endpointOf(settings), (endpoint) =>
        // A span would hold the message of an error, which may quote the request.
        ApiClient.make({ endpoint, tracing: false }).pipe(
          Effect.flatMap(call),
          Effect.mapBoth({ onFailure: toReason, onSuccess: toCredential }),
          Effect.provideServiceEffect(Signer.Signer, Signer.make),
          // If STS rejects the key, the next search looks for another one. One search asks its source once.
          Effect.provideService(CredentialProvider, {
            get: key === undefined ? Effect.fail(new CredentialsUnavailable({ sources: [] })) : Effect.succeed(key),
            refresh: Effect.succeed(false)
          }),
          Effect.provide(services)
        )
      )
  })
