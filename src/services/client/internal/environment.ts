/** Reads the environment where the runtime may forbid it, as Deno does without `--allow-env`. */
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"

/** Says what to do about a variable that may not be read. */
export const forbidden = "the runtime does not allow to read it: in Deno, run with --allow-env"

/** Tells whether an error says that the program has no permission. Deno 1 had another name for it. */
export const isForbidden = (error: unknown): boolean =>
  Predicate.hasProperty(error, "name") && (error.name === "NotCapable" || error.name === "PermissionDenied")

const nameOf = (path: ReadonlyArray<string>): string => path.join("_")

/** A provider for which a variable that may not be read is not set. It adds the name of each to `found`. */
const guard = (flat: ConfigProvider.ConfigProvider.Flat, found: Set<string>): ConfigProvider.ConfigProvider.Flat =>
  ConfigProvider.makeFlat({
    load: (path, config, split) =>
      Effect.catchSomeDefect(
        Effect.suspend(() => flat.load(path, config, split)),
        (defect) => {
          if (!isForbidden(defect)) return Option.none()
          found.add(nameOf(path))
          return Option.some(Effect.fail(ConfigError.MissingData([...path], forbidden)))
        }
      ),
    enumerateChildren: flat.enumerateChildren,
    patch: flat.patch
  })

/** Says it of the variables that may not be read. The error of a secret variable has lost its message. */
const explain =
  (found: ReadonlySet<string>) =>
  (error: ConfigError.ConfigError): ConfigError.ConfigError => {
    if (error._op === "And") return ConfigError.And(explain(found)(error.left), explain(found)(error.right))
    if (error._op === "Or") return ConfigError.Or(explain(found)(error.left), explain(found)(error.right))
    return error._op === "MissingData" && found.has(nameOf(error.path))
      ? ConfigError.MissingData(error.path, forbidden)
      : error
  }

/** Reads configuration. A variable that may not be read counts as not set, where it would be a defect. */
export const read = <A, R>(
  effect: Effect.Effect<A, ConfigError.ConfigError, R>
): Effect.Effect<A, ConfigError.ConfigError, R> =>
  Effect.configProviderWith((provider) => {
    const found = new Set<string>()
    const guarded = ConfigProvider.fromFlat(guard(provider.flattened, found))
    return Effect.mapError(Effect.withConfigProvider(effect, guarded), explain(found))
  })

/** Reads options from configuration. */
export const unwrap = <A>(options: Config.Config.Wrap<A>): Effect.Effect<A, ConfigError.ConfigError> =>
  read(Config.unwrap(options))
