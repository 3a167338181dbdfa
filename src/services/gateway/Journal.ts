/**
 * What a gateway saw: each request, what the checks said of it, and its answer, without the secrets of either.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Fault } from "../../domain/rules/Fault.js"
import * as Body from "../../domain/wire/Body.js"
import * as Json from "../../domain/wire/Json.js"
import * as Parameters from "../../domain/wire/Parameters.js"
import type * as Wire from "../../domain/wire/Wire.js"

/**
 * What a check said, and how long it took.
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
 * An operation, as CAM judges it.
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
 * - `answered`: its answer was given out whole, whatever it says
 * - `interrupted`: the caller hung up first
 * - `broken`: an injected fault broke the connection
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome = "answered" | "interrupted" | "broken"

/**
 * One call. What was not found out before it was refused is undefined.
 *
 * @since 0.1.0
 * @category models
 */
export interface Entry {
  readonly requestId: string
  /** UNIX milliseconds. */
  readonly receivedAt: number
  /** Until the answer was there; of one that streams, until its end. */
  readonly took: Duration.Duration
  readonly outcome: Outcome
  readonly product: string | undefined
  readonly action: string | undefined
  readonly version: string | undefined
  readonly region: string | undefined
  readonly secretId: string | undefined
  readonly account: string | undefined
  readonly identity: string | undefined
  /** With every secret replaced by {@link removed}; a body that is no text is told by its size alone. */
  readonly request: Wire.WireRequest & { readonly body: string }
  /** The checks that were made, in their order. */
  readonly checks: ReadonlyArray<Verdict>
  /**
   * Who decided what the answer is: the check that refused the request, an injected `fault`, or else the `handler`; the `caller`
   * where there is none.
   */
  readonly decidedBy: string
  /** What it asked CAM for. */
  readonly operations: ReadonlyArray<Operation>
  /** What CAM did not grant, and let pass in its soft mode. */
  readonly missing: ReadonlyArray<Operation>
  readonly faults: ReadonlyArray<Fault>
  /** The error of the answer, or the one that its events end with; undefined for a result. */
  readonly code: string | undefined
  /** Of an answer that streams, how many events were given out, one that tells an error among them. */
  readonly events: number | undefined
  /**
   * Without its secrets. The body of an answer that streams is empty; undefined where the caller hung up before there was any
   * answer.
   */
  readonly response: Omit<Wire.WireResponse, "stream"> | undefined
}

/**
 * How much is kept.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Default: 1,000 calls. */
  readonly capacity?: number | undefined
  /** Default: 4,096 characters of each body. */
  readonly bodyLimit?: number | undefined
}

/**
 * Keeps what a gateway saw. It has a default that keeps nothing, so a gateway does not have to be given one.
 *
 * @since 0.1.0
 * @category tags
 */
export class Journal extends Context.Reference<Journal>()("effect-tencentcloud/Journal", {
  defaultValue: (): {
    /** Takes the secrets out, and keeps the rest. */
    readonly record: (entry: Seen) => Effect.Effect<void>
    /** What is kept, oldest first. */
    readonly entries: Effect.Effect<ReadonlyArray<Entry>>
    readonly clear: Effect.Effect<void>
  } => noop
}) {}

/**
 * One call as it was, before its secrets are taken out.
 *
 * @since 0.1.0
 * @category models
 */
export type Seen = Omit<Entry, "request" | "response"> & {
  readonly request: Wire.WireRequest
  readonly response: Wire.WireResponse | undefined
}

/**
 * Keeps nothing. A gateway does not even ask.
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
 * What stands in the place of a secret.
 *
 * @since 0.1.0
 * @category constants
 */
export const removed = "<removed>"

const isSecret = (name: string): boolean =>
  /password|passwd|secret(?!id)|token|private_?key|credential|signature$|authorization|cookie/i.test(name) &&
  // A token that only names a try, or a page, is none.
  !/clienttoken|nexttoken|pagetoken/i.test(name)

const withoutSecrets = (value: Json.Json): Json.Json => {
  if (Array.isArray(value)) return value.map(withoutSecrets)
  if (!Json.isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, isSecret(name) ? removed : withoutSecrets(member)])
  )
}

const jsonWithoutSecrets = (text: string): string | undefined =>
  Either.getOrUndefined(Either.flatMap(Json.parse(text), (value) => Json.stringify(withoutSecrets(value))))

const formWithoutSecrets = (text: string): string | undefined =>
  Either.getOrUndefined(
    Either.map(Parameters.parse(text), (parameters) =>
      Parameters.format(parameters.map(([name, value]) => [name, isSecret(name) ? removed : value] as const))
    )
  )

const headersWithoutSecrets = (headers: Wire.Headers): Wire.Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      // Of an Authorization all but the signature tells who calls.
      name === "authorization" && /, *Signature=/.test(value)
        ? value.replace(/Signature=.*/, `Signature=${removed}`)
        : isSecret(name)
          ? removed
          : value
    ])
  )

/** What cannot be read might hold anything, and is told by its size alone. */
const unread = (body: string | Uint8Array): string => `<${Body.byteLength(body)} bytes>`

const requestBody = ({ body, headers }: Wire.WireRequest): string => {
  if (body.length === 0) return ""
  const read = Body.mediaType(headers) === "application/json" ? jsonWithoutSecrets : formWithoutSecrets
  return ["application/json", "application/x-www-form-urlencoded"].includes(Body.mediaType(headers))
    ? (read(Body.text(body)) ?? unread(body))
    : unread(body)
}

/**
 * Keeps the last calls in memory, oldest out first.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<Journal["Type"]> =>
  Effect.sync(() => {
    const capacity = options.capacity ?? 1000
    const bodyLimit = options.bodyLimit ?? 4096
    const cut = (text: string): string => (text.length > bodyLimit ? `${text.slice(0, bodyLimit)}…` : text)
    // A ring: the next call goes where the oldest is.
    let ring: Array<Entry> = []
    let next = 0

    const keepResponse = ({ body, headers, stream: _, ...answered }: Wire.WireResponse): Entry["response"] => ({
      ...answered,
      headers: headersWithoutSecrets(headers),
      body: body === "" ? "" : cut(jsonWithoutSecrets(body) ?? unread(body))
    })

    const keep = ({ request, response, ...seen }: Seen): Entry => ({
      ...seen,
      request: {
        ...request,
        query: cut(formWithoutSecrets(request.query) ?? unread(request.query)),
        headers: headersWithoutSecrets(request.headers),
        body: cut(requestBody(request))
      },
      response: response === undefined ? undefined : keepResponse(response)
    })

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
