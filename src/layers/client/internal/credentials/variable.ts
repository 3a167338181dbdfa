/** Reads environment variables through Effect's `Config`, with reasons that hold no value. */
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Environment from "../../../../services/client/internal/environment.js"

/** Says which variables are not set, as a clause. The text of a `ConfigError` may hold a value. */
const toReason = (error: ConfigError.ConfigError): string => {
  if (error._op === "And" || error._op === "Or") return `${toReason(error.left)}, ${toReason(error.right)}`
  const name = error.path.join("_")
  if (error._op !== "MissingData") return `${name} cannot be read`
  return error.message === Environment.forbidden ? `${name}: ${Environment.forbidden}` : `${name} is not set`
}

/** Reads variables. Fails with a clause about those that are missing. */
export const read = <A>(variables: Effect.Effect<A, ConfigError.ConfigError>): Effect.Effect<A, string> =>
  Effect.mapError(Environment.read(variables), toReason)

/** A variable that has to be set. An empty one counts as not set. */
export const required = (name: string): Config.Config<string> => Config.nonEmptyString(name)

/** The first of these variables that is set. */
export const first = (...names: ReadonlyArray<string>): Effect.Effect<Option.Option<string>, string> =>
  Effect.map(read(Config.all(names.map((name) => Config.option(required(name))))), Option.firstSomeOf)
