/** Calls an action page by page. */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import type { Action } from "../../../domain/contract/Action.js"
import * as Pager from "../../../domain/contract/internal/pager.js"
import * as Paging from "../../../domain/contract/Paging.js"
import { isApiError } from "../../../domain/errors/ApiError.js"
import { InvalidRequestInput, MalformedResponse } from "../../../domain/errors/ClientError.js"
import { isWithin } from "../../../domain/errors/ErrorCode.js"
import type { Issue } from "../../../domain/errors/Issue.js"
import * as Json from "../../../domain/wire/Json.js"
import { raw } from "./deviations.js"
import type { Options, PageOptions } from "./options.js"
import { showOption } from "./showOption.js"

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
    product,
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

/** Calls for requests that will likely follow, before anybody asks for them. */
interface ReadAhead<Request, Answer, E, R> {
  /** Returns the answer to a request. It was perhaps called for already. */
  readonly ask: (request: Request & object) => Effect.Effect<Answer, E, R>
  /** Starts the calls that likely follow, and interrupts those that no longer do. */
  readonly prepare: (requests: ReadonlyArray<Request & object>) => Effect.Effect<void, never, R>
}

/** Reads ahead in fibers of its own. `keyOf` tells requests apart, and `calls` holds the fibers: what ends the listing interrupts them. */
const readAhead = <Request, Answer, E, R>(
  call: (request: Request & object) => Effect.Effect<Answer, E, R>,
  keyOf: (request: object) => string,
  calls: Map<string, Fiber.Fiber<Answer, E>>
): ReadAhead<Request, Answer, E, R> => ({
  ask: (request) =>
    Effect.suspend(() => {
      const key = keyOf(request)
      const fiber = calls.get(key)
      // A join that is interrupted leaves its fiber to the end of the listing.
      return fiber === undefined ? call(request) : Effect.tap(Fiber.join(fiber), () => calls.delete(key))
    }),
  prepare: (requests) =>
    Effect.uninterruptible(
      Effect.gen(function* () {
        const wanted = new Map(requests.map((request) => [keyOf(request), request]))
        for (const [key, fiber] of calls) {
          if (wanted.has(key)) continue
          calls.delete(key)
          yield* Fiber.interruptFork(fiber)
        }
        for (const [key, request] of wanted) {
          if (!calls.has(key)) calls.set(key, yield* Effect.forkDaemon(Effect.interruptible(call(request))))
        }
      })
    )
})

/**
 * Calls an action page by page. It never returns a page that has nothing new, and fails if the listing goes nowhere. With a
 * `concurrency` above 1 it calls for so many pages at once, where the total tells that they exist, and keeps their order.
 */
export const pageThrough = <A extends Action.AnyUnary, Request, Answer extends object, E, R>(
  action: A,
  paging: Paging.Paging,
  first: Request & object,
  call: (request: Request & object, options: Options) => Effect.Effect<Answer, E, R>,
  { concurrency = 1, ...options }: PageOptions = {}
): Stream.Stream<Page<Answer>, E | InvalidRequestInput | MalformedResponse, R> => {
  const ask = (request: Request & object) => call(request, options)
  if (concurrency === 1) return Stream.suspend(() => goThrough(action, paging, first, { ask }, 1))
  if (!(Number.isSafeInteger(concurrency) && concurrency > 1)) return Stream.fail(wrongConcurrency(action, concurrency))
  const keyOf = (request: object) => String(Paging.valueAt(request, Paging.placeOf(paging)))
  return Stream.suspend(() => {
    const calls = new Map<string, Fiber.Fiber<Answer, E>>()
    const pages = goThrough(action, paging, first, readAhead(ask, keyOf, calls), concurrency)
    return Stream.ensuring(
      pages,
      Effect.suspend(() => Fiber.interruptAll(calls.values()))
    )
  })
}

const wrongConcurrency = ({ name, product }: Action.Any, value: unknown): InvalidRequestInput => {
  const issue: Issue = {
    kind: "value",
    path: ["options.concurrency"],
    expected: "a whole number, at least 1",
    found: "",
    value: showOption(value)
  }
  return new InvalidRequestInput({ product, action: name, issues: [issue] })
}

const goThrough = <A extends Action.AnyUnary, Request, Answer extends object, E, R>(
  action: A,
  paging: Paging.Paging,
  first: Request & object,
  calls: Pick<ReadAhead<Request, Answer, E, R>, "ask"> & Partial<ReadAhead<Request, Answer, E, R>>,
  concurrency: number
): Stream.Stream<Page<Answer>, E | MalformedResponse, R> => {
  const pager = Pager.make(paging)
  const start: Place<Request & object> = { _tag: "Request", request: first, isLikelyLast: false }
  const requestOf = (members: object): Request & object => Object.assign({}, first, members)

  const goOn = (page: Answer, request: Request & object) => {
    const { isLikelyLast = false, next, seen, stalled } = pager.advance(request, page)
    const isOld = seen > 0 && seen === Paging.itemsOf(paging, page).length
    const place: Place<Request & object> | undefined =
      stalled !== undefined
        ? { _tag: "Stalled", error: stalledError(action, page, stalled) }
        : next === undefined
          ? undefined
          : { _tag: "Request", request: requestOf(next), isLikelyLast }
    const pages = isOld ? Chunk.empty<Page<Answer>>() : Chunk.of({ page, seen })
    return [pages, Option.fromNullable(place)] as const
  }

  const ask = (request: Request & object): Effect.Effect<Pages<Request & object, Answer>, E, R> =>
    Effect.flatMap(calls.ask(request), (page) => {
      const gone = goOn(page, request)
      const [, place] = gone
      if (calls.prepare === undefined || Option.isNone(place) || place.value._tag === "Stalled") {
        return Effect.succeed(gone)
      }
      const following = pager.foresee(concurrency - 1).map(requestOf)
      return Effect.as(calls.prepare([place.value.request, ...following]), gone)
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
}
