/** The program that every runtime runs: a call, an error, a stream, a host that refuses connections. */
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import { Count, Find } from "./contract.mjs"

const describe = (error) => ("sent" in error ? `${error._tag}, ${error.sent ? "may be sent" : "not sent"}` : error._tag)

/** What an effect comes to, as a text. A defect is one too, so that no runtime hides it. */
const outcome = (effect) =>
  effect.pipe(
    Effect.match({ onSuccess: String, onFailure: describe }),
    Effect.catchAllDefect((defect) => Effect.succeed(`defect: ${defect}`))
  )

/** Calls a gateway at `url` with the client that a layer provides, and nobody at `refused`. */
export const calls = ({ client, refused, url }) =>
  Effect.all({
    call: outcome(Effect.map(Find({ Name: "\u4e2d" }, { endpoint: url }), ({ Name }) => Name)),
    error: outcome(Find({ Name: "lost" }, { endpoint: url })),
    stream: outcome(
      Effect.map(Stream.runCollect(Count({ To: 3 }, { endpoint: url })), (events) =>
        Chunk.toReadonlyArray(events).map(({ Number }) => Number)
      )
    ),
    refused: outcome(Find({ Name: "a" }, { endpoint: refused, retry: RetryPolicy.none }))
  }).pipe(Effect.provide(client))

/** One call, to see what a client makes of the environment. */
export const environment = ({ client, url }) =>
  outcome(Effect.map(Find({ Name: "a" }, { endpoint: url }), ({ Name }) => Name).pipe(Effect.provide(client)))
