/** Endpoints that the settings of a machine choose, by product. They stay the same while the program runs. */
import * as Either from "effect/Either"
import type { Choice } from "../../../domain/wire/Endpoint.js"

/** Says which setting holds no endpoint. It is thrown, since the option is a function that returns an endpoint. */
export class InvalidSetting extends Error {
  readonly _tag = "InvalidSetting"
}

const made = new WeakSet<object>()

/** Makes the option `endpoint` from a function that looks into the settings. It looks once for each product. */
export const make = (find: (product: string) => Either.Either<Choice, string>): ((product: string) => Choice) => {
  const known = new Map<string, Either.Either<Choice, string>>()
  const endpointOf = (product: string): Choice => {
    const found = known.get(product) ?? find(product)
    known.set(product, found)
    return Either.getOrThrowWith(found, (expected) => new InvalidSetting(expected))
  }
  made.add(endpointOf)
  return endpointOf
}

/** Whether a function returns the same endpoint for each call of a product. A function of the program may not. */
export const isConstant = (endpointOf: (product: string) => unknown): boolean => made.has(endpointOf)
