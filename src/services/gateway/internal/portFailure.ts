/** What fails in a port, and what a log may say about it: no secret of a store, which its messages may hold. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"

/** The failure of a port that could not do its work. Its cause is redacted, because it may hold a secret. */
export abstract class PortError {
  abstract readonly _tag: string
  /** What went wrong, for a program that looks into it. No log and no answer holds it. */
  readonly cause: Redacted.Redacted<unknown>

  constructor(props: { readonly cause?: unknown } = {}) {
    this.cause = Redacted.make(props.cause)
  }
}

/** A code of a system or of a driver, such as `ECONNREFUSED`. */
const isCode = (value: unknown): value is string => typeof value === "string" && /^[A-Z0-9][A-Z0-9_]{1,39}$/.test(value)

const isName = (value: unknown): value is string => typeof value === "string" && /^\w{1,64}$/.test(value)

/** Names a failure without its message: by its tag or its class, and its code. */
const nameOf = (failure: unknown): string => {
  if (failure instanceof PortError) return `${failure._tag}, of ${nameOf(Redacted.value(failure.cause))}`
  if (typeof failure !== "object" || failure === null) return `a value of the type ${typeof failure}`
  const { _tag, code, constructor, name } = failure as Readonly<Record<string, unknown>>
  const ofClass = typeof constructor === "function" ? constructor.name : undefined
  const names = [_tag, name, ofClass].filter(isName)
  return `${names[0] ?? "an object"}${isCode(code) ? ` (${code})` : ""}`
}

/** The lines of a stack that say where. The first ones hold the message. */
const placesOf = (failure: unknown): string =>
  failure instanceof Error && typeof failure.stack === "string"
    ? failure.stack
        .slice(
          failure.stack.includes(failure.message) ? failure.stack.indexOf(failure.message) + failure.message.length : 0
        )
        .split("\n")
        .filter((line) => /^\s+at [^\n]{1,300}$/.test(line))
        .join("\n")
    : ""

/** The defect that a port's failure becomes. Its message names the failure, and holds no secret. */
export class PortFailure extends Error {
  override readonly name = "PortFailure"

  constructor(port: string, failure: unknown) {
    super(`${port} failed with ${nameOf(failure)}`)
    this.stack = `${this.name}: ${this.message}\n${placesOf(failure)}`
  }
}

/** What a port failed with, as a defect that a log may hold. An interruption stays one. */
export const toDefect = (port: string, cause: Cause.Cause<unknown>): Cause.Cause<never> => {
  const failure = Cause.failureOrCause(cause)
  return Either.isRight(failure) && Cause.isInterruptedOnly(cause)
    ? failure.right
    : Cause.die(new PortFailure(port, Cause.squash(cause)))
}

/** Logs what a port failed with, where its failure costs no answer. */
export const logFailure = (port: string, message: string, cause: Cause.Cause<unknown>): Effect.Effect<void> =>
  Effect.catchAllCause(Effect.logError(message, toDefect(port, cause)), () => Effect.void)
