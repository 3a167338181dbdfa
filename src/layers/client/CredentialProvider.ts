/**
 * Where the key comes from.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Credential from "../../domain/rules/Credential.js"
import * as CredentialProvider from "../../services/client/CredentialProvider.js"
import * as Variable from "./internal/credentials/variable.js"

export * from "../../services/client/CredentialProvider.js"

/**
 * Any source.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (source: CredentialProvider.Source): Layer.Layer<CredentialProvider.CredentialProvider> =>
  Layer.scoped(CredentialProvider.CredentialProvider, CredentialProvider.make(source))

/**
 * A source that needs services: files, an HTTP client.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerEffect = <E, R>(
  source: Effect.Effect<CredentialProvider.Source, E, R>
): Layer.Layer<CredentialProvider.CredentialProvider, E, R> => Layer.unwrapEffect(Effect.map(source, layer))

/**
 * A key that is given.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerStatic = (
  credential: Credential.Credential.Input
): Layer.Layer<CredentialProvider.CredentialProvider> =>
  layer(CredentialProvider.source({ name: "static", load: Effect.succeed(credential), refreshable: false }))

/**
 * A key that configuration gives.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  credential: Config.Config.Wrap<Credential.Credential.Input>
): Layer.Layer<CredentialProvider.CredentialProvider, ConfigError.ConfigError> =>
  Layer.unwrapEffect(Effect.map(Config.unwrap(credential), layerStatic))

const token = (name: string) => Config.option(Config.redacted(Config.nonEmptyString(name)))

const variables = Config.all({
  secretId: Config.redacted("TENCENTCLOUD_SECRET_ID"),
  secretKey: Config.redacted("TENCENTCLOUD_SECRET_KEY"),
  // An empty variable is none here: scripts that clear a token leave one behind.
  token: Config.map(
    Config.all([token("TENCENTCLOUD_TOKEN"), token("TENCENTCLOUD_SESSION_TOKEN")]),
    ([token, sessionToken]) => Option.orElse(token, () => sessionToken)
  )
})

/**
 * The environment: `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY` and, for a temporary key, `TENCENTCLOUD_TOKEN` or
 * `TENCENTCLOUD_SESSION_TOKEN`, read through Effect's `ConfigProvider`.
 *
 * @since 0.1.0
 * @category sources
 */
export const environment: CredentialProvider.Source = CredentialProvider.source({
  name: "environment",
  load: Effect.mapBoth(variables, {
    onFailure: Variable.toReason,
    onSuccess: ({ secretId, secretKey, token }) => ({
      secretId: Redacted.value(secretId),
      secretKey,
      token: Option.getOrUndefined(token)
    })
  }),
  refreshable: true
})

/**
 * The key of the {@link environment}. It is read when a key is first needed, and again when the service has rejected it. It is never
 * shared: each client that it is provided to reads its own.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerEnvironment: Layer.Layer<CredentialProvider.CredentialProvider> = /* #__PURE__ */ Layer.fresh(
  /* #__PURE__ */ layer(environment)
)
