/**
 * What a request is signed with: a SecretId, its SecretKey and, for temporary keys, a token.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as crypto from "../wire/internal/crypto.js"

/**
 * A key, checked: nothing in it is blank, padded, or outside of what a header can carry. The key and the token are
 * `Redacted` from the moment they are read until the HMAC.
 *
 * @since 0.1.0
 * @category models
 */
export class Credential extends Data.Class<{
  /** Names the key. Not a secret: it travels with every request. */
  readonly secretId: string
  readonly secretKey: Redacted.Redacted
  /** Goes with a temporary key, and only with one. */
  readonly token: Redacted.Redacted | undefined
  /** The first second in which the key is no longer taken, as UNIX seconds. */
  readonly expiresAt: number | undefined
}> {}

/**
 * What goes with a {@link Credential}.
 *
 * @since 0.1.0
 * @category models
 */
export declare namespace Credential {
  /**
   * A key as a person or a file gives it.
   *
   * @since 0.1.0
   * @category models
   */
  export interface Input {
    readonly secretId: string
    readonly secretKey: string | Redacted.Redacted
    readonly token?: string | Redacted.Redacted | undefined
    /** UNIX seconds. */
    readonly expiresAt?: number | undefined
  }
}

const printable = /^[\x21-\x7e]+$/

/** What is wrong with a part of a key, without the part itself. */
const fault = (name: string, value: unknown): string | undefined => {
  // A program in JavaScript may well hand over a variable of the environment that is not set.
  if (typeof value !== "string") return `${name} is missing`
  if (value.trim() === "") return `${name} is blank`
  if (value !== value.trimStart()) return `${name} has white space before it: remove it`
  if (value !== value.trimEnd()) return `${name} has white space after it: remove it`
  if (!printable.test(value)) return `${name} holds a character that is not printable ASCII: was it copied whole?`
  return undefined
}

const reveal = (input: string | Redacted.Redacted): unknown =>
  Redacted.isRedacted(input) ? Redacted.value(input) : input

/**
 * A secret as a person or a file gives it, hidden from here on.
 *
 * @since 0.1.0
 * @category constructors
 */
export const hide = (input: string | Redacted.Redacted): Redacted.Redacted =>
  typeof input === "string" ? Redacted.make(input) : input

/**
 * Checks a key. Fails with every fault at once; a fault names the part and never shows it.
 *
 * @example
 * ```ts
 * import * as Credential from "effect-tencentcloud/Credential"
 *
 * Credential.make({ secretId: " AKIDEXAMPLE", secretKey: "" })
 * // left(["SecretId has white space before it: remove it", "SecretKey is blank"])
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (input: Credential.Input): Either.Either<Credential, ReadonlyArray<string>> => {
  const faults = [
    fault("SecretId", input.secretId),
    // These two end the SecretId inside the `Authorization` header.
    typeof input.secretId === "string" && /[/,]/.test(input.secretId)
      ? "SecretId holds a `/` or a `,`: was it copied whole?"
      : undefined,
    fault("SecretKey", reveal(input.secretKey)),
    input.token === undefined ? undefined : fault("Token", reveal(input.token))
  ].filter((text) => text !== undefined)
  return faults.length > 0
    ? Either.left(faults)
    : Either.right(
        new Credential({
          secretId: input.secretId,
          secretKey: hide(input.secretKey),
          token: input.token === undefined ? undefined : hide(input.token),
          expiresAt: input.expiresAt
        })
      )
}

/**
 * Whether a text is a token, in a time that tells nothing of where it differs.
 *
 * @since 0.1.0
 * @category predicates
 */
export const matchesToken = (text: string, token: Redacted.Redacted): boolean =>
  crypto.equals(text, Redacted.value(token))
