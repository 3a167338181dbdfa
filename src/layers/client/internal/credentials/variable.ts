/** Reads environment variables through Effect's `Config`, with reasons that hold no value. */
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** Says which variables are not set, as a clause. The text of a `ConfigError` may hold a value. */
export const toReason = (error: ConfigError.ConfigError): string => {
  if (error._op === "And" || error._op === "Or") return `${toReason(error.left)}, ${toReason(error.right)}`
  const name = error.path.join("_")
  return error._op === "MissingData" ? `${name} is not set` : `${name} cannot be read`
}

/** A variable that has to be set. An empty one counts as not set. */
export const required = (name: string): Config.Config<string> => Config.nonEmptyString(name)

/** The first of these variables that is set. */
export const first = (...names: ReadonlyArray<string>): Effect.Effect<Option.Option<string>, string> =>
  Effect.mapBoth(Config.all(names.map((name) => Config.option(required(name)))), {
    onFailure: toReason,
    onSuccess: Option.firstSomeOf
  })
