/**
 * Runs the program in a Worker of Cloudflare. `/run` calls the gateway that its bindings name, and answers with what that comes to. At
 * any other path the Worker is a gateway itself.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as FetchClient from "effect-tencentcloud/FetchClient"
import * as NodeTransport from "effect-tencentcloud/NodeTransport"
import * as WebGateway from "effect-tencentcloud/WebGateway"
import { calls, environment } from "./calls.mjs"
import { Live } from "./served.mjs"

/** Whether a layer that needs Node says so. */
const reasonOf = (layer) =>
  Effect.scoped(Layer.build(layer)).pipe(
    Effect.match({
      onSuccess: () => "is there",
      onFailure: (error) =>
        String(error).includes("need the sockets of Node, Bun or Deno")
          ? "says that it needs Node, Bun or Deno"
          : String(error)
    })
  )

const run = ({ REFUSED: refused, TENCENTCLOUD_SECRET_ID: secretId, TENCENTCLOUD_SECRET_KEY: secretKey, URL: url }) => {
  const options = { region: "ap-guangzhou" }
  const client = Layer.provide(
    FetchClient.layerCredential(options),
    CredentialProvider.layerStatic({ secretId, secretKey })
  )
  return Effect.all({
    fetch: calls({ client, refused, url }),
    environment: environment({ client: FetchClient.layer(options), url }),
    node: reasonOf(ApiClient.layer(options)),
    transport: reasonOf(NodeTransport.layer())
  })
}

let handler

export default {
  fetch: async (request, env) => {
    if (new URL(request.url).pathname === "/run") return Response.json(await Effect.runPromise(run(env)))
    handler ??= Effect.runPromise(
      Effect.flatMap(Scope.make(), (scope) => Scope.extend(Effect.provide(WebGateway.make, Live), scope))
    )
    return (await handler)(request)
  }
}
