/**
 * Finds the key that a request is signed with, and verifies its signature.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Credential from "../../domain/rules/Credential.js"
import * as Signature from "../../domain/wire/Signature.js"
import * as SignatureV1 from "../../domain/wire/SignatureV1.js"
import * as Step from "../internal/runtime/step.js"
import * as derivedKeys from "./internal/derivedKeys.js"
import { type Key, KeyStore, type KeyStoreError } from "./KeyStore.js"

/**
 * The key that a request names.
 *
 * @since 0.1.0
 * @category models
 */
export interface Claim {
  readonly secretId: string
  readonly token: string | undefined
}

/**
 * The signature of a request, and what it signs.
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
      /** Other hosts that the signature may be for: the option `hosts` of the gateway. */
      readonly hosts?: ReadonlyArray<string> | undefined
      readonly signature: string
      readonly signatureMethod: SignatureV1.Method
    }

/**
 * Why a credential is rejected:
 *
 * - `malformed SecretId`: the KeyStore does not know it, and it does not look like a SecretId of the cloud
 * - `unknown SecretId`: the KeyStore does not know it
 * - `disabled key`: the key exists, and is disabled
 * - `missing token`: the key is temporary, and the request has no token
 * - `unexpected token`: the key is permanent, and the request has a token
 * - `wrong token`: the token belongs to another key
 * - `expired token`: the session of the token is over
 * - `wrong signature`: the key did not make this signature
 * - `missing MFA`: the key needs multi-factor authentication
 *
 * @since 0.1.0
 * @category errors
 */
export type Reason =
  | "malformed SecretId"
  | "unknown SecretId"
  | "disabled key"
  | "missing token"
  | "unexpected token"
  | "wrong token"
  | "expired token"
  | "wrong signature"
  | "missing MFA"

/**
 * A credential is rejected.
 *
 * @since 0.1.0
 * @category errors
 */
export class Rejected {
  readonly _tag = "Rejected"

  constructor(readonly reason: Reason) {}
}

/**
 * Authenticates requests.
 *
 * @since 0.1.0
 * @category tags
 */
export class CredentialValidator extends Context.Tag("effect-tencentcloud/CredentialValidator")<
  CredentialValidator,
  {
    /** Finds the key of a claim. Fails if there is no such key, if it is disabled, or if its token is wrong. */
    readonly identify: (claim: Claim) => Effect.Effect<Key, Rejected | KeyStoreError>
    /** Verifies a signature under a key. */
    readonly verify: (signed: Signed, key: Key) => Effect.Effect<void, Rejected>
    /** Fails if a key needs multi-factor authentication and has not had it. */
    readonly checkMfa: (key: Key) => Effect.Effect<void, Rejected>
  }
>() {}

/** A rejection holds nothing of a request, so each is made once: a flood of wrong signatures then costs less than one of right ones. */
const rejection = (reason: Reason): Exit.Exit<never, Rejected> => Exit.fail(Object.freeze(new Rejected(reason)))

const rejections: Readonly<Record<Reason, Exit.Exit<never, Rejected>>> = {
  "malformed SecretId": /* #__PURE__ */ rejection("malformed SecretId"),
  "unknown SecretId": /* #__PURE__ */ rejection("unknown SecretId"),
  "disabled key": /* #__PURE__ */ rejection("disabled key"),
  "missing token": /* #__PURE__ */ rejection("missing token"),
  "unexpected token": /* #__PURE__ */ rejection("unexpected token"),
  "wrong token": /* #__PURE__ */ rejection("wrong token"),
  "expired token": /* #__PURE__ */ rejection("expired token"),
  "wrong signature": /* #__PURE__ */ rejection("wrong signature"),
  "missing MFA": /* #__PURE__ */ rejection("missing MFA")
}

/**
 * Rejects a credential: for a validator of your own.
 *
 * @since 0.1.0
 * @category constructors
 */
export const reject = (reason: Reason): Effect.Effect<never, Rejected> => rejections[reason]

/** A SecretId of the cloud. Any other text that is not in the store is malformed. */
const secretIdPattern = /^[A-Z]KID[\w*-]+$/

/** More derived keys than a gateway uses in a day. At most 15 MB, beside the SecretKeys themselves. */
const capacity = 262_144

/**
 * Makes the service.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<CredentialValidator["Type"], never, KeyStore> = /* #__PURE__ */ Effect.map(
  KeyStore,
  (store) => {
    const verifyV3 = derivedKeys.make({ capacity, use: Signature.verify, isKept: (isRight) => isRight })

    const checkToken = (key: Key, token: string | undefined): Effect.Effect<Key, Rejected> => {
      const { session } = key
      if (session === undefined) return token === undefined ? Effect.succeed(key) : reject("unexpected token")
      if (token === undefined) return reject("missing token")
      if (!Credential.matchesToken(token, session.token)) return reject("wrong token")
      return Step.withMillis((millis) =>
        Math.floor(millis / 1000) < session.expiresAt ? Effect.succeed(key) : reject("expired token")
      )
    }

    const isRight = (signed: Signed, key: Key): boolean =>
      signed.version === "v1"
        ? SignatureV1.verify(signed, signed.signature, signed.signatureMethod, key.secretKey)
        : verifyV3(key, signed.received.authorization.scope, signed.received)

    return {
      identify: ({ secretId, token }) =>
        Step.flatMap(store.find(secretId), (found): Effect.Effect<Key, Rejected> => {
          if (Option.isSome(found)) return found.value.enabled ? checkToken(found.value, token) : reject("disabled key")
          return reject(secretIdPattern.test(secretId) ? "unknown SecretId" : "malformed SecretId")
        }),
      verify: (signed, key) => Step.make(() => (isRight(signed, key) ? Effect.void : reject("wrong signature"))),
      checkMfa: (key) => (key.mfa === "required" ? reject("missing MFA") : Effect.void)
    }
  }
)
