/**
 * Provides the key that a client signs with: from the environment, from configuration, or from a source of your own.
 * `CredentialSources` has further sources.
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
import * as Environment from "./internal/environment.js"

export * from "../../services/client/CredentialProvider.js"

/**
 * Provides the key of a source.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (source: CredentialProvider.Source): Layer.Layer<CredentialProvider.CredentialProvider> =>
  Layer.scoped(CredentialProvider.CredentialProvider, CredentialProvider.make(source))

/**
 * Provides the key of a source that needs services, such as a `FileSystem` or an `HttpClient`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerEffect = <E, R>(
  source: Effect.Effect<CredentialProvider.Source, E, R>
): Layer.Layer<CredentialProvider.CredentialProvider, E, R> => Layer.unwrapEffect(Effect.map(source, layer))

/**
 * Provides a key that the program has.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerStatic = (
  credential: Credential.Credential.Input
): Layer.Layer<CredentialProvider.CredentialProvider> =>
  layer(CredentialProvider.source({ name: "static", load: Effect.succeed(credential), refreshable: false }))

/**
 * Provides a key from configuration.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  credential: Config.Config.Wrap<Credential.Credential.Input>
): Layer.Layer<CredentialProvider.CredentialProvider, ConfigError.ConfigError> =>
  Layer.unwrapEffect(Effect.map(Environment.unwrap(credential), layerStatic))

const token = (name: string) => Config.option(Config.redacted(Config.nonEmptyString(name)))

const variables = Config.all({
  secretId: Config.redacted("TENCENTCLOUD_SECRET_ID"),
  secretKey: Config.redacted("TENCENTCLOUD_SECRET_KEY"),
  // An empty variable counts as not set: scripts that clear a token leave one behind.
  token: Config.map(
    Config.all([token("TENCENTCLOUD_TOKEN"), token("TENCENTCLOUD_SESSION_TOKEN")]),
    ([token, sessionToken]) => Option.orElse(token, () => sessionToken)
  )
})

/**
 * A source that reads the environment through Effect's `ConfigProvider`: `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY` and, for a
 * temporary key, `TENCENTCLOUD_TOKEN` or `TENCENTCLOUD_SESSION_TOKEN`.
 *
 * @since 0.1.0
 * @category sources
 */
export const environment: CredentialProvider.Source = CredentialProvider.source({
  name: "environment",
  load: Effect.map(Variable.read(variables), ({ secretId, secretKey, token }) => ({
    secretId: Redacted.value(secretId),
    secretKey,
    token: Option.getOrUndefined(token)
  })),
  refreshable: true
})

/**
 * Provides the key of the {@link environment}. The client reads it at the first call, and again when the service rejects it. The layer
 * is never shared: each client that you provide it to reads its own key.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerEnvironment: Layer.Layer<CredentialProvider.CredentialProvider> = /* #__PURE__ */ Layer.fresh(
  /* #__PURE__ */ layer(environment)
)
