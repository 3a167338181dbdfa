/** Lets a gateway accept the keys that its own handlers hand out, beside those of its `KeyStore`. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Step from "../../internal/runtime/step.js"
import { CredentialValidator, make } from "../CredentialValidator.js"
import { KeyStore } from "../KeyStore.js"

/**
 * Asks the keys of the handlers first, and the `CredentialValidator` of the gateway about every other key. Without such keys, the
 * services stay as they are.
 */
export const acceptOwnKeys = <R>(
  services: Context.Context<R>,
  keys: KeyStore["Type"] | undefined
): Effect.Effect<Context.Context<R>> => {
  const given = Context.getOption(services, CredentialValidator)
  if (keys === undefined || Option.isNone(given)) return Effect.succeed(services)
  const validator = given.value
  return Effect.map(Effect.provideService(make, KeyStore, keys), (own) =>
    Context.add(services, CredentialValidator, {
      identify: (claim) =>
        Step.flatMap(keys.find(claim.secretId), (found) =>
          Option.isSome(found) ? own.identify(claim) : validator.identify(claim)
        ),
      verify: (signed, key) => validator.verify(signed, key),
      checkMfa: (key) => validator.checkMfa(key)
    })
  )
}
