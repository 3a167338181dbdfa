/** Serves the gateway as a server of Bun, and calls it with a query that is longer than the headers it takes by default. Prints the answer. */
import * as Effect from "effect/Effect"
import * as WebGateway from "effect-tencentcloud/WebGateway"
import { Live } from "./served.mjs"

const length = Number(process.argv[2])

const asked = Effect.gen(function* () {
  const handle = yield* WebGateway.make
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: handle })
  const answer = yield* Effect.promise(() => fetch(`${server.url}?Long=${"x".repeat(length)}`))
  const text = yield* Effect.promise(() => answer.text())
  yield* Effect.promise(() => server.stop(true))
  return text.startsWith('{"Response":') ? "an envelope" : `HTTP ${answer.status}`
}).pipe(Effect.scoped, Effect.provide(Live))

console.log(await Effect.runPromise(asked))
