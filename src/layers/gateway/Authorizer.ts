/**
 * By what it is judged who may do what.
 *
 * @since 0.1.0
 */
import * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Policy from "../../domain/rules/Policy.js"
import type * as Json from "../../domain/wire/Json.js"
import * as Authorizer from "../../services/gateway/Authorizer.js"

export * from "../../services/gateway/Authorizer.js"

/**
 * Everyone may do everything.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerAllowAll: Layer.Layer<Authorizer.Authorizer> = Layer.succeed(Authorizer.Authorizer, {
  authorize: () => Effect.void
})

/** Gives callers with equal policies the same ones, as those of a group have: what many share stays in the cache. */
const shared = (
  entries: ReadonlyArray<readonly [identity: string, policies: ReadonlyArray<Policy.Policy>]>
): ReadonlyArray<readonly [identity: string, policies: ReadonlyArray<Policy.Policy>]> => {
  const known = new Map<string, ReadonlyArray<Policy.Policy>>()
  return entries.map(([identity, policies]) => {
    const text = JSON.stringify(policies)
    const same = known.get(text) ?? policies
    known.set(text, same)
    return [identity, same]
  })
}

/**
 * CAM policy documents, by the uin of who calls. A main account may do everything in its own name; a sub-account that has no
 * document may do nothing. Fails where a document is not understood, naming the uin and the place.
 *
 * @example
 * ```ts
 * import * as Authorizer from "effect-tencentcloud/Authorizer"
 *
 * export const AuthorizerLive = Authorizer.layerPolicies({
 *   "100000000002": [{ version: "2.0", statement: [{ effect: "allow", action: "ebs:Describe*", resource: "*" }] }]
 * })
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerPolicies = (
  documents: Readonly<Record<string, ReadonlyArray<Json.Json>>>
): Layer.Layer<Authorizer.Authorizer, ConfigError.ConfigError> =>
  Layer.effect(
    Authorizer.Authorizer,
    Effect.map(
      Effect.forEach(Object.entries(documents), ([identity, list]) =>
        Effect.map(
          Effect.forEach(list, (document, index) =>
            Either.mapLeft(Policy.fromJson(document), (reason) =>
              ConfigError.InvalidData(["policies", identity, String(index)], reason)
            )
          ),
          (policies) => [identity, policies] as const
        )
      ),
      (entries) => {
        const byIdentity = new Map(shared(entries))
        return Authorizer.make(({ account, identity }) =>
          Effect.succeed(byIdentity.get(identity) ?? (identity === account ? [Policy.allowAll] : []))
        )
      }
    )
  )

/**
 * Judges by the Authorizer beneath it, and lets a gateway pass what that refuses: the journal tells what was missing, and
 * `Policy.minimal` makes a policy of it.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerSoft: Layer.Layer<Authorizer.Authorizer, never, Authorizer.Authorizer> = Layer.effect(
  Authorizer.Authorizer,
  Effect.map(Authorizer.Authorizer, ({ authorize }) => ({ authorize, mode: "soft" }))
)
