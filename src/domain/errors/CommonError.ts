/**
 * The errors that any action can answer with. Each code has a class, whose name is the code without its dots.
 *
 * The first 26 are the common codes of the specification. The next 12 are newer codes of the published list
 * (https://www.tencentcloud.com/document/api/213/30435). Only actions that declare `InternalErrorAsyncRequestError` answer
 * with it.
 *
 * @since 0.1.0
 */
import { ApiError } from "./ApiError.js"

/**
 * `AuthFailure.InvalidSecretId`: the SecretId is not that of a cloud API key.
 *
 * @since 0.1.0
 * @category common errors
 */
export class AuthFailureInvalidSecretId extends /* #__PURE__ */ ApiError("AuthFailure.InvalidSecretId") {}

/**
 * `AuthFailure.MFAFailure`: the key requires multi-factor authentication.
 *
 * @since 0.1.0
 * @category common errors
 */
export class AuthFailureMFAFailure extends /* #__PURE__ */ ApiError("AuthFailure.MFAFailure") {}

/**
 * `AuthFailure.SecretIdNotFound`: the key does not exist. It is mistyped, deleted or disabled, or it is a
 * temporary one without its token.
 *
 * @since 0.1.0
 * @category common errors
 */
export class AuthFailureSecretIdNotFound extends /* #__PURE__ */ ApiError("AuthFailure.SecretIdNotFound") {}

/**
 * `AuthFailure.SignatureExpire`: the timestamp is more than 5 minutes away from the server's time.
 *
 * @since 0.1.0
 * @category common errors
 */
export class AuthFailureSignatureExpire extends /* #__PURE__ */ ApiError("AuthFailure.SignatureExpire") {}

/**
 * `AuthFailure.SignatureFailure`: the signature is not the one that the server computes.
 *
 * @since 0.1.0
 * @category common errors
 */
export class AuthFailureSignatureFailure extends /* #__PURE__ */ ApiError("AuthFailure.SignatureFailure") {}

/**
 * `AuthFailure.TokenFailure`: the token of a temporary key is wrong or has expired.
 *
 * @since 0.1.0
 * @category common errors
 */
export class AuthFailureTokenFailure extends /* #__PURE__ */ ApiError("AuthFailure.TokenFailure") {}

/**
 * `AuthFailure.UnauthorizedOperation`: CAM does not grant the action.
 *
 * @since 0.1.0
 * @category common errors
 */
export class AuthFailureUnauthorizedOperation extends /* #__PURE__ */ ApiError("AuthFailure.UnauthorizedOperation") {}

/**
 * `DryRunOperation`: the request would have succeeded, but it asked for a dry run, so the service did nothing.
 *
 * @since 0.1.0
 * @category common errors
 */
export class DryRunOperation extends /* #__PURE__ */ ApiError("DryRunOperation") {}

/**
 * `FailedOperation`: the operation failed.
 *
 * @since 0.1.0
 * @category common errors
 */
export class FailedOperation extends /* #__PURE__ */ ApiError("FailedOperation") {}

/**
 * `InternalError`: the service failed.
 *
 * @since 0.1.0
 * @category common errors
 */
export class InternalError extends /* #__PURE__ */ ApiError("InternalError") {}

/**
 * `InvalidAction`: the product has no such action in this version.
 *
 * @since 0.1.0
 * @category common errors
 */
export class InvalidAction extends /* #__PURE__ */ ApiError("InvalidAction") {}

/**
 * `InvalidParameter`: a parameter is wrong. Most often it has the wrong type.
 *
 * @since 0.1.0
 * @category common errors
 */
export class InvalidParameter extends /* #__PURE__ */ ApiError("InvalidParameter") {}

/**
 * `InvalidParameterValue`: a parameter has a value that is not allowed.
 *
 * @since 0.1.0
 * @category common errors
 */
export class InvalidParameterValue extends /* #__PURE__ */ ApiError("InvalidParameterValue") {}

/**
 * `LimitExceeded`: a quota is used up, and another call does not help. Some children of this code limit calls per time
 * instead, and are throttling.
 *
 * @since 0.1.0
 * @category common errors
 */
export class LimitExceeded extends /* #__PURE__ */ ApiError("LimitExceeded") {}

/**
 * `MissingParameter`: a required parameter is missing.
 *
 * @since 0.1.0
 * @category common errors
 */
export class MissingParameter extends /* #__PURE__ */ ApiError("MissingParameter") {}

/**
 * `NoSuchVersion`: the product has no such version.
 *
 * @since 0.1.0
 * @category common errors
 */
export class NoSuchVersion extends /* #__PURE__ */ ApiError("NoSuchVersion") {}

/**
 * `RequestLimitExceeded`: too many calls of this action in one second.
 *
 * @since 0.1.0
 * @category common errors
 */
export class RequestLimitExceeded extends /* #__PURE__ */ ApiError("RequestLimitExceeded") {}

/**
 * `ResourceInUse`: the resource is occupied.
 *
 * @since 0.1.0
 * @category common errors
 */
export class ResourceInUse extends /* #__PURE__ */ ApiError("ResourceInUse") {}

/**
 * `ResourceInsufficient`: there is not enough of the resource in stock.
 *
 * @since 0.1.0
 * @category common errors
 */
export class ResourceInsufficient extends /* #__PURE__ */ ApiError("ResourceInsufficient") {}

/**
 * `ResourceNotFound`: the resource does not exist.
 *
 * @since 0.1.0
 * @category common errors
 */
export class ResourceNotFound extends /* #__PURE__ */ ApiError("ResourceNotFound") {}

/**
 * `ResourceUnavailable`: the resource is not available in its current state.
 *
 * @since 0.1.0
 * @category common errors
 */
export class ResourceUnavailable extends /* #__PURE__ */ ApiError("ResourceUnavailable") {}

/**
 * `UnauthorizedOperation`: the caller may not do this.
 *
 * @since 0.1.0
 * @category common errors
 */
export class UnauthorizedOperation extends /* #__PURE__ */ ApiError("UnauthorizedOperation") {}

/**
 * `UnknownParameter`: the action has no such parameter.
 *
 * @since 0.1.0
 * @category common errors
 */
export class UnknownParameter extends /* #__PURE__ */ ApiError("UnknownParameter") {}

/**
 * `UnsupportedOperation`: the state of the resource does not support the operation.
 *
 * @since 0.1.0
 * @category common errors
 */
export class UnsupportedOperation extends /* #__PURE__ */ ApiError("UnsupportedOperation") {}

/**
 * `UnsupportedProtocol`: the service does not accept the HTTP method or the content type. API 3.0 accepts GET and POST.
 *
 * @since 0.1.0
 * @category common errors
 */
export class UnsupportedProtocol extends /* #__PURE__ */ ApiError("UnsupportedProtocol") {}

/**
 * `UnsupportedRegion`: the action is not offered in this region.
 *
 * @since 0.1.0
 * @category common errors
 */
export class UnsupportedRegion extends /* #__PURE__ */ ApiError("UnsupportedRegion") {}

/**
 * `ActionOffline`: the action is out of service.
 *
 * @since 0.1.0
 * @category newer common errors
 */
export class ActionOffline extends /* #__PURE__ */ ApiError("ActionOffline") {}

/**
 * `AuthFailure.InvalidAuthorization`: the `Authorization` header is malformed.
 *
 * @since 0.1.0
 * @category newer common errors
 */
export class AuthFailureInvalidAuthorization extends /* #__PURE__ */ ApiError("AuthFailure.InvalidAuthorization") {}

/**
 * `InvalidRequest`: the request's body is malformed.
 *
 * @since 0.1.0
 * @category newer common errors
 */
export class InvalidRequest extends /* #__PURE__ */ ApiError("InvalidRequest") {}

/**
 * `IpInBlacklist`: the caller's address is on the deny list.
 *
 * @since 0.1.0
 * @category newer common errors
 */
export class IpInBlacklist extends /* #__PURE__ */ ApiError("IpInBlacklist") {}

/**
 * `IpNotInWhitelist`: the caller's address is not on the allow list.
 *
 * @since 0.1.0
 * @category newer common errors
 */
export class IpNotInWhitelist extends /* #__PURE__ */ ApiError("IpNotInWhitelist") {}

/**
 * `NoSuchProduct`: there is no such product.
 *
 * @since 0.1.0
 * @category newer common errors
 */
export class NoSuchProduct extends /* #__PURE__ */ ApiError("NoSuchProduct") {}

/**
 * `RequestLimitExceeded.GlobalRegionUinLimitExceeded`: too many calls of the whole account, over all regions, in one second.
 *
 * @since 0.1.0
 * @category newer common errors
 */
export class RequestLimitExceededGlobalRegionUinLimitExceeded extends /* #__PURE__ */ ApiError(
  "RequestLimitExceeded.GlobalRegionUinLimitExceeded"
) {}

/**
 * `RequestLimitExceeded.IPLimitExceeded`: too many calls from one address in one second.
 *
 * @since 0.1.0
 * @category newer common errors
 */
export class RequestLimitExceededIPLimitExceeded extends /* #__PURE__ */ ApiError(
  "RequestLimitExceeded.IPLimitExceeded"
) {}

/**
 * `RequestLimitExceeded.UinLimitExceeded`: too many calls of the whole account in one second.
 *
 * @since 0.1.0
 * @category newer common errors
 */
export class RequestLimitExceededUinLimitExceeded extends /* #__PURE__ */ ApiError(
  "RequestLimitExceeded.UinLimitExceeded"
) {}

/**
 * `RequestSizeLimitExceeded`: the request is larger than its form allows.
 *
 * @since 0.1.0
 * @category newer common errors
 */
export class RequestSizeLimitExceeded extends /* #__PURE__ */ ApiError("RequestSizeLimitExceeded") {}

/**
 * `ResponseSizeLimitExceeded`: the answer would be too large. Ask for less at a time.
 *
 * @since 0.1.0
 * @category newer common errors
 */
export class ResponseSizeLimitExceeded extends /* #__PURE__ */ ApiError("ResponseSizeLimitExceeded") {}

/**
 * `ServiceUnavailable`: the service cannot answer now.
 *
 * @since 0.1.0
 * @category newer common errors
 */
export class ServiceUnavailable extends /* #__PURE__ */ ApiError("ServiceUnavailable") {}

/**
 * `InternalError.AsyncRequestError`: an asynchronous task failed, or its state is unavailable.
 *
 * @since 0.1.0
 * @category service errors
 */
export class InternalErrorAsyncRequestError extends /* #__PURE__ */ ApiError("InternalError.AsyncRequestError") {}

/**
 * The classes of all common errors.
 *
 * @since 0.1.0
 * @category tables
 */
export const classes = [
  AuthFailureInvalidSecretId,
  AuthFailureMFAFailure,
  AuthFailureSecretIdNotFound,
  AuthFailureSignatureExpire,
  AuthFailureSignatureFailure,
  AuthFailureTokenFailure,
  AuthFailureUnauthorizedOperation,
  DryRunOperation,
  FailedOperation,
  InternalError,
  InvalidAction,
  InvalidParameter,
  InvalidParameterValue,
  LimitExceeded,
  MissingParameter,
  NoSuchVersion,
  RequestLimitExceeded,
  ResourceInUse,
  ResourceInsufficient,
  ResourceNotFound,
  ResourceUnavailable,
  UnauthorizedOperation,
  UnknownParameter,
  UnsupportedOperation,
  UnsupportedProtocol,
  UnsupportedRegion,
  ActionOffline,
  AuthFailureInvalidAuthorization,
  InvalidRequest,
  IpInBlacklist,
  IpNotInWhitelist,
  NoSuchProduct,
  RequestLimitExceededGlobalRegionUinLimitExceeded,
  RequestLimitExceededIPLimitExceeded,
  RequestLimitExceededUinLimitExceeded,
  RequestSizeLimitExceeded,
  ResponseSizeLimitExceeded,
  ServiceUnavailable
] as const

/**
 * Any common error.
 *
 * @since 0.1.0
 * @category models
 */
export type CommonError =
  | AuthFailureInvalidSecretId
  | AuthFailureMFAFailure
  | AuthFailureSecretIdNotFound
  | AuthFailureSignatureExpire
  | AuthFailureSignatureFailure
  | AuthFailureTokenFailure
  | AuthFailureUnauthorizedOperation
  | DryRunOperation
  | FailedOperation
  | InternalError
  | InvalidAction
  | InvalidParameter
  | InvalidParameterValue
  | LimitExceeded
  | MissingParameter
  | NoSuchVersion
  | RequestLimitExceeded
  | ResourceInUse
  | ResourceInsufficient
  | ResourceNotFound
  | ResourceUnavailable
  | UnauthorizedOperation
  | UnknownParameter
  | UnsupportedOperation
  | UnsupportedProtocol
  | UnsupportedRegion
  | ActionOffline
  | AuthFailureInvalidAuthorization
  | InvalidRequest
  | IpInBlacklist
  | IpNotInWhitelist
  | NoSuchProduct
  | RequestLimitExceededGlobalRegionUinLimitExceeded
  | RequestLimitExceededIPLimitExceeded
  | RequestLimitExceededUinLimitExceeded
  | RequestSizeLimitExceeded
  | ResponseSizeLimitExceeded
  | ServiceUnavailable

/**
 * The codes of the common errors.
 *
 * @since 0.1.0
 * @category models
 */
export type CommonCode = CommonError["_tag"]
