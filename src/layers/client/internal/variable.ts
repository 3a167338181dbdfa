import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** The variables that are not set, as a clause. A ConfigError's own text may hold what it read. */
export const whyNot = (error: ConfigError.ConfigError): string => {
  if (error._op === "And" || error._op === "Or") return `${whyNot(error.left)}, ${whyNot(error.right)}`
  const name = error.path.join("_")
  return error._op === "MissingData" ? `${name} is not set` : `${name} cannot be read`
}

/** A variable. One that is empty counts as not set. */
export const required = (name: string): Config.Config<string> => Config.nonEmptyString(name)

/** The first of some variables that is set. */
export const first = (...names: ReadonlyArray<string>): Effect.Effect<Option.Option<string>, string> =>
  Effect.mapBoth(Config.all(names.map((name) => Config.option(required(name)))), {
    onFailure: whyNot,
    onSuccess: Option.firstSomeOf
  })
