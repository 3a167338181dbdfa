/** Receives a request for an adapter that runs in a fiber: judges its head, reads its body, and handles it. */
import * as Effect from "effect/Effect"
import * as CommonError from "../../../domain/errors/CommonError.js"
import * as Message from "../../../domain/rules/Message.js"
import type * as Wire from "../../../domain/wire/Wire.js"
import type { Gateway } from "../../../services/gateway/Gateway.js"
import { maxBodySize, needsJudging } from "../../../services/gateway/internal/maxSize.js"
import { UnreadBody, type UnreadBytes } from "../../../services/gateway/internal/unreadBytes.js"

const noBytes: Uint8Array = /* #__PURE__ */ new Uint8Array(0)

/** Why a body was not read: it broke off, or there is no room for it. */
export type Unreadable = "broken" | "crowded"

/** Feeds pieces to a body, until `add` returns false. `stop` is called if there is no room for it. */
export type Feed = (body: { readonly add: (piece: Uint8Array) => boolean }) => Effect.Effect<void, "broken">

/** A body that an adapter is going to read. */
export interface Source {
  readonly feed: Feed
  /** Stops the reader of a body that is refused while it waits for a piece. */
  readonly stop: () => void
}

const readBody = (head: Wire.WireRequest, unread: UnreadBytes, source: Source): Effect.Effect<Uint8Array, Unreadable> =>
  Effect.suspend(() => {
    let isCrowded = false
    const length = head.headers["content-length"]
    const stated = length === undefined ? undefined : Number(length)
    const body = new UnreadBody(unread, maxBodySize(head.method, head.headers), stated, () => {
      isCrowded = true
      source.stop()
    })
    return Effect.matchEffect(source.feed(body), {
      onFailure: () => Effect.fail<Unreadable>(isCrowded ? "crowded" : "broken"),
      onSuccess: () => (isCrowded ? Effect.fail<Unreadable>("crowded") : Effect.sync(() => body.take()))
    }).pipe(Effect.ensuring(Effect.sync(() => body.drop())))
  })

const refusals = {
  // A handler never sees a part of a body as the whole.
  broken: () => new CommonError.InvalidRequest({ message: Message.malformedHttp["en-US"] }),
  crowded: () => new CommonError.RequestLimitExceeded({ message: Message.tooManyBytes["en-US"] })
}

/** Marks the answer to `CONNECT`: 200 would tell the caller that there is a tunnel now. */
const refuseTunnel = (answer: Wire.WireResponse): Wire.WireResponse => ({
  ...answer,
  status: 405,
  headers: { ...answer.headers, allow: "GET, POST" }
})

const internalError = () => new CommonError.InternalError({ message: Message.internalError["en-US"] })

/** Answers a request. A body that the head of the request refuses, or for which there is no room, is not read. */
export const receive = (
  gateway: Gateway["Type"],
  unread: UnreadBytes,
  head: Omit<Wire.WireRequest, "body">,
  source: Source | undefined
): Effect.Effect<Wire.WireResponse> => {
  const bare = { ...head, body: noBytes }
  if (head.method === "CONNECT") return Effect.map(gateway.handle(bare), refuseTunnel)
  const handled =
    source === undefined
      ? gateway.handle(bare)
      : Effect.matchEffect(readBody(bare, unread, source), {
          onFailure: (reason) => gateway.refuse(refusals[reason](), bare),
          onSuccess: (body) => gateway.handle({ ...head, body })
        })
  const judged =
    source === undefined || gateway.judge === undefined || !needsJudging(head.headers)
      ? handled
      : Effect.flatMap(gateway.judge(bare), (answer) => (answer === undefined ? handled : Effect.succeed(answer)))
  return Effect.catchAllDefect(judged, (defect) =>
    Effect.ignoreLogged(Effect.logError("A request failed, and is answered with InternalError", defect)).pipe(
      Effect.zipRight(gateway.refuse(internalError(), bare))
    )
  )
}
