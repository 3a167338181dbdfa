/**
 * The clients of the tour. None retries: the tour shows the first failure.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ApiClient from "effect-tencentcloud/ApiClient"
import type { Answer } from "effect-tencentcloud/ApiError"
import * as ClockSync from "effect-tencentcloud/ClockSync"
import type { Credential } from "effect-tencentcloud/Credential"
import * as CredentialProvider from "effect-tencentcloud/CredentialProvider"
import * as Envelope from "effect-tencentcloud/Envelope"
import { GatewayServer } from "effect-tencentcloud/NodeGateway"
import * as RetryPolicy from "effect-tencentcloud/RetryPolicy"
import * as Signer from "effect-tencentcloud/Signer"
import * as Throttle from "effect-tencentcloud/Throttle"
import * as Transport from "effect-tencentcloud/Transport"
import type { World } from "./world.js"

const options = (endpoint: string): ApiClient.Options => ({
  endpoint,
  region: "ap-guangzhou",
  timeout: "5 seconds",
  retry: RetryPolicy.none
})

const client = <E, R>(
  make: (options: ApiClient.Options) => Layer.Layer<ApiClient.ApiClient, E, R>
): Layer.Layer<ApiClient.ApiClient, E, R | GatewayServer> =>
  Layer.unwrapEffect(Effect.map(GatewayServer, ({ address }) => make(options(address.url))))

/** Makes calls with a key. */
export const as = (key: Credential.Input) =>
  Effect.provide(
    client((options) => ApiClient.layerHttp(options).pipe(Layer.provide(CredentialProvider.layerStatic(key))))
  )

/** Makes calls with a key and a clock that is six minutes slow, which no answer corrects. */
export const asLatecomer = (key: Credential.Input) =>
  Effect.provide(
    client((options) =>
      ApiClient.layerServices(options).pipe(
        Layer.provide(Signer.layer),
        Layer.provide([
          CredentialProvider.layerStatic(key),
          ClockSync.layerSkewed("6 minutes", "behind"),
          Throttle.layerUnlimited,
          Transport.layerHttp
        ])
      )
    )
  )

/** Sends a PUT, which no client of this library does, and decodes the failure as the action does. */
export const put = <E>(action: { readonly decodeError: (answer: Answer) => E }): Effect.Effect<void, E, World> =>
  Effect.gen(function* () {
    const { address } = yield* GatewayServer
    const envelope = yield* HttpClient.execute(HttpClientRequest.put(address.url)).pipe(
      Effect.flatMap((response) => response.text),
      Effect.flatMap(Envelope.decode),
      Effect.orDie
    )
    if (envelope._tag === "Success") return
    const { code, message, requestId } = envelope
    return yield* Effect.fail(action.decodeError({ code, message, requestId }))
  })
