/** How a service says that it is about to give up an action, and how a client logs that once. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Action } from "../../domain/contract/Action.js"
import type { Headers } from "../../domain/wire/Wire.js"

/**
 * The header with which a streaming answer warns. Other answers have a member `DeprecatedWarning`. The protocol has no place for it in
 * a stream, so this header is ours. Its text is escaped as in a URL, since a header carries only ASCII.
 */
const header = "x-tc-deprecatedwarning"

const unescaped = /* #__PURE__ */ Option.liftThrowable(decodeURIComponent)

/** The headers with which the streaming answer of an action warns. */
export const headersOf = ({ deprecated }: Action.Any): Headers =>
  deprecated === undefined ? {} : { [header]: encodeURI(deprecated.toWellFormed()) }

/** The warning in the headers of a streaming answer. */
export const warningOf = (headers: Headers): string | undefined => {
  const text = headers[header]
  return text === undefined ? undefined : Option.getOrElse(unescaped(text), () => text)
}

/** A program calls fewer actions. Beyond that, the client may warn of one again. */
const capacity = 1000

/** Logs the warnings that a client receives. */
export interface Deprecations {
  /** Logs a warning, once for each action and not for each answer. */
  readonly warn: (action: Action.Any, warning: string) => Effect.Effect<void>
}

export const make = (): Deprecations => {
  const warned = new Set<string>()
  return {
    warn: ({ name, product, version }, warning) =>
      Effect.suspend(() => {
        const key = `${product} ${version} ${name}`
        if (warned.has(key)) return Effect.void
        if (warned.size >= capacity) warned.clear()
        warned.add(key)
        return Effect.logWarning(`The service says that ${name} of ${product} ${version} is deprecated: ${warning}`)
      })
  }
}
