/**
 * Who sent a request, and whether it is really theirs.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import {
  AuthFailureInvalidSecretId,
  AuthFailureMFAFailure,
  AuthFailureSecretIdNotFound,
  AuthFailureSignatureFailure,
  AuthFailureTokenFailure
} from "../../domain/errors/CommonError.js"
import * as Credential from "../../domain/rules/Credential.js"
import * as Message from "../../domain/rules/Message.js"
import * as Signature from "../../domain/wire/Signature.js"
import * as SignatureV1 from "../../domain/wire/SignatureV1.js"
import { ClockSync } from "../client/ClockSync.js"
import * as Step from "../internal/runtime/step.js"
import * as keyring from "./internal/keyring.js"
import * as refusal from "./internal/refusal.js"
import { type Key, KeyStore } from "./KeyStore.js"

/**
 * Whose request it says it is.
 *
 * @since 0.1.0
 * @category models
 */
export interface Claim {
  readonly secretId: string
  readonly token: string | undefined
}

/**
 * The signature of a request, and what it speaks of.
 *
 * @since 0.1.0
 * @category models
 */
export type Signed =
  | { readonly version: "v3"; readonly received: Signature.Received }
  | {
      readonly version: "v1"
      readonly method: string
      readonly host: string
      readonly path?: string | undefined
      readonly parameters: ReadonlyArray<SignatureV1.Parameter>
      readonly signature: string
      readonly signatureMethod: SignatureV1.Method
    }

/**
 * Tells whose request it is: finds the key that it names, and checks the signature under that key.
 *
 * @since 0.1.0
 * @category tags
 */
export class CredentialValidator extends Context.Tag("effect-tencentcloud/CredentialValidator")<
  CredentialValidator,
  {
    /** Finds the key of a claim. It is enabled, and has its token where it is a temporary one. */
    readonly identify: (
      claim: Claim,
      language?: Message.Language
    ) => Effect.Effect<Key, AuthFailureInvalidSecretId | AuthFailureSecretIdNotFound | AuthFailureTokenFailure>
    /** Checks a signature under a key. */
    readonly verify: (
      signed: Signed,
      key: Key,
      language?: Message.Language
    ) => Effect.Effect<void, AuthFailureSignatureFailure>
    /** Checks that a key which needs multi-factor authentication had it. */
    readonly checkMfa: (key: Key, language?: Message.Language) => Effect.Effect<void, AuthFailureMFAFailure>
  }
>() {}

const noSecretId = /* #__PURE__ */ refusal.always(AuthFailureInvalidSecretId, Message.invalidSecretId)
const notFound = /* #__PURE__ */ refusal.always(AuthFailureSecretIdNotFound, Message.secretIdNotFound)
const wrongToken = /* #__PURE__ */ refusal.always(AuthFailureTokenFailure, Message.tokenFailure)
const wrongSignature = /* #__PURE__ */ refusal.always(AuthFailureSignatureFailure, Message.signatureFailure)
const noMfa = /* #__PURE__ */ refusal.always(AuthFailureMFAFailure, Message.mfaFailure)

/** What the cloud's own keys look like; anything else that is not in the store is no API key at all. */
const apiKey = /^[A-Z]KID[\w*-]+$/

/** More keys than a server sees in a day: 15 MB when all are there, beside the SecretKeys themselves. */
const places = 262_144

/**
 * Makes the service.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<CredentialValidator["Type"], never, KeyStore | ClockSync> = Effect.gen(function* () {
  const store = yield* KeyStore
  const clock = yield* ClockSync
  const signingKey = keyring.make(places)

  const checkToken = (
    key: Key,
    token: string | undefined,
    language: Message.Language
  ): Effect.Effect<Key, AuthFailureSecretIdNotFound | AuthFailureTokenFailure> => {
    const { session } = key
    if (session === undefined) return token === undefined ? Effect.succeed(key) : wrongToken(language)
    if (token === undefined) return notFound(language)
    if (!Credential.matchesToken(token, session.token)) return wrongToken(language)
    return Step.andThen(
      clock.now,
      (now): Effect.Effect<Key, AuthFailureTokenFailure> =>
        now < session.expiresAt ? Effect.succeed(key) : wrongToken(language)
    )
  }

  const isRight = (signed: Signed, key: Key): boolean =>
    signed.version === "v1"
      ? SignatureV1.verify(signed, signed.signature, signed.signatureMethod, key.secretKey)
      : Signature.verify(signed.received, signingKey(key, signed.received.authorization.scope))

  return {
    identify: ({ secretId, token }, language = "en-US") =>
      Step.andThen(
        store.find(secretId),
        (
          found
        ): Effect.Effect<Key, AuthFailureInvalidSecretId | AuthFailureSecretIdNotFound | AuthFailureTokenFailure> => {
          if (Option.isSome(found))
            return found.value.enabled ? checkToken(found.value, token, language) : notFound(language)
          return apiKey.test(secretId) ? notFound(language) : noSecretId(language)
        }
      ),
    verify: (signed, key, language = "en-US") =>
      Step.make(() => (isRight(signed, key) ? Effect.void : wrongSignature(language))),
    checkMfa: (key, language = "en-US") => (key.mfa === "required" ? noMfa(language) : Effect.void)
  }
})
