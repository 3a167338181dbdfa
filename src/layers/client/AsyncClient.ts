/**
 * Calls Tencent Cloud from plain `async` functions: promises in place of effects, and async iterables in place of streams.
 *
 * Make one client for a program, and close it at the end. It is built at its first call, once.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Stream from "effect/Stream"
import type * as Action from "../../domain/contract/Action.js"
import { noteSite } from "../../services/client/internal/failure.js"
import * as ApiClient from "./ApiClient.js"

/**
 * The options of one call.
 *
 * @since 0.1.0
 * @category models
 */
export interface CallOptions extends ApiClient.Options {
  /** Gives the call up. The promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/**
 * The arguments of a call. You can leave out the request if no member of it is required.
 *
 * @since 0.1.0
 * @category models
 */
export type Arguments<A extends Action.Action.Any> =
  {} extends Action.Action.Request<A>
    ? [request?: Action.Action.Request<A>, options?: CallOptions]
    : [request: Action.Action.Request<A>, options?: CallOptions]

/** The arguments of a stream, as those of the function that makes it. */
type StreamArguments<Args extends ReadonlyArray<unknown>> = Args extends readonly [request: infer R, options?: unknown]
  ? [request: R, options?: CallOptions]
  : Args extends readonly [request?: infer R, options?: unknown]
    ? [request?: R, options?: CallOptions]
    : never

/** Makes a stream of what a client answers. */
type MakesStream<Args extends ReadonlyArray<unknown>, A> = (
  ...args: Args
) => Stream.Stream<A, unknown, ApiClient.ApiClient>

/**
 * A client for plain `async` functions.
 *
 * A promise rejects with the error itself: an instance of its class, with its `code`, its `requestId`, and a message on one line.
 *
 * @since 0.1.0
 * @category models
 */
export interface AsyncClient {
  /** Calls an action. */
  readonly call: <A extends Action.Action.AnyUnary>(
    action: A | { readonly action: A },
    ...args: Arguments<A>
  ) => Promise<Action.Action.Success<A>>
  /** Calls an action that streams. Nothing is sent until you read the first event. The connection closes when you leave the loop. */
  readonly stream: <Args extends ReadonlyArray<unknown>, A>(
    action: { readonly stream: MakesStream<Args, A> } | MakesStream<Args, A>,
    ...args: StreamArguments<Args>
  ) => AsyncIterable<A>
  /** Calls an action page by page. */
  readonly pages: <Args extends ReadonlyArray<unknown>, A>(
    action: { readonly pages: MakesStream<Args, A> },
    ...args: StreamArguments<Args>
  ) => AsyncIterable<A>
  /** Calls an action page by page, and yields what is in the pages. */
  readonly items: <Args extends ReadonlyArray<unknown>, A>(
    action: { readonly items: MakesStream<Args, A> },
    ...args: StreamArguments<Args>
  ) => AsyncIterable<A>
  /** Runs an effect that needs the client, such as a waiter or a dry run. */
  readonly run: <A, E>(
    effect: Effect.Effect<A, E, ApiClient.ApiClient>,
    options?: { readonly signal?: AbortSignal | undefined }
  ) => Promise<A>
  /** Closes the connections. Calls that still run are interrupted. */
  readonly close: () => Promise<void>
  /** The same as `close`, for `await using`. */
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** Node 20 has the symbol since 20.5. Compilers write this one where a runtime has none. */
const asyncDispose: typeof Symbol.asyncDispose =
  Symbol.asyncDispose ?? (Symbol.for("Symbol.asyncDispose") as typeof Symbol.asyncDispose)

/** The options without the signal, and the place of the call if they ask for it. */
const split = (given: CallOptions | undefined, above: (...args: never) => unknown) => {
  const { signal, ...options } = noteSite(given ?? {}, above)
  return { signal, options: given === undefined ? undefined : options }
}

/** A function, because a signal changes while a call runs, and a compiler believes that it does not. */
const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true

/** Fails when a signal aborts, with its reason. */
const aborted = (signal: AbortSignal): Effect.Effect<never, unknown> =>
  Effect.async((resume) => {
    const onAbort = () => resume(Effect.fail(signal.reason))
    if (signal.aborted) return onAbort()
    signal.addEventListener("abort", onAbort, { once: true })
    return Effect.sync(() => signal.removeEventListener("abort", onAbort))
  })

/**
 * Makes a client over any layer of `ApiClient`: one with another credential, over `fetch`, or of an emulator.
 *
 * @example
 * ```ts
 * import * as AsyncClient from "effect-tencentcloud/AsyncClient"
 * import * as FetchClient from "effect-tencentcloud/FetchClient"
 *
 * export const cloud = AsyncClient.fromLayer(FetchClient.layer({ region: "ap-guangzhou" }))
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromLayer = <E>(layer: Layer.Layer<ApiClient.ApiClient, E>): AsyncClient => {
  const runtime = ManagedRuntime.make(layer)
  let isClosed = false

  const close = (): Promise<void> => {
    isClosed = true
    return runtime.dispose()
  }

  const checkOpen = (): void => {
    if (isClosed)
      throw new Error("This AsyncClient is closed. Keep it open until the last call has ended, or make another.")
  }

  const run: AsyncClient["run"] = async (effect, { signal } = {}) => {
    checkOpen()
    if (isAborted(signal)) throw signal?.reason
    const exit = await runtime.runPromiseExit(effect, signal === undefined ? undefined : { signal })
    if (Exit.isSuccess(exit)) return exit.value
    throw isAborted(signal) && Cause.isInterrupted(exit.cause) ? signal?.reason : Cause.squash(exit.cause)
  }

  async function* iterate<A, E>(
    stream: Stream.Stream<A, E, ApiClient.ApiClient>,
    signal: AbortSignal | undefined
  ): AsyncGenerator<A, void, undefined> {
    checkOpen()
    const whole = signal === undefined ? stream : Stream.interruptWhen(stream, aborted(signal))
    yield* Stream.toAsyncIterableRuntime(whole, await runtime.runtime())
  }

  /** Each loop over the result starts the stream anew, as each run of a stream does. */
  const iterable = <A>(
    make: (request: unknown, options: ApiClient.Options | undefined) => Stream.Stream<A, unknown, ApiClient.ApiClient>,
    request: unknown,
    given: CallOptions | undefined,
    above: (...args: never) => unknown
  ): AsyncIterable<A> => {
    const { options, signal } = split(given, above)
    const stream = make(request, options)
    return { [Symbol.asyncIterator]: () => iterate(stream, signal) }
  }

  const client: AsyncClient = {
    call: (action, ...[request, given]) => {
      const { options, signal } = split(given, client.call)
      const contract = "action" in action ? action.action : action
      // The type of the arguments allows no request only where `{}` is one.
      return run(ApiClient.call(contract, (request ?? {}) as never, options), { signal }) as never
    },
    stream: (action, ...args) =>
      // A function that also has `stream` answers with one result, and its `stream` with events.
      iterable(("stream" in action ? action.stream : action) as never, args[0], args[1], client.stream),
    pages: (action, ...args) => iterable(action.pages as never, args[0], args[1], client.pages),
    items: (action, ...args) => iterable(action.items as never, args[0], args[1], client.items),
    run,
    close,
    [asyncDispose]: close
  }
  return client
}

/**
 * Makes the client for Node, with everything chosen: see `ApiClient.layer`. The key comes from the environment.
 *
 * @example
 * ```ts
 * import * as AsyncClient from "effect-tencentcloud/AsyncClient"
 * import { DescribeInstances } from "effect-tencentcloud/products/cvm"
 *
 * export const list = async () => {
 *   await using cloud = AsyncClient.make({ region: "ap-guangzhou" })
 *   const { TotalCount } = await cloud.call(DescribeInstances, { Limit: 10 })
 *   console.log(`${TotalCount} instances`)
 *   for await (const { InstanceId } of cloud.items(DescribeInstances, { Limit: 100 })) console.log(InstanceId)
 * }
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options?: ApiClient.Options): AsyncClient => fromLayer(ApiClient.layer(options))
