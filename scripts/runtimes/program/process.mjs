/** Runs the program in Node, Bun or Deno, over both clients, and prints what it comes to. Its argument has the addresses. */
import * as Effect from "effect/Effect"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as FetchClient from "effect-tencentcloud/FetchClient"
import { calls, environment } from "./calls.mjs"

const { refused, url, withKey } = JSON.parse(process.argv[2])
const options = { region: "ap-guangzhou" }
const clients = { node: ApiClient.layer(options), fetch: FetchClient.layer(options) }
const run = ([name, client]) =>
  Effect.map(withKey ? calls({ client, refused, url }) : environment({ client, url }), (result) => [name, result])

console.log(JSON.stringify(Object.fromEntries(await Effect.runPromise(Effect.forEach(Object.entries(clients), run)))))
