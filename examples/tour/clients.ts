/**
 * The clients of the tour. None tries again: the first failure is what is wanted.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Answer } from "effect-tencentcloud/domain/ApiError"
import type { Credential } from "effect-tencentcloud/domain/Credential"
import * as Envelope from "effect-tencentcloud/domain/Envelope"
import * as RetryPolicy from "effect-tencentcloud/domain/RetryPolicy"
import * as ApiClients from "effect-tencentcloud/layers/ApiClient"
import * as ClockSync from "effect-tencentcloud/layers/ClockSync"
import * as CredentialProvider from "effect-tencentcloud/layers/CredentialProvider"
import * as RateLimiter from "effect-tencentcloud/layers/RateLimiter"
import * as Signer from "effect-tencentcloud/layers/Signer"
import * as Transport from "effect-tencentcloud/layers/Transport"
import type { ApiClient, Options } from "effect-tencentcloud/services/ApiClient"
import { GatewayServer } from "effect-tencentcloud/services/GatewayServer"
import type { World } from "./world.js"

const options = (endpoint: string): Options => ({
  endpoint,
  region: "ap-guangzhou",
  timeout: "5 seconds",
  retry: RetryPolicy.none
})

const client = <E, R>(
  make: (options: Options) => Layer.Layer<ApiClient, E, R>
): Layer.Layer<ApiClient, E, R | GatewayServer> =>
  Layer.unwrapEffect(Effect.map(GatewayServer, ({ address }) => make(options(address.url))))

/** Makes calls with a key. */
export const as = (key: Credential.Input) =>
  Effect.provide(
    client((options) => ApiClients.layerHttp(options).pipe(Layer.provide(CredentialProvider.layerStatic(key))))
  )

/** Makes calls with a key, by a clock that is six minutes slow, and that no answer sets right. */
export const asLatecomer = (key: Credential.Input) =>
  Effect.provide(
    client((options) =>
      ApiClients.layer(options).pipe(
        Layer.provide(Signer.layer),
        Layer.provide([
          CredentialProvider.layerStatic(key),
          ClockSync.layerOff("6 minutes", "behind"),
          RateLimiter.layerUnlimited,
          Transport.layerHttp
        ])
      )
    )
  )

/** Sends a PUT, which no client of this library can, and reads the failure in its answer as one of the action's. */
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
