/** Hides secrets as soon as they are read. */
import * as Redacted from "effect/Redacted"

/** Returns a secret as a `Redacted` value. */
export const hide = (secret: string | Redacted.Redacted): Redacted.Redacted =>
  typeof secret === "string" ? Redacted.make(secret) : secret
