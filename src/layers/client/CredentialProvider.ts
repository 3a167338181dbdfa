/**
 * Provides the key that a client signs with: from the environment, from configuration, or from a source of your own.
 * `CredentialSources` has further sources.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import type * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type * as Credential from "../../domain/rules/Credential.js"
import * as CredentialProvider from "../../services/client/CredentialProvider.js"
import * as Variable from "./internal/credentials/variable.js"

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
  Layer.unwrapEffect(Effect.map(Config.unwrap(credential), layerStatic))

/**
 * Where to look for the variables of a key.
 *
 * @since 0.1.0
 * @category models
 */
export interface EnvironmentOptions {
  /** What comes before each name: `BACKUP` reads `BACKUP_TENCENTCLOUD_SECRET_ID`. Default: nothing. */
  readonly prefix?: string | undefined
  /**
   * Where the variables come from. Default: the `ConfigProvider` that the provider of the key is built under, if it is not Effect's own
   * default. Otherwise the one of the call that needs the key.
   */
  readonly configProvider?: ConfigProvider.ConfigProvider | undefined
}

/** The names of the parts of a key. Parts of two spellings never make one key. */
interface Spelling {
  readonly secretId: string
  readonly secretKey: string
  readonly tokens: ReadonlyArray<string>
}

const spell = (prefix: string): { readonly usual: Spelling; readonly ofFunctions: Spelling } => {
  const name = (text: string) => `${prefix}TENCENTCLOUD_${text}`
  return {
    usual: {
      secretId: name("SECRET_ID"),
      secretKey: name("SECRET_KEY"),
      tokens: [name("TOKEN"), name("SESSION_TOKEN")]
    },
    // As the runtime of cloud functions (SCF) sets them.
    ofFunctions: { secretId: name("SECRETID"), secretKey: name("SECRETKEY"), tokens: [name("SESSIONTOKEN")] }
  }
}

// An empty variable counts as not set: scripts that clear a token leave one behind.
const ifSet = (name: string) => Config.option(Config.redacted(Config.nonEmptyString(name)))

const firstSet = (...names: ReadonlyArray<string>) =>
  Config.map(Config.all(names.map(ifSet)), (values) => Option.firstSomeOf(values))

const keyNamed = ({ secretId, secretKey, tokens }: Spelling): Config.Config<Credential.Credential.Input> =>
  Config.map(
    Config.all({ id: Config.redacted(secretId), secretKey: Config.redacted(secretKey), token: firstSet(...tokens) }),
    ({ id, secretKey, token }) => ({
      secretId: Redacted.value(id),
      secretKey,
      token: Option.getOrUndefined(token)
    })
  )

/**
 * Like {@link environment}, with a prefix for the names, or with a `ConfigProvider` of its own.
 *
 * @since 0.1.0
 * @category sources
 */
export const environmentWith = ({
  configProvider,
  prefix = ""
}: EnvironmentOptions = {}): CredentialProvider.Source => {
  const { ofFunctions, usual } = spell(prefix === "" || prefix.endsWith("_") ? prefix : `${prefix}_`)
  const found = Effect.flatMap(
    Config.all([firstSet(usual.secretId, usual.secretKey), firstSet(ofFunctions.secretId, ofFunctions.secretKey)]),
    // Half a key of the usual spelling is a mistake. The key of another spelling must not hide it.
    ([own, given]) => keyNamed(Option.isNone(own) && Option.isSome(given) ? ofFunctions : usual)
  )
  return CredentialProvider.source({
    name: "environment",
    load: Effect.mapError(
      configProvider === undefined ? found : Effect.withConfigProvider(found, configProvider),
      Variable.toReason
    ),
    refreshable: true
  })
}

/**
 * A source that reads the environment through Effect's `ConfigProvider`: `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY` and, for a
 * temporary key, `TENCENTCLOUD_TOKEN` or `TENCENTCLOUD_SESSION_TOKEN`. If the first two are not set, it reads what a cloud function
 * (SCF) has: `TENCENTCLOUD_SECRETID`, `TENCENTCLOUD_SECRETKEY` and `TENCENTCLOUD_SESSIONTOKEN`.
 *
 * @since 0.1.0
 * @category sources
 */
export const environment: CredentialProvider.Source = /* #__PURE__ */ environmentWith()

/**
 * Provides the key of {@link environmentWith}: of two such layers in one program, each has a key of its own. See
 * {@link layerEnvironment}.
 *
 * @example
 * ```ts
 * import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
 *
 * // BACKUP_TENCENTCLOUD_SECRET_ID, BACKUP_TENCENTCLOUD_SECRET_KEY …
 * export const CredentialLive = CredentialProvider.layerEnvironmentWith({ prefix: "BACKUP" })
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerEnvironmentWith = (
  options?: EnvironmentOptions
): Layer.Layer<CredentialProvider.CredentialProvider> => layer(environmentWith(options))

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
