import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Action } from "../../domain/contract/Action.js"
import type { Headers } from "../../domain/wire/Wire.js"

/**
 * Where an answer that streams says what another says in its result. The protocol knows no place for that: this one is ours. The
 * text is escaped as in a URL, since a header takes nothing but ASCII.
 */
const header = "x-tc-deprecatedwarning"

const unescaped = /* #__PURE__ */ Option.liftThrowable(decodeURIComponent)

/** What the answer of an action that streams says of it. */
export const headersOf = ({ deprecated }: Action.Any): Headers =>
  deprecated === undefined ? {} : { [header]: encodeURI(deprecated.toWellFormed()) }

/** What an answer that streams says of its action. */
export const warningOf = (headers: Headers): string | undefined => {
  const text = headers[header]
  return text === undefined ? undefined : Option.getOrElse(unescaped(text), () => text)
}

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
