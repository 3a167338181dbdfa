/** Sets options for a part of a program. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { noteSite } from "./failure.js"
import { type Options, override, PartOptions } from "./options.js"

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
      const outer = Context.get(context, PartOptions)
      return Context.add(context, PartOptions, override(outer, options))
    })
  // The overloads say which of the two the caller gets.
  return (args.length === 1 ? provide : provide(args[0])) as never
}
