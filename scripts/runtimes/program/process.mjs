/**
 * Runs the program in Node, Bun or Deno, over both clients, and calls a gateway in this process. Prints what it comes to. Its argument has
 * the addresses.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as FetchClient from "effect-tencentcloud/FetchClient"
import * as WebGateway from "effect-tencentcloud/WebGateway"
import { calls, environment } from "./calls.mjs"
import { keys, Live } from "./served.mjs"

const { refused, url, withKey } = JSON.parse(process.argv[2])
const options = { region: "ap-guangzhou" }
const clients = { node: ApiClient.layer(options), fetch: FetchClient.layer(options) }
const run = ([name, client]) =>
  Effect.map(withKey ? calls({ client, refused, url }) : environment({ client, url }), (result) => [name, result])

const served = Effect.gen(function* () {
  const handle = yield* WebGateway.make
  const transport = { fetch: (address, init) => handle(new Request(address, init)) }
  const key = CredentialProvider.layerStatic(keys.permanent)
  return yield* environment({ client: Layer.provide(FetchClient.layerCredential(options, transport), key), url })
}).pipe(Effect.scoped, Effect.provide(Live))

const results = await Effect.runPromise(Effect.forEach(Object.entries(clients), run))
console.log(JSON.stringify({ ...Object.fromEntries(results), gateway: await Effect.runPromise(served) }))
