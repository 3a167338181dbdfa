/**
 * The ways to authorize callers: allow everything, or evaluate CAM policies.
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
 * Allows every operation.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerAllowAll: Layer.Layer<Authorizer.Authorizer> = Layer.succeed(Authorizer.Authorizer, {
  authorize: () => Effect.void
})

/** Shares equal policies between callers, such as those of a group: what many share stays in the cache of the processor. */
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
 * Evaluates CAM policy documents, by the uin of the caller. A main account may do everything unless it has a document. A sub-account
 * without a document may do nothing. Fails with the uin and the place of a document that is invalid.
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
 * Asks the Authorizer that you provide to it, and accepts calls that it denies. The journal says which permissions are missing, and
 * `Policy.minimal` makes a policy of them.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerSoft: Layer.Layer<Authorizer.Authorizer, never, Authorizer.Authorizer> = /* #__PURE__ */ Layer.fresh(
  /* #__PURE__ */ Layer.effect(
    Authorizer.Authorizer,
    /* #__PURE__ */ Effect.map(Authorizer.Authorizer, ({ authorize }) => ({ authorize, mode: "soft" }))
  )
)
