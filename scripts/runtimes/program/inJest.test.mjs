/** The program as a test of Jest: a call to the gateway, and a typed error. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as FetchClient from "effect-tencentcloud/FetchClient"
import * as WebGateway from "effect-tencentcloud/WebGateway"
import { Find } from "./contract.mjs"
import { keys, Live } from "./served.mjs"

const call = (Name) =>
  Effect.gen(function* () {
    const handle = yield* WebGateway.make
    const transport = { fetch: (address, init) => handle(new Request(address, init)) }
    const client = FetchClient.layerCredential({ region: "ap-guangzhou", endpoint: "http://127.0.0.1:1" }, transport)
    const key = CredentialProvider.layerStatic(keys.permanent)
    return yield* Find({ Name }).pipe(Effect.provide(Layer.provide(client, key)))
  }).pipe(Effect.scoped, Effect.provide(Live))

test("calls a gateway, and gets a typed error", async () => {
  const { Name } = await Effect.runPromise(call("a"))
  expect(Name).toBe("a")
  const error = await Effect.runPromise(Effect.flip(call("lost")))
  expect(error._tag).toBe("ResourceNotFound")
})
