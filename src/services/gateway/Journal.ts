/**
 * Records the calls of a gateway: each request, the verdicts of the checks, and the answer, without secrets.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Fault } from "../../domain/rules/Fault.js"
import * as Secrets from "../../domain/rules/internal/secrets.js"
import * as bytes from "../../domain/wire/internal/bytes.js"
import type * as Wire from "../../domain/wire/Wire.js"
import { PortError } from "./internal/portFailure.js"

/**
 * The verdict of a check, and how long the check took.
 *
 * @since 0.1.0
 * @category models
 */
export interface Verdict {
  readonly check: string
  readonly verdict: "passed" | "refused" | "defect" | "interrupted"
  readonly took: Duration.Duration
}

/**
 * An operation, as a CAM policy names it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Operation {
  /** `ebs:CreateVolume`. */
  readonly action: string
  readonly resource: string
}

/**
 * How a call ended:
 *
 * - `answered`: the gateway sent the whole answer, a result or an error
 * - `interrupted`: the caller hung up first
 * - `broken`: an injected fault broke the connection
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome = "answered" | "interrupted" | "broken"

/**
 * One call. A member is undefined if a check rejected the call before the gateway knew it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Entry {
  readonly requestId: string
  /** UNIX milliseconds. */
  readonly receivedAt: number
  /** The time until the answer, or until the end of an answer that streams. */
  readonly took: Duration.Duration
  readonly outcome: Outcome
  readonly product: string | undefined
  readonly action: string | undefined
  readonly version: string | undefined
  readonly region: string | undefined
  readonly secretId: string | undefined
  readonly account: string | undefined
  readonly identity: string | undefined
  /** The request, with {@link removed} in place of each secret. Of a body that is no text it keeps the size. */
  readonly request: Wire.WireRequest & { readonly body: string }
  /** The checks that ran, in their order. */
  readonly checks: ReadonlyArray<Verdict>
  /**
   * What decided the answer: the name of the check that rejected the request, `fault` for an injected one, or else `handler`. It is
   * `caller` if the caller hung up first.
   */
  readonly decidedBy: string
  /** The operations of the call. */
  readonly operations: ReadonlyArray<Operation>
  /** The operations that a soft Authorizer denied. */
  readonly missing: ReadonlyArray<Operation>
  readonly faults: ReadonlyArray<Fault>
  /** The code of the error in the answer, or in its last event. Undefined for a result. */
  readonly code: string | undefined
  /** The number of events that were sent, of an answer that streams. It includes an event that holds an error. */
  readonly events: number | undefined
  /**
   * The answer, without its secrets. The body of an answer that streams is empty. Undefined if the caller hung up before there was
   * an answer.
   */
  readonly response: Omit<Wire.WireResponse, "stream"> | undefined
}

/**
 * How much a journal keeps.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The number of calls. Default: 1,000. */
  readonly capacity?: number | undefined
  /** The number of characters of each body. Default: 4,096. */
  readonly bodyLimit?: number | undefined
  /**
   * Names of more members that are secrets, in requests and answers. Names such as `Password` and `PrivateKey` are known, and so are
   * those that a contract lists as `secrets`. Default: none.
   */
  readonly secrets?: ReadonlyArray<string> | undefined
}

/**
 * A journal could not record a call. The gateway answers the call all the same, and logs the kind of failure without its message.
 *
 * @since 0.1.0
 * @category errors
 */
export class JournalError extends PortError {
  readonly _tag = "JournalError"
}

/**
 * Keeps the calls of a gateway. The default keeps nothing, so a gateway does not need this service.
 *
 * @since 0.1.0
 * @category tags
 */
export class Journal extends Context.Reference<Journal>()("effect-tencentcloud/Journal", {
  defaultValue: (): {
    /** Records a call, without its secrets. */
    readonly record: (entry: Seen) => Effect.Effect<void, JournalError>
    /** The calls, oldest first. */
    readonly entries: Effect.Effect<ReadonlyArray<Entry>>
    /** Forgets all calls. */
    readonly clear: Effect.Effect<void>
  } => noop
}) {}

/**
 * One call, with its secrets.
 *
 * @since 0.1.0
 * @category models
 */
export type Seen = Omit<Entry, "request" | "response"> & {
  readonly request: Wire.WireRequest
  readonly response: Wire.WireResponse | undefined
  /** The members that the action's contract lists as secrets. */
  readonly secrets?: ReadonlyArray<string> | undefined
}

/**
 * Keeps nothing. A gateway then records nothing.
 *
 * @since 0.1.0
 * @category constructors
 */
export const noop: Journal["Type"] = {
  record: () => Effect.void,
  entries: Effect.succeed([]),
  clear: Effect.void
}

/**
 * The text in place of a secret.
 *
 * @since 0.1.0
 * @category constants
 */
export const removed = Secrets.removed

/** The most operations of one call that a journal keeps. */
const maxOperations = 1000

/** Copies a text. What V8 cuts out of a text holds all of it. */
const copyOf = (text: string): string => (text.length < 13 ? text : bytes.decode(bytes.encode(text)))

/**
 * Makes a journal that keeps the last calls in memory.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<Journal["Type"]> =>
  Effect.sync(() => {
    const capacity = options.capacity ?? 1000
    const bodyLimit = options.bodyLimit ?? 4096
    const cut = (text: string): string => copyOf(text.length > bodyLimit ? `${text.slice(0, bodyLimit)}…` : text)
    const cutName = (text: string | undefined): string | undefined => (text === undefined ? undefined : cut(text))
    const cutOperations = (operations: ReadonlyArray<Operation>): ReadonlyArray<Operation> =>
      operations
        .slice(0, maxOperations)
        .map(({ action, resource }) => ({ action: cut(action), resource: cut(resource) }))

    /** Keeps headers until they are as long as a body may be. */
    const cutHeaders = (headers: Wire.Headers): Wire.Headers => {
      const kept: Record<string, string> = {}
      let left = Math.max(bodyLimit, 4096)
      for (const [name, value] of Object.entries(headers)) {
        left -= name.length + Math.min(value.length, bodyLimit)
        if (left < 0) break
        kept[name] = cut(value)
      }
      return kept
    }

    const isSecret = Secrets.listOf(options.secrets)
    // A ring: the next call takes the place of the oldest.
    let ring: Array<Entry> = []
    let next = 0

    const isSecretOf = (names: ReadonlyArray<string> = []) =>
      names.length === 0 ? isSecret : Secrets.listOf([...names, ...(options.secrets ?? [])])

    const keep = ({ request, response, secrets, ...seen }: Seen): Entry => {
      const isSecret = isSecretOf(secrets)
      const { body, headers, method, path, query, ...sent } = Secrets.fromRequest(request, isSecret, bodyLimit)
      const answered = response === undefined ? undefined : Secrets.fromResponse(response, isSecret, bodyLimit)
      return {
        ...seen,
        action: cutName(seen.action),
        version: cutName(seen.version),
        region: cutName(seen.region),
        operations: cutOperations(seen.operations),
        missing: cutOperations(seen.missing),
        request: {
          ...sent,
          method: cut(method),
          path: cut(path),
          query: cut(query),
          headers: cutHeaders(headers),
          body: cut(body)
        },
        response:
          answered === undefined
            ? undefined
            : { ...answered, headers: cutHeaders(answered.headers), body: cut(answered.body) }
      }
    }

    return {
      record: (seen) =>
        Effect.sync(() => {
          if (capacity <= 0) return
          ring[next] = keep(seen)
          next = (next + 1) % capacity
        }),
      entries: Effect.sync(() => (ring.length < capacity ? [...ring] : [...ring.slice(next), ...ring.slice(0, next)])),
      clear: Effect.sync(() => {
        ring = []
        next = 0
      })
    }
  })
