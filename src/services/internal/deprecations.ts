import * as Effect from "effect/Effect"
import type { Action } from "../../domain/Action.js"

/** A program calls fewer actions; past that many, one may be told again. */
const capacity = 1000

/** Tells the log what the service says of an action that it is about to give up: once, and not with every answer. */
export const make = (): { readonly tell: (action: Action.Any, warning: string) => Effect.Effect<void> } => {
  const told = new Set<string>()
  return {
    tell: ({ name, product, version }, warning) =>
      Effect.suspend(() => {
        const key = `${product} ${version} ${name}`
        if (told.has(key)) return Effect.void
        if (told.size >= capacity) told.clear()
        told.add(key)
        return Effect.logWarning(`The service says that ${name} of ${product} ${version} is deprecated: ${warning}`)
      })
  }
}
