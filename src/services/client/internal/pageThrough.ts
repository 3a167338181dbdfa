/** Calls an action page by page. */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { Action } from "../../../domain/contract/Action.js"
import * as Pager from "../../../domain/contract/internal/pager.js"
import * as Paging from "../../../domain/contract/Paging.js"
import { isApiError } from "../../../domain/errors/ApiError.js"
import { MalformedResponse } from "../../../domain/errors/ClientError.js"
import { isWithin } from "../../../domain/errors/ErrorCode.js"
import * as Json from "../../../domain/wire/Json.js"
import { raw } from "./deviations.js"

/** A page, and how many items at its start came before. */
interface Page<A> {
  readonly page: A
  readonly seen: number
}

/** Where to go on: with a request, or nowhere, for a reason. */
type Place<Request> =
  | { readonly _tag: "Request"; readonly request: Request; readonly isLikelyLast: boolean }
  | { readonly _tag: "Stalled"; readonly error: MalformedResponse }

/** The pages of a call, and where to go on. */
type Pages<Request, Answer> = readonly [Chunk.Chunk<Page<Answer>>, Option.Option<Place<Request>>]

const stalledError = ({ name, product }: Action.Any, answer: object, reason: string): MalformedResponse => {
  const requestId: unknown = Reflect.get(answer, "RequestId")
  const text = Json.stringify(raw(answer))
  return new MalformedResponse({
    action: name,
    host: product,
    status: 200,
    contentType: "application/json",
    reason,
    truncated: false,
    requestId: typeof requestId === "string" ? requestId : "",
    body: Redacted.make(text._tag === "Right" ? text.right : "")
  })
}

/** Whether a service refuses a page behind the last one. */
const isBehindTheEnd = (error: unknown): boolean =>
  isApiError(error) &&
  (["InvalidParameter", "InvalidParameterValue", "LimitExceeded"] as const).some((family) =>
    isWithin(error.code, family)
  )

/** Calls an action page by page. It never returns a page that has nothing new, and fails if the listing goes nowhere. */
export const pageThrough = <A extends Action.AnyUnary, Request, Answer extends object, E, R>(
  action: A,
  paging: Paging.Paging,
  first: Request & object,
  call: (request: Request & object) => Effect.Effect<Answer, E, R>
): Stream.Stream<Page<Answer>, E | MalformedResponse, R> =>
  Stream.suspend(() => {
    const pager = Pager.make(paging)
    const start: Place<Request & object> = { _tag: "Request", request: first, isLikelyLast: false }
    const ask = (request: Request & object) =>
      Effect.map(call(request), (page) => {
        const { isLikelyLast = false, next, seen, stalled } = pager.advance(request, page)
        const isOld = seen > 0 && seen === Paging.itemsOf(paging, page).length
        const place: Place<Request & object> | undefined =
          stalled !== undefined
            ? { _tag: "Stalled", error: stalledError(action, page, stalled) }
            : next === undefined
              ? undefined
              : { _tag: "Request", request: Object.assign({}, first, next), isLikelyLast }
        const pages = isOld ? Chunk.empty<Page<Answer>>() : Chunk.of({ page, seen })
        return [pages, Option.fromNullable(place)] as const
      })
    const next = (
      place: Place<Request & object>
    ): Effect.Effect<Pages<Request & object, Answer>, E | MalformedResponse, R> => {
      if (place._tag === "Stalled") return Effect.fail(place.error)
      const asked = ask(place.request)
      return place.isLikelyLast
        ? Effect.catchIf(asked, isBehindTheEnd, () =>
            Effect.succeed([Chunk.empty<Page<Answer>>(), Option.none()] as const)
          )
        : asked
    }
    return Stream.paginateChunkEffect(start, next)
  })
