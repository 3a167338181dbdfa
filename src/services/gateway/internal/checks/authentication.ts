/**
 * The checks that find who calls, and prove it.
 *
 * @since 0.1.0
 */

import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as CommonError from "../../../../domain/errors/CommonError.js"
import * as Message from "../../../../domain/rules/Message.js"
import * as Host from "../../../../domain/wire/Host.js"
import * as Signature from "../../../../domain/wire/Signature.js"
import * as SignatureV1 from "../../../../domain/wire/SignatureV1.js"
import * as Timestamp from "../../../../domain/wire/Timestamp.js"
import * as Step from "../../../internal/runtime/step.js"
import { CredentialValidator, type Reason, type Rejected, type Signed } from "../../CredentialValidator.js"
import type { Key } from "../../KeyStore.js"
import * as ReplayGuard from "../../ReplayGuard.js"
import { TimestampValidator } from "../../TimestampValidator.js"
import { askPort, passOn } from "../askPort.js"
import { type Caller, type Check, make, type RequestContext } from "../check.js"
import { always, refuse, refuseTooEarly } from "../refusal.js"

type Checked = Effect.Effect<RequestContext, CommonError.CommonError>

const anonymous: Caller = { _tag: "Anonymous" }

/**
 * The header `Authorization` is well formed. Its service is the product, and its date is the UTC day of the timestamp. If an action
 * may be called unsigned and the header says `SKIP`, the caller is anonymous, and no later check asks for a key or a signature.
 *
 * @since 0.1.0
 * @category checks
 */
export const authorization: Check<never, "authorization"> = /* #__PURE__ */ make("authorization", {
  needs: ["signature", "common", "route"],
  run: (context) => {
    const { common, route, signature, wire } = context
    if (signature !== "v3") return Effect.succeed(context)
    if (route.action.unsigned && wire.headers.authorization === "SKIP") {
      return Effect.succeed(context.with("caller", anonymous))
    }
    const parsed = Signature.parseAuthorization(wire.headers.authorization ?? "")
    if (Either.isLeft(parsed)) {
      return refuse(context, CommonError.AuthFailureInvalidAuthorization, Message.invalidAuthorization(parsed.left))
    }
    const { date, service } = parsed.right.scope
    const { product } = route.action
    // Clients sign the first label of the host that they call. If that is not a product, it says nothing.
    if (service !== product && Host.parse(wire.headers.host ?? "").label === product) {
      const message = Message.invalidAuthorization("`Service` in Credential not valid")
      return refuse(context, CommonError.AuthFailureInvalidAuthorization, message)
    }
    return date === Timestamp.utcDay(Number(common.timestamp))
      ? Effect.succeed(context.with("authorization", parsed.right))
      : refuse(context, CommonError.AuthFailureSignatureFailure, Message.signatureFailure)
  }
})

const expired = /* #__PURE__ */ always(CommonError.AuthFailureSignatureExpire, Message.signatureExpire)

const refuseExpired = (_: unknown, { language }: RequestContext) => expired(language)

/**
 * The `TimestampValidator` accepts the timestamp.
 *
 * @since 0.1.0
 * @category checks
 */
export const clock: Check<TimestampValidator, "clock"> = /* #__PURE__ */ make("clock", {
  needs: ["common"],
  run: (context) => {
    const timestamp = Number(context.common.timestamp)
    return askPort(TimestampValidator, context, (validator) => validator.validate(timestamp), passOn, refuseExpired)
  }
})

const unknownKey = /* #__PURE__ */ always(CommonError.AuthFailureSecretIdNotFound, Message.secretIdNotFound)
const wrongToken = /* #__PURE__ */ always(CommonError.AuthFailureTokenFailure, Message.tokenFailure)

/** The answer to each rejection of the `CredentialValidator`. The protocol does not tell them all apart. */
const rejections: Readonly<
  Record<Reason, (language: Message.Language) => Effect.Effect<never, CommonError.CommonError>>
> = {
  "malformed SecretId": /* #__PURE__ */ always(CommonError.AuthFailureInvalidSecretId, Message.invalidSecretId),
  "unknown SecretId": unknownKey,
  "disabled key": unknownKey,
  "missing token": unknownKey,
  "unexpected token": wrongToken,
  "wrong token": wrongToken,
  "expired token": wrongToken,
  "wrong signature": /* #__PURE__ */ always(CommonError.AuthFailureSignatureFailure, Message.signatureFailure),
  "missing MFA": /* #__PURE__ */ always(CommonError.AuthFailureMFAFailure, Message.mfaFailure)
}

const refuseRejected = ({ reason }: Rejected, { language }: RequestContext) => rejections[reason](language)

const passSigned = (key: Key, context: RequestContext): Checked =>
  Effect.succeed(context.with("caller", { _tag: "Signed", key }))

/**
 * The key exists and is enabled. A temporary key comes with its token.
 *
 * @since 0.1.0
 * @category checks
 */
export const key: Check<CredentialValidator, "key"> = /* #__PURE__ */ make("key", {
  needs: ["signature", "common"],
  run: (context) => {
    const { authorization, caller, common, named, signature } = context
    if (caller?._tag === "Anonymous") return Effect.succeed(context)
    const secretId = signature === "v1" ? (named?.get("SecretId") ?? "") : authorization?.secretId
    if (secretId === undefined) return refuseTooEarly(context, "key", "authorization")
    const claim = { secretId, token: common.token }
    return askPort(CredentialValidator, context, (validator) => validator.identify(claim), passSigned, refuseRejected)
  }
})

const sha256Header = "x-tc-content-sha256"

/** The signature of a request and what it signs, or the member that is missing to know it. */
const signedOf = (context: RequestContext.With<"common">): Either.Either<Signed, RequestContext.Member> => {
  const { authorization, common, flat, named, signature, wire } = context
  const { headers, method, path, query } = wire
  if (signature === "v1") {
    if (flat === undefined || named === undefined) return Either.left("flat")
    return Either.right({
      version: "v1",
      method,
      host: headers.host ?? "",
      path,
      parameters: flat,
      signature: named.get("Signature") ?? "",
      signatureMethod: SignatureV1.methodOf(named.get("SignatureMethod"))
    })
  }
  if (authorization === undefined) return Either.left("authorization")
  const stated = headers[sha256Header]
  const payload = stated === Signature.unsignedPayload ? stated : method === "GET" ? "" : wire.body
  const { timestamp } = common
  return Either.right({
    version: "v3",
    received: { method, path, query, headers, payload, timestamp, authorization }
  })
}

const isHashRight = ({ signature, wire }: RequestContext): boolean => {
  const stated = signature === "v3" ? wire.headers[sha256Header] : undefined
  return (
    stated === undefined || stated === Signature.unsignedPayload || Signature.hash(wire.body) === stated.toLowerCase()
  )
}

const passHash = (_: unknown, context: RequestContext): Checked =>
  isHashRight(context)
    ? Effect.succeed(context)
    : refuse(context, CommonError.InvalidParameterValue, Message.wrongContentHash)

/**
 * The key made the signature. If the request states a hash of its body, the hash is right.
 *
 * @since 0.1.0
 * @category checks
 */
export const signature: Check<CredentialValidator, "signature"> = /* #__PURE__ */ make("signature", {
  needs: ["common", "caller"],
  run: (context) => {
    const { caller } = context
    if (caller._tag === "Anonymous") return Effect.succeed(context)
    const signed = signedOf(context)
    if (Either.isLeft(signed)) return refuseTooEarly(context, "signature", signed.left)
    const verify = (validator: CredentialValidator["Type"]) => validator.verify(signed.right, caller.key)
    return askPort(CredentialValidator, context, verify, passHash, refuseRejected)
  }
})

/**
 * The gateway has not had the same signed request before, in the window of the `ReplayGuard`.
 *
 * @since 0.1.0
 * @category checks
 */
export const replay: Check<never, "replay"> = /* #__PURE__ */ make("replay", {
  needs: ["common", "caller"],
  isOn: /* #__PURE__ */ Effect.map(ReplayGuard.ReplayGuard, (guard) => guard !== ReplayGuard.noop),
  run: (context) =>
    Step.make((step) => {
      const { authorization, caller, common, named } = context
      if (caller._tag === "Anonymous") return Effect.succeed(context)
      const signature = context.signature === "v1" ? named?.get("Signature") : authorization?.signature
      const guard = Context.get(step.context, ReplayGuard.ReplayGuard)
      const remembered = guard.remember(`${caller.key.secretId} ${common.timestamp} ${signature}`)
      return Step.flatMapNow(step, remembered, (isFirst) =>
        isFirst
          ? Effect.succeed(context)
          : refuse(context, CommonError.AuthFailureSignatureExpire, Message.signatureExpire)
      )
    })
})

/**
 * If a key needs multi-factor authentication, it has had it.
 *
 * @since 0.1.0
 * @category checks
 */
export const mfa: Check<CredentialValidator, "mfa"> = /* #__PURE__ */ make("mfa", {
  needs: ["caller"],
  run: (context) => {
    const { caller } = context
    if (caller._tag === "Anonymous") return Effect.succeed(context)
    return askPort(CredentialValidator, context, (validator) => validator.checkMfa(caller.key), passOn, refuseRejected)
  }
})
