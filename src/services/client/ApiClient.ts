/**
 * Calls actions: encodes and signs the request, sends it, reads the answer, and retries if that can help.
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import type * as Action from "../../domain/contract/Action.js"
import * as Paging from "../../domain/contract/Paging.js"
import type { UnrecognizedError } from "../../domain/errors/ApiError.js"
import type { ClientError, InvalidRequestInput } from "../../domain/errors/ClientError.js"
import type { CommonError } from "../../domain/errors/CommonError.js"
import * as Fibers from "../internal/runtime/fiber.js"
import * as Step from "../internal/runtime/step.js"
import * as Streams from "../internal/runtime/stream.js"
import { uuid } from "../internal/runtime/uuid.js"
import type { ClockSync } from "./ClockSync.js"
import type { CredentialProvider } from "./CredentialProvider.js"
import { Call } from "./internal/call.js"
import * as CallPlan from "./internal/callPlan.js"
import type { Decoder } from "./internal/callState.js"
import * as Stats from "./internal/callStats.js"
import * as ClientServices from "./internal/clientServices.js"
import { type DryRun, type DryRunError, type DryRunnable, runDry } from "./internal/dryRun.js"
import { addPlace, noteSite } from "./internal/failure.js"
import type { Options, PageOptions } from "./internal/options.js"
import * as CallOptions from "./internal/options.js"
import { pageThrough } from "./internal/pageThrough.js"
import { readResult } from "./internal/readAnswer.js"
import { readEvents } from "./internal/readEvents.js"
import type { Signer } from "./Signer.js"
import type { Throttle } from "./Throttle.js"
import type { Transport } from "./Transport.js"

export { type CallStats, callStats, type Exhausted } from "./internal/callStats.js"
export { deviations, raw } from "./internal/deviations.js"
export type { DryRun, DryRunError, DryRunnable } from "./internal/dryRun.js"
export { type Failure, isFailure } from "./internal/failure.js"
export type { Hook, SeenRequest, SeenResponse } from "./internal/hooks.js"
export type { Endpoints, Options, PageOptions } from "./internal/options.js"

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
): Effect.Effect<Action.Action.Success<A>, Action.Action.Error<A>, ApiClient> => {
  const noted = options?.callSite === true ? noteSite(options, call) : options
  return Step.service(ApiClient, (client) => client.call(action, request, noted))
}

/**
 * Calls an action that streams, and returns its events as they come. Nothing is sent until you run the stream. The connection closes
 * when you stop reading.
 *
 * Retries, repairs and `timeout` end with the first event, and `deadline` with the last. From one event to the next, the stream may
 * take `idleTimeout`. A stream that breaks off fails with `TransportError`, or with `MalformedResponse` if it ends in the middle of an
 * event. It does not start again by itself. An error of the service inside the stream fails it with the class of its code.
 *
 * If the service answers with one result and no stream, that result is the only event.
 *
 * @since 0.1.0
 * @category calls
 */
export const stream = <A extends Action.Action.AnyStreaming>(
  action: A,
  request: Action.Action.Request<A>,
  options?: Options
): Stream.Stream<Action.Action.Success<A>, Action.Action.Error<A>, ApiClient> => {
  const noted = options?.callSite === true ? noteSite(options, stream) : options
  return Streams.unwrap(Effect.map(ApiClient, (client) => client.stream(action, request, noted)))
}

/**
 * Asks whether a request would succeed, without doing anything. The service answers yes with the error `DryRunOperation`, which becomes
 * a value; every other error stays a failure. If an action answers with a result, it does not support dry runs, and the service may
 * have carried it out: that fails with `MalformedResponse`.
 *
 * Only an action whose request has a member `DryRun` is accepted.
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
 * What a call can fail with: the codes that its action declares, the codes that all actions share, an unknown code, and what can go
 * wrong on your side of the wire. It has a name so that an editor shows `CallError<RunInstancesError>`, and not 200 classes.
 *
 * @since 0.1.0
 * @category models
 */
export type CallError<Declared> = Declared | CommonError | UnrecognizedError | ClientError

/**
 * What calling an action returns: an effect, or a stream of events if the action streams. The types `Success` and `Error` of the action
 * are written out, so that an editor shows what they are.
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
 * An action that you call like a function, and that carries its contract: what product modules export.
 *
 * @since 0.1.0
 * @category models
 */
export interface Callable<A extends Action.Action.Any> {
  (...args: Arguments<A>): Calling<A>
  readonly action: A
}

/**
 * The arguments of a callable action. You can leave out the request if no member of it is required.
 *
 * @since 0.1.0
 * @category models
 */
export type Arguments<A extends Action.Action.Any, O = Options> =
  {} extends Action.Action.Request<A>
    ? [request?: Action.Action.Request<A>, options?: O]
    : [request: Action.Action.Request<A>, options?: O]

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
  // The type of the arguments allows no request only where `{}` is one.
  const invoke = (request: unknown = {}, given?: Options) => {
    const options = given?.callSite === true ? noteSite(given, invoke) : given
    return isStreaming(action)
      ? stream<Action.Action.AnyStreaming>(action, request as never, options)
      : call<Action.Action.AnyUnary>(action as Action.Action.AnyUnary, request as never, options)
  }
  // `Callable` has the request and the result of the action, and asks the same question as `isStreaming`.
  return Object.assign(invoke, { action }) as unknown as Callable<A>
}

/**
 * A callable action whose results come in pages.
 *
 * `pages` is a stream of the answers, `items` a stream of what is in them. Nothing is called until you run a stream, and each page only
 * when you have read the one before. Both start where the request says, ask for as many items at once as it says (`Limit`), and fail as
 * {@link pages} does. If items come or go meanwhile, you may see some twice or not at all, as with any paging by offset.
 *
 * Some services hide items after they have cut a page, so that a page is short although more follow. `items` then returns each item once.
 * `pages` returns the answers as they came, but none without a new item.
 *
 * The types of both are written out, as those of {@link Calling} are, so that an editor shows `CallError<DescribeInstancesError>`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Paged<A extends Action.Action.AnyUnary, Item> extends Callable<A> {
  readonly paging: Paging.Paging
  readonly pages: (
    ...args: Arguments<A, PageOptions>
  ) => Stream.Stream<
    Action.Action.Response<A> & { readonly RequestId: string },
    CallError<Action.Action.DeclaredError<A>>,
    ApiClient
  >
  readonly items: (
    ...args: Arguments<A, PageOptions>
  ) => Stream.Stream<Item, CallError<Action.Action.DeclaredError<A>>, ApiClient>
}

const allPages = <A extends Action.Action.AnyUnary>(
  action: A,
  paging: Paging.Paging,
  request: Action.Action.Request<A>,
  options?: PageOptions
) => {
  // A request is an object, and so is an answer.
  const first = request as Action.Action.Request<A> & object
  return pageThrough(action, paging, first, (current, each) => call(action, current, each), options)
}

/**
 * Calls an action page by page, and returns the answers as a stream.
 *
 * A listing always ends. It fails with `MalformedResponse` if it goes nowhere: the service ignores the offset, its tokens go in a circle,
 * or page after page is empty although there are more items. If the total may be that of one page only, one more call makes sure.
 *
 * @since 0.1.0
 * @category calls
 */
export const pages = <A extends Action.Action.AnyUnary>(
  action: A,
  paging: Paging.Paging,
  request: Action.Action.Request<A>,
  options?: PageOptions
): Stream.Stream<Action.Action.Success<A>, Action.Action.Error<A>, ApiClient> =>
  Stream.map(allPages(action, paging, request, options), ({ page }) => page)

/**
 * Makes an action callable, with its pages. `Item` is the type of what is in the list that `paging.items` names.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as Action from "effect-tencentcloud/Action"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 *
 * const DescribeVolumes = ApiClient.paged<string>()(
 *   Action.make("DescribeVolumes", {
 *     product: "ebs",
 *     version: "2026-01-01",
 *     request: Schema.Struct({ Offset: Schema.optional(Schema.Int), Limit: Schema.optional(Schema.Int) }),
 *     response: Schema.Struct({ TotalCount: Schema.Int, VolumeIds: Schema.Array(Schema.String) }),
 *     errors: []
 *   }),
 *   { by: "offset", offset: "Offset", total: "TotalCount", items: "VolumeIds" }
 * )
 *
 * export const all = DescribeVolumes.items({ Limit: 100 })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const paged =
  <Item>() =>
  <A extends Action.Action.AnyUnary>(action: A | { readonly action: A }, paging: Paging.Paging): Paged<A, Item> => {
    const plain: A = "action" in action ? action.action : action
    // The type of the arguments allows no request only where `{}` is one.
    const through = (request: unknown = {}, options?: PageOptions) =>
      allPages<A>(plain, paging, request as Action.Action.Request<A>, options)
    const made = Object.assign(callable(plain), {
      paging,
      pages: (request?: unknown, options?: PageOptions) => Stream.map(through(request, options), ({ page }) => page),
      items: (request?: unknown, options?: PageOptions) =>
        Stream.mapConcatChunk(through(request, options), ({ page, seen }) =>
          // The caller says with `Item` what is in the list.
          Chunk.unsafeFromArray(Paging.itemsOf(paging, page).slice(seen) as ReadonlyArray<Item>)
        )
    })
    // `Paged` writes out the success and the errors of the action: the same types, by the names that an editor shows.
    return made as unknown as Paged<A, Item>
  }

/**
 * Sets options for all calls in a part of a program: also for those in streams that it runs, in its pages and waiters, and in the fibers
 * that it forks.
 *
 * A call's own options win over those of its part, and those of the part win over the client's. In a part of a part, the inner one wins.
 * Each option counts on its own. A stream uses the options of the part that runs it, not of the part that made it. Calls fail with
 * `InvalidRequestInput` if an option is invalid.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 * import { DescribeInstances } from "effect-tencentcloud/products/cvm"
 *
 * export const inBeijing = Effect.all([DescribeInstances({ Limit: 10 }), DescribeInstances({ Limit: 10, Offset: 10 })]).pipe(
 *   ApiClient.withOptions({ region: "ap-beijing", deadline: "10 seconds" })
 * )
 * ```
 *
 * @since 0.1.0
 * @category options
 */
export const withOptions: {
  (options: Options): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  <A, E, R>(self: Effect.Effect<A, E, R>, options: Options): Effect.Effect<A, E, R>
} = (...args: readonly [Options] | readonly [Effect.Effect<unknown, unknown, unknown>, Options]) => {
  const options = noteSite(args.length === 1 ? args[0] : args[1], withOptions)
  const provide = <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.mapInputContext(self, (context: Context.Context<R>) => {
      const outer = Context.get(context, CallOptions.PartOptions)
      return Context.add(context, CallOptions.PartOptions, CallOptions.override(outer, options))
    })
  // The overloads say which of the two the caller gets.
  return (args.length === 1 ? provide : provide(args[0])) as never
}

const isStreaming = (action: Action.Action.Any): action is Action.Action.AnyStreaming => action.streams

/**
 * Makes the client.
 *
 * - Each attempt is signed for its own time and host. The ClientToken stays the same in all attempts.
 * - If the service answers `AuthFailure.SignatureExpire`, the client corrects its clock from that answer. After another `AuthFailure`
 *   that is about the key, it asks the source for another key. Each happens at most once in a call, before the policy is asked. One call
 *   does it for all that wait, and it costs no retry.
 * - If a host cannot be reached and nothing was sent, the call goes on at once with the next host, if there is one. After a host with
 *   `https`, it uses none with `http`.
 * - A throttled call waits for the next second, and for its place there: see the options `rateLimit` and `retry`.
 * - Other retries draw on the `retryBudget` of their host, unless you choose the policy.
 * - {@link callStats} tells what a failed call took, and whether a retry was left.
 * - The client logs the `DeprecatedWarning` of the service, once for each action.
 * - Each client has its own CircuitBreaker for choosing among hosts, unless you provide one.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  defaults: Options = {}
): Effect.Effect<ApiClient["Type"], never, Transport | Signer | ClockSync | CredentialProvider | Throttle> =>
  Effect.map(ClientServices.make, (services) => {
    const planOf = CallPlan.makePlanner(defaults)

    /** Fails a call that was never sent. */
    const reject = (error: InvalidRequestInput, site: Error | undefined, fiber: Fibers.AnyFiber) => {
      addPlace(error, site, Fibers.currentSpan(fiber))
      return Effect.fail(error)
    }

    /** Checks a request, makes a call of it, and uses the call. */
    const withCall = <A extends Action.Action.Any, B, C, E>(
      action: A,
      request: Action.Action.Request<A>,
      options: Options | undefined,
      decode: Decoder<A, B>,
      use: (call: Call<A, B>) => Effect.Effect<C, E>
    ): Effect.Effect<C, E | InvalidRequestInput> =>
      Step.make<C, E | InvalidRequestInput>(({ context, fiber }) => {
        const planned = planOf(action, CallOptions.partOptions(context), options)
        if (Either.isLeft(planned)) return Effect.fail(planned.left)
        const plan = planned.right
        const startedAt = Fibers.currentMillis(fiber)
        const start = (id: string): Effect.Effect<C, E | InvalidRequestInput> => {
          const parameters = CallPlan.writeParameters(action, request, plan, id)
          return Either.isRight(parameters)
            ? use(new Call(services, action, plan, parameters.right, id, decode, fiber, startedAt))
            : reject(parameters.left, plan.callSite, fiber)
        }
        return CallPlan.needsId(action, plan) ? Step.flatMap(uuid, start) : start("")
      })

    return {
      call: <A extends Action.Action.AnyUnary>(action: A, request: Action.Action.Request<A>, options?: Options) =>
        withCall(action, request, options, readResult<A>, (call) => call.run()),
      stream: <A extends Action.Action.AnyStreaming>(action: A, request: Action.Action.Request<A>, options?: Options) =>
        Streams.unwrapScopedWith((scope) =>
          withCall(action, request, options, readEvents<A>(scope), (call) =>
            Effect.map(
              call.run(),
              Stream.tapError((error) => Stats.record(error, call))
            )
          )
        ),
      dryRun: <A extends Action.Action.AnyUnary>(
        action: A & DryRunnable<A>,
        request: Omit<Action.Action.Request<A>, "DryRun">,
        options?: Options
      ) => {
        // `Omit` and the member that it left out are the request again.
        const dryRequest = { ...request, DryRun: true } as Action.Action.Request<A>
        return withCall<A, Action.Action.Success<A>, DryRun, DryRunError<A>>(
          action,
          dryRequest,
          options,
          readResult<A>,
          runDry
        )
      }
    }
  })
