/**
 * The pages of an action's results, and their items, as streams that call as far as they are read.
 *
 * @since 0.1.0
 */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type * as Action from "../../domain/contract/Action.js"
import * as Paging from "../../domain/contract/Paging.js"
import * as ApiClient from "./ApiClient.js"

/**
 * A callable action whose results come in pages.
 *
 * `pages` gives each answer, `items` what is in them. Nothing is called until a stream is run, and each page only when the one
 * before has been read. Both begin where the request says, ask for as many at once as it says (`Limit`), and fail as the call
 * does. Where items are added or taken away meanwhile, some may be seen twice or not at all, as with any paging by offset.
 *
 * @since 0.1.0
 * @category models
 */
export interface Paged<A extends Action.Action.AnyUnary, Item> extends ApiClient.Callable<A> {
  readonly paging: Paging.Paging
  readonly pages: (
    ...args: ApiClient.Arguments<A>
  ) => Stream.Stream<Action.Action.Success<A>, Action.Action.Error<A>, ApiClient.ApiClient>
  readonly items: (...args: ApiClient.Arguments<A>) => Stream.Stream<Item, Action.Action.Error<A>, ApiClient.ApiClient>
}

/**
 * The pages of an action.
 *
 * @since 0.1.0
 * @category calls
 */
export const pages = <A extends Action.Action.AnyUnary>(
  action: A,
  paging: Paging.Paging,
  request: Action.Action.Request<A>,
  options?: ApiClient.Options
): Stream.Stream<Action.Action.Success<A>, Action.Action.Error<A>, ApiClient.ApiClient> =>
  Stream.paginateEffect(request, (asked) =>
    Effect.map(ApiClient.call(action, asked, options), (page) => {
      // What is asked next is what was asked, from another place.
      const more = Paging.next(paging, asked as object, page as object)
      return [page, Option.map(Option.fromNullable(more), (where): typeof asked => Object.assign({}, asked, where))]
    })
  )

/**
 * Makes an action callable, with its pages: `Item` is what stands in the list that `paging.items` names. The action may be callable
 * already, and stays as it is.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import * as Action from "effect-tencentcloud/Action"
 * import * as ApiClient from "effect-tencentcloud/ApiClient"
 *
 * const DescribeVolumes = ApiClient.paged<string>()(
 *   ApiClient.callable(
 *     Action.make("DescribeVolumes", {
 *       product: "ebs",
 *       version: "2026-01-01",
 *       request: Schema.Struct({ Offset: Schema.optional(Schema.Int), Limit: Schema.optional(Schema.Int) }),
 *       response: Schema.Struct({ TotalCount: Schema.Int, VolumeIds: Schema.Array(Schema.String) }),
 *       errors: []
 *     })
 *   ),
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
  <A extends Action.Action.AnyUnary>({ action }: { readonly action: A }, paging: Paging.Paging): Paged<A, Item> => {
    // Left out only where `{}` is a request, which the arguments' type says.
    const all = (request: unknown = {}, options?: ApiClient.Options) =>
      pages<A>(action, paging, request as Action.Action.Request<A>, options)
    return Object.assign(ApiClient.callable(action), {
      paging,
      pages: all,
      items: (request?: unknown, options?: ApiClient.Options) =>
        Stream.mapConcatChunk(all(request, options), (page) =>
          // `Item` is the caller's word for what the list holds.
          Chunk.unsafeFromArray(Paging.itemsOf(paging, page as object) as ReadonlyArray<Item>)
        )
    })
  }
