/** Runs the program in a page. The page and the gateway have one origin, and the origin gives the page a temporary key. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as FetchClient from "effect-tencentcloud/FetchClient"
import { calls, environment } from "./calls.mjs"

const url = location.origin
const options = { region: "ap-guangzhou" }

const { key, refused } = await (await fetch("/key")).json()
const client = Layer.provide(FetchClient.layerCredential(options), CredentialProvider.layerStatic(key))
const results = await Effect.runPromise(
  Effect.all({
    fetch: calls({ client, refused, url }),
    environment: environment({ client: FetchClient.layer(options), url })
  })
)
await fetch("/done", { method: "POST", body: JSON.stringify(results) })
