/** Hooks that see what a client sends and receives, without its secrets: for debugging. */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Secrets from "../../../domain/rules/internal/secrets.js"
import type { Endpoint } from "../../../domain/wire/Endpoint.js"
import type { Headers, WireRequest, WireResponse } from "../../../domain/wire/Wire.js"

/** Which attempt of which call a hook sees. */
interface Seen {
  readonly product: string
  readonly action: string
  readonly version: string
  readonly region: string | undefined
  /** The number of the attempt: 1 for the first. */
  readonly attempt: number
}

/**
 * A request that the client is about to send, with `<removed>` in place of each secret.
 *
 * @since 0.1.0
 * @category models
 */
export interface SeenRequest extends Seen {
  readonly method: string
  /** With its query. */
  readonly url: string
  readonly headers: Headers
  /** Of a body that is neither JSON nor a form, the size. */
  readonly body: string
}

/**
 * An answer that the client has received, with `<removed>` in place of each secret.
 *
 * @since 0.1.0
 * @category models
 */
export interface SeenResponse extends Seen {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  /** Empty if the answer streams. Of a body that is not JSON, the size. */
  readonly body: string
  /** From the sending to the answer. */
  readonly took: Duration.Duration
}

/**
 * A hook: a function, or a function that returns an effect. It cannot break a call: if it throws, fails or dies, the client goes on. An
 * effect has one second.
 *
 * @since 0.1.0
 * @category models
 */
export type Hook<A> = (
  seen: A
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is a hook too
) => Effect.Effect<unknown, unknown> | void

/** What a hook sees of an attempt. */
interface AttemptState {
  readonly attempts: number
  readonly action: { readonly product: string; readonly name: string; readonly version: string }
  readonly plan: {
    readonly request: { readonly region?: string | undefined }
    readonly isSecret: Secrets.IsSecret
  }
}

const run = <A>(hook: Hook<A>, seen: () => A): Effect.Effect<void> =>
  Effect.suspend((): Effect.Effect<unknown, unknown> => {
    const result: unknown = hook(seen())
    if (Effect.isEffect(result)) {
      // A hook needs no service: its type says so.
      return Effect.timeout(Effect.interruptible(result as Effect.Effect<unknown, unknown>), "1 second")
    }
    // A promise that nobody waits for must not end the process.
    if (Predicate.isPromiseLike(result)) result.then(undefined, () => {})
    return Effect.void
  }).pipe(Effect.catchAllCause(() => Effect.void))

const seenOf = ({ action, attempts, plan }: AttemptState): Seen => ({
  product: action.product,
  action: action.name,
  version: action.version,
  region: plan.request.region,
  attempt: attempts
})

const urlOf = ({ path, query }: Pick<WireRequest, "path" | "query">, { host, protocol }: Endpoint): string =>
  `${protocol}://${host}${path}${query === "" ? "" : `?${query}`}`

/** Runs the hook of requests. */
export const beforeRequest = (
  hook: Hook<SeenRequest>,
  call: AttemptState,
  request: WireRequest,
  endpoint: Endpoint
): Effect.Effect<void> =>
  run(hook, () => {
    const { body, headers, method, path, query } = Secrets.fromRequest(request, call.plan.isSecret)
    return { ...seenOf(call), method, url: urlOf({ path, query }, endpoint), headers, body }
  })

/** Runs the hook of answers. `sentAt` and `now` are in milliseconds. */
export const afterResponse = (
  hook: Hook<SeenResponse>,
  call: AttemptState,
  response: WireResponse,
  { endpoint, now, sentAt }: { readonly endpoint: Endpoint; readonly now: number; readonly sentAt: number }
): Effect.Effect<void> =>
  run(hook, () => {
    const { body, headers, status } = Secrets.fromResponse(response, call.plan.isSecret)
    return {
      ...seenOf(call),
      url: urlOf({ path: "/", query: "" }, endpoint),
      status,
      headers,
      body,
      took: Duration.millis(now - sentAt)
    }
  })
