/**
 * Builds a client with a clock and a signer of its own. Nothing here is a layer: Effect builds a layer once for a whole program and
 * shares it, and two clients that share a signer sign with one key. Nothing here is loaded on demand either: a bundler that writes one
 * file wraps every module that an `import()` reaches, which costs a program 7 KB.
 */
import * as Effect from "effect/Effect"
import * as ApiClient from "../../../services/client/ApiClient.js"
import * as ClockSync from "../../../services/client/ClockSync.js"
import type { CredentialProvider } from "../../../services/client/CredentialProvider.js"
import * as Signer from "../../../services/client/Signer.js"
import * as Throttle from "../../../services/client/Throttle.js"
import type { Transport } from "../../../services/client/Transport.js"

/** A client that learns its clock and its rate limits from answers. */
export const make = (
  options?: ApiClient.Options
): Effect.Effect<ApiClient.ApiClient["Type"], never, CredentialProvider | Transport> =>
  Effect.gen(function* () {
    const clock = yield* ClockSync.make({ learns: true })
    const signer = yield* Effect.provideService(Signer.make, ClockSync.ClockSync, clock)
    return yield* ApiClient.make(options).pipe(
      Effect.provideService(ClockSync.ClockSync, clock),
      Effect.provideService(Signer.Signer, signer),
      Effect.provideService(Throttle.Throttle, yield* Throttle.makeLearning)
    )
  })
