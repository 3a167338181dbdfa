/**
 * Calls actions: encodes, signs, sends, reads the answer, and tries again where that can help.
 *
 * @since 0.1.0
 */
import * as Channel from "effect/Channel"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type * as Action from "../../domain/contract/Action.js"
import type { UnrecognizedError } from "../../domain/errors/ApiError.js"
import { type ClientError, type InvalidRequestInput, MalformedResponse } from "../../domain/errors/ClientError.js"
import type { CommonError, DryRunOperation } from "../../domain/errors/CommonError.js"
import type * as RetryPolicy from "../../domain/rules/RetryPolicy.js"
import type * as Endpoint from "../../domain/wire/Endpoint.js"
import type { Language } from "../../domain/wire/Language.js"
import type { Encoding } from "../../domain/wire/Request.js"
import type { WireResponse } from "../../domain/wire/Wire.js"
import { RateLimiter } from "../gateway/RateLimiter.js"
import * as Deprecations from "../internal/deprecations.js"
import * as Step from "../internal/runtime/step.js"
import { uuid } from "../internal/runtime/uuid.js"
import * as CircuitBreaker from "./CircuitBreaker.js"
import { ClockSync } from "./ClockSync.js"
import { CredentialProvider } from "./CredentialProvider.js"
import * as Answer from "./internal/answer.js"
import type * as Attempts from "./internal/attempt.js"
import * as Calls from "./internal/calling.js"
import * as CallPlan from "./internal/callPlan.js"
import * as eventReader from "./internal/eventReader.js"
import * as RetryBudget from "./internal/retryBudget.js"
import * as Spending from "./internal/spent.js"
import { type SignatureMethod, Signer } from "./Signer.js"
import { Transport } from "./Transport.js"

/**
 * One endpoint, or several in the order in which they are tried.
 *
 * @since 0.1.0
 * @category models
 */
export type Endpoints = Endpoint.Choice | ReadonlyArray<Endpoint.Choice>

/**
 * How a call is made. Each of them may be given for every call, when the client is made, and for one call, which wins.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** `X-TC-Region`: `ap-guangzhou`. Default: none. */
  readonly region?: string | undefined
  /** The language of messages. Default: the service's own, `en-US`. */
  readonly language?: Language | undefined
  /**
   * Where to call, for all products or for each: see `Endpoint.Choice`. Of a list, each attempt takes the first one that has
   * not failed too often lately: see `CircuitBreaker`; one that cannot be reached at all gives way to the next at once. Default:
   * `{ site: "product" }`, `<product>.tencentcloudapi.com`.
   */
  readonly endpoint?: Endpoints | ((product: string) => Endpoints) | undefined
  /** How parameters travel. Default: `json`, and `multipart` where the request holds bytes. */
  readonly encoding?: Encoding | undefined
  /** Default: `TC3-HMAC-SHA256`; for a `form`, which the public gateway takes with version 1 only, `HmacSHA256`. */
  readonly signatureMethod?: SignatureMethod | undefined
  /** Whether `UNSIGNED-PAYLOAD` is signed in the place of the body, which then nothing protects but TLS. Default: false. */
  readonly unsignedPayload?: boolean | undefined
  /** How long one attempt may take; above zero. Default: 60 seconds, as in the official clients. */
  readonly timeout?: Duration.DurationInput | undefined
  /** How long the whole call may take, waiting and retries included; above zero. Default: no limit. */
  readonly deadline?: Duration.DurationInput | undefined
  /** When a call is tried again. Default: `RetryPolicy.exponential()`. */
  readonly retry?: RetryPolicy.RetryPolicy | undefined
  /** `X-TC-TraceId`, echoed in the answer's headers: printable ASCII, without spaces around it. */
  readonly traceId?: string | undefined
  /**
   * Whether a request is checked against the action's shape before it is sent. Without, its faults are found by the service. Contracts
   * written with a schema library are checked always. Default: true.
   */
  readonly check?: boolean | undefined
  /** Whether an answer that deviates from the action's contract, however little, is a `MalformedResponse`. Default: false. */
  readonly strict?: boolean | undefined
  /** Whether calls and attempts are spans: see `Telemetry`. Default: true. */
  readonly tracing?: boolean | undefined
  /** Whether the service is told of the trace, by a header `traceparent`. Default: false. */
  readonly propagateTrace?: boolean | undefined
}

/**
 * The proof that a request would have succeeded.
 *
 * @since 0.1.0
 * @category models
 */
export interface DryRun {
  readonly requestId: string
  readonly message: string
}

/**
 * An action that knows dry runs: its request has a member `DryRun`. Any other becomes `never`.
 *
 * @since 0.1.0
 * @category models
 */
export type DryRunnable<A> =
  Action.Action.Request<A> extends { readonly DryRun?: boolean | undefined }
    ? "DryRun" extends keyof Action.Action.Request<A>
      ? A
      : never
    : never

/**
 * What a dry run can fail with: all that the call can, but for the `DryRunOperation` that proves it.
 *
 * @since 0.1.0
 * @category models
 */
export type DryRunError<A> = Exclude<Action.Action.Error<A>, DryRunOperation>

/**
 * The client: calls actions, and asks for dry runs of them.
 *
 * @since 0.1.0
 * @category tags
 */
export class ApiClient extends Context.Tag("effect-tencentcloud/ApiClient")<
  ApiClient,
  {
    readonly call: <A extends Action.Action.AnyUnary>(
      action: A,
      request: Action.Action.Request<A>,
      options?: Options
    ) => Effect.Effect<Action.Action.Success<A>, Action.Action.Error<A>>
    readonly stream: <A extends Action.Action.AnyStreaming>(
      action: A,
      request: Action.Action.Request<A>,
      options?: Options
    ) => Stream.Stream<Action.Action.Success<A>, Action.Action.Error<A>>
    readonly dryRun: <A extends Action.Action.AnyUnary>(
      action: A & DryRunnable<A>,
      request: Omit<Action.Action.Request<A>, "DryRun">,
      options?: Options
    ) => Effect.Effect<DryRun, DryRunError<A>>
  }
>() {}

/**
 * Calls an action.
 *
 * @since 0.1.0
 * @category calls
 */
export const call = <A extends Action.Action.AnyUnary>(
  action: A,
  request: Action.Action.Request<A>,
  options?: Options
): Effect.Effect<Action.Action.Success<A>, Action.Action.Error<A>, ApiClient> =>
  Step.service(ApiClient, (client) => client.call(action, request, options))

/**
 * Calls an action that streams, and gives its events as they come. Nothing is sent until the stream is run; whoever stops
 * reading closes the connection.
 *
 * Tries, repairs and `timeout` concern what comes before the first event; `deadline` too. A stream that breaks off fails with
 * `TransportError`, or with `MalformedResponse` where it ends in the middle of an event, and is not begun again by itself.
 *
 * @since 0.1.0
 * @category calls
 */
export const stream = <A extends Action.Action.AnyStreaming>(
  action: A,
  request: Action.Action.Request<A>,
  options?: Options
): Stream.Stream<Action.Action.Success<A>, Action.Action.Error<A>, ApiClient> =>
  unwrapped(Effect.map(ApiClient, (client) => client.stream(action, request, options)))

/**
 * Asks whether a request would succeed, without doing anything. The service's `DryRunOperation` is the good answer, and so
 * becomes a value; everything else stays a failure. An action that answers with a result knows no dry run and may have been
 * carried out: that is a `MalformedResponse`.
 *
 * Only actions whose request has a member `DryRun` can be asked.
 *
 * @since 0.1.0
 * @category calls
 */
export const dryRun = <A extends Action.Action.AnyUnary>(
  action: A & DryRunnable<A>,
  request: Omit<Action.Action.Request<A>, "DryRun">,
  options?: Options
): Effect.Effect<DryRun, DryRunError<A>, ApiClient> =>
  Effect.flatMap(ApiClient, (client) => client.dryRun(action, request, options))

/**
 * What a call can fail with: the codes that its action declares, those that all actions have in common, a code that is not known at
 * all, and what can go wrong on this side of the wire. It has a name so that an editor shows `CallError<RunInstancesError>`, and not
 * every one of 200 classes.
 *
 * @since 0.1.0
 * @category models
 */
export type CallError<Declared> = Declared | CommonError | UnrecognizedError | ClientError

/**
 * What calling an action gives: an effect, or, of an action that streams, a stream of its events. It is `Success` and `Error`
 * of the action, written out, so that an editor shows what they are.
 *
 * @since 0.1.0
 * @category models
 */
export type Calling<A extends Action.Action.Any> = A extends Action.Action.AnyStreaming
  ? Stream.Stream<
      Action.Action.Response<A> & { readonly RequestId: string },
      CallError<Action.Action.DeclaredError<A>>,
      ApiClient
    >
  : Effect.Effect<
      Action.Action.Response<A> & { readonly RequestId: string },
      CallError<Action.Action.DeclaredError<A>>,
      ApiClient
    >

/**
 * An action that can be called like a function, and still carries its contract: what product modules export.
 *
 * @since 0.1.0
 * @category models
 */
export interface Callable<A extends Action.Action.Any> {
  (...args: Arguments<A>): Calling<A>
  readonly action: A
}

/**
 * What a callable action takes. The request may be left out where every member of it may.
 *
 * @since 0.1.0
 * @category models
 */
export type Arguments<A extends Action.Action.Any> =
  {} extends Action.Action.Request<A>
    ? [request?: Action.Action.Request<A>, options?: Options]
    : [request: Action.Action.Request<A>, options?: Options]

/**
 * Makes an action callable.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as Action from "effect-tencentcloud/Action"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 *
 * const GetCallerIdentity = ApiClient.callable(
 *   Action.make("GetCallerIdentity", {
 *     product: "sts",
 *     version: "2018-08-13",
 *     request: Schema.Struct({}),
 *     response: Schema.Struct({ Arn: Schema.String, AccountId: Schema.String }),
 *     errors: []
 *   })
 * )
 *
 * export const whoAmI = GetCallerIdentity({}, { region: "ap-guangzhou" })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const callable = <A extends Action.Action.Any>(action: A): Callable<A> => {
  // Left out only where `{}` is a request, which the arguments' type says.
  const invoke = (request: unknown = {}, options?: Options) =>
    isStreaming(action)
      ? stream<Action.Action.AnyStreaming>(action, request as never, options)
      : call<Action.Action.AnyUnary>(action as Action.Action.AnyUnary, request as never, options)
  // `Callable` says of the request and the result what the action does, and asks the same question as `isStreaming`.
  return Object.assign(invoke, { action }) as unknown as Callable<A>
}

/**
 * What a call took until it failed: how many attempts it made, and how long it took, pauses included.
 *
 * @since 0.1.0
 * @category models
 */
export type Spent = Spending.Spent

/**
 * What the call took that failed with an error; none for an error that no call has ended with, and for a call of which nothing
 * was begun, `InvalidRequestInput`. It stands beside the error and not in its fields, so that two errors that say the same stay
 * equal.
 *
 * @example
 * ```ts
 * import * as Duration from "effect/Duration"
 * import * as Effect from "effect/Effect"
 * import * as Option from "effect/Option"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 *
 * // "gave up after 4 attempts in 1s 200ms"
 * export const logged = Effect.tapError((error: unknown) =>
 *   Option.match(ApiClient.spent(error), {
 *     onNone: () => Effect.void,
 *     onSome: ({ attempts, elapsed }) =>
 *       Effect.logError(`gave up after ${attempts} attempts in ${Duration.format(elapsed)}`)
 *   })
 * )
 * ```
 *
 * @since 0.1.0
 * @category getters
 */
export const spent = (error: unknown): Option.Option<Spent> => Spending.of(error)

/** `Stream.unwrap`, without the concurrency that it could have: that is a tenth of what a small program loads. */
const unwrapped = <A, E, R, E2, R2>(
  self: Effect.Effect<Stream.Stream<A, E, R>, E2, R2>
): Stream.Stream<A, E | E2, R | R2> => Stream.fromChannel(Channel.unwrap(Effect.map(self, Stream.toChannel)))

const isStreaming = (action: Action.Action.Any): action is Action.Action.AnyStreaming => action.streams

const withoutUndefined = (options: Options): Options =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))

/**
 * Makes the service.
 *
 * Each try is signed anew, and the ClientToken stays the same. `AuthFailure.SignatureExpire` sets the clock by the answer, and
 * `AuthFailure.TokenFailure` gets another credential, once each, before the policy is asked.
 *
 * A host that a call cannot get through to, and never will (`TransportError` with `permanent` and not `sent`: its certificate is not
 * to be trusted, a proxy forbids it), is left out for the rest of the call where there is another one, and that one is called
 * at once, whatever the policy: nothing was sent. From `https` it goes to no host of `http`.
 *
 * Every try after a call's first takes from one budget, to which each call adds a tenth: when everything fails, there are 1.1
 * attempts for a call over time. What a failed call took is told by {@link spent}.
 *
 * A `DeprecatedWarning` of the service is logged, once for each action; an action that streams has it in a header.
 *
 * The CircuitBreaker that chooses among several endpoints is the client's own, unless one is given.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  defaults: Options = {}
): Effect.Effect<ApiClient["Type"], never, Transport | Signer | ClockSync | CredentialProvider | RateLimiter> =>
  Effect.gen(function* () {
    const transport = yield* Transport
    const signer = yield* Signer
    const clock = yield* ClockSync
    const credentials = yield* CredentialProvider
    const limiter = yield* RateLimiter
    const deprecations = Deprecations.make()
    const given = yield* Effect.serviceOption(CircuitBreaker.CircuitBreaker)
    const breaker = Option.isSome(given) ? given.value : yield* CircuitBreaker.make()
    const budget = yield* RetryBudget.make
    const means: Attempts.Means = { transport, signer, clock, credentials, limiter, breaker, budget, observed: "" }

    /** The terms of calls without options of their own. What an endpoint's function says may change from call to call. */
    const usual = new WeakMap<Action.Action.Any, CallPlan.Terms>()
    const termsOf = (action: Action.Action.Any, perCall: Options | undefined) => {
      const lasting = perCall === undefined && typeof defaults.endpoint !== "function"
      const known = lasting ? usual.get(action) : undefined
      if (known !== undefined) return Either.right(known)
      const options = perCall === undefined ? defaults : { ...defaults, ...withoutUndefined(perCall) }
      const terms = CallPlan.terms(action, options)
      if (lasting && Either.isRight(terms)) usual.set(action, terms.right)
      return terms
    }

    /** Checks and encodes a request, and makes a call of it. */
    const calling = <A extends Action.Action.Any, B, C, E>(
      action: A,
      request: Action.Action.Request<A>,
      perCall: Options | undefined,
      read: Attempts.Read<A, B>,
      use: (call: Calls.Call<A, B>) => Effect.Effect<C, E>
    ): Effect.Effect<C, E | InvalidRequestInput> =>
      Step.make<C, E | InvalidRequestInput>(({ fiber }) => {
        const known = termsOf(action, perCall)
        if (Either.isLeft(known)) return Effect.fail(known.left)
        const terms = known.right
        const startedAt = Step.clockOf({ fiber }).unsafeCurrentTimeMillis()
        const made = (id: string): Effect.Effect<C, E | InvalidRequestInput> => {
          const payload = CallPlan.payload(action, request, terms, id)
          return Either.isRight(payload)
            ? use(new Calls.Call(means, action, terms, payload.right, read, fiber, startedAt))
            : Effect.fail(payload.left)
        }
        return CallPlan.needsId(action, terms) ? Step.andThen(uuid, made) : made("")
      })

    const warn = (action: Action.Action.Any, warning: string | undefined): Effect.Effect<void> =>
      warning === undefined ? Effect.void : deprecations.tell(action, warning)

    const readOne = <A extends Action.Action.Any>(
      action: A,
      response: WireResponse,
      origin: Answer.Origin,
      mode: CallPlan.Terms["mode"]
    ): Effect.Effect<Action.Action.Success<A>, Action.Action.Error<A>> =>
      Answer.read(action, origin, response, mode, (warning) => warn(action, warning))

    const readResult = <A extends Action.Action.AnyUnary>(
      action: A,
      response: WireResponse,
      origin: Answer.Origin,
      mode: CallPlan.Terms["mode"]
    ): Effect.Effect<Action.Action.Success<A>, Action.Action.Error<A>> =>
      response.stream === undefined
        ? readOne(action, response, origin, mode)
        : // One piece is enough to close it again, and to say that it is none.
          Effect.zipRight(
            Effect.ignore(Stream.runDrain(Stream.take(response.stream, 1))),
            readOne(action, { ...response, body: "" }, origin, mode)
          )

    const readEvents = <A extends Action.Action.AnyStreaming>(
      action: A,
      response: WireResponse,
      origin: Answer.Origin,
      mode: CallPlan.Terms["mode"]
    ): Effect.Effect<Stream.Stream<Action.Action.Success<A>, Action.Action.Error<A>>, Action.Action.Error<A>> => {
      const { stream } = response
      return stream === undefined
        ? Effect.map(readOne(action, response, origin, mode), (only) => Stream.succeed(only))
        : Effect.as(
            warn(action, Deprecations.warningOf(response.headers)),
            eventReader.read(action, origin, response, stream, mode)
          )
    }

    return {
      call: <A extends Action.Action.AnyUnary>(action: A, request: Action.Action.Request<A>, options?: Options) =>
        calling(action, request, options, readResult<A>, ({ sent }) => sent),
      stream: <A extends Action.Action.AnyStreaming>(action: A, request: Action.Action.Request<A>, options?: Options) =>
        unwrapped(
          calling(action, request, options, readEvents<A>, (call) =>
            Effect.map(
              call.sent,
              Stream.tapError((error) => Spending.note(error, call))
            )
          )
        ),
      dryRun: <A extends Action.Action.AnyUnary>(
        action: A & DryRunnable<A>,
        request: Omit<Action.Action.Request<A>, "DryRun">,
        options?: Options
      ) => {
        // `Omit` and the member that it left out are the request again.
        const asked = { ...request, DryRun: true } as Action.Action.Request<A>
        return calling<A, Action.Action.Success<A>, DryRun, DryRunError<A>>(
          action,
          asked,
          options,
          readResult<A>,
          (call) =>
            Effect.matchEffect(call.sent, {
              onFailure: (error): Effect.Effect<DryRun, DryRunError<A>> =>
                error._tag === "DryRunOperation"
                  ? Effect.succeed({ requestId: error.requestId, message: error.message })
                  : Effect.fail(error as DryRunError<A>),
              onSuccess: ({ RequestId }): Effect.Effect<DryRun, DryRunError<A>> => {
                const error = new MalformedResponse({
                  action: action.name,
                  host: call.host,
                  status: 200,
                  contentType: "application/json",
                  reason: "holds a result where a dry run was asked for: the action may have been carried out",
                  truncated: false,
                  requestId: RequestId,
                  body: Redacted.make("")
                })
                return Effect.zipRight(Spending.note(error, call), Effect.fail(error))
              }
            })
        )
      }
    }
  })
