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
import {
  CredentialValidator,
  type Reason,
  type Rejected,
  type Signed as SignedRequest
} from "../../CredentialValidator.js"
import type { Key } from "../../KeyStore.js"
import * as ReplayGuard from "../../ReplayGuard.js"
import { TimestampValidator } from "../../TimestampValidator.js"
import { askPort, passOn } from "../askPort.js"
import { type Caller, type Check, headOnly, make, type RequestContext } from "../check.js"
import { always, refuse, refuseTooEarly } from "../refusal.js"

type Checked = Effect.Effect<RequestContext, CommonError.CommonError>

const anonymous: Caller.Anonymous = { _tag: "Anonymous" }

class Signed implements Caller.Signed {
  readonly _tag = "Signed"
  constructor(readonly key: Key) {}
}

const expired = /* #__PURE__ */ always(CommonError.AuthFailureSignatureExpire, Message.signatureExpire)

/** A timestamp from here on is in milliseconds: as seconds, it would be in the year 5138. */
const firstMillis = 100_000_000_000

/**
 * The header `Authorization` is well formed. Its service is the product, and its date is the UTC day of the timestamp. If an action
 * may be called unsigned and the header says `SKIP`, the caller is anonymous, and no later check asks for a key or a signature.
 *
 * @since 0.1.0
 * @category checks
 */
export const authorization: Check<never, "authorization"> = /* #__PURE__ */ make("authorization", {
  needsBody: headOnly,
  needs: ["signature", "common", "route"],
  run: (context) => {
    const { common, route, signature, wire } = context
    if (signature !== "v3") return Effect.succeed(context)
    if (route.action.unsigned && wire.headers.authorization === "SKIP") {
      return Effect.succeed(context.with("caller", anonymous))
    }
    const timestamp = Number(common.timestamp)
    // It is far ahead, and its day need not be that of the scope.
    if (timestamp >= firstMillis) return expired(context.language)
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
    return date === Timestamp.utcDay(timestamp)
      ? Effect.succeed(context.with("authorization", parsed.right))
      : refuse(context, CommonError.AuthFailureSignatureFailure, Message.signatureFailure)
  }
})

const refuseExpired = (_: unknown, { language }: RequestContext) => expired(language)

/**
 * The `TimestampValidator` accepts the timestamp.
 *
 * @since 0.1.0
 * @category checks
 */
export const clock: Check<TimestampValidator, "clock"> = /* #__PURE__ */ make("clock", {
  needsBody: headOnly,
  needs: ["common"],
  run: askPort(
    TimestampValidator,
    (validator, { common }: RequestContext.With<"common">) => validator.validate(Number(common.timestamp)),
    { onAnswer: passOn, onFailure: refuseExpired }
  )
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

/** The SecretId that a request names. It is undefined if the check `authorization` has not run. */
const secretIdOf = ({ authorization, named, signature }: RequestContext): string | undefined =>
  signature === "v1" ? (named?.get("SecretId") ?? "") : authorization?.secretId

const identify = /* #__PURE__ */ askPort(
  CredentialValidator,
  (validator, context: RequestContext.With<"common">) =>
    validator.identify({ secretId: secretIdOf(context) ?? "", token: context.common.token }),
  { onAnswer: (key, context) => Effect.succeed(context.with("caller", new Signed(key))), onFailure: refuseRejected }
)

/**
 * The key exists and is enabled. A temporary key comes with its token.
 *
 * @since 0.1.0
 * @category checks
 */
export const key: Check<CredentialValidator, "key"> = /* #__PURE__ */ make("key", {
  needsBody: headOnly,
  needs: ["signature", "common"],
  run: (context) => {
    if (context.caller?._tag === "Anonymous") return Effect.succeed(context)
    return secretIdOf(context) === undefined ? refuseTooEarly(context, "key", "authorization") : identify(context)
  }
})

const sha256Header = "x-tc-content-sha256"

/** The signature of a request and what it signs, or the member that is missing to know it. */
const signedOf = (context: RequestContext.With<"common">): SignedRequest | RequestContext.Member => {
  const { authorization, common, flat, named, signature, wire } = context
  const { headers, method, path, query } = wire
  if (signature === "v1") {
    if (flat === undefined || named === undefined) return "flat"
    return {
      version: "v1",
      method,
      host: headers.host ?? "",
      path,
      parameters: flat,
      signature: named.get("Signature") ?? "",
      signatureMethod: SignatureV1.methodOf(named.get("SignatureMethod"))
    }
  }
  if (authorization === undefined) return "authorization"
  const stated = headers[sha256Header]
  const payload = stated === Signature.unsignedPayload ? stated : method === "GET" ? "" : wire.body
  const { timestamp } = common
  return { version: "v3", received: { method, path, query, headers, payload, timestamp, authorization } }
}

const isHashRight = ({ signature, wire }: RequestContext): boolean => {
  const stated = signature === "v3" ? wire.headers[sha256Header] : undefined
  return (
    stated === undefined || stated === Signature.unsignedPayload || Signature.hash(wire.body) === stated.toLowerCase()
  )
}

/** What the check of a signature asks about. */
interface Verification {
  readonly context: RequestContext
  readonly signed: SignedRequest
  readonly key: Key
}

const verify = /* #__PURE__ */ askPort(
  CredentialValidator,
  (validator, { key, signed }: Verification) => validator.verify(signed, key),
  {
    onAnswer: (_, { context }): Checked =>
      isHashRight(context)
        ? Effect.succeed(context)
        : refuse(context, CommonError.InvalidParameterValue, Message.wrongContentHash),
    onFailure: (rejected, { context }) => refuseRejected(rejected, context)
  }
)

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
    return typeof signed === "string"
      ? refuseTooEarly(context, "signature", signed)
      : verify({ context, signed, key: caller.key })
  }
})

const remember = (step: Step.StepContext<never>, context: RequestContext.With<"common" | "caller">): Checked => {
  const { authorization, caller, common, named } = context
  if (caller._tag === "Anonymous") return Effect.succeed(context)
  const signature = context.signature === "v1" ? named?.get("Signature") : authorization?.signature
  const guard = Context.get(step.context, ReplayGuard.ReplayGuard)
  const remembered = guard.remember(`${caller.key.secretId} ${common.timestamp} ${signature}`)
  return Step.flatMapNow(step, remembered, (isFirst) =>
    isFirst ? Effect.succeed(context) : refuse(context, CommonError.AuthFailureSignatureExpire, Message.signatureExpire)
  )
}

/**
 * The gateway has not had the same signed request before, in the window of the `ReplayGuard`.
 *
 * @since 0.1.0
 * @category checks
 */
export const replay: Check<never, "replay"> = /* #__PURE__ */ make("replay", {
  needs: ["common", "caller"],
  isOn: /* #__PURE__ */ Effect.map(ReplayGuard.ReplayGuard, (guard) => guard !== ReplayGuard.noop),
  run: (context) => Step.makeFrom(context, remember)
})

/**
 * If a key needs multi-factor authentication, it has had it.
 *
 * @since 0.1.0
 * @category checks
 */
export const mfa: Check<CredentialValidator, "mfa"> = /* #__PURE__ */ make("mfa", {
  needs: ["caller"],
  run: askPort(
    CredentialValidator,
    (validator, { caller }: RequestContext.With<"caller">) =>
      caller._tag === "Signed" ? validator.checkMfa(caller.key) : Effect.void,
    { onAnswer: passOn, onFailure: refuseRejected }
  )
})
