/**
 * The one handler: a case for each code that a call can fail with. Leave one out, and it does not compile.
 */
import * as Effect from "effect/Effect"
import type { Action } from "effect-tencentcloud/Action"
import { type ApiError, catchEveryTag } from "effect-tencentcloud/ApiError"
import * as CommonError from "effect-tencentcloud/CommonError"
import type { DescribeTask } from "../volumes/contract.js"

/** The failures of the tour's calls: no action declares more than this one. */
export type Failure = Action.Error<typeof DescribeTask.action>

/** What a case returns for a failure. */
export interface Handled {
  readonly error: Failure
  /** The class that the case handles. Undefined if the tour does not provoke its failure. */
  readonly by: ApiError.AnyClass | undefined
}

/** The case for a class. */
const by =
  <C extends ApiError.AnyClass>(errorClass: C) =>
  (error: Failure & InstanceType<C>): Effect.Effect<Handled> =>
    Effect.succeed({ error, by: errorClass })

/** The case for a failure that is newer than the tour's specification, or that the client makes itself. */
const unexpected = (error: Failure): Effect.Effect<Handled> => Effect.succeed({ error, by: undefined })

export const handle = <A, R>(self: Effect.Effect<A, Failure, R>): Effect.Effect<A | Handled, never, R> =>
  self.pipe(
    catchEveryTag({
      "AuthFailure.InvalidSecretId": by(CommonError.AuthFailureInvalidSecretId),
      "AuthFailure.MFAFailure": by(CommonError.AuthFailureMFAFailure),
      "AuthFailure.SecretIdNotFound": by(CommonError.AuthFailureSecretIdNotFound),
      "AuthFailure.SignatureExpire": by(CommonError.AuthFailureSignatureExpire),
      "AuthFailure.SignatureFailure": by(CommonError.AuthFailureSignatureFailure),
      "AuthFailure.TokenFailure": by(CommonError.AuthFailureTokenFailure),
      "AuthFailure.UnauthorizedOperation": by(CommonError.AuthFailureUnauthorizedOperation),
      DryRunOperation: by(CommonError.DryRunOperation),
      FailedOperation: by(CommonError.FailedOperation),
      InternalError: by(CommonError.InternalError),
      InvalidAction: by(CommonError.InvalidAction),
      InvalidParameter: by(CommonError.InvalidParameter),
      InvalidParameterValue: by(CommonError.InvalidParameterValue),
      LimitExceeded: by(CommonError.LimitExceeded),
      MissingParameter: by(CommonError.MissingParameter),
      NoSuchVersion: by(CommonError.NoSuchVersion),
      RequestLimitExceeded: by(CommonError.RequestLimitExceeded),
      ResourceInUse: by(CommonError.ResourceInUse),
      ResourceInsufficient: by(CommonError.ResourceInsufficient),
      ResourceNotFound: by(CommonError.ResourceNotFound),
      ResourceUnavailable: by(CommonError.ResourceUnavailable),
      UnauthorizedOperation: by(CommonError.UnauthorizedOperation),
      UnknownParameter: by(CommonError.UnknownParameter),
      UnsupportedOperation: by(CommonError.UnsupportedOperation),
      UnsupportedProtocol: by(CommonError.UnsupportedProtocol),
      UnsupportedRegion: by(CommonError.UnsupportedRegion),

      "InternalError.AsyncRequestError": by(CommonError.InternalErrorAsyncRequestError),

      ActionOffline: unexpected,
      "AuthFailure.InvalidAuthorization": unexpected,
      InvalidRequest: unexpected,
      IpInBlacklist: unexpected,
      IpNotInWhitelist: unexpected,
      NoSuchProduct: unexpected,
      "RequestLimitExceeded.GlobalRegionUinLimitExceeded": unexpected,
      "RequestLimitExceeded.IPLimitExceeded": unexpected,
      "RequestLimitExceeded.UinLimitExceeded": unexpected,
      RequestSizeLimitExceeded: unexpected,
      ResponseSizeLimitExceeded: unexpected,
      ServiceUnavailable: unexpected,

      UnrecognizedError: unexpected,
      TransportError: unexpected,
      RequestTimeout: unexpected,
      MalformedResponse: unexpected,
      CredentialsUnavailable: unexpected,
      InvalidRequestInput: unexpected
    })
  )
