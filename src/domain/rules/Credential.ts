/**
 * The key that signs a request: a SecretId, its SecretKey and, for temporary keys, a token.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as crypto from "#crypto"
import { hide } from "./internal/hide.js"
import { otherName } from "./internal/otherName.js"

/**
 * A valid key: no part is blank, has white space or quotation marks around it, ends in a comment, or has a character that a header
 * cannot hold. The key and the token are `Redacted`.
 *
 * @since 0.1.0
 * @category models
 */
export class Credential extends Data.Class<{
  /** The name of the key. It is no secret, because every request contains it. */
  readonly secretId: string
  readonly secretKey: Redacted.Redacted
  /** The token of a temporary key. Other keys have none. */
  readonly token: Redacted.Redacted | undefined
  /** When the key expires, in UNIX seconds. In this second it is no longer valid. */
  readonly expiresAt: number | undefined
}> {}

/**
 * The input of a {@link Credential}.
 *
 * @since 0.1.0
 * @category models
 */
export declare namespace Credential {
  /**
   * A key as a person or a file provides it.
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

/** What shells, editors and word processors put around a text. */
const quoted = /^["'`\u00ab\u00bb\u2018-\u201f]|["'`\u00ab\u00bb\u2018-\u201f]$/

/** Describes what is wrong with a part of a key, without the part itself. */
const findFault = (name: string, value: unknown): string | undefined => {
  // A program in JavaScript may pass a variable of the environment that is not set.
  if (typeof value !== "string") return `${name} is missing`
  if (value.trim() === "") return `${name} is blank`
  // Files of variables are read by programs that keep both as a part of the value. No key of the cloud has either.
  if (quoted.test(value.trim())) return `${name} has quotation marks around it: remove them`
  if (value.includes("#")) return `${name} has a \`#\` in it: remove it, and the comment after it`
  if (value !== value.trimStart()) return `${name} has white space before it: remove it`
  if (value !== value.trimEnd()) return `${name} has white space after it: remove it`
  if (!printable.test(value)) return `${name} holds a character that is not printable ASCII: was it copied whole?`
  return undefined
}

const reveal = (input: string | Redacted.Redacted): unknown =>
  Redacted.isRedacted(input) ? Redacted.value(input) : input

/** Describes a member that has another name than it should. */
const findName = (input: object, part: string, name: string): string | undefined => {
  const other = otherName(input, name)
  return other === undefined ? undefined : `${part} is missing: the member \`${other}\` should be named \`${name}\``
}

/**
 * Makes a credential. Fails with every fault of the key at once. A fault names a part of the key, and never shows it.
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
    findName(input, "SecretId", "secretId") ?? findFault("SecretId", input.secretId),
    // In the header `Authorization`, these two end the SecretId.
    typeof input.secretId === "string" && /[/,]/.test(input.secretId)
      ? "SecretId holds a `/` or a `,`: was it copied whole?"
      : undefined,
    findName(input, "SecretKey", "secretKey") ?? findFault("SecretKey", reveal(input.secretKey)),
    input.token === undefined ? findName(input, "Token", "token") : findFault("Token", reveal(input.token))
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
 * Returns whether a text is the token. The comparison takes the same time wherever they differ.
 *
 * @since 0.1.0
 * @category predicates
 */
export const matchesToken = (text: string, token: Redacted.Redacted): boolean =>
  crypto.equals(text, Redacted.value(token))
