/** The options of a call: for a whole client, for a part of a program, or for one call. */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type { Language } from "../../../domain/rules/Message.js"
import type * as RetryPolicy from "../../../domain/rules/RetryPolicy.js"
import type * as Endpoint from "../../../domain/wire/Endpoint.js"
import type { Encoding } from "../../../domain/wire/Request.js"
import type { SignatureMethod } from "../Signer.js"
import type { Hook, SeenRequest, SeenResponse } from "./hooks.js"

/**
 * One endpoint, or several in the order in which the client tries them.
 *
 * @since 0.1.0
 * @category models
 */
export type Endpoints = Endpoint.Choice | ReadonlyArray<Endpoint.Choice>

/**
 * How the client makes a call.
 *
 * You can set each option in three places: for one call, for a part of a program (see `withOptions`), and for the whole client. The
 * call's own value wins over that of the part, and that one over the client's. An option that is `undefined` counts as not set.
 *
 * A call can also do without what its part or its client has. `false` is none, for `region`, `language`, `traceId` and `deadline`. For
 * other options, `"default"` is the library's own default.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** `X-TC-Region`, such as `ap-guangzhou`. `false` is none, whatever the client has. Default: none. */
  readonly region?: string | false | undefined
  /** The language of the service's messages. `false` leaves it to the service. Default: the service's own, `en-US`. */
  readonly language?: Language | false | undefined
  /**
   * Where to send the call, for all products or for each: see `Endpoint.Choice`. If you list several, each attempt goes to the first
   * host that has not failed too often lately: see `CircuitBreaker`. If a host cannot be reached, the call goes on with the next one at
   * once. Default: `{ site: "product" }`, which is `<product>.tencentcloudapi.com`.
   */
  readonly endpoint?: Endpoints | ((product: string) => Endpoints) | "default" | undefined
  /** How the request carries its parameters. Default: `json`, and `multipart` if the request holds bytes. */
  readonly encoding?: Encoding | "default" | undefined
  /**
   * How the request is signed. Default: `TC3-HMAC-SHA256`. For a `form` it is `HmacSHA256`, since the public gateway accepts a form
   * only with version 1.
   */
  readonly signatureMethod?: SignatureMethod | "default" | undefined
  /** Whether to sign `UNSIGNED-PAYLOAD` in place of the body. Then only TLS protects the body. Default: false. */
  readonly unsignedPayload?: boolean | undefined
  /**
   * How long one attempt may take from when it has its connection; above zero. Of a stream, it is the time until the first event.
   * Default: 60 seconds, as in the official clients.
   */
  readonly timeout?: Duration.DurationInput | "default" | undefined
  /**
   * How long the whole call may take, with its retries and all that it waits for; above zero. Of a stream, it is the time until the last event.
   * `false` is no limit. Default: no limit.
   */
  readonly deadline?: Duration.DurationInput | false | undefined
  /** How long a stream may take from one event to the next; above zero. Comments do not count. Default: 5 minutes. */
  readonly idleTimeout?: Duration.DurationInput | "default" | undefined
  /**
   * When the client retries a call. The policy that you choose decides alone: the `retryBudget` does not cut it unless you set that too.
   *
   * Default: `RetryPolicy.exponential()` within the `retryBudget`. A throttled call waits for its second: see `rateLimit`. The client
   * makes it again up to three times, and up to 30 times while other calls succeed.
   */
  readonly retry?: RetryPolicy.RetryPolicy | "default" | undefined
  /**
   * How many retries the client pays for at one host, over all calls. `false` is no limit. Repairs, throttled calls, and the step to the
   * next endpoint cost nothing. Default: 500 tokens, 5 for a retry, 10 after a timeout, 1 back for each success.
   */
  readonly retryBudget?: RetryPolicy.Budget | false | "default" | undefined
  /**
   * How many calls per second of one action the client sends to one host; at least 1. Further calls wait for their second. `false` means
   * that no call waits. Default: no limit until the service throttles a call. From then on the client uses the limit that it learns: see
   * `Throttle.makeLearning`. A `Throttle` that you provide decides how it counts.
   */
  readonly rateLimit?: number | false | "default" | undefined
  /** `X-TC-TraceId`, which the service repeats in its headers: printable ASCII, without spaces around it. `false` is none. */
  readonly traceId?: string | false | undefined
  /**
   * Whether to check a request against the action's shape before sending it. If not, the service finds the faults. Contracts written
   * with a schema library are always checked. Default: true.
   */
  readonly check?: boolean | undefined
  /** Whether an answer that deviates at all from the action's contract is a `MalformedResponse`. Default: false. */
  readonly strict?: boolean | undefined
  /** Whether calls and attempts make spans: see `Telemetry`. Default: true. */
  readonly tracing?: boolean | undefined
  /** Whether to send the service a `traceparent` header. Default: false. */
  readonly propagateTrace?: boolean | undefined
  /**
   * Whether a failure shows where your program made the call, in its stack. It costs some microseconds a call. Set it for one call, or
   * for a part of a program: then it shows where that part is. An `Error` of your own shows where you made that. Default: false.
   */
  readonly callSite?: boolean | Error | undefined
  /** Sees each request before it is sent, without its secrets. Default: none. */
  readonly onRequest?: Hook<SeenRequest> | undefined
  /** Sees each answer, without its secrets. Default: none. */
  readonly onResponse?: Hook<SeenResponse> | undefined
  /**
   * Names of more members that are secrets, in requests and answers. Hooks do not see them, nor does an error show them. Names such as
   * `Password` and `PrivateKey` are known, and so are those that a contract lists as `secrets`. Default: none.
   */
  readonly secrets?: ReadonlyArray<string> | undefined
}

/**
 * The options of calls that go through pages.
 *
 * @since 0.1.0
 * @category models
 */
export interface PageOptions extends Options {
  /**
   * How many pages to fetch at once, where the total tells that they exist. Pages keep their order. Pages with tokens come one after
   * another all the same. Default: 1, which fetches a page when you have read the one before.
   */
  readonly concurrency?: number | undefined
}

/** The options of the part of a program that is running. */
export class PartOptions extends Context.Reference<PartOptions>()("effect-tencentcloud/ApiClient/PartOptions", {
  defaultValue: (): Options => ({})
}) {}

const withoutUndefined = (options: Options): Options =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

/** Puts options over others, one by one. */
export const override = (options: Options, over: Options): Options => ({ ...options, ...withoutUndefined(over) })

/** The options that can be none: `false` says so. */
const canBeNone = ["region", "language", "traceId", "deadline"] as const

/** The options that can go back to the library's default. The others are boolean, and say it themselves. */
const canBeDefault = [
  "endpoint",
  "encoding",
  "signatureMethod",
  "timeout",
  "idleTimeout",
  "retry",
  "retryBudget",
  "rateLimit"
] as const

/** Options in which `undefined` is the only word for "not set". */
export type SetOptions = {
  readonly [K in keyof Options]: K extends (typeof canBeNone)[number]
    ? Exclude<Options[K], false>
    : K extends (typeof canBeDefault)[number]
      ? Exclude<Options[K], "default">
      : Options[K]
}

/** Returns the options without those that are `false` for none, or `"default"`. */
export const settle = (options: Options): SetOptions => {
  const unset = [
    ...canBeNone.filter((name) => options[name] === false),
    ...canBeDefault.filter((name) => options[name] === "default")
  ]
  const settled =
    unset.length === 0 ? options : { ...options, ...Object.fromEntries(unset.map((name) => [name, undefined])) }
  // True: these two values are gone.
  return settled as SetOptions
}

/** The options of a part, if the program that runs in this context has any. This costs every call one look into a map. */
export const partOptions = (context: Context.Context<never>): Options | undefined =>
  // `PartOptions` is the only service with this key, and holds options.
  context.unsafeMap.get(PartOptions.key) as Options | undefined
